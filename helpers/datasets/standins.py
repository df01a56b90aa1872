"""Embedded stand-ins for MNIST and CIFAR-10, for machines that have neither the files nor an internet connection.

How hard they are (2026-11-21, torch 2.15 on a CPU, five seeds, test accuracy from the lowest to the highest, by
`helpers.train.fit`; LeNet has two 5×5 convolutions of 6 and 16 channels, the small network three 3×3 ones with batch
normalisation):

| stand-in | linear model | LeNet | small network |
| --- | --- | --- | --- |
| digits | 95.6–96.1 % (10 epochs) | 88.3–96.4 % (10 epochs) | |
| shapes | 36.0–37.2 % (5 epochs) | 64.1–97.3 % (6 epochs) | 98.5–99.3 % (3 epochs) |

LeNet without batch normalisation first rests on a plateau, as long as chance will have it; on real CIFAR-10 too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["StandIn", "digits", "shapes"]

Floats = npt.NDArray[np.floating[Any]]


class StandIn(NamedTuple):
    """A split of a stand-in: uint8 images N×C×H×W, int64 labels N, and the training split's figures."""

    what: str
    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]


def digits(train: bool) -> StandIn:
    """Scikit-learn's 1,797 handwritten digits (8×8), brought to MNIST's 28×28: 1,437 for training, 360 for test."""
    images, labels, held_out = _digits()
    return _split(
        "scikit-learn's 1,797 handwritten digits, brought to 28×28",
        images, labels, held_out, tuple("0123456789"), train,
    )  # fmt: skip


def shapes(train: bool) -> StandIn:
    """Ten drawn shapes, 32×32 RGB: 5,000 for training, 1,000 for test."""
    images, labels, held_out = _shapes()
    return _split("6,000 drawn shapes in ten classes", images, labels, held_out, tuple(_SHAPES), train)


def _split(
    what: str, images: Tensor, labels: Tensor, held_out: Tensor, classes: tuple[str, ...], train: bool
) -> StandIn:
    pixels = images[~held_out].double() / 255
    mean, std = pixels.mean((0, 2, 3)), pixels.std((0, 2, 3))
    part = ~held_out if train else held_out
    return StandIn(what, images[part], labels[part], classes, tuple(mean.tolist()), tuple(std.tolist()))


@lru_cache(maxsize=1)
def _digits() -> tuple[Tensor, Tensor, Tensor]:
    """Images, labels, and a mask of the 360 test images: each class has its share of them."""
    from sklearn.datasets import load_digits  # here, because the import takes a second
    from sklearn.model_selection import train_test_split

    small, targets = load_digits(return_X_y=True)
    _, test = train_test_split(np.arange(len(targets)), test_size=360, stratify=targets, random_state=0)
    held_out = torch.zeros(len(targets), dtype=torch.bool)
    held_out[torch.from_numpy(test)] = True
    pixels = torch.from_numpy(small).float().view(-1, 1, 8, 8) * (255 / 16)
    large = F.interpolate(pixels, size=(20, 20), mode="bicubic", align_corners=False)  # MNIST's digits fill 20×20
    images = F.pad(large, (4, 4, 4, 4)).round().clamp(0, 255).byte()
    # In a random order: the originals come writer by writer, and `load(size=…)` takes images from the front.
    order = torch.from_numpy(np.random.default_rng(0).permutation(len(targets)))
    return images[order], torch.from_numpy(targets).long()[order], held_out[order]


# Signed distances in units of the shape's radius (negative inside), at rotated places u, v.


def _disc(u: Floats, v: Floats) -> Floats:
    return np.hypot(u, v) - 0.9


def _ring(u: Floats, v: Floats) -> Floats:
    return np.abs(np.hypot(u, v) - 0.72) - 0.24


def _crescent(u: Floats, v: Floats) -> Floats:
    return np.maximum(np.hypot(u, v) - 1, 0.85 - np.hypot(u - 0.55, v))


def _polygon(sides: int, radius: float) -> Callable[[Floats, Floats], Floats]:
    """A regular polygon, whose corners lie at `radius`: inside all the half-planes beyond its sides."""

    def distance(u: Floats, v: Floats) -> Floats:
        angles = 2 * np.pi * np.arange(sides) / sides
        inner = radius * np.cos(np.pi / sides)
        planes = [u * np.cos(a) + v * np.sin(a) - inner for a in angles]
        return np.maximum.reduce(planes)

    return distance


