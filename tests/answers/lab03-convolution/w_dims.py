"""W-dims: the padding that keeps the size."""

from helpers.grading.answers import right, wrong

EXERCISE = "w-dims"
NAME = "same_padding"


@right
def half_of_the_total(kernel, dilation=1):
    padding, rest = divmod(dilation * (kernel - 1), 2)
    if rest:
        raise ValueError("the two sides would need different padding")
    return padding


@right
def by_trying(kernel, dilation=1):
    n = dilation * kernel
    for padding in range(n + 1):
        if conv_output_size(n, kernel, padding=padding, dilation=dilation) == n:
            return padding
    raise ValueError("no padding keeps the size")


@wrong("both sides together")
def both_sides(kernel, dilation=1):
    return dilation * (kernel - 1)


@wrong("a float")
def a_float(kernel, dilation=1):
    if dilation * (kernel - 1) % 2:
        raise ValueError("no whole number")
    return dilation * (kernel - 1) / 2


@wrong("always 1")
def always_one(kernel, dilation=1):
    return 1


@wrong("half the kernel, rounded up")
def rounded_up(kernel, dilation=1):
    return (kernel + 1) // 2


@wrong("the string that nn.Conv2d takes")
def the_word_same(kernel, dilation=1):
    return "same"


@wrong("half the kernel: no dilation, no error", passes="visible")
def half_the_kernel(kernel, dilation=1):
    return kernel // 2


@wrong("forgets the dilation", passes="visible")
def no_dilation(kernel, dilation=1):
    if kernel % 2 == 0:
        raise ValueError("the kernel must be odd")
    return (kernel - 1) // 2


@wrong("refuses every even kernel", passes="visible")
def refuses_even(kernel, dilation=1):
    if kernel % 2 == 0:
        raise ValueError("the kernel must be odd")
    return dilation * (kernel - 1) // 2


@wrong("rounds down where there is no answer", passes="visible")
def never_raises(kernel, dilation=1):
    return dilation * (kernel - 1) // 2


@wrong("a table of the visible examples", passes="visible")
def table(kernel, dilation=1):
    return {1: 0, 3: 1, 5: 2}[kernel]


@wrong("only paddings of small kernels", passes="visible")
def small_kernels(kernel, dilation=1):
    for p in range(30):
        if 2 * p == dilation * (kernel - 1):
            return p
    raise ValueError("no padding keeps the size")


@wrong("a ValueError without a word", passes="visible")
def says_nothing(kernel, dilation=1):
    total = dilation * (kernel - 1)
    if total % 2:
        raise ValueError()
    return total // 2


@wrong("None where there is no answer", passes="visible")
def none(kernel, dilation=1):
    total = dilation * (kernel - 1)
    return None if total % 2 else total // 2
