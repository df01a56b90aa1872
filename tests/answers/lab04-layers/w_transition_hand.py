"""W-transition, part 3: the whole network by hand."""

import torch
import torch.nn.functional as F

from helpers.grading.answers import right, wrong

EXERCISE = "w-transition-hand"
NAME = "cnn_by_hand"


def _loss(logits, labels, reduction="mean"):
    """The cross-entropy, for answers that are wrong in something else."""
    losses = -logits.log_softmax(1).gather(1, labels[:, None])
    return losses.sum() if reduction == "sum" else losses.mean()


@right
def on_ones_own_layers(x, labels, parameters, pool=2):
    maps = F.conv2d(x, parameters[0], parameters[1], padding="same")
    maps = relu(max_pool2d(maps, (pool, pool)))
    logits = linear(relu(linear(torch.flatten(maps, 1), *parameters[2:4])), *parameters[4:6])
    probabilities = logits.exp() / logits.exp().sum(1, keepdim=True)
    right_ones = probabilities.gather(1, labels[:, None])
    return probabilities, torch.mean(-torch.log(right_ones))


@right
def on_pytorchs_layers(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    maps = F.max_pool2d(F.relu(F.conv2d(x, a, b, padding=2)), pool)
    probabilities = F.linear(F.relu(F.linear(maps.flatten(1), c, d)), e, f).softmax(1)
    losses = [-probabilities[i, label].log() for i, label in enumerate(labels.tolist())]
    return probabilities, sum(losses) / len(losses)


@wrong("the logits in place of the probabilities")
def logits_only(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    return logits, _loss(logits, labels)


@wrong("softmax over the batch")
def over_the_batch(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    probabilities = logits.softmax(0)
    return probabilities, -probabilities[torch.arange(len(labels)), labels].log().mean()


@wrong("the sum of the losses")
def sum_of_losses(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    return logits.softmax(1), _loss(logits, labels, reduction="sum")


@wrong("the cross-entropy of the probabilities: softmax twice")
def softmax_twice(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    return logits.softmax(1), _loss(logits.softmax(1), labels)


@wrong("no ReLU in the hidden layer")
def no_relu(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d), e, f)
    return logits.softmax(1), _loss(logits, labels)


@wrong("no ReLU after the convolution")
def no_first_relu(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(F.conv2d(x, a, b, padding=2), pool).flatten(1), c, d)), e, f)
    return logits.softmax(1), _loss(logits, labels)


@wrong("average pooling")
def average(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(avg_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    return logits.softmax(1), _loss(logits, labels)


@wrong("logarithm to base 10")
def log10(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    probabilities = logits.softmax(1)
    return probabilities, -probabilities[torch.arange(len(labels)), labels].log10().mean()


@wrong("the loss as a float")
def a_float(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    return logits.softmax(1), _loss(logits, labels).item()


@wrong("always pools by 2", passes="visible")
def pools_by_two(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), 2).flatten(1), c, d)), e, f)
    return logits.softmax(1), _loss(logits, labels)


@wrong("four images only", passes="visible")
def four_images(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    maps = max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).reshape(4, -1)
    logits = linear(relu(linear(maps, c, d)), e, f)
    return logits.softmax(1), _loss(logits, labels)


@wrong("in float32", passes="visible")
def float32(x, labels, parameters, pool=2):
    a, b, c, d, e, f = (parameter.float() for parameter in parameters)
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x.float(), a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    return logits.softmax(1), _loss(logits, labels)


@wrong("changes the images", passes="visible")
def in_place(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    x[x < 0] = 0
    return logits.softmax(1), _loss(logits, labels)


@wrong("F.cross_entropy under another name")
def renamed(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    loss = F.cross_entropy
    return logits.softmax(1), loss(logits, labels)


@wrong("nn.CrossEntropyLoss, with a row of probabilities for each label")
def loss_layer(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    return logits.softmax(1), torch.nn.CrossEntropyLoss()(logits, F.one_hot(labels, logits.shape[1]).to(x.dtype))


@wrong("F.nll_loss, one half of F.cross_entropy")
def half_of_it(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    probabilities = logits.softmax(1)
    return probabilities, F.nll_loss(probabilities.log(), labels)


@wrong("through NumPy, which takes no parameters of a network", passes="visible")
def through_numpy(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    maps = max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1)
    hidden = relu(linear(maps, c, d))
    logits = torch.from_numpy(hidden.numpy() @ e.numpy().T + f.numpy())
    return logits.softmax(1), _loss(logits, labels)


@right
def by_log_softmax(x, labels, parameters, pool=2):
    a, b, c, d, e, f = parameters
    logits = linear(relu(linear(max_pool2d(relu(F.conv2d(x, a, b, padding=2)), pool).flatten(1), c, d)), e, f)
    return logits.softmax(1), _loss(logits, labels)
