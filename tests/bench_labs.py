"""What grading the real labs costs, stage by stage, and how long nbgrader as it comes takes for the same.

    python -m tests.bench_labs [--stock 12] [--pictures] [lab03-convolution …]

For each lab:

- one solved submission alone, in this process, with the zygote started before: seconds of each stage;
- a class of twelve by `course autograde`, from the command to its end, and once more in this process: the processor
  time of all processes, saving, and feedback;
- nbgrader with its own settings, in the same run on the same machine, for the first students of the class. What it
  would take for the rest is calculated: the time of its start, and for each of the others the mean of those graded.

nbgrader gets the notebooks as the course's intake has repaired them, since it fails on some of the others, and its
source notebook has the parameters for grading. So both train as much, and nbgrader is spared the time of the intake.
It runs one submission after the other, and each may use all cores; checks run in the student's process, with no box
around it.

The table is printed; `build/bench-labs/` gets it as JSON, and a plot.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import wraps
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import psutil
from nbformat import NotebookNode
from nbgrader.utils import is_solution
from rich.console import Console
from rich.table import Table

from helpers.grading.answers import read_answers
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import CLASS
from helpers.grading.feedback.writing import write_feedback
from helpers.grading.kernels.zygote import shared
from helpers.grading.labs import Lab, choose_labs
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.execute import ExecuteSubmission
from helpers.grading.pipeline.executors import open_workers
from helpers.grading.pipeline.submission import run_submission
from helpers.notebooks.cells import is_parameters, is_setup, rewrite_parameters
from tests.bench_grading import STOCK
from tests.conftest import LABS, ROOT, make_course

TO = ROOT / "build" / "bench-labs"
STAGES = (
    *("take in", "start of the kernel", "set-up, kernel", "set-up, clean room", "answers", "own and try cells"),
    *("visible checks", "hidden checks", "end of the kernel", "rest", "save", "feedback"),
)
COLOURS = plt.get_cmap("tab20").colors  # type: ignore[attr-defined]
PICTURES = "\nc.ExecuteSubmission.pictures = True\n"


@dataclass
class Costs:
    """What grading one lab costs, in seconds.

    Attributes:
        alone: one solved submission.
        processor: processor time of one solved submission, all processes together.
        stages: parts of `alone`; of the class, a twelfth.
        in_class: one of the class of twelve, from the command to its end.
        processor_in_class: processor time of one of them.
        stock: one of the class by nbgrader; 0 if it was not asked.
        measured: how many of the class nbgrader graded.
        failed: how many of them it could not grade.
    """

    lab: str
    alone: float = 0.0
    processor: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    in_class: float = 0.0
    processor_in_class: float = 0.0
    stock: float = 0.0
    measured: int = 0
    failed: int = 0

    @property
    def ratio(self) -> float:
        return self.stock / self.in_class if self.in_class else 0.0


class Stopwatch:
    """Measures the stages of the grading, by methods that it wraps for as long as it is used."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._kept: list[tuple[type, str, Any]] = []

    def __enter__(self) -> Stopwatch:
        self._wrap(Grading, "prepare", lambda *_: "take in")
        self._wrap(Grading, "save", lambda *_: "save")
        self._wrap(ExecuteSubmission, "_run", lambda _, cell, *__: _kind(cell))
        self._wrap(ExecuteSubmission, "_set_up", lambda *_: "set-up, clean room")
        self._wrap(ExecuteSubmission, "_grade", lambda _, cell, *__: _check(cell))
        self._wrap(ExecuteSubmission, "_clean_room", lambda *_: "start of the kernel")
        self._replace(ExecuteSubmission, "setup_kernel", self._around_kernel)
        return self

    def __exit__(self, *_: object) -> None:
        for kind, name, method in reversed(self._kept):
            setattr(kind, name, method)

    def _replace(self, kind: type, name: str, make: Callable[[Any], Any]) -> None:
        self._kept.append((kind, name, getattr(kind, name)))
        setattr(kind, name, make(getattr(kind, name)))

    def _wrap(self, kind: type, name: str, stage: Callable[..., str]) -> None:
        def make(method: Any) -> Any:
            @wraps(method)
            def timed(*args: Any, **options: Any) -> Any:
                with self.measure(stage(*args)):
                    return method(*args, **options)

            return timed

        self._replace(kind, name, make)

    def _around_kernel(self, method: Any) -> Any:
        @contextmanager
        def timed(*args: Any, **options: Any) -> Iterator[None]:
            kernel = method(*args, **options)
            with self.measure("start of the kernel"):
                kernel.__enter__()
            try:
                yield
            finally:
                with self.measure("end of the kernel"):
                    kernel.__exit__(None, None, None)

        return timed

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += perf_counter() - start


