"""Pictures for the labs: image grids, training curves, confusion matrices, kernels, feature maps, small matrices.

Each function returns a figure that is closed for pyplot, so that a notebook shows it once, as a cell's last value.
Colours are those of Okabe and Ito (2008), which people with any kind of colour vision can tell apart; a marker, a line
style or a hatch says the same again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from torch import Tensor

from helpers.train import Evaluation, History

__all__ = [
    "show_array",
    "show_confusion",
    "show_feature_maps",
    "show_history",
    "show_images",
    "show_kernels",
    "show_per_class",
]

COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
)  # Okabe and Ito, yellow left out
MARKERS = "osD^vPX"
HATCHES = ("", "//", "..", "xx", "\\\\", "--", "oo")
SMALL, LARGE = 11, 13  # points
STYLE = {
    "font.size": SMALL,
    "axes.titlesize": LARGE,
    "axes.labelsize": SMALL,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "figure.titlesize": LARGE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.constrained_layout.use": True,
}

P = ParamSpec("P")


def _figure(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draws in the house's style, and closes the figure so that a notebook does not show it a second time."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with plt.rc_context(STYLE):
            figure = draw(*args, **kwargs)
            figure.canvas.draw()  # ticks are made when they are drawn: inside the style
        plt.close(figure)
        return figure

    return styled


@_figure
def show_images(
    images: Tensor,
    labels: Tensor | Sequence[int] | None = None,
    classes: Sequence[str] | None = None,
    predictions: Tensor | Sequence[int] | None = None,
    columns: int = 8,
    title: str = "",
) -> Figure:
    """A grid of images; a wrong prediction has a frame and says what it should have been.

    Args:
        images: N×C×H×W or N×H×W with C = 1 or 3; bytes, or floats (which are spread from their least to their largest).
        labels: N true classes, written above the images.
        classes: names of the classes; numbers are written where it is None.
        predictions: N predicted classes, to be compared with the labels.
        columns: images in a row.
        title: of the figure.

    Raises:
        ValueError: the shapes do not fit, or there are predictions without labels.
    """
    pixels = _pixels(images)
    n = len(pixels)
    true, predicted = _numbers(labels, n, "labels"), _numbers(predictions, n, "predictions")
    if predicted is not None and true is None:
        raise ValueError("predictions are compared with labels: give the labels too")
    figure, axes = _grid(n, columns, cell=(1.25, 1.3 if true is None else 1.75 if predicted is not None else 1.55))
    for i, axis in enumerate(axes):
        axis.imshow(pixels[i], cmap="gray", vmin=0, vmax=1)
        if true is None:
            continue
        name = _name(true[i], classes)
        if predicted is None or predicted[i] == true[i]:
            axis.set_title(name, fontsize=SMALL)
        else:
            axis.set_title(f"✗ {_name(predicted[i], classes)}\nis {name}", fontsize=SMALL, color=COLOURS[1])
            _frame(axis, COLOURS[1])
    figure.suptitle(title)
    return figure


@_figure
def show_history(histories: History | Mapping[str, History], title: str = "") -> Figure:
    """Loss and accuracy over the epochs: test as a full line, training as a broken one; a colour and marker each.

    Raises:
        ValueError: there is nothing to show.
    """
    named = {"": histories} if isinstance(histories, History) else dict(histories)
    if not named or not any(history.train_loss for history in named.values()):
        raise ValueError("there is no epoch to show: train first")
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for i, (name, history) in enumerate(named.items()):
        colour, marker = COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]
        for split, line in (("train", "--"), ("test", "-")):
            loss, accuracy = getattr(history, f"{split}_loss"), getattr(history, f"{split}_accuracy")
            epochs = range(1, len(loss) + 1)
            look = {
                "color": colour,
                "marker": marker,
                "linestyle": line,
                "label": f"{name} {split}".strip(),
                "markerfacecolor": colour if split == "test" else "white",
            }
            if loss:
                left.plot(epochs, loss, **look)
                right.plot(epochs, [100 * fraction for fraction in accuracy], **look)
    _label(left, "Loss", "epoch", "mean cross-entropy (nats)")
    _label(right, "Accuracy", "epoch", "rightly classified (%)")
    for axis in (left, right):
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.3)
    left.set_ylim(bottom=0)
    right.legend()
    figure.suptitle(title or next(iter(named.values())).title)
    return figure


@_figure
def show_per_class(evaluations: Mapping[str, Evaluation], title: str = "") -> Figure:
    """Accuracy on each class, one bar a model; the mean of all images is in the legend.

    Raises:
        ValueError: there is nothing to show, or the classes differ.
    """
    if len({evaluation.classes for evaluation in evaluations.values()}) != 1:
        raise ValueError("give at least one evaluation, and only evaluations over the same classes")
    classes = next(iter(evaluations.values())).classes
    figure, axis = plt.subplots(figsize=(max(7, 1.0 * len(classes)), 4))
    width = 0.8 / len(evaluations)
    for i, (name, evaluation) in enumerate(evaluations.items()):
        places = np.arange(len(classes)) + (i - (len(evaluations) - 1) / 2) * width
        axis.bar(
            places, 100 * evaluation.per_class, width, label=f"{name} ({evaluation.accuracy:.1%} of all)",
            color=COLOURS[i % len(COLOURS)], hatch=HATCHES[i % len(HATCHES)], edgecolor="white",
        )  # fmt: skip
    axis.set_xticks(range(len(classes)), classes)
    axis.set_ylim(0, 100)
    axis.grid(axis="y", alpha=0.3)
    axis.set_axisbelow(True)
    stand_in = any(evaluation.is_stand_in for evaluation in evaluations.values())
    _label(axis, _marked(title or "Accuracy on each class", stand_in), "true class", "rightly classified (%)")
    figure.legend(loc="outside lower center", ncols=3)
    return figure


@_figure
def show_confusion(evaluation: Evaluation, title: str = "") -> Figure:
    """The confusion matrix with its numbers: a row holds the images of one true class."""
    counts, classes = evaluation.confusion.numpy(), evaluation.classes
    k = len(classes)
    figure, axis = plt.subplots(figsize=(max(4.5, 0.62 * k + 2), max(4, 0.5 * k + 1.6)))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    picture = axis.imshow(100 * share, cmap="viridis", vmin=0, vmax=100, aspect="auto")
    _write_numbers(axis, picture, counts, "d")
    axis.set_xticks(range(k), classes, rotation=45, ha="right", rotation_mode="anchor")
    axis.set_yticks(range(k), classes)
    text = title or f"Confusion matrix, accuracy {evaluation.accuracy:.1%}"
    _label(axis, _marked(text, evaluation.is_stand_in), "predicted class", "true class")
    figure.colorbar(picture, label="share of the true class (%)")
    return figure


@_figure
def show_kernels(weight: Tensor, title: str = "") -> Figure:
    """The kernels of a convolution on one scale: a row for each output channel, a column for each input channel.

    With one input channel the kernels stand side by side. At most 16 output and 8 input channels are drawn; the title
    says so.

    Args:
        weight: O×I×H×W.
        title: of the figure.

    Raises:
        ValueError: the weight has another number of dimensions.
    """
    values = weight.detach().float().cpu()
    if values.ndim != 4:
        raise ValueError(f"the weight of a convolution has the shape O×I×H×W, but here it is {tuple(values.shape)}")
    outputs, inputs = values.shape[:2]
    values = values[:16, :8]
    names = [f"{o}" if inputs == 1 else f"{o}, {i}" for o in range(len(values)) for i in range(values.shape[1])]
    figure = _maps(values.flatten(0, 1), names, 8 if inputs == 1 else values.shape[1], "weight", symmetric=True)
    text = title or ("Kernels" if inputs == 1 else "Kernels: output channel, input channel")
    shown = f"first {len(values)} of {outputs} outputs, {values.shape[1]} of {inputs} inputs"
    figure.suptitle(text if values.shape[:2] == (outputs, inputs) else f"{text} ({shown})")
    return figure


@_figure
def show_feature_maps(maps: Tensor, title: str = "") -> Figure:
    """The feature maps of one image on one scale, each with its channel's number. At most 64 are drawn.

    Args:
        maps: C×H×W, or 1×C×H×W.
        title: of the figure.

    Raises:
        ValueError: the shape is another one.
    """
    values = maps.detach().float().cpu()
    if values.ndim == 4 and len(values) == 1:
        values = values[0]
    if values.ndim != 3:
        raise ValueError(f"feature maps have the shape C×H×W, those of one image, but here it is {tuple(maps.shape)}")
    shown = values[:64]
    figure = _maps(shown, [f"{c}" for c in range(len(shown))], 8, "activation", symmetric=False)
    text = title or "Feature maps"
    figure.suptitle(text if len(shown) == len(values) else f"{text} (first 64 of {len(values)} channels)")
    return figure


@_figure
def show_array(array: Tensor | npt.ArrayLike, title: str = "", fmt: str = "g") -> Figure:
    """A small matrix as a grid of numbers, shaded by their size, with its row and column numbers.

    Args:
        array: H×W, or W (one row); at most 24 on a side.
        title: of the figure.
        fmt: how a number is written, as in `format(number, fmt)`.

    Raises:
        ValueError: the array has another shape, or is too large to be read.
    """
    values = np.atleast_2d(array.detach().cpu().numpy() if isinstance(array, Tensor) else np.asarray(array))
    if values.ndim != 2 or max(values.shape) > 24 or values.size == 0:
        raise ValueError(f"show_array draws a matrix of 1 to 24 on a side, but the shape is {values.shape}")
    texts = [format(value, fmt) for value in values.flat]
    cell = max(0.45, 0.13 * max(map(len, texts)))  # inches
    height, width = values.shape
    figure, axis = plt.subplots(figsize=(max(cell * width, 0.11 * len(title)) + 0.7, 0.45 * height + 0.9))
    picture = axis.imshow(values.astype(float), cmap="viridis", aspect="auto")
    _write_numbers(axis, picture, values, fmt)
    axis.set_xticks(range(width))
    axis.set_yticks(range(height))
    _label(axis, title, "column", "row")
    return figure


def _pixels(images: Tensor) -> npt.NDArray[np.float32]:
    """Images as matplotlib wants them: N×H×W or N×H×W×3, 0 to 1."""
    values = images.detach().cpu()
    if values.ndim == 3:
        values = values[:, None]
    if values.ndim != 4 or values.shape[1] not in (1, 3) or len(values) == 0:
        raise ValueError(f"images have the shape N×C×H×W (C is 1 or 3) or N×H×W, but here it is {tuple(images.shape)}")
    if values.dtype == torch.uint8:
        values = values.float() / 255
    else:
        values = values.float() - values.min()
        values = values / values.max().clamp(min=1e-12)
    pixels: npt.NDArray[np.float32] = values.permute(0, 2, 3, 1).numpy()
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels


def _numbers(values: Tensor | Sequence[int] | None, n: int, what: str) -> list[int] | None:
    if values is None:
        return None
    numbers = [int(value) for value in values]
    if len(numbers) != n:
        raise ValueError(f"there are {len(numbers)} {what} for {n} images")
    return numbers


def _name(number: int, classes: Sequence[str] | None) -> str:
    return str(number) if classes is None else classes[number]


def _grid(n: int, columns: int, cell: tuple[float, float], extra: float = 0) -> tuple[Figure, list[Axes]]:
    """A figure of n empty axes without ticks, `cell` inches (width, height) each, and `extra` inches to the right."""
    columns = max(1, min(columns, n))
    rows = math.ceil(n / columns)
    size = (max(cell[0] * columns, 3) + extra, cell[1] * rows + 0.4)
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False)
    axes = list(grid.flat)
    for axis in axes:
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(False)
    for axis in axes[n:]:
        axis.remove()
    return figure, axes[:n]


def _maps(values: Tensor, names: Sequence[str], columns: int, unit: str, symmetric: bool) -> Figure:
    """A grid of named maps, N×H×W, on one scale with its colour bar."""
    figure, axes = _grid(len(values), columns, cell=(1.1, 1.35), extra=1)
    high = float(values.abs().max() if symmetric else values.max())
    low = -high if symmetric else float(values.min())
    for axis, value, name in zip(axes, values, names, strict=True):
        picture = axis.imshow(value, cmap="viridis", vmin=low, vmax=high)
        axis.set_title(name, fontsize=SMALL)
    figure.colorbar(picture, ax=axes, label=unit)
    return figure


def _write_numbers(axis: Axes, picture: AxesImage, values: npt.NDArray[Any], fmt: str) -> None:
    """Writes each value into its cell, dark on light or light on dark."""
    colours = picture.cmap(picture.norm(picture.get_array()))
    luminance = colours[..., :3] @ (0.2126, 0.7152, 0.0722)
    for (row, column), value in np.ndenumerate(values):
        ink = "black" if luminance[row, column] > 0.45 else "white"
        axis.text(column, row, format(value, fmt), ha="center", va="center", color=ink, fontsize=SMALL)
    axis.spines[:].set_visible(False)


def _frame(axis: Axes, colour: str) -> None:
    axis.spines[:].set(visible=True, color=colour, linewidth=3)


def _label(axis: Axes, title: str, x: str, y: str) -> None:
    axis.set(title=title, xlabel=x, ylabel=y)


def _marked(title: str, stand_in: bool) -> str:
    """The title, with a remark where the data are a stand-in and the title does not say so yet."""
    return f"{title} (stand-in data)" if stand_in and "stand-in" not in title else title
