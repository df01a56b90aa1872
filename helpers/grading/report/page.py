"""The report as a page: one file, without scripts, that loads nothing and fits a phone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.resources import files

from jinja2 import Environment

from helpers.grading.report.overview import Overview, Row
from helpers.grading.report.words import points, tags
from helpers.grading.term.questions import Difficulty, Failure
from helpers.notebooks.text import count

__all__ = ["page"]

MESSAGES = 3  # the most frequent ones of a question that are shown


def page(overview: Overview) -> str:
    """Return the report's HTML. Everything in it is escaped."""
    template = files("helpers.grading.report").joinpath("report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True)
    histogram = _histogram(overview.rows)
    return environment.from_string(template).render(
        overview=overview,
        title=f"{overview.course}: scores" if overview.course else "Scores of the class",
        date=date.today().isoformat(),
        short=lambda lab: lab.split("-")[0],
        points=points,
        tags=tags,
        count=count,
        histogram=histogram,
        most=max([number for _, number in histogram] + [1]),
        questions={lab: _in_order(overview.questions, lab) for lab in overview.possible},
        messages=lambda question: _messages(overview.failures, question),
    )


def _histogram(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Return how many students have which share of the points: the lower end of each tenth, and their number."""
    shares = [row.total.percent for row in rows if row.total.percent is not None]
    numbers = Counter(min(int(share // 10), 9) for share in shares)
    return [(10 * tenth, numbers[tenth]) for tenth in range(10)]


def _in_order(questions: Sequence[Difficulty], lab: str) -> list[Difficulty]:
    return sorted((q for q in questions if q.lab == lab), key=lambda q: _natural_order(q.question))


def _messages(failures: Sequence[Failure], question: Difficulty) -> list[Failure]:
    own = [f for f in failures if (f.lab, f.question) == (question.lab, question.question)]
    return own[:MESSAGES]


def _natural_order(question: str) -> list[tuple[str, int]]:
    """Return a key that sorts k2-uniform before k10-product."""
    return [(word, int(number or 0)) for word, number in re.findall(r"([^\d]+)(\d*)", question)]
