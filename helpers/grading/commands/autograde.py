"""`course autograde`: grade a class."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from rich.console import Console

from helpers.grading.startup import quick_imports
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

if TYPE_CHECKING:
    from helpers.grading.pipeline.batch import Grading
    from helpers.grading.pipeline.plan import Plan

__all__ = ["HELP", "add_arguments", "run"]

STOPPED = 130  # the exit code of a shell's command that Ctrl-C ended

HELP = "grade what is new in a lab, and what has changed since it was graded"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lab")
    parser.add_argument("--workers", type=int, metavar="N", help="submissions that run at once (default: four a core)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")
    parser.add_argument("--students", nargs="+", default=(), metavar="STUDENT", help="only these")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write down what happened to each submission, and why")
    parser.add_argument(
        "--pictures",
        action="store_true",
        help="also run the lab's own cells on which no mark depends, and draw all figures; same marks (default: "
        "only where a person marks an answer)",
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--force", action="store_true", help="grade again what is graded")
    again.add_argument("--only-new", action="store_true", help="leave what was graded before the lab changed as it is")
    trial = parser.add_mutually_exclusive_group()
    trial.add_argument("--plan", action="store_true", help="say who would be graded and why, and change nothing")
    trial.add_argument("--dry-run", action="store_true", help="grade, show whose marks would change, and save nothing")
    parser.add_argument(
        "--unsafe", action="store_true", help="grade without a sandbox: students' code may do whatever you may do"
    )


def run(options: argparse.Namespace, console: Console) -> int:
    with _logging_to(options.log):
        return _run(options, console)


def _run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.kernels.zygote import shared

    if not options.scheduler and not options.plan:
        Thread(target=shared, daemon=True).start()  # it imports PyTorch meanwhile

    with quick_imports():
        from helpers.grading.course import Course
        from helpers.grading.pipeline.batch import Grading
        from helpers.grading.pipeline.dry_run import DryRun
        from helpers.grading.pipeline.execute import ExecuteSubmission  # noqa: F401 - or the first submissions would wait for it
        from helpers.grading.pipeline.executors import open_workers
        from helpers.grading.pipeline.interrupt import stopping_by_ctrl_c
        from helpers.grading.pipeline.progress import GradingProgress

    course = Course(options.course)
    if options.unsafe:
        course.config.SandboxProvisioner.unsafe = True
    if options.pictures:
        course.config.ExecuteSubmission.pictures = True
    grading = Grading(course, options.lab)
    plan = grading.plan(options.students, options.force, options.only_new)
    for warning in grading.warnings(plan):
        console.print(warning, style="yellow", highlight=False, markup=False, soft_wrap=True)
    if not plan.to_grade and not plan.graded:
        console.print(f"Nothing to grade: no submission of {options.lab} was collected.", highlight=False)
        return 0
    if not plan.to_grade:
        console.print("Nothing to grade: every submission is graded. --force grades again.", highlight=False)
        return 0
    console.print(plan.summary, highlight=False, markup=False, soft_wrap=True)
    if options.plan:
        for student, reason in plan.reasons.items():
            console.print(f"{line(student)}: {reason.value}", highlight=False, markup=False)
        return 0
    work = DryRun(grading) if options.dry_run else grading
    title, done = ("Trying", "tried") if options.dry_run else ("Grading", "graded")
    with (
        stopping_by_ctrl_c() as stop,
        open_workers(options.workers, options.scheduler) as workers,
        GradingProgress(console, f"{title} {options.lab}", len(plan.to_grade), done) as progress,
    ):
        failed = work.run(plan, workers, progress.started, progress.finished, stop)
    if isinstance(work, DryRun):
        work.show(console, len(failed))
    else:
        _show(work, plan, failed, progress.done, console)
    if failed:
        where = f"Why: {options.log}" if options.log else "With --log FILE, a file says why"
        console.print(f"{where}. The same command tries them again.", highlight=False, markup=False)
    if left := len(plan.to_grade) - progress.done:
        console.print(f"Stopped: {left} left. The same command goes on with them.", highlight=False)
        return STOPPED
    return int(bool(failed))


def _show(grading: Grading, plan: Plan, failed: Sized, done: int, console: Console) -> None:
    for student, remark in sorted(grading.remarks.items()):
        console.print(f"{line(student)}: {remark}", highlight=False, markup=False)
    console.print(
        f"{done - len(failed)} graded, {len(failed)} failed, {len(plan.graded)} were graded before.", highlight=False
    )


@contextmanager
def _logging_to(path: Path | None) -> Iterator[None]:
    """Let the package's own words go to a file, or nowhere; what the libraries say is no part of it."""
    try:
        handler = logging.FileHandler(path, encoding="utf-8") if path else logging.NullHandler()
    except OSError as error:
        raise CourseError(f"The log cannot be written: {error}") from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("helpers.grading")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.setLevel(level)
        log.removeHandler(handler)
        handler.close()
