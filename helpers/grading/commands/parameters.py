"""`course parameters`: print a lab's small values."""

from __future__ import annotations

import argparse
import json

from rich.console import Console

__all__ = ["HELP", "add_arguments", "run"]

HELP = "print a lab's small values, for papermill's option -y"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lab")
    parser.add_argument("--set", choices=("smoke", "grading"), default="smoke", dest="which", help="default: smoke")


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.labs import choose_labs, find_labs

    (lab,) = choose_labs(find_labs(options.course / "source"), [options.lab])
    print(json.dumps(getattr(lab.settings(), options.which)))  # JSON is YAML
    return 0
