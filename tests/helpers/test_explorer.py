"""The pictures of convolution and pooling show what PyTorch computes."""

from __future__ import annotations

import itertools
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from ipywidgets import Checkbox, Image
from ipywidgets.widgets.widget import _instances
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from torch import nn

from helpers.explorer import explore_pooling, show_convolution, show_pooling

pytestmark = pytest.mark.slow


def squares(figure: Figure) -> list[torch.Tensor]:
    """Return the values of the drawn image and output: 0 padding, 1 pixel, 2 under the kernel."""
    meshes = [child for axis in figure.axes for child in axis.get_children() if isinstance(child, QuadMesh)]
    return [torch.as_tensor(np.asarray(mesh.get_array())) for mesh in meshes]


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "dilation"), list(itertools.product((1, 2, 3), (1, 2), (0, 1), (1, 2)))
)
def test_the_output_has_pytorchs_size_and_the_taps_are_counted(
    kernel: int, stride: int, padding: int, dilation: int
) -> None:
    image, output = squares(show_convolution(7, kernel, stride, padding, dilation))
    layer = nn.Conv2d(1, 1, kernel, stride, padding, dilation)
    assert output.shape == layer(torch.zeros(1, 1, 7, 7)).shape[2:]
    assert int((image == 2).sum()) == kernel**2
    assert len(image) == 7 + 2 * padding


def test_the_chosen_output_is_dark() -> None:
    image, output = squares(show_convolution(size=5, kernel=3, stride=2, place=1))
    assert (output == 2).nonzero().tolist() == [[0, 1]]
    assert (image == 2).nonzero()[0].tolist() == [0, 2]


@pytest.mark.parametrize(("kernel", "stride", "dilation"), [(3, 2, 1), (2, 3, 1), (2, 3, 2), (3, 1, 1)])
def test_what_no_window_covers_is_hatched(kernel: int, stride: int, dilation: int) -> None:
    axis = show_convolution(8, kernel, stride, 0, dilation).axes[0]
    hatched = {(int(patch.get_y()), int(patch.get_x())) for patch in axis.patches if isinstance(patch, Rectangle)}
    image = torch.zeros(1, 1, 8, 8, requires_grad=True)
    F.conv2d(image, torch.ones(1, 1, kernel, kernel), stride=stride, dilation=dilation).sum().backward()
    assert image.grad is not None
    assert hatched == {(row, column) for row, column in (image.grad[0, 0] == 0).nonzero().tolist()}


def test_a_kernel_that_does_not_fit_is_explained() -> None:
    figure = show_convolution(size=3, kernel=3, dilation=2)
    assert "spans 5 places\ndoes not fit into 3" in figure.axes[0].texts[0].get_text()


def texts(figure: Figure, side: int) -> list[str]:
    """Return the texts in the drawn image or output, row by row."""
    return [text.get_text() for text in figure.axes[side].texts]


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "ceil_mode", "average"),
    list(itertools.product((2, 3), (2, 3), (0, 1), (False, True), (False, True))),
)
def test_a_pooling_shows_pytorchs_numbers(
    kernel: int, stride: int, padding: int, ceil_mode: bool, average: bool
) -> None:
    figure = show_pooling(5, kernel, stride, padding, ceil_mode=ceil_mode, average=average)
    image, output = squares(figure)
    pixels = torch.tensor([int(text.replace("−", "-")) for text in texts(show_pooling(5), 0)]).reshape(5, 5)
    pool = F.avg_pool2d if average else F.max_pool2d
    pooled = pool(pixels[None].float(), kernel, stride, padding, ceil_mode=ceil_mode)[0]
    assert output.shape == pooled.shape
    assert int((image == 2).sum()) == kernel**2
    assert texts(figure, 1) == [f"{number:.3g}".replace("-", "−") for number in pooled.flatten().tolist()]
    border = texts(figure, 0).count("0" if average else "−∞") - int(average and (pixels == 0).sum())
    assert border == (5 + 2 * padding) ** 2 - 25


def test_the_chosen_window_is_dark_and_may_extend_beyond_the_image() -> None:
    image, output = squares(show_pooling(size=5, kernel=2, stride=2, place=5, ceil_mode=True))
    assert (output == 2).nonzero().tolist() == [[1, 2]]
    assert (image == 2).nonzero().tolist() == [[2, 4], [2, 5], [3, 4], [3, 5]]
    assert (image == 0).nonzero()[:, 1].unique().tolist() == list(range(6))
    assert image.shape == (6, 6)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel": 1, "padding": 1}, "at most half the window"),
        ({"size": 3, "kernel": 4}, "a window of 4 does not fit into 3"),
    ],
)
def test_a_pooling_that_pytorch_refuses_is_explained(settings: dict[str, Any], words: str) -> None:
    assert words in show_pooling(**settings).axes[0].texts[0].get_text()


@pytest.mark.parametrize("explorer", ["convolution", "pooling"])
def test_sliders_change_the_picture_and_there_is_a_plain_one_too(explorer: str) -> None:
    notebook = new_notebook(
        cells=[
            new_code_cell(f"from helpers.explorer import explore_{explorer}\nexplore_{explorer}()"),
            new_code_cell(
                "from ipywidgets import Image, IntSlider\n"
                "from ipywidgets.widgets.widget import _instances\n"
                "made = list(_instances.values())\n"
                "picture, = [w for w in made if isinstance(w, Image)]\n"
                "stride, = [w for w in made if isinstance(w, IntSlider) and w.description == 'stride']\n"
                "before = bytes(picture.value)\nstride.value = 3\n"
                "print(bytes(picture.value)[1:4], picture.value != before)"
            ),
        ]
    )
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    shown, moved = (cell.outputs for cell in notebook.cells)
    assert [output.output_type for output in shown] == ["display_data"]
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(shown[0].data)
    assert moved[0].text == "b'PNG' True\n"


def test_a_box_that_is_ticked_changes_the_picture() -> None:
    with patch("helpers.explorer.display"):
        explore_pooling()
    made = list(_instances.values())
    picture = [widget for widget in made if isinstance(widget, Image)][-1]
    box = [widget for widget in made if isinstance(widget, Checkbox) and widget.description == "average"][-1]
    before = bytes(picture.value)
    box.value = True
    assert bytes(picture.value) != before
