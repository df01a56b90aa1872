"""An instructor's own pictures, to mark on: files that anybody can make, a folder for each class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from helpers.datasets.files import DataError

__all__ = ["read_pictures"]

SUFFIXES = (".png", ".jpg", ".jpeg")


def read_pictures(folder: Path, classes: Sequence[str], shape: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
    """Read pictures in a fixed random order, cut to a square around their centre and resized.

    Args:
        folder: holds a folder for each class, with PNG or JPEG files.
        classes: the names of these folders.
        shape: channels (1 for grey, or 3), height and width of an image.

    Returns:
        Images (uint8, N×C×H×W) and labels (int64, N: positions in `classes`).

    Raises:
        DataError: if a class has no picture, a folder is no class, or a picture cannot be read.
    """
    folders = [path.name for path in folder.glob("[!.]*") if path.is_dir()]
    strange = sorted(set(folders) - set(classes))
    if strange:
        raise DataError(f"{folder}: {', '.join(strange)} is no class. Rename the folder: {', '.join(classes)}.")
    labelled = [
        (path, label)
        for label, name in enumerate(classes)
        for path in sorted((folder / name).glob("[!.]*"))  # the system's own files begin with "."
        if path.suffix.lower() in SUFFIXES
    ]
    missing = [name for label, name in enumerate(classes) if label not in {number for _, number in labelled}]
    if missing:
        raise DataError(f"{folder} has no pictures for {', '.join(missing)}. Put PNG or JPEG files into {missing[0]}/.")
    order = torch.randperm(len(labelled), generator=torch.Generator().manual_seed(0)).tolist()
    images = torch.stack([_read(labelled[index][0], *shape) for index in order])
    return images, torch.tensor([labelled[index][1] for index in order])


def _read(path: Path, channels: int, height: int, width: int) -> Tensor:
    try:
        with Image.open(path) as file:
            upright = ImageOps.exif_transpose(file).convert("L" if channels == 1 else "RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{path} is no picture that can be read: {error}") from None
    pixels = np.array(ImageOps.fit(upright, (width, height)))
    return torch.from_numpy(pixels).view(height, width, channels).permute(2, 0, 1)
