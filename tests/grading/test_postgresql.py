"""The gradebook on a real PostgreSQL server: the same marks as on SQLite."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from helpers.grading.course import Course
from helpers.grading.demo.demo import demo
from helpers.grading.term.marks import Mark, read_marks
from helpers.grading.term.penalties import apply_rules
from helpers.grading.term.rules import Rules
from tests.conftest import SMALL, make_course

pytestmark = pytest.mark.slow


def _tools() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off the PATH."""
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")), Path(shutil.which("initdb") or "")]
    return next((path.parent for path in found if path.is_file()), None)


def _run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs, which refuse to run as root."""
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    subprocess.run([*user, *command], check=True, capture_output=True, cwd="/", timeout=120)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a data base on a server of the test's own, reached by a socket in its folder."""
    tools = _tools()
    if tools is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path("/tmp") / f"cnn-labs-postgresql-{os.getpid()}"  # a short path, that the server's user may enter
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    try:
        _run(tools / "initdb", "--username=course", "--auth=trust", "--no-sync", folder / "data")
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        _run(tools / "pg_ctl", "start", "-w", "-D", folder / "data", "-o", options, "-l", folder / "log")
        try:
            _run(tools / "createdb", "-h", folder, "-U", "course", "gradebook")
            yield f"postgresql+psycopg://course@/gradebook?host={folder}"
        finally:
            _run(tools / "pg_ctl", "stop", "-D", folder / "data", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def _scores(folder: Path) -> dict[str, Mark]:
    demo(folder, folder / "build", [], Console(quiet=True))
    (folder / "build" / "course.toml").write_text("[late]\npenalty = 10\n")  # gina is late
    course = Course(folder / "build")
    apply_rules(course, Rules.load(course.root))
    return {mark.student: mark for mark in read_marks(course)}


def _course(folder: Path) -> Path:
    make_course(folder, SMALL)
    shutil.copytree(Path(__file__).parent / "course" / "tests", folder / "tests")
    return folder


def test_a_class_is_graded_as_on_sqlite(server: str, tmp_path: Path) -> None:
    course = _course(tmp_path / "postgresql")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {server!r}\n")
    there = _scores(course)
    assert not (course / "build" / "gradebook.db").exists()
    assert there["gina"].penalty == 1.0
    assert there == _scores(_course(tmp_path / "sqlite"))
