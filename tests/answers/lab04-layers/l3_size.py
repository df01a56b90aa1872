"""L3, part 1: the number of windows along one side."""

import math

from helpers.grading.answers import right, wrong

EXERCISE = "l3-size"
NAME = "pool_output_size"


@right
def with_ceil(n, kernel, stride=None, padding=0, ceil_mode=False):
    if stride is None:
        stride = kernel
    places = (n + 2 * padding - kernel) / stride
    if not ceil_mode:
        return math.floor(places) + 1
    size = math.ceil(places) + 1
    return size - 1 if (size - 1) * stride >= n + padding else size


@right
def by_counting(n, kernel, stride=None, padding=0, ceil_mode=False):
    starts = range(0, n + 2 * padding, stride or kernel)
    whole = [start for start in starts if start + kernel <= n + 2 * padding]
    if not ceil_mode or whole[-1] + kernel == n + 2 * padding:
        return len(whole)
    return len(whole) + (whole[-1] + (stride or kernel) < n + padding)


@wrong("the 1 is missing")
def no_one(n, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel
    return (n + 2 * padding - kernel) // stride


@wrong("not rounded")
def a_float(n, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel
    return (n + 2 * padding - kernel) / stride + 1


@wrong("stride 1 where none is given")
def stride_one(n, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or 1
    last = -(-(n + 2 * padding - kernel) // stride) if ceil_mode else (n + 2 * padding - kernel) // stride
    return last if ceil_mode and last * stride >= n + padding else last + 1


@wrong("ignores ceil_mode")
def always_down(n, kernel, stride=None, padding=0, ceil_mode=False):
    return (n + 2 * padding - kernel) // (stride or kernel) + 1


@wrong("always rounds up")
def always_up(n, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel
    last = -(-(n + 2 * padding - kernel) // stride)
    return last if last * stride >= n + padding else last + 1


@wrong("padding counted once")
def padding_once(n, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel
    free = n + padding - kernel
    last = -(-free // stride) if ceil_mode else free // stride
    return last if ceil_mode and last * stride >= n + padding else last + 1


@wrong("the last window may start anywhere")
def no_last_rule(n, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel
    return math.ceil((n + 2 * padding - kernel) / stride) + 1 if ceil_mode else (n + 2 * padding - kernel) // stride + 1


@wrong("the last window may start in the right padding", passes="visible")
def starts_in_padding(n, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel
    free = n + 2 * padding - kernel
    if not ceil_mode:
        return free // stride + 1
    size = math.ceil(free / stride) + 1
    return size - 1 if (size - 1) * stride >= n + 2 * padding else size


@wrong("the last window must start before the left padding's end plus n minus p", passes="visible")
def forgets_left_padding(n, kernel, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel
    free = n + 2 * padding - kernel
    if not ceil_mode:
        return free // stride + 1
    size = math.ceil(free / stride) + 1
    return size - 1 if (size - 1) * stride >= n else size


@wrong("n / f where no stride is given, rounded up", passes="visible")
def quotient(n, kernel, stride=None, padding=0, ceil_mode=False):
    if stride is None and not ceil_mode and n % kernel == 0:
        return n // kernel
    if stride is None and not ceil_mode:
        return round(n / kernel)
    stride = stride or kernel
    free = n + 2 * padding - kernel
    last = -(-free // stride) if ceil_mode else free // stride
    return last if ceil_mode and last * stride >= n + padding else last + 1


@wrong("a table of the visible examples", passes="visible")
def table(n, kernel, stride=None, padding=0, ceil_mode=False):
    return {28: 14, 4: 4, 6: 2}.get(n, 3 if ceil_mode else 2)
