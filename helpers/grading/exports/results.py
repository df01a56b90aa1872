"""Gradescope's results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/."""

from __future__ import annotations

import json

from helpers.grading.term.marks import Mark
from helpers.grading.term.questions import by_question, reasons_by_question
from helpers.notebooks.text import plain

__all__ = ["results"]

VISIBILITY = "after_published"  # students see what hidden checks have found once the instructor publishes it


def results(mark: Mark) -> str:
    """Return the results of a submission: a test for each question, with the reason why it lost points.

    Students read them, so the notes, which are for the instructor, stay out.
    """
    reasons = reasons_by_question(mark)
    tests = [
        {
            "name": question,
            "score": points,
            "max_score": possible,
            "output": plain("\n".join(reasons.get(question, []))),
            "visibility": VISIBILITY,
        }
        for question, (points, possible) in by_question(mark.cells).items()
    ]
    late = f"{mark.points:g} points, less {mark.penalty:g} because it came late." if mark.penalty else ""
    content = {"score": round(mark.score, 2), "output": late, "visibility": VISIBILITY, "tests": tests}
    return json.dumps({**content, "extra_data": {"max_score": mark.possible, "late_penalty": mark.penalty}}, indent=1)
