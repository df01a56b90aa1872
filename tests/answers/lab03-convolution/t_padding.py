"""T-padding: a border of zeros first."""

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
    return correlate2d(F.pad(image, [1] * 4), kernel)


@wrong("always same padding", passes="visible")
def always_same(image, kernel, padding):
    return correlate2d(F.pad(image, [kernel.shape[0] // 2] * 4), kernel)


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
