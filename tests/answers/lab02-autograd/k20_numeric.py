"""K20: the gradient by small differences."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "k20-numeric"
NAME = "numerical_gradient"


@right
def unit_by_unit(function, values, h=1e-5):
    rows = torch.eye(values.numel(), dtype=values.dtype)
    slopes = [
        (function(values + h * r.view_as(values)) - function(values - h * r.view_as(values))) / (2 * h) for r in rows
    ]
    return torch.stack(slopes).view_as(values)


@right
def nudged_and_put_back(function, values, h=1e-5):
    copy, gradient = values.clone(), torch.empty_like(values)
    flat = copy.view(-1)
    for i, number in enumerate(values.flatten().tolist()):
        flat[i] = number + h
        above = float(function(copy))
        flat[i] = number - h
        below = float(function(copy))
        flat[i] = number
        gradient.view(-1)[i] = (above - below) / (2 * h)
    return gradient


@wrong("to one side only")
def one_sided(function, values, h=1e-5):
    gradient = torch.zeros_like(values)
    for i in range(values.numel()):
        up = values.clone()
        up.view(-1)[i] += h
        gradient.view(-1)[i] = (function(up) - function(values)) / h
    return gradient


@wrong("divides by h, not by 2h")
def twice_too_large(function, values, h=1e-5):
    gradient = torch.zeros_like(values)
    for i in range(values.numel()):
        up, down = values.clone(), values.clone()
        up.view(-1)[i] += h
        down.view(-1)[i] -= h
        gradient.view(-1)[i] = (function(up) - function(down)) / h
    return gradient


@wrong("all entries at once")
def all_at_once(function, values, h=1e-5):
    return torch.ones_like(values) * (function(values + h) - function(values - h)) / (2 * h)


@wrong("h is built in")
def own_nudge(function, values, h=1e-5):
    h, gradient = 1e-5, torch.zeros_like(values)
    for i in range(values.numel()):
        up, down = values.clone(), values.clone()
        up.view(-1)[i] += h
        down.view(-1)[i] -= h
        gradient.view(-1)[i] = (function(up) - function(down)) / (2 * h)
    return gradient


@wrong("the nudges pile up: never put back")
def never_put_back(function, values, h=1e-5):
    copy, gradient = values.clone(), torch.zeros_like(values)
    for i in range(values.numel()):
        copy.view(-1)[i] += h
        above = function(copy)
        copy.view(-1)[i] -= 3 * h
        gradient.view(-1)[i] = (above - function(copy)) / (2 * h)
    return gradient


@wrong("the true gradient, by autograd: not the formula")
def with_autograd(function, values, h=1e-5):
    x = values.clone().requires_grad_()
    function(x).backward()
    return x.grad


@wrong("rows only: fits a row of numbers", passes="visible")
def one_axis_only(function, values, h=1e-5):
    gradient = torch.zeros_like(values)
    for i in range(len(values)):
        up, down = values.clone(), values.clone()
        up[i] += h
        down[i] -= h
        gradient[i] = (function(up) - function(down)) / (2 * h)
    return gradient


@wrong("a flat row, whatever the shape", passes="visible")
def flat(function, values, h=1e-5):
    slopes = []
    for i in range(values.numel()):
        up, down = values.clone(), values.clone()
        up.view(-1)[i] += h
        down.view(-1)[i] -= h
        slopes.append((function(up) - function(down)) / (2 * h))
    return torch.stack(slopes)


@wrong("leaves the values nudged", passes="visible")
def leaves_traces(function, values, h=1e-5):
    gradient, flat = torch.zeros_like(values), values.view(-1)
    for i in range(values.numel()):
        flat[i] += h
        above = function(values)
        flat[i] -= 2 * h
        gradient.view(-1)[i] = (above - function(values)) / (2 * h)
        flat[i] += h
    values += h
    return gradient


@wrong("a nudge of its own where none is given", passes="visible")
def other_default(function, values, h=1e-2):
    gradient = torch.zeros_like(values)
    for i in range(values.numel()):
        up, down = values.clone(), values.clone()
        up.view(-1)[i] += h
        down.view(-1)[i] -= h
        gradient.view(-1)[i] = (function(up) - function(down)) / (2 * h)
    return gradient


@wrong("float64, whatever is given", passes="visible")
def always_double(function, values, h=1e-5):
    values = values.double()
    gradient = torch.zeros_like(values)
    for i in range(values.numel()):
        up, down = values.clone(), values.clone()
        up.view(-1)[i] += h
        down.view(-1)[i] -= h
        gradient.view(-1)[i] = (function(up) - function(down)) / (2 * h)
    return gradient


@wrong("a nudge that is too small is made larger", passes="visible")
def at_least_a_hundredth(function, values, h=1e-5):
    gradient, h = torch.zeros_like(values), 1e-5 if h < 1e-2 else h
    for i in range(values.numel()):
        up, down = values.clone(), values.clone()
        up.view(-1)[i] += h
        down.view(-1)[i] -= h
        gradient.view(-1)[i] = (function(up) - function(down)) / (2 * h)
    return gradient


@wrong("the function gets float64", passes="visible")
def doubled(function, values, h=1e-5):
    gradient = torch.empty_like(values)
    for i in range(values.numel()):
        up, down = values.double().clone(), values.double().clone()
        up.view(-1)[i] += h
        down.view(-1)[i] -= h
        gradient.view(-1)[i] = (function(up) - function(down)) / (2 * h)
    return gradient
