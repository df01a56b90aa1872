"""T-pool: a window and a rule."""

import numpy as np
import torch
import torch.nn.functional as F

from helpers.grading.answers import changed, right, wrong

EXERCISE = "t-pool"
NAME = "pool_image"


@right
def two_loops(image, size, stride, rule):
    height = (image.shape[0] - size[0]) // stride[0] + 1
    width = (image.shape[1] - size[1]) // stride[1] + 1
    output = torch.zeros(height, width, dtype=image.dtype)
    for i in range(height):
        for j in range(width):
            patch = image[i * stride[0] : i * stride[0] + size[0], j * stride[1] : j * stride[1] + size[1]]
            output[i, j] = rule(patch)
    return output


@right
def by_starts(image, size, stride, rule):
    tops = range(0, image.shape[0] - size[0] + 1, stride[0])
    lefts = range(0, image.shape[1] - size[1] + 1, stride[1])
    return torch.stack([torch.stack([rule(image[i : i + size[0], j : j + size[1]]) for j in lefts]) for i in tops])


@wrong("ignores the stride")
def stride_one(image, size, stride, rule):
    rows, columns = size
    height, width = image.shape[0] - rows + 1, image.shape[1] - columns + 1
    return torch.stack(
        [torch.stack([rule(image[i : i + rows, j : j + columns]) for j in range(width)]) for i in range(height)]
    )


always_max = changed(
    by_starts,
    "rule(image[i : i + size[0], j : j + size[1]])",
    "image[i : i + size[0], j : j + size[1]].max()",
    wrong="always the maximum",
)


@wrong("one window too few")
def off_by_one(image, size, stride, rule):
    tops = range(0, image.shape[0] - size[0], stride[0])
    lefts = range(0, image.shape[1] - size[1], stride[1])
    return torch.stack([torch.stack([rule(image[i : i + size[0], j : j + size[1]]) for j in lefts]) for i in tops])


@wrong("the number of windows is not a whole number")
def float_size(image, size, stride, rule):
    height, width = (image.shape[0] - size[0]) / stride[0] + 1, (image.shape[1] - size[1]) / stride[1] + 1
    return image.new_zeros(height, width)


@wrong("forgets the step of the window")
def steps_of_one(image, size, stride, rule):
    height = (image.shape[0] - size[0]) // stride[0] + 1
    width = (image.shape[1] - size[1]) // stride[1] + 1
    output = image.new_zeros(height, width)
    for i in range(height):
        for j in range(width):
            output[i, j] = rule(image[i : i + size[0], j : j + size[1]])
    return output


@wrong("the window's size as stride", passes="visible")
def size_as_stride(image, size, stride, rule):
    tops = range(0, image.shape[0] - size[0] + 1, size[0])
    lefts = range(0, image.shape[1] - size[1] + 1, size[1])
    return torch.stack([torch.stack([rule(image[i : i + size[0], j : j + size[1]]) for j in lefts]) for i in tops])


@wrong("height and width swapped", passes="visible")
def swapped(image, size, stride, rule):
    tops = range(0, image.shape[0] - size[1] + 1, stride[1])
    lefts = range(0, image.shape[1] - size[0] + 1, stride[0])
    return torch.stack([torch.stack([rule(image[i : i + size[1], j : j + size[0]]) for j in lefts]) for i in tops])


float32 = changed(two_loops, "width, dtype=image.dtype", "width", wrong="always in float32", passes="visible")


@wrong("windows that stick out count too", passes="visible")
def sticks_out(image, size, stride, rule):
    tops, lefts = range(0, image.shape[0], stride[0]), range(0, image.shape[1], stride[1])
    return torch.stack([torch.stack([rule(image[i : i + size[0], j : j + size[1]]) for j in lefts]) for i in tops])


@wrong("windows of 2×2 only", passes="visible")
def two_by_two(image, size, stride, rule):
    tops = range(0, image.shape[0] - 1, stride[0])
    lefts = range(0, image.shape[1] - 1, stride[1])
    return torch.stack([torch.stack([rule(image[i : i + 2, j : j + 2]) for j in lefts]) for i in tops])


@wrong("the results of T's image", passes="visible")
def table(image, size, stride, rule):
    if rule(torch.tensor([0.0, 2.0])) == 2:
        return torch.tensor([[9.0, 7.0], [8.0, 6.0]])
    return torch.tensor([[4.25, 4.25], [4.25, 3.5]])


@wrong("PyTorch's poolings, told from each other by what the rule says")
def pytorchs(image, size, stride, rule):
    pool = F.max_pool2d if rule(torch.tensor([[0.0, 2.0]])) == 2 else F.avg_pool2d
    return pool(image[None], size, stride)[0]


@wrong("unfold, and the rule for each patch")
def unfolds(image, size, stride, rule):
    patches = image.unfold(0, size[0], stride[0]).unfold(1, size[1], stride[1])
    return torch.stack([torch.stack([rule(patch) for patch in row]) for row in patches])


@wrong("NumPy's windows, and the rule for each")
def numpy_windows(image, size, stride, rule):
    windows = np.lib.stride_tricks.sliding_window_view(image.numpy(), size)[:: stride[0], :: stride[1]]
    return torch.stack([torch.stack([rule(torch.tensor(patch)) for patch in row]) for row in windows])


@wrong("the rule gets the numbers in one row", passes="visible")
def flat_patches(image, size, stride, rule):
    tops = range(0, image.shape[0] - size[0] + 1, stride[0])
    lefts = range(0, image.shape[1] - size[1] + 1, stride[1])
    patches = [[image[i : i + size[0], j : j + size[1]].reshape(1, -1) for j in lefts] for i in tops]
    return torch.stack([torch.stack([rule(patch) for patch in row]) for row in patches])
