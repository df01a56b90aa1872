"""Right answers keep their points, whatever happens to cells: mixed up, lost, copied, retyped, without metadata."""

from __future__ import annotations

import contextlib
import copy
import json
import socket
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from helpers.grading.cleanroom.dispatcher import Dispatcher
from helpers.grading.cleanroom.dispatcher_client import DispatcherClient
from helpers.grading.cleanroom.room import CellRunner, run_cell
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.intake import Master, Submission, take_in
from helpers.notebooks.cells import is_check, is_setup
from tests.conftest import SMALL
from tests.grading import rooms
from tests.grading.conftest import RIGHT

pytestmark = pytest.mark.slow

Json = dict[str, Any]
HALF = RIGHT | {"k1-double": "def double(n):\n    return 0"}
POINTS = {"right": 5, "half": 2}  # from checks; those for words are given by a person
SOME = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
)
# What a hostile student would like the checks to find.
HOSTILE = (
    "EPOCHS, SIZE = 0, 0\nx = [0, 0]",
    "from unittest import mock\nquestion = call = value = mock.MagicMock()",
    "raise SystemExit",
    "def double(n): return mock",
)


@pytest.fixture(scope="module")
def notebooks(released_course: Path) -> dict[str, Json]:
    released = nbformat.read(released_course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    answers = {"right": RIGHT, "half": HALF}
    return {name: json.loads(nbformat.writes(fill_in(released, answers[name], words="So."))) for name in answers}


def submit(content: bytes, master: Master) -> Submission:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / SMALL.path.name).write_bytes(content)
        return take_in("ada", Path(folder), master, SMALL.notebook)


def earned(submission: Submission) -> float:
    """The points of a submission: its cells run in another process, the checks in the clean room."""
    cells = nbformat.reads(submission.notebook, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    with rooms.kernel(lambda channel: _serve(channel, code)) as channel:
        room = CellRunner(DispatcherClient(channel))
        points = 0.0
        for cell in code:
            if is_setup(cell):
                room.run(cell.source, graded=False, timeout=20)
            elif is_check(cell):
                passed = room.run(cell.source, graded=True, timeout=20).passed
                points += cell.metadata.nbgrader.points * passed
    return points


def _serve(channel: socket.socket, code: list[NotebookNode]) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in code:
        if not is_check(cell):
            with contextlib.suppress(BaseException):
                run_cell(cell.source, names)
    dispatcher = Dispatcher(channel, names)
    while dispatcher.handle_request():
        pass


def is_answer(cell: Json) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def spoil(notebook: Json, data: st.DataObject, lose_answers: bool) -> bytes:
    """Shuffle the cells of a notebook; lose, copy or retype some, or remove their metadata; return it as bytes."""
    cells = data.draw(st.permutations(copy.deepcopy(notebook["cells"])))
    spoilt = []
    for cell in cells:
        what = data.draw(st.sampled_from(["keep", "keep", "lose", "double", "retype", "no metadata", "no id"]))
        if what == "lose" and (lose_answers or not is_answer(cell)):
            continue
        if what == "double":
            spoilt.append(copy.deepcopy(cell))
        if what == "retype":
            cell["cell_type"] = data.draw(st.sampled_from(["code", "markdown", "raw", "poem"]))
        if what == "no metadata":
            cell["metadata"] = {}
        if what == "no id":
            cell.pop("id")
        spoilt.append(cell)
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
    return json.dumps({**notebook, "cells": spoilt}, ensure_ascii=data.draw(st.booleans())).encode(encoding)


@SOME
@given(st.data())
def test_mixed_up_cells_lose_no_points(master: Master, notebooks: dict[str, Json], data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(POINTS)))
    submission = submit(spoil(notebooks[kind], data, lose_answers=False), master)
    assert earned(submission) == POINTS[kind]


@SOME
@given(st.data())
def test_hostile_cells_earn_no_points(master: Master, notebooks: dict[str, Json], data: st.DataObject) -> None:
    hostile = copy.deepcopy(notebooks["half"])
    for source in data.draw(st.lists(st.sampled_from(HOSTILE), max_size=3)):
        stolen = copy.deepcopy(data.draw(st.sampled_from(hostile["cells"]))["metadata"])  # another cell's marks
        cell = {"cell_type": "code", "metadata": stolen, "source": source, "id": "x", "outputs": []}
        hostile["cells"].insert(data.draw(st.integers(0, len(hostile["cells"]))), cell)
    assert earned(submit(spoil(hostile, data, lose_answers=True), master)) <= POINTS["half"]
