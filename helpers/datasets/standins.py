"""Embedded stand-ins for MNIST and CIFAR-10, for machines that have neither the files nor an internet connection.

How hard they are (2026-11-21, torch 2.15 on a CPU, five seeds, lowest to highest test accuracy, trained with
`helpers.train.fit`; LeNet has two 5×5 convolutions of 6 and 16 channels, the small network three 3×3 ones with batch
normalisation):

| stand-in | linear model | LeNet | small network |
| --- | --- | --- | --- |
| digits | 95.6–96.1 % (10 epochs) | 88.3–96.4 % (10 epochs) | |
| shapes | 36.0–37.2 % (5 epochs) | 64.1–97.3 % (6 epochs) | 98.5–99.3 % (3 epochs) |

LeNet without batch normalisation first stays on a plateau, for a time that depends on chance; on real CIFAR-10 too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from helpers.datasets.imageset import ImageSet

__all__ = ["stand_in"]

Floats = npt.NDArray[np.floating[Any]]
Distance = Callable[[Floats, Floats], Floats]


def stand_in(name: str, train: bool) -> ImageSet:
    """Return the training or the test images of the stand-in for a data set.

    `"mnist"`: scikit-learn's 1,797 handwritten digits (8×8), brought to 28×28: 1,437 for training, 360 for test.
    `"cifar10"`: ten drawn shapes, 32×32 RGB: 5,000 for training, 1,000 for test.
    """
    whole, held_out = _whole(name)
    return whole[~held_out if train else held_out]  # a mask copies: a change in place does not reach the next load


@cache
def _whole(name: str) -> tuple[ImageSet, Tensor]:
    """Return all images of a stand-in, and a mask of its test images."""
    images, labels, held_out = _digits() if name == "mnist" else _shapes()
    classes = tuple("0123456789") if name == "mnist" else tuple(_DISTANCES)
    pixels = images[~held_out].double() / 255
    mean, std = (tuple(figures.tolist()) for figures in (pixels.mean((0, 2, 3)), pixels.std((0, 2, 3))))
    return ImageSet(name, images, labels, classes, mean, std, "stand-in"), held_out


def _digits() -> tuple[Tensor, Tensor, Tensor]:
    """Return images, labels, and a mask of the 360 test images, in which each class has its share."""
    from sklearn.datasets import load_digits  # here, because the import takes a second
    from sklearn.model_selection import train_test_split

    small, targets = load_digits(return_X_y=True)
    _, test = train_test_split(np.arange(len(targets)), test_size=360, stratify=targets, random_state=0)
    held_out = torch.zeros(len(targets), dtype=torch.bool)
    held_out[torch.from_numpy(test)] = True
    pixels = torch.from_numpy(small).float().view(-1, 1, 8, 8) * (255 / 16)
    large = F.interpolate(pixels, size=(20, 20), mode="bicubic", align_corners=False)  # MNIST's digits fill 20×20
    images = F.pad(large, (4, 4, 4, 4)).round().clamp(0, 255).byte()
    # In a random order: the originals are sorted by writer, and `load(size=…)` takes images from the front.
    order = torch.from_numpy(np.random.default_rng(0).permutation(len(targets)))
    return images[order], torch.from_numpy(targets).long()[order], held_out[order]


def _shapes() -> tuple[Tensor, Tensor, Tensor]:
    """Return images, labels, and a mask of the test images: 600 images of each class, the last 100 for test."""
    rng = np.random.default_rng(0)
    images = torch.from_numpy(np.concatenate([_draw(distance, 600, rng) for distance in _DISTANCES.values()]))
    labels = torch.arange(len(_DISTANCES)).repeat_interleave(600)
    held_out = torch.arange(len(labels)) % 600 >= 500
    order = torch.from_numpy(rng.permutation(len(labels)))
    return images[order], labels[order], held_out[order]


def _draw(distance: Distance, n: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Draw a shape n times at random places, sizes, angles and colours, on a busy ground: uint8, n×3×32×32."""
    image = _ground(n, rng)
    for _ in range(2):  # clutter: small strokes
        stroke = _mask(_bar, rng.uniform(2, 4, n), n, rng)
        image = _paint(image, stroke, rng.uniform(0.2, 0.8, (n, 3)))
    image = _paint(image, _mask(distance, rng.uniform(7, 12, n), n, rng), rng.uniform(0.45, 1, (n, 3)))
    image += rng.normal(0, 0.05, image.shape).astype(np.float32)
    return (image.clip(0, 1) * 255).round().astype(np.uint8)


