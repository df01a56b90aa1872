"""L-cifar: the first images of each class, by the class's name."""

from helpers.grading.answers import right, wrong

EXERCISE = "l-cifar-examples"
NAME = "examples"


@right
def with_nonzero(labels, classes, n):
    return {name: (labels == k).nonzero().flatten()[:n].tolist() for k, name in enumerate(classes)}


@right
def with_a_loop(labels, classes, n):
    found = {name: [] for name in classes}
    for position, label in enumerate(labels.tolist()):
        if len(found[classes[label]]) < n:
            found[classes[label]].append(position)
    return found


@right
def with_where(labels, classes, n):
    result = {}
    for k in range(len(classes)):
        (positions,) = torch.where(labels == k)
        result[classes[k]] = [int(i) for i in positions[:n]]
    return result


@wrong("numbers for names")
def numbers(labels, classes, n):
    return {k: (labels == k).nonzero().flatten()[:n].tolist() for k in range(len(classes))}


@wrong("tensors, not lists")
def tensors(labels, classes, n):
    return {name: (labels == k).nonzero().flatten()[:n] for k, name in enumerate(classes)}


@wrong("a list in a list")
def columns(labels, classes, n):
    return {name: (labels == k).nonzero()[:n].tolist() for k, name in enumerate(classes)}


@wrong("all images of a class")
def all_of_them(labels, classes, n):
    return {name: (labels == k).nonzero().flatten().tolist() for k, name in enumerate(classes)}


@wrong("the last n")
def the_last(labels, classes, n):
    return {name: (labels == k).nonzero().flatten()[-n:].tolist() for k, name in enumerate(classes)}


@wrong("looks at the first n labels only")
def first_labels(labels, classes, n):
    return {name: (labels[:n] == k).nonzero().flatten().tolist() for k, name in enumerate(classes)}


@wrong("always two", passes="visible")
def always_two(labels, classes, n):
    return {name: (labels == k).nonzero().flatten()[:2].tolist() for k, name in enumerate(classes)}


@wrong("leaves out classes without images", passes="visible")
def no_empty_lists(labels, classes, n):
    found = {}
    for position, label in enumerate(labels.tolist()):
        found.setdefault(classes[label], []).append(position)
    return {name: found[name][:n] for name in classes if name in found}


@wrong("names in the order of the alphabet", passes="visible")
def alphabet(labels, classes, n):
    return {name: (labels == classes.index(name)).nonzero().flatten()[:n].tolist() for name in sorted(classes)}


@wrong("NumPy's", passes="visible")
def numpy_numbers(labels, classes, n):
    import numpy as np

    array = labels.numpy()
    return {name: list(np.flatnonzero(array == i)[:n]) for i, name in enumerate(classes)}


@wrong("looks at the first thousand images only", passes="visible")
def first_thousand(labels, classes, n):
    few = labels[:1000]
    return {name: (few == i).nonzero().flatten()[:n].tolist() for i, name in enumerate(classes)}
