"""`course doctor`: attack this machine's sandbox."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

__all__ = ["HELP", "add_arguments", "run"]

HELP = "attack this machine's sandbox, and say what is stopped by what"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--install", action="store_true", help="let papermill and others find the boxed kernel, and end there"
    )


def run(options: argparse.Namespace, console: Console) -> int:
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
