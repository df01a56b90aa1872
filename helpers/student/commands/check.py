"""`course check`: run the visible checks of notebooks."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

if TYPE_CHECKING:
    from helpers.student.run_checks import Checked

__all__ = ["HELP", "add_arguments", "run"]

HELP = "run the visible checks of notebooks, and say which written answers are still empty"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebooks", type=Path, nargs="+", metavar="notebook", help="a notebook, or a folder of them")
    parser.add_argument("--timeout", type=int, default=600, help="seconds that a cell may take (default: 600)")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.student.notebooks import find_notebooks

    done: list[Checked] = []
    failed: dict[str, str] = {}
    for notebook in find_notebooks(options.notebooks):
        try:
            done.append(_check(notebook, options.timeout, Console(stderr=True) if options.json else console))
        except CourseError as error:  # the others are checked all the same
            failed[str(notebook)] = str(error)
            print(f"course: {error}", file=sys.stderr)
        else:
            if not options.json:
                _show(done[-1], console)
    if options.json:
        print(json.dumps([*map(_as_json, done), *({"notebook": name, "error": why} for name, why in failed.items())]))
    return 2 if failed else int(not all(result.passed for one in done for result in one.results))


def _check(notebook: Path, timeout: int, console: Console) -> Checked:
    from helpers.student.run_checks import run_checks

    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"Running {escape(line(notebook.name))}", total=None)
        return run_checks(
            notebook, timeout, progress=lambda done, total: progress.update(task, completed=done, total=total)
        )


def _show(checked: Checked, console: Console) -> None:
    console.print(_table(checked))
    if checked.unanswered:
        names = ", ".join(map(line, checked.unanswered))
        console.print(f"Written answers that are still empty: {names}", style="yellow", highlight=False, markup=False)


def _table(checked: Checked) -> Table:
    points = sum(r.points for r in checked.results), sum(r.possible for r in checked.results)
    caption = f"run by Python {platform.python_version()}, whatever kernel the notebook names"
    title = escape(f"{line(checked.notebook.name)}: {points[0]:g} of {points[1]:g} points from visible checks")
    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    table.add_column("check", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("what it says")
    for result in checked.results:
        words = result.message.replace("[", r"\[") or "passed"
        style = "" if result.passed else "bold"
        table.add_row(result.check, f"{result.points:g}/{result.possible:g}", words, style=style)
    return table


def _as_json(checked: Checked) -> dict[str, str | Sequence[object]]:
    checks = [
        {"check": one.check, "points": one.points, "possible": one.possible, "message": one.message}
        for one in checked.results
    ]
    return {"notebook": str(checked.notebook), "checks": checks, "unanswered": list(checked.unanswered)}
