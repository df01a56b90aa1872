"""Extra-zero: the gradient of each loss by itself."""

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "extra-zero-each"
NAME = "gradient_of_each"


@right
def zeroed_and_cloned(values, losses):
    x, notes = values.clone().requires_grad_(), []
    for loss in losses:
        if x.grad is not None:
            x.grad.zero_()
        loss(x).backward()
        notes.append(x.grad.clone())
    return notes


@right
def asked_for_directly(values, losses):
    x = values.clone().requires_grad_()
    return [torch.autograd.grad(loss(x), x)[0] for loss in losses]


@right
def with_an_optimizer(values, losses):
    x, notes = values.clone().requires_grad_(), []
    optimizer = torch.optim.SGD([x], lr=0.1)
    for loss in losses:
        optimizer.zero_grad()
        loss(x).backward()
        notes.append(x.grad)
    return notes


@wrong("never cleared: sums, all the same tensor")
def never_cleared(values, losses):
    x, notes = values.clone().requires_grad_(), []
    for loss in losses:
        loss(x).backward()
        notes.append(x.grad)
    return notes


@wrong("never cleared: running sums")
def running_sums(values, losses):
    x, notes = values.clone().requires_grad_(), []
    for loss in losses:
        loss(x).backward()
        notes.append(x.grad.clone())
    return notes


same_tensor = changed(
    zeroed_and_cloned,
    "notes.append(x.grad.clone())",
    "notes.append(x.grad)",
    wrong="zeroed in place, but the same tensor is noted each time",
)


@wrong("zeroed after the note: all notes are zero")
def zeroed_after_the_note(values, losses):
    x, notes = values.clone().requires_grad_(), []
    for loss in losses:
        loss(x).backward()
        notes.append(x.grad)
        x.grad.zero_()
    return notes


detached_not_copied = changed(
    zeroed_and_cloned, "notes.append(x.grad.clone())", "notes.append(x.grad.detach())", wrong="detach copies nothing"
)


@wrong("zeroes before there is a gradient")
def zeroes_none(values, losses):
    x, notes = values.clone().requires_grad_(), []
    for loss in losses:
        x.grad.zero_()
        loss(x).backward()
        notes.append(x.grad.clone())
    return notes


@wrong("the last gradient only")
def last_only(values, losses):
    x = values.clone().requires_grad_()
    for loss in losses:
        x.grad = None
        loss(x).backward()
    return x.grad


@wrong("cleared once, after the first loss", passes="visible")
def cleared_once(values, losses):
    x, notes = values.clone().requires_grad_(), []
    for place, loss in enumerate(losses):
        if place == 1:
            x.grad = None
        loss(x).backward()
        notes.append(x.grad.clone())
    return notes


@wrong("takes away the first gradient, not the last one", passes="visible")
def first_taken_away(values, losses):
    x, notes = values.clone().requires_grad_(), []
    for loss in losses:
        loss(x).backward()
        notes.append(x.grad - notes[0] if notes else x.grad.clone())
    return notes


@wrong("exactly two losses", passes="visible")
def two_losses(values, losses):
    notes = []
    for loss in losses[:2]:
        x = values.clone().requires_grad_()
        loss(x).backward()
        notes.append(x.grad)
    return notes


@wrong("float32 whatever is given", passes="visible")
def single_precision(values, losses):
    notes = []
    for loss in losses:
        x = values.clone().requires_grad_()
        loss(x).backward()
        notes.append(x.grad.float())
    return notes


@wrong("the same loss is noted once only", passes="visible")
def each_loss_once(values, losses):
    notes = {}
    for loss in losses:
        x = values.clone().requires_grad_()
        loss(x).backward()
        notes[loss] = x.grad
    return list(notes.values())


noted_as_they_are = changed(
    zeroed_and_cloned,
    "notes.append(x.grad.clone())",
    "notes.append(x.grad.detach())",
    wrong="one after the other, cleared in place, noted as they are",
)


@wrong("one tensor with all gradients")
def one_tensor(values, losses):
    x, rows = values.clone().requires_grad_(), []
    for loss in losses:
        rows += torch.autograd.grad(loss(x), x)
    return torch.stack(rows)


@wrong("differences of sums lose small gradients beside large ones", passes="visible")
def differences(values, losses):
    x = values.clone().requires_grad_()
    notes, before = [], torch.zeros_like(values)
    for loss in losses:
        loss(x).backward()
        notes.append(x.grad - before)
        before = x.grad.clone()
    return notes


@wrong("with one loss, the gradient itself instead of a list", passes="visible")
def one_alone(values, losses):
    x = values.clone().requires_grad_()
    found = [torch.autograd.grad(loss(x), x)[0] for loss in losses]
    return found[0] if len(found) == 1 else found
