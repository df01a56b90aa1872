"""Extra-conv2d: the whole layer."""

import numpy as np
import torch
import torch.nn.functional as F

from helpers.grading.answers import right, wrong

EXERCISE = "extra-conv2d"
NAME = "my_conv2d"


def _conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    """What is right, for answers that are wrong in one thing."""
    (s_h, s_w), (p_h, p_w), (d_h, d_w) = ((k, k) if isinstance(k, int) else k for k in (stride, padding, dilation))
    x = F.pad(x, (p_w, p_w, p_h, p_h))
    downs, rights = (torch.arange(n) for n in conv_output_shape(x.shape[2:], weight.shape[2:], stride, 0, dilation))
    rows = s_h * downs[:, None] + d_h * torch.arange(weight.shape[2])
    columns = s_w * rights[:, None] + d_w * torch.arange(weight.shape[3])
    output = torch.einsum("nchuwv,ocuv->nohw", x[:, :, rows][..., columns], weight)
    return output if bias is None else output + bias[:, None, None]


@right
def loop_over_places(x, weight, bias=None, stride=1, padding=0, dilation=1):
    def pair(setting):
        return (setting, setting) if isinstance(setting, int) else setting

    (s_h, s_w), (p_h, p_w), (d_h, d_w) = pair(stride), pair(padding), pair(dilation)
    n, _, height, width = x.shape
    o, _, rows, columns = weight.shape
    padded = F.pad(x, (p_w, p_w, p_h, p_h))
    span_h, span_w = d_h * (rows - 1) + 1, d_w * (columns - 1) + 1
    out_h, out_w = (height + 2 * p_h - span_h) // s_h + 1, (width + 2 * p_w - span_w) // s_w + 1
    output = torch.zeros(n, o, out_h, out_w, dtype=x.dtype)
    for i in range(out_h):
        for j in range(out_w):
            top, left = i * s_h, j * s_w
            patch = padded[:, None, :, top : top + span_h : d_h, left : left + span_w : d_w]
            output[:, :, i, j] = (patch * weight[None]).sum(dim=(2, 3, 4))
    if bias is not None:
        output = output + bias.view(1, -1, 1, 1)
    return output


@right
def kernel_by_kernel(x, weight, bias=None, stride=1, padding=0, dilation=1):
    (s_h, s_w), (p_h, p_w), (d_h, d_w) = ((k, k) if isinstance(k, int) else k for k in (stride, padding, dilation))
    rows, columns = weight.shape[2:]
    spread = x.new_zeros(*weight.shape[:2], d_h * (rows - 1) + 1, d_w * (columns - 1) + 1)
    spread[:, :, ::d_h, ::d_w] = weight  # a dilated kernel is a larger one with zeros between its taps
    padded = F.pad(x, (p_w, p_w, p_h, p_h))
    images = []
    for image in padded:
        channels = []
        for o, kernel in enumerate(spread):
            total = sum(correlate2d(plane, piece) for plane, piece in zip(image, kernel, strict=True))[::s_h, ::s_w]
            channels.append(total if bias is None else total + bias[o])
        images.append(torch.stack(channels))
    return torch.stack(images)


@right
def by_indices(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight, bias, stride, padding, dilation)


@wrong("the bias is forgotten")
def no_bias(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight, None, stride, padding, dilation)


@wrong("the bias is added once for each input channel")
def bias_too_often(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight, None if bias is None else x.shape[1] * bias, stride, padding, dilation)


@wrong("only the first input channel is used")
def first_channel(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x[:, :1], weight[:, :1], bias, stride, padding, dilation)


@wrong("the mean over the channels")
def mean_over_channels(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight / x.shape[1], bias, stride, padding, dilation)


@wrong("the stride is ignored")
def no_stride(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight, bias, 1, padding, dilation)


@wrong("the kernels are flipped")
def flipped(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight.flip(2, 3), bias, stride, padding, dilation)


@wrong("one number for each setting, no pairs", passes="visible")
def no_pairs(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight, bias, int(stride), int(padding), int(dilation))


@wrong("the padding of height and width is swapped", passes="visible")
def padding_swapped(x, weight, bias=None, stride=1, padding=0, dilation=1):
    p_h, p_w = (padding, padding) if isinstance(padding, int) else padding
    return _conv2d(F.pad(x, (p_h, p_h, p_w, p_w)), weight, bias, stride, 0, dilation)


