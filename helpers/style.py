"""How every figure looks: colours, markers, hatches, font sizes, and the parts that several figures share.

The colours are those of Okabe and Ito (2008), which people with any kind of colour vision can distinguish. Markers,
line styles, hatches or texts repeat what a colour says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

__all__ = [
    "COLOURS",
    "HATCHES",
    "MARKERS",
    "SMALL",
    "WIDEST",
    "colour_scale",
    "grid",
    "house_style",
    "label",
    "legend_below",
    "write_numbers",
]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")  # without Okabe's yellow
MARKERS = "osD^vPX"
HATCHES = ("", "//", "..", "xx", "\\\\", "--", "oo")
SMALL, LARGE = 11, 13  # points
WIDEST = 8.4  # inches: JupyterLab shrinks what is wider than its page, also the text
STYLE: dict[str, Any] = {
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


def house_style(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorate a function to draw in the house style and close its figure, so that a notebook shows it only once."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        # Not plt.style.context: it puts all settings back, also the one by which the first figure of a session makes
        # a notebook show figures.
        settings = cast("dict[str, Any]", plt.rcParams)
        before = {name: settings[name] for name in STYLE}
        settings.update(STYLE)
        try:
            figure = draw(*args, **kwargs)
            for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
                axis.get_major_ticks(1)  # made while the style is set; all others will look like the first
                axis.get_minor_ticks(1)
        finally:
            settings.update(before)
        plt.close(figure)
        return figure

    return styled


def grid(n: int, columns: int, cell: tuple[float, float], extra: float = 0) -> tuple[Figure, list[Axes]]:
    """Make a figure of n axes without ticks, `cell` inches (width, height) each, and `extra` inches to the right."""
    columns = max(1, min(columns, n))
    rows = math.ceil(n / columns)
    size = (max(cell[0] * columns, 3) + extra, cell[1] * rows + 0.4)
    figure, table = plt.subplots(rows, columns, figsize=size, squeeze=False)
    axes = list(table.flat)
    for axis in axes:
        axis.set_axis_off()
    for axis in axes[n:]:
        axis.remove()
    return figure, axes[:n]


def colour_scale(values: npt.ArrayLike) -> dict[str, Any]:
    """Return settings of `imshow`. With negative numbers, red means more than 0, blue less, and white 0."""
    array = np.asarray(values)
    low, high = float(array.min()), float(array.max())
    if low >= 0:
        return {"cmap": "viridis", "vmin": low, "vmax": high}
    bound = max(-low, high)
    return {"cmap": "RdBu_r", "vmin": -bound, "vmax": bound}


def label(axis: Axes, title: str, x: str, y: str) -> None:
    axis.set(title=title, xlabel=x, ylabel=y)


def legend_below(figure: Figure, axis: Axes, columns: int) -> None:
    """Put a legend under the figure, in fewer columns if its names are long, so that it is no wider than a page."""
    handles, names = axis.get_legend_handles_labels()
    fit = int(WIDEST * 12) // (max(len(name) for name in names) + 8)  # a letter is at most a twelfth of an inch wide
    figure.legend(handles, names, loc="outside lower center", ncols=max(1, min(columns, fit)))


def write_numbers(axis: Axes, picture: AxesImage, values: npt.NDArray[Any], fmt: str) -> None:
    """Write each value into its cell of the picture, dark on light or light on dark."""
    colours = np.asarray(picture.to_rgba(np.asarray(picture.get_array())))
    luminance = colours[..., :3] @ (0.2126, 0.7152, 0.0722)  # of red, green and blue, by ITU-R BT.709
    for (row, column), value in np.ndenumerate(values):
        text, ink = format(value, fmt).replace("-", "−"), "black" if luminance[row, column] > 0.45 else "white"
        axis.text(column, row, text, ha="center", va="center", color=ink, fontsize=SMALL)
    axis.spines[:].set_visible(False)
