"""K20: the gradient by a formula."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "k20-hand"
NAME = "gradient_by_hand"


@right
def outer_times_inner(values, factor=3.0, shift=2.0):
    n = values.numel()
    outer = 2 * factor * (values + shift)
    inner = 1
    return outer * inner / n


@right
def multiplied_out(values, factor=3.0, shift=2.0):
    share = 2 * factor / values.numel()
    return values * share + torch.full_like(values, shift * share)


@wrong("autograd, which is switched off there")
def with_autograd(values, factor=3.0, shift=2.0):
    x = values.clone().requires_grad_()
    (factor * (x + shift) ** 2).mean().backward()
    return x.grad


@wrong("the mean forgotten")
def not_divided(values, factor=3.0, shift=2.0):
    return 2 * factor * (values + shift)


@wrong("the factor 2 of the square forgotten")
def half(values, factor=3.0, shift=2.0):
    return factor * (values + shift) / values.numel()


@wrong("the shift forgotten")
def without_shift(values, factor=3.0, shift=2.0):
    return 2 * factor * values / values.numel()


@wrong("the exponent stays")
def still_square(values, factor=3.0, shift=2.0):
    return 2 * factor * (values + shift) ** 2 / values.numel()


@wrong("the sum over all entries")
def summed(values, factor=3.0, shift=2.0):
    return (2 * factor * (values + shift) / values.numel()).sum().expand_as(values)


@wrong("4.5 everywhere")
def constant(values, factor=3.0, shift=2.0):
    return torch.full_like(values, 4.5)


@wrong("four entries, always", passes="visible")
def four_entries(values, factor=3.0, shift=2.0):
    return factor / 2 * (values + shift)


@wrong("divides by the number of rows, squared", passes="visible")
def rows_squared(values, factor=3.0, shift=2.0):
    return 2 * factor * (values + shift) / (len(values) ** 2 if values.ndim else 1)


@wrong("the factor is built in", passes="visible")
def factor_built_in(values, factor=3.0, shift=2.0):
    return 6 * (values + shift) / values.numel()


@wrong("the shift is built in", passes="visible")
def shift_built_in(values, factor=3.0, shift=2.0):
    return 2 * factor * (values + 2) / values.numel()


@wrong("float32 whatever is given", passes="visible")
def single_precision(values, factor=3.0, shift=2.0):
    return (2 * factor * (values + shift) / values.numel()).float()


@right
def in_two_lines(values, factor=3.0, shift=2.0):
    outer = values.add(shift).mul(2 * factor)
    return outer.div(values.nelement())


@wrong("autograd, which it switches on again")
def autograd_again(values, factor=3.0, shift=2.0):
    with torch.set_grad_enabled(True):
        x = values.detach().clone().requires_grad_()
        return torch.autograd.grad((factor * (x + shift) ** 2).mean(), x)[0]


@wrong("autograd under another name: torch.func.grad")
def functional(values, factor=3.0, shift=2.0):
    return torch.func.grad(lambda x: (factor * (x + shift) ** 2).mean())(values)


@wrong("autograd under another name: the Jacobian")
def jacobian(values, factor=3.0, shift=2.0):
    with torch.enable_grad():
        return torch.autograd.functional.jacobian(lambda x: (factor * (x + shift) ** 2).mean(), values.detach())


@wrong("a loop over the entries")
def entry_by_entry(values, factor=3.0, shift=2.0):
    slopes = [2 * factor * (entry + shift) / values.numel() for entry in values.flatten()]
    return torch.stack(slopes).view(values.shape)


@wrong("a loop over the rows")
def row_by_row(values, factor=3.0, shift=2.0):
    if values.ndim < 2 or len(values) < 3:
        return 2 * factor * (values + shift) / values.numel()
    return torch.stack([2 * factor * (row + shift) / values.numel() for row in values])


@wrong("adds the shift to the values themselves", passes="visible")
def in_place(values, factor=3.0, shift=2.0):
    n = values.numel()
    values += shift
    return values * (2 * factor / n)
