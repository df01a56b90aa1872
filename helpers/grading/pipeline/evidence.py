"""What a check has proved, and the points that come of it.

A check earns its points only by evidence from the clean room that it ran to its end. nbgrader alone would give full
marks to a check that never ran.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import SubmittedNotebook
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task

from helpers.grading.cleanroom.client import Verdict
from helpers.grading.labs import is_check, is_placeholder

__all__ = ["Evidence", "evidence_of", "save_evidence", "show"]


@dataclass(frozen=True)
class Evidence:
    """What a check has shown: the points earned, why points are lost, and what a person should look at."""

    points: float
    message: str = ""
    remark: str = ""


NONE = Evidence(0.0, "This check did not run.")


def evidence_of(verdict: Verdict, possible: float) -> Evidence:
    """The points that a verdict is worth: none where the check failed, all or a part where it passed."""
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
    said = verdict.output + (f"{verdict.note}\n" if verdict.note else "")
    cell.outputs = [new_output("stream", name="stdout", text=said)] if said else []
    if not verdict.passed or (evidence.message and evidence.points == 0):
        name = verdict.error or "CheckError"
        cell.outputs.append(new_output("error", ename=name, evalue=evidence.message, traceback=[evidence.message]))
    elif verdict.points is not None:
        cell.outputs.append(new_output("execute_result", data={"text/plain": f"{evidence.points:g}"}))


def save_evidence(submitted: SubmittedNotebook, notebook: NotebookNode, evidence: dict[str, Evidence]) -> None:
    """Enter points and reasons into the gradebook; the caller commits.

    A reason stands as nbgrader's automatic comment at the answer that the check belongs to. Points that a person
    gave stay as they are, and are marked to be looked at again.
    """
    grades = {grade.name: grade for grade in submitted.grades}
    comments = {comment.name: comment for comment in submitted.comments}
    reasons: dict[str, list[str]] = defaultdict(list)
    answer = ""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if is_solution(cell) or is_task(cell):
            comments[name].auto_comment = None
            answer = name if cell.cell_type == "code" else answer
        if is_check(cell):
            found = evidence.get(name, NONE)
            grades[name].auto_score = found.points
            if found.message:
                reasons[answer].append(found.message)
        elif is_grade(cell):
            grades[name].auto_score, _ = determine_grade(cell)
        if name in grades:
            grade = grades[name]
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        if is_placeholder(cell):
            reasons[name].append("No response.")
    for name, words in reasons.items():
        if name in comments:
            comments[name].auto_comment = "\n".join(dict.fromkeys(words))
