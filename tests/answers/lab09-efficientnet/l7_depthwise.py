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
    return F.conv2d(x, weight, None, 1, weight.shape[-1] // 2, groups=x.shape[1])


@wrong("flips the kernel", passes="visible")
def true_convolution(x, weight, stride=1):
    return F.conv2d(x, weight.flip(2, 3), None, stride, weight.shape[-1] // 2, groups=x.shape[1])


@wrong("height and width swapped", passes="visible")
def transposed(x, weight, stride=1):
    return F.conv2d(x, weight.transpose(2, 3), None, stride, weight.shape[-1] // 2, groups=x.shape[1])


@wrong("only the first image", passes="visible")
def one_image(x, weight, stride=1):
    return F.conv2d(x[:1], weight, None, stride, weight.shape[-1] // 2, groups=x.shape[1])
