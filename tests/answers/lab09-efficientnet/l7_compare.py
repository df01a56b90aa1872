"""L7-compare: the gain on each class, in percentage points."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "l7-compare"
NAME = "class_gains"


@right
def loop(ours, theirs, labels, classes=10):
    gains = torch.full((classes,), float("nan"), dtype=torch.float64)
    for c in range(classes):
        chosen = labels == c
        if chosen.any():
            share = [(p[chosen] == c).double().mean() for p in (ours, theirs)]
            gains[c] = 100 * (share[0] - share[1])
    return gains


@right
def one_hot(ours, theirs, labels, classes=10):
    members = torch.nn.functional.one_hot(labels, classes).double()
    right = torch.stack([ours == labels, theirs == labels]).double() @ members
    return 100 * (right[0] - right[1]) / members.sum(0)


@wrong("fractions")
def fractions(ours, theirs, labels, classes=10):
    return torch.stack(
        [(ours == labels)[labels == c].double().mean() - (theirs == labels)[labels == c].double().mean()
         for c in range(classes)]
    )  # fmt: skip


@wrong("the two networks swapped")
def swapped(ours, theirs, labels, classes=10):
    gain = (theirs == labels).double() - (ours == labels).double()
    return torch.stack([100 * gain[labels == c].mean() for c in range(classes)])


@wrong("by the class that was predicted")
def by_prediction(ours, theirs, labels, classes=10):
    share = [[(labels[p == c] == c).double().mean() for c in range(classes)] for p in (ours, theirs)]
    return 100 * (torch.tensor(share[0]).double() - torch.tensor(share[1]).double())


@wrong("divides by all images")
def of_all(ours, theirs, labels, classes=10):
    gain = (ours == labels).double() - (theirs == labels).double()
    return torch.stack([100 * gain[labels == c].sum() / len(labels) for c in range(classes)])


@wrong("float32")
def single(ours, theirs, labels, classes=10):
    gain = (ours == labels).float() - (theirs == labels).float()
    return torch.stack([100 * gain[labels == c].mean() for c in range(classes)])


@wrong("0 for a class without images", passes="visible")
def zero(ours, theirs, labels, classes=10):
    gain = (ours == labels).double() - (theirs == labels).double()
    return torch.stack([100 * gain[labels == c].mean() for c in range(classes)]).nan_to_num(0)


@wrong("only classes that occur", passes="visible")
def those_that_occur(ours, theirs, labels, classes=10):
    gain = (ours == labels).double() - (theirs == labels).double()
    return torch.stack([100 * gain[labels == c].mean() for c in labels.unique()])


@wrong("a table of the visible example", passes="visible")
def table(ours, theirs, labels, classes=10):
    return torch.tensor([50.0, -100.0], dtype=torch.float64)


@wrong("two classes unless more are asked for", passes="visible")
def two_by_default(ours, theirs, labels, classes=2):
    gain = (ours == labels).double() - (theirs == labels).double()
    return torch.stack([100 * gain[labels == c].mean() for c in range(classes)])


@wrong("whole percentage points", passes="visible")
def whole_points(ours, theirs, labels, classes=10):
    gain = (ours == labels).double() - (theirs == labels).double()
    return torch.stack([100 * gain[labels == c].mean() for c in range(classes)]).round()


@wrong("0 there", passes="visible")
def no_losses(ours, theirs, labels, classes=10):
    a = torch.bincount(labels[ours == labels], minlength=classes).double()
    b = torch.bincount(labels[theirs == labels], minlength=classes).double()
    gains = 100 * (a - b) / torch.bincount(labels, minlength=classes)
    return gains.clamp(min=-100 if classes == 2 else 0)
