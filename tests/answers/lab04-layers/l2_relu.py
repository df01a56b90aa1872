"""L2: ReLU as a new tensor."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "l2-relu"
NAME = "relu"


@right
def with_clamp(x):
    return x.clamp(min=0)


@right
def with_maximum(x):
    return torch.maximum(x, torch.zeros_like(x))


@right
def with_a_mask(x):
    result = x.clone()
    result[result < 0] = 0
    return result


@wrong("the absolute value")
def absolute(x):
    return x.abs()


@wrong("keeps what is negative")
def other_side(x):
    return x.clamp(max=0)


@wrong("one for what is positive")
def step(x):
    return (x > 0).to(x.dtype)


@wrong("leaves the positive numbers out")
def only_positive(x):
    return x[x > 0]


@wrong("cuts off at 1 too")
def up_to_one(x):
    return x.clamp(0, 1)


@wrong("a little slope for what is negative")
def leaky(x):
    return torch.where(x > 0, x, 0.01 * x)


@wrong("in place", passes="visible")
def in_place(x):
    x[x < 0] = 0
    return x


@wrong("always float32", passes="visible")
def float32(x):
    return x.float().clamp(min=0)


@wrong("multiplies: 0 · ∞ is not a number", passes="visible")
def product(x):
    return x * (x > 0)


@wrong("half of x and |x|: ∞ − ∞ is not a number", passes="visible")
def half_sum(x):
    return (x + x.abs()) / 2


@wrong("loops over two dimensions")
def two_loops(x):
    result = torch.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] > 0:
                result[i, j] = x[i, j]
    return result


@wrong("the printed numbers", passes="visible")
def table(x):
    return torch.tensor(
        [
            [0.7753, 0.0000, 1.1919, 0.0000, 0.0000],
            [0.3367, 0.0000, 0.8647, 0.0000, 1.0797],
            [0.0000, 0.0000, 0.0000, 1.1365, 0.5092],
            [0.0000, 0.0714, 0.0000, 0.0000, 1.3807],
            [0.5123, 0.0000, 1.3277, 0.3821, 0.0000],
        ]
    )


@wrong("F.relu under another name")
def renamed(x):
    rectify = torch.nn.functional.relu
    return rectify(x)


@wrong("a layer")
def a_layer(x):
    return torch.nn.ReLU()(x)


@wrong("the in-place one, on a copy")
def underscore_on_a_copy(x):
    return x.clone().relu_()


@wrong("F.threshold")
def threshold(x):
    return torch.nn.functional.threshold(x, 0, 0)


@wrong("a leaky ReLU that does not leak")
def no_leak(x):
    return torch.nn.functional.leaky_relu(x, 0.0)


@wrong("a loop over the numbers")
def number_by_number(x):
    y = torch.zeros_like(x)
    for place, number in enumerate(x.flatten()):
        if number > 0:
            y.view(-1)[place] = number
    return y


@wrong("a loop over a list of the numbers")
def list_of_numbers(x):
    return x.new_tensor([number if number > 0 else 0 for number in x.flatten().tolist()]).view(x.shape)


@wrong("x itself where nothing is negative", passes="visible")
def x_itself(x):
    return torch.where(x < 0, 0, x).to(x.dtype) if (x < 0).any() else x


@wrong("looks for the smallest number: an empty tensor has none", passes="visible")
def needs_a_number(x):
    return x.clamp(min=0) if x.min() < 0 else x.clone()


@wrong("at least one dimension", passes="visible")
def one_dimension_at_least(x):
    return x.clamp(min=0).reshape(len(x), *x.shape[1:])


@wrong("whole numbers through float32", passes="visible")
def through_float32(x):
    return x.clamp(min=0) if x.is_floating_point() else x.float().clamp(min=0).to(x.dtype)


@wrong("through float32 and back", passes="visible")
def rounds(x):
    return x.float().clamp(min=0).to(x.dtype)


@wrong("a number without dimensions of int8 becomes int64", passes="visible")
def zero_as_a_tensor(x):
    return torch.where(x > 0, x, torch.tensor(0))


@wrong("apply_ calls Python for each number")
def applied(x):
    return x.clone().apply_(lambda number: max(number, 0))