def _star(u: Floats, v: Floats) -> Floats:
    """Five points: the radius of the border falls from the point to the notch, in each tenth of a turn."""
    tenth = np.abs((np.arctan2(v, u) * 5 / (2 * np.pi)) % 1 - 0.5) * 2  # 1 at a point, 0 at a notch
    return (np.hypot(u, v) - (0.42 + 0.73 * tenth**1.5)) * 0.8


def _cross(u: Floats, v: Floats) -> Floats:
    a, b = np.abs(u), np.abs(v)
    return np.minimum(np.maximum(a - 1, b - 0.3), np.maximum(b - 1, a - 0.3))


def _bar(u: Floats, v: Floats) -> Floats:
    return np.maximum(np.abs(u) - 1.1, np.abs(v) - 0.3)


def _stripes(u: Floats, v: Floats) -> Floats:
    return np.maximum(np.hypot(u, v) - 1, 0.2 - np.abs((u * 1.5) % 1 - 0.5))


def _dots(u: Floats, v: Floats) -> Floats:
    cell_u, cell_v = (u * 1.5) % 1 - 0.5, (v * 1.5) % 1 - 0.5
    return np.maximum(np.hypot(u, v) - 1.05, (np.hypot(cell_u, cell_v) - 0.34) / 1.5)


_SHAPES: dict[str, Callable[[Floats, Floats], Floats]] = {
    "disc": _disc,
    "ring": _ring,
    "crescent": _crescent,
    "triangle": _polygon(3, 1.2),
    "square": _polygon(4, 1.1),
    "star": _star,
    "cross": _cross,
    "bar": _bar,
    "stripes": _stripes,
    "dots": _dots,
}


@lru_cache(maxsize=1)
def _shapes(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Images, labels, and a mask of the 1,000 test images: 600 images of each class, the last 100 held out."""
    rng = np.random.default_rng(seed)
    drawn = np.concatenate([_draw(distance, 600, rng) for distance in _SHAPES.values()])
    labels = torch.arange(len(_SHAPES)).repeat_interleave(600)
    held_out = torch.arange(len(labels)) % 600 >= 500
    order = torch.from_numpy(rng.permutation(len(labels)))
    return torch.from_numpy(drawn)[order], labels[order], held_out[order]


def _draw(distance: Callable[[Floats, Floats], Floats], n: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Draws one shape n times, at random places, sizes, turns and colours, on a busy ground: uint8, n×3×32×32."""
    image = _ground(n, rng)
    for _ in range(2):  # clutter: small strokes
        stroke = _mask(_bar, rng.uniform(2, 4, n), n, rng)
        image = _paint(image, stroke, rng.uniform(0.2, 0.8, (n, 3)))
    image = _paint(image, _mask(distance, rng.uniform(7, 12, n), n, rng), rng.uniform(0.45, 1, (n, 3)))
    image += rng.normal(0, 0.05, image.shape).astype(np.float32)
    return (image.clip(0, 1) * 255).round().astype(np.uint8)


def _ground(n: int, rng: np.random.Generator) -> Floats:
    """Soft blotches around a dark colour: n×3×32×32, 0 to 1."""
    coarse = rng.uniform(0, 0.45, (n, 3, 1, 1)) + rng.normal(0, 0.12, (n, 3, 5, 5))
    smooth = F.interpolate(torch.from_numpy(coarse).float(), size=(32, 32), mode="bicubic", align_corners=True)
    ground: Floats = smooth.clamp(0, 1).numpy()
    return ground


def _mask(distance: Callable[[Floats, Floats], Floats], radius: Floats, n: int, rng: np.random.Generator) -> Floats:
    """How much of each pixel a shape covers: n×1×32×32, 0 to 1."""
    row, column = np.mgrid[:32, :32].astype(np.float32)[:, None]
    r = radius.astype(np.float32)[:, None, None]
    turn = rng.uniform(-0.7, 0.7, (n, 1, 1)).astype(np.float32)
    y, x = (rng.uniform(11, 20, (2, n, 1, 1))).astype(np.float32)
    u = ((column - x) * np.cos(turn) + (row - y) * np.sin(turn)) / r
    v = ((row - y) * np.cos(turn) - (column - x) * np.sin(turn)) / r
    return (0.5 - distance(u, v) * r).clip(0, 1)[:, None]


def _paint(image: Floats, mask: Floats, colour: Floats) -> Floats:
    return image * (1 - mask) + colour.astype(np.float32)[:, :, None, None] * mask
