"""`course questions`: print the index of questions."""

from __future__ import annotations

import argparse

from rich.console import Console

__all__ = ["HELP", "add_arguments", "run"]

HELP = "print where each question of the documents is"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add none."""


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.authoring.questions import index
    from helpers.grading.labs import find_labs

    print(index(find_labs(options.course / "source")), end="")
    return 0
