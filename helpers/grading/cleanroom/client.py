"""The clean room as the grading process sees it: cells go in, verdicts come out. Does not import PyTorch."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from helpers.grading.cleanroom.frames import GRACE, WireError, read_text, receive, send
from helpers.notebooks.errors import OurFault

__all__ = ["CleanRoom", "Loan", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """The result of a cell; without one there are no points.

    Attributes:
        passed: whether the cell ran to its end.
        points: the value of its last expression if that is a number, else None.
        error: the name of the exception that ended it; empty if it passed.
        message: what to tell the student; empty if it passed.
        output: what it printed.
        remark: what to tell the instructor.
        fault: why it could not run for a reason that is not the student's, such as missing data.
        note: what to tell the student even if it passed.
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
    """Right answers that replace the student's wrong ones during a check.

    Attributes:
        names: each name that is lent, and the exercise that it answers.
        sources: the lab's right answers that define these names, after those that they depend on.
        again: the student's answer that uses these names; it runs again.
    """

    names: dict[str, str]
    sources: list[str]
    again: str

    @property
    def words(self) -> str:
        """The loan in words, for the student."""
        each = [f"a right `{name}`, since {question} is not right yet" for name, question in self.names.items()]
        return f"Checked with {', and with '.join(each)}."


class CleanRoom:
    """The clean room, as the grading process sees it.

    Args:
        control: the connection to it.
        limit: waits for the end of its process, and returns the limit that stopped it; empty if none did.
        secrets: variables for its environment. They must not pass the zygote, whose memory students' kernels inherit.
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
            graded: whether it is a check, whose names are forgotten afterwards, or a locked set-up cell.
            timeout: seconds that it may take. If it takes longer, all later cells fail.
            loan: right answers that replace the student's wrong ones in the kernel while the cell runs.

        Returns:
            The verdict. It is also given if the clean room hangs or exceeds a limit, since the values that a check
            works on come from the student.

        Raises:
            OurFault: if the clean room ended, or the check could not run, for a reason that is not the student's.
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
