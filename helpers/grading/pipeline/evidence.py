"""What a check has proved, and the points that this is worth.

A check earns points only by evidence from the clean room that it ran to its end. nbgrader itself gives full marks to a
check that never ran.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output

from helpers.grading.cleanroom.client import Verdict
from helpers.grading.intake.needed import NOT_RUN

__all__ = ["Evidence", "evidence_of", "show", "show_not_run", "show_undrawn"]

_FIGURE = re.compile(r"<Figure size [\d.]+x[\d.]+ with \d+ Axes>")  # what a figure is in text, where none is drawn


@dataclass(frozen=True)
class Evidence:
    """What a check has shown: points earned, why points are lost, and what a person should look at."""

    points: float
    message: str = ""
    remark: str = ""


NONE = Evidence(0.0, "This check did not run.")


def evidence_of(verdict: Verdict, possible: float) -> Evidence:
    """Return what a verdict is worth: no points if the check failed, all or some of them if it passed."""
    if not verdict.passed:
        return Evidence(0.0, verdict.message, verdict.remark)
    if verdict.points is None:
        return Evidence(possible, verdict.note, verdict.remark)
    if not math.isfinite(verdict.points) or not 0 <= verdict.points <= possible:
        return Evidence(0.0, f"The check gave {verdict.points:g} points of {possible:g}. Tell your instructor.")
    why = "" if verdict.points == possible else f"{verdict.points:g} of {possible:g} points."
    return Evidence(verdict.points, " ".join(filter(None, (why, verdict.note))), verdict.remark)


def show(cell: NotebookNode, verdict: Verdict, evidence: Evidence) -> None:
    """Write into a check cell what became of it, so that formgrader and the feedback show it."""
    text = verdict.output + (f"{verdict.note}\n" if verdict.note else "")
    cell.outputs = [new_output("stream", name="stdout", text=text)] if text else []
    if not verdict.passed or (evidence.message and evidence.points == 0):
        name = verdict.error or "CheckError"
        cell.outputs.append(new_output("error", ename=name, evalue=evidence.message, traceback=[evidence.message]))
    elif verdict.points is not None:
        cell.outputs.append(new_output("execute_result", data={"text/plain": f"{evidence.points:g}"}))


def show_not_run(cell: NotebookNode) -> None:
    """Write into a cell that its student need not worry: it was left out."""
    cell.outputs = [_words(NOT_RUN)]


def show_undrawn(cell: NotebookNode) -> None:
    """Say once in a cell that its figures were not drawn, in place of them."""
    figures = [output for output in cell.outputs if _is_undrawn(output)]
    for output in figures[:1]:
        cell.outputs[cell.outputs.index(output)] = _words("Figure not drawn in grading.")
    cell.outputs = [output for output in cell.outputs if output not in figures]


def _is_undrawn(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return [*data] == ["text/plain"] and bool(_FIGURE.fullmatch(str(data["text/plain"])))


def _words(text: str) -> NotebookNode:
    return new_output("display_data", data={"text/plain": text, "text/markdown": f"*{text}*"})