@wrong("the stride of height and width is swapped", passes="visible")
def stride_swapped(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight, bias, stride if isinstance(stride, int) else stride[::-1], padding, dilation)


@wrong("the dilation is ignored", passes="visible")
def no_dilation(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight, bias, stride, padding)


@wrong("only the first image of the batch", passes="visible")
def first_image(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x[:1], weight, bias, stride, padding, dilation)


@wrong("square kernels only", passes="visible")
def square_kernels(x, weight, bias=None, stride=1, padding=0, dilation=1):
    side = weight.shape[2]
    return _conv2d(x, weight[:, :, :side, :side], bias, stride, padding, dilation)


@wrong("always in float32", passes="visible")
def float32(x, weight, bias=None, stride=1, padding=0, dilation=1):
    return _conv2d(x, weight, bias, stride, padding, dilation).float()


@wrong("writes into the bias", passes="visible")
def writes_into_the_bias(x, weight, bias=None, stride=1, padding=0, dilation=1):
    output = _conv2d(x, weight, bias, stride, padding, dilation)
    if bias is not None:
        bias += 1
    return output


@wrong("F.conv2d under another name")
def renamed(x, weight, bias=None, stride=1, padding=0, dilation=1):
    convolution = F.conv2d
    return convolution(x, weight, bias, stride=stride, padding=padding, dilation=dilation)


@wrong("a layer of PyTorch's")
def a_layer(x, weight, bias=None, stride=1, padding=0, dilation=1):
    o, c, *taps = weight.shape
    layer = torch.nn.Conv2d(c, o, taps, stride, padding, dilation, bias=bias is not None).to(x.dtype)
    layer.weight.data = weight.data
    if bias is not None:
        layer.bias.data = bias.data
    return layer(x).detach()


@wrong("a convolution over volumes of depth 1")
def conv3d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    (s_h, s_w), (p_h, p_w), (d_h, d_w) = ((k, k) if isinstance(k, int) else k for k in (stride, padding, dilation))
    volumes = x[:, :, None], weight[:, :, None]
    return F.conv3d(*volumes, bias, (1, s_h, s_w), (0, p_h, p_w), (1, d_h, d_w))[:, :, 0]


@wrong("nn.Unfold, and a matrix product")
def unfold_layer(x, weight, bias=None, stride=1, padding=0, dilation=1):
    taps = tuple(weight.shape[2:])
    flat = weight.flatten(1) @ torch.nn.Unfold(taps, dilation, padding, stride)(x)
    output = flat.unflatten(2, conv_output_shape(tuple(x.shape[2:]), taps, stride, padding, dilation))
    return output if bias is None else output + bias[:, None, None]


@wrong("through float32 and back", passes="visible")
def rounds(x, weight, bias=None, stride=1, padding=0, dilation=1):
    bias = None if bias is None else bias.float()
    return _conv2d(x.float(), weight.float(), bias, stride, padding, dilation).to(x.dtype)


@wrong("F.conv2d, but only where there is a dilation", passes="visible")
def conv2d_for_dilation(x, weight, bias=None, stride=1, padding=0, dilation=1):
    work = _conv2d if dilation == 1 else F.conv2d
    return work(x, weight, bias, stride, padding, dilation)


@wrong("at least as many channels as it was given", passes="visible")
def never_fewer_channels(x, weight, bias=None, stride=1, padding=0, dilation=1):
    output = _conv2d(x, weight, bias, stride, padding, dilation)
    return F.pad(output, (0, 0, 0, 0, 0, max(0, x.shape[1] - len(weight))))


@wrong("NumPy's windows")
def numpy_windows(x, weight, bias=None, stride=1, padding=0, dilation=1):
    x, taps = F.pad(x, [padding, padding] * 2), tuple(weight.shape[2:]) if dilation == 1 else None
    windows = np.lib.stride_tricks.sliding_window_view(x.numpy(), taps, (2, 3))[:, :, ::stride, ::stride]
    output = torch.einsum("nchwuv,ocuv->nohw", torch.tensor(windows), weight)
    return output if bias is None else output + bias[:, None, None]
