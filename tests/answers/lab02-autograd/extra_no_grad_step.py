"""Extra-no-grad: a step of gradient descent."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "extra-no-grad-step"
NAME = "step"


@torch.no_grad()
@right
def decorated(parameters, lr):
    for w in parameters:
        if w.grad is None:
            continue
        w.sub_(w.grad, alpha=lr)
        w.grad.zero_()


@right
def copied_into(parameters, lr):
    for w in parameters:
        if w.grad is not None:
            moved = w.detach() - lr * w.grad
            with torch.no_grad():
                w.copy_(moved)
            w.grad = None


@right
def with_an_optimizer(parameters, lr):
    optimizer = torch.optim.SGD(list(parameters), lr=lr)
    optimizer.step()
    optimizer.zero_grad()


@wrong("a new tensor under the old name")
def rebinds(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is not None:
                w = w - lr * w.grad
                w.grad = None


@wrong("no no_grad: autograd refuses")
def followed(parameters, lr):
    for w in parameters:
        if w.grad is not None:
            w -= lr * w.grad
            w.grad = None


@wrong("uphill")
def uphill(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is not None:
                w += lr * w.grad
                w.grad = None


@wrong("the gradient is not cleared")
def not_cleared(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is not None:
                w -= lr * w.grad


@wrong("switches autograd off for good")
def switched_off(parameters, lr):
    for w in parameters:
        if w.grad is not None:
            w.requires_grad_(False)
            w -= lr * w.grad
            w.grad = None


@wrong("the learning rate forgotten")
def without_rate(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is not None:
                w -= w.grad
                w.grad = None


@wrong("clears first, and has no gradient left")
def clears_first(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            w.grad = None
            if w.grad is not None:
                w -= lr * w.grad


@wrong("fails where there is no gradient")
def no_look_at_none(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            w -= lr * w.grad
            w.grad = None


@wrong("stops at the first one without a gradient", passes="visible")
def stops_at_none(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is None:
                return
            w -= lr * w.grad
            w.grad = None


@wrong("moves the first one only", passes="visible")
def first_only(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            w -= lr * (0 if w.grad is None else w.grad)
            w.grad = None
            break


@wrong("the learning rate of the example", passes="visible")
def rate_built_in(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is not None:
                w -= 0.1 * w.grad
                w.grad = None


@wrong("clears the last gradient only", passes="visible")
def clears_the_last(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is not None:
                w -= lr * w.grad
        w.grad = None


@right
def through_data(parameters, lr):
    for w in parameters:
        if w.grad is not None:
            w.data -= lr * w.grad
            w.grad = None


@right
def as_a_list(parameters, lr):
    parameters = [w for w in parameters if w.grad is not None]
    with torch.no_grad():
        for w in parameters:
            w.add_(w.grad, alpha=-lr)
        for w in parameters:
            w.grad = torch.zeros_like(w)


@wrong("goes through a generator twice", passes="visible")
def twice_through(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is not None:
                w -= lr * w.grad
        for w in parameters:
            w.grad = None


@wrong("asks a generator for its length", passes="visible")
def by_index(parameters, lr):
    with torch.no_grad():
        for place in range(len(parameters)):
            w = parameters[place]
            if w.grad is not None:
                w -= lr * w.grad
                w.grad = None


@wrong("returns the tensors")
def returns_them(parameters, lr):
    with torch.no_grad():
        for w in parameters:
            if w.grad is not None:
                w -= lr * w.grad
                w.grad = None
    return list(parameters)


@wrong("switches autograd off and forgets to switch it on")
def switches_it_off(parameters, lr):
    torch._C._set_grad_enabled(False)
    for w in parameters:
        if w.grad is not None:
            w -= lr * w.grad
            w.grad = None
