"""Figures: that they show the data, carry their labels and marks, and are not shown twice."""

from __future__ import annotations

import io
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from helpers import plots
from helpers.evaluation import Evaluation
from helpers.train import History, evaluate, fit
from tests.helpers.conftest import make_set

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def _no_window() -> None:
    plt.switch_backend("agg")


def history() -> History:
    return History([2.0, 1.0], [0.3, 0.6], [1.9, 1.1], [0.4, 0.5], [1.0, 1.0], "LeNet on MNIST")


def evaluation(is_stand_in: bool = False) -> Evaluation:
    confusion = torch.tensor([[3, 1], [0, 4]])
    per_class = torch.tensor([0.75, 1.0], dtype=torch.float64)
    return Evaluation(0.5, 0.875, per_class, confusion, ("cat", "dog"), torch.zeros(8), is_stand_in)


FIGURES: dict[str, Callable[[], Figure]] = {
    "images": lambda: plots.show_images(make_set().images[:5], [0, 1, 2, 0, 1], title="Digits"),
    "history": lambda: plots.show_history({"LeNet": history(), "linear": history()}, "Two models"),
    "per_class": lambda: plots.show_per_class({"LeNet": evaluation(), "linear": evaluation()}),
    "confusion": lambda: plots.show_confusion(evaluation()),
    "kernels": lambda: plots.show_kernels(torch.randn(6, 3, 5, 5)),
    "feature_maps": lambda: plots.show_feature_maps(torch.randn(6, 12, 12)),
    "array": lambda: plots.show_array([[1, -2], [3, 4]], "A matrix"),
}


def drawn_texts(figure: Figure) -> list[Text]:
    figure.draw_without_rendering()  # labels its ticks
    return [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in drawn_texts(figure)]


@pytest.mark.parametrize("name", FIGURES)
def test_it_is_drawn_closed_and_titled(name: str) -> None:
    before = plt.get_fignums()
    figure = FIGURES[name]()
    assert plt.get_fignums() == before  # otherwise a notebook shows it a second time
    title = figure.get_suptitle() or figure.axes[0].get_title()
    assert title
    file = io.BytesIO()
    figure.savefig(file)
    picture = plt.imread(io.BytesIO(file.getvalue()))
    assert picture.std() > 0.05  # not a blank page


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_smaller_than_eleven_points(name: str) -> None:
    figure = FIGURES[name]()
    assert min(float(text.get_fontsize()) for text in drawn_texts(figure)) >= 11


LONG = "a network with a long name, 1,234,567 numbers to learn"
WIDE: dict[str, Callable[[], Figure]] = {
    "images": lambda: plots.show_images(torch.rand(20, 3, 8, 8), [0] * 20, ["automobile"], [0] * 20),
    "history": lambda: plots.show_history({f"{LONG} {i}": history() for i in range(3)}),
    "per_class": lambda: plots.show_per_class({f"{LONG} {i}": evaluation() for i in range(3)}),
    "kernels": lambda: plots.show_kernels(torch.randn(8, 8, 3, 3)),
    "feature_maps": lambda: plots.show_feature_maps(torch.randn(16, 12, 12)),
    "array": lambda: plots.show_array(torch.full((3, 12), -0.1234), fmt=".2f"),
}
ALL = FIGURES | {f"wide {name}": draw for name, draw in WIDE.items()}


@pytest.mark.parametrize("name", ALL)
def test_it_fits_the_page(name: str) -> None:
    file = io.BytesIO()
    ALL[name]().savefig(file, dpi=100, bbox_inches="tight")
    assert plt.imread(io.BytesIO(file.getvalue())).shape[1] <= 860  # pixels, as JupyterLab shows them on a laptop


@pytest.mark.parametrize("name", FIGURES)
def test_the_callers_style_is_left_alone(name: str) -> None:
    before = plt.rcParams.copy()
    FIGURES[name]()
    assert plt.rcParams == before


