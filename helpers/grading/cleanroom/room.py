"""The clean room: a trusted process that runs the check cells of one submission, and locked set-up cells.

A name that neither a check nor the set-up defines belongs to the student: its value comes from the kernel, as data or
as a handle. So a check is ordinary source code, and no line of it reaches the student's process.
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
from helpers.grading.cleanroom.dispatcher_client import DispatcherClient, NoAnswer
from helpers.grading.cleanroom.frames import read_text, receive, send
from helpers.grading.cleanroom.pickler import CELLS
from helpers.notebooks.text import line, plain

__all__ = ["CellRunner", "run", "run_cell", "serve"]

MOST_OUTPUT = 20_000  # characters of what a cell prints
MOST_MESSAGE = 2000  # characters of a message to the student, which may quote what a kernel sent


def run(arguments: Mapping[str, Any], sockets: Sequence[socket.socket], started: Callable[[], None]) -> None:
    """Serve as a submission's clean room, in the empty folder `folder`, until the grading process hangs up."""
    os.chdir(arguments["folder"])
    started()
    control, channel = sockets
    serve(control, channel, arguments["names"])


def serve(control: socket.socket, channel: socket.socket, names: Collection[str] | None = None) -> None:
    """Receive the secrets that checks may know, then run cells until the grading process hangs up.

    Args:
        control: the connection to the grading process.
        channel: the connection to the dispatcher in the student's kernel.
        names: the names that the kernel may be asked for; None for any.
    """
    matplotlib.use("agg")  # what a check draws is not shown
    runner = CellRunner(DispatcherClient(channel), names=names)
    with contextlib.suppress(EOFError, OSError):
        secrets, _ = receive(control)
        os.environ.update(read_text(secrets))
        while True:
            text, _ = receive(control)
            verdict = runner.run(**read_text(text))
            send(control, json.dumps(asdict(verdict)).encode())


class LoanError(Exception):
    """The lab's right answers, which are to be lent, failed in the clean room."""


class _CellNames(dict[str, Any]):
    """The names that a cell sees: first its own and the set-up's, then Python's, then the student's."""

    def __init__(self, known: dict[str, Any], client: DispatcherClient, students: Collection[str] | None) -> None:
        super().__init__(known)
        self._client, self._students = client, students

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            return getattr(builtins, name)
        if name.startswith("__"):  # Python itself looks for such names
            raise KeyError(name)
        if self._students is not None and name not in self._students:
            raise NameError(f"name {name!r} is not defined", name=name)  # the set-up lacks it, not the student
        return self._client.name(name)


class CellRunner:
    """Runs set-up cells, and checks that see their names.

    Args:
        client: the connection to the student's kernel.
        setup: names that the set-up has defined already.
        names: the names that the student's kernel may be asked for; None for any.
    """

    def __init__(
        self, client: DispatcherClient, setup: dict[str, Any] | None = None, names: Collection[str] | None = None
    ) -> None:
        self._client, self._students = client, names
        self._setup = {**(setup or {}), "__name__": CELLS}
        self._solved: dict[tuple[str, ...], dict[str, Any]] = {}  # what the lab's right answers define

    def run(self, source: str, graded: bool, timeout: float, loan: Mapping[str, Any] | None = None) -> Verdict:
        """Run a cell; see `CleanRoom.run`."""
        self._client.begin(time.monotonic() + timeout)
        names, output = _CellNames(self._setup, self._client, self._students), io.StringIO()
        points, error, message, fault = None, "", "", ""
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), self._lent(loan):
                points = _points(run_cell(source, names))
        except DataError as problem:  # exceptions in the student's code never become one
            error = fault = line(problem, 300)
        except LoanError as problem:
            error = "LoanError"
            point_out(line(problem, 200))
        except BaseException as problem:
            error, message = line(type(problem).__name__, 100), plain(_message(problem), MOST_MESSAGE)
        if graded:
            self._client.forget()
        else:
            self._setup.update(names)
            self._client.seeds.agree()
        said, remark = output.getvalue()[:MOST_OUTPUT], line(pointed_out(), 300)
        return Verdict(not error, points, error, message, said, remark, fault, note=reached())

    @contextlib.contextmanager
    def _lent(self, loan: Mapping[str, Any] | None) -> Iterator[None]:
        """While this runs, lend the student's kernel the right values that a loan names.

        Raises:
            LoanError: if the lab's right answers fail here.
        """
        if loan is None:
            yield
            return
        passed = False
        try:
            self._client.lend(self._right_values(loan), loan["again"])
            yield
            passed = True
        finally:
            self._client.take_back(keep=passed)  # a later answer may use what this one has computed

    def _right_values(self, loan: Mapping[str, Any]) -> dict[str, Any]:
        """Run the lab's right answers if they have not run yet, and return the values that a loan names."""
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
    """Run a cell as IPython does, and return the value of its last expression; None if the last line is none.

    Docstrings are removed, because a check's functions and classes may be sent to the student's process.
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
    """Return the value that a cell ends with if it is a number."""
    if isinstance(value, np.generic | torch.Tensor | np.ndarray) and value.ndim == 0:
        value = value.item()
    return float(value) if type(value) in (int, float) else None


def _message(problem: BaseException) -> str:
    """Return what a notebook shows of an exception, without a traceback."""
    if isinstance(problem, NoAnswer):
        return str(problem)
    if hasattr(problem, "_render_traceback_"):
        return "\n".join(problem._render_traceback_())
    return f"{type(problem).__name__}: {problem}"
