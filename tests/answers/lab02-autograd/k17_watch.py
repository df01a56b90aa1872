"""K17: a leaf that autograd follows, and y = x + 2."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "k17-watch"
NAME = "watch"


@right
def switch_on_a_detached_copy(values):
    x = values.detach().clone()
    x.requires_grad = True
    return x, 2 + x


@right
def zeros_filled_later(values):
    x = torch.zeros_like(values, requires_grad=True)
    with torch.no_grad():
        x.copy_(values)
    return x, torch.add(x, 2)


@wrong("nothing is followed")
def switch_forgotten(values):
    x = values.clone()
    return x, x + 2


@wrong("y comes from the values, and not from x")
def y_from_the_values(values):
    x = values.clone().requires_grad_()
    return x, values + 2


@wrong("the switch of y, set by hand: y is a leaf")
def y_switched_on(values):
    x = values.clone().requires_grad_()
    return x, (values + 2).requires_grad_()


@wrong("x is a result: the switch was set before the copy")
def copied_last(values):
    x = values.clone().requires_grad_().clone()
    return x, x + 2


@wrong("y is detached")
def y_detached(values):
    x = values.clone().requires_grad_()
    return x, (x + 2).detach()


@wrong("adds 2 to x in place, which autograd refuses")
def in_place(values):
    x = values.clone().requires_grad_()
    y = x.add_(2)
    return x, y


@wrong("the sum under no_grad")
def under_no_grad(values):
    x = values.clone().requires_grad_()
    with torch.no_grad():
        y = x + 2
    return x, y


@wrong("only y")
def only_y(values):
    return values.clone().requires_grad_() + 2


@wrong("ones, whatever is given", passes="visible")
def always_ones(values):
    x = torch.ones_like(values, requires_grad=True)
    return x, x + 2


@wrong("the document's tensor, whatever is given", passes="visible")
def always_two_by_two(values):
    x = torch.ones(2, 2, requires_grad=True)
    return x, x + 2


@wrong("a list on the way loses float64", passes="visible")
def through_a_list(values):
    x = torch.tensor(values.tolist(), requires_grad=True)
    return x, x + 2


@wrong("goes backward at once: x.grad is there already", passes="visible")
def backward_at_once(values):
    x = values.clone().requires_grad_()
    y = x + 2
    y.sum().backward()
    return x, y


@wrong("adds 2 to the values too")
def writes_into_the_values(values):
    x = values.clone().requires_grad_()
    values += 2
    return x, x + 2


@wrong("follows the values themselves")
def follows_the_values(values):
    x = values.requires_grad_()
    return x, x + 2


@wrong("a leaf on the memory of the values", passes="visible")
def on_their_memory(values):
    x = values.detach().requires_grad_()
    return x, x + 2
