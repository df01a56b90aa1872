"""L7-depthwise: one kernel a channel, without groups."""

import torch
import torch.nn.functional as F

from helpers.grading.answers import right, wrong

EXERCISE = "l7-depthwise"
NAME = "depthwise_conv"


@right
def loop_over_channels(x, weight, stride=1):
    maps = []
    for c in range(x.shape[1]):
        maps.append(F.conv2d(x[:, c : c + 1], weight[c : c + 1], stride=stride, padding=weight.shape[-1] // 2))
    return torch.cat(maps, 1)


@right
def by_windows(x, weight, stride=1):
    k = weight.shape[-1]
    padded = F.pad(x, (k // 2,) * 4)
    windows = padded.unfold(2, k, stride).unfold(3, k, stride)  # N, C, H', W', k, k
    return torch.einsum("nchwij,cij->nchw", windows, weight[:, 0])


@right
def diagonal_kernels(x, weight, stride=1):
    c, _, k, _ = weight.shape
    full = torch.zeros(c, c, k, k, dtype=weight.dtype)
    full[range(c), range(c)] = weight[:, 0]
    return F.conv2d(x, full, stride=stride, padding=k // 2)


@wrong("adds the channels")
def ordinary(x, weight, stride=1):
    c = x.shape[1]
    return F.conv2d(x, weight.expand(-1, c, -1, -1), stride=stride, padding=weight.shape[-1] // 2)


@wrong("the first kernel for all channels")
def one_kernel(x, weight, stride=1):
    maps = [F.conv2d(channel, weight[:1], None, stride, weight.shape[-1] // 2) for channel in x.split(1, 1)]
    return torch.cat(maps, 1)


@wrong("no padding")
def valid(x, weight, stride=1):
    return torch.cat([F.conv2d(x[:, [c]], weight[[c]], None, stride) for c in range(x.shape[1])], 1)


@wrong("always pads by 1")
def padding_of_one(x, weight, stride=1):
    return F.conv2d(x, weight, None, stride, 1, groups=x.shape[1])


@wrong("kernels in the reverse order")
def reversed_kernels(x, weight, stride=1):
    return F.conv2d(x, weight.flip(0), None, stride, weight.shape[-1] // 2, groups=x.shape[1])


@wrong("ignores the stride", passes="visible")
def stride_one(x, weight, stride=1):
    pairs = zip(x.split(1, 1), weight.split(1), strict=True)
    return torch.cat([F.conv2d(a, w, None, 1, w.shape[-1] // 2) for a, w in pairs], 1)


@wrong("flips the kernel", passes="visible")
def true_convolution(x, weight, stride=1):
    pairs = zip(x.split(1, 1), weight.flip(2, 3).split(1), strict=True)
    return torch.cat([F.conv2d(a, w, None, stride, w.shape[-1] // 2) for a, w in pairs], 1)


@wrong("height and width swapped", passes="visible")
def transposed(x, weight, stride=1):
    pairs = zip(x.split(1, 1), weight.transpose(2, 3).split(1), strict=True)
    return torch.cat([F.conv2d(a, w, None, stride, w.shape[-1] // 2) for a, w in pairs], 1)


@wrong("only the first image", passes="visible")
def one_image(x, weight, stride=1):
    pairs = zip(x[:1].split(1, 1), weight.split(1), strict=True)
    return torch.cat([F.conv2d(a, w, None, stride, w.shape[-1] // 2) for a, w in pairs], 1)


@wrong("PyTorch's own groups")
def grouped(x, weight, stride=1):
    return F.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2, groups=len(weight))


@torch.inference_mode()
@wrong("groups, in a layer without a gradient")
def grouped_layer(x, weight, stride=1):
    c, k = len(weight), weight.shape[-1]
    layer = torch.nn.Conv2d(c, c, k, stride, k // 2, groups=c, bias=False)
    layer.weight = torch.nn.Parameter(weight.clone())
    return layer(x).clone()


@wrong("image by image", passes="visible")
def image_by_image(x, weight, stride=1):
    pairs = range(x.shape[1])
    return torch.stack(
        [
            torch.cat(
                [F.conv2d(image[c : c + 1], weight[c : c + 1], None, stride, weight.shape[-1] // 2) for c in pairs]
            )
            for image in x
        ]
    )


@wrong("pixel by pixel", passes="visible")
def pixel_by_pixel(x, weight, stride=1):
    k = weight.shape[-1]
    padded = F.pad(x, [k // 2] * 4)
    rows = range(0, x.shape[2], stride)
    columns = range(0, x.shape[3], stride)
    windows = [[(padded[:, :, i : i + k, j : j + k] * weight[:, 0]).sum((2, 3)) for j in columns] for i in rows]
    return torch.stack([torch.stack(row, -1) for row in windows], -2)
