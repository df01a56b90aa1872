"""`course pack`: make the one file to hand in."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from helpers.notebooks.text import line

__all__ = ["HELP", "add_arguments", "run"]

HELP = "make the one file to hand in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebook", type=Path, help="a lab's notebook, or its folder")
    parser.add_argument("--to", type=Path, metavar="FILE", help="the zip file (default: LAB.zip in this folder)")
    parser.add_argument("--force", action="store_true", help="pack even if no answer has changed, or files are missing")


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.student.pack import pack

    packed = pack(options.notebook, options.to, force=options.force)
    for name in packed.names:
        saved = f", last saved {packed.saved:%d %B %Y, %H:%M}" if name.endswith(".ipynb") else ""
        console.print(f"  {line(name)}{saved}", highlight=False, markup=False)
    for warning in packed.warnings:
        console.print(f"Note: {line(warning, 2000)}.", style="yellow", highlight=False, markup=False)
    size = packed.archive.stat().st_size / 1e6
    console.print(f"Hand in this file: {line(packed.archive)} ({size:.1f} MB)", highlight=False, markup=False)
    return 0
