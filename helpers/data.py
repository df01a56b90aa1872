"""Image sets for the labs: MNIST and CIFAR-10, from a folder, the cache, a download or an embedded stand-in.

One uint8 tensor holds all images and stays on the device; a batch is normalised when it is drawn. What this saves
against a `DataLoader` that transforms one image at a time, `make bench-training` measures.

Environment variables:
    CNN_LABS_DATA: folder with `MNIST/raw/` or `cifar-10-batches-py/`, as torchvision lays them out.
    CNN_LABS_OFFLINE: `1` skips the download.
    CNN_LABS_HIDDEN: folder with an instructor's own images to mark on, see `hidden_images`.
    XDG_CACHE_HOME: the folder that holds the cache, `cnn-labs/`; by default `~/.cache`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from helpers.datasets import sources
from helpers.datasets.files import EVERY, DataError, is_hidden
from helpers.datasets.imageset import ImageSet
from helpers.datasets.pictures import read_pictures

__all__ = ["BatchSource", "DataError", "ImageSet", "batches", "hidden_images", "load"]


def load(name: str, train: bool = True, size: int | None = None, device: torch.device | str | None = None) -> ImageSet:
    """Load a data set from the first source that has it: folder, cache, download, embedded stand-in.

    Args:
        name: `"mnist"` or `"cifar10"`.
        train: the training images, or the test images without every fifth, which is kept for marking.
        size: at most so many images, from the front; None for all.
        device: where to put the images; None for the CPU.

    Raises:
        ValueError: if the name is unknown, or the size is not positive.
        DataError: if the folder that CNN_LABS_DATA names lacks the data set, a file is broken, or the cache cannot be
            written. The message names the file and says what to do.
    """
    image_set = _load(name, "train" if train else "open", size)
    return image_set if device is None else image_set.to(device)


def hidden_images(name: str, size: int | None = None, every: int = EVERY) -> ImageSet:
    """Load the images for marking: test images that `load` leaves out, or an instructor's own.

    An instructor's images are PNG or JPEG files, in a folder for each class, in the folder `name` of the folder that
    CNN_LABS_HIDDEN names. Students' code cannot read them.

    Args:
        name: `"mnist"` or `"cifar10"`.
        size: at most so many images; None for all.
        every: of so many test images in a row, take the last one. Only 5 takes none that `load` gives; a lab with
            another number withholds all test images from students' code.

    Raises:
        ValueError: if the name is unknown, or the size is not positive.
        DataError: if not all test images are there, or the instructor's own cannot be used.
    """
    own = _own_folder()
    if own and (own / name).is_dir():
        kind = sources.KINDS[name]
        return kind.image_set(name, *read_pictures(own / name, kind.classes, kind.shape), "folder")[:size]
    test_set = _load(name, "test", size and size * every)
    return test_set[torch.from_numpy(is_hidden(len(test_set), every))][:size]


def _own_folder() -> Path | None:
    """Return the folder of the instructor's own images; None if the instructor has named none."""
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
    return sources.find(name, part, size)


def batches(
    image_set: ImageSet, batch_size: int, shuffle: bool = True, generator: torch.Generator | None = None
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield each image once, in batches; the last batch may be shorter.

    Args:
        image_set: source of the images.
        batch_size: images in a batch.
        shuffle: in a random order, or in the set's own.
        generator: source of the order (a CPU generator); None for PyTorch's global one.

    Yields:
        Normalised images (float32, B×C×H×W) and labels (int64, B), on the set's device.

    Raises:
        ValueError: if the batch size is not positive.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}, but must be at least 1")
    n = len(image_set)
    # The order is drawn on the CPU, so that a seed gives the same order on every device.
    order = torch.randperm(n, generator=generator) if shuffle else torch.arange(n)
    yield from BatchSource(image_set).draw(order, batch_size)


class BatchSource:
    """Draws normalised batches of an image set, as `ImageSet.normalised` does, in either memory format.

    The bytes are put into this order once, and images are copied as a whole: on two CPU cores, a batch of 128 images of
    CIFAR-10 takes 0.1 ms instead of 0.2, and in channels_last instead of 0.6.

    Args:
        image_set: the images.
        channels_last: whether the channels of a pixel lie beside each other in memory.
        mirrored: whether image N + i is image i, mirrored left to right; this takes the memory of the bytes once more.
    """

    def __init__(self, image_set: ImageSet, channels_last: bool = False, mirrored: bool = False) -> None:
        order, self._back = ((0, 2, 3, 1), (0, 3, 1, 2)) if channels_last else ((0, 1, 2, 3), (0, 1, 2, 3))
        images, self._labels = image_set.images.permute(order).contiguous(), image_set.labels
        self._images = torch.cat((images, images.flip(order.index(3)))) if mirrored else images
        # As large as an image: to broadcast along channels that lie beside each other is slow.
        self._mean, self._std = (
            (255 * torch.tensor(figures, device=image_set.device).view(1, -1, 1, 1))
            .expand(1, *image_set.images.shape[1:])
            .permute(order)
            .contiguous()
            for figures in (image_set.mean, image_set.std)
        )

    def draw(self, order: Tensor, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield normalised images (float32, B×C×H×W) and labels (int64, B), both on the set's device.

        Args:
            order: int64: which images, one after the other; on any device.
            batch_size: images in a batch; the last one may be smaller.
        """
        order = order.to(self._labels.device)
        labels = self._labels[order % len(self._labels)]
        for index, some in zip(order.split(batch_size), labels.split(batch_size), strict=True):
            images = self._images.index_select(0, index).float().sub_(self._mean).div_(self._std)
            yield images.permute(self._back), some
