"""L3, part 2: max pooling of a batch."""

import torch
import torch.nn.functional as F

from helpers.grading.answers import right, wrong

EXERCISE = "l3-maxpool"
NAME = "max_pool2d"


def _max_pool2d(x, kernel, stride=None, padding=0, dilation=1, ceil_mode=False):
    """What is right, for answers that are wrong in one thing: one side after the other."""
    for side, f, s, p in zip((-2, -1), pair(kernel), pair(stride or kernel), pair(padding), strict=True):
        n = x.shape[side]
        starts = [k * s - p for k in range(pool_output_size(n, f, s, p, ceil_mode))]
        x = torch.stack([x.narrow(side, max(k, 0), min(k + f, n) - max(k, 0)).amax(side) for k in starts], side)
    return x


@right
def two_loops(x, kernel, stride=None, padding=0, ceil_mode=False):
    kernel, stride, padding = pair(kernel), pair(stride or kernel), pair(padding)
    sizes = [pool_output_size(x.shape[k - 2], kernel[k], stride[k], padding[k], ceil_mode) for k in (0, 1)]
    padded = F.pad(x, (padding[1], padding[1], padding[0], padding[0]), value=float("-inf"))
    rows = []
    for i in range(sizes[0]):
        band = padded[..., i * stride[0] : i * stride[0] + kernel[0], :]
        starts = [j * stride[1] for j in range(sizes[1])]
        rows.append(torch.stack([band[..., j : j + kernel[1]].amax((-2, -1)) for j in starts], -1))
    return torch.stack(rows, -2)


@right
def one_side_after_the_other(x, kernel, stride=None, padding=0, ceil_mode=False):
    settings = zip(pair(kernel), pair(stride or kernel), pair(padding), strict=True)
    for side, (f, s, p) in zip((-2, -1), settings, strict=True):
        n = x.shape[side]
        windows = [
            range(max(0, k * s - p), min(n, k * s - p + f)) for k in range(pool_output_size(n, f, s, p, ceil_mode))
        ]
        x = torch.stack([x.index_select(side, torch.tensor(list(window))).amax(side) for window in windows], side)
    return x


@wrong("the border counts as 0")
def zero_border(x, kernel, stride=None, padding=0, ceil_mode=False):
    (f_h, f_w), (s_h, s_w), (p_h, p_w) = pair(kernel), pair(stride or kernel), pair(padding)
    height = pool_output_size(x.shape[-2], f_h, s_h, p_h, ceil_mode)
    width = pool_output_size(x.shape[-1], f_w, s_w, p_w, ceil_mode)
    padded = F.pad(x, (p_w, p_w, p_h, p_h))
    output = x.new_empty(*x.shape[:-2], height, width)
    for i in range(height):
        for j in range(width):
            output[..., i, j] = padded[..., i * s_h : i * s_h + f_h, j * s_w : j * s_w + f_w].amax((-2, -1))
    return output


@wrong("the maximum over all channels")
def over_channels(x, kernel, stride=None, padding=0, ceil_mode=False):
    pooled = _max_pool2d(x, kernel, stride, padding, 1, ceil_mode)
    return pooled.amax(-3, keepdim=True).expand_as(pooled).clone()


@wrong("the mean")
def mean(x, kernel, stride=None, padding=0, ceil_mode=False):
    return F.avg_pool2d(x, kernel, stride, padding, ceil_mode)


@wrong("stride 1 where none is given")
def stride_one(x, kernel, stride=None, padding=0, ceil_mode=False):
    return _max_pool2d(x, kernel, 1 if stride is None else stride, padding, 1, ceil_mode)


