"""The clean room as the grading process sees it: cells go in, verdicts come out. Needs no PyTorch here."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from helpers.grading.cleanroom.frames import GRACE, WireError, read_text, receive, send
from helpers.grading.errors import OurFault

__all__ = ["CleanRoom", "Loan", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What became of a cell: the record without which there are no points.

    Attributes:
        passed: whether the cell ran to its end.
        points: the number that its last expression gave, None if it gave none.
        error: the name of the exception that ended it, empty if it passed.
        message: what to tell the student, empty if it passed.
        output: what the cell printed.
        remark: what it points out to the person who grades.
        note: what to tell the student though it passed.
        fault: why it could not run, where the student has no part in that: the data are not at hand.
    """

    passed: bool
    points: float | None
    error: str
    message: str
    output: str
    remark: str = ""
    fault: str = ""
    note: str = ""


@dataclass(frozen=True)
class Loan:
    """What is lent for one check.

    Attributes:
        names: what is lent, with the exercise that it is the answer to.
        sources: the lab's own answers that define it, after those that they need.
        again: the student's answer that uses it, to be run once more.
    """

    names: dict[str, str]
    sources: list[str]
    again: str

    @property
    def words(self) -> str:
        """What to tell the student."""
        each = [f"a right `{name}`, since {question} is not right yet" for name, question in self.names.items()]
        return f"Checked with {', and with '.join(each)}."


class CleanRoom:
    """The clean room, as seen from the grading process.

    Args:
        control: the connection to it.
        limit: waits for the end of its process, and tells the limit that it went beyond; empty if there was none.
        secrets: variables of its environment. They take no other way: students' kernels inherit the zygote's memory.
    """

    def __init__(
        self, control: socket.socket, limit: Callable[[], str], secrets: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._control, self._limit = control, limit
        self._closed = ""
        send(control, json.dumps(dict(secrets)).encode())

    def run(self, source: str, *, graded: bool, timeout: float, loan: Loan | None = None) -> Verdict:
        """Run a cell.

        Args:
            graded: whether it is a check, which leaves nothing behind, or a locked set-up cell.
            timeout: seconds that it may take. Where it takes longer, all that is asked later fails.
            loan: what the student's kernel gets meanwhile in the place of wrong answers.

        Returns:
            The verdict. A clean room that hangs, or needs more than it may, is a verdict too: what a check computes
            with is the student's.

        Raises:
            OurFault: if the clean room ended for another reason, or the check could not run for one.
        """
        if self._closed:
            return _failed("NotRun", self._closed)
        deadline = time.monotonic() + timeout + 3 * GRACE
        try:
            lent = {"loan": asdict(loan)} if loan else {}
            request = {"source": source, "graded": graded, "timeout": timeout, **lent}
            send(self._control, json.dumps(request).encode(), deadline=deadline)
            text, _ = receive(self._control, deadline)
            verdict = Verdict(**read_text(text))
            if verdict.fault:
                raise OurFault(verdict.fault)
            return verdict
        except TimeoutError:
            self._closed = "This check did not run: one before it took too long."
            verdict = _failed("TimeoutError", f"The check took longer than {timeout:g} seconds.")
        except (EOFError, OSError, WireError) as error:
            self._control.close()
            limit = self._limit()
            if not limit:
                raise OurFault(f"the process that runs the checks has ended ({type(error).__name__})") from error
            self._closed = f"This check did not run: in one before it, the process that runs the checks ended: {limit}."
            verdict = _failed("LimitError", f"The process that runs the checks ended: {limit}.")
        self._control.close()
        return verdict

    def close(self) -> None:
        """Let the clean room end."""
        self._closed = self._closed or "This check did not run: the clean room is closed."
        self._control.close()


def _failed(error: str, message: str) -> Verdict:
    return Verdict(False, None, error, message, "")
