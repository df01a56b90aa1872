"""`course check`: run the visible checks of a notebook."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

if TYPE_CHECKING:
    from helpers.student.run_checks import CheckResult

__all__ = ["HELP", "add_arguments", "run"]

HELP = "run the visible checks of a notebook"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--timeout", type=int, default=600, help="seconds that a cell may take (default: 600)")


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.student.run_checks import run_checks

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
