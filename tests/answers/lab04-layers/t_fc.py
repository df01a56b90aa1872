"""T-fc: what a fully connected layer learns."""

import math

import torch
from torch import nn

from helpers.grading.answers import right, wrong

EXERCISE = "t-fc"
NAME = "fc_parameters"


@right
def with_prod(shape, outputs, bias=True):
    return math.prod(shape) * outputs + (outputs if bias else 0)


@right
def asks_pytorch(shape, outputs, bias=True):
    layer = nn.Linear(torch.Size(shape).numel(), outputs, bias)
    return sum(parameter.numel() for parameter in layer.parameters())


@wrong("weights only")
def weights_only(shape, outputs, bias=True):
    return math.prod(shape) * outputs


@wrong("a bias for each input")
def bias_of_inputs(shape, outputs, bias=True):
    inputs = math.prod(shape)
    return inputs * outputs + (inputs if bias else 0)


@wrong("one bias for all")
def one_bias(shape, outputs, bias=True):
    return math.prod(shape) * outputs + bias


@wrong("the sum of the sides")
def sum_of_sides(shape, outputs, bias=True):
    return outputs * (sum(shape) + 1) if len(shape) > 1 else shape[0] + outputs


@wrong("a float")
def a_float(shape, outputs, bias=True):
    return float(outputs * (math.prod(shape) + bias))


@wrong("only for (C, H, W)")
def three_sides(shape, outputs, bias=True):
    channels, height, width = shape
    return outputs * (channels * height * width + bias)


@wrong("always with a bias", passes="visible")
def always_biased(shape, outputs, bias=True):
    return outputs * (math.prod(shape) + 1)


@wrong("square maps only", passes="visible")
def square_maps(shape, outputs, bias=True):
    inputs = shape[0] * shape[1] ** 2 if len(shape) > 1 else shape[0]
    return outputs * (inputs + bias)


@wrong("the two worked numbers", passes="visible")
def table(shape, outputs, bias=True):
    return 630 if outputs == 30 else 48120
