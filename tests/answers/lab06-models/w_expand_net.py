"""W-expand: model A, grown in one of three ways."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "w-expand-net"
VALUES = ("way", "Expanded")


@right
def third_convolution():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.cnn3 = nn.Conv2d(32, 64, 3, padding=1)
            self.fc1 = nn.Linear(64 * 7 * 7, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2)
            x = F.relu(self.cnn3(x))
            return self.fc1(x.flatten(1))

    return "convolution", Expanded


@right
def three_convolutions_in_a_row():
    class Expanded(nn.Sequential):
        def __init__(self):
            super().__init__(
                nn.Conv2d(1, 16, 5, padding="same"),
                nn.ReLU(),
                nn.MaxPool2d(2),
                nn.Conv2d(16, 32, 3, padding="same"),
                nn.ReLU(),
                nn.Conv2d(32, 32, 3, padding="same"),
                nn.MaxPool2d(2),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(32 * 7 * 7, 10),
            )

    return "convolution", Expanded


@right
def pooling_with_stride_1():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.fc1 = nn.Linear(32 * 13 * 13, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2, stride=1)
            return self.fc1(torch.flatten(x, 1))

    return "pooling", Expanded


@right
def one_pooling_less():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.fc1 = nn.Linear(32 * 14 * 14, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.relu(self.cnn2(x))
            return self.fc1(torch.flatten(x, 1))

    return "pooling", Expanded


@right
def two_linear_layers():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.fc1 = nn.Linear(32 * 7 * 7, 100)
            self.fc2 = nn.Linear(100, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2)
            return self.fc2(F.relu(self.fc1(x.flatten(1))))

    return "linear", Expanded


@right
def three_linear_layers():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.fc1 = nn.Linear(32 * 7 * 7, 120)
            self.fc2 = nn.Linear(120, 84)
            self.fc3 = nn.Linear(84, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2)
            x = F.relu(self.fc1(x.flatten(1)))
            return self.fc3(F.relu(self.fc2(x)))

    return "linear", Expanded


@wrong("model A itself")
def not_expanded():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.fc1 = nn.Linear(32 * 7 * 7, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2)
            return self.fc1(x.flatten(1))

    return "convolution", Expanded


wrong_word = changed(
    third_convolution,
    'return "convolution", Expanded',
    'return "linear", Expanded',
    wrong="says linear, but adds a convolution",
)
unknown_word = changed(
    third_convolution,
    'return "convolution", Expanded',
    'return "more convolutions", Expanded',
    wrong="a word that is not in the table",
)


@wrong("pools more, not less")
def pools_more():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.fc1 = nn.Linear(32 * 3 * 3, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2)
            return self.fc1(F.max_pool2d(x, 2).flatten(1))

    return "pooling", Expanded


five_classes = changed(
    two_linear_layers, "self.fc2 = nn.Linear(100, 10)", "self.fc2 = nn.Linear(100, 5)", wrong="five classes"
)


@wrong("a network in place of a class")
def no_class():
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
    return "linear", net


@wrong("the third convolution is forgotten in forward", passes="visible")
def not_used():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.cnn3 = nn.Conv2d(32, 64, 3, padding=1)
            self.fc1 = nn.Linear(32 * 7 * 7, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2)
            return self.fc1(x.flatten(1))

    return "convolution", Expanded


no_relu_between = changed(
    two_linear_layers,
    "F.relu(self.fc1(x.flatten(1)))",
    "self.fc1(x.flatten(1))",
    wrong="no ReLU between the linear layers",
    passes="visible",
)


@wrong("no ReLU after the third convolution", passes="visible")
def no_relu_at_the_end():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.cnn3 = nn.Conv2d(32, 64, 3, padding=1)
            self.fc1 = nn.Linear(64 * 7 * 7, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2)
            return self.fc1(self.cnn3(x).flatten(1))

    return "convolution", Expanded


relu_last = changed(
    two_linear_layers,
    "self.fc2(F.relu(self.fc1(x.flatten(1))))",
    "F.relu(self.fc2(F.relu(self.fc1(x.flatten(1)))))",
    wrong="ReLU after the last layer",
    passes="visible",
)
with_softmax = changed(
    two_linear_layers,
    "(F.relu(self.fc1(x.flatten(1))))",
    "(F.relu(self.fc1(x.flatten(1)))).softmax(1)",
    wrong="softmax at the end",
    passes="visible",
)
with_log_softmax = changed(
    third_convolution,
    "self.fc1(x.flatten(1))",
    "F.log_softmax(self.fc1(x.flatten(1)), 1)",
    wrong="log_softmax at the end",
    passes="visible",
)
cut_gradient = changed(
    two_linear_layers, "flatten(1)", "detach().flatten(1)", wrong="forward cuts the gradient", passes="visible"
)
without_biases = changed(
    two_linear_layers,
    "self.fc2 = nn.Linear(100, 10)",
    "self.fc2 = nn.Linear(100, 10, bias=False)",
    wrong="no biases",
    passes="visible",
)


@right
def made_from_the_end():
    """The layers are made in another order than they are used in, with dropout."""

    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc2 = nn.Linear(100, 10)
            self.fc1 = nn.Linear(32 * 14 * 14, 100)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.drop = nn.Dropout(0.5)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
            x = F.relu(self.cnn2(x))
            return self.fc2(self.drop(F.relu(self.fc1(x.flatten(1)))))

    return "pooling", Expanded


@wrong("batch normalisation learns too")
def with_batch_norm():
    class Expanded(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
            self.norm = nn.BatchNorm2d(16)
            self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
            self.fc1 = nn.Linear(32 * 7 * 7, 100)
            self.fc2 = nn.Linear(100, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.norm(self.cnn1(x))), 2)
            x = F.max_pool2d(F.relu(self.cnn2(x)), 2)
            return self.fc2(F.relu(self.fc1(x.flatten(1))))

    return "linear", Expanded
