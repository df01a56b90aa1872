"""Figures of numbers on a grid: kernels, feature maps, small matrices."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from torch import Tensor

from helpers.style import SMALL, colour_scale, grid, house_style, label, write_numbers

__all__ = ["show_array", "show_feature_maps", "show_kernels"]


@house_style
def show_kernels(weight: Tensor, title: str = "") -> Figure:
    """Draw the kernels of a convolution on one scale: a row for each output channel, a column for each input channel.

    With one input channel, eight kernels fill a row. If there are more than 32 kernels, or more than 8 outputs
    or inputs, only the first are drawn, and the title says so.

    Raises:
        ValueError: if the weight is not O×I×H×W.
    """
    values = weight.detach().float().cpu()
    if values.ndim != 4:
        raise ValueError(f"the weight of a convolution has the shape O×I×H×W, but here it is {tuple(values.shape)}")
    outputs, inputs = values.shape[:2]
    values = values[:32] if inputs == 1 else values[:8, :8]
    rows, columns = values.shape[:2]
    names = [str(o) if inputs == 1 else f"{o} ← {i}" for o in range(rows) for i in range(columns)]
    figure = _maps(values.flatten(0, 1), names, 8 if inputs == 1 else columns, "weight")
    text = (title or "Kernels") + (" (output ← input)" if inputs > 1 else "")
    if (rows, columns) != (outputs, inputs):
        text += f"\nthe first {rows} of {outputs} outputs, {columns} of {inputs} inputs"
    figure.suptitle(text)
    return figure


@house_style
def show_feature_maps(maps: Tensor, title: str = "") -> Figure:
    """Draw the feature maps of one image on one scale, at most 64, each with its channel's number.

    Raises:
        ValueError: if the maps are neither C×H×W nor 1×C×H×W.
    """
    values = maps.detach().float().cpu()
    if values.ndim == 4 and len(values) == 1:
        values = values[0]
    if values.ndim != 3:
        raise ValueError(f"feature maps have the shape C×H×W, those of one image, but here it is {tuple(maps.shape)}")
    shown = values[:64]
    figure = _maps(shown, [str(c) for c in range(len(shown))], 8, "activation")
    text = title or "Feature maps"
    figure.suptitle(text if len(shown) == len(values) else f"{text} (first 64 of {len(values)} channels)")
    return figure


@house_style
def show_array(array: Tensor | npt.ArrayLike, title: str = "", fmt: str = "g") -> Figure:
    """Draw a small matrix as numbers on squares, which are shaded by their size, with row and column numbers.

    Numbers are written as `format(number, fmt)` does.

    Raises:
        ValueError: if the array is neither H×W nor W (one row), or larger than 24 on a side.
    """
    values = np.atleast_2d(array.detach().cpu().numpy() if isinstance(array, Tensor) else np.asarray(array))
    if values.ndim != 2 or max(values.shape) > 24 or values.size == 0:
        raise ValueError(f"show_array draws a matrix of 1 to 24 on a side, but the shape is {values.shape}")
    texts = [format(value, fmt) for value in values.flat]
    height, width = values.shape
    cell = max(0.45, 0.11 * max(len(text) for text in texts))  # inches each way: no number touches the next
    figure, axis = plt.subplots(figsize=(max(cell * width, 0.1 * len(title)) + 0.7, cell * height + 0.9))
    picture = axis.imshow(values.astype(float), **colour_scale(values))
    write_numbers(axis, picture, values, fmt)
    axis.set_xticks(range(width))
    axis.set_yticks(range(height))
    label(axis, title, "column", "row")
    return figure


def _maps(values: Tensor, names: Sequence[str], columns: int, unit: str) -> Figure:
    """Draw a grid of named maps, N×H×W, on one scale with its colour bar."""
    figure, axes = grid(len(values), columns, cell=(0.92, 1.17), extra=1)
    scale = colour_scale(values)
    for axis, value, name in zip(axes, values, names, strict=True):
        picture = axis.imshow(value.numpy(), **scale)
        axis.set_title(name, fontsize=SMALL)
    rows = -(-len(values) // columns)
    figure.colorbar(picture, ax=axes, label=unit, aspect=10 * rows)  # as thick in a high figure as in a low one
    return figure
