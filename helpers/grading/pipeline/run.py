"""A run in progress: what is on the workers, and what has failed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from helpers.grading.intake import Submission
from helpers.grading.pipeline.executors import Workers
from helpers.grading.pipeline.gradebook import Marks
from helpers.grading.pipeline.submission import Outcome, run_submission
from helpers.grading.sandbox.box import SandboxError
from helpers.grading.sandbox.filesystem import SubmissionError
from helpers.notebooks.errors import CourseError

__all__ = ["Run", "each"]

_log = logging.getLogger(__name__)
_Own = TypeVar("_Own", Outcome, Marks)  # what is a student's own

AHEAD = 4  # submissions that are made ready while others run
TOGETHER, SECONDS = 16, 0.3  # outcomes that are kept at once, and how long the first of them waits for others


class Run:
    """Takes submissions in, runs them on workers, and keeps the outcomes.

    If the grading itself fails, a submission runs once more, apart from all others: one of them may have been the
    reason. If that fails too, nothing is kept.

    Args:
        prepare: takes in a student's submission.
        keep: does with some outcomes what the run is for, and returns why not, by student.
        settings: nbgrader's configuration, as plain data.
        started: is called with each student whose submission goes to a worker.
        finished: is called with each student who is done, and why not graded (empty if graded).
        stop: once it is set, no further submission is started.
    """

    def __init__(
        self,
        prepare: Callable[[str], Submission],
        keep: Callable[[Sequence[Outcome]], Mapping[str, Exception]],
        settings: Mapping[str, Any],
        workers: Workers,
        started: Callable[[str], None],
        finished: Callable[[str, str], None],
        stop: Event | None = None,
    ) -> None:
        self._prepare, self._keep, self._settings, self._workers = prepare, keep, dict(settings), workers
        self._started, self._finished, self._stop = started, finished, stop or Event()
        self._running: dict[Future[Outcome], tuple[Submission, bool]] = {}  # and whether it runs apart
        self._arrived: list[Outcome] = []  # not kept yet
        self._first = 0.0  # when the first of them arrived
        self._failed: dict[str, str] = {}

    def grade(self, students: Sequence[str]) -> dict[str, str]:
        """Grade these students; return why some could not be graded."""
        waiting = list(reversed(students))
        while waiting or self._running or self._arrived:
            if self._stop.is_set():
                waiting.clear()
                self._take_back()
            while waiting and len(self._running) < self._workers.number + AHEAD:
                self._start(waiting.pop())
            for future in wait(self._running, timeout=self._patience(), return_when=FIRST_COMPLETED).done:
                self._finish(future, *self._running.pop(future))
            if len(self._arrived) >= TOGETHER or (self._arrived and not self._patience()):
                self._keep_arrived()
        return self._failed

    def _patience(self) -> float:
        """Seconds for which the next outcome may be waited for."""
        if not self._running:
            return 0.0
        return max(self._first + SECONDS - monotonic(), 0.0) if self._arrived else SECONDS

    def _take_back(self) -> None:
        """Take back the submissions for which no worker is free yet: they are the last ones."""
        for future in list(self._running)[self._workers.number :]:
            if future.cancel():
                del self._running[future]

    def _start(self, student: str) -> None:
        _log.info("%s: taken", student)
        try:
            submission = self._prepare(student)
            self._started(student)
            self._submit(submission, apart=False)
        except Exception as error:  # whatever is wrong with this one, the class goes on
            self._report(student, error)

    def _submit(self, submission: Submission, apart: bool) -> None:
        future = self._workers.executor.submit(run_submission, submission, self._settings, apart)
        self._running[future] = submission, apart

    def _finish(self, future: Future[Outcome], submission: Submission, apart: bool) -> None:
        try:
            outcome = future.result()
        except SandboxError as error:  # it would be the same for all
            self._keep_arrived()
            raise CourseError(f"No submission can be graded: {error}") from None
        except Exception as error:
            if apart or isinstance(error, SubmissionError):
                self._report(submission.student, error)
            elif not self._stop.is_set():
                _log.warning("%s: tried again, for the grading failed", submission.student, exc_info=error)
                self._submit(submission, apart=True)
            return
        if not self._arrived:
            self._first = monotonic()
        self._arrived.append(outcome)

    def _keep_arrived(self) -> None:
        """Keep what has arrived, all at once."""
        outcomes, self._arrived = self._arrived, []
        failed = self._keep(outcomes)
        for outcome in outcomes:
            self._report(outcome.student, failed.get(outcome.student))

    def _report(self, student: str, error: Exception | None = None) -> None:
        if error is None:
            _log.info("%s: graded", student)
        else:
            _log.error("%s: not graded", student, exc_info=error)
            self._failed[student] = _in_a_line(error)
        self._finished(student, self._failed.get(student, ""))


def each(step: Callable[[_Own], None], all_of_them: Iterable[_Own]) -> dict[str, Exception]:
    """Take a step for each submission; return why it failed, by student. One that fails costs no other."""
    failed = {}
    for own in all_of_them:
        try:
            step(own)
        except Exception as error:
            failed[own.student] = error
    return failed


def _in_a_line(error: Exception) -> str:
    """Return what a person needs to read of an error: its last line, for it may hold a traceback."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[-1] if lines else 'no more is known'}"
