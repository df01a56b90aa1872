"""Read MNIST and CIFAR-10 from files in the layout that torchvision uses.

The test images have two parts. Every fifth is hidden: marks rest on it, and labs do not show it. The others are the
open part. When students' code is graded, it sees only the open part, in a file of its own.
"""

from __future__ import annotations

import gzip
import io
import math
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "EVERY",
    "LAYOUTS",
    "Arrays",
    "DataError",
    "Layout",
    "check_folder",
    "exists",
    "is_hidden",
    "open_file",
    "read_open",
    "write_open",
]

Arrays = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]  # images N×C×H×W, labels N
EVERY = 5  # of so many test images in a row, the last one is hidden
CIFAR10_FOLDER = "cifar-10-batches-py"
CIFAR10_TRAIN = [f"data_batch_{k}" for k in range(1, 6)]
CIFAR10_TEST = ["test_batch"]
HEAD = 1 << 16  # bytes of a batch that certainly hold what comes before the pixels

# What comes before the pixels in a batch of CIFAR-10, a pickle of Python 2: 10,000 labels, and the number of bytes.
_LABELS_THEN_PIXELS = re.compile(rb"U\x06labelsq.\]q.\((.*?)eU\x04dataq.*?tb\x89T(.{4})", re.DOTALL)


class DataError(RuntimeError):
    """A data set is missing or broken; the message names the file or folder and says what to do."""


def check_folder(folder: Path, title: str, is_complete: bool, train: bool) -> None:
    """Check the folder that CNN_LABS_DATA names.

    Raises:
        DataError: if the folder is missing, is empty or lacks the data set.
    """
    if not os.path.isdir(folder):
        problem = "is no folder"
    elif not os.access(folder, os.R_OK | os.X_OK):
        problem = "may not be read by you"
    elif not any(folder.iterdir()):
        problem = "is empty"
    elif not is_complete:
        problem = f"does not hold all of {title}'s {'training' if train else 'test'} files"
    else:
        return
    layout = "MNIST/raw/*-ubyte (or .gz)" if title == "MNIST" else "cifar-10-batches-py/*_batch*"
    raise DataError(
        f"CNN_LABS_DATA names {folder}, which {problem}. Put the files there as {layout}, "
        "or unset CNN_LABS_DATA to use the cache, a download or the embedded stand-in."
    )


class Layout(NamedTuple):
    """How the training or the test split of a data set is stored.

    Attributes:
        files: returns the files of a split, in a folder.
        read: reads a split, or so many images from its front; raises a DataError if a file is broken.
    """

    files: Callable[[Path, bool], list[Path]]
    read: Callable[[Path, bool, int | None], Arrays]

    def is_complete(self, folder: Path, train: bool) -> bool:
        return all(map(exists, self.files(folder, train)))


def _mnist_files(folder: Path, train: bool) -> list[Path]:
    """Return the files with images and labels, each packed or not."""
    raw, split = folder / "MNIST" / "raw", "train" if train else "t10k"
    paths = [raw / f"{split}-images-idx3-ubyte", raw / f"{split}-labels-idx1-ubyte"]
    packed = [path.with_name(f"{path.name}.gz") for path in paths]
    return [path if exists(path) or not exists(gz) else gz for path, gz in zip(paths, packed, strict=True)]


def _read_mnist(folder: Path, train: bool, size: int | None) -> Arrays:
    images_path, labels_path = _mnist_files(folder, train)
    images, labels = _read_idx(images_path, 3, size), _read_idx(labels_path, 1, size)
    if len(images) != len(labels):
        raise _broken(images_path, f"it holds {len(images)} images, but {labels_path.name} {len(labels)} labels")
    return images[:, None], labels.astype(np.int64)


