"""A name that is not there has a cause, and the check's message names it."""

from __future__ import annotations

import platform

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers.notebooks.causes import cause_in, syntax_errors, with_cause

MISSING = "K1: `double` is not defined. Run the answer cell: it must end without an error. Keep the name as it is."


def answer(source: str = "", ename: str = "", evalue: str = "") -> NotebookNode:
    outputs = [new_output("error", ename=ename, evalue=evalue, traceback=[])] if ename else []
    return new_code_cell(source, outputs=outputs, id="k1-double", metadata={"nbgrader": {"solution": True}})


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (
            answer(ename="ModuleNotFoundError", evalue="No module named 'x'"),
            "ended with ModuleNotFoundError: No module",
        ),
        (answer(ename="KeyError"), "ended with KeyError"),
        (
            answer(ename="AttributeError", evalue="cannot assign module before Module.__init__() call"),
            "ended with AttributeError: call super().__init__() first",
        ),
        (answer(ename="NotImplementedError", evalue="mean(): could not"), "ended with NotImplementedError: mean()"),
        (
            answer(ename="SyntaxError", evalue="bad (12.py, line 3)"),
            f"SyntaxError in Python {platform.python_version()}: ",
        ),
        (answer(ename="SyntaxError", evalue="bad (12.py, line 3)"), ": bad (line 3)"),
        (answer("%%timeit\ndef double(n): ..."), "begins with %%timeit and may define nothing"),
    ],
)
def test_the_message_names_what_became_of_the_answer(cell: NotebookNode, words: str) -> None:
    said = with_cause(MISSING, cause_in(cell))
    assert said.startswith("K1: the answer cell ")
    assert words in said


@pytest.mark.parametrize("cell", [answer("double = 1"), answer(ename="NotImplementedError", evalue="not done yet")])
def test_without_a_cause_the_message_stays(cell: NotebookNode) -> None:
    assert with_cause(MISSING, cause_in(cell)) == MISSING


def test_another_message_stays() -> None:
    message = "K1: double(2): expected 4, got 2."
    assert with_cause(message, cause_in(answer(ename="KeyError"))) == message


def test_a_person_hears_of_syntax_that_may_be_newer() -> None:
    notebook = new_notebook(cells=[answer(ename="SyntaxError", evalue="x"), answer("fine = 1")])
    assert "k1-double" in syntax_errors(notebook)[0]
    assert syntax_errors(new_notebook(cells=[answer("fine = 1")])) == []
