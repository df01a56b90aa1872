"""T-padding: a border of zeros first."""

import numpy as np
import torch
import torch.nn.functional as F

from helpers.grading.answers import right, wrong

EXERCISE = "t-padding"
NAME = "correlate2d_padded"


@right
def write_into_zeros(image, kernel, padding):
    height, width = image.shape
    padded = torch.zeros(height + 2 * padding, width + 2 * padding, dtype=image.dtype)
    padded[padding : padding + height, padding : padding + width] = image
    return correlate2d(padded, kernel)


@right
def put_strips_around(image, kernel, padding):
    strip = image.new_zeros(padding, image.shape[1])
    tall = torch.cat([strip, image, strip])
    side = image.new_zeros(tall.shape[0], padding)
    return correlate2d(torch.cat([side, tall, side], dim=1), kernel)


@wrong("no padding at all")
def no_padding(image, kernel, padding):
    return correlate2d(image, kernel)


@wrong("rows and columns of zeros on one side only")
def one_side(image, kernel, padding):
    padded = image.new_zeros(image.shape[0] + padding, image.shape[1] + padding)
    padded[padding:, padding:] = image
    return correlate2d(padded, kernel)


@wrong("the border repeats the image's edge")
def repeats_the_edge(image, kernel, padding):
    return correlate2d(F.pad(image[None], [padding] * 4, mode="replicate")[0], kernel)


@wrong("the border is one, not zero")
def ones(image, kernel, padding):
    return correlate2d(F.pad(image, [padding] * 4, value=1.0), kernel)


@wrong("pads the output in place of the image")
def pads_the_output(image, kernel, padding):
    return F.pad(correlate2d(image, kernel), [padding] * 4)


@wrong("the slice [0:-0] is empty", passes="visible")
def minus_zero(image, kernel, padding):
    padded = image.new_zeros(image.shape[0] + 2 * padding, image.shape[1] + 2 * padding)
    padded[padding:-padding, padding:-padding] = image
    return correlate2d(padded, kernel)


@wrong("always one zero", passes="visible")
def always_one(image, kernel, padding):
    bordered = image.new_zeros(image.shape[0] + 2, image.shape[1] + 2)
    bordered[1:-1, 1:-1] = image
    return correlate2d(bordered, kernel)


@wrong("always same padding", passes="visible")
def always_same(image, kernel, padding):
    p = kernel.shape[0] // 2
    bordered = image.new_zeros(image.shape[0] + 2 * p, image.shape[1] + 2 * p)
    bordered[p : p + image.shape[0], p : p + image.shape[1]] = image
    return correlate2d(bordered, kernel)


@wrong("height and width swapped", passes="visible")
def swapped(image, kernel, padding):
    width, height = image.shape
    padded = image.new_zeros(height + 2 * padding, width + 2 * padding)
    padded[padding : padding + height, padding : padding + width] = image
    return correlate2d(padded, kernel)


@wrong("always in float32", passes="visible")
def float32(image, kernel, padding):
    padded = torch.zeros(image.shape[0] + 2 * padding, image.shape[1] + 2 * padding)
    padded[padding : padding + image.shape[0], padding : padding + image.shape[1]] = image
    return correlate2d(padded, kernel)


@wrong("F.pad")
def functional_pad(image, kernel, padding):
    return correlate2d(F.pad(image, (padding, padding, padding, padding)), kernel)


@wrong("PyTorch's layer for constant borders")
def a_layer_that_pads(image, kernel, padding):
    return correlate2d(torch.nn.ConstantPad2d(padding, 0)(image), kernel)


@wrong("a convolution that pads by itself")
def conv2d_pads(image, kernel, padding):
    planes = image[None, None].double(), kernel[None, None].double()
    return torch.conv2d(*planes, padding=padding)[0, 0].to(image.dtype)


@wrong("np.pad")
def numpy_pads(image, kernel, padding):
    return correlate2d(torch.tensor(np.pad(image, padding)), kernel)


@wrong("whole numbers through float32", passes="visible")
def float32_border(image, kernel, padding):
    bordered = torch.zeros(image.shape[0] + 2 * padding, image.shape[1] + 2 * padding)
    bordered = bordered.double() if image.dtype == torch.float64 else bordered
    bordered[padding : padding + image.shape[0], padding : padding + image.shape[1]] = image
    return correlate2d(bordered.to(image.dtype), kernel)
