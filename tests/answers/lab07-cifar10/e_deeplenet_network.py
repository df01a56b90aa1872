"""E-deeplenet: the network."""

import torch
import torch.nn.functional as F
from torch import nn

from helpers.grading.answers import changed, right, wrong

EXERCISE = "e-deeplenet-network"
NAME = "DeepLeNet"


@right
class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 5)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.conv3 = nn.Conv2d(64, 128, 3)
        self.fc1 = nn.Linear(512, 200)
        self.fc2 = nn.Linear(200, 200)
        self.fc3 = nn.Linear(200, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.max_pool2d(F.relu(self.conv3(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@right
class WithLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool, self.relu, self.flatten = nn.MaxPool2d(2, 2), nn.ReLU(), nn.Flatten()
        self.conv1, self.conv2, self.conv3 = (
            nn.Conv2d(3, 32, 5, 1, 0),
            nn.Conv2d(32, 64, 3, 1, 0),
            nn.Conv2d(64, 128, 3),
        )
        self.fc1, self.fc2, self.fc3 = nn.Linear(2 * 2 * 128, 200), nn.Linear(200, 200), nn.Linear(200, 10)

    def forward(self, x):
        for conv in (self.conv1, self.conv2, self.conv3):
            x = self.relu(self.pool(conv(x)))
        x = self.flatten(x)
        for layer in (self.fc1, self.fc2):
            x = self.relu(layer(x))
        return self.fc3(x)


DocumentsEnding = changed(
    Functional,
    "return self.fc3(x)",
    "return F.log_softmax(self.fc3(x), dim=1)",
    wrong="log-softmax at the end, as in the document",
    passes="visible",
)


@wrong("5×5 kernels everywhere")
class Kernels(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 5)
        self.conv2 = nn.Conv2d(32, 64, 5, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 5, padding=1)
        self.fc1 = nn.Linear(512, 200)
        self.fc2 = nn.Linear(200, 200)
        self.fc3 = nn.Linear(200, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.max_pool2d(F.relu(self.conv3(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@wrong("the last pooling forgotten")
class LastPoolForgotten(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 5)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.conv3 = nn.Conv2d(64, 128, 3)
        self.fc1 = nn.Linear(128 * 4 * 4, 200)
        self.fc2 = nn.Linear(200, 200)
        self.fc3 = nn.Linear(200, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.conv3(x))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@wrong("convolutions without bias")
class NoBias(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 5, bias=False)
        self.conv2 = nn.Conv2d(32, 64, 3, bias=False)
        self.conv3 = nn.Conv2d(64, 128, 3, bias=False)
        self.fc1 = nn.Linear(512, 200)
        self.fc2 = nn.Linear(200, 200)
        self.fc3 = nn.Linear(200, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.max_pool2d(F.relu(self.conv3(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


NoSuper = changed(Functional, "super().__init__()", "", wrong="no super().__init__()")
NoReturn = changed(Functional, "return self.fc3(x)", "self.fc3(x)", wrong="returns nothing")
FlattensTheBatch = changed(
    Functional, "x = torch.flatten(x, 1)", "x = torch.flatten(x)", wrong="flattens the batch too"
)
SoftmaxAtTheEnd = changed(
    Functional,
    "return self.fc3(x)",
    "return F.softmax(self.fc3(x), dim=1)",
    wrong="softmax at the end",
    passes="visible",
)
NoReLUBetween = changed(
    Functional,
    "x = F.relu(self.fc1(x))",
    "x = self.fc1(x)",
    wrong="no ReLU between the fully connected layers",
    passes="visible",
)
NoReLUInFront = changed(
    Functional,
    "x = F.max_pool2d(F.relu(self.conv1(x)), 2)",
    "x = F.max_pool2d(self.conv1(x), 2)",
    wrong="no ReLU after the first convolution",
    passes="visible",
)
ReLUAtTheEnd = changed(
    Functional, "return self.fc3(x)", "return F.relu(self.fc3(x))", wrong="ReLU on the logits", passes="visible"
)


@wrong("average pooling", passes="visible")
class AveragePooling(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 5)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.conv3 = nn.Conv2d(64, 128, 3)
        self.fc1 = nn.Linear(512, 200)
        self.fc2 = nn.Linear(200, 200)
        self.fc3 = nn.Linear(200, 10)

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1(x)), 2)
        x = F.avg_pool2d(F.relu(self.conv2(x)), 2)
        x = F.avg_pool2d(F.relu(self.conv3(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


Detached = changed(
    Functional,
    "x = torch.flatten(x, 1)",
    "x = torch.flatten(x.detach(), 1)",
    wrong="cuts the gradient",
    passes="visible",
)


@wrong("ends in log_softmax, in evaluation mode", passes="visible")
class WithLogSoftmax(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 32, 5), nn.Conv2d(32, 64, 3)
        self.conv3 = nn.Conv2d(64, 128, 3)
        self.fc1, self.fc2, self.fc3 = nn.Linear(512, 200), nn.Linear(200, 200), nn.Linear(200, 10)

    def forward(self, x):
        for conv in (self.conv1, self.conv2, self.conv3):
            x = F.max_pool2d(F.relu(conv(x)), 2)
        x = self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))
        return x if self.training else F.log_softmax(x, dim=1)


@wrong("the first layer is frozen")
class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 32, 5), nn.Conv2d(32, 64, 3)
        self.conv3 = nn.Conv2d(64, 128, 3)
        self.fc1, self.fc2, self.fc3 = nn.Linear(512, 200), nn.Linear(200, 200), nn.Linear(200, 10)
        self.conv1.requires_grad_(False)

    def forward(self, x):
        for conv in (self.conv1, self.conv2, self.conv3):
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))
