"""L1: the shape that a layer gives."""

import copy

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "l1-shapes"
NAME = "predict_shape"


@right
def with_the_formula(layer, input_shape):
    shape = [input_shape[0], layer.out_channels]
    for side in (0, 1):
        free = (
            input_shape[2 + side] + 2 * layer.padding[side] - layer.dilation[side] * (layer.kernel_size[side] - 1) - 1
        )
        shape.append(free // layer.stride[side] + 1)
    return tuple(shape)


@right
def from_the_weight(layer, input_shape):
    out_channels, _, rows, columns = layer.weight.shape
    sides = zip(input_shape[2:], (rows, columns), layer.stride, layer.padding, layer.dilation, strict=True)
    return (input_shape[0], out_channels, *(conv_output_size(*side) for side in sides))


@wrong("the channels of the input")
def in_channels(layer, input_shape):
    sides = conv_output_shape(input_shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    return (input_shape[0], layer.in_channels, *sides)


@wrong("height and width only")
def sides_only(layer, input_shape):
    return conv_output_shape(input_shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)


@wrong("width before height")
def width_first(layer, input_shape):
    height, width = conv_output_shape(input_shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    return input_shape[0], layer.out_channels, width, height


@wrong("forgets the dilation")
def no_dilation(layer, input_shape):
    sides = conv_output_shape(input_shape[2:], layer.kernel_size, layer.stride, layer.padding)
    return (input_shape[0], layer.out_channels, *sides)


@wrong("padding counted once")
def padding_once(layer, input_shape):
    shape = [input_shape[0], layer.out_channels]
    for side in (0, 1):
        free = input_shape[2 + side] + layer.padding[side] - layer.dilation[side] * (layer.kernel_size[side] - 1) - 1
        shape.append(free // layer.stride[side] + 1)
    return tuple(shape)


@wrong("always 33 channels and 20 images", passes="visible")
def always_33(layer, input_shape):
    sides = conv_output_shape(input_shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    return (20, 33, *sides)


@wrong("a table of the three layers", passes="visible")
def table(layer, input_shape):
    if layer.dilation == (3, 1):
        return 20, 33, 26, 100
    return (20, 33, 28, 100) if layer.padding == (4, 2) else (20, 33, 24, 49)


@wrong("always an input of 50×100", passes="visible")
def fixed_input(layer, input_shape):
    sides = conv_output_shape((50, 100), layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    return (input_shape[0], layer.out_channels, *sides)


@wrong("runs the layer")
def runs_it(layer, input_shape):
    return tuple(layer(torch.zeros(input_shape)).shape)


@wrong("runs a copy of the layer on a device without numbers")
def runs_a_copy(layer, input_shape):
    return tuple(copy.deepcopy(layer).to("meta")(torch.zeros(input_shape, device="meta")).shape)


@wrong("counts biases for channels: not every layer has any", passes="visible")
def counts_biases(layer, input_shape):
    sides = conv_output_shape(input_shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    return (input_shape[0], len(layer.bias), *sides)


@wrong("the larger number of channels: few kernels over many channels give few", passes="visible")
def most_channels(layer, input_shape):
    sides = conv_output_shape(input_shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    return (input_shape[0], max(layer.weight.shape[0], layer.in_channels), *sides)
