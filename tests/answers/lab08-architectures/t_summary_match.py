"""T-summary: which network, and which way of counting."""

import math

from helpers.grading.answers import right, wrong

EXERCISE = "t-summary-match"
NAME = "best_match"


@right
def with_logarithms(published, flops):
    best, least = None, float("inf")
    for name, number in flops.items():
        for unit, count in (("FLOPs", number), ("multiply-adds", number / 2)):
            distance = abs(math.log(count / published))
            if distance < least:
                best, least = (name, unit), distance
    return best


@right
def sorted_by_distance(published, flops):
    found = []
    for name in flops:
        found.append((abs(math.log2(published) - math.log2(flops[name])), name, "FLOPs"))
        found.append((abs(math.log2(published) - math.log2(flops[name]) + 1), name, "multiply-adds"))
    return sorted(found)[0][1:]


@wrong("never multiply-adds")
def flops_only(published, flops):
    counts = {(name, "FLOPs"): number for name, number in flops.items()}
    counts |= {(name, "multiply-adds"): number * 1e9 for name, number in flops.items()}
    return min(counts, key=lambda which: max(counts[which] / published, published / counts[which]))


@wrong("multiply-adds are twice the FLOPs")
def doubled(published, flops):
    counts = {(name, "FLOPs"): number for name, number in flops.items()}
    counts |= {(name, "multiply-adds"): number * 2 for name, number in flops.items()}
    return min(counts, key=lambda which: max(counts[which] / published, published / counts[which]))


@wrong("the name alone")
def name_only(published, flops):
    counts = {(name, "FLOPs"): number for name, number in flops.items()}
    counts |= {(name, "multiply-adds"): number / 2 for name, number in flops.items()}
    return min(counts, key=lambda which: max(counts[which] / published, published / counts[which]))[0]


@wrong("the unit first")
def unit_first(published, flops):
    counts = {("FLOPs", name): number for name, number in flops.items()}
    counts |= {("multiply-adds", name): number / 2 for name, number in flops.items()}
    return min(counts, key=lambda which: max(counts[which] / published, published / counts[which]))


@wrong("the farthest")
def farthest(published, flops):
    counts = {(name, "FLOPs"): number for name, number in flops.items()}
    counts |= {(name, "multiply-adds"): number / 2 for name, number in flops.items()}
    return max(counts, key=lambda which: max(counts[which] / published, published / counts[which]))


@wrong("the unit in other words")
def other_words(published, flops):
    counts = {(name, "flops"): number for name, number in flops.items()}
    counts |= {(name, "MACs"): number / 2 for name, number in flops.items()}
    return min(counts, key=lambda which: max(counts[which] / published, published / counts[which]))


@wrong("close as a difference", passes="visible")
def by_difference(published, flops):
    counts = {(name, "FLOPs"): number for name, number in flops.items()}
    counts |= {(name, "multiply-adds"): number / 2 for name, number in flops.items()}
    return min(counts, key=lambda which: abs(counts[which] - published))


@wrong("relative to the count", passes="visible")
def relative(published, flops):
    counts = {(name, "FLOPs"): number for name, number in flops.items()}
    counts |= {(name, "multiply-adds"): number / 2 for name, number in flops.items()}
    return min(counts, key=lambda which: abs(counts[which] - published) / counts[which])


@wrong("the first network only", passes="visible")
def first_network(published, flops):
    counts = {(name, "FLOPs"): number for name, number in flops.items()}
    counts |= {(name, "multiply-adds"): number / 2 for name, number in flops.items()}
    name = next(iter(flops))
    return min(
        [(name, "FLOPs"), (name, "multiply-adds")],
        key=lambda which: max(counts[which] / published, published / counts[which]),
    )
