"""Train CIFAR-10 to 94 % in seconds on one data-centre GPU: to read after lab 10, whose answers it takes further.

    python docs/cifar10_in_seconds.py [--seeds 3] [--epochs 16] [--compile]

A plain training takes a hundred epochs and more; this one takes 16, each of them with few and large steps. Every
idea is a function or a class below, with the paper that it is from. All data stay on the device. Nothing here was
measured on a GPU: `make bench-gpu` does that.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from helpers.data import ImageSet, load
from helpers.device import startup, synchronize
from helpers.evaluation import evaluate
from helpers.numerics import choose_numerics


@dataclass(frozen=True)
class Recipe:
    """How to train."""

    epochs: int = 16  # passes over the images
    batch: int = 1024  # images in a step
    peak: float = 1.5  # the highest learning rate
    warm_up: float = 0.2  # the fraction of all steps in which the learning rate rises
    momentum: float = 0.85
    weight_decay: float = 1e-3
    bias_rate: float = 32.0  # how many times as fast biases learn
    smoothing: float = 0.2  # the probability that the target shares out among all classes
    shift: int = 2  # pixels that an image may move in each direction
    hole: int = 0  # side of the square that is cut out of each image, in pixels
    average: float = 0.5  # how much of the averaged weights stays every five steps


def whitening(images: Tensor, kernel: int = 2) -> Tensor:
    """Compute filters whose outputs are uncorrelated and equally strong (Page 2018, "How to train your ResNet").

    Neighbouring pixels are nearly equal, so a network spends its first steps on learning to look at differences. The
    eigenvectors of the patches' covariance do so from the start. Each comes with both signs, since the activation
    after it lets only one through.

    Args:
        images: normalised, N×C×H×W.
        kernel: side of a patch.

    Returns:
        D×C×kernel×kernel, with D = 2 · C · kernel².
    """
    patches = F.unfold(images, kernel).transpose(1, 2).flatten(0, 1)  # a row for each place in each image
    strengths, directions = torch.linalg.eigh(patches.T.cov())
    filters = (directions / (strengths + 1e-3).sqrt()).T.view(-1, images.shape[1], kernel, kernel)
    return torch.cat((filters, -filters))


class Block(nn.Module):
    """Halves the picture, and adds to it what one more layer finds (He et al. 2015, arXiv:1512.03385).

    B×inputs×H×W -> B×outputs×⌊H/2⌋×⌊W/2⌋. It pools before it normalises: a quarter of the work.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.widen = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.refine = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(outputs, momentum=0.4) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.norms[0](F.max_pool2d(self.widen(x), 2)))
        return x + F.gelu(self.norms[1](self.refine(x)))


