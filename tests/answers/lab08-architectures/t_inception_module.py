"""T-inception: the module as a class."""

import torch
import torch.nn.functional as F
from torch import nn

from helpers.grading.answers import right, wrong

EXERCISE = "t-inception-module"
NAME = "Inception"


@right
class WithLayersForPoolingAndReLU(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, kernel_size=1)
        self.reduce3 = nn.Conv2d(inputs, reduce3, kernel_size=1)
        self.conv3 = nn.Conv2d(reduce3, three, kernel_size=3, padding="same")
        self.reduce5 = nn.Conv2d(inputs, reduce5, kernel_size=1)
        self.conv5 = nn.Conv2d(reduce5, five, kernel_size=5, padding="same")
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.project = nn.Conv2d(inputs, project, kernel_size=1)
        self.relu = nn.ReLU()

    def forward(self, x):
        a = self.relu(self.conv1(x))
        b = self.relu(self.conv3(self.relu(self.reduce3(x))))
        c = self.relu(self.conv5(self.relu(self.reduce5(x))))
        d = self.relu(self.project(self.pool(x)))
        return torch.cat((a, b, c, d), 1)


@right
class OneReLUAtTheEnd(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.project = nn.Conv2d(inputs, project, 1)
        self.conv5, self.conv3 = nn.Conv2d(reduce5, five, 5, 1, 2), nn.Conv2d(reduce3, three, 3, 1, 1)
        self.reduce5, self.reduce3 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(inputs, reduce3, 1)
        self.conv1 = nn.Conv2d(inputs, one, 1)

    def forward(self, x):
        branches = [self.conv1(x), self.conv3(self.reduce3(x).clamp(min=0)), self.conv5(self.reduce5(x).clamp(min=0))]
        branches.append(self.project(F.max_pool2d(x, 3, 1, 1)))
        return torch.relu(torch.cat(branches, -3))


@wrong("joined along the height")
class JoinedAlongTheHeight(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.relu(self.project(F.max_pool2d(x, 3, 1, 1)))
        most = max(maps.shape[1] for maps in (one, three, five, last))
        padded = [F.pad(maps, (0, 0, 0, 0, 0, most - maps.shape[1])) for maps in (one, three, five, last)]
        return torch.cat(padded, 2)


@wrong("no padding in the 5×5 branch")
class NoPadding(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.relu(self.project(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat([one, three, five, last], 1)


@wrong("the pooling takes its size as stride")
class PoolingWithStride(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.relu(self.project(F.max_pool2d(x, 3, padding=1)))
        return torch.cat([one, three, five, last], 1)


@wrong("the fourth branch is missing")
class NoPooledBranch(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        return torch.cat([one, three, five], 1)


@wrong("no reductions")
class Naive(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.conv3 = nn.Conv2d(inputs, three, 3, padding=1)
        self.conv5 = nn.Conv2d(inputs, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(x))
        five = F.relu(self.conv5(x))
        last = F.relu(self.project(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat([one, three, five, last], 1)


@wrong("the pooled maps are not projected")
class InputHandedOn(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.max_pool2d(x, 3, 1, 1)
        return torch.cat([one, three, five, last], 1)


@wrong("no ReLU after the reductions", passes="visible")
class LinearReductions(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(self.reduce3(x)))
        five = F.relu(self.conv5(self.reduce5(x)))
        last = F.relu(self.project(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat([one, three, five, last], 1)


@wrong("no ReLU after the projection", passes="visible")
class LinearProjection(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = self.project(F.max_pool2d(x, 3, 1, 1))
        return torch.cat([one, three, five, last], 1)


@wrong("average pooling", passes="visible")
class AveragePooling(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.relu(self.project(F.avg_pool2d(x, 3, 1, 1)))
        return torch.cat([one, three, five, last], 1)


@wrong("the fourth branch does not pool", passes="visible")
class NoPooling(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.relu(self.project(x))
        return torch.cat([one, three, five, last], 1)


@wrong("pools after the projection", passes="visible")
class ProjectsBeforePooling(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.max_pool2d(F.relu(self.project(x)), 3, 1, 1)
        return torch.cat([one, three, five, last], 1)


@wrong("the branches in another order", passes="visible")
class OtherOrder(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.relu(self.project(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat([one, five, three, last], 1)


@wrong("a 3×3 kernel in the 5×5 branch, as in torchvision", passes="visible")
class SmallKernel(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 3, padding=1)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.relu(self.project(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat([one, three, five, last], 1)


@wrong("a branch without gradients", passes="visible")
class CutGradient(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1)
        self.reduce3, self.conv3 = nn.Conv2d(inputs, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(inputs, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.project = nn.Conv2d(inputs, project, 1)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x.detach()))))
        last = F.relu(self.project(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat([one, three, five, last], 1)


@wrong("no biases, as before a batch norm", passes="visible")
class WithoutBiases(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, project):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, one, 1, bias=False)
        self.reduce3 = nn.Conv2d(inputs, reduce3, 1, bias=False)
        self.conv3 = nn.Conv2d(reduce3, three, 3, padding=1, bias=False)
        self.reduce5 = nn.Conv2d(inputs, reduce5, 1, bias=False)
        self.conv5 = nn.Conv2d(reduce5, five, 5, padding=2, bias=False)
        self.project = nn.Conv2d(inputs, project, 1, bias=False)

    def forward(self, x):
        one = F.relu(self.conv1(x))
        three = F.relu(self.conv3(F.relu(self.reduce3(x))))
        five = F.relu(self.conv5(F.relu(self.reduce5(x))))
        last = F.relu(self.project(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat([one, three, five, last], 1)
