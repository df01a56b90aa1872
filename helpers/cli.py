"""The command `course`: what students, instructors and CI run.

Each command is a module, in `helpers.student.commands` or `helpers.grading.commands`, with a line of `HELP`, the
functions `add_arguments` and `run`, and few imports: what takes seconds to import, `run` imports. Students have no
`helpers.grading`, and so none of its commands.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console

from helpers.notebooks.errors import CourseError

__all__ = ["main"]

PACKAGES = ("helpers.student", "helpers.grading")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `course`. Returns 0 if all is well, 1 if a check or a rule fails, 2 if the command could not do its work."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=False)
    try:
        return int(options.run(options, console))
    except (CourseError, OSError, ValueError) as error:
        print(f"course: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("course: stopped. What is done is kept; the same command goes on with the rest.", file=sys.stderr)
        return 130


class _Command(argparse.ArgumentParser):
    """A command's parser, for which files may also stand after options: `course collect LAB --times FILE FILE`."""

    _is_inside = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._is_inside:  # the next line calls this again
            return super().parse_known_args(args, namespace)
        self._is_inside = True
        return self.parse_known_intermixed_args(args, namespace)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course", description="Check, grade and look at the labs of this course.")
    parser.add_argument(
        "--course", type=Path, default=Path(), metavar="FOLDER", help="the course's folder (default: .)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Command)
    for name, module in _commands():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def _commands() -> Iterator[tuple[str, ModuleType]]:
    for package in filter(find_spec, PACKAGES):
        for name in import_module(f"{package}.commands").COMMANDS:
            yield name, import_module(f"{package}.commands.{name}")
