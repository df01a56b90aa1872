"""Figures of images, trainings and measurements.

Each function returns a figure that is closed for pyplot, so that a notebook shows it once, as a cell's last value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from helpers.datasets.imageset import marked
from helpers.evaluation import Evaluation, common_classes
from helpers.style import (
    COLOURS,
    HATCHES,
    MARKERS,
    SMALL,
    WIDEST,
    house_style,
    label,
    legend_below,
    write_numbers,
)
from helpers.train import History

__all__ = ["show_confusion", "show_history", "show_images", "show_per_class"]


@house_style
def show_images(
    images: Tensor,
    labels: Tensor | Sequence[int] | None = None,
    classes: Sequence[str] | None = None,
    predictions: Tensor | Sequence[int] | None = None,
    columns: int = 8,
    title: str = "",
) -> Figure:
    """Draw a grid of images; a wrong prediction has a frame and says what it should have been.

    Args:
        images: N×C×H×W or N×H×W with C = 1 or 3; bytes, or floats (scaled so that they go from black to white).
        labels: N true classes, written above the images.
        classes: names of the classes; None to write numbers.
        predictions: N predicted classes, to compare with the labels.
        columns: images in a row.
        title: of the figure.

    Raises:
        ValueError: if the shapes do not fit, or there are predictions without labels.
    """
    pixels = _pixels(images)
    n = len(pixels)
    true, predicted = _numbers(labels, n, "labels"), _numbers(predictions, n, "predictions")
    if predicted is not None and true is None:
        raise ValueError("predictions are compared with labels: give the labels too")
    columns = max(1, min(columns, n))
    height, width = pixels.shape[1:3]
    words = 0.0 if true is None else 0.24 * width if predicted is None else 0.48 * width  # the height of a label
    step = 1.08 * width, height + 0.08 * width + words  # from one image to the next, in their pixels
    bottom = -(-n // columns) * step[1] - words
    inch = 1.05 / step[0]  # of a pixel
    # One axis for all images: to make and draw one for each takes ten times as long.
    figure, axis = plt.subplots(figsize=(max(inch * columns * step[0], 3), inch * (bottom + words) + 0.4))
    for i, picture in enumerate(pixels):
        left, top = i % columns * step[0], i // columns * step[1]
        axis.imshow(picture, cmap="gray", vmin=0, vmax=1, extent=(left, left + width, top + height, top))
        if true is None:
            continue
        name, colour = _name(true[i], classes), "black"
        if predicted is not None and predicted[i] != true[i]:
            name, colour = f"✗ {_name(predicted[i], classes)}\nis {name}", COLOURS[1]
            axis.add_patch(Rectangle((left, top), width, height, fill=False, color=colour, linewidth=3))
        axis.text(left + width / 2, top - 0.03 * width, name, ha="center", va="bottom", color=colour, fontsize=SMALL)
    axis.set(xlim=(0, columns * step[0]), ylim=(bottom, -words))
    axis.set_axis_off()
    figure.suptitle(title)
    return figure


@house_style
def show_history(histories: History | Mapping[str, History], title: str = "") -> Figure:
    """Draw loss and accuracy over the epochs, with a colour and marker for each model; training lines are dashed.

    Raises:
        ValueError: if there is nothing to show.
    """
    named = {"": histories} if isinstance(histories, History) else dict(histories)
    if not named or not any(history.train_loss for history in named.values()):
        raise ValueError("there is no epoch to show: train first")
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDEST, 3.8))
    for i, (name, history) in enumerate(named.items()):
        colour, marker = COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]
        for split, line in (("train", "--"), ("test", "-")):
            loss, accuracy = getattr(history, f"{split}_loss"), getattr(history, f"{split}_accuracy")
            epochs = range(1, len(loss) + 1)
            for axis, figures in (left, loss), (right, [100 * fraction for fraction in accuracy]):
                if figures:
                    face = colour if split == "test" else "white"
                    text = f"{name} {split}".strip()
                    axis.plot(epochs, figures, line, color=colour, marker=marker, markerfacecolor=face, label=text)
    label(left, "Loss", "epoch", "mean cross-entropy (nats)")
    label(right, "Accuracy", "epoch", "accuracy (%)")
    for axis in (left, right):
        axis.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axis.grid(alpha=0.3)
    left.update_datalim([(1, 0)])  # with 0 in it, there is room above the highest point
    left.autoscale_view()
    left.set_ylim(bottom=0)
    legend_below(figure, left, columns=4)
    is_stand_in = any(history.is_stand_in for history in named.values())
    figure.suptitle(marked(title or next(iter(named.values())).title, is_stand_in))
    return figure


@house_style
def show_per_class(evaluations: Mapping[str, Evaluation], title: str = "") -> Figure:
    """Draw the accuracy on each class, with a bar for each model; the legend shows the accuracy on all images.

    Raises:
        ValueError: if there is nothing to show, or the classes differ.
    """
    classes = common_classes(evaluations)
    figure, axis = plt.subplots(figsize=(min(max(7, len(classes)), WIDEST), 4))
    width = 0.8 / len(evaluations)
    for i, (name, evaluation) in enumerate(evaluations.items()):
        axis.bar(
            np.arange(len(classes)) + (i - (len(evaluations) - 1) / 2) * width,
            100 * evaluation.per_class.numpy(),
            width,
            label=f"{name} ({100 * evaluation.accuracy:.1f} % of all)",
            color=COLOURS[i % len(COLOURS)],
            hatch=HATCHES[i % len(HATCHES)],
            edgecolor="white",
        )
    is_long = max(map(len, classes)) > 6
    axis.set_xticks(range(len(classes)), classes, **(_slanted(30) if is_long else {}))
    axis.set_ylim(0, 100)
    axis.grid(axis="y", alpha=0.3)
    axis.set_axisbelow(True)
    is_stand_in = any(evaluation.is_stand_in for evaluation in evaluations.values())
    label(axis, marked(title or "Accuracy on each class", is_stand_in), "true class", "accuracy (%)")
    legend_below(figure, axis, columns=3)
    return figure


@house_style
def show_confusion(evaluation: Evaluation, title: str = "") -> Figure:
    """Draw the confusion matrix with its numbers: a row holds the images of one true class."""
    counts, classes = evaluation.confusion.numpy(), evaluation.classes
    k = len(classes)
    figure, axis = plt.subplots(figsize=(min(max(4.5, 0.62 * k + 2), WIDEST), max(4, 0.5 * k + 1.6)))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    picture = axis.imshow(100 * share, cmap="viridis", vmin=0, vmax=100, aspect="auto")
    write_numbers(axis, picture, counts, "d")
    axis.set_xticks(range(k), classes, **_slanted(45))
    axis.set_yticks(range(k), classes)
    text = title or f"Confusion matrix, accuracy {100 * evaluation.accuracy:.1f} %"
    label(axis, marked(text, evaluation.is_stand_in), "predicted class", "true class")
    figure.colorbar(picture, label="share of the true class (%)")
    return figure


def _pixels(images: Tensor) -> npt.NDArray[np.float32]:
    """Return images as matplotlib needs them: N×H×W or N×H×W×3, 0 to 1."""
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


def _slanted(degrees: int) -> dict[str, Any]:
    """Return settings for the names along an axis."""
    return {"rotation": degrees, "ha": "right", "rotation_mode": "anchor"}
