"""The command `course`: what instructors, CI and curious students run.

Each command imports what it needs when it runs: PyTorch, Dask and nbgrader take seconds.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from helpers.grading.errors import CourseError
from helpers.grading.startup import quick_imports
from helpers.grading.text import line

if TYPE_CHECKING:
    from helpers.grading.authoring.run_checks import CheckResult

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `course`. Returns 0 if all is well, 1 if a check or a rule fails, 2 if the command could not do its work."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=False)
    try:
        return int(options.run(options, console))
    except (CourseError, FileNotFoundError, ValueError) as error:
        print(f"course: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("course: stopped. What is done is kept; the same command goes on with the rest.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course", description="Check, grade and look at the labs of this course.")
    parser.add_argument(
        "--course", type=Path, default=Path(), metavar="FOLDER", help="the course's folder (default: .)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="run the visible checks of a notebook")
    check.add_argument("notebook", type=Path)
    check.add_argument("--timeout", type=int, default=600, help="seconds that a cell may take (default: 600)")
    check.set_defaults(run=_check)

    scores = commands.add_parser("report", help="the scores of the class: table, CSV, a page with pictures")
    scores.add_argument("--to", type=Path, default=Path("report"), metavar="FOLDER", help="default: report")
    scores.set_defaults(run=_report)

    rules = commands.add_parser("lint", help="look whether the labs in source/ keep the rules")
    rules.set_defaults(run=_lint)

    asked = commands.add_parser("questions", help="print where each question of the documents is")
    asked.set_defaults(run=_questions)

    values = commands.add_parser("parameters", help="print a lab's small values, for papermill's option -y")
    values.add_argument("lab")
    values.add_argument("--set", choices=("smoke", "grading"), default="smoke", dest="which", help="default: smoke")
    values.set_defaults(run=_parameters)

    gather = commands.add_parser("collect", help="put what a learning platform gives into submitted/")
    gather.add_argument("lab")
    gather.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="archives, folders, files (default: downloaded/LAB/archive)",
    )
    gather.add_argument("--platform", default="", metavar="NAME", help="which one gave the names (default: they tell)")
    gather.add_argument("--force", action="store_true", help="collect again what lies in submitted/, whatever its time")
    gather.set_defaults(run=_collect)

    grade = commands.add_parser("autograde", help="grade all submissions of a lab that are not graded yet")
    grade.add_argument("lab")
    grade.add_argument("--workers", type=int, metavar="N", help="submissions that run at once (default: four a core)")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")
    grade.add_argument("--students", nargs="+", default=(), metavar="STUDENT", help="only these")
    grade.add_argument("--log", type=Path, metavar="FILE", help="write down what happened to each submission, and why")
    grade.add_argument("--force", action="store_true", help="grade again what is graded")
    grade.add_argument("--dry-run", action="store_true", help="say what would be graded, and change nothing")
    grade.add_argument(
        "--unsafe", action="store_true", help="grade without a sandbox: students' code may do whatever you may do"
    )
    grade.set_defaults(run=_autograde)

    doctor = commands.add_parser("doctor", help="attack this machine's sandbox, and say what is stopped by what")
    doctor.add_argument(
        "--install", action="store_true", help="let papermill and others find the boxed kernel, and end there"
    )
    doctor.set_defaults(run=_doctor)

    show = commands.add_parser("demo", help="grade a made-up class of twelve from beginning to end")
    show.add_argument("labs", nargs="*", metavar="LAB", help="which labs (default: all)")
    show.add_argument("--folder", type=Path, default=Path("build/demo"), help="default: build/demo")
    show.set_defaults(run=_demo)
    return parser


def _check(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.authoring.run_checks import run_checks

    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Running the notebook", total=None)
        results = run_checks(
            options.notebook,
            options.timeout,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    console.print(_table(options.notebook, results))
    return int(not all(result.passed for result in results))


def _table(notebook: Path, results: list[CheckResult]) -> Table:
    points = f"{sum(r.points for r in results):g} of {sum(r.possible for r in results):g} points from visible checks"
    caption = f"run by Python {platform.python_version()}, whatever kernel the notebook names"
    title = escape(f"{notebook.name}: {points}")
    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    table.add_column("check", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("what it says")
    for result in results:
        words = result.message.replace("[", r"\[") or "passed"
        style = "" if result.passed else "bold"
        table.add_row(result.check, f"{result.points:g}/{result.possible:g}", words, style=style)
    return table


def _report(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.course import Course
    from helpers.grading.report.report import report

    page = report(Course(options.course), options.to, console)
    console.print(f"The report is in {page}", highlight=False)
    return 0


def _lint(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.authoring.lint import lint
    from helpers.grading.labs import find_labs

    complaints = 0
    for lab in find_labs(options.course / "source"):
        for complaint in lint(lab.path):
            complaints += 1
            console.print(f"{lab.assignment}: {complaint}", highlight=False, markup=False)
    console.print(f"{complaints} complaints" if complaints else "All labs keep the rules.", highlight=False)
    return int(complaints > 0)


def _questions(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.authoring.questions import index
    from helpers.grading.labs import find_labs

    print(index(find_labs(options.course / "source")), end="")
    return 0


def _parameters(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.labs import choose_labs, find_labs

    (lab,) = choose_labs(find_labs(options.course / "source"), [options.lab])
    print(json.dumps(getattr(lab.settings(), options.which)))  # JSON is YAML
    return 0


def _collect(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.collect import collect
    from helpers.grading.course import Course

    done = collect(Course(options.course), options.lab, options.files, platform=options.platform, force=options.force)
    for remark in done.remarks:
        console.print(remark, highlight=False, markup=False)
    console.print(done.summary, highlight=False)
    return 0


def _autograde(options: argparse.Namespace, console: Console) -> int:
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


def _doctor(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.doctor.attacks import ATTACKS
    from helpers.grading.doctor.doctor import examine
    from helpers.grading.kernels.provisioner import install_kernelspec

    if options.install:
        console.print(f"Installed in {install_kernelspec()}", highlight=False)
        return 0
    table = Table(title="The sandbox of this machine", title_justify="left")
    table.add_column("attack")
    table.add_column("is", no_wrap=True)
    table.add_column("by, or what it got")
    found = []
    with Progress(console=console, transient=True) as progress:
        for finding in progress.track(examine(options.course), total=len(ATTACKS), description="Attacking the sandbox"):
            found.append(finding.state)
            state = "[green]stopped[/]" if finding.state == "stopped" else f"[bold red]{finding.state}[/]"
            table.add_row(finding.attack, state, escape(finding.how))
    console.print(table)
    bad = [f"{found.count(state)} {state}." for state in ("open", "broken") if state in found]
    console.print(" ".join(bad) or "All are stopped.", highlight=False)
    return int(bool(bad))


def _demo(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.demo.demo import demo

    page = demo(options.course, options.folder, options.labs, console)
    console.print(f"The report is in {page}", highlight=False)
    console.print(f"Feedback for students is in {options.folder / 'feedback'}", highlight=False)
    return 0
