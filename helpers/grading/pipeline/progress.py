"""Show a person how the grading of a class goes."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from helpers.notebooks.text import line, plain

__all__ = ["GradingProgress"]


class GradingProgress:
    """A progress bar: what is done, what is running, how long it will take. Problems are printed above it.

    Args:
        verb: what was done to a submission, for logs: "graded".

    Attributes:
        done: how many submissions are done, with those that failed.
    """

    def __init__(self, console: Console, title: str, total: int, verb: str = "graded") -> None:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        left = TextColumn("left:"), TimeRemainingColumn(), TextColumn("{task.fields[failed]}{task.fields[names]}")
        self._bar = Progress(*columns, *left, console=console)
        self._task = self._bar.add_task(title, total=total, failed="", names="")
        self._running: list[str] = []
        self._failed = 0
        self._verb = verb
        self.done = 0

    def __enter__(self) -> GradingProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def started(self, student: str) -> None:
        self._running.append(student)
        self._show()

    def finished(self, student: str, problem: str) -> None:
        if student in self._running:
            self._running.remove(student)
        self.done += 1
        name = escape(line(student))
        if problem:
            self._failed += 1
            self._bar.console.print(f"[yellow]{name}: not {self._verb}[/]. {escape(plain(problem))}", highlight=False)
        elif not self._bar.console.is_terminal:  # a log has no bar
            self._bar.console.print(f"{name}: {self._verb}", highlight=False)
        self._bar.advance(self._task)
        self._show()

    def _show(self) -> None:
        names = ", ".join(map(line, self._running[:4])) + (" …" if len(self._running) > 4 else "")
        failed = f"[yellow]{self._failed} failed[/] " if self._failed else ""
        self._bar.update(self._task, names=f"running: {escape(names)}" if names else "", failed=failed)