def _kind(cell: NotebookNode) -> str:
    return "set-up, kernel" if is_setup(cell) else "answers" if is_solution(cell) else "own and try cells"


def _check(cell: NotebookNode) -> str:
    return "hidden checks" if cell.metadata.nbgrader.grade_id.endswith("-hidden") else "visible checks"


def processor_seconds() -> float:
    """Processor time so far: of this process, of the zygote, and of all kernels and clean rooms that have ended."""
    times = psutil.Process(shared().pid).cpu_times()
    return process_time() + times.user + times.system + times.children_user + times.children_system


def hand_in(course: Path, lab: Lab) -> None:
    """Let the made-up class hand in a lab."""
    released = course / "release" / lab.assignment / lab.path.name
    exercises = list(read_answers(ROOT / "tests" / "answers" / lab.assignment).values())
    for student in CLASS:
        folder = course / "submitted" / student.id / lab.assignment
        folder.mkdir(parents=True)
        for name, content in student.submission(released, exercises).items():
            (folder / name).write_bytes(content)


def measure(lab: Lab, folder: Path, stock: int, config: str) -> Costs:
    """What the grading of a lab costs."""
    costs = Costs(lab.assignment)
    course = make_course(folder / "course", lab)
    with (course / "nbgrader_config.py").open("a") as settings:
        settings.write(config)
    Course(course).release(lab.assignment)
    hand_in(course, lab)
    if stock:
        time_stock(lab, course, folder / "stock", stock, costs)
    time_alone(lab, course, costs)
    time_class(lab, course, costs)
    return costs


def time_alone(lab: Lab, course: Path, costs: Costs) -> None:
    grading, student = Grading(Course(course), lab.assignment), CLASS[0].id
    before = processor_seconds()
    with Stopwatch() as watch:
        start = perf_counter()
        with watch.measure("take in"):
            submission = grading.take_in(student)
        with watch.measure("all"):
            run_submission(submission, grading.settings())
        costs.alone = perf_counter() - start
    costs.processor = processor_seconds() - before
    costs.stages = {stage: watch.seconds[stage] for stage in STAGES}
    costs.stages["rest"] = 2 * watch.seconds["all"] - sum(watch.seconds.values()) + watch.seconds["take in"]


def time_class(lab: Lab, course: Path, costs: Costs) -> None:
    command = [str(Path(sys.executable).with_name("course")), "autograde", lab.assignment]
    start = perf_counter()
    subprocess.run(command, cwd=course, check=True, stdout=subprocess.DEVNULL)
    costs.in_class = (perf_counter() - start) / len(CLASS)
    grading = Grading(Course(course), lab.assignment)
    before = processor_seconds()
    with Stopwatch() as watch, open_workers() as workers:
        failed = grading.run(grading.plan(force=True), workers, lambda _: None, lambda *_: None)
    costs.processor_in_class = (processor_seconds() - before) / len(CLASS)
    if failed:
        sys.exit(f"{lab.assignment}: not graded: {failed}")
    with watch.measure("feedback"):
        write_feedback(Course(course), lab.assignment)
    costs.stages |= {stage: watch.seconds[stage] / len(CLASS) for stage in ("save", "feedback")}


def time_stock(lab: Lab, ours: Path, course: Path, number: int, costs: Costs) -> None:
    """Grade the first students of the class by nbgrader with its own settings."""
    shutil.copytree(ours, course, ignore=shutil.ignore_patterns("release", "submitted", "gradebook.db"))
    (course / "nbgrader_config.py").write_text(STOCK)
    source = course / "source" / lab.assignment / lab.path.name
    notebook = nbformat.read(source, as_version=4)
    for cell in filter(is_parameters, notebook.cells):
        cell.source = rewrite_parameters(cell.source, lab.settings().grading)
    nbformat.write(notebook, source)
    grading = Grading(Course(ours), lab.assignment)
    for student in CLASS[:number]:
        folder = course / "submitted" / student.id / lab.assignment
        folder.mkdir(parents=True)
        submission = grading.take_in(student.id)
        (folder / lab.path.name).write_text(submission.notebook)
        for name, content in submission.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    _nbgrader(course, "generate_assignment", lab.assignment)
    begin = _nbgrader(course, "autograde", "--help")
    seconds = _nbgrader(course, "autograde", lab.assignment, may_fail=True)
    graded = len(list(course.glob(f"autograded/*/{lab.assignment}/*.ipynb")))
    costs.measured, costs.failed = number, number - graded
    costs.stock = begin / len(CLASS) + (seconds - begin) / number


