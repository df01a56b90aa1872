"""W-toeplitz, part 2: the kernel as a matrix."""

import torch
import torch.nn.functional as F

from helpers.grading.answers import changed, right, wrong

EXERCISE = "w-toeplitz-matrix"
NAME = "toeplitz_matrix"


@right
def flat_index(kernel, height, width):
    rows, columns = kernel.shape
    out_h, out_w = height - rows + 1, width - columns + 1
    matrix = torch.zeros(out_h * out_w, height * width, dtype=kernel.dtype)
    for i in range(out_h):
        for j in range(out_w):
            for u in range(rows):
                for v in range(columns):
                    matrix[i * out_w + j, (i + u) * width + j + v] = kernel[u, v]
    return matrix


@right
def shift_the_first_row(kernel, height, width):
    rows, columns = kernel.shape
    first = F.pad(kernel, (0, width - columns, 0, height - rows)).flatten()
    shifts = [i * width + j for i in range(height - rows + 1) for j in range(width - columns + 1)]
    return torch.stack([first.roll(shift) for shift in shifts])


transposed = changed(
    shift_the_first_row,
    "[first.roll(shift) for shift in shifts]",
    "[first.roll(shift) for shift in shifts], dim=1",
    wrong="the transpose",
)


@wrong("each row is shifted by one pixel, also at the end of a line")
def no_line_break(kernel, height, width):
    rows, columns = kernel.shape
    first = F.pad(kernel, (0, width - columns, 0, height - rows)).flatten()
    return torch.stack([first.roll(k) for k in range((height - rows + 1) * (width - columns + 1))])


@wrong("lines as long as the output's")
def wrong_line_length(kernel, height, width):
    rows, columns = kernel.shape
    out_h, out_w = height - rows + 1, width - columns + 1
    matrix = kernel.new_zeros(out_h * out_w, height * width)
    for i in range(out_h):
        for j in range(out_w):
            for u in range(rows):
                start = (i + u) * out_w + j
                matrix[i * out_w + j, start : start + columns] = kernel[u]
    return matrix


@wrong("the taps stand in one piece")
def one_piece(kernel, height, width):
    rows, columns = kernel.shape
    places = (height - rows + 1) * (width - columns + 1)
    matrix = kernel.new_zeros(places, height * width)
    for k in range(places):
        matrix[k, k : k + kernel.numel()] = kernel.flatten()
    return matrix


@wrong("a row for each pixel, as with same padding")
def same_padding_rows(kernel, height, width):
    matrix = kernel.new_zeros(height * width, height, width)
    for i in range(height - kernel.shape[0] + 1):
        for j in range(width - kernel.shape[1] + 1):
            matrix[i * width + j, i : i + kernel.shape[0], j : j + kernel.shape[1]] = kernel
    return matrix.flatten(1)


flipped = changed(
    shift_the_first_row,
    "kernel, (0, width - columns, 0, height - rows)",
    "kernel.flip(0, 1), (0, width - columns, 0, height - rows)",
    wrong="the kernel is flipped",
    passes="visible",
)


@wrong("height and width swapped", passes="visible")
def swapped(kernel, height, width):
    height, width = width, height
    rows, columns = kernel.shape
    first = F.pad(kernel, (0, width - columns, 0, height - rows)).flatten()
    shifts = [i * width + j for i in range(height - rows + 1) for j in range(width - columns + 1)]
    return torch.stack([first.roll(shift) for shift in shifts])


@wrong("a square kernel only", passes="visible")
def square_kernel(kernel, height, width):
    taps = len(kernel)
    first = F.pad(kernel, (0, width - taps, 0, height - taps)).flatten()
    shifts = [i * width + j for i in range(height - taps + 1) for j in range(width - taps + 1)]
    return torch.stack([first.roll(shift) for shift in shifts])


@wrong("always in float32", passes="visible")
def float32(kernel, height, width):
    rows, columns = kernel.shape
    matrix = torch.zeros(height - rows + 1, width - columns + 1, height, width)
    for i in range(height - rows + 1):
        for j in range(width - columns + 1):
            matrix[i, j, i : i + rows, j : j + columns] = kernel
    return matrix.reshape(-1, height * width)


@wrong("places of a 5×5 image only", passes="visible")
def five_by_five(kernel, height, width):
    matrix = kernel.new_zeros(9, 5, 5)
    for k in range(9):
        matrix[k, k // 3 : k // 3 + 3, k % 3 : k % 3 + 3] = kernel
    return matrix.flatten(1)


@wrong("float64 or float32, whatever the kernel holds", passes="visible")
def floats_only(kernel, height, width):
    rows, columns = kernel.shape
    floats = kernel if kernel.is_floating_point() else kernel.float()
    matrix = floats.new_zeros(height - rows + 1, width - columns + 1, height, width)
    for i in range(height - rows + 1):
        for j in range(width - columns + 1):
            matrix[i, j, i : i + rows, j : j + columns] = floats
    return matrix.reshape(-1, height * width)


@wrong("through float32 and back", passes="visible")
def rounds(kernel, height, width):
    rows, columns = kernel.shape
    first = F.pad(kernel.float(), (0, width - columns, 0, height - rows)).flatten()
    shifts = [i * width + j for i in range(height - rows + 1) for j in range(width - columns + 1)]
    return torch.stack([first.roll(shift) for shift in shifts]).to(kernel.dtype)
