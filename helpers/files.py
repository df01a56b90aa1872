"""Reads MNIST and CIFAR-10 from files in the layout that torchvision uses."""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["Arrays", "DataError", "checked_folder", "has_cifar10", "has_mnist", "read_cifar10", "read_mnist"]

Arrays = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]  # images N×C×H×W, labels N


class DataError(RuntimeError):
    """A data set cannot be had; the message names the file or folder and says what to do."""


def checked_folder(folder: Path, title: str, is_complete: Callable[[Path, bool], bool], train: bool) -> Path:
    """The folder that CNN_LABS_DATA names, where it holds the data set.

    Raises:
        DataError: the folder is missing, is empty or lacks the data set.
    """
    if not os.path.isdir(folder):
        problem = "is no folder"
    elif not os.access(folder, os.R_OK | os.X_OK):
        problem = "may not be read by you"
    elif not any(folder.iterdir()):
        problem = "is empty"
    elif not is_complete(folder, train):
        problem = f"does not hold all of {title}'s {'training' if train else 'test'} files"
    else:
        return folder
    where = "MNIST/raw/*-ubyte (or .gz)" if title == "MNIST" else "cifar-10-batches-py/*_batch*"
    raise DataError(
        f"CNN_LABS_DATA names {folder}, which {problem}. Put the files there as {where}, "
        "or unset CNN_LABS_DATA to use the cache, a download or the embedded stand-in."
    )


def has_mnist(folder: Path, train: bool) -> bool:
    """Whether a folder holds images and labels of a split, packed or not."""
    return all(_exists(path) or _exists(_packed(path)) for path in _mnist_paths(folder, train))


def read_mnist(folder: Path, train: bool) -> Arrays:
    """Reads a split of MNIST: images uint8 N×1×28×28, labels int64 N.

    Raises:
        DataError: a file is truncated or is no IDX file.
    """
    images_path, labels_path = _mnist_paths(folder, train)
    images, labels = _read_idx(images_path, 3), _read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise _broken(images_path, f"it holds {len(images)} images, but {labels_path.name} {len(labels)} labels")
    return images[:, None], labels.astype(np.int64)


def has_cifar10(folder: Path, train: bool) -> bool:
    """Whether a folder holds all batches of a split."""
    return all(_exists(path) for path, _ in _cifar10_paths(folder, train))


def read_cifar10(folder: Path, train: bool) -> Arrays:
    """Reads a split of CIFAR-10: images uint8 N×3×32×32, labels int64 N.

    A batch is a pickle, which may run code. So it is opened only where its MD5 is the published one.

    Raises:
        DataError: a file is not the published one.
    """
    images: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    for path, md5 in _cifar10_paths(folder, train):
        content = _content(path)
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
            raise _broken(path, "its MD5 is not the published one")
        batch = pickle.loads(content, encoding="latin1")
        images.append(batch["data"])
        labels.extend(batch["labels"])
    return np.concatenate(images).reshape(-1, 3, 32, 32), np.array(labels, dtype=np.int64)


def _mnist_paths(folder: Path, train: bool) -> tuple[Path, Path]:
    raw, split = folder / "MNIST" / "raw", "train" if train else "t10k"
    return raw / f"{split}-images-idx3-ubyte", raw / f"{split}-labels-idx1-ubyte"


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # False where the folder may not be entered; Path.exists raises there


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}. Give yourself the right to read it."
        ) from error


def _packed(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz")


def _cifar10_paths(folder: Path, train: bool) -> list[tuple[Path, str]]:
    from torchvision.datasets import CIFAR10  # here, because the import takes a second

    batches = CIFAR10.train_list if train else CIFAR10.test_list
    return [(folder / CIFAR10.base_folder / name, md5) for name, md5 in batches]


def _read_idx(path: Path, ndim: int) -> npt.NDArray[np.uint8]:
    """Reads an IDX file of bytes: two zeros, 8 for uint8, the number of dimensions, each size (4 bytes), the values."""
    path = path if _exists(path) else _packed(path)
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


def _broken(path: Path, problem: str) -> DataError:
    return DataError(f"{path} is broken: {problem}. Delete the file and load again, or copy a whole one there.")