def _nbgrader(course: Path, *command: str, may_fail: bool = False) -> float:
    """Seconds that one of nbgrader's commands takes."""
    start = perf_counter()
    words = [sys.executable, "-m", "nbgrader", *command]
    done = subprocess.run(words, cwd=course, capture_output=True, text=True, check=False)
    if done.returncode and not may_fail:
        sys.exit(f"nbgrader {' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return perf_counter() - start


def show(results: list[Costs], console: Console) -> None:
    table = Table("lab", "alone", "processor", "in a class", "processor", "nbgrader", "times", title="seconds")
    stages = Table(
        "lab", *STAGES, title="seconds of each stage: one solved submission alone; save, feedback: in a class"
    )
    for costs in results:
        calculated = costs.measured < len(CLASS)
        words = f"{costs.stock:.1f}{' (calculated)' if calculated else ''}" if costs.stock else "-"
        words += f", {costs.failed} of {costs.measured} failed" if costs.failed else ""
        own = (costs.alone, costs.processor, costs.in_class, costs.processor_in_class)
        table.add_row(
            costs.lab, *(f"{value:.2f}" for value in own), words, f"{costs.ratio:.1f}" if costs.stock else "-"
        )
        stages.add_row(costs.lab, *(f"{costs.stages[stage]:.2f}" for stage in STAGES))
    totals = [sum(getattr(costs, name) for costs in results) for name in ("alone", "processor", "in_class")]
    console.print(table, stages)
    console.print(f"all: {totals[0]:.1f} s alone, {totals[1]:.1f} s of processor time, {totals[2]:.1f} s in a class")


def plot(results: list[Costs], path: Path) -> None:
    """Draw the stages of each lab, and beside them both ways of grading a class."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 0.6 * len(results) + 2.5), layout="constrained")
    names, ends = [costs.lab for costs in results], [0.0] * len(results)
    for stage, colour in zip(STAGES, COLOURS, strict=False):
        lengths = [costs.stages[stage] for costs in results]
        left.barh(names, lengths, left=ends, color=colour, label=stage)
        ends = [end + length for end, length in zip(ends, lengths, strict=True)]
    left.set(title="One submission, stage by stage", xlabel="seconds")
    figure.legend(loc="outside lower center", ncols=6)
    places = range(len(results))
    right.barh([place - 0.2 for place in places], [costs.in_class for costs in results], 0.4, label="this course")
    stock = [costs.stock for costs in results]
    if any(stock):
        right.barh([place + 0.2 for place in places], stock, 0.4, hatch="//", edgecolor="white", label="nbgrader")
    right.set_yticks(places, names)
    right.set(title="One of a class of twelve", xlabel="seconds")
    right.legend()
    for axis in (left, right):
        axis.invert_yaxis()
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("labs", nargs="*")
    parser.add_argument(
        "--stock", type=int, default=1, help="how many of the twelve nbgrader grades, 0 to 12 (default 1)"
    )
    parser.add_argument("--pictures", action="store_true", help="run all cells and draw all figures")
    options = parser.parse_args()
    console = Console(width=max(Console().width, 200))
    load = os.getloadavg()
    words = ", ".join(f"{number:.2f}" for number in load)
    console.print(f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}")
    console.print(f"load average before the run (1, 5, 15 minutes): {words}")
    shared()
    results = []
    for lab in choose_labs(LABS, options.labs):
        with tempfile.TemporaryDirectory() as name:
            results.append(measure(lab, Path(name), min(options.stock, len(CLASS)), PICTURES * options.pictures))
        console.print(f"{lab.assignment}: done")
    show(results, console)
    TO.mkdir(parents=True, exist_ok=True)
    facts = {"load": load, "cores": psutil.cpu_count(), "class": len(CLASS), "pictures": options.pictures}
    figures = [asdict(costs) | {"ratio": costs.ratio} for costs in results]
    (TO / "costs.json").write_text(json.dumps(facts | {"labs": figures}, indent=1))
    plot(results, TO / "costs.png")
    console.print(f"written: {TO}")


if __name__ == "__main__":
    main()
