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


@wrong("F.linear under another name")
def renamed(x, weight, bias=None):
    fully_connected = torch.nn.functional.linear
    return fully_connected(x, weight, bias)


@wrong("F.linear without its bias, which is added after it")
def linear_and_bias(x, weight, bias=None):
    y = torch.nn.functional.linear(x, weight)
    return y if bias is None else y + bias


@wrong("a layer of PyTorch's, called by its parameters")
def functional_call(x, weight, bias=None):
    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, device="meta")
    parameters = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    return torch.func.functional_call(layer, parameters, (x,))


@wrong("torch.addmm")
def addmm(x, weight, bias=None):
    rows = x.reshape(-1, x.shape[-1])
    b = weight.new_zeros(len(weight)) if bias is None else bias
    return torch.addmm(b, rows, weight.T).reshape(*x.shape[:-1], len(weight))


@wrong("a loop over the batch")
def row_by_row(x, weight, bias=None):
    rows = [weight @ row for row in x.reshape(-1, x.shape[-1])]
    y = torch.stack(rows).reshape(*x.shape[:-1], len(weight))
    return y if bias is None else y + bias


@wrong("a loop over the outputs")
def output_by_output(x, weight, bias=None):
    y = torch.stack([(x * row).sum(-1) for row in weight], -1)
    return y if bias is None else y + bias


@wrong("through float32 and back", passes="visible")
def rounds(x, weight, bias=None):
    y = (x.float() @ weight.float().T).to(x.dtype)
    return y if bias is None else y + bias
