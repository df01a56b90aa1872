"""Extra-split: the last images of each class are held back."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "extra-split"
NAME = "hold_out"


@right
def by_a_stable_sort(labels, per_class):
    order = labels.argsort(stable=True)
    ends = labels[order].unique_consecutive(return_counts=True)[1].cumsum(0).tolist()
    held = sorted(i for end in ends for i in order[end - per_class : end].tolist())
    kept = sorted(set(range(len(labels))) - set(held))
    return torch.tensor(kept), torch.tensor(held)


@right
def counted_from_the_end(labels, per_class):
    seen, held, kept = {}, [], []
    for i in reversed(range(len(labels))):
        k = int(labels[i])
        seen[k] = seen.get(k, 0) + 1
        (held if seen[k] <= per_class else kept).append(i)
    return torch.tensor(kept[::-1]), torch.tensor(held[::-1])


@wrong("the last images of all, whatever their class")
def last_of_all(labels, per_class):
    n = len(labels) - per_class * len(labels.unique())
    return torch.arange(n), torch.arange(n, len(labels))


@wrong("the first of each class")
def first_of_each(labels, per_class):
    held = torch.zeros(len(labels), dtype=torch.bool)
    for k in labels.unique():
        held[(labels == k).nonzero().flatten()[:per_class]] = True
    return (~held).nonzero().flatten(), held.nonzero().flatten()


@wrong("held-out images are trained on as well")
def leak(labels, per_class):
    held = torch.cat([(labels == k).nonzero().flatten()[-per_class:] for k in labels.unique()])
    return torch.arange(len(labels)), held.sort().values


@wrong("class after class, not in rising order")
def unsorted(labels, per_class):
    kept, held = [], []
    for k in labels.unique():
        places = (labels == k).nonzero().flatten()
        kept.append(places[:-per_class])
        held.append(places[-per_class:])
    return torch.cat(kept), torch.cat(held)


@wrong("the two exchanged")
def exchanged(labels, per_class):
    held = torch.zeros(len(labels), dtype=torch.bool)
    for k in labels.unique():
        held[(labels == k).nonzero().flatten()[-per_class:]] = True
    return held.nonzero().flatten(), (~held).nonzero().flatten()


@wrong("always one image of each class", passes="visible")
def one_of_each(labels, per_class):
    held = torch.zeros(len(labels), dtype=torch.bool)
    for k in labels.unique():
        held[(labels == k).nonzero().flatten()[-1]] = True
    return (~held).nonzero().flatten(), held.nonzero().flatten()


@wrong("positions of shape (N, 1)")
def columns(labels, per_class):
    held = torch.zeros(len(labels), dtype=torch.bool)
    for k in labels.unique():
        held[(labels == k).nonzero()[-per_class:]] = True
    return (~held).nonzero(), held.nonzero()


@wrong("classes are taken to be 0, 1, 2, … without a gap", passes="visible")
def no_gaps(labels, per_class):
    held = torch.zeros(len(labels), dtype=torch.bool)
    for k in range(len(labels.unique())):
        held[(labels == k).nonzero().flatten()[-per_class:]] = True
    return (~held).nonzero().flatten(), held.nonzero().flatten()


@wrong("positions as int32")
def small_numbers(labels, per_class):
    held = torch.zeros(len(labels), dtype=torch.bool)
    for k in labels.unique():
        held[(labels == k).nonzero().flatten()[-per_class:]] = True
    return (~held).nonzero().flatten().int(), held.nonzero().flatten().int()


@wrong("classes 0 to 9 only", passes="visible")
def ten_classes(labels, per_class):
    held = torch.zeros(len(labels), dtype=torch.bool)
    for k in range(10):
        held[(labels == k).nonzero().flatten()[-per_class:]] = True
    return (~held).nonzero().flatten(), held.nonzero().flatten()
