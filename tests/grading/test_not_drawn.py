"""What is left out in grading: the cells say so, and `--pictures` leaves nothing out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.cli import main
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.intake import LeftOut
from helpers.grading.intake.needed import NOT_RUN
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.execute import ExecuteSubmission
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT, hand_in

pytestmark = pytest.mark.slow

FIGURE = "import matplotlib.pyplot as plt\nprint('before')\nfor _ in range(2):\n    plt.figure()\n    plt.plot([1, 2])"
LEFT_OUT = LeftOut(frozenset({"k1-double-try"}), frozenset({"figure"}))

Run = Callable[..., dict[str, NotebookNode]]


@pytest.fixture
def run(small_course: Path, tmp_path: Path) -> Run:
    """Run the solved small lab with a cell that draws: its cells by their ids. Its checks must earn all points."""
    released = nbformat.read(small_course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    (tmp_path / "files").mkdir()

    def run(
        left_out: LeftOut = LEFT_OUT, pictures: bool = False, answers: dict[str, str] = RIGHT
    ) -> dict[str, NotebookNode]:
        notebook = fill_in(released, answers)
        notebook.cells.append(new_code_cell(FIGURE, id="figure"))
        execute = ExecuteSubmission(shutdown_kernel="immediate", pictures=pictures)
        resources: dict[str, Any] = {"metadata": {"path": str(tmp_path / "files")}, "left_out": left_out}
        ran, resources = execute.preprocess(notebook, resources)
        assert sum(found.points for found in resources["evidence"].values()) == 5
        return {cell.id: cell for cell in ran.cells}

    return run


def shown(cell: NotebookNode) -> list[str]:
    """The kinds of a cell's outputs, and what text says."""
    return [output.get("text") or output.data["text/plain"] for output in cell.outputs]


def pictures(cell: NotebookNode) -> int:
    return sum("image/png" in output.get("data", {}) for output in cell.outputs)


def test_a_cell_that_is_left_out_says_so(run: Run) -> None:
    cells = run()
    assert shown(cells["k1-double-try"]) == [NOT_RUN]
    assert cells["k1-double-try"].execution_count is None
    assert shown(cells["figure"])[0] == "before\n"
    assert shown(cells["figure"])[-1] == "Figure not drawn in grading."
    assert pictures(cells["figure"]) == 0


def test_what_somebody_looks_at_is_drawn_although_other_cells_are_not(run: Run) -> None:
    cells = run(LeftOut(figures=frozenset({"k1-double-try", "k2-x"})))
    assert shown(cells["k1-double-try"]) == ["8"]
    assert pictures(cells["figure"]) == 2


def test_with_pictures_everything_runs_and_is_drawn(run: Run) -> None:
    cells = run(pictures=True)
    assert shown(cells["k1-double-try"]) == ["8"]
    assert pictures(cells["figure"]) == 2


def test_no_cell_shows_the_figures_that_checks_had_an_answer_make(run: Run) -> None:
    drawing = "import matplotlib.pyplot as plt\ndef double(n):\n    plt.plot([n])\n    return 2 * n"
    cells = run(LeftOut(frozenset({"k1-double-try"})), answers=RIGHT | {"k1-double": drawing})
    assert cells["k2-x"].outputs == []  # the first to run after the checks


def test_pictures_are_an_option_and_no_reason_to_grade_again(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(course, "ada")
    monkeypatch.chdir(course.root)

    def try_cell() -> NotebookNode:
        path = course.root / "autograded" / "ada" / SMALL.assignment / SMALL.path.name
        return next(cell for cell in nbformat.read(path, as_version=4).cells if cell.source == "double(4)")

    assert main(["autograde", SMALL.assignment, "--workers", "1"]) == 0
    assert shown(try_cell()) == [NOT_RUN]
    with_pictures = Course(course.root)
    with_pictures.config.ExecuteSubmission.pictures = True
    assert not Grading(with_pictures, SMALL.assignment).plan().to_grade
    assert main(["autograde", SMALL.assignment, "--workers", "1", "--force", "--pictures"]) == 0
    assert shown(try_cell()) == ["8"]
