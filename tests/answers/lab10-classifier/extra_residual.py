"""Extra-residual: two convolutions and a shortcut."""

import torch.nn.functional as F
from torch import nn

from helpers.grading.answers import right, wrong

EXERCISE = "extra-residual"
NAME = "Residual"


@right
class WithLayersAsAttributes(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding="same", bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding="same", bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        way = self.conv1(x)
        way = self.norm1(way).relu()
        return (self.norm2(self.conv2(way)) + x).relu()


@right
class AsASequence(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        parts = []
        for _ in range(2):
            parts += [nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
        self.inside = nn.Sequential(*parts[:-1])

    def forward(self, x):
        return F.relu(x + self.inside(x))


@wrong("no shortcut", passes="visible")
class Plain(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


@wrong("the last ReLU before the sum", passes="visible")
class EarlyReLU(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return x + F.relu(self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


@wrong("no ReLU in the middle", passes="visible")
class NoMiddleReLU(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(x + self.norm2(self.conv2(self.norm1(self.conv1(x)))))


@wrong("convolutions with bias")
class WithBias(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(x + self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


@wrong("no padding: the maps shrink, and cannot be added")
class NoPadding(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(x + self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


@wrong("the same convolution twice")
class Shared(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(x + self.norm2(self.conv1(F.relu(self.norm1(self.conv1(x))))))


@wrong("no batch normalisation")
class NoNorm(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)

    def forward(self, x):
        return F.relu(x + self.conv2(F.relu(self.conv1(x))))


@wrong("the shortcut is cut off from the gradient", passes="visible")
class Detached(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(x.detach() + self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


@right
class NamesAndASequence(nn.Module):
    """Each layer has a name, and stands in a sequence too: its numbers count once."""

    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.inside = nn.Sequential(self.conv1, self.norm1, nn.ReLU(), self.conv2, self.norm2)

    def forward(self, x):
        return (self.inside(x) + x).clamp(min=0)


@wrong("adds into its input", passes="visible")
class AddsIntoTheInput(nn.Module):
    def __init__(self, channels):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        inside = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x.clone())))))
        x += inside
        return F.relu(x)