def _read_idx(path: Path, ndim: int, size: int | None) -> npt.NDArray[np.uint8]:
    """Read an IDX file of bytes: two zeros, 8 for uint8, the number of dimensions, each size (4 bytes), the values."""
    with _opened(path) as file:
        length, start = file.seek(0, os.SEEK_END), 4 + 4 * ndim
        file.seek(0)
        header = file.read(start)
        if len(header) < start or header[:4] != bytes((0, 0, 8, ndim)):
            raise _broken(path, f"it does not start like an IDX file of {ndim} dimensions")
        number, *shape = np.frombuffer(header, ">u4", offset=4).astype(int).tolist()
        promised = start + number * math.prod(shape)
        if length != promised:
            raise _broken(path, f"it has {length:,} bytes where its header promises {promised:,}")
        values = np.empty((number if size is None else min(size, number), *shape), np.uint8)
        _fill(values, file, path)
    return values


def _cifar10_files(folder: Path, train: bool) -> list[Path]:
    return [folder / CIFAR10_FOLDER / name for name in (CIFAR10_TRAIN if train else CIFAR10_TEST)]


def _read_cifar10(folder: Path, train: bool, size: int | None) -> Arrays:
    """Read batches. A batch is a pickle, which may run code: its labels and pixels are read, nothing is unpickled."""
    paths = _cifar10_files(folder, train)
    found = [_find_in_batch(path) for path in paths]
    labels = np.concatenate([labels for labels, _ in found])[:size]
    images, done = np.empty((len(labels), 3, 32, 32), np.uint8), 0
    for path, (its_labels, start) in zip(paths, found, strict=True):
        with _opened(path) as file:
            file.seek(start)
            _fill(images[done : done + len(its_labels)], file, path)
        done += len(its_labels)
    return images, labels


def _find_in_batch(path: Path) -> tuple[npt.NDArray[np.int64], int]:
    """Return the labels of a batch, and where its pixels begin."""
    with _opened(path) as file:
        match = _LABELS_THEN_PIXELS.search(file.read(HEAD))
    if match is None:
        raise _broken(path, "it does not start like a batch of CIFAR-10")
    numbers = np.frombuffer(match[1], np.uint8)  # each label after the byte for "number"; a bracket here and there
    labels = numbers[numbers < 10].astype(np.int64)
    if 3 * 32 * 32 * len(labels) != int.from_bytes(match[2], "little"):
        raise _broken(path, f"it holds {len(labels)} labels, and another number of images")
    return labels, match.end()


LAYOUTS = {"mnist": Layout(_mnist_files, _read_mnist), "cifar10": Layout(_cifar10_files, _read_cifar10)}


def is_hidden(number: int, every: int = EVERY) -> npt.NDArray[np.bool_]:
    """Return a mask of the test images, `number` in all, that are kept for marking."""
    hidden: npt.NDArray[np.bool_] = np.arange(number) % every == every - 1
    return hidden


def open_file(folder: Path, name: str) -> Path:
    """Return the file with the open part of a data set's test images, in a folder without its test files."""
    return folder / f"{name}-open-test.npy"


def write_open(path: Path, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64]) -> None:
    """Write images, each with its label, so that a few are read without the others."""
    records = np.empty(len(labels), [("image", np.uint8, images.shape[1:]), ("label", np.int64)])
    records["image"], records["label"] = images, labels
    np.save(path, records)


def read_open(path: Path, size: int | None) -> Arrays:
    """Read what `write_open` wrote, or so many images from its front."""
    records = np.load(path, mmap_mode="r")[:size]
    return np.array(records["image"]), np.array(records["label"])


def exists(path: Path) -> bool:
    """Whether a file is there and you can see it."""
    return os.path.exists(path)  # False in a folder that you may not enter; Path.exists raises there


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedIOBase]:
    """Open a file to read it, unpacked.

    Raises:
        DataError: if it cannot be read or unpacked.
    """
    try:
        with io.BytesIO(gzip.decompress(path.read_bytes())) if path.suffix == ".gz" else path.open("rb") as file:
            yield file
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _broken(path, str(error)) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}. Give yourself the right to read it."
        ) from error


def _fill(values: npt.NDArray[np.uint8], file: io.BufferedIOBase, path: Path) -> None:
    """Read the next bytes of a file into an array, without a copy in between: page faults are most of the time."""
    if file.readinto(values.data) != values.nbytes:
        raise _broken(path, "it ends too early")


def _broken(path: Path, problem: str) -> DataError:
    return DataError(f"{path} is broken: {problem}. Delete the file and load again, or copy a whole one there.")
