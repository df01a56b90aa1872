"""Malformed notebooks are graded as far as possible, and affect nobody else."""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.intake import Master, take_in
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.executors import open_workers
from helpers.grading.term.marks import Mark, read_marks
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT

pytestmark = pytest.mark.slow

Json = dict[str, Any]


def _cell(notebook: Json, grade_id: str) -> Json:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def _changed(change: Callable[[Json], Any]) -> Callable[[Json], bytes]:
    """Return a function that changes the right notebook and returns it as a file."""

    def make(notebook: Json) -> bytes:
        change(notebook)
        return json.dumps(notebook).encode()

    return make


def _copy_check(notebook: Json) -> None:
    notebook["cells"].append(copy.deepcopy(_cell(notebook, "k1-double-check")))


# name: what is submitted, and the points
KINDS: dict[str, tuple[Callable[[Json], bytes], float]] = {
    "right": (_changed(lambda notebook: None), 5),
    "empty file": (lambda notebook: b"", 0),
    "cut off": (lambda notebook: json.dumps(notebook).encode()[:2000], 0),
    "a picture": (lambda notebook: b"\x89PNG\r\n\x1a\n\x00\xff\xfe", 0),
    "utf-16": (lambda notebook: json.dumps(notebook).encode("utf-16"), 5),
    "a list": (lambda notebook: b"[1, 2, 3]", 0),
    "not a number": (lambda notebook: b"NaN", 0),
    "a web page": (lambda notebook: b"<!DOCTYPE html><html>Please sign in</html>", 0),
    "deep": (lambda notebook: b'{"cells":' + b"[" * 100_000, 0),
    "no cells": (_changed(lambda notebook: notebook.update(cells=[])), 0),
    "no metadata": (_changed(lambda notebook: notebook.pop("metadata")), 5),
    "cells without metadata": (_changed(lambda notebook: [c.pop("metadata") for c in notebook["cells"]]), 5),
    "cells are text": (_changed(lambda notebook: notebook.update(cells="none")), 0),
    "unknown kind of cell": (_changed(lambda notebook: notebook["cells"][3].update(cell_type="poem")), 5),
    "source is a number": (_changed(lambda notebook: notebook["cells"][-1].update(source=7)), 5),
    "version 99": (_changed(lambda notebook: notebook.update(nbformat=99)), 5),
    "version 2": (_changed(lambda notebook: notebook.update(nbformat=2)), 5),
    "another kernel": (
        _changed(lambda notebook: notebook["metadata"].update(kernelspec={"name": "ir", "display_name": "R"})),
        5,
    ),
    "a language of its own": (_changed(lambda notebook: notebook["metadata"].update(language_info={"name": "x"})), 5),
    "a check copied": (_changed(_copy_check), 5),
    "a check deleted": (_changed(lambda notebook: notebook["cells"].remove(_cell(notebook, "k1-double-hidden"))), 5),
    "a check made text": (_changed(lambda n: _cell(n, "k1-double-check").update(cell_type="raw")), 5),
    "points raised": (_changed(lambda n: _cell(n, "k2-x-check")["metadata"]["nbgrader"].update(points=1e9)), 5),
    "points that are no number": (
        _changed(lambda n: _cell(n, "k2-x-check")["metadata"]["nbgrader"].update(points="many")),
        5,
    ),
    "marks of an old version": (
        _changed(lambda n: [c["metadata"].get("nbgrader", {}).pop("schema_version", 0) for c in n["cells"]]),
        5,
    ),
    "a mark that is text": (_changed(lambda n: _cell(n, "setup")["metadata"].update(nbgrader="mine")), 5),
    "a strange answer": (
        _changed(lambda n: _cell(n, "k1-double").update(source="\x00\ud800 ☃".encode("utf-8", "replace").decode())),
        2,
    ),
    "a hundred thousand cells": (
        _changed(
            lambda n: n["cells"].extend({"cell_type": "markdown", "metadata": {}, "source": ""} for _ in range(20_000))
        ),
        5,
    ),
}


@pytest.fixture(scope="module")
def right(released_course: Path) -> Json:
    released = nbformat.read(released_course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    return json.loads(nbformat.writes(fill_in(released, RIGHT)))


@pytest.fixture(scope="module")
def scores(released_course: Path, right: Json, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Mark]:
    """Grade a class in which each student submits another kind."""
    course = Course(shutil.copytree(released_course, tmp_path_factory.mktemp("malformed") / "course"))
    for name, (make, _) in KINDS.items():
        folder = course.folder("submitted", name, SMALL.assignment)
        folder.mkdir(parents=True)
        (folder / SMALL.path.name).write_bytes(make(copy.deepcopy(right)))
    grading = Grading(course, SMALL.assignment)
    with open_workers() as workers:
        failed = grading.run(grading.plan(), workers, lambda _: None, lambda *_: None)
    assert failed == {}
    return {score.student: score for score in read_marks(course)}


@pytest.mark.parametrize("kind", KINDS)
def test_points_of_malformed_submissions(kind: str, scores: dict[str, Mark]) -> None:
    assert scores[kind].points == KINDS[kind][1]


@pytest.mark.parametrize("kind", ["empty file", "cut off", "a picture", "a list", "cells are text", "deep"])
def test_an_unreadable_file_gives_a_note(kind: str, scores: dict[str, Mark]) -> None:
    assert any("could not be read" in note for note in scores[kind].notes)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
QUICKLY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def _holds_the_released_cells(text: str, master: Master) -> None:
    """Check that the intake returns a valid notebook with the lab's cells, unchanged and in their order."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / SMALL.path.name).write_text(text)
        submission = take_in("ada", Path(folder), master, SMALL.notebook)
    notebook = nbformat.reads(submission.notebook, as_version=4)
    nbformat.validate(notebook)
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert [cell.metadata.nbgrader for cell in marked] == [cell.metadata.nbgrader for cell in master.cells]
    for cell, original in zip(marked, master.cells, strict=True):
        assert cell.cell_type == original.cell_type
        assert cell.metadata.nbgrader.solution or cell.source == original.source


@QUICKLY
@given(ANY_JSON)
def test_any_json_can_be_submitted(master: Master, content: Any) -> None:
    _holds_the_released_cells(json.dumps(content), master)


@QUICKLY
@given(st.data())
def test_a_notebook_broken_anywhere_can_be_submitted(master: Master, right: Json, data: st.DataObject) -> None:
    spoilt = copy.deepcopy(right)
    for _ in range(data.draw(st.integers(1, 3))):
        node: Any = spoilt
        while True:  # descend to any node of the tree
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and data.draw(st.integers(0, 3)):
                node = node[key]
                continue
            what = data.draw(st.sampled_from(["replace", "delete", "repeat"]))
            if what == "replace":
                node[key] = data.draw(ANY_JSON)
            elif what == "delete":
                del node[key]
            elif isinstance(node, list):
                node.append(copy.deepcopy(node[key]))
            break
    _holds_the_released_cells(json.dumps(spoilt), master)
