"""Run a submission on a worker: text and bytes travel there and back, no paths."""

from __future__ import annotations

import contextlib
import json
import logging
import tempfile
import threading
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop
from nbformat.v4 import reads
from traitlets.config import Config

from helpers.grading.intake import Submission
from helpers.grading.pipeline.evidence import Evidence

__all__ = ["Outcome", "run_submission"]

_log = logging.getLogger(__name__)
_turns = threading.BoundedSemaphore(2)  # submissions that run apart at once: each has a zygote, half a gigabyte


@dataclass(frozen=True)
class Outcome:
    """The notebook after its run, what its checks have shown, and whether it ran in the sandbox."""

    student: str
    notebook: str
    evidence: dict[str, Evidence]
    boxed: bool = True


def run_submission(submission: Submission, settings: dict[str, Any], apart: bool = False) -> Outcome:
    """Run a submission on this machine, whichever it is. Running it twice does no harm.

    Args:
        settings: nbgrader's configuration, as plain data.
        apart: whether it shares nothing with any other submission.

    Raises:
        SandboxError: if this machine lacks a protection.
        Exception: if the grading failed, which is not the student's fault.
    """
    # Jupyter's blocking calls find their event loop in the context, which threads of one executor may share.
    return Context().run(_run_apart if apart else _run, submission, settings)


def _run_apart(submission: Submission, settings: dict[str, Any]) -> Outcome:
    from helpers.grading.kernels.provisioner import own_zygote

    with _turns, own_zygote():
        return _run(submission, settings)


def _run(submission: Submission, settings: dict[str, Any]) -> Outcome:
    _log.info("%s: started", submission.student)
    from helpers.grading.kernels.provisioner import zygotes_folder
    from helpers.grading.pipeline.execute import ExecuteSubmission  # here, or planning a run would wait for it

    notebook = reads(submission.notebook)
    with (
        _event_loop(),
        zygotes_folder() as parent,
        tempfile.TemporaryDirectory(prefix="submission-", dir=parent) as folder,
    ):
        for name, content in submission.files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        execute = ExecuteSubmission(config=Config(settings))
        names = ("imports", "withheld", "names", "seed", "lendable", "left_out")
        facts = {name: getattr(submission, name) for name in names}
        notebook, resources = execute.preprocess(notebook, {"metadata": {"path": folder}, **facts})
    return Outcome(submission.student, json.dumps(notebook), resources["evidence"], resources["boxed"])


@contextlib.contextmanager
def _event_loop() -> Iterator[None]:
    """Open an event loop for Jupyter's blocking calls, and close it with its threads. Jupyter itself never does."""
    loop = ensure_event_loop()
    try:
        yield
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
