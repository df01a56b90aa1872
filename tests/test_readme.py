"""The README and the pages for each person keep their promises: tables, commands and pictures are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.cli import main
from helpers.grading.collect.platforms import PLATFORMS, origins
from helpers.grading.doctor.attacks import ATTACKS
from helpers.grading.labs import Lab
from tests.conftest import LABS, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTRUCTOR = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
PAGES = "\n".join(
    [README, INSTRUCTOR, *((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("student.md", "ci.md"))]
)


def row(lab: Lab) -> str:
    """A lab's row in the table, without the words on what it is about."""
    headings = lab.headings()
    names = {name for heading in headings for name in heading["question"].split(", ")}
    questions = {name for name in names if not name.startswith("part ")}
    points = sum(float(heading["points"]) for heading in headings)
    minutes = sum(int(heading["minutes"]) for heading in headings)
    return rf"\| {lab.assignment} \| [^|]+ \| {len(questions)} \| {points:g} \| {minutes} \|"


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.assignment)
def test_the_table_tells_the_questions_points_and_minutes_of_each_lab(lab: Lab) -> None:
    assert re.search(row(lab), README), f"the table lacks the row {row(lab)}"


def test_the_table_names_no_other_lab() -> None:
    assert set(re.findall(r"^\| (lab\S+) \|", README, re.M)) == {lab.assignment for lab in LABS}


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(?:[^`]*\()?course (\w+)", PAGES))))
def test_every_course_command_is_there(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main([command, "--help"])
    assert done.value.code == 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make ([\w-]+)`?", PAGES)) - {"and"}))
def test_every_make_target_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


@pytest.mark.parametrize("picture", re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", README))
def test_every_picture_is_there_and_small(picture: str) -> None:
    assert 10_000 < (ROOT / picture).stat().st_size < 300_000


MADE_LATER = {"~", "build", "exports", "submitted"}


@pytest.mark.parametrize("path", re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", PAGES))
def test_every_path_is_there(path: str) -> None:
    assert (ROOT / path).exists() or Path(path).parts[0] in MADE_LATER, path


NAMED = re.findall(r"^\| (\w+) \| `([^`]+)`[^|]* \| ([^|]+) \| (?:yes )?\|$", INSTRUCTOR, re.M)


@pytest.mark.parametrize(("platform", "name", "student"), NAMED)
def test_the_names_of_platforms_give_these_students(platform: str, name: str, student: str) -> None:
    for forced in ("", platform):
        assert origins(name, "lab03-convolution", forced)[0].student == student


def test_the_table_of_names_holds_all_platforms() -> None:
    assert {platform for platform, *_ in NAMED} == set(PLATFORMS)


def test_the_number_of_attacks_is_right() -> None:
    assert f"attacks the sandbox in {len(ATTACKS)} ways" in INSTRUCTOR
