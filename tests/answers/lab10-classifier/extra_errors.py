"""Extra-errors: the largest entries off the diagonal."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "extra-errors"
NAME = "worst_pairs"


@right
def by_a_list(confusion, n):
    k = len(confusion)
    pairs = [(i, j, int(confusion[i, j])) for i in range(k) for j in range(k) if i != j]
    pairs.sort(key=lambda pair: (-pair[2], pair[0], pair[1]))
    return pairs[:n]


@right
def by_a_stable_sort(confusion, n):
    k = len(confusion)
    places = confusion.flatten().argsort(descending=True, stable=True).tolist()
    return [(p // k, p % k, int(confusion[p // k, p % k])) for p in places if p // k != p % k][:n]


@wrong("the diagonal is not left out")
def with_diagonal(confusion, n):
    pairs = [(i, j, c) for i, row in enumerate(confusion.tolist()) for j, c in enumerate(row)]
    return sorted(pairs, key=lambda pair: -pair[2])[:n]


@wrong("predicted class first")
def exchanged(confusion, n):
    pairs = [(j, i, c) for i, row in enumerate(confusion.tolist()) for j, c in enumerate(row) if i != j]
    return sorted(pairs, key=lambda pair: -pair[2])[:n]


@wrong("the smallest first")
def smallest(confusion, n):
    pairs = [(i, j, c) for i, row in enumerate(confusion.tolist()) for j, c in enumerate(row) if i != j]
    return sorted(pairs, key=lambda pair: pair[2])[:n]


@wrong("counts as tensors")
def tensors(confusion, n):
    k = len(confusion)
    pairs = [(i, j, confusion[i, j]) for i in range(k) for j in range(k) if i != j]
    return sorted(pairs, key=lambda pair: -int(pair[2]))[:n]


@wrong("all pairs, however many are asked for")
def all_of_them(confusion, n):
    pairs = [(i, j, c) for i, row in enumerate(confusion.tolist()) for j, c in enumerate(row) if i != j]
    return sorted(pairs, key=lambda pair: -pair[2])


@wrong("both directions of a confusion added together")
def both_ways(confusion, n):
    both = (confusion + confusion.T).tolist()
    pairs = [(i, j, c) for i, row in enumerate(both) for j, c in enumerate(row) if i < j]
    return sorted(pairs, key=lambda pair: -pair[2])[:n]


@wrong("sets the diagonal of the argument to zero", passes="visible")
def in_place(confusion, n):
    confusion.fill_diagonal_(-1)
    k = len(confusion)
    places = confusion.flatten().argsort(descending=True, stable=True).tolist()
    return [(p // k, p % k, int(confusion[p // k, p % k])) for p in places if p // k != p % k][:n]


@wrong("leaves out pairs that never occur", passes="visible")
def no_zeros(confusion, n):
    pairs = [(i, j, c) for i, row in enumerate(confusion.tolist()) for j, c in enumerate(row) if i != j and c]
    return sorted(pairs, key=lambda pair: -pair[2])[:n]


@wrong("equal counts the other way round", passes="visible")
def ties_reversed(confusion, n):
    pairs = [(i, j, c) for i, row in enumerate(confusion.tolist()) for j, c in enumerate(row) if i != j]
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], -pair[1]))[:n]


@wrong("an error where there is no pair", passes="visible")
def needs_a_pair(confusion, n):
    pairs = [(i, j, c) for i, row in enumerate(confusion.tolist()) for j, c in enumerate(row) if i != j]
    largest = max(pairs, key=lambda pair: pair[2])
    return sorted(pairs, key=lambda pair: (pair != largest, -pair[2], pair[0], pair[1]))[:n]


largest_of_its_row = changed(
    by_a_list,
    "for i in range(k) for j in range(k) if i != j",
    "for i in range(k) for j in range(k) if j != int(confusion[i].argmax())",
    wrong="leaves out the largest of each row: in a poor network that is not the right class",
    passes="visible",
)
