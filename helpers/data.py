"""Image sets for the labs: MNIST and CIFAR-10, from a folder, the cache, a download or an embedded stand-in.

One uint8 tensor holds all images and stays on the device; a batch is normalised when it is drawn. On two CPU cores
this is 1.2 to 6 times as fast as a `DataLoader` that transforms one image at a time.

Environment variables:
    CNN_LABS_DATA: folder with `MNIST/raw/` or `cifar-10-batches-py/`, as torchvision lays them out.
    CNN_LABS_OFFLINE: `1` skips the download.
    CNN_LABS_HIDDEN: folder with an instructor's own images to mark on, see `hidden_images`.
    XDG_CACHE_HOME: where `cnn-labs/`, the cache, lies; `~/.cache` where it is not set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from helpers.datasets import sources
from helpers.datasets.files import EVERY, DataError, is_hidden
from helpers.datasets.pictures import read_pictures

__all__ = ["DataError", "ImageSet", "batches", "hidden_images", "load"]

Index = slice | Tensor | Sequence[int]


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
        ValueError: images and labels do not fit together.
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
        """A smaller set: the images that a slice, a list or a tensor of positions (or a boolean mask) picks."""
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
        """Where images and labels lie."""
        return self.images.device

    @property
    def is_stand_in(self) -> bool:
        """Whether these are the embedded images; results on them are never compared with published ones."""
        return self.source == "stand-in"

    @property
    def title_name(self) -> str:
        """The data set's name as it is written in a title: `"MNIST"` or `"CIFAR-10"`."""
        return sources.KINDS[self.name].title if self.name in sources.KINDS else self.name

    def title(self, text: str) -> str:
        """The text, and a remark where the data are a stand-in. For titles of plots and tables."""
        return f"{text} (stand-in data)" if self.is_stand_in else text

    def to(self, device: torch.device | str) -> ImageSet:
        """The same set with images and labels on a device."""
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))

    def normalised(self, index: Index | None = None) -> Tensor:
        """Images as a network wants them: (pixel / 255 - mean) / std.

        Args:
            index: which images; all where it is None.

        Returns:
            float32, N×C×H×W, on the set's device.
        """
        images = self.images if index is None else self.images[index]
        mean = torch.tensor(self.mean, device=self.device).view(-1, 1, 1)
        std = torch.tensor(self.std, device=self.device).view(-1, 1, 1)
        return images.float().sub_(255 * mean).div_(255 * std)


def load(name: str, train: bool = True, size: int | None = None, device: torch.device | str | None = None) -> ImageSet:
    """Loads a data set from the first source that has it: folder, cache, download, embedded stand-in.

    Args:
        name: `"mnist"` or `"cifar10"`.
        train: the training images, or the test images; of these every fifth is left out, for marks rest on it.
        size: at most so many images, from the front; all where it is None.
        device: where the images shall lie; the CPU where it is None.

    Raises:
        ValueError: the name is unknown, or the size is not positive.
        DataError: the folder named by CNN_LABS_DATA lacks the data set, a file is broken, or the cache cannot be
            written. The message names the file and the way out.
    """
    image_set = _load(name, "train" if train else "open", size)
    return image_set if device is None else image_set.to(device)


def hidden_images(name: str, size: int | None = None, every: int = EVERY) -> ImageSet:
    """Loads the images that marks rest on: test images that `load` leaves out, or an instructor's own.

    Where the folder that CNN_LABS_HIDDEN names has one called `name`, these are pictures from there: PNG or JPEG
    files, in a folder for each class. Students' code cannot read them.

    Args:
        name: `"mnist"` or `"cifar10"`.
        size: at most so many images; all if it is None.
        every: of so many test images in a row, the last one. Only 5 keeps apart from what `load` gives: a lab that
            takes more of them withholds all test images from students' code.

    Raises:
        ValueError: the name is unknown, or the size is not positive.
        DataError: the test images are not at hand in full, or the instructor's own cannot be used.
    """
    own = _own_folder()
    if own and (own / name).is_dir():
        kind = sources.KINDS[name]
        images, labels = read_pictures(own / name, kind.classes, kind.shape)
        return ImageSet(name, images, labels, kind.classes, kind.mean, kind.std, "folder")[:size]
    test_set = _load(name, "test")
    return test_set[torch.from_numpy(is_hidden(len(test_set), every))][:size]


def _own_folder() -> Path | None:
    """The folder of the instructor's own images; None if the instructor has named none."""
    named = os.environ.get("CNN_LABS_HIDDEN")
    folder = Path(named).expanduser() if named else None
    if folder and not any((folder / name).is_dir() for name in sources.KINDS):
        raise DataError(f"CNN_LABS_HIDDEN names {folder}, which holds neither of {', '.join(sources.KINDS)}.")
    return folder


def _load(name: str, part: sources.Part, size: int | None = None) -> ImageSet:
    if name not in sources.KINDS:
        raise ValueError(f"there is no data set {name!r}: choose one of {', '.join(map(repr, sources.KINDS))}")
    if size is not None and size < 1:
        raise ValueError(f"size is {size}, but must be at least 1 (or None for all images)")
    return ImageSet(name, *sources.find(name, part))[:size]


def batches(
    image_set: ImageSet, batch_size: int, shuffle: bool = True, generator: torch.Generator | None = None
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields every image once, in batches; the last one may be shorter.

    Args:
        image_set: where the images come from.
        batch_size: images in a batch.
        shuffle: in a random order, or in the set's own.
        generator: source of the order (a CPU generator); torch's global one where it is None.

    Yields:
        Normalised images (float32, B×C×H×W) and labels (int64, B), on the set's device.

    Raises:
        ValueError: the batch size is not positive.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}, but must be at least 1")
    n = len(image_set)
    # The order is drawn on the CPU, so that a seed gives the same order on every device.
    order = torch.randperm(n, generator=generator) if shuffle else torch.arange(n)
    for index in order.to(image_set.device).split(batch_size):
        yield image_set.normalised(index), image_set.labels[index]
