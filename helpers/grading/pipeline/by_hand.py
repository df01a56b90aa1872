"""Marks by hand stay, whatever is graded again; where what they were given for has changed, a person looks again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Grade
from nbgrader.utils import is_grade, is_solution
from sqlalchemy import Row

from helpers.grading.facts import digest
from helpers.notebooks.cells import is_check
from helpers.notebooks.text import Text, line

__all__ = ["Answers", "answers_of", "remark"]


@dataclass(frozen=True)
class Answers:
    """What a student answered: the digests by grade cell, now and when the submission was graded last."""

    now: Mapping[str, str]
    before: Mapping[str, str]

    def changed(self, name: str) -> bool:
        """Whether an answer differs from the one that a person saw; also if nobody knows."""
        return self.now.get(name) != self.before.get(name)


def answers_of(notebook: NotebookNode, files: str) -> dict[str, str]:
    """Return the digest of what each grade cell marks: a written answer, or the code answer before a check.

    Args:
        files: the digest of the files that were submitted beside the notebook, which checks may read.
    """
    digests, code = {}, ""
    for cell in notebook.cells:
        if is_solution(cell) and cell.cell_type == "code":
            code = cell.source
        if is_grade(cell):
            answer: Any = [code, files] if is_check(cell) else [cell.source, cell.get("attachments", {})]
            digests[cell.metadata.nbgrader.grade_id] = digest(answer)
    return digests


def remark(grade: Grade | Row[Any], most: float, answers: Answers) -> Text | None:
    """Say why a person should look at a mark by hand again; None if there is none, or all is as it was.

    Args:
        most: the points that the grade cell is worth now.
    """
    given = grade.manual_score
    if given is None:
        return None
    if given > most:
        return line(f"{grade.name}: {given:g} points by hand, but at most {most:g} now; look again in formgrader")
    if answers.changed(grade.name):
        return line(f"{grade.name}: the answer changed after it was marked by hand; look again in formgrader")
    if grade.needs_manual_grade:
        return line(f"{grade.name}: marked by hand, but still to be looked at again in formgrader")
    return None
