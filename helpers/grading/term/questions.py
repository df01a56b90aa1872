"""Statistics of each question: how hard it is, whether it tells good students from weak ones, why it costs points."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean

from helpers.grading.term.marks import Mark

__all__ = ["Difficulty", "Failure", "by_question", "difficulties", "failures", "reasons_by_question"]

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_SEED = " [seed "  # after it, a reason only says how it was found
_NO_REASON = re.compile(
    r"No response\.|Checked with a right .*"
)  # what grading says besides, and of checks that passed


@dataclass(frozen=True)
class Difficulty:
    """What the submissions of a class say about a question.

    Attributes:
        share: the mean share of its points.
        without: the number of students without any of them.
        students: the number of students whose answers were graded.
        discrimination: the correlation between the points in this question and in the rest of the lab, from -1 to 1,
            as Moodle computes it: https://docs.moodle.org/dev/Quiz_statistics_calculations#Discrimination_index. Near 0
            or below, those who are good at the rest are not better here. None if one of both is the same for all.
    """

    lab: str
    question: str
    possible: float
    share: float
    without: int
    students: int
    discrimination: float | None


@dataclass(frozen=True)
class Failure:
    """A reason for lost points that students share.

    Attributes:
        message: the most frequent wording.
        students: how many got it, or one that differs in numbers only.
    """

    lab: str
    question: str
    message: str
    students: int


def difficulties(marks: Sequence[Mark]) -> list[Difficulty]:
    """Return the questions, those that cost most points first. A written answer counts once all are graded."""
    waiting = {(mark.lab, cell) for mark in marks for cell in mark.waiting}
    results: defaultdict[str, list[dict[str, tuple[float, float]]]] = defaultdict(list)
    for mark in filter(lambda mark: mark.graded, marks):
        counted = {cell: points for cell, points in mark.cells.items() if (mark.lab, cell) not in waiting}
        results[mark.lab].append(by_question(counted))
    found = [_difficulty(lab, name, all_of) for lab, all_of in results.items() for name in sorted(set().union(*all_of))]
    return sorted(found, key=lambda difficulty: (difficulty.share, difficulty.lab, difficulty.question))


def by_question(cells: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Add up points and possible points of the grade cells of each question."""
    sums: defaultdict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for cell, (points, possible) in cells.items():
        before = sums[_question(cell)]
        sums[_question(cell)] = before[0] + points, before[1] + possible
    return dict(sums)


def _question(grade_id: str) -> str:
    """Return the question of a grade cell: "k25-sizes-hidden" belongs to "k25-sizes"."""
    return grade_id.rsplit("-", 1)[0]


def _difficulty(lab: str, question: str, results: Sequence[Mapping[str, tuple[float, float]]]) -> Difficulty:
    answered = [result for result in results if question in result]
    points = [result[question] for result in answered]
    rest = [sum(got for name, (got, _) in result.items() if name != question) for result in answered]
    return Difficulty(
        lab,
        question,
        possible=points[0][1],
        share=mean(got / most if most else 0.0 for got, most in points),
        without=sum(got == 0 for got, _ in points),
        students=len(points),
        discrimination=_correlation([got for got, _ in points], rest),
    )


def _correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    try:
        return correlation(first, second)
    except StatisticsError:  # fewer than two students, or all have the same
        return None


def failures(marks: Sequence[Mark]) -> list[Failure]:
    """Return the reasons for which answers lost points, the most frequent first.

    Reasons that differ in numbers only count as one. A student counts once for each reason.
    """
    wordings: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for mark in marks:
        for question, reasons in reasons_by_question(mark).items():
            said = [reason.split(_SEED)[0] for reason in reasons if not _NO_REASON.fullmatch(reason)]
            for pattern, reason in {_NUMBER.sub("#", reason): reason for reason in said}.items():
                wordings[mark.lab, question, pattern][reason] += 1
    found = [
        Failure(lab, question, counter.most_common(1)[0][0], counter.total())
        for (lab, question, _), counter in wordings.items()
    ]
    return sorted(found, key=lambda failure: (-failure.students, failure.lab, failure.question, failure.message))


def reasons_by_question(mark: Mark) -> dict[str, list[str]]:
    """Return why a student lost points, by question. A written answer is a grade cell of its question."""
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    graded = {*mark.cells, *mark.waiting}
    for answer, words in mark.reasons.items():
        reasons[_question(answer) if answer in graded else answer] += words.splitlines()
    return dict(reasons)