class TestImages:
    def test_every_image_is_there(self) -> None:
        images = make_set().images[:5]
        figure = plots.show_images(images, columns=3)
        shown = [np.asarray(picture.get_array()) for picture in figure.axes[0].images]
        assert len(shown) == 5
        for picture, image in zip(shown, images, strict=True):
            np.testing.assert_allclose(picture, image[0] / 255, rtol=1e-6)

    def test_only_a_wrong_prediction_is_framed_and_named(self) -> None:
        figure = plots.show_images(make_set().images[:2], [0, 1], ("cat", "dog"), predictions=[0, 0])
        (axis,) = figure.axes
        assert [text.get_text() for text in axis.texts] == ["cat", "✗ cat\nis dog"]
        (frame,) = axis.patches
        left, right, low, high = axis.images[1].get_extent()
        assert isinstance(frame, Rectangle)
        assert frame.get_bbox().extents == pytest.approx((left, high, right, low))

    @pytest.mark.parametrize("shape", [(2, 3, 8, 8), (2, 1, 8, 8), (2, 8, 8)])
    def test_floats_are_scaled_from_black_to_white(self, shape: tuple[int, ...]) -> None:
        figure = plots.show_images(torch.randn(shape))
        shown = np.stack([np.asarray(picture.get_array()) for picture in figure.axes[0].images])
        assert (shown.min(), shown.max()) == (0, 1)

    def test_constant_floats_can_be_shown(self) -> None:
        plots.show_images(torch.full((1, 1, 4, 4), 3.0))

    def test_bad_input_is_named(self) -> None:
        with pytest.raises(ValueError, match=r"\(5, 2, 6, 6\)"):
            plots.show_images(torch.zeros(5, 2, 6, 6))
        with pytest.raises(ValueError, match="3 labels for 5 images"):
            plots.show_images(torch.zeros(5, 6, 6), labels=[0, 1, 2])
        with pytest.raises(ValueError, match="give the labels too"):
            plots.show_images(torch.zeros(5, 6, 6), predictions=[0] * 5)


class TestHistory:
    def test_lines_hold_the_figures_over_epochs_from_one(self) -> None:
        loss, accuracy = plots.show_history(history()).axes
        assert [line.get_label() for line in loss.lines] == ["train", "test"]
        assert [np.asarray(line.get_ydata()).tolist() for line in loss.lines] == [[2.0, 1.0], [1.9, 1.1]]
        assert [np.asarray(line.get_ydata()).tolist() for line in accuracy.lines] == [[30, 60], [40, 50]]
        assert all(np.asarray(line.get_xdata()).tolist() == [1, 2] for line in loss.lines + accuracy.lines)

    def test_lines_differ_in_more_than_colour(self) -> None:
        loss = plots.show_history({"LeNet": history(), "linear": history()}).axes[0]
        looks = {(line.get_linestyle(), line.get_marker()) for line in loss.lines}
        assert len(looks) == len(loss.lines) == 4

    def test_without_a_test_set(self) -> None:
        loss = plots.show_history(History([2.0, 1.0], [0.3, 0.6])).axes[0]
        assert [line.get_label() for line in loss.lines] == ["train"]

    def test_the_title_says_that_data_are_a_stand_in(self) -> None:
        data = make_set(source="stand-in")
        model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(36, 3))
        trained = fit(model, data, epochs=1, progress=False)
        for figure in (plots.show_history(trained), plots.show_history({"a": trained}, "My title")):
            assert figure.get_suptitle().count("(stand-in data)") == 1
        assert "(stand-in data)" in plots.show_confusion(evaluate(model, data)).axes[0].get_title()

    def test_nothing_trained_is_refused(self) -> None:
        with pytest.raises(ValueError, match="train first"):
            plots.show_history(History())


