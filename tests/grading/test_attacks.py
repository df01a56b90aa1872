"""Hostile submissions, graded for real: they earn what their honest part earns, and harm nobody."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from helpers.grading.course import Course
from helpers.grading.term.marks import Mark, read_marks
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT, hand_in

pytestmark = pytest.mark.slow

ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.py"))
MARK = "cnn-labs-attacked"
HONEST = ("aaron", "zoe")  # graded first and last
QUICK = "\nc.Execute.timeout = 6\nc.ExecuteSubmission.total_timeout = 60\n"
COMMAND = [str(Path(sys.executable).with_name("course")), "autograde", SMALL.assignment]


def honest_points(attack: Path) -> set[float]:
    """What an attack may earn, as its first line says: "# earns 2:", or "# earns 0 or 2:"."""
    words = attack.read_text().split(":")[0].removeprefix("# earns ")
    return {float(points) for points in words.split(" or ")}


@pytest.fixture(scope="module")
def attacked_course(tmp_path_factory: pytest.TempPathFactory, released_course: Path) -> Path:
    """A course into which everybody has handed in."""
    course = shutil.copytree(released_course, tmp_path_factory.mktemp("attacked") / "course")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(QUICK)
    answers = dict.fromkeys(HONEST, RIGHT) | {path.stem: RIGHT | {"k1-double": path.read_text()} for path in ATTACKS}
    for student, answer in answers.items():
        hand_in(Course(course), student, answer)
    return course


@pytest.fixture(scope="module")
def _goals() -> Iterator[dict[str, str]]:
    """What attacks would like to reach: a TCP and a UDP port, a socket without a path, a secret in the environment."""
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        abstract.bind(f"\0{MARK}")
        abstract.listen()
        yield {"ATTACKED_PORT": str(port), "ATTACKED_SECRET": "the instructor's own"}


@pytest.fixture(scope="module")
def graded(attacked_course: Path, _goals: dict[str, str]) -> dict[str, Mark]:
    """The scores of all."""
    (attacked_course / "submitted" / "network" / SMALL.assignment / "port").write_text(_goals["ATTACKED_PORT"])
    subprocess.run(COMMAND, cwd=attacked_course, env=os.environ | _goals, check=True, capture_output=True, timeout=570)
    return {score.student: score for score in read_marks(Course(attacked_course))}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_earns_what_its_honest_part_earns(attack: Path, graded: dict[str, Mark]) -> None:
    assert graded[attack.stem].points in honest_points(attack)


@pytest.mark.parametrize("student", HONEST)
def test_the_others_earn_theirs(student: str, graded: dict[str, Mark]) -> None:
    assert graded[student].points == 5


def test_no_process_is_left(graded: dict[str, Mark]) -> None:
    left = [p.info["cmdline"] for p in psutil.process_iter(["cmdline"]) if MARK in (p.info["cmdline"] or [])]
    assert left == []


def test_no_file_is_left(graded: dict[str, Mark]) -> None:
    folders = [Path(folder) for folder in ("/tmp", "/var/tmp", "/dev/shm", "/root", "/home", "/etc", "/")]
    folders += [Path.cwd(), *Path.cwd().parents]
    assert [folder for folder in folders if os.access(folder, os.X_OK) and (folder / MARK).exists()] == []
