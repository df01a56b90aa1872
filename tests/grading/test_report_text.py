"""The report shows names and notes as text, in the terminal, in a spreadsheet and on its page."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from helpers.grading.course import Course
from helpers.grading.pipeline.progress import GradingProgress
from helpers.grading.report import overview
from helpers.grading.report.report import report
from helpers.grading.spreadsheets import safe_cell
from helpers.grading.term.marks import Mark
from tests.conftest import make_course

FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"]
NAMES = [*FORMULAS, "[red]x[/]", "[/]", "<script>x</script>", "a\x1b[2Jb", "a\ud800", "ada"]
NOTE = 'files left out: =HYPERLINK("x"), \x1b]0;x\x07<img src=x onerror=x>[/]\nada: 100/100'


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a report on students with these names, and the terminal's text."""
    cells = {"k1-check": (1.0, 2.0)}
    marks = [Mark(name, name, name, "lab00-small", -1.5, 0.0, -1.5, 6.0, cells, notes=[NOTE]) for name in NAMES]
    folder, terminal = tmp_path_factory.mktemp("report"), io.StringIO()
    course = Course(make_course(folder / "course"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(overview, "read_marks", lambda _: marks)
        patched.setattr(overview, "apply_rules", lambda *_: None)  # a new gradebook takes seconds
        page = report(course, folder / "report", Console(file=terminal, width=200, force_terminal=True))
    return page.parent, terminal.getvalue()


def test_no_cell_of_a_csv_file_is_a_formula(written: tuple[Path, str]) -> None:
    for name in ("scores.csv", "questions.csv"):
        with (written[0] / name).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        assert len(rows) > 1
        for cell in (cell for row in rows for cell in row):
            assert cell == "-1.5" or cell[:1].isprintable()
            assert cell == "-1.5" or not cell.startswith(("=", "+", "-", "@"))


def test_numbers_in_a_csv_file_stay_numbers(written: tuple[Path, str]) -> None:
    with (written[0] / "scores.csv").open(encoding="utf-8") as stream:
        assert {row["points"] for row in csv.DictReader(stream)} == {"-1.5"}


def test_names_and_notes_do_not_control_the_terminal(written: tuple[Path, str]) -> None:
    _, shown = written
    assert "[red]x[/]" in shown
    assert "\x1b[2J" not in shown
    assert "\x1b]" not in shown
    assert not [line for line in shown.splitlines() if line.startswith("ada: 100/100")]


def test_names_and_notes_do_not_run_in_the_page(written: tuple[Path, str]) -> None:
    page = (written[0] / "index.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;x" in page
    assert "<script" not in page
    assert "<img src=x" not in page


def test_names_and_problems_do_not_control_the_progress_bar() -> None:
    terminal = io.StringIO()
    with GradingProgress(Console(file=terminal, force_terminal=True, width=200), "Grading", len(NAMES)) as progress:
        for name in NAMES:
            progress.started(name)
        for name in NAMES:
            progress.finished(name, NOTE)
    assert "\x1b]0" not in terminal.getvalue()
    assert "[red]x[/]: not graded" in "".join(terminal.getvalue().split("\x1b[33m"))


@pytest.mark.parametrize("text", ["=1+1", "a;=1+1", "\uff1d1+1", "\t=1+1", "a;b;@x"])
def test_text_is_no_formula_whatever_separates_cells(text: str) -> None:
    assert not any(re.match(r"[=+@\uff1d-]", cell.lstrip()) for cell in str(safe_cell(text)).split(";"))
    assert safe_cell("Irons; Ivy - 2") == "Irons; Ivy - 2"
