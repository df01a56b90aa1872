"""The arithmetic of a convolution, to play with: where the kernel fits, which pixels it touches, how many outputs."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable
from inspect import signature

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from IPython.display import display
from ipywidgets import Image, IntSlider, VBox
from matplotlib.figure import Figure

from helpers.style import house_style

__all__ = ["explore_convolution", "show_convolution"]


@house_style
def show_convolution(
    size: int = 6, kernel: int = 3, stride: int = 1, padding: int = 0, dilation: int = 1, place: int = 0
) -> Figure:
    """One place of a kernel on a square image, and the output that it makes there.

    Args:
        size: pixels along each side of the image.
        kernel: taps along each side of the kernel.
        stride: pixels from one place to the next.
        padding: zeros added on each side of the image.
        dilation: pixels from one tap to the next.
        place: which output is drawn dark, row by row; it is counted on from the first after the last.
    """
    side, span = size + 2 * padding, dilation * (kernel - 1) + 1
    if span > side:
        return _note(f"a kernel that spans {span} places\ndoes not fit into {side}")
    numbers = torch.arange(side**2.0).reshape(1, 1, side, side)
    taps = F.unfold(numbers, kernel, dilation, stride=stride)[0].long()  # for each place, the numbers of its pixels
    places = taps.shape[1]
    image, output = F.pad(torch.ones(size, size), [padding] * 4), torch.ones(places)
    image.view(-1)[taps[:, place % places]] = output[place % places] = 2
    figure, axes = plt.subplots(1, 2, figsize=(8, 4.2))
    squares = {"image (padding white, taps dark)": image, "output": output.reshape(round(places**0.5), -1)}
    for axis, (name, square) in zip(axes, squares.items(), strict=True):
        axis.pcolormesh(square, cmap="Blues", vmin=0, vmax=2.5, edgecolors="grey", linewidth=1)
        axis.set(title=f"{name}\n{len(square)} × {len(square)}", aspect="equal", xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
        axis.invert_yaxis()
    return figure


def explore_convolution() -> None:
    """`show_convolution` under sliders. Where nobody can move them, as in a saved notebook, the first picture stays."""
    _explore(
        show_convolution, size=(3, 9), kernel=(1, 4), stride=(1, 3), padding=(0, 2), dilation=(1, 3), place=(0, 60)
    )


def _explore(show: Callable[..., Figure], **ranges: tuple[int, int]) -> None:
    """Display a slider for each argument of `show`, at its default at first, and the picture that `show` draws.

    The picture is a widget of its own, not an Output widget as ipywidgets' `interact` has: when a notebook runs
    headless, nbclient answers an Output widget over the socket on which it waits, and may then wait for ever.
    """
    start = {name: parameter.default for name, parameter in signature(show).parameters.items()}
    sliders = {name: IntSlider(start[name], low, high, description=name) for name, (low, high) in ranges.items()}
    picture = Image(format="png")

    def draw(_: object = None) -> None:
        picture.value = _png(show(**{name: slider.value for name, slider in sliders.items()}))

    for slider in sliders.values():
        slider.observe(draw, names="value")
    draw()
    # Beside the widget a plain picture, for whatever shows notebooks but no widgets.
    bundle = VBox([*sliders.values(), picture])._repr_mimebundle_()
    display(bundle | {"image/png": b64encode(picture.value).decode()}, raw=True)


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", bbox_inches="tight")
    plt.close(figure)
    return stream.getvalue()


def _note(text: str) -> Figure:
    figure, axis = plt.subplots(figsize=(8, 1.5))
    axis.text(0.5, 0.5, text, ha="center", va="center")
    axis.set_axis_off()
    return figure
