"""K19: the gradient of f, by backward()."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "k19-backward"
NAME = "gradient_by_autograd"


@right
def as_in_the_script(values):
    x = values.clone().requires_grad_()
    y = x + 2
    z = y * y * 3
    f = z.mean()
    f.backward()
    return x.grad


@right
def asked_for_directly(values):
    x = values.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad((3 * (x + 2).square()).mean(), x)
    return gradient


@right
def backward_from_z(values):
    x = values.clone().requires_grad_()
    z = 3 * (x + 2) ** 2
    z.backward(torch.full_like(z, 1 / z.numel()))
    return x.grad


@wrong("backward from z, which has four entries")
def backward_on_z(values):
    x = values.clone().requires_grad_()
    y = x + 2
    z = y * y * 3
    z.backward()
    return x.grad


@wrong("the gradient of y, which is not kept")
def grad_of_the_result(values):
    x = values.clone().requires_grad_()
    y = x + 2
    (y * y * 3).mean().backward()
    return y.grad if y.is_leaf else None


@wrong("returns f")
def returns_f(values):
    x = values.clone().requires_grad_()
    f = (3 * (x + 2) ** 2).mean()
    f.backward()
    return f


@wrong("returns what backward returns: nothing")
def returns_nothing(values):
    x = values.clone().requires_grad_()
    return (3 * (x + 2) ** 2).mean().backward()


@wrong("the sum in place of the mean")
def sum_of_z(values):
    x = values.clone().requires_grad_()
    (3 * (x + 2) ** 2).sum().backward()
    return x.grad


@wrong("goes backward twice: the gradient is added twice")
def backward_twice(values):
    x = values.clone().requires_grad_()
    f = (3 * (x + 2) ** 2).mean()
    f.backward(retain_graph=True)
    f.backward()
    return x.grad


@wrong("forgets the square")
def without_the_square(values):
    x = values.clone().requires_grad_()
    (3 * (x + 2)).mean().backward()
    return x.grad


@wrong("4.5 everywhere")
def constant(values):
    return torch.full_like(values, 4.5)


@wrong("divides by 4, however many entries there are", passes="visible")
def divides_by_four(values):
    x = values.clone().requires_grad_()
    ((3 * (x + 2) ** 2).sum() / 4).backward()
    return x.grad


@wrong("float32 whatever is given", passes="visible")
def single_precision(values):
    x = values.float().requires_grad_()
    (3 * (x + 2) ** 2).mean().backward()
    return x.grad


@wrong("one gradient for all entries", passes="visible")
def averaged(values):
    x = values.clone().requires_grad_()
    (3 * (x + 2) ** 2).mean().backward()
    return x.grad.mean().expand_as(values)


@wrong("adds 2 to the values in place", passes="visible")
def writes_into_the_values(values):
    x = values.clone().requires_grad_()
    (3 * (x + 2) ** 2).mean().backward()
    values += 2
    return x.grad


@right
def in_the_list_form(values):
    x = values.detach().clone().requires_grad_()
    torch.autograd.backward([(((x + 2) ** 2) * 3).mean()])
    return x.grad.detach()


@wrong("the formula, and not autograd")
def by_formula(values):
    return 6 * (values + 2) / values.numel()


@wrong("small differences, and not autograd")
def by_nudges(values):
    gradient = torch.zeros_like(values)
    for i in range(values.numel()):
        up = values.double().clone()
        up.view(-1)[i] += 1e-6
        down = values.double().clone()
        down.view(-1)[i] -= 1e-6
        slope = ((3 * (up + 2) ** 2).mean() - (3 * (down + 2) ** 2).mean()) / 2e-6
        gradient.view(-1)[i] = slope
    return gradient


@wrong("follows the values themselves", passes="visible")
def follows_the_values(values):
    values.requires_grad_(True)
    (3 * (values + 2) ** 2).mean().backward()
    return values.grad
