"""T-kernel: slide a kernel over an image, by loops."""

import numpy as np
import torch

from helpers.grading.answers import right, wrong

EXERCISE = "t-kernel"
NAME = "correlate2d"


@right
def two_loops(image, kernel):
    rows, columns = kernel.shape
    height, width = image.shape[0] - rows + 1, image.shape[1] - columns + 1
    output = torch.empty(height, width, dtype=image.dtype)
    for i in range(height):
        for j in range(width):
            output[i, j] = torch.sum(image[i : i + rows, j : j + columns] * kernel)
    return output


@right
def four_loops(image, kernel):
    output = image.new_zeros(image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    output[i, j] += kernel[u, v] * image[i + u, j + v]
    return output


@right
def loop_over_taps(image, kernel):
    rows, columns = kernel.shape
    height, width = image.shape[0] - rows + 1, image.shape[1] - columns + 1
    return sum(kernel[u, v] * image[u : u + height, v : v + width] for u in range(rows) for v in range(columns))


@wrong("stops one place too early")
def one_place_too_few(image, kernel):
    rows, columns = kernel.shape
    output = image.new_zeros(image.shape[0] - rows, image.shape[1] - columns)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return output


@wrong("the mean in place of the sum")
def mean(image, kernel):
    rows, columns = kernel.shape
    output = image.new_zeros(image.shape[0] - rows + 1, image.shape[1] - columns + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + rows, j : j + columns] * kernel).mean()
    return output


@wrong("a matrix product in place of a product of each pair")
def matrix_product(image, kernel):
    rows, columns = kernel.shape
    output = image.new_zeros(image.shape[0] - rows + 1, image.shape[1] - columns + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + rows, j : j + columns] @ kernel).sum()
    return output


@wrong("an output as large as the image")
def as_large_as_the_image(image, kernel):
    rows, columns = kernel.shape
    output = torch.zeros_like(image)
    for i in range(image.shape[0] - rows + 1):
        for j in range(image.shape[1] - columns + 1):
            output[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return output


@wrong("always in float32", passes="visible")
def float32(image, kernel):
    rows, columns = kernel.shape
    output = torch.zeros(image.shape[0] - rows + 1, image.shape[1] - columns + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return output


@wrong("flips the kernel", passes="visible")
def flipped(image, kernel):
    rows, columns = kernel.shape
    output = image.new_zeros(image.shape[0] - rows + 1, image.shape[1] - columns + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + rows, j : j + columns] * kernel.flip(0, 1)).sum()
    return output


@wrong("height and width swapped", passes="visible")
def swapped(image, kernel):
    columns, rows = kernel.shape
    width, height = image.shape
    output = image.new_zeros(height - rows + 1, width - columns + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return output


@wrong("a kernel of 3×3 only", passes="visible")
def three_by_three(image, kernel):
    output = image.new_zeros(image.shape[0] - 2, image.shape[1] - 2)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + 3, j : j + 3] * kernel).sum()
    return output


@wrong("multiplies into the image itself", passes="visible")
def in_place(image, kernel):
    rows, columns = kernel.shape
    output = image.new_zeros(image.shape[0] - rows + 1, image.shape[1] - columns + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    image *= 0
    return output


@wrong("the numbers of the visible example", passes="visible")
def table(image, kernel):
    return torch.tensor([[4.0, 3.0, 4.0], [2.0, 4.0, 3.0], [2.0, 3.0, 4.0]])


@wrong("F.conv2d under another name")
def renamed_conv2d(image, kernel):
    slide = torch.nn.functional.conv2d
    return slide(image[None, None].double(), kernel[None, None].double())[0, 0].to(image.dtype)


@wrong("a layer with the kernel as its weight")
def a_layer(image, kernel):
    layer = torch.nn.Conv2d(1, 1, tuple(kernel.shape), bias=False, dtype=torch.float64)
    layer.weight.data = kernel[None, None].double()
    return layer(image[None, None].double())[0, 0].detach().to(image.dtype)


@wrong("one convolution along the lines for each row of taps")
def conv1d(image, kernel):
    rows = kernel.shape[0]
    height = image.shape[0] - rows + 1
    lines = image.double()[:, None]
    parts = [torch.conv1d(lines[u : u + height], kernel[u].double()[None, None])[:, 0] for u in range(rows)]
    return sum(parts).to(image.dtype)


@wrong("F.unfold")
def im2col(image, kernel):
    places = torch.nn.functional.unfold(image[None, None].double(), tuple(kernel.shape))[0]
    shape = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return (kernel.double().flatten() @ places).reshape(shape).to(image.dtype)


@wrong("as_strided: unfold by hand")
def strided_view(image, kernel):
    shape = [n - f + 1 for n, f in zip(image.shape, kernel.shape, strict=True)]
    patches = image.as_strided((*shape, *kernel.shape), (*image.stride(), *image.stride()))
    return (patches * kernel).sum((2, 3)).to(image.dtype)


@wrong("NumPy slides: a sum of shifted products, all places at once")
def in_numpy(image, kernel):
    rows, columns = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image), (rows, columns))
    return torch.tensor(np.einsum("ijuv,uv->ij", windows, kernel.numpy()))


@wrong("sums in float64: large whole numbers lose digits", passes="visible")
def sums_in_float64(image, kernel):
    height, width = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    total = torch.zeros(height, width, dtype=torch.float64)
    for u in range(kernel.shape[0]):
        for v in range(kernel.shape[1]):
            total += kernel[u, v].double() * image[u : u + height, v : v + width].double()
    return total.to(image.dtype)


@wrong("a sum of int32 is int64", passes="visible")
def dtype_of_the_sums(image, kernel):
    rows, columns = kernel.shape
    height, width = image.shape[0] - rows + 1, image.shape[1] - columns + 1
    sums = [(image[i : i + rows, j : j + columns] * kernel).sum() for i in range(height) for j in range(width)]
    return torch.stack(sums).reshape(height, width)
