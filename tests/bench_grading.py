"""How long a class takes: nbgrader as it comes, and this course's grading, on the same submissions in one run.

    python -m tests.bench_grading [20 100]
    python -m tests.bench_grading --scale [1000 10000]

The submissions are light (the small lab of the tests: PyTorch is imported, nothing is trained) and vary: right answers,
wrong ones, half of them, none. nbgrader grades the first number of them only; what it would take for more is
calculated from that. With `--scale`, workers answer at once: what is left is what one process does for all, planning,
taking in and saving, and how long these take for each submission of a large class. All figures are written to
`build/bench-grading/` too, as JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter
from typing import Any

import nbformat
import psutil
from rich.console import Console
from rich.table import Table

from helpers.grading.answers import read_answers
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import CLASS
from helpers.grading.kernels.zygote import shared
from helpers.grading.pipeline import batch
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.executors import open_workers
from tests.conftest import ROOT, SMALL, make_course
from tests.grading.at_once import workers_at_once

ANSWERS = ROOT / "tests" / "grading" / "course" / "tests" / "answers" / SMALL.assignment
BUILD = ROOT / "build" / "bench-grading"
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
        submitted = course / "submitted" / f"student{place:05d}" / SMALL.assignment
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


class Clock:
    """Measures how long functions take: the seconds of all calls together, by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def watch(self, stage: str, owner: Any, name: str) -> None:
        """Measure a function of a module, or a method of an object, from now on."""
        function = getattr(owner, name)

        def timed(*arguments: Any) -> Any:
            start = perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + perf_counter() - start

        setattr(owner, name, timed)


class Stages:
    """Grades in this process, and measures the stages and the memory."""

    def __init__(self, course: Path) -> None:
        clock = Clock()
        self.private = 0.0  # MB of a running submission, kernel and clean room: the highest mean of all that ran
        self._done = threading.Event()
        grading = Grading(Course(course), SMALL.assignment)
        clock.watch("take in", grading, "prepare")
        clock.watch("save", grading, "save")
        watch = threading.Thread(target=self._watch, args=(shared().pid,))
        with open_workers() as workers:
            start, before = perf_counter(), self._resident()
            watch.start()
            failed = grading.run(grading.plan(force=True), workers, lambda _: None, lambda *_: None)
            self.seconds = {**clock.seconds, "all": perf_counter() - start}
            self.grown = self._resident() - before  # MB of the grading process itself
        self._done.set()
        watch.join()
        if failed:
            sys.exit(f"not graded: {failed}")

    @staticmethod
    def _resident() -> float:
        return psutil.Process().memory_info().rss / 2**20

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


def scale(number: int) -> dict[str, float]:
    """Grade a class with workers that answer at once; return ms a submission by stage, MB and submissions a second.

    In a process of its own, whose memory is measured.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = make_class(Path(name) / "course", number)
        clock, course = Clock(), Course(folder)
        grading = Grading(course, SMALL.assignment)
        for stage, owner, function in (
            ("plan", grading, "plan"),
            ("rules", batch, "apply_rules"),
            ("enter", batch, "enter"),
            ("take in", grading, "prepare"),
            ("save", grading, "save"),
            ("all", grading, "run"),
        ):
            clock.watch(stage, owner, function)
        failed = grading.run(grading.plan(), workers_at_once(), lambda _: None, lambda *_: None)
        again = Grading(course, SMALL.assignment)
        clock.watch("nothing to do", again, "plan")
        if failed or again.plan().to_grade:
            sys.exit(f"not graded: {failed}")
        size = (folder / "gradebook.db").stat().st_size
    return {
        **{stage: 1000 * seconds / number for stage, seconds in clock.seconds.items()},
        "saved a second": number / clock.seconds["save"],
        "memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "gradebook, kB a submission": size / 1024 / number,
    }


def scales(numbers: list[int], console: Console) -> dict[str, Any]:
    """Measure classes of several sizes, print a table, and return the figures."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        found = {number: pool.apply(scale, [number]) for number in numbers}
    table = Table("ms a submission", *(f"{number:,}" for number in numbers))
    for row in found[numbers[0]]:
        table.add_row(row, *(f"{found[number][row]:.2f}" for number in numbers))
    console.print(table)
    return {str(number): figures for number, figures in found.items()}


def _machine() -> dict[str, Any]:
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return {"machine": platform.machine(), "cores": cores, "python": platform.python_version(), "load average": load}


def compare(numbers: list[int], console: Console) -> dict[str, Any]:
    """Grade the same submissions by nbgrader and by this course; print what each takes, and return the figures."""
    figures: dict[str, Any] = {}
    table = Table("submissions", "nbgrader", "course autograde", "a submission", "times faster")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stock = time_stock(make_class(folder / "stock", numbers[0])) / numbers[0]
        for number in numbers:
            seconds = time_ours(make_class(folder / f"ours-{number}", number))
            figures[str(number)] = {"nbgrader": stock * number, "course autograde": seconds}
            calculated = "" if number == numbers[0] else " (calculated)"
            table.add_row(
                str(number),
                f"{stock * number:.1f} s{calculated}",
                f"{seconds:.1f} s",
                f"{seconds / number:.2f} s",
                f"{stock * number / seconds:.1f}",
            )
        stages = Stages(folder / f"ours-{numbers[-1]}")
    console.print(table)
    for stage, seconds in stages.seconds.items():
        console.print(f"{stage}: {1000 * seconds / numbers[-1]:.0f} ms a submission")
    console.print(f"private memory of a running submission, kernel and clean room: {stages.private:.0f} MB at most")
    console.print(f"the grading process itself grew by {stages.grown:.0f} MB over {numbers[-1]} submissions")
    figures["ms a submission"] = {stage: 1000 * seconds / numbers[-1] for stage, seconds in stages.seconds.items()}
    return figures | {"MB of a running submission": stages.private, "MB grown": stages.grown}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("numbers", nargs="*", type=int, default=[20, 100], help="submissions")
    parser.add_argument("--scale", nargs="*", type=int, metavar="NUMBER", help="submissions, with workers at once")
    options, console = parser.parse_args(), Console()
    machine = _machine()
    console.print(", ".join(f"{what} {value}" for what, value in machine.items()))
    if options.scale is None:
        name, figures = "class", compare(options.numbers, console)
    else:
        name, figures = "scale", scales(options.scale or [1000, 10000], console)
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / f"{name}.json").write_text(json.dumps(machine | figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
