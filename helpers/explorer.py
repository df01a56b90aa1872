"""Pictures of convolution and pooling, with sliders: where the window fits, what it sees, how many outputs."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable
from inspect import signature
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from IPython.display import display
from ipywidgets import Checkbox, Image, IntSlider, VBox
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from helpers.style import COLOURS, SMALL, WIDEST, house_style

__all__ = ["explore_convolution", "explore_pooling", "show_convolution", "show_pooling"]


@house_style
def show_convolution(
    size: int = 6, kernel: int = 3, stride: int = 1, padding: int = 0, dilation: int = 1, place: int = 0
) -> Figure:
    """Draw one place of a kernel on a square image, and the output that it makes there.

    The image has `size`×`size` pixels; the other arguments are those of `nn.Conv2d`. `place` is the number of the
    output to draw dark, row by row; after the last comes the first again.
    """
    side, span = size + 2 * padding, dilation * (kernel - 1) + 1
    if span > side:
        return _note(f"a kernel that spans {span} places\ndoes not fit into {side}")
    numbers = torch.arange(side**2.0).reshape(1, 1, side, side)
    taps = F.unfold(numbers, kernel, dilation, stride=stride)[0].long()  # for each place, the numbers of its pixels
    places = taps.shape[1]
    image, output = F.pad(torch.ones(size, size), [padding] * 4), torch.ones(places)
    image.view(-1)[taps[:, place % places]] = output[place % places] = 2
    outputs = round(places**0.5)
    figure, axes = _pair(side)
    _squares(axes[0], image, f"image (padding white, taps dark)\n{side} × {side}")
    _mark_left_over(axes[0], side, outputs, stride, kernel, dilation)
    _squares(axes[1], output.reshape(outputs, outputs), f"output\n{outputs} × {outputs}")
    return figure


@house_style
def show_pooling(
    size: int = 6,
    kernel: int = 2,
    stride: int = 2,
    padding: int = 0,
    place: int = 0,
    ceil_mode: bool = False,
    average: bool = False,
) -> Figure:
    """Draw one window of a pooling layer on a square image of whole numbers, and the output of PyTorch.

    The image has `size`×`size` pixels, at most 9×9; the other arguments are those of `nn.AvgPool2d` if `average`, else
    those of `nn.MaxPool2d`. The padding counts as 0 or as -∞. `place` is the number of the window to draw dark.
    """
    side = size + 2 * padding
    if 2 * padding > kernel:
        return _note("the padding may be at most half the window")
    if kernel > side:
        return _note(f"a window of {kernel} does not fit into {side}")
    pixels = torch.randint(-9, 10, (9, 9), generator=torch.Generator().manual_seed(4))[:size, :size]
    pool = F.avg_pool2d if average else F.max_pool2d
    pooled = pool(pixels[None].float(), kernel, stride, padding, ceil_mode=ceil_mode)[0]
    row, column = divmod(place % pooled.numel(), len(pooled))
    rows, columns = (slice(start * stride, start * stride + kernel) for start in (row, column))
    beyond = max(0, (len(pooled) - 1) * stride + kernel - side)  # how far the last window extends
    image, output = F.pad(torch.ones(size, size), [padding, padding + beyond] * 2), torch.ones_like(pooled)
    image[rows, columns] = output[row, column] = 2
    texts = np.full(image.shape, "", dtype=object)
    texts[:side, :side] = "0" if average else "−∞"
    texts[padding : padding + size, padding : padding + size] = pixels
    outputs, rule = len(pooled), "average" if average else "maximum"
    figure, axes = _pair(len(image))
    _squares(axes[0], image, f"image (white: outside, window dark)\n{side} × {side}", texts)
    _mark_left_over(axes[0], len(image), outputs, stride, kernel)
    _squares(axes[1], output, f"{rule} of each window\n{outputs} × {outputs}", pooled.numpy())
    return figure


def explore_convolution() -> None:
    """Show `show_convolution` with sliders. A saved notebook keeps the first picture."""
    _explore(
        show_convolution, size=(3, 9), kernel=(1, 4), stride=(1, 3), padding=(0, 2), dilation=(1, 3), place=(0, 60)
    )


def explore_pooling() -> None:
    """Show `show_pooling` with sliders, like `explore_convolution`."""
    _explore(show_pooling, size=(3, 9), kernel=(1, 4), stride=(1, 4), padding=(0, 2), place=(0, 60))


def _explore(show: Callable[..., Figure], **ranges: tuple[int, int]) -> None:
    """Display the picture that `show` draws, with a slider for each argument with a range, and a box for each other.

    The picture is an Image widget, not an Output widget as in ipywidgets' `interact`: when a notebook runs headless,
    nbclient answers an Output widget over the socket on which it waits, and may then wait for ever.
    """
    start = {name: parameter.default for name, parameter in signature(show).parameters.items()}
    controls = {
        name: IntSlider(value, *ranges[name], description=name)
        if name in ranges
        else Checkbox(bool(value), description=name)
        for name, value in start.items()
    }
    picture = Image(format="png")

    def draw(_: object = None) -> None:
        picture.value = _png(show(**{name: control.value for name, control in controls.items()}))

    for control in controls.values():
        control.observe(draw, names="value")
    draw()
    # A plain picture too, for programs that show notebooks but no widgets.
    bundle = VBox([*controls.values(), picture])._repr_mimebundle_()
    display(bundle | {"image/png": b64encode(picture.value).decode()}, raw=True)


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", bbox_inches="tight")
    plt.close(figure)
    return stream.getvalue()


def _pair(side: int) -> tuple[Figure, npt.NDArray[Any]]:
    """Make two axes that show squares at the same scale, `side` of them along each side."""
    figure, axes = plt.subplots(1, 2, figsize=(WIDEST, 4.6), sharex=True, sharey=True)
    axes[0].set(xlim=(0, side), ylim=(side, 0))
    return figure, axes


def _mark_left_over(axis: Axes, side: int, outputs: int, stride: int, kernel: int, dilation: int = 1) -> None:
    """Hatch the squares of an image, `side` along each side, that no window covers."""
    covered = torch.zeros(side, dtype=torch.bool)
    covered[(stride * torch.arange(outputs)[:, None] + dilation * torch.arange(kernel)).flatten()] = True
    left_over = (~(covered[:, None] & covered)).nonzero().tolist()
    look: dict[str, Any] = {"facecolor": "none", "edgecolor": COLOURS[1], "hatch": "///", "linewidth": 0}
    for row, column in left_over:
        axis.add_patch(Rectangle((column, row), 1, 1, **look))
    if left_over:
        axis.set_xlabel("hatched: left over, never covered")


def _squares(axis: Axes, shades: Tensor, title: str, texts: npt.NDArray[Any] | None = None) -> None:
    """Draw a square of squares, from 0 (white) to 2 (dark), with a text or number in each."""
    axis.pcolormesh(shades, cmap="Blues", vmin=0, vmax=2.5, edgecolors="grey", linewidth=1)
    axis.set_title(title, loc="left")
    axis.set(aspect="equal", xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
    for (row, column), text in np.ndenumerate([] if texts is None else texts):
        shown = text if isinstance(text, str) else f"{float(text):.3g}".replace("-", "−")
        ink = "white" if shades[row, column] == 2 else "black"
        axis.text(column + 0.5, row + 0.5, shown, ha="center", va="center", color=ink, fontsize=SMALL)


def _note(text: str) -> Figure:
    figure, axis = plt.subplots(figsize=(8, 1.5))
    axis.text(0.5, 0.5, text, ha="center", va="center")
    axis.set_axis_off()
    return figure
