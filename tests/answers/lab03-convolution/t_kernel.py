"""T-kernel: slide a kernel over an image, by loops."""

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
