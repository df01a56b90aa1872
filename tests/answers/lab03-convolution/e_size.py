"""E-size: the number of outputs along one side."""

import math

from helpers.grading.answers import changed, right, wrong

EXERCISE = "e-size"
NAME = "conv_output_size"


@right
def with_floor(n, kernel, stride=1, padding=0, dilation=1):
    free = n + 2 * padding - dilation * (kernel - 1) - 1
    if free < 0:
        raise ValueError("the kernel does not fit")
    return math.floor(free / stride) + 1


@right
def by_counting(n, kernel, stride=1, padding=0, dilation=1):
    span = dilation * (kernel - 1) + 1
    places = len(range(0, n + 2 * padding - span + 1, stride))
    if not places:
        raise ValueError(f"a kernel over {span} inputs does not fit into {n + 2 * padding}")
    return places


no_floor = changed(
    with_floor, "return math.floor(free / stride) + 1", "return free / stride + 1", wrong="no floor: 12.5"
)


@wrong("padding counted once")
def padding_once(n, kernel, stride=1, padding=0, dilation=1):
    free = n + padding - dilation * (kernel - 1) - 1
    if free < 0:
        raise ValueError("the kernel does not fit")
    return free // stride + 1


no_first_place = changed(
    with_floor, "return math.floor(free / stride) + 1", "return free // stride", wrong="the first place is not counted"
)
rounds_up = changed(
    with_floor, "return math.floor(free / stride) + 1", "return math.ceil(free / stride) + 1", wrong="rounds up"
)


@wrong("prints the result and returns nothing")
def only_prints(n, kernel, stride=1, padding=0, dilation=1):
    print((n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1)


@wrong("forgets the dilation", passes="visible")
def no_dilation(n, kernel, stride=1, padding=0, dilation=1):
    if kernel > n + 2 * padding:
        raise ValueError("the kernel does not fit")
    return (n + 2 * padding - kernel) // stride + 1


@wrong("multiplies the whole kernel with the dilation", passes="visible")
def dilated_too_far(n, kernel, stride=1, padding=0, dilation=1):
    free = n + 2 * padding - dilation * kernel
    if free < 0:
        raise ValueError("the kernel does not fit")
    return free // stride + 1


@wrong("a table of the visible examples", passes="visible")
def table(n, kernel, stride=1, padding=0, dilation=1):
    return {(28, 1, 0): 24, (28, 2, 0): 12, (7, 2, 0): 3, (5, 1, 1): 5}[n, stride, padding]


@wrong("returns 0 where the kernel does not fit", passes="visible")
def never_raises(n, kernel, stride=1, padding=0, dilation=1):
    return max((n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1, 0)


@wrong("refuses a kernel that just fits", passes="visible")
def refuses_exact_fit(n, kernel, stride=1, padding=0, dilation=1):
    free = n + 2 * padding - dilation * (kernel - 1) - 1
    if free <= 0:
        raise ValueError("the kernel does not fit")
    return free // stride + 1


@wrong("tests the fit without the padding", passes="visible")
def fit_without_padding(n, kernel, stride=1, padding=0, dilation=1):
    span = dilation * (kernel - 1) + 1
    if span > n:
        raise ValueError("the kernel does not fit")
    return (n + 2 * padding - span) // stride + 1


@wrong("a negative rest, cut off to 0, counts as one place", passes="visible")
def cut_off(n, kernel, stride=1, padding=0, dilation=1):
    rest = n + 2 * padding - dilation * (kernel - 1) - 1
    if rest <= -stride:
        raise ValueError("the kernel does not fit")
    return math.trunc(rest / stride) + 1


@wrong("a ValueError without a word", passes="visible")
def says_nothing(n, kernel, stride=1, padding=0, dilation=1):
    rest = n + 2 * padding - dilation * (kernel - 1) - 1
    if rest < 0:
        raise ValueError
    return rest // stride + 1


@wrong("an AssertionError in place of a ValueError", passes="visible")
def asserts(n, kernel, stride=1, padding=0, dilation=1):
    rest = n + 2 * padding - dilation * (kernel - 1) - 1
    assert rest >= 0, "the kernel does not fit"
    return rest // stride + 1
