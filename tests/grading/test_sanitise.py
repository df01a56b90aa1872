"""What becomes of hand-ins that strangers spoilt, before they run."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from helpers.grading.course import Course
from helpers.grading.exporters import problem_of, read_submission
from helpers.grading.feedback import HideTracebacks
from helpers.grading.labs import Lab
from helpers.grading.sanitise import Master
from tests.conftest import SMALL


@pytest.fixture
def released(released_course: Path, small: Lab) -> NotebookNode:
    return nbformat.read(released_course / "release" / small.assignment / "small.ipynb", as_version=4)


@pytest.fixture(scope="module")
def master(released_course: Path) -> Master:
    course = Course(released_course)
    with course.gradebook() as gradebook:
        return Master.load(gradebook, course.coursedir, SMALL.assignment, SMALL.notebook)


@pytest.fixture
def restore(master: Master) -> Callable[[NotebookNode], NotebookNode]:
    return master.sanitise


def ids(notebook: NotebookNode) -> list[str]:
    return [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


@pytest.mark.parametrize("gone", ["k1-double", "k1-double-hidden", "setup", "k2-x-hidden", "k1-double-why"])
def test_a_deleted_cell_comes_back_to_its_place(gone: str, released: NotebookNode, restore: Any) -> None:
    handed_in = copy.deepcopy(released)
    handed_in.cells = [cell for cell in handed_in.cells if cell.id != gone]
    assert ids(restore(handed_in)) == ids(released)


def test_all_cells_deleted_come_back_in_order(released: NotebookNode, restore: Any) -> None:
    handed_in = copy.deepcopy(released)
    handed_in.cells = []
    assert ids(restore(handed_in)) == ids(released)


def test_the_last_copy_of_a_cell_counts(released: NotebookNode, restore: Any) -> None:
    handed_in = copy.deepcopy(released)
    answer = next(cell for cell in handed_in.cells if cell.id == "k1-double")
    second = copy.deepcopy(answer)
    second.id, second.source = "second", "def double(n): return 2 * n"
    handed_in.cells.insert(handed_in.cells.index(answer) + 1, second)
    restored = restore(handed_in)
    assert ids(restored) == ids(released)
    assert cell_of(restored, "k1-double").source == second.source


@pytest.mark.parametrize("spoilt", [{}, {"grade_id": "k1-double"}, {"schema_version": 1}, "text", 7, None])
def test_spoilt_marks_are_forgotten_and_the_cell_comes_back(spoilt: Any, released: NotebookNode, restore: Any) -> None:
    handed_in = copy.deepcopy(released)
    next(cell for cell in handed_in.cells if cell.id == "k1-double-check").metadata["nbgrader"] = spoilt
    assert sorted(ids(restore(handed_in))) == sorted(ids(released))


def test_hidden_tests_come_in_and_a_changed_check_is_put_back(released: NotebookNode, restore: Any) -> None:
    cell_of(released, "k1-double-check").source = "pass"
    cell_of(released, "k1-double").source = "def double(n): return n"
    sanitised = restore(released)
    assert "question(" in cell_of(sanitised, "k1-double-check").source
    assert "HIDDEN TESTS" in cell_of(sanitised, "k1-double-hidden").source
    assert cell_of(sanitised, "k1-double").source == "def double(n): return n"


def test_a_check_made_a_text_cell_is_a_check_again(released: NotebookNode, restore: Any) -> None:
    check = cell_of(released, "k1-double-check")
    released.cells[released.cells.index(check)] = new_markdown_cell(check.source, id=check.id, metadata=check.metadata)
    assert cell_of(restore(released), "k1-double-check").cell_type == "code"


def test_points_that_a_student_raised_fall_back(released: NotebookNode, restore: Any) -> None:
    before = cell_of(restore(released), "k1-double-check").metadata.nbgrader.points
    cell_of(released, "k1-double-check").metadata.nbgrader.points = 1000
    assert cell_of(restore(released), "k1-double-check").metadata.nbgrader.points == before


def test_outputs_and_claims_of_the_hand_in_are_gone(released: NotebookNode, restore: Any) -> None:
    cell_of(released, "k1-double-check").outputs = [new_output("execute_result", data={"text/plain": "99"})]
    released.metadata["course"] = {"problem": "none of mine"}
    sanitised = restore(released)
    assert all(not cell.outputs for cell in sanitised.cells if cell.cell_type == "code")
    assert problem_of(sanitised) == ""


def test_what_was_wrong_with_a_file_stays_said(restore: Any) -> None:
    assert "is empty" in problem_of(restore(read_submission(io.StringIO(""))))


def test_a_strangers_marks_are_forgotten(released: NotebookNode, restore: Any) -> None:
    handed_in = copy.deepcopy(released)
    extra = copy.deepcopy(next(cell for cell in handed_in.cells if cell.id == "k1-double-check"))
    extra.id, extra.metadata.nbgrader.grade_id = "bonus", "bonus-points"
    handed_in.cells.append(extra)
    assert ids(restore(handed_in)) == ids(released)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("  \n", "the file is empty"),
        ("hello", "no JSON"),
        ('{"cells": [', "no JSON"),
        ("[1, 2]", "no valid notebook"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": "none"}', "no valid notebook"),
        ('{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}', "no valid notebook"),
    ],
)
def test_what_cannot_be_read_becomes_an_empty_notebook_with_the_reason(text: str, words: str) -> None:
    notebook = read_submission(io.StringIO(text))
    assert words in problem_of(notebook)
    assert words in notebook.cells[0].source
    nbformat.validate(notebook)


def test_bytes_that_are_no_text_are_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "picture.ipynb"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with path.open(encoding="utf-8") as stream:
        assert problem_of(read_submission(stream)) == "could not be read: the file is not text"


def test_a_good_hand_in_is_read_as_it_is(released: NotebookNode) -> None:
    assert read_submission(io.StringIO(nbformat.writes(released))) == released


@pytest.mark.filterwarnings(
    "ignore::nbformat.warnings.DuplicateCellId", "ignore::nbformat.warnings.MissingIDFieldWarning"
)
@pytest.mark.parametrize("number", ["twice", "missing"])
def test_cell_ids_that_are_wrong_cost_nothing(number: str, released: NotebookNode) -> None:
    spoilt = json.loads(nbformat.writes(released))
    if number == "twice":
        spoilt["cells"][3]["id"] = spoilt["cells"][4]["id"]
    else:
        del spoilt["cells"][3]["id"]
    notebook = read_submission(io.StringIO(json.dumps(spoilt)))
    assert problem_of(notebook) == ""
    assert ids(notebook) == ids(released)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("change", ["untouched", "tag taken away", "own cell tagged"])
def test_the_grading_values_come_into_the_labs_own_cell(change: str, released: NotebookNode, restore: Any) -> None:
    cell = cell_of(released, "parameters")
    if change == "tag taken away":
        del cell.metadata["tags"]
    if change == "own cell tagged":
        released.cells.append(new_code_cell("print(1)", metadata={"tags": ["parameters"]}))
    notebook = restore(released)
    own = cell_of(notebook, "parameters")
    assert own.source == "EPOCHS = 1  # passes\nSIZE = 10"
    assert (notebook.cells[-1].source == "print(1)") is (change == "own cell tagged")


def test_feedback_shows_no_source_of_a_failed_check(released: NotebookNode) -> None:
    hidden = next(cell for cell in released.cells if cell.id == "k1-double-hidden")
    hidden.outputs = [new_output("error", ename="TypeError", evalue="no", traceback=["secret source", "more"])]
    HideTracebacks().preprocess_cell(hidden, {}, 0)
    assert hidden.outputs[0].traceback == ["TypeError: no"]
