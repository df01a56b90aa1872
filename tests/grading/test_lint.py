"""The linter is quiet about a good lab and names what is wrong with a bad one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from helpers.grading.authoring.lint import lint
from helpers.grading.labs import Lab
from tests.conftest import each_lab


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def drop(notebook: NotebookNode, name: str) -> None:
    notebook.cells.remove(cell(notebook, name))


def replace(name: str, old: str, new: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        assert old in cell(notebook, name).source
        cell(notebook, name).source = cell(notebook, name).source.replace(old, new)

    return change


def append(name: str, text: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        cell(notebook, name).source += f"\n{text}"

    return change


def tag(name: str, *tags: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: cell(notebook, name).metadata.update(tags=list(tags))


def rename(name: str, new: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: cell(notebook, name).update(id=new)


def give_outputs(notebook: NotebookNode) -> None:
    cell(notebook, "k1-double-try").outputs = [new_output("stream", text="8")]


def unlock_parameters(notebook: NotebookNode) -> None:
    cell(notebook, "parameters").metadata.nbgrader.locked = False


def misname_a_setting(notebook: NotebookNode) -> None:
    cell(notebook, "parameters").metadata["course"]["witheld"] = ["cifar10"]


def misname_a_smoke_value(notebook: NotebookNode) -> None:
    cell(notebook, "parameters").metadata["course"]["smoke"] = {"EPOCH": 1}


def forget_grading_values(notebook: NotebookNode) -> None:
    del cell(notebook, "parameters").metadata["course"]["grading"]


def age_the_schema(notebook: NotebookNode) -> None:
    cell(notebook, "k1-double").metadata.nbgrader.schema_version = 2


def add_a_title(notebook: NotebookNode) -> None:
    notebook.cells.append(new_markdown_cell("# Another title", id="other"))


def show(picture: str) -> Callable[[NotebookNode], None]:
    return append("title", picture)


FAULTS = [
    (give_outputs, "k1-double-try: holds outputs"),
    (rename("k1-double-try", "Try_It"), "Try_It: give it a speaking id"),
    (rename("k1-double-try", "5f3a9c21"), "5f3a9c21: give it a speaking id"),
    (rename("k1-double-check", "k1-check"), "k1-check: its grade id is k1-double-check"),
    (add_a_title, "no other, holds the title"),
    (unlock_parameters, "parameters: must be locked"),
    (tag("parameters", "other"), "must be tagged `parameters`, found 0"),
    (append("parameters", "N = SIZE * 2"), "`N = SIZE * 2` is no literal assignment"),
    (misname_a_setting, "settings that are unknown: witheld"),
    (misname_a_smoke_value, "the smoke values name EPOCH, which the cell lacks"),
    (forget_grading_values, "lacks the grading values"),
    (lambda nb: drop(nb, "k2-x-hidden"), "k2-x: its cell k2-x-hidden is missing"),
    (lambda nb: drop(nb, "k1-double-why-task"), "k1-double-why: its question k1-double-why-task is missing"),
    (replace("k2-x", "### END SOLUTION", ""), "k2-x: an answer stands between"),
    (replace("k1-double-why-task", "### BEGIN MARK SCHEME", ""), "ends in a marking scheme"),
    (replace("k2-x-check", 'with question("K2"):', "if True:"), "k2-x-check: checks stand in a block"),
    (replace("k2-x-check", '"K2"', '"K3"'), "k2-x-check: its checks name K3"),
    (replace("k2-x-hidden", "### BEGIN HIDDEN TESTS", ""), "k2-x-hidden: hidden tests, and only they"),
    (replace("k2-x-hidden", "# Both.", ""), "k2-x-hidden: begins with a comment"),
    (replace("k1-double-task", "4 points", "5 points"), "promises 5 points, the cells give 4"),
    (replace("k2-x-task", "(2 points, about 1 min)", ""), "k2-x-task: begins with a heading"),
    (append("k1-double-try", "%matplotlib inline"), "shell and magic commands"),
    (append("k1-double-try", "from math import *"), "name what you import"),
    (append("k1-double-try", 'open("/home/me/x")'), "no absolute paths"),
    (append("k1-double-try", "\n".join(["n = 1"] * 30)), "31 lines of code, at most 28"),
    (append("setup", "\n".join(["n = 1"] * 16)), "17 lines of set-up, at most 16"),
    (tag("k1-double-try", "raises-exception"), "tagged raises-exception"),
    (tag("k1-double-try", "nbval-skip"), "tagged nbval-skip"),
    (show("![a kernel slides over an image](images/no.svg)"), "the picture images/no.svg is not in the lab's folder"),
    (show("![](images/no.svg)"), "say in words what images/no.svg shows"),
    (age_the_schema, "not a valid nbgrader notebook"),
]


def test_a_good_lab_is_met_with_silence(small: Lab) -> None:
    assert lint(small.path) == []


@pytest.mark.parametrize(("break_it", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_a_fault_is_named(break_it: Callable[[NotebookNode], None], words: str, small: Lab, tmp_path: Path) -> None:
    notebook = small.read()
    break_it(notebook)
    path = tmp_path / "small.ipynb"
    nbformat.write(notebook, path)
    assert any(words in complaint for complaint in lint(path)), lint(path)


def test_a_skipped_cell_may_say_why(small: Lab, tmp_path: Path) -> None:
    notebook = small.read()
    tag("k1-double-try", "nbval-skip")(notebook)
    append("k1-double-try", "# skipped: it takes an hour")(notebook)
    nbformat.write(notebook, tmp_path / "small.ipynb")
    assert lint(tmp_path / "small.ipynb") == []


@each_lab()
def test_the_labs_keep_the_rules(lab: Lab) -> None:
    assert lint(lab.path) == []
