"""Extra-accumulate: the gradient of a sum, part by part."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "extra-accumulate-parts"
NAME = "gradient_in_parts"


@right
def part_by_part(values, parts):
    x = values.clone()
    x.requires_grad = True
    for part in parts:
        result = part(x)
        result.backward()
    return x.grad.clone()


@right
def added_by_hand(values, parts):
    x = values.clone().requires_grad_()
    total = torch.zeros_like(values)
    for part in parts:
        (gradient,) = torch.autograd.grad(part(x), x)
        total += gradient
    return total


@wrong("only the last part: the gradient is cleared between")
def cleared_between(values, parts):
    x = values.clone().requires_grad_()
    for part in parts:
        x.grad = None
        part(x).backward()
    return x.grad


@wrong("the mean of the parts")
def mean_of_the_parts(values, parts):
    x = values.clone().requires_grad_()
    for part in parts:
        (part(x) / len(parts)).backward()
    return x.grad


@wrong("adds the gradients once more by hand")
def added_twice(values, parts):
    x, total = values.clone().requires_grad_(), torch.zeros_like(values)
    for part in parts:
        part(x).backward()
        total += x.grad
    return total


@wrong("no leaf: nothing is followed")
def no_leaf(values, parts):
    for part in parts:
        part(values).backward()
    return values.grad


@wrong("only the first part")
def first_part(values, parts):
    x = values.clone().requires_grad_()
    parts[0](x).backward()
    return x.grad


@wrong("a new leaf for each part")
def new_leaf(values, parts):
    for part in parts:
        x = values.clone().requires_grad_()
        part(x).backward()
    return x.grad


@wrong("all graphs at the same time", passes="visible")
def all_at_once(values, parts):
    x = values.clone().requires_grad_()
    sum(part(x) for part in parts).backward()
    return x.grad


@wrong("computes all parts first, then goes backward", passes="visible")
def all_forward_first(values, parts):
    x = values.clone().requires_grad_()
    results = [part(x) for part in parts]
    for result in results:
        result.backward()
    return x.grad


@wrong("exactly two parts", passes="visible")
def two_parts(values, parts):
    x = values.clone().requires_grad_()
    for place in (0, 1):
        parts[place](x).backward()
    return x.grad


@wrong("the numbers of the example", passes="visible")
def table(values, parts):
    return torch.tensor([5.0, 7.0])


@wrong("float32 whatever is given", passes="visible")
def single_precision(values, parts):
    x = values.clone().requires_grad_()
    for part in parts:
        part(x).backward()
    return x.grad.float()


@right
def summed_gradients(values, parts):
    x = values.detach().clone().requires_grad_(True)
    return sum(torch.autograd.grad(part(x), x)[0] for part in parts)


@wrong("keeps the graphs for another time", passes="visible")
def keeps_graphs(values, parts):
    x = values.clone().requires_grad_()
    done = []
    for part in parts:
        result = part(x)
        result.backward(retain_graph=True)
        done.append(result)
    return x.grad


@wrong("each part goes backward together with the ones before", passes="visible")
def running_total(values, parts):
    x = values.clone().requires_grad_()
    total, before = 0, torch.zeros_like(values)
    for part in parts:
        total = total + part(x)
        (before,) = torch.autograd.grad(total, x, retain_graph=True)
    return before


@wrong("computes each part twice", passes="visible")
def computed_twice(values, parts):
    x = values.clone().requires_grad_()
    for part in parts:
        if part(x).requires_grad:
            part(x).backward()
    return x.grad
