"""L6: LeNet for colour images."""

import torch
import torch.nn.functional as F
from torch import nn

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l6-lenet"
NAME = "LeNet"


@right
class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@right
class PooledFirst(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, kernel_size=5), nn.Conv2d(6, 16, kernel_size=5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(conv(x), 2).relu()
        x = x.reshape(x.size(0), -1)
        return self.fc3(self.fc2(self.fc1(x).relu()).relu())


OneChannel = changed(
    Functional, "self.conv1 = nn.Conv2d(3, 6, 5)", "self.conv1 = nn.Conv2d(1, 6, 5)", wrong="one channel, as for MNIST"
)
MnistSize = changed(
    Functional, "self.fc1 = nn.Linear(400, 120)", "self.fc1 = nn.Linear(256, 120)", wrong="the size of 28×28 images"
)


@wrong("same padding")
class Padded(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5, padding=2)
        self.fc1 = nn.Linear(16 * 8 * 8, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


LogSoftmaxAtTheEnd = changed(
    Functional,
    "return self.fc3(x)",
    "return F.log_softmax(self.fc3(x), dim=1)",
    wrong="log-softmax at the end",
    passes="visible",
)
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
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1(x)), 2)
        x = F.avg_pool2d(F.relu(self.conv2(x)), 2)
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


@right
class PoolsWithALayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        N, C, H, W = x.shape
        x = self.pool(F.relu(self.conv2(self.pool(F.relu(self.conv1(x.view(N, C, H, W)))))))
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.view(N, -1))))))


@wrong("Week 8's network under another name")
class MadeFromNet(Net):
    pass


@wrong("hands all on to Week 8's network")
class CallsNet(Net):
    def forward(self, x):
        return super().forward(x)


@wrong("a function that makes Week 8's network")
def makes_a_net():
    return Net()


@wrong("the last bias gets no gradient", passes="visible")
class BiasFrozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        x = F.relu(self.fc2(F.relu(self.fc1(x))))
        return F.linear(x, self.fc3.weight, self.fc3.bias.data)
