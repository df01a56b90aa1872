"""The clean room: a trusted process in which the check cells of one submission run.

Locked set-up cells run here too. A name that neither a check nor the set-up defines is the student's: it is fetched
from the kernel, as data or as a handle. So a check is ordinary source, and no line of it enters the student's process.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import json
import os
import socket
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import matplotlib
import numpy as np
import torch

from helpers.checking.marks import point_out, pointed_out, reached
from helpers.datasets.files import DataError
from helpers.grading.cleanroom.client import Verdict
from helpers.grading.cleanroom.frames import read_text, receive, send
from helpers.grading.cleanroom.link import Link, NoAnswer
from helpers.grading.cleanroom.pickler import CELLS
from helpers.grading.text import line, plain

__all__ = ["Room", "run", "run_cell", "serve"]

MOST_OUTPUT = 20_000  # characters of what a cell prints
MOST_MESSAGE = 2000  # characters of what a student is told: it may quote what a kernel sent


def run(arguments: Mapping[str, Any], sockets: Sequence[socket.socket], started: Callable[[], None]) -> None:
    """Be the clean room of a submission, in the empty folder `folder`, until the grading process hangs up."""
    os.chdir(arguments["folder"])
    started()
    control, channel = sockets
    serve(control, channel, arguments["names"])


def serve(control: socket.socket, channel: socket.socket, names: Collection[str] | None = None) -> None:
    """Be the clean room of one submission: take in the secrets that checks may know, then run cells.

    It ends when the grading process hangs up.

    Args:
        control: the connection to the grading process.
        channel: the connection to the dispatcher in the student's kernel.
        names: those that the kernel may be asked for; None for any.
    """
    matplotlib.use("agg")  # nobody looks at what a check draws
    room = Room(Link(channel), names=names)
    with contextlib.suppress(EOFError, OSError):
        secrets, _ = receive(control)
        os.environ.update(read_text(secrets))
        while True:
            text, _ = receive(control)
            verdict = room.run(**read_text(text))
            send(control, json.dumps(asdict(verdict)).encode())


class LoanError(Exception):
    """What is to be lent could not be made: the check has failed without it."""


class _Names(dict[str, Any]):
    """The names that a cell sees: its own and those of the set-up, then Python's, then the student's."""

    def __init__(self, known: dict[str, Any], link: Link, students: Collection[str] | None) -> None:
        super().__init__(known)
        self._link, self._students = link, students

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            return getattr(builtins, name)
        if name.startswith("__"):  # what Python itself looks for
            raise KeyError(name)
        if self._students is not None and name not in self._students:
            raise NameError(f"name {name!r} is not defined", name=name)  # what the set-up lacks is not the student's
        return self._link.name(name)


class Room:
    """What happens inside: the set-up, and cells that see it.

    Args:
        link: the connection to the student's kernel.
        setup: names that the set-up has defined already.
        names: those that the student's kernel may be asked for; None for any.
    """

    def __init__(self, link: Link, setup: dict[str, Any] | None = None, names: Collection[str] | None = None) -> None:
        self._link, self._students = link, names
        self._setup = {**(setup or {}), "__name__": CELLS}
        self._solved: dict[tuple[str, ...], dict[str, Any]] = {}  # what the lab's own answers define

    def run(self, source: str, graded: bool, timeout: float, loan: Mapping[str, Any] | None = None) -> Verdict:
        """Run a cell; see `CleanRoom.run`."""
        self._link.begin(time.monotonic() + timeout)
        names, output = _Names(self._setup, self._link, self._students), io.StringIO()
        points, error, message, fault = None, "", "", ""
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), self._lent(loan):
                points = _points(run_cell(source, names))
        except DataError as problem:  # nothing that the student's code raises becomes one
            error = fault = line(problem, 300)
        except LoanError as problem:
            error = "LoanError"
            point_out(line(problem, 200))
        except BaseException as problem:
            error, message = line(type(problem).__name__, 100), plain(_message(problem), MOST_MESSAGE)
        if graded:
            self._link.forget()
        else:
            self._setup.update(names)
            self._link.seeds.agree()
        said, remark = output.getvalue()[:MOST_OUTPUT], line(pointed_out(), 300)
        return Verdict(not error, points, error, message, said, remark, fault, note=reached())

    @contextlib.contextmanager
    def _lent(self, loan: Mapping[str, Any] | None) -> Iterator[None]:
        """While this runs, the student's kernel has what the lab's own answers define, as far as a loan names it.

        Raises:
            LoanError: if these do not run here.
        """
        if loan is None:
            yield
            return
        passed = False
        try:
            self._link.lend(self._right(loan), loan["again"])
            yield
            passed = True
        finally:
            self._link.take_back(keep=passed)  # a later answer may use what this one has made

    def _right(self, loan: Mapping[str, Any]) -> dict[str, Any]:
        """What the lab's own answers define, of what a loan names."""
        sources = tuple(loan["sources"])
        try:
            if sources not in self._solved:
                space = self._solved[sources] = dict(self._setup)
                for source in sources:
                    run_cell(source, space)
            return {name: self._solved[sources][name] for name in loan["names"]}
        except Exception as problem:
            self._solved.pop(sources, None)
            raise LoanError(f"the lab's own answer did not run: {problem!r}") from problem


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as IPython does: the value of its last expression is its result, None if it ends otherwise.

    Without docstrings: a function or a class of a check's may be sent to the student's process.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            node.body[0] = ast.copy_location(ast.Pass(), node.body[0])
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    return None


def _points(value: Any) -> float | None:
    """The number that a cell ends with, if it is one."""
    if isinstance(value, np.generic | torch.Tensor | np.ndarray) and value.ndim == 0:
        value = value.item()
    return float(value) if type(value) in (int, float) else None


def _message(problem: BaseException) -> str:
    """What a notebook shows of an exception, without a traceback."""
    if isinstance(problem, NoAnswer):
        return str(problem)
    if hasattr(problem, "_render_traceback_"):
        return "\n".join(problem._render_traceback_())
    return f"{type(problem).__name__}: {problem}"
