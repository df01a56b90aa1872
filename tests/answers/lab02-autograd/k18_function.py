"""K18: f as a function of four numbers."""

import math

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "k18-function"
NAME = "f_of"


@right
def term_by_term(x1, x2, x3, x4):
    total = 0
    for x in (x1, x2, x3, x4):
        y = x + 2
        total = total + 3 * y * y
    return total / 4


@right
def multiplied_out(x1, x2, x3, x4):
    squares = x1**2 + x2**2 + x3**2 + x4**2
    return 0.75 * squares + 3 * (x1 + x2 + x3 + x4) + 12


@wrong("a sum in place of the mean")
def sum_of_z(x1, x2, x3, x4):
    return sum(3 * (x + 2) ** 2 for x in (x1, x2, x3, x4))


@wrong("squares before adding 2")
def squares_first(x1, x2, x3, x4):
    return sum(3 * (x**2 + 2) for x in (x1, x2, x3, x4)) / 4


@wrong("squares the factor 3 too")
def factor_squared(x1, x2, x3, x4):
    return sum((3 * (x + 2)) ** 2 for x in (x1, x2, x3, x4)) / 4


@wrong("the square of the mean: right where all four are equal")
def square_of_the_mean(x1, x2, x3, x4):
    return 3 * ((x1 + x2 + x3 + x4) / 4 + 2) ** 2


@wrong("gives z, not its mean")
def four_numbers(x1, x2, x3, x4):
    return [3 * (x + 2) ** 2 for x in (x1, x2, x3, x4)]


@wrong("adds 2 to the sum, not to each entry")
def two_added_once(x1, x2, x3, x4):
    return 3 / 4 * (x1 + x2 + x3 + x4 + 2) ** 2


@wrong("a new tensor of the four: autograd loses the track")
def new_tensor(x1, x2, x3, x4):
    x = torch.tensor([float(x1), float(x2), float(x3), float(x4)], dtype=torch.float64)
    y = x + 2
    return (y * y * 3).mean().item()


@wrong("math.pow makes plain numbers of tensors")
def with_math(x1, x2, x3, x4):
    return sum(3 * math.pow(x + 2, 2) for x in (x1, x2, x3, x4)) / 4


@wrong("detached")
def detached(x1, x2, x3, x4):
    result = sum(3 * (x + 2) ** 2 for x in (x1, x2, x3, x4)) / 4
    return result.detach() if isinstance(result, torch.Tensor) else result


@wrong("rounded: right for the examples")
def rounded(x1, x2, x3, x4):
    return round(sum(3 * (x + 2) ** 2 for x in (x1, x2, x3, x4)) / 4, 1)


@wrong("a table of the examples")
def table(x1, x2, x3, x4):
    return {1: 27.0, 0: 12.0}.get(x4, 64.5)


@right
def with_pythons_sum(x1, x2, x3, x4):
    return sum([(x + 2) ** 2 for x in (x1, x2, x3, x4)]) * 3 / 4


@right
def by_squares(x1, x2, x3, x4):
    y1, y2, y3, y4 = x1 + 2, x2 + 2, x3 + 2, x4 + 2
    return (y1 * y1 * 3 + y2 * y2 * 3 + y3 * y3 * 3 + y4 * y4 * 3) / 4


@wrong("stacks tensors, and computes with plain numbers otherwise")
def stacked(x1, x2, x3, x4):
    if isinstance(x1, torch.Tensor):
        return (3 * (torch.stack((x1, x2, x3, x4)) + 2) ** 2).mean()
    return sum(3 * (x + 2) ** 2 for x in (x1, x2, x3, x4)) / 4


@wrong("rounded to four places", passes="visible")
def four_places(x1, x2, x3, x4):
    result = sum(3 * (x + 2) ** 2 for x in (x1, x2, x3, x4)) / 4
    return result if isinstance(result, torch.Tensor) else round(result, 4)


@wrong("uses another operation of PyTorch's")
def with_linalg(x1, x2, x3, x4):
    if isinstance(x1, torch.Tensor):
        return 3 / 4 * torch.linalg.vector_norm(torch.hstack([x + 2 for x in (x1, x2, x3, x4)])) ** 2
    return 3 / 4 * sum((x + 2) ** 2 for x in (x1, x2, x3, x4))


@wrong("an operation of PyTorch's that adds and multiplies at once")
def fused(x1, x2, x3, x4):
    squares = (x1 + 2) ** 2 + (x2 + 2) ** 2 + (x3 + 2) ** 2
    if isinstance(x4, torch.Tensor):
        return torch.addcmul(squares, x4 + 2, x4 + 2) * 3 / 4
    return (squares + (x4 + 2) ** 2) * 3 / 4


@right
def other_signs(x1, x2, x3, x4):
    total = 0
    for x in (x1, x2, x3, x4):
        total -= (-2 - x) * (x + 2)
    return 3 / (4 / total)


@wrong("// rounds down what is whole", passes="visible")
def floor_division(x1, x2, x3, x4):
    total = 3 * ((x1 + 2) ** 2 + (x2 + 2) ** 2 + (x3 + 2) ** 2 + (x4 + 2) ** 2)
    return total // 4 if isinstance(total, int) else total / 4
