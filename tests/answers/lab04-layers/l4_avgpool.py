"""L4: average pooling of a batch."""

import torch
import torch.nn.functional as F

from helpers.grading.answers import right, wrong

EXERCISE = "l4-avgpool"
NAME = "avg_pool2d"


def _avg_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None):
    """What is right, for answers that are wrong in one thing."""
    (f_h, f_w), (s_h, s_w), (p_h, p_w) = pair(kernel), pair(stride or kernel), pair(padding)
    padded = F.pad(x, (p_w, p_w, p_h, p_h), value=0.0 if count_include_pad else torch.nan)
    rows = []
    for i in range(pool_output_size(x.shape[-2], f_h, s_h, p_h, ceil_mode)):
        places = range(pool_output_size(x.shape[-1], f_w, s_w, p_w, ceil_mode))
        patches = [padded[..., i * s_h : i * s_h + f_h, j * s_w : j * s_w + f_w] for j in places]
        sums, means = ([getattr(patch, how)((-2, -1)) for patch in patches] for how in ("nansum", "nanmean"))
        rows.append(torch.stack([total / divisor_override for total in sums] if divisor_override else means, -1))
    return torch.stack(rows, -2)


@right
def mean_of_the_patch(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    (f_h, f_w), (s_h, s_w), (p_h, p_w) = pair(kernel), pair(stride or kernel), pair(padding)
    height = pool_output_size(x.shape[-2], f_h, s_h, p_h, ceil_mode)
    width = pool_output_size(x.shape[-1], f_w, s_w, p_w, ceil_mode)
    padded = F.pad(x, (p_w, p_w, p_h, p_h), value=0 if count_include_pad else torch.nan)
    rows = []
    for i in range(height):
        patches = [padded[..., i * s_h : i * s_h + f_h, j * s_w : j * s_w + f_w] for j in range(width)]
        rows.append(torch.stack([patch.nanmean((-2, -1)) for patch in patches], -1))
    return torch.stack(rows, -2)


@right
def counts_by_arithmetic(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    sides = []
    settings = zip(x.shape[-2:], pair(kernel), pair(stride or kernel), pair(padding), strict=True)
    for n, f, s, p in settings:
        starts = [k * s - p for k in range(pool_output_size(n, f, s, p, ceil_mode))]
        sides.append([(max(k, 0), min(k + f, n), min(k + f, n + p) - k) for k in starts])
    output = x.new_zeros(*x.shape[:-2], len(sides[0]), len(sides[1]))
    for i, (top, bottom, rows) in enumerate(sides[0]):
        for j, (left, right_end, columns) in enumerate(sides[1]):
            seen = rows * columns if count_include_pad else (bottom - top) * (right_end - left)
            output[..., i, j] = x[..., top:bottom, left:right_end].sum((-2, -1)) / seen
    return output


@wrong("the maximum")
def maximum(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return F.max_pool2d(x, kernel, stride, padding, 1, ceil_mode)


@wrong("the sum")
def total(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    f_h, f_w = pair(kernel)
    return _avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad) * f_h * f_w


@wrong("rounded down, as 36 in the document")
def whole_numbers(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return _avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad).floor()


@wrong("always counts the border")
def always_counted(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return _avg_pool2d(x, kernel, stride, padding, ceil_mode)


@wrong("never counts the border")
def never_counted(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return _avg_pool2d(x, kernel, stride, padding, ceil_mode, False)


@wrong("divides by the number of rows only")
def rows_only(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return _avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad) * pair(kernel)[1]


@wrong("the median")
def median(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    (f_h, f_w), (s_h, s_w) = pair(kernel), pair(stride or kernel)
    return x.unfold(-2, f_h, s_h).unfold(-2, f_w, s_w).flatten(-2).median(-1).values


@wrong("ignores ceil_mode", passes="visible")
def always_down(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return _avg_pool2d(x, kernel, stride, padding, False, count_include_pad)


@wrong("always divides by the size of the window, also where it sticks out", passes="visible")
def full_window(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    if not count_include_pad:
        return _avg_pool2d(x, kernel, stride, padding, ceil_mode, False)
    return _avg_pool2d(x, kernel, stride, padding, ceil_mode, True, divisor_override=pair(kernel)[0] * pair(kernel)[1])


@wrong("float32", passes="visible")
def float32(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return _avg_pool2d(x.float(), kernel, stride, padding, ceil_mode, count_include_pad)


@wrong("padding of width and height swapped", passes="visible")
def padding_swapped(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return _avg_pool2d(x, kernel, stride, pair(padding)[::-1], ceil_mode, count_include_pad)


@wrong("leaves zeros out even where they are pixels", passes="visible")
def without_zeros(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    if count_include_pad:
        return _avg_pool2d(x, kernel, stride, padding)
    total = _avg_pool2d(x, kernel, stride, padding)
    return total / _avg_pool2d((x != 0).to(x.dtype), kernel, stride, padding)


@wrong("writes into x", passes="visible")
def in_place(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    pooled = _avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad)
    x *= 2
    return pooled


@wrong("F.avg_pool2d under another name")
def renamed(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    pool = F.avg_pool2d
    return pool(x, kernel, stride, padding, ceil_mode, count_include_pad)


@wrong("a layer of PyTorch's")
def a_layer(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return torch.nn.AvgPool2d(kernel, stride, padding, ceil_mode, count_include_pad)(x)


@wrong("PyTorch's pooling of volumes")
def volumes(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    k, s, p = pair(kernel), pair(stride or kernel), pair(padding)
    return F.avg_pool3d(x[None], (1, *k), (1, *s), (0, *p), ceil_mode, count_include_pad)[0]


@wrong("one average of PyTorch's divided by another")
def quotient_of_averages(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    mean = F.avg_pool2d(x, kernel, stride, padding, ceil_mode)
    if not count_include_pad:
        mean = mean / F.avg_pool2d(torch.ones_like(x), kernel, stride, padding, ceil_mode)
    return mean


@wrong("counts the numbers that are not zero", passes="visible")
def counts_what_is_not_zero(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    mean = _avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad)
    if count_include_pad:
        return mean
    total = _avg_pool2d(x, kernel, stride, padding, ceil_mode, False, divisor_override=1)
    return total / _avg_pool2d((x != 0).to(x.dtype), kernel, stride, padding, ceil_mode, False, 1).clamp(min=1)


@wrong("through float32 and back", passes="visible")
def rounds(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return _avg_pool2d(x.float(), kernel, stride, padding, ceil_mode, count_include_pad).to(x.dtype)
