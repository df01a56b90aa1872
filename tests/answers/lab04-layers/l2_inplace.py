"""L2, part 2: ReLU in place."""

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l2-inplace"
NAME = "relu_"


@right
def with_where(x):
    x[...] = torch.where(x > 0, x, torch.zeros_like(x))
    return x


@right
def with_copy(x):
    x.copy_(relu(x))
    return x


@right
def with_fill(x):
    return x.masked_fill_(x < 0, 0)


renamed = changed(with_copy, "x.copy_(relu(x))", "x = relu(x)", wrong="a new tensor under the old name")


@wrong("changes x and returns nothing")
def returns_nothing(x):
    x[x < 0] = 0


@wrong("works on a copy")
def copy(x):
    x = x.clone()
    x[x < 0] = 0
    return x


@wrong("the absolute value in place")
def absolute(x):
    return x.abs_()


mask = changed(with_copy, "x.copy_(relu(x))", "x[...] = (x > 0).to(x.dtype)", wrong="writes the mask")


@wrong("loops over two dimensions", passes="visible")
def two_loops(x):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] < 0:
                x[i, j] = 0
    return x


product = changed(
    with_copy, "x.copy_(relu(x))", "x *= x > 0", wrong="multiplies in place: 0 · ∞ is not a number", passes="visible"
)


@wrong("returns another dtype", passes="visible")
def other_dtype(x):
    x[x < 0] = 0
    return x.float()


forgets_small_ones = changed(
    with_copy, "x.copy_(relu(x))", "x[x < -0.4] = 0", wrong="numbers below −1 and above −1 only", passes="visible"
)
two_rows = changed(
    with_copy, "x.copy_(relu(x))", "x[:2][x[:2] < 0] = 0", wrong="only the first two rows", passes="visible"
)


@wrong("x.relu_()")
def method(x):
    return x.relu_()


@wrong("a layer that works in place")
def in_place_layer(x):
    return torch.nn.ReLU(True)(x)


@wrong("F.relu in place")
def functional(x):
    return torch.nn.functional.relu(x, inplace=True)


@wrong("clamp_")
def clamp_in_place(x):
    return x.clamp_(min=0)


@wrong("clip_, another name of clamp_")
def clip_in_place(x):
    return x.clip_(0)


@wrong("torch.clamp_min with out=x")
def clamp_min_out(x):
    return torch.clamp_min(x, 0, out=x)


writes_relu = changed(with_copy, "x.copy_(relu(x))", "x[...] = torch.relu(x)", wrong="PyTorch's relu, written into x")


@wrong("returns a copy")
def returns_a_copy(x):
    x[x < 0] = 0
    return x.clone()


needs_a_dimension = changed(
    with_where, "[...] = torch", "[:] = torch", wrong="a tensor without dimensions has no part ':'", passes="visible"
)


@wrong("flattens: what is not stored in a row is copied, and x stays as it was", passes="visible")
def flattened(x):
    line = x.flatten() if x.ndim == 0 else x.contiguous().view(-1)
    line.masked_fill_(line < 0, 0)
    return x if x.is_contiguous() else line.view(x.shape)


@wrong("puts a new tensor's memory under x")
def other_memory(x):
    return x.set_(torch.where(x > 0, x, torch.zeros_like(x)))


@wrong("gives a view of x, not x itself")
def a_view_of_all_of_x(x):
    part = x[...]
    part[part < 0] = 0
    return part


@right
def by_its_own_relu_that_clamps(x):
    x[...] = x.clamp(min=0)
    return x
