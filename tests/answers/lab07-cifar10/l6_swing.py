"""L6: how far the accuracy of each class swings."""

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l6-swing"
NAME = "swing"


@right
def stacked(per_class):
    table = torch.stack(per_class)
    return table.max(dim=0).values - table.min(dim=0).values


@right
def one_by_one(per_class):
    low = high = per_class[0]
    for row in per_class[1:]:
        low, high = torch.minimum(low, row), torch.maximum(high, row)
    return high - low


@right
def with_aminmax(per_class):
    low, high = torch.stack(list(per_class)).aminmax(dim=0)
    return high - low


@wrong("the standard deviation")
def deviation(per_class):
    return torch.stack(per_class).std(dim=0)


over_classes = changed(
    stacked,
    "0).values - table.min(dim=0",
    "1).values - table.min(dim=1",
    wrong="over the classes, not over the trainings",
)


@wrong("one number")
def one_number(per_class):
    return (torch.stack(per_class).amax(0) - torch.stack(per_class).amin(0)).max()


@wrong("last minus first: may be negative")
def last_minus_first(per_class):
    return per_class[-1] - per_class[0]


percent = changed(
    stacked,
    "table.max(dim=0).values - table.min(dim=0).values",
    "100 * (table.max(dim=0).values - table.min(dim=0).values)",
    wrong="percent",
)


@wrong("a list")
def a_list(per_class):
    return [max(column).item() - min(column).item() for column in torch.stack(per_class).T]


@wrong("the first two trainings only", passes="visible")
def first_two(per_class):
    return (per_class[0] - per_class[min(1, len(per_class) - 1)]).abs()


@wrong("first and last training only", passes="visible")
def first_and_last(per_class):
    return (per_class[0] - per_class[-1]).abs()


single = changed(
    stacked,
    "table = torch.stack(per_class)",
    "table = torch.stack(per_class).float()",
    wrong="float32 always",
    passes="visible",
)
