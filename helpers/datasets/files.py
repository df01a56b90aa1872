"""Read MNIST and CIFAR-10 from files in the layout that torchvision uses.

The test images have two parts. Every fifth is hidden: marks rest on it, and labs do not show it. The others are the
open part. When students' code is graded, it sees only the open part, in a file of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
import zlib
from collections.abc import Callable
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
CIFAR10_TRAIN = {  # name -> published MD5; to import torchvision for them would take a second
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
}
CIFAR10_TEST = {"test_batch": "40351d587109b95175f43aff81a1287e"}


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
        read: reads a split; raises a DataError if a file is broken.
    """

    files: Callable[[Path, bool], list[Path]]
    read: Callable[[Path, bool], Arrays]

    def is_complete(self, folder: Path, train: bool) -> bool:
        return all(map(exists, self.files(folder, train)))


def _mnist_files(folder: Path, train: bool) -> list[Path]:
    """Return the files with images and labels, each packed or not."""
    raw, split = folder / "MNIST" / "raw", "train" if train else "t10k"
    paths = [raw / f"{split}-images-idx3-ubyte", raw / f"{split}-labels-idx1-ubyte"]
    packed = [path.with_name(f"{path.name}.gz") for path in paths]
    return [path if exists(path) or not exists(gz) else gz for path, gz in zip(paths, packed, strict=True)]


def _read_mnist(folder: Path, train: bool) -> Arrays:
    images_path, labels_path = _mnist_files(folder, train)
    images, labels = _read_idx(images_path, 3), _read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise _broken(images_path, f"it holds {len(images)} images, but {labels_path.name} {len(labels)} labels")
    return images[:, None], labels.astype(np.int64)


def _read_idx(path: Path, ndim: int) -> npt.NDArray[np.uint8]:
    """Read an IDX file of bytes: two zeros, 8 for uint8, the number of dimensions, each size (4 bytes), the values."""
    content = _content(path)
    try:
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _broken(path, str(error)) from error
    header = 4 + 4 * ndim
    if len(content) < header or content[:4] != bytes((0, 0, 8, ndim)):
        raise _broken(path, f"it does not start like an IDX file of {ndim} dimensions")
    shape = np.frombuffer(content, ">u4", count=ndim, offset=4).astype(int)
    if len(content) != header + shape.prod():
        raise _broken(path, f"it has {len(content):,} bytes where its header promises {header + shape.prod():,}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape).copy()


def _cifar10_files(folder: Path, train: bool) -> list[Path]:
    return [folder / CIFAR10_FOLDER / name for name in (CIFAR10_TRAIN if train else CIFAR10_TEST)]


def _read_cifar10(folder: Path, train: bool) -> Arrays:
    """Read batches. A batch is a pickle, which may run code: it is opened only if its MD5 is the published one."""
    images: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    published = CIFAR10_TRAIN if train else CIFAR10_TEST
    for path in _cifar10_files(folder, train):
        content = _content(path)
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != published[path.name]:
            raise _broken(path, "its MD5 is not the published one")
        batch = pickle.loads(content, encoding="latin1")
        images.append(batch["data"])
        labels.extend(batch["labels"])
    return np.concatenate(images).reshape(-1, 3, 32, 32), np.array(labels, dtype=np.int64)


LAYOUTS = {"mnist": Layout(_mnist_files, _read_mnist), "cifar10": Layout(_cifar10_files, _read_cifar10)}


def is_hidden(number: int, every: int = EVERY) -> npt.NDArray[np.bool_]:
    """Return a mask of the test images, `number` in all, that are kept for marking."""
    hidden: npt.NDArray[np.bool_] = np.arange(number) % every == every - 1
    return hidden


def open_file(folder: Path, name: str) -> Path:
    """Return the file with the open part of a data set's test images, in a folder without its test files."""
    return folder / f"{name}-open-test.npz"


def write_open(path: Path, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64]) -> None:
    np.savez(path, images=images, labels=labels)


def read_open(path: Path) -> Arrays:
    """Read what `write_open` wrote."""
    with np.load(path) as arrays:
        return arrays["images"], arrays["labels"]


def exists(path: Path) -> bool:
    """Whether a file is there and you can see it."""
    return os.path.exists(path)  # False in a folder that you may not enter; Path.exists raises there


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}. Give yourself the right to read it."
        ) from error


def _broken(path: Path, problem: str) -> DataError:
    return DataError(f"{path} is broken: {problem}. Delete the file and load again, or copy a whole one there.")
