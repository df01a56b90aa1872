"""T-stride: larger steps."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "t-stride"
NAME = "correlate2d_strided"


@right
def throw_away(image, kernel, stride):
    return correlate2d(image, kernel)[::stride, ::stride]


@right
def skip_places(image, kernel, stride):
    (height, width), (rows, columns) = image.shape, kernel.shape
    full = torch.zeros(height - rows + 1, width - columns + 1, dtype=image.dtype)
    for i in range(0, len(full), stride):
        for j in range(0, full.shape[1], stride):
            full[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return full[::stride, ::stride].clone()


@right
def step_loops(image, kernel, stride):
    rows, columns = kernel.shape
    lines = []
    for i in range(0, image.shape[0] - rows + 1, stride):
        places = range(0, image.shape[1] - columns + 1, stride)
        lines.append(torch.stack([(image[i : i + rows, j : j + columns] * kernel).sum() for j in places]))
    return torch.stack(lines)


@wrong("the stride is ignored")
def ignored(image, kernel, stride):
    return correlate2d(image, kernel)


@wrong("steps along the rows only")
def rows_only(image, kernel, stride):
    return correlate2d(image, kernel)[::stride]


@wrong("steps along the columns only")
def columns_only(image, kernel, stride):
    return correlate2d(image, kernel)[:, ::stride]


@wrong("starts at the second place")
def starts_late(image, kernel, stride):
    return correlate2d(image, kernel)[stride - 1 :: stride, stride - 1 :: stride]


@wrong("takes every second pixel of the image first")
def strides_the_image(image, kernel, stride):
    return correlate2d(image[::stride, ::stride], kernel)


@wrong("adds no 1 where the division has a rest", passes="visible")
def no_last_place(image, kernel, stride):
    height, width = (
        (n - f) // stride + ((n - f) % stride == 0) for n, f in zip(image.shape, kernel.shape, strict=True)
    )
    return correlate2d(image, kernel)[::stride, ::stride][:height, :width]


@wrong("strides 1 and 2 only", passes="visible")
def one_or_two(image, kernel, stride):
    full = correlate2d(image, kernel)
    return full if stride == 1 else full[::2, ::2]


@wrong("a square image and kernel only", passes="visible")
def square(image, kernel, stride):
    side, taps = image.shape[0], kernel.shape[0]
    size = (side - taps) // stride + 1
    output = image.new_zeros(size, size)
    for i in range(size):
        for j in range(size):
            top, left = i * stride, j * stride
            output[i, j] = (image[top : top + taps, left : left + taps] * kernel).sum()
    return output


@wrong("a place at the border hangs over, with part of the kernel", passes="visible")
def hangs_over(image, kernel, stride):
    height, width = (-(-(n - f) // stride) + 1 for n, f in zip(image.shape, kernel.shape, strict=True))
    output = image.new_zeros(height, width)
    for i in range(height):
        for j in range(width):
            patch = image[i * stride : i * stride + kernel.shape[0], j * stride : j * stride + kernel.shape[1]]
            output[i, j] = (patch * kernel[: patch.shape[0], : patch.shape[1]]).sum()
    return output


@wrong("always in float32", passes="visible")
def float32(image, kernel, stride):
    return correlate2d(image, kernel)[::stride, ::stride].float()


@wrong("F.conv2d with its stride")
def conv2d_strides(image, kernel, stride):
    planes = image[None, None].double(), kernel[None, None].double()
    return torch.nn.functional.conv2d(*planes, stride=stride)[0, 0].to(image.dtype)


@wrong("every so many of the numbers that a layer gives")
def a_layer(image, kernel, stride):
    layer = torch.nn.Conv2d(1, 1, tuple(kernel.shape), bias=False, dtype=torch.float64).requires_grad_(False)
    layer.weight.copy_(kernel[None, None])
    return layer(image[None, None].double())[0, 0, ::stride, ::stride].to(image.dtype)


@wrong("loops over whole strides only: one place is lost where the step is larger than the rest", passes="visible")
def loses_the_only_place(image, kernel, stride):
    full = correlate2d(image, kernel)
    return full[::stride, ::stride] if stride < min(image.shape) else full[:0, :0]


@wrong("whole numbers through float32", passes="visible")
def through_float32(image, kernel, stride):
    if image.is_floating_point():
        return correlate2d(image, kernel)[::stride, ::stride]
    return correlate2d(image.float(), kernel.float())[::stride, ::stride].to(image.dtype)
