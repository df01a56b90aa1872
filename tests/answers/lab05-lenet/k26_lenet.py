"""K26 and T-lenet: the class LeNet."""

import torch
import torch.nn.functional as F
from torch import nn

from helpers.grading.answers import changed, right, wrong

EXERCISE = "k26-lenet"
NAME = "LeNet"


@right
class Plain(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.fc1 = nn.Linear(lenet_sizes(side, side)[-1][0], 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), (2, 2))
        x = x.reshape(x.size(0), -1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


@right
class PoolsBeforeReLU(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        n = ((side - 4) // 2 - 4) // 2
        self.pool, self.relu, self.flatten = nn.MaxPool2d(2, 2), nn.ReLU(), nn.Flatten()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * n * n, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        for layer in (self.conv1, self.conv2):
            x = self.relu(self.pool(layer(x)))
        x = self.flatten(x)
        for layer in (self.fc1, self.fc2):
            x = self.relu(layer(x))
        return self.fc3(x)


@right
class TwoSizes(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(256 if side == 28 else 400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


AlwaysSmall = changed(TwoSizes, "256 if side == 28 else 400", "256", wrong="256 inputs for every image")


@wrong("flattens the batch too")
class FlattensTheBatch(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@wrong("no pooling after conv2")
class NoPooling(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.relu(self.conv2(x))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@wrong("forgets to return the logits")
class NoReturn(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        self.fc3(x)


@wrong("no super().__init__()")
class NoSuper(nn.Module):
    def __init__(self, side=28):
        self.conv1 = nn.Conv2d(1, 6, 5)

    def forward(self, x):
        return self.conv1(x)


@wrong("kernels of 3 × 3 with padding")
class OtherKernels(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 3, padding=1), nn.Conv2d(6, 16, 3, padding=1)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * (side // 4) ** 2, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


@wrong("no ReLU between the fully connected layers", passes="visible")
class NoReLU(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = self.fc1(x)
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@wrong("no ReLU after the first convolution", passes="visible")
class NoReLUInFront(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@wrong("ReLU on the logits", passes="visible")
class ReLUAtTheEnd(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return F.relu(self.fc3(x))


@wrong("softmax at the end")
class SoftmaxAtTheEnd(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return F.softmax(self.fc3(x), dim=1)


@wrong("average pooling", passes="visible")
class AveragePooling(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1(x)), 2)
        x = F.avg_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@wrong("cuts the gradient", passes="visible")
class Detached(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * (((side - 4) // 2 - 4) // 2) ** 2
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(inputs, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x.detach(), 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


AlwaysLarge = changed(TwoSizes, "256 if side == 28 else 400", "16 * 5 * 5", wrong="400 inputs for images of 28×28")


@wrong("cuts the batch into rows of 256 numbers")
class RowsOf256(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(256, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, 256)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


LogSoftmaxAtTheEnd = changed(
    TwoSizes, "return self.fc3(x)", "return F.log_softmax(self.fc3(x), dim=1)", wrong="log_softmax at the end"
)
OnCUDA = changed(TwoSizes, "x = torch.flatten(x, 1)", "x = torch.flatten(x, 1).cuda()", wrong="asks for a GPU")
OnMPS = changed(TwoSizes, "x = torch.flatten(x, 1)", 'x = torch.flatten(x, 1).to("mps")', wrong="asks for Apple's GPU")


@wrong("no layer at all: numbers of the right shapes, all zero, agree with any structure")
class OnlyNumbers(nn.Module):
    def __init__(self, side=28):
        super().__init__()
        inputs = 16 * ((((side - 4) // 2) - 4) // 2) ** 2
        sizes = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5), "fc1": (120, inputs), "fc2": (84, 120), "fc3": (10, 84)}
        for name, size in sizes.items():
            layer = nn.Module()
            layer.weight, layer.bias = nn.Parameter(torch.zeros(size)), nn.Parameter(torch.zeros(size[0]))
            self.add_module(name, layer)

    def forward(self, x):
        return (0 * x).flatten(1).sum(1, keepdim=True) + self.fc3.bias
