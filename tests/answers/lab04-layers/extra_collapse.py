"""Extra-collapse: two affine functions are one."""

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "extra-collapse"
NAME = "merge_linear"


@right
def by_the_formula(weight_1, bias_1, weight_2, bias_2):
    return weight_2 @ weight_1, weight_2 @ bias_1 + bias_2


@right
def transposed_twice(weight_1, bias_1, weight_2, bias_2):
    return (weight_1.T @ weight_2.T).T, bias_1 @ weight_2.T + bias_2


@right
def by_asking_the_layers(weight_1, bias_1, weight_2, bias_2):
    inputs = weight_1.shape[1]
    x = torch.cat([torch.zeros(1, inputs, dtype=weight_1.dtype), torch.eye(inputs, dtype=weight_1.dtype)])
    y = (x @ weight_1.T + bias_1) @ weight_2.T + bias_2
    return (y[1:] - y[0]).T, y[0]


@wrong("the biases are added")
def sum_of_biases(weight_1, bias_1, weight_2, bias_2):
    return weight_2 @ weight_1, bias_2 + bias_1.sum()


@wrong("forgets the first bias")
def second_bias(weight_1, bias_1, weight_2, bias_2):
    return weight_2 @ weight_1, bias_2


@wrong("forgets the second bias")
def first_bias(weight_1, bias_1, weight_2, bias_2):
    return weight_2 @ weight_1, weight_2 @ bias_1


@wrong("the product in the wrong order")
def wrong_order(weight_1, bias_1, weight_2, bias_2):
    return weight_1 @ weight_2, weight_2 @ bias_1 + bias_2


@wrong("the weights are added")
def sum_of_weights(weight_1, bias_1, weight_2, bias_2):
    return weight_1.T + weight_2, weight_2 @ bias_1 + bias_2


@wrong("the weight is transposed", passes="visible")
def transposed(weight_1, bias_1, weight_2, bias_2):
    return (weight_2 @ weight_1).T, weight_2 @ bias_1 + bias_2


@wrong("in float32", passes="visible")
def float32(weight_1, bias_1, weight_2, bias_2):
    return (weight_2 @ weight_1).float(), (weight_2 @ bias_1 + bias_2).float()


@wrong("the worked numbers", passes="visible")
def table(weight_1, bias_1, weight_2, bias_2):
    return torch.tensor([[32.0]]), torch.tensor([26.0])


@wrong("only the first hidden neuron has a bias")
def one_bias(weight_1, bias_1, weight_2, bias_2):
    return weight_2 @ weight_1, bias_2 + weight_2[:, 0] * bias_1[0]


@wrong("one output and one input lose their dimensions", passes="visible")
def squeezed(weight_1, bias_1, weight_2, bias_2):
    weight = weight_2 @ weight_1
    if weight.shape[0] == 1 and weight.shape[1] > 1:
        weight = weight.squeeze(0)
    return weight, weight_2 @ bias_1 + bias_2