@wrong("takes one number only")
def numbers_only(x, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel
    height = (x.shape[-2] + 2 * padding - kernel) // stride + 1
    width = (x.shape[-1] + 2 * padding - kernel) // stride + 1
    padded = F.pad(x, [padding] * 4, value=-torch.inf)
    output = x.new_empty(*x.shape[:-2], height, width)
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            output[..., i, j] = padded[..., top : top + kernel, left : left + kernel].amax((-2, -1))
    return output


@wrong("width before height")
def width_first(x, kernel, stride=None, padding=0, ceil_mode=False):
    stride = kernel if stride is None else stride
    return _max_pool2d(x, pair(kernel)[::-1], pair(stride)[::-1], pair(padding)[::-1], 1, ceil_mode)


@wrong("no padding")
def no_padding(x, kernel, stride=None, padding=0, ceil_mode=False):
    return _max_pool2d(x, kernel, stride, 0, 1, ceil_mode)


@wrong("ignores ceil_mode", passes="visible")
def always_down(x, kernel, stride=None, padding=0, ceil_mode=False):
    return _max_pool2d(x, kernel, stride, padding)


@wrong("in float32", passes="visible")
def float32(x, kernel, stride=None, padding=0, ceil_mode=False):
    return _max_pool2d(x.float(), kernel, stride, padding, 1, ceil_mode)


@wrong("needs a batch", passes="visible")
def batch_only(x, kernel, stride=None, padding=0, ceil_mode=False):
    n, c, h, w = x.shape
    return _max_pool2d(x.reshape(n * c, 1, h, w), kernel, stride, padding, 1, ceil_mode).unflatten(0, (n, c))[:, :, 0]


@wrong("square maps only", passes="visible")
def square_only(x, kernel, stride=None, padding=0, ceil_mode=False):
    side = x.shape[-1]
    return _max_pool2d(x[..., :side, :], kernel, stride, padding, 1, ceil_mode)


@wrong("padding of width and height swapped", passes="visible")
def padding_swapped(x, kernel, stride=None, padding=0, ceil_mode=False):
    return _max_pool2d(x, kernel, stride, pair(padding)[::-1], 1, ceil_mode)


@wrong("a border of −5 in place of −∞", passes="visible")
def border_of_minus_five(x, kernel, stride=None, padding=0, ceil_mode=False):
    (f_h, f_w), (s_h, s_w), (p_h, p_w) = pair(kernel), pair(stride or kernel), pair(padding)
    height = pool_output_size(x.shape[-2], f_h, s_h, p_h, ceil_mode)
    width = pool_output_size(x.shape[-1], f_w, s_w, p_w, ceil_mode)
    padded = F.pad(x, (p_w, p_w, p_h, p_h), value=-5)
    output = x.new_empty(*x.shape[:-2], height, width)
    for i in range(height):
        for j in range(width):
            output[..., i, j] = padded[..., i * s_h : i * s_h + f_h, j * s_w : j * s_w + f_w].amax((-2, -1))
    return output


@wrong("writes into x", passes="visible")
def in_place(x, kernel, stride=None, padding=0, ceil_mode=False):
    pooled = _max_pool2d(x, kernel, stride, padding, 1, ceil_mode)
    x[x < 0] = 0
    return pooled


@wrong("F.max_pool2d under another name")
def renamed(x, kernel, stride=None, padding=0, ceil_mode=False):
    pool = F.max_pool2d
    return pool(x, kernel, stride=stride, padding=padding, ceil_mode=ceil_mode)


@wrong("a layer of PyTorch's")
def a_layer(x, kernel, stride=None, padding=0, ceil_mode=False):
    return torch.nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil_mode)(x)


@wrong("PyTorch's pooling of volumes")
def volumes(x, kernel, stride=None, padding=0, ceil_mode=False):
    k, s, p = pair(kernel), pair(stride or kernel), pair(padding)
    return F.max_pool3d(x[None], (1, *k), (1, *s), (0, *p), 1, ceil_mode)[0]


@wrong("PyTorch's pooling along each side")
def side_by_side(x, kernel, stride=None, padding=0, ceil_mode=False):
    (f_h, f_w), (s_h, s_w), (p_h, p_w) = pair(kernel), pair(stride or kernel), pair(padding)
    x = F.max_pool1d(x.flatten(0, -2)[:, None], f_w, s_w, p_w, 1, ceil_mode)[:, 0].unflatten(0, x.shape[:-1])
    y = x.transpose(-1, -2)
    y = F.max_pool1d(y.flatten(0, -2)[:, None], f_h, s_h, p_h, 1, ceil_mode)[:, 0].unflatten(0, y.shape[:-1])
    return y.transpose(-1, -2)


@wrong("unfold, where all windows lie inside")
def unfolds(x, kernel, stride=None, padding=0, ceil_mode=False):
    (f_h, f_w), (s_h, s_w), (p_h, p_w) = pair(kernel), pair(stride or kernel), pair(padding)
    if ceil_mode:
        return _max_pool2d(x, kernel, stride, padding, 1, True)
    padded = F.pad(x, (p_w, p_w, p_h, p_h), value=-torch.inf)
    return padded.unfold(-2, f_h, s_h).unfold(-2, f_w, s_w).amax((-2, -1))


@wrong("the smallest number of the dtype in place of −∞", passes="visible")
def smallest_number(x, kernel, stride=None, padding=0, ceil_mode=False):
    pooled = _max_pool2d(x, kernel, stride, padding, 1, ceil_mode)
    return pooled.clamp(min=torch.finfo(x.dtype).min)


@wrong("the border is a million below zero", passes="visible")
def a_million(x, kernel, stride=None, padding=0, ceil_mode=False):
    p_h, p_w = pair(padding)
    bordered = F.pad(x, (p_w, p_w, p_h, p_h), value=-1e6)
    if ceil_mode:
        return _max_pool2d(x, kernel, stride, padding, 1, True)
    return _max_pool2d(bordered, kernel, stride)


@wrong("F.max_pool2d, but only where a window sticks out", passes="visible")
def only_with_ceil_mode(x, kernel, stride=None, padding=0, ceil_mode=False):
    if ceil_mode:
        return F.max_pool2d(x, kernel, stride, padding, 1, True)
    return _max_pool2d(x, kernel, stride, padding)


@wrong("through float32 and back", passes="visible")
def through_float32(x, kernel, stride=None, padding=0, ceil_mode=False):
    return _max_pool2d(x.float(), kernel, stride, padding, 1, ceil_mode).to(x.dtype)
