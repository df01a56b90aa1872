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

SHIFT = 1  # pixels that an image may move before it is shown, in each direction
BATCH = 200  # images in a call
SECONDS = 90.0  # after which no further batch is asked for
LEAST = 500  # images that must be done by then


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Attributes:
        right: images that were classified rightly.
        images: images that were shown.
        seconds: that `predict` took for them, with the way there and back.
    """

    right: int
    images: int
    seconds: float

    @property
    def accuracy(self) -> float:
        """The share that is right, 0 to 1."""
        return self.right / self.images

    @property
    def standard_error(self) -> float:
        """How far the accuracy lies from that on endlessly many such images, typically: √(p (1 - p) / n)."""
        return math.sqrt(self.accuracy * (1 - self.accuracy) / self.images)

    def __str__(self) -> str:
        return (
            f"{100 * self.accuracy:.1f} % of {self.images:,} images are right "
            f"(standard error {100 * self.standard_error:.1f} %), in {self.seconds:.0f} s"
        )


def altered(images: Tensor, labels: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The same images in another order, each mirrored or not, and shifted by at most a pixel; its border is repeated.

    A network that has learned hardly notices. A plain table from images to labels finds nothing; one that knows of
    shifts may: published images can be looked up.

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
    """Measures `predict` on altered images, batch after batch, in a random order.

    Where `predict` is slow, only the images are measured that it manages in time. They are a random sample, so that
    the accuracy stays the same but for chance.

    Args:
        predict: uint8 N×C×H×W in, class numbers out (int64, N).
        images: uint8, N×C×H×W.
        labels: int64, N, 0 to `classes` - 1. `predict` never gets them.
        seed: of order and alterations.
        classes: number of classes.
        seconds: after so many, no further batch is asked for.

    Raises:
        CheckError: what comes back are no class numbers, or always the same one, or too few images were done in time.
    """
    images, labels = altered(images, labels, torch.Generator().manual_seed(seed))
    right, counts = 0, torch.zeros(classes, dtype=torch.int64)
    start = time.monotonic()
    for batch, truth in zip(images.split(BATCH), labels.split(BATCH), strict=True):
        found = _class_numbers(predict, batch, classes)
        right += int((found == truth).sum())
        counts += found.bincount(minlength=classes)
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
    """What `predict` makes of a batch, where these are class numbers."""
    answer = call(predict, batch)
    answer.has(
        "Return one class number an image, for instance logits.argmax(1).", shape=(len(batch),), dtype=torch.int64
    )
    found: Tensor = answer.result().detach().cpu()
    least, most = int(found.min()), int(found.max())
    expect(least >= 0 and most < classes, f"predict: class numbers go from 0 to {classes - 1}, got {least} to {most}.")
    return found
