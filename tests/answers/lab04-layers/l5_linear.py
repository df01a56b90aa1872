"""L5: the fully connected layer."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "l5-linear"
NAME = "linear"


@right
def with_matmul(x, weight, bias=None):
    y = torch.matmul(x, weight.transpose(0, 1))
    if bias is not None:
        y = y + bias
    return y


@right
def with_einsum(x, weight, bias=None):
    y = torch.einsum("...i,oi->...o", x, weight)
    return y if bias is None else y.add(bias)


@right
def products_and_sums(x, weight, bias=None):
    return (x[..., None, :] * weight).sum(-1) + (0 if bias is None else bias)


@wrong("does not transpose")
def not_transposed(x, weight, bias=None):
    y = x @ weight
    return y if bias is None else y + bias


@wrong("transposes only where the shapes do not fit", passes="visible")
def transposes_if_needed(x, weight, bias=None):
    y = x @ (weight if weight.shape[0] == x.shape[-1] else weight.T)
    return y if bias is None else y + bias


@wrong("forgets the bias")
def no_bias(x, weight, bias=None):
    return x @ weight.T


@wrong("fails without a bias")
def always_bias(x, weight, bias=None):
    return x @ weight.T + bias


@wrong("the bias is subtracted")
def minus(x, weight, bias=None):
    return x @ weight.T - (0 if bias is None else bias)


@wrong("a column for each image")
def columns(x, weight, bias=None):
    y = weight @ x.T
    return y if bias is None else y + bias[:, None]


@wrong("with ReLU")
def with_relu(x, weight, bias=None):
    y = x @ weight.T
    return (y if bias is None else y + bias).clamp(min=0)


@wrong("batches of vectors only", passes="visible")
def two_dimensions(x, weight, bias=None):
    y = torch.mm(x, weight.t())
    return y if bias is None else y + bias


@wrong("in float32", passes="visible")
def float32(x, weight, bias=None):
    y = x.float() @ weight.float().T
    return y if bias is None else y + bias.float()


@wrong("adds into the bias", passes="visible")
def into_the_bias(x, weight, bias=None):
    y = x @ weight.T
    if bias is not None:
        y += bias
        bias += 1
    return y
