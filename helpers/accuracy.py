"""The accuracy of a `predict` function on images that it has not seen: the same code for students and for marks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.checks import CheckError, call, expect

__all__ = ["Measured", "altered", "measure"]

SHIFT = 1  # pixels that an image may move in each direction before it is shown
BATCH = 200  # images in a call
SECONDS = 90.0  # after which no further batch is started
LEAST = 500  # images that must be done by then


@dataclass(frozen=True)
class Measured:
    """The result of `measure`.

    Attributes:
        right: images that were classified correctly.
        images: images that were shown.
        seconds: how long `predict` took for them, including the transfer to it and back.
    """

    right: int
    images: int
    seconds: float

    @property
    def accuracy(self) -> float:
        """The fraction that is right, 0 to 1."""
        return self.right / self.images

    @property
    def standard_error(self) -> float:
        """The typical distance from the accuracy on infinitely many such images: √(p (1 - p) / n)."""
        return math.sqrt(self.accuracy * (1 - self.accuracy) / self.images)

    def __str__(self) -> str:
        return (
            f"{100 * self.accuracy:.1f} % of {self.images:,} images are right "
            f"(standard error {100 * self.standard_error:.1f} %), in {self.seconds:.0f} s"
        )


def altered(images: Tensor, labels: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Shuffle images, mirror some, and shift each by at most a pixel; the border is repeated.

    A network that has learned hardly notices. A plain table from images to labels finds nothing, but one that knows
    of shifts may: anybody can look up published images.

    Args:
        images: N×C×H×W, any dtype.
        labels: N.
        generator: source of order, mirroring and shifts.

    Returns:
        New images and labels, of the same shapes and dtypes.
    """
    n, _, height, width = images.shape
    order = torch.randperm(n, generator=generator)
    down, right = torch.randint(-SHIFT, SHIFT + 1, (2, n, 1), generator=generator)
    rows = (torch.arange(height) + down).clamp(0, height - 1)
    columns = (torch.arange(width) + right).clamp(0, width - 1)
    mirrored = torch.rand(n, 1, generator=generator) < 0.5
    columns = torch.where(mirrored, columns.flip(1), columns)
    moved = images[order[:, None, None], :, rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2).contiguous(), labels[order]


def measure(
    predict: Callable[[Tensor], Tensor],
    images: Tensor,
    labels: Tensor,
    *,
    seed: int,
    classes: int = 10,
    seconds: float = SECONDS,
) -> Measured:
    """Measure `predict` on altered images, batch by batch, in a random order.

    A slow `predict` is measured on the images that it manages in time. They are a random sample, so that only chance
    changes the accuracy.

    Args:
        predict: takes images (uint8, N×C×H×W), and returns class numbers (int64, N).
        images: uint8, N×C×H×W.
        labels: int64, N, 0 to `classes` - 1. `predict` never gets them.
        seed: of order and alterations.
        classes: number of classes.
        seconds: time limit, after which no further batch is started.

    Raises:
        CheckError: if `predict` returns no class numbers, or always the same one, or does too few images in time.
    """
    images, labels = altered(images, labels, torch.Generator().manual_seed(seed))
    right, counts = 0, torch.zeros(classes, dtype=torch.int64)
    start = time.monotonic()
    for batch, truth in zip(images.split(BATCH), labels.split(BATCH), strict=True):
        predicted = _class_numbers(predict, batch, classes)
        right += int((predicted == truth).sum())
        counts += predicted.bincount(minlength=classes)
        if time.monotonic() - start > seconds:
            break
    taken, done = time.monotonic() - start, int(counts.sum())
    if done < min(LEAST, len(images)):
        raise CheckError(f"predict is too slow: {done} images took {taken:.0f} s. Make the network smaller.")
    expect(
        int(counts.count_nonzero()) > 1,
        f"predict names class {int(counts.argmax())} for each of {done} images. "
        "Are the weights from your file in the network, and are the images normalised as in training?",
    )
    return Measured(right, done, taken)


def _class_numbers(predict: Callable[[Tensor], Tensor], batch: Tensor, classes: int) -> Tensor:
    """Return what `predict` returns for a batch, if these are class numbers."""
    answer = call(predict, batch)
    answer.has(
        "Return one class number an image, for instance logits.argmax(1).", shape=(len(batch),), dtype=torch.int64
    )
    predicted: Tensor = answer.result().detach().cpu()
    least, most = int(predicted.min()), int(predicted.max())
    expect(least >= 0 and most < classes, f"predict: class numbers go from 0 to {classes - 1}, got {least} to {most}.")
    return predicted
