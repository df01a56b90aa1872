"""`course autograde`: grade a class."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from rich.console import Console

from helpers.grading.startup import quick_imports
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["HELP", "add_arguments", "run"]

HELP = "grade all submissions of a lab that are not graded yet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lab")
    parser.add_argument("--workers", type=int, metavar="N", help="submissions that run at once (default: four a core)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")
    parser.add_argument("--students", nargs="+", default=(), metavar="STUDENT", help="only these")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write down what happened to each submission, and why")
    parser.add_argument("--force", action="store_true", help="grade again what is graded")
    parser.add_argument("--dry-run", action="store_true", help="say what would be graded, and change nothing")
    parser.add_argument(
        "--unsafe", action="store_true", help="grade without a sandbox: students' code may do whatever you may do"
    )


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.kernels.zygote import shared

    if not options.scheduler and not options.dry_run:
        Thread(target=shared, daemon=True).start()  # it imports PyTorch meanwhile

    with quick_imports():
        from helpers.grading.course import Course
        from helpers.grading.pipeline.batch import Grading
        from helpers.grading.pipeline.execute import ExecuteSubmission  # noqa: F401 - or the first submissions would wait for it
        from helpers.grading.pipeline.executors import open_workers
        from helpers.grading.pipeline.progress import GradingProgress

    course = Course(options.course)
    if options.unsafe:
        course.config.SandboxProvisioner.unsafe = True
    grading = Grading(course, options.lab)
    plan = grading.plan(options.students, options.force)
    for warning in grading.warnings(plan):
        console.print(warning, style="yellow", highlight=False, markup=False, soft_wrap=True)
    if options.dry_run:
        console.print(f"to grade: {', '.join(plan.to_grade) or 'nobody'}", highlight=False)
        console.print(f"graded already: {', '.join(plan.graded) or 'nobody'}", highlight=False)
        return 0
    if not plan.to_grade and plan.outdated:
        return 0
    if not plan.to_grade:
        console.print("Nothing to grade: every submission is graded. --force grades again.", highlight=False)
        return 0
    with (
        _logging_to(options.log),
        open_workers(options.workers, options.scheduler) as workers,
        GradingProgress(console, f"Grading {options.lab}", len(plan.to_grade)) as progress,
    ):
        failed = grading.run(plan, workers, progress.started, progress.finished)
    for student, remark in sorted(grading.remarks.items()):
        console.print(f"{line(student)}: {remark}", highlight=False, markup=False)
    graded = len(plan.to_grade) - len(failed)
    console.print(f"{graded} graded, {len(failed)} failed, {len(plan.graded)} were graded before.", highlight=False)
    if failed:
        where = f"Why: {options.log}" if options.log else "With --log FILE, a file says why"
        console.print(f"{where}. The same command tries them again.", highlight=False, markup=False)
    return int(bool(failed))


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
