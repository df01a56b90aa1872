"""How a submission runs: what its time is, and what is said where a kernel is ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.pipeline import execute as execute_module
from helpers.grading.pipeline.evidence import Evidence
from helpers.grading.pipeline.execute import ExecuteSubmission, _can_be_kept
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT

pytestmark = pytest.mark.slow

CELL_SECONDS, SECONDS = 100, 1000


@pytest.fixture
def run(small_course: Path, tmp_path: Path) -> Callable[..., tuple[dict[str, NotebookNode], dict[str, Evidence]]]:
    """Run the small lab with these answers: its cells by their names, and what the checks have shown."""
    released = nbformat.read(small_course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    (tmp_path / "files").mkdir()

    def run(answers: dict[str, str] | None = None) -> tuple[dict[str, NotebookNode], dict[str, Evidence]]:
        execute = ExecuteSubmission(timeout=CELL_SECONDS, total_timeout=SECONDS, shutdown_kernel="immediate")
        notebook = fill_in(released, RIGHT | (answers or {}))
        ran, resources = execute.preprocess(notebook, {"metadata": {"path": str(tmp_path / "files")}})
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in ran.cells if "nbgrader" in cell.metadata}
        return cells, resources["evidence"]

    return run


def let_pass(monkeypatch: pytest.MonkeyPatch, seconds: float, after: str) -> None:
    """Let time pass when the cell of this name has run."""
    now, run_cell = [0.0], ExecuteSubmission._run

    def run(self: ExecuteSubmission, cell: NotebookNode, index: int) -> None:
        run_cell(self, cell, index)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == after:
            now[0] += seconds

    monkeypatch.setattr(execute_module, "monotonic", lambda: now[0])
    monkeypatch.setattr(ExecuteSubmission, "_run", run)


def test_when_the_time_is_over_no_cell_runs_and_what_was_answered_is_marked(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_pass(monkeypatch, SECONDS + 1, after="k1-double")
    cells, evidence = run()
    assert evidence["k1-double-check"].points == 1
    (output,) = cells["k2-x"].outputs
    assert output.evalue == "Nothing ran from here on: this notebook takes longer than 1000 seconds."
    lost = evidence["k2-x-check"]
    assert lost.points == 0
    assert lost.message.endswith("[Cells above did not run: this notebook takes longer than 1000 seconds.]")


def test_the_checks_have_one_cells_time_more(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    let_pass(monkeypatch, SECONDS + CELL_SECONDS + 1, after="k1-double")
    _, evidence = run()
    assert {found.points for found in evidence.values()} == {0}
    words = "This check did not run: this notebook takes longer than 1000 seconds."
    assert evidence["k2-x-check"].message == words


def test_a_cell_has_no_more_than_what_is_left(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    timeout = ExecuteSubmission._get_timeout

    def note(self: ExecuteSubmission, cell: NotebookNode) -> float:
        given.append(timeout(self, cell))
        return given[-1]

    let_pass(monkeypatch, SECONDS - 0.25, after="k1-double")
    monkeypatch.setattr(ExecuteSubmission, "_get_timeout", note)
    run()
    assert set(given) == {CELL_SECONDS, 0.25}


def test_why_a_kernel_was_ended_is_said(run: Any) -> None:
    cells, evidence = run({"k1-double": "print('x' * 40_000_000)"})
    words = "Nothing ran from here on: it sent more than 32 MiB at once in the answer cell k1-double."
    assert cells["k1-double"].outputs[0].evalue == words
    assert {found.message for found in evidence.values()} == {words}


def test_buffers_count_as_output_and_nothing_is_kept_of_widgets(run: Any) -> None:
    comm = "get_ipython().kernel.session.send(get_ipython().kernel.iopub_socket, '{}', {}, buffers=[bytes(3_000_000)])"
    sent = {"data": {"text/plain": "shown"}, "metadata": {}, "transient": {}}
    state = {"comm_id": "a", "target_name": "jupyter.widget", "data": {"state": {"a": 1}, "buffer_paths": [["a"]]}}
    parent = ", parent=get_ipython().kernel.get_parent(), buffers="
    show, widget = (
        comm.format(kind, content).replace(", buffers=", parent)
        for kind, content in (("display_data", sent), ("comm_open", state))
    )
    cells, evidence = run({"k1-double": f"{widget}\n{show}\n{RIGHT['k1-double']}"})
    assert "left out" in cells["k1-double"].outputs[0].text
    assert len(cells["k1-double"].outputs) == 1
    assert evidence["k1-double-check"].points == 1


def test_what_no_file_can_hold_is_not_kept(run: Any) -> None:
    plain_json = (
        "import json\nget_ipython().kernel.session.pack = lambda thing: json.dumps(thing, default=str).encode()"
    )
    cells, evidence = run({"k1-double": f"{RIGHT['k1-double']}\n{plain_json}\nprint('\\ud800')"})
    assert "nothing that a notebook can hold" in cells["k1-double"].outputs[0].evalue
    assert evidence["k1-double-check"].points == 1


def test_output_that_is_none_ends_the_kernel(run: Any) -> None:
    kernel = "get_ipython().kernel"
    sent = {"name": "stdout", "text": 3}
    send = f"{kernel}.session.send({kernel}.iopub_socket, 'stream', {sent}, parent={kernel}.get_parent())"
    _, evidence = run({"k1-double": f"{RIGHT['k1-double']}\n{send}"})
    words = "Nothing ran from here on: the kernel's answer made no sense (NotebookValidationError)."
    assert {found.message for found in evidence.values()} == {words}


def test_nobody_answers_input(run: Any) -> None:
    cells, _ = run({"k1-double": "input('your name: ')"})
    assert "Nobody answers input() here" in cells["k1-double"].outputs[-1].evalue


@pytest.mark.parametrize(("count", "kept"), [(3, True), (1 << 40, True), ("many", False), ([1], False), (-1, False)])
def test_an_execution_count_may_be_anything(count: object, kept: bool) -> None:
    cell = new_code_cell("1 + 1")
    cell["execution_count"] = count
    assert _can_be_kept(cell) is kept
