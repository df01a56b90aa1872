"""Images with their labels: what `helpers.data.load` returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

__all__ = ["TITLES", "ImageSet", "Index", "marked"]

TITLES = {"mnist": "MNIST", "cifar10": "CIFAR-10"}  # names of data sets, as titles show them

Index = slice | Tensor | Sequence[int]


def marked(title: str, is_stand_in: bool) -> str:
    """Return a title with a remark if the data are a stand-in and the title does not say so yet."""
    return f"{title} (stand-in data)" if is_stand_in and "stand-in" not in title else title


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images with their labels, kept as bytes.

    Attributes:
        name: `"mnist"` or `"cifar10"`.
        images: uint8, N×C×H×W, 0 to 255.
        labels: int64, N, positions in `classes`.
        classes: name of each class.
        mean: per channel, of pixel / 255 over the training split.
        std: standard deviation, likewise.
        source: `"folder"`, `"cache"`, `"download"` or `"stand-in"`.

    Raises:
        ValueError: if images and labels do not fit together.
    """

    name: str
    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    source: str

    def __post_init__(self) -> None:
        if self.images.dtype != torch.uint8 or self.images.ndim != 4:
            shape = tuple(self.images.shape)
            raise ValueError(f"images must be uint8 of shape N×C×H×W, but are {self.images.dtype} of shape {shape}")
        if self.labels.dtype != torch.int64 or self.labels.shape != self.images.shape[:1]:
            shape = tuple(self.labels.shape)
            raise ValueError(
                f"labels must be int64 of shape ({len(self.images)},), one an image, "
                f"but are {self.labels.dtype} of shape {shape}"
            )

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: Index) -> ImageSet:
        """Return a smaller set: the images that a slice, positions (a list or tensor) or a boolean mask choose."""
        if isinstance(index, int):
            raise TypeError(f"an ImageSet holds many images: write [{index}:{index + 1}] or .images[{index}]")
        return replace(self, images=self.images[index], labels=self.labels[index])

    def __repr__(self) -> str:
        channels, height, width = self.images.shape[1:]
        return (
            f"ImageSet({self.title(self.title_name)}: {len(self):,} images of {channels}×{height}×{width}, "
            f"{len(self.classes)} classes, from: {self.source}, on: {self.device})"
        )

    @property
    def device(self) -> torch.device:
        """The device that holds images and labels."""
        return self.images.device

    @property
    def is_stand_in(self) -> bool:
        """Whether these are the embedded images. Never compare results on them with published ones."""
        return self.source == "stand-in"

    @property
    def title_name(self) -> str:
        """The data set's name in a title: `"MNIST"` or `"CIFAR-10"`."""
        return TITLES.get(self.name, self.name)

    def title(self, text: str) -> str:
        """Return the title of a plot or table, with a remark if the data are a stand-in."""
        return marked(text, self.is_stand_in)

    def to(self, device: torch.device | str) -> ImageSet:
        """Return the same set with images and labels on a device."""
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))

    def normalised(self, index: Index | None = None) -> Tensor:
        """Return images as a network needs them, (pixel / 255 - mean) / std: float32, N×C×H×W, on the set's device.

        Args:
            index: which images; None for all.
        """
        images = self.images if index is None else self.images[index]
        mean, std = self._scale
        return images.float().sub_(mean).div_(std)

    @cached_property
    def _scale(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation on the scale of the bytes: float32, C×1×1, on the set's device."""
        mean, std = (torch.tensor(figures, device=self.device).view(-1, 1, 1) for figures in (self.mean, self.std))
        return 255 * mean, 255 * std