def _ground(n: int, rng: np.random.Generator) -> Floats:
    """Draw soft blotches around a dark colour: n×3×32×32, 0 to 1."""
    coarse = rng.uniform(0, 0.45, (n, 3, 1, 1)) + rng.normal(0, 0.12, (n, 3, 5, 5))
    smooth = F.interpolate(torch.from_numpy(coarse).float(), size=(32, 32), mode="bicubic", align_corners=True)
    ground: Floats = smooth.clamp(0, 1).numpy()
    return ground


def _mask(distance: Distance, radius: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Return how much of each pixel a shape covers: n×1×32×32, 0 to 1."""
    row, column = np.mgrid[:32, :32].astype(np.float32)[:, None]
    r = radius.astype(np.float32)[:, None, None]
    turn = rng.uniform(-0.7, 0.7, (n, 1, 1)).astype(np.float32)
    y, x = (rng.uniform(11, 20, (2, n, 1, 1))).astype(np.float32)
    u = ((column - x) * np.cos(turn) + (row - y) * np.sin(turn)) / r
    v = ((row - y) * np.cos(turn) - (column - x) * np.sin(turn)) / r
    return (0.5 - distance(u, v) * r).clip(0, 1)[:, None]


def _paint(image: Floats, mask: Floats, colour: Floats) -> Floats:
    return image * (1 - mask) + colour.astype(np.float32)[:, :, None, None] * mask


# Signed distances from a shape's border, in units of its radius (negative inside), at rotated coordinates u, v.


def _disc(u: Floats, v: Floats, radius: float | Floats = 1) -> Floats:
    return np.hypot(u, v) - radius


def _bar(u: Floats, v: Floats, length: float = 1.1) -> Floats:
    return np.maximum(np.abs(u) - length, np.abs(v) - 0.3)


def _cell(u: Floats) -> Floats:
    """Return the coordinate within a cell of a pattern that repeats 1.5 times in a radius: -0.5 to 0.5."""
    return (u * 1.5) % 1 - 0.5


def _polygon(sides: int, radius: float) -> Distance:
    """Return the distance from a regular polygon with corners at `radius`: the largest distance from a side's line."""
    angles = 2 * np.pi * np.arange(sides) / sides
    inner = radius * np.cos(np.pi / sides)
    return lambda u, v: np.maximum.reduce([u * np.cos(angle) + v * np.sin(angle) - inner for angle in angles])


def _star(u: Floats, v: Floats) -> Floats:
    """Five points: the border's radius falls from the point to the notch, in each tenth of a turn."""
    tenth = np.abs((np.arctan2(v, u) * 5 / (2 * np.pi)) % 1 - 0.5) * 2  # 1 at a point, 0 at a notch
    return _disc(u, v, 0.42 + 0.73 * tenth**1.5) * 0.8


_DISTANCES: dict[str, Distance] = {
    "disc": lambda u, v: _disc(u, v, 0.9),
    "ring": lambda u, v: np.abs(_disc(u, v, 0.72)) - 0.24,
    "crescent": lambda u, v: np.maximum(_disc(u, v), -_disc(u - 0.55, v, 0.85)),
    "triangle": _polygon(3, 1.2),
    "square": _polygon(4, 1.1),
    "star": _star,
    "cross": lambda u, v: np.minimum(_bar(u, v, 1), _bar(v, u, 1)),
    "bar": _bar,
    "stripes": lambda u, v: np.maximum(_disc(u, v), 0.2 - np.abs(_cell(u))),
    "dots": lambda u, v: np.maximum(_disc(u, v, 1.05), _disc(_cell(u), _cell(v), 0.34) / 1.5),
}
