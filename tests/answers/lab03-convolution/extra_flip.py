"""Extra-flip: the convolution of mathematics."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "extra-flip"
NAME = "convolve2d"


@right
def flip_and_slide(image, kernel):
    return correlate2d(image, torch.flip(kernel, dims=(0, 1)))


@right
def backwards(image, kernel):
    rows, columns = kernel.shape
    output = image.new_zeros(image.shape[0] - rows + 1, image.shape[1] - columns + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            for u in range(rows):
                for v in range(columns):
                    output[i, j] += kernel[u, v] * image[i + rows - 1 - u, j + columns - 1 - v]
    return output


@right
def flip_the_image_and_the_result(image, kernel):
    return correlate2d(image.flip(0, 1), kernel).flip(0, 1)


@wrong("not flipped")
def not_flipped(image, kernel):
    return correlate2d(image, kernel)


@wrong("rows flipped only")
def rows_only(image, kernel):
    return correlate2d(image, kernel.flip(0))


@wrong("columns flipped only")
def columns_only(image, kernel):
    return correlate2d(image, kernel.flip(1))


@wrong("transposed, not flipped")
def transposed(image, kernel):
    return correlate2d(image, kernel.T)


@wrong("flips the rows of the image")
def flips_the_image_only(image, kernel):
    return correlate2d(image.flip(0), kernel)


@wrong("turned by 90 degrees")
def turned(image, kernel):
    return correlate2d(image, kernel.rot90())


@wrong("flipped and transposed: symmetric kernels do not tell", passes="visible")
def flipped_and_transposed(image, kernel):
    return correlate2d(image, kernel.flip(0, 1).T)


@wrong("flips the result of the cross-correlation", passes="visible")
def flips_the_result(image, kernel):
    return correlate2d(image, kernel).flip(0, 1)


@wrong("returns the kernel", passes="visible")
def the_kernel(image, kernel):
    return kernel


@wrong("whole numbers through float64", passes="visible")
def through_float64(image, kernel):
    return correlate2d(image.double(), kernel.double().flip(0, 1)).to(image.dtype)
