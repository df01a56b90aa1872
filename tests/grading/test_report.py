"""The report shows names, penalties and what waits, in a terminal of 80 columns, in tables and on a page."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from rich.console import Console

from helpers.grading.collect.uncollected import Uncollected
from helpers.grading.course import Course
from helpers.grading.report import overview
from helpers.grading.report.report import report
from helpers.grading.report.words import percent, score, tags
from helpers.grading.term.marks import Mark
from tests.browser import CHROMIUM
from tests.conftest import LABS, make_course

NAMES = ["Zoë Åkesson-Þórsdóttir von und zu Hohenstein", "李小龍", "Anne-Marie O’Neill, Jr.", "محمد علي", "Bo Li"]
WHY = "E-size: conv_output_size(28, 5, stride=2): expected 12, got 12.5 (a float). Round down, and only then add 1."
ALONE = "K3: expected 3, got 'I am Bo'."
LATE = Mark("ada", "Ada L", "A", "lab01", 36.0, 7.2, 28.8, 40.0, late_seconds=90_000.0, extension_seconds=86_400.0)


def made_up(labs: list[str]) -> list[Mark]:
    """A class of 25 in these labs: late, exempt, missing, not graded, waiting."""
    marks, numbers = [], random.Random(1)
    for k in range(25):
        name = f"{NAMES[k % 5]} {k}"
        for n, lab in enumerate(labs):
            cells = {f"k{q}-size-check": (float(numbers.random() < 0.3 + k / 40), 2.0) for q in range(1, 13)}
            points = sum(got for got, _ in cells.values())
            penalty = 1.5 if (k, n) == (3, 0) else 0.0
            mark = Mark(f"s{k:02}", name, "AB"[k % 2], lab, points, penalty, points - penalty, 24.0, cells)
            mark.late_seconds, mark.exempt = 90_000.0 if penalty else 0.0, (k, n) == (5, 1)
            mark.submitted = mark.graded = (k, n) != (6, 0)
            mark.waiting = ["k13-why"] if k % 4 == 0 else []
            mark.reasons = {"k1-size": WHY, "k2-size": "K2: `draw` is not defined."} if k % 3 else {}
            mark.reasons |= {"k3-size": ALONE} if k == 9 else {}
            mark.notes = [f"the notebook was called <b>{name}</b>.ipynb"] if k == 7 else []
            marks.append(mark)
    return marks


def written(folder: Path, labs: list[str], *, anonymous: bool = False) -> str:
    """Write the report on the made-up class; return what the terminal shows."""
    shown = io.StringIO()
    course = Course(make_course(folder / "course"))
    lost = [Uncollected("essay.docx", "no student has a name like this", ""), Uncollected("x.zip", "broken", "s01")]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(overview, "read_marks", lambda _: made_up(labs))
        patched.setattr(overview, "apply_rules", lambda *_: None)  # a new gradebook takes seconds
        patched.setattr(overview, "read_uncollected", lambda _, lab: lost if lab == labs[0] else [])
        report(course, folder / "report", Console(file=shown, width=80), anonymous=anonymous)
    return shown.getvalue()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


TEN = [lab.assignment for lab in LABS]


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("ten")
    shown = written(folder, TEN)
    return folder / "report", shown


@pytest.mark.parametrize("labs", [TEN[:1], TEN[:3], TEN[:4], TEN])
def test_no_mark_is_cut_in_80_columns(labs: list[str], tmp_path: Path) -> None:
    shown = written(tmp_path, labs).splitlines()
    table = shown[: 1 + next(k for k, line in enumerate(shown) if "Bo Li 24" in line)]
    assert all(len(line) <= 80 for line in table)
    for mark in made_up(labs):
        if mark.name.startswith("Bo Li"):
            (line,) = (line for line in table if f" {mark.name} " in line)
            assert (score(mark) if len(labs) <= 3 else percent(mark)) in line.split()


def test_a_late_penalty_is_in_the_score_and_said() -> None:
    assert score(LATE) == "28.8/40"
    assert tags(LATE) == ["late 1 d", "−7.2 of 36", "extended 1 d"]


def test_the_tables_hold_what_the_page_shows(ten: tuple[Path, str]) -> None:
    folder, _ = ten
    late = next(row for row in rows(folder / "scores.csv") if float(row["penalty"]))
    assert float(late["points"]) - float(late["penalty"]) == float(late["score"])
    assert len(rows(folder / "totals.csv")) == 25
    assert {row["message"] for row in rows(folder / "messages.csv")} == {WHY, ALONE, "K2: `draw` is not defined."}
    assert [row["file"] for row in rows(folder / "uncollected.csv")] == ["essay.docx", "x.zip"]
    page = (folder / "index.html").read_text(encoding="utf-8")
    for words in (
        "late 1 d",
        "−1.5 of",
        "exempt",
        "missing",
        "16 × E-size",
        "essay.docx",
        "70 written answers to mark",
    ):
        assert words in page, words


def test_what_waits_for_the_instructor_is_said(ten: tuple[Path, str]) -> None:
    _, shown = ten
    said = " ".join(shown.split())
    assert "70 written answers to mark: in JupyterLab, Nbgrader → Formgrader." in said
    assert "2 files not collected" in said


def test_an_anonymous_report_names_nobody(tmp_path: Path) -> None:
    shown = written(tmp_path, TEN[:2], anonymous=True)
    everything = shown + "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "report").iterdir())
    for word in (*NAMES, "s07", "I am Bo", "essay.docx", ".ipynb"):
        assert word not in everything
    assert "student 25" in everything


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_fits_and_is_accessible(ten: tuple[Path, str], width: int, scheme: Literal["light", "dark"]) -> None:
    folder, _ = ten
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text))
        page.goto((folder / "index.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(page).response["violations"] == []
        browser.close()
    assert errors == []
