"""The picture of a convolution shows what PyTorch computes."""

from __future__ import annotations

import itertools

import pytest
import torch
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from torch import nn

from helpers.explorer import show_convolution


def squares(figure: Figure) -> list[torch.Tensor]:
    """The values of the drawn image and output: 0 padding, 1 pixel, 2 at the kernel's place."""
    meshes = [child for axis in figure.axes for child in axis.get_children() if isinstance(child, QuadMesh)]
    return [torch.as_tensor(mesh.get_array().data) for mesh in meshes]


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


def test_the_place_that_is_asked_for_is_dark() -> None:
    image, output = squares(show_convolution(size=5, kernel=3, stride=2, place=1))
    assert (output == 2).nonzero().tolist() == [[0, 1]]
    assert (image == 2).nonzero()[0].tolist() == [0, 2]


def test_a_kernel_that_does_not_fit_is_said() -> None:
    figure = show_convolution(size=3, kernel=3, dilation=2)
    assert "spans 5 places\ndoes not fit into 3" in figure.axes[0].texts[0].get_text()


def test_sliders_change_the_picture_and_a_plain_one_stands_beside() -> None:
    notebook = new_notebook(
        cells=[
            new_code_cell("from helpers.explorer import explore_convolution\nexplore_convolution()"),
            new_code_cell(
                "from ipywidgets import Image, IntSlider\n"
                "from ipywidgets.widgets.widget import _instances\n"
                "made = list(_instances.values())\n"
                "picture, = [w for w in made if isinstance(w, Image)]\n"
                "stride, = [w for w in made if isinstance(w, IntSlider) and w.description == 'stride']\n"
                "before = bytes(picture.value)\nstride.value = 2\n"
                "print(bytes(picture.value)[1:4], picture.value != before)"
            ),
        ]
    )
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    shown, moved = (cell.outputs for cell in notebook.cells)
    assert [output.output_type for output in shown] == ["display_data"]
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(shown[0].data)
    assert moved[0].text == "b'PNG' True\n"
