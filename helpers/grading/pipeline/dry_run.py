"""Grade for real, but keep the marks in memory: whose would change, and by how much?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event

import nbformat
from nbgrader.api import Grade, Gradebook
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from helpers.grading.intake import Submission
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.by_hand import Answers, remark
from helpers.grading.pipeline.executors import Workers
from helpers.grading.pipeline.gradebook import auto_scores
from helpers.grading.pipeline.plan import Plan
from helpers.grading.pipeline.run import Run, each
from helpers.grading.pipeline.submission import Outcome
from helpers.notebooks.text import Text, line

__all__ = ["DryRun"]

Points = Mapping[str, float | None]  # by grade cell; None where nobody has given any yet


@dataclass(frozen=True)
class Trial:
    """A student's points in the gradebook and after this run, before penalties for lateness.

    `possible` is the sum of all that could be earned, then and now.
    """

    student: str
    before: Points
    now: Points
    possible: tuple[float, float]

    @property
    def is_first(self) -> bool:
        return not any(points is not None for points in self.before.values())

    @property
    def changed(self) -> list[str]:
        """The grade cells whose points differ."""
        return [name for name, points in self.now.items() if points != self.before.get(name)]

    @property
    def sums(self) -> tuple[float, float]:
        before, now = (sum(points or 0 for points in marks.values()) for marks in (self.before, self.now))
        return before, now

    @property
    def difference(self) -> float:
        before, now = self.sums
        return round(now - before, 6)


class DryRun:
    """Runs submissions like `Grading`, and saves nothing: neither points nor files.

    Attributes:
        trials: what came out, in no order.
        remarks: what a person should look at, by student.
    """

    def __init__(self, grading: Grading) -> None:
        self._grading = grading
        self.trials: list[Trial] = []
        self._answers: dict[str, Answers] = {}
        self.remarks: dict[str, list[Text]] = {}

    def run(
        self,
        plan: Plan,
        workers: Workers,
        started: Callable[[str], None],
        finished: Callable[[str, str], None],
        stop: Event | None = None,
    ) -> dict[str, str]:
        """Grade these submissions; see `Grading.run`."""
        grading = self._grading
        with grading.course.gradebook() as gradebook:
            keep = partial(each, partial(self._compare, _grades(gradebook, grading.assignment)))
            run = Run(self._take_in, keep, grading.settings(), workers, started, finished, stop)
            return run.grade(plan.to_grade)

    def _take_in(self, student: str) -> Submission:
        submission = self._grading.take_in(student)
        self._answers[student] = self._grading.answers(student, self._grading.facts(submission))
        return submission

    def _compare(self, grades: Mapping[str, Sequence[Grade]], outcome: Outcome) -> None:
        """Note what a submission would earn, beside what it has earned."""
        student, worth = outcome.student, self._grading.master.points
        before: dict[str, float | None] = dict.fromkeys(worth)
        now = before | auto_scores(nbformat.reads(outcome.notebook, as_version=4), outcome.evidence)
        for grade in grades.get(student, ()):
            extra, by_hand = grade.extra_credit or 0.0, grade.manual_score
            before[grade.name] = _sum(grade.auto_score if by_hand is None else by_hand, extra)
            now[grade.name] = _sum(now[grade.name] if by_hand is None else by_hand, extra)
            if words := remark(grade, worth[grade.name], self._answers[student]):
                self.remarks.setdefault(student, []).append(words)
        possible = sum(grade.cell.max_score for grade in grades.get(student, ())), sum(worth.values())
        self.trials.append(Trial(student, before, now, possible))

    def show(self, console: Console, failed: int) -> None:
        """Print whose marks would change: first those that would lose points, at the end those without any so far."""
        changed = [trial for trial in self.trials if trial.changed]
        if changed:
            table = Table("student", "grade cell", title="Points before penalties for lateness", title_justify="left")
            for heading in ("before", "now", "change"):
                table.add_column(heading, justify="right", no_wrap=True)
            for trial in sorted(changed, key=lambda trial: (trial.is_first, trial.difference, trial.student)):
                _add(table, trial)
            console.print(table)
        for student, remarks in sorted(self.remarks.items()):
            console.print(f"{line(student)}: {'; '.join(remarks)}", highlight=False, markup=False)
        console.print(f"{self._counts(failed)}. Nothing was saved.", highlight=False, soft_wrap=True)

    def _counts(self, failed: int) -> str:
        again = [trial.difference for trial in self.trials if not trial.is_first]
        counts = {
            "would lose points": sum(difference < 0 for difference in again),
            "would gain points": sum(difference > 0 for difference in again),
            "would have as many as before": again.count(0),
            "would have points for the first time": len(self.trials) - len(again),
            "could not be graded": failed,
        }
        return ", ".join(f"{count} {words}" for words, count in counts.items() if count) or "Nobody was graded"


def _grades(gradebook: Gradebook, assignment: str) -> dict[str, list[Grade]]:
    """Return the grades in the gradebook by student."""
    entries = gradebook.assignment_submissions(assignment)
    return {entry.student_id: [grade for notebook in entry.notebooks for grade in notebook.grades] for entry in entries}


def _sum(points: float | None, extra: float) -> float | None:
    return None if points is None else points + extra


def _add(table: Table, trial: Trial) -> None:
    """Add a student's rows: each grade cell that changes, unless all are new, and the sum."""
    student = escape(line(trial.student))
    for name in () if trial.is_first else trial.changed:
        before, now = trial.before[name], trial.now[name]
        table.add_row(student, name, _shown(before), _shown(now), _change((now or 0) - (before or 0)))
    sums = [f"{points:g}/{possible:g}" for points, possible in zip(trial.sums, trial.possible, strict=True)]
    change = "" if trial.is_first else _change(trial.difference)
    table.add_row(student, "[bold]sum", "" if trial.is_first else sums[0], sums[1], change, end_section=True)


def _shown(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


def _change(difference: float) -> str:
    return f"{difference:+g}" if difference else ""
