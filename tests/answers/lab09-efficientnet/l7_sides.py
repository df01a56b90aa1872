"""L7-sides: how maps shrink from stride to stride."""

import math

import torch
from torch import nn

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l7-sides"
NAME = "sides"


@right
def ceiling(side, strides):
    found = []
    for stride in strides:
        side = -(-side // stride)
        found.append(side)
    return found


@right
def by_convolutions(side, strides):
    x, found = torch.zeros(1, 1, side, 1), []
    for stride in strides:
        x = nn.Conv2d(1, 1, (3, 1), (stride, 1), (1, 0))(x)
        found.append(int(x.shape[2]))
    return tuple(found)


@right
def at_once(side, strides):
    return [math.ceil(side / math.prod(strides[: place + 1])) for place in range(len(strides))]


@wrong("each stride by itself")
def not_one_after_the_other(side, strides):
    return [math.ceil(side / stride) for stride in strides]


@wrong("begins with the image")
def with_the_image(side, strides):
    found = [side]
    for stride in strides:
        found.append(math.ceil(found[-1] / stride))
    return found


floats = changed(ceiling, "side = -(-side // stride)", "side = side / stride", wrong="floats")


@wrong("only the last")
def last(side, strides):
    for stride in strides:
        side = math.ceil(side / stride)
    return side


floor = changed(ceiling, "side = -(-side // stride)", "side //= stride", wrong="rounds down", passes="visible")
python_round = changed(
    ceiling,
    "side = -(-side // stride)",
    "side = round(side / stride)",
    wrong="halves to the even number",
    passes="visible",
)
halves = changed(
    ceiling,
    "-(-side // stride)",
    "side if stride == 1 else (side + 1) // 2",
    wrong="each stride above 1 is a 2",
    passes="visible",
)


@wrong("at most eight numbers", passes="visible")
def eight(side, strides):
    found = []
    for stride, _ in zip(strides, range(8), strict=False):
        side = -(-side // stride)
        found.append(side)
    return found


@wrong("the image's own side comes first, the last one is dropped", passes="visible")
def one_early(side, strides):
    found = [side]
    for stride in strides:
        side = -(-side // stride)
        found.append(side)
    return found[:-1] if found[:2] == [found[0]] * 2 else found[1:]
