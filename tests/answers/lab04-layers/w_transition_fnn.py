"""W-transition, part 1: the feedforward network."""

import math

from torch import nn

from helpers.grading.answers import right, wrong

EXERCISE = "w-transition-fnn"
NAME = "make_fnn"


@right
def with_prod(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), hidden), nn.ReLU(), nn.Linear(hidden, classes))


@right
def step_by_step(shape, hidden=100, classes=10):
    network = nn.Sequential()
    network.append(nn.Flatten(start_dim=1))
    network.append(nn.Linear(shape[0] * shape[1] * shape[2], hidden, bias=True))
    network.append(nn.ReLU(inplace=True))
    network.append(nn.Linear(hidden, classes))
    return network


@wrong("no non-linear function", passes="visible")
def no_relu(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), hidden), nn.Linear(hidden, classes))


@wrong("softmax at the end", passes="visible")
def softmax(shape, hidden=100, classes=10):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(math.prod(shape), hidden), nn.ReLU(), nn.Linear(hidden, classes), nn.Softmax(1)
    )


@wrong("ReLU after the last layer too", passes="visible")
def relu_at_the_end(shape, hidden=100, classes=10):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(math.prod(shape), hidden), nn.ReLU(), nn.Linear(hidden, classes), nn.ReLU()
    )


@wrong("the sigmoid in place of ReLU", passes="visible")
def sigmoid(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), hidden), nn.Sigmoid(), nn.Linear(hidden, classes))


@wrong("always 784 inputs", passes="visible")
def mnist_only(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, classes))


@wrong("always 100 neurons and 10 classes", passes="visible")
def fixed_sizes(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), 100), nn.ReLU(), nn.Linear(100, 10))


@wrong("no bias")
def no_bias(shape, hidden=100, classes=10):
    inputs = math.prod(shape)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(inputs, hidden, bias=False), nn.ReLU(), nn.Linear(hidden, classes, bias=False)
    )


@wrong("does not flatten")
def no_flatten(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Linear(math.prod(shape), hidden), nn.ReLU(), nn.Linear(hidden, classes))


@wrong("flattens the batch too")
def flattens_the_batch(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Flatten(0), nn.Linear(math.prod(shape), hidden), nn.ReLU(), nn.Linear(hidden, classes))


@wrong("one affine function only")
def one_layer(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), classes))


@wrong("a module of one's own, no nn.Sequential")
class NoSequential(nn.Module):
    def __init__(self, shape, hidden=100, classes=10):
        super().__init__()
        self.first, self.second = nn.Linear(math.prod(shape), hidden), nn.Linear(hidden, classes)

    def forward(self, x):
        return self.second(self.first(x.flatten(1)).relu())


@wrong("a network that cuts off at 6", passes="visible")
def relu_6(shape, hidden=100, classes=10):
    return nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), hidden), nn.ReLU6(), nn.Linear(hidden, classes))


@wrong("half of the neurons are dropped", passes="visible")
def dropout(shape, hidden=100, classes=10):
    layers = nn.Linear(math.prod(shape), hidden), nn.ReLU(), nn.Dropout(), nn.Linear(hidden, classes)
    return nn.Sequential(nn.Flatten(), *layers)


@wrong("a network of these sizes is made only once", passes="visible")
def made_once(shape, hidden=100, classes=10, made={}):  # noqa: B006
    sizes = math.prod(shape), hidden, classes
    if sizes not in made:
        layers = nn.Linear(sizes[0], hidden), nn.ReLU(), nn.Linear(hidden, classes)
        made[sizes] = nn.Sequential(nn.Flatten(), *layers)
    return made[sizes]