class TestPerClass:
    def test_bars_are_the_accuracies_in_percent(self) -> None:
        axis = plots.show_per_class({"LeNet": evaluation()}).axes[0]
        assert [bar.get_height() for bar in axis.patches if isinstance(bar, Rectangle)] == [75, 100]
        assert [label.get_text() for label in axis.get_xticklabels()] == ["cat", "dog"]

    def test_models_differ_in_more_than_colour(self) -> None:
        axis = plots.show_per_class({"LeNet": evaluation(), "linear": evaluation()}).axes[0]
        assert len({bar.get_hatch() for bar in axis.patches}) == 2

    def test_a_stand_in_is_marked_once(self) -> None:
        assert "stand-in" not in plots.show_per_class({"a": evaluation()}).axes[0].get_title()
        figure = plots.show_per_class({"a": evaluation(), "b": evaluation(True)}, "Classes (stand-in data)")
        assert figure.axes[0].get_title().count("stand-in") == 1

    def test_nothing_to_show_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least one evaluation"):
            plots.show_per_class({})


def test_the_confusion_matrix_has_true_classes_as_rows() -> None:
    axis = plots.show_confusion(evaluation()).axes[0]
    written = {text.get_position(): text.get_text() for text in axis.texts}
    assert written == {(0, 0): "3", (1, 0): "1", (0, 1): "0", (1, 1): "4"}  # (column, row)
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("predicted class", "true class")


class TestMaps:
    def test_kernels_share_a_scale_with_zero_in_the_middle(self) -> None:
        weight = torch.randn(4, 2, 3, 3)
        figure = plots.show_kernels(weight)
        pictures = [axis.images[0] for axis in figure.axes if axis.images]
        assert len(pictures) == 8
        assert {picture.get_clim() for picture in pictures} == {(-weight.abs().max().item(), weight.abs().max().item())}
        np.testing.assert_allclose(np.asarray(pictures[3].get_array()), weight[1, 1])

    def test_the_title_says_what_is_left_out(self) -> None:
        assert "8 of 64 outputs" in plots.show_kernels(torch.randn(64, 16, 3, 3)).get_suptitle()
        assert "64 of 100 channels" in plots.show_feature_maps(torch.randn(100, 4, 4)).get_suptitle()

    def test_parameters_and_a_batch_of_one_can_be_shown(self) -> None:
        layer = torch.nn.Conv2d(1, 4, 3)
        plots.show_kernels(layer.weight)
        figure = plots.show_feature_maps(layer(torch.randn(1, 1, 8, 8)))
        assert sum(bool(axis.images) for axis in figure.axes) == 4

    def test_other_shapes_are_refused(self) -> None:
        with pytest.raises(ValueError, match="O×I×H×W"):
            plots.show_kernels(torch.zeros(3, 3))
        with pytest.raises(ValueError, match=r"\(2, 3, 4, 4\)"):
            plots.show_feature_maps(torch.zeros(2, 3, 4, 4))


class TestArray:
    def test_numbers_are_at_their_positions(self) -> None:
        axis = plots.show_array(torch.tensor([[1, -2, 3], [4, 5, 6]])).axes[0]
        written = {text.get_position(): text.get_text() for text in axis.texts}
        assert written[(1, 0)] == "−2"
        assert written[(2, 1)] == "6"
        assert len(written) == 6

    def test_the_format_is_kept(self) -> None:
        assert [text.get_text() for text in plots.show_array([0.5, 1.25], fmt=".2f").axes[0].texts] == ["0.50", "1.25"]

    @pytest.mark.parametrize("array", [torch.zeros(30, 30), torch.zeros(2, 2, 2), torch.zeros(0, 3)])
    def test_other_shapes_are_refused(self, array: torch.Tensor) -> None:
        with pytest.raises(ValueError, match="1 to 24 on a side"):
            plots.show_array(array)

    def test_text_contrasts_with_its_background(self) -> None:
        dark, light = plots.show_array([[0, 1]]).axes[0].texts
        assert (dark.get_color(), light.get_color()) == ("white", "black")


def test_a_plain_figure_is_still_shown_after_one_of_ours() -> None:
    ours = "import torch\nfrom helpers.plots import show_array\nshow_array(torch.ones(2, 2))"
    plain = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    notebook = new_notebook(cells=[new_code_cell(ours), new_code_cell(plain)])
    NotebookClient(notebook, kernel_name="python3").execute()
    shown = [[output.output_type for output in cell.outputs if "data" in output] for cell in notebook.cells]
    assert shown == [["execute_result"], ["display_data"]]
