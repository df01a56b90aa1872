"""How long a class takes: nbgrader as it comes, and this course's grading, on the same submissions in one run.

    python -m tests.bench_grading [20 100]

The submissions are light (the small lab of the tests: PyTorch is imported, nothing is trained) and vary: right answers,
wrong ones, half of them, none. nbgrader grades the first number of them only; what it would take for more is
calculated from that.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter

import nbformat
import psutil
from rich.console import Console
from rich.table import Table

from helpers.grading.answers import read_answers
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import CLASS
from helpers.grading.kernels.zygote import shared
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.executors import open_workers
from tests.conftest import ROOT, SMALL, make_course

ANSWERS = ROOT / "tests" / "grading" / "course" / "tests" / "answers" / SMALL.assignment
KINDS = [student for student in CLASS if student.id in ("ada", "ben", "dan", "eva", "finn", "hugo", "leo")]

# nbgrader's own settings, but for the stubs that the course's checks know.
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "cnn-labs"
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("not done yet")'}
c.ClearMarkScheme.enforce_metadata = False
"""


def make_class(folder: Path, number: int) -> Path:
    """A course with the submissions of `number` students."""
    course = make_course(folder, SMALL)
    Course(course).release(SMALL.assignment)
    released = nbformat.read(course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    exercises = list(read_answers(ANSWERS).values())
    for place in range(number):
        submitted = course / "submitted" / f"student{place:03d}" / SMALL.assignment
        submitted.mkdir(parents=True)
        notebook = KINDS[place % len(KINDS)].make(released, exercises)
        nbformat.write(notebook, submitted / SMALL.path.name)
    return course


def time_stock(course: Path) -> float:
    """Seconds that `nbgrader autograde` takes with its own settings."""
    (course / "nbgrader_config.py").write_text(STOCK)
    shutil.rmtree(course / "release")
    (course / "gradebook.db").unlink()
    _nbgrader(course, "generate_assignment")
    start = perf_counter()
    _nbgrader(course, "autograde")
    return perf_counter() - start


def _nbgrader(course: Path, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", command, SMALL.assignment],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"nbgrader {command} failed:\n{done.stderr[-2000:]}")


def time_ours(course: Path) -> float:
    """Seconds that `course autograde` takes, from the command to its end."""
    start = perf_counter()
    subprocess.run(
        [Path(sys.executable).with_name("course"), "autograde", SMALL.assignment],
        cwd=course,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return perf_counter() - start


class Stages:
    """Grades in this process, and measures the stages and the memory."""

    def __init__(self, course: Path) -> None:
        self.seconds = {"take in": 0.0, "save": 0.0}
        self.private = 0.0  # MB of a running submission, kernel and clean room: the highest mean of all that ran
        self._done = threading.Event()
        grading = Grading(Course(course), SMALL.assignment)
        grading.prepare = self._timed("take in", grading.prepare)  # type: ignore[method-assign]
        grading.save = self._timed("save", grading.save)  # type: ignore[method-assign]
        watch = threading.Thread(target=self._watch, args=(shared().pid,))
        with open_workers() as workers:
            start, before = perf_counter(), self._resident()
            watch.start()
            failed = grading.run(grading.plan(force=True), workers, lambda _: None, lambda *_: None)
            self.seconds["all"] = perf_counter() - start
            self.grown = self._resident() - before  # MB of the grading process itself
        self._done.set()
        watch.join()
        if failed:
            sys.exit(f"not graded: {failed}")

    @staticmethod
    def _resident() -> float:
        return psutil.Process().memory_info().rss / 2**20

    def _timed(self, stage: str, function):  # type: ignore[no-untyped-def]
        def timed(*args):  # type: ignore[no-untyped-def]
            start = perf_counter()
            try:
                return function(*args)
            finally:
                self.seconds[stage] += perf_counter() - start

        return timed

    def _watch(self, zygote: int) -> None:
        """The private memory of the zygote's children: of each submission a kernel and a clean room."""
        while not self._done.wait(0.2):
            sizes = []
            for process in psutil.Process(zygote).children(recursive=True):
                try:
                    sizes.append(process.memory_full_info().uss / 2**20)
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            if len(sizes) > 3:
                self.private = max(self.private, 2 * sum(sizes) / len(sizes))


def main(numbers: list[int]) -> None:
    console = Console()
    table = Table("submissions", "nbgrader", "course autograde", "a submission", "times faster")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stock = time_stock(make_class(folder / "stock", numbers[0])) / numbers[0]
        for number in numbers:
            seconds = time_ours(make_class(folder / f"ours-{number}", number))
            calculated = "" if number == numbers[0] else " (calculated)"
            table.add_row(
                str(number),
                f"{stock * number:.1f} s{calculated}",
                f"{seconds:.1f} s",
                f"{seconds / number:.2f} s",
                f"{stock * number / seconds:.1f}",
            )
        stages = Stages(folder / f"ours-{numbers[-1]}")
    console.print(f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}")
    console.print(table)
    for stage, seconds in stages.seconds.items():
        console.print(f"{stage}: {1000 * seconds / numbers[-1]:.0f} ms a submission")
    console.print(f"private memory of a running submission, kernel and clean room: {stages.private:.0f} MB at most")
    console.print(f"the grading process itself grew by {stages.grown:.0f} MB over {numbers[-1]} submissions")


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]] or [20, 100])
