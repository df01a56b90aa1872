"""L6: a perceptron with as many numbers to learn as LeNet."""

from torch import nn

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l6-mlp"
NAME = "mlp"


@right
def solved(budget, inputs=3072, k=10):
    width = (budget - k) // (inputs + k + 1)
    if width < 1:
        raise ValueError("the budget is too small")
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, k))


@right
def by_counting_up(budget, inputs=3072, k=10):
    width = 0
    while inputs * (width + 1) + (width + 1) + (width + 1) * k + k <= budget:
        width += 1
    if width == 0:
        raise ValueError(f"{budget} is too small")

    class Perceptron(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden, self.last = nn.Linear(inputs, width), nn.Linear(width, k)

        def forward(self, x):
            return self.last(self.hidden(x.flatten(1)).relu())

    return Perceptron()


no_flatten = changed(solved, "nn.Flatten(), nn.", "nn.", wrong="forgets to flatten")
rounds_up = changed(
    solved,
    "width = (budget - k) // (inputs + k + 1)",
    "width = -(-(budget - k) // (inputs + k + 1))",
    wrong="one hidden unit too many",
)


@wrong("the budget taken for the width")
def width_is_budget(budget, inputs=3072, k=10):
    if budget < 1:
        raise ValueError("the budget is too small")
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, budget), nn.ReLU(), nn.Linear(budget, k))


first_layer_only = changed(
    solved,
    "width = (budget - k) // (inputs + k + 1)",
    "width = budget // inputs",
    wrong="counts the first layer's weights only",
)


@wrong("layers without bias")
def no_bias(budget, inputs=3072, k=10):
    width = budget // (inputs + k)
    if width < 1:
        raise ValueError("the budget is too small")
    first, last = nn.Linear(inputs, width, bias=False), nn.Linear(width, k, bias=False)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), last)


@wrong("two hidden layers")
def deeper(budget, inputs=3072, k=10):
    width = (budget - k) // (inputs + k + 1)
    if width < 1:
        raise ValueError("the budget is too small")
    hidden = nn.Linear(width, width)
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), hidden, nn.ReLU(), nn.Linear(width, k))


linear = changed(solved, "nn.ReLU(), nn.", "nn.", wrong="no ReLU", passes="visible")


@wrong("forgets the biases", passes="visible")
def biases_forgotten(budget, inputs=3072, k=10):
    width = budget // (inputs + k)
    if width < 1:
        raise ValueError("the budget is too small")
    width = min(width, 2) if inputs == 4 else width
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, k))


last_bias_forgotten = changed(
    solved,
    "width = (budget - k) // (inputs + k + 1)",
    "width = budget // (inputs + k + 1)",
    wrong="forgets the biases of the last layer",
    passes="visible",
)


@wrong("a network without a hidden unit where the budget is too small", passes="visible")
def one_at_least(budget, inputs=3072, k=10):
    width = max(1, (budget - k) // (inputs + k + 1))
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, k))


with_softmax = changed(
    solved, "(width, k)", "(width, k), nn.Softmax(dim=1)", wrong="softmax at the end", passes="visible"
)


@right
def last_layer_made_first(budget, inputs=3072, k=10):
    width = int((budget - k) / (inputs + k + 1))
    if width < 1:
        raise ValueError(budget)

    class Perceptron(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(width, k)
            self.hidden = nn.Linear(inputs, width)

        def forward(self, images):
            return self.out(torch.relu(self.hidden(images.reshape(len(images), -1))))

    return Perceptron()


other_defaults = changed(
    solved,
    "def solved(budget, inputs=3072, k=10):",
    "def solved(budget, inputs=784, k=10):",
    wrong="made for MNIST, if nothing is said",
)
