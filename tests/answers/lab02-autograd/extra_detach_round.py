"""Extra-detach: round forward, and let the gradient pass."""

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "extra-detach-round"
NAME = "round_through"


@right
def correction(x):
    constant = x.detach()
    return x + (constant.round() - constant)


@right
def own_backward(x):
    class Round(torch.autograd.Function):
        @staticmethod
        def forward(ctx, numbers):
            return numbers.round()

        @staticmethod
        def backward(ctx, gradient):
            return gradient

    return Round.apply(x)


@right
def rounded_plus_nothing(x):
    return x.round().detach() + (x - x.detach())


@wrong("round alone: the gradient is 0")
def round_alone(x):
    return x.round()


@wrong("everything detached")
def all_detached(x):
    return x.round().detach()


@wrong("nothing detached: the gradient of the correction is -1")
def nothing_detached(x):
    return x + (x.round() - x)


@wrong("x detached, and not the correction")
def wrong_part(x):
    return x.detach() + (x.round() - x)


@wrong("only the rounded part detached: the gradient cancels out")
def half_detached(x):
    return x + x.round().detach() - x


@wrong("does not round")
def not_rounded(x):
    return x + (x - x).detach()


@wrong("under no_grad")
def under_no_grad(x):
    with torch.no_grad():
        return x + (x.round() - x)


@wrong("rounds to the next lower number")
def floor(x):
    return x + (x.floor() - x).detach()


@wrong("halves always up", passes="visible")
def halves_up(x):
    return x + ((x + 0.5).floor() - x).detach()


@wrong("negative numbers the wrong way: cuts off after adding a half", passes="visible")
def cut_off(x):
    return x + ((x + 0.5).trunc() - x).detach()


@wrong("float32 whatever is given", passes="visible")
def single_precision(x):
    return (x + (x.round() - x).detach()).float()


@wrong("rounds x itself", passes="visible")
def in_place(x):
    x.data.round_()
    return x * 1


gradient_of_one = changed(
    own_backward,
    "return gradient",
    "return torch.ones_like(gradient)",
    wrong="a gradient of 1, whatever comes from above",
    passes="visible",
)


@right
def data_of_the_difference(x):
    return x + (x.round() - x).data


@wrong("the gradient of a smooth neighbour", passes="visible")
def smooth(x):
    wave = torch.sin(2 * torch.pi * x) / 20
    smoothed = x - wave
    return smoothed + (x.round() - smoothed).detach() + 0 * x if x.numel() > 3 else x + (x.round() - x).detach()


@wrong("large numbers do not fit into int32", passes="visible")
def through_int(x):
    return x + (x.round().int().to(x.dtype) - x).detach()


@wrong("none where x was not near a whole number", passes="visible")
def only_near(x):
    near = ((x - x.round()).abs() < 0.45).to(x.dtype).detach()
    return x * near + (x.round() - x * near).detach()
