"""L7-se: squeeze-and-excite. The first two right answers name their layers as the files handed in do."""

import torch
import torch.nn.functional as F
from torch import nn

from helpers.grading.answers import right, wrong

EXERCISE = "l7-se"
NAME = "SqueezeExcite"


@right
class Layers(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.pool, self.activation, self.gate = nn.AdaptiveAvgPool2d(1), nn.SiLU(), nn.Sigmoid()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        factors = self.activation(self.squeeze(self.pool(x)))
        return self.gate(self.excite(factors)) * x


@right
class ByHand(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, kernel_size=1)
        self.excite = nn.Conv2d(squeezed, channels, kernel_size=1)

    def forward(self, x):
        height, width = x.shape[2:]
        y = self.squeeze(x.sum((2, 3), keepdim=True) / (height * width))
        return x / (1 + torch.exp(-self.excite(y * torch.sigmoid(y))))


@right
class Sequential(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, squeezed, 1),
            nn.SiLU(),
            nn.Conv2d(squeezed, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.gate(x) * x


@wrong("no sigmoid")
class NoSigmoid(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * self.excite(F.silu(self.squeeze(x.mean((2, 3), keepdim=True))))


@wrong("no biases")
class NoBias(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1, bias=False)
        self.excite = nn.Conv2d(squeezed, channels, 1, bias=False)

    def forward(self, x):
        return x * self.excite(F.silu(self.squeeze(x.mean((2, 3), keepdim=True)))).sigmoid()


@wrong("gives the factors alone")
class FactorsOnly(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return self.excite(F.silu(self.squeeze(x.mean((2, 3), keepdim=True)))).sigmoid()


@wrong("adds the factors")
class Adds(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x + self.excite(F.silu(self.squeeze(x.mean((2, 3), keepdim=True)))).sigmoid()


@wrong("ReLU in place of SiLU", passes="visible")
class WithReLU(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * self.excite(F.relu(self.squeeze(x.mean((2, 3), keepdim=True)))).sigmoid()


@wrong("the sum in place of the mean", passes="visible")
class Sums(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * self.excite(F.silu(self.squeeze(x.sum((2, 3), keepdim=True)))).sigmoid()


@wrong("the largest in place of the mean", passes="visible")
class Largest(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * self.excite(F.silu(self.squeeze(x.amax((2, 3), keepdim=True)))).sigmoid()


@wrong("no squeeze: a factor for each pixel", passes="visible")
class EachPixel(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * self.excite(F.silu(self.squeeze(x))).sigmoid()


@wrong("the mean over the batch too", passes="visible")
class WholeBatch(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * self.excite(F.silu(self.squeeze(x.mean((0, 2, 3), keepdim=True)))).sigmoid()


@wrong("no activation between the convolutions", passes="visible")
class Linear(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * self.excite(self.squeeze(x.mean((2, 3), keepdim=True))).sigmoid()


@wrong("no layer at all, hidden by zeros", passes="visible")
class Zeros(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x):
        return x * self.excite.bias.sigmoid().view(1, -1, 1, 1)


@wrong("writes into its input", passes="visible")
class InPlace(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x.mul_(self.excite(F.silu(self.squeeze(x.mean((2, 3), keepdim=True)))).sigmoid().detach())


@right
class NamesAndAList(nn.Module):
    """Each layer has a name, and stands in a list too: its numbers count once."""

    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)
        self.steps = nn.ModuleList([self.squeeze, nn.SiLU(), self.excite, nn.Sigmoid()])

    def forward(self, x):
        factors = F.adaptive_avg_pool2d(x, 1)
        for step in self.steps:
            factors = step(factors)
        return x * factors


@wrong("the factors are cut off from the gradient", passes="visible")
class DetachedFactors(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        means = x.detach().mean((2, 3), keepdim=True)
        return x * self.excite(F.silu(self.squeeze(means))).sigmoid()


@wrong("a hard sigmoid", passes="visible")
class HardSigmoid(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.excite(F.silu(self.squeeze(x.mean((2, 3), keepdim=True)))))
