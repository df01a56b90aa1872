"""`course lint`: check that the labs follow the rules."""

from __future__ import annotations

import argparse

from rich.console import Console

__all__ = ["HELP", "add_arguments", "run"]

HELP = "look whether the labs in source/ keep the rules"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add none."""


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.authoring.lint import lint
    from helpers.grading.labs import find_labs

    complaints = 0
    for lab in find_labs(options.course / "source"):
        for complaint in lint(lab.path):
            complaints += 1
            console.print(f"{lab.assignment}: {complaint}", highlight=False, markup=False)
    console.print(f"{complaints} complaints" if complaints else "All labs keep the rules.", highlight=False)
    return int(complaints > 0)