class Network(nn.Module):
    """Whitening filters that do not learn, three blocks, and the strongest response to each map: B×3×32×32 -> B×10.

    Args:
        images: normalised, N×3×32×32: what the filters are computed from.
        widths: channels of the blocks.
    """

    def __init__(self, images: Tensor, widths: tuple[int, int, int] = (64, 256, 256)) -> None:
        super().__init__()
        filters = whitening(images)
        self.whiten = nn.Conv2d(images.shape[1], len(filters), filters.shape[2], bias=False)
        self.whiten.weight = nn.Parameter(filters, requires_grad=False)
        sizes = zip((len(filters), *widths), widths, strict=False)
        self.blocks = nn.Sequential(*(Block(inputs, outputs) for inputs, outputs in sizes))
        self.classifier = nn.Linear(widths[-1], 10, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.blocks(F.gelu(self.whiten(x)))
        return self.classifier(maps.amax((2, 3))) / 8  # smaller logits: the first steps are not too sure


def augment(images: Tensor, mirrored: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """Mirror, then shift each image by its own numbers, as lab 10 does; but pixels that come in are a reflection.

    Args:
        images: B×C×H×W.
        mirrored: bool, B.
        down, right: int64, B: pixels, fewer than H and W; negative moves up and left.

    Returns:
        B×C×H×W, in channels_last.
    """
    n, _, height, width = images.shape
    places = torch.arange(max(height, width), device=images.device)
    rows = reflect(places[:height] - down[:, None], height)
    columns = reflect(places[:width] - right[:, None], width)
    columns = torch.where(mirrored[:, None], width - 1 - columns, columns)
    each = torch.arange(n, device=images.device)[:, None, None]
    return images[each, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def reflect(places: Tensor, size: int) -> Tensor:
    """Bring places beyond an edge back inside, as if the outermost pixel were a mirror: -1 to 1, size to size - 2."""
    return size - 1 - (size - 1 - places.abs()).abs()


def cut_out(images: Tensor, side: int, down: Tensor, right: Tensor) -> Tensor:
    """Give a square of each image the mean colour: no one part shall decide (DeVries, Taylor 2017, arXiv:1708.04552).

    It helps long trainings, so `Recipe` leaves it out.

    Args:
        images: normalised, B×C×H×W.
        side: of the square.
        down, right: int64, B: its upper left corner.
    """
    rows, columns = (torch.arange(size, device=images.device) for size in images.shape[2:])
    in_rows = (rows >= down[:, None]) & (rows < down[:, None] + side)
    in_columns = (columns >= right[:, None]) & (columns < right[:, None] + side)
    return images.masked_fill((in_rows[:, :, None] & in_columns[:, None, :])[:, None], 0)


def batches(images: Tensor, labels: Tensor, recipe: Recipe) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the augmented batches of all epochs; what is left over at the end of an epoch is skipped.

    Each image is mirrored in every other epoch, a random half of them in the first. So two epochs show both sides of
    all, and never the same side twice (Jordan 2024, arXiv:2404.00498).
    """

    def random(least: int, most: int) -> Tensor:
        return torch.randint(least, most + 1, (2, recipe.batch), device=images.device)

    mirrored = torch.rand(len(images), device=images.device) < 0.5
    for _ in range(recipe.epochs):
        order = torch.randperm(len(images), device=images.device)
        for index in order.split(recipe.batch)[: len(images) // recipe.batch]:
            batch = augment(images[index], mirrored[index], *random(-recipe.shift, recipe.shift))
            if recipe.hole:
                batch = cut_out(batch, recipe.hole, *random(0, images.shape[3] - recipe.hole))
            yield batch, labels[index]
        mirrored = ~mirrored


def optimizer_for(model: nn.Module, recipe: Recipe) -> torch.optim.SGD:
    """Make Nesterov's SGD in which biases learn faster, and do not decay (Page 2018).

    A bias says where an activation bends. In so few steps it would hardly move.
    """
    learned = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    weights = [parameter for name, parameter in learned if not name.endswith("bias")]
    biases = [parameter for name, parameter in learned if name.endswith("bias")]
    groups = [
        {"params": weights, "weight_decay": recipe.weight_decay},
        {"params": biases, "lr": recipe.peak * recipe.bias_rate},
    ]
    return torch.optim.SGD(groups, recipe.peak, recipe.momentum, nesterov=True, fused=True)


def one_cycle(done: float, warm_up: float) -> float:
    """Return the fraction of the peak that the learning rate has (Smith, Topin 2018, arXiv:1708.07120).

    Args:
        done: the fraction of the training that is over.
        warm_up: the fraction in which it rises.
    """
    return min(done / warm_up, (1 - done) / (1 - warm_up))


def train(model: nn.Module, images: Tensor, labels: Tensor, recipe: Recipe) -> nn.Module:
    """Train a model in place on smoothed targets (Szegedy et al. 2015, arXiv:1512.00567), and return its average.

    Every five steps, the weights go on from their average: it stands in the middle of where they jump about
    (Zhang et al. 2019, "Lookahead", arXiv:1907.08610).

    Args:
        model: B×C×H×W -> B×K logits; on the images' device.
        images: normalised, N×C×H×W.
        labels: int64, N.
        recipe: how to train.
    """
    steps = recipe.epochs * (len(images) // recipe.batch)
    numerics = choose_numerics(model, images.device, recipe.batch)
    model.train().to(memory_format=numerics.memory_format)
    optimizer = optimizer_for(model, recipe)
    schedule = LambdaLR(optimizer, lambda step: one_cycle((step + 0.5) / steps, recipe.warm_up))
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.average), use_buffers=True)
    for step, (batch, targets) in enumerate(batches(images, labels, recipe), start=1):
        with torch.autocast(images.device.type, torch.bfloat16, enabled=numerics.bfloat16):
            logits = model(batch)
        loss = F.cross_entropy(logits.float(), targets, label_smoothing=recipe.smoothing)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 5 == 0:
            average.update_parameters(model)
            model.load_state_dict(average.module.state_dict())
    return average.module


class BothSides(nn.Module):
    """Gives the mean logits of an image and its mirror image: B×C×H×W -> B×K."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return (self.model(x) + self.model(x.flip(3))) / 2


def race(
    make: Callable[[Tensor], nn.Module], train_set: ImageSet, test_set: ImageSet, recipe: Recipe, seed: int
) -> tuple[float, float]:
    """Make a model from normalised images, train it, and return its accuracy and the seconds until it was trained."""
    torch.manual_seed(seed)
    synchronize(train_set.device)
    start = time.perf_counter()
    images = train_set.normalised()
    trained = train(make(images).to(images.device), images, train_set.labels, recipe)
    synchronize(train_set.device)
    seconds = time.perf_counter() - start
    return evaluate(BothSides(trained), test_set).accuracy, seconds


def main() -> None:
    """Train with some seeds, and print what each reached."""
    parser = argparse.ArgumentParser(description="Train CIFAR-10 to 94 % in seconds on a GPU.")
    parser.add_argument("--seeds", type=int, default=3, help="how many trainings")
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--compile", action="store_true", help="torch.compile: some minutes first, then faster")
    options = parser.parse_args()
    device, recipe = startup(seed=0), Recipe(epochs=options.epochs)
    train_set, test_set = load("cifar10", device=device), load("cifar10", train=False, device=device)

    def make(images: Tensor) -> nn.Module:
        network = Network(images[:5000])
        if options.compile:
            network.compile()
        return network

    torch.backends.cudnn.benchmark = True
    # The first steps on a GPU load its kernels and choose among them. They are not timed.
    race(make, train_set[: 6 * recipe.batch], test_set, replace(recipe, epochs=1), seed=0)
    for seed in range(1, options.seeds + 1):
        accuracy, seconds = race(make, train_set, test_set, recipe, seed)
        print(f"seed {seed}: {100 * accuracy:.2f} % of {len(test_set):,} test images in {seconds:.2f} s", flush=True)


if __name__ == "__main__":
    main()
