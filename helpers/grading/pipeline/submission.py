"""A hand-in on its way to a worker and back: text and bytes, no paths."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import threading
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import ensure_event_loop
from traitlets.config import Config

from helpers.grading.intake import HandIn
from helpers.grading.pipeline.evidence import Evidence

__all__ = ["Outcome", "run_hand_in"]

_log = logging.getLogger(__name__)
_turns = threading.BoundedSemaphore(2)  # for hand-ins that run apart: each needs a zygote, half a gigabyte


@dataclass(frozen=True)
class Outcome:
    """The notebook after its run, what its checks have shown, and whether it ran in the sandbox."""

    student: str
    notebook: str
    evidence: dict[str, Evidence]
    boxed: bool = True


def run_hand_in(hand_in: HandIn, settings: dict[str, Any], apart: bool = False) -> Outcome:
    """Execute a hand-in, on whatever machine this is. Running it twice does no harm.

    Args:
        settings: nbgrader's configuration, as plain data.
        apart: whether no other hand-in may share anything with this one.

    Raises:
        SandboxError: if this machine lacks a protection.
        Exception: if the grading failed, which is no fault of the student's.
    """
    # Jupyter's blocking calls find their event loop in the context, which Dask's threads would otherwise share.
    return Context().run(_run_apart if apart else _run, hand_in, settings)


def _run_apart(hand_in: HandIn, settings: dict[str, Any]) -> Outcome:
    from helpers.grading.kernels.provisioner import own_zygote

    with _turns, own_zygote():
        return _run(hand_in, settings)


def _run(hand_in: HandIn, settings: dict[str, Any]) -> Outcome:
    _log.info("%s: started", hand_in.student)
    from helpers.grading.pipeline.execute import (
        ExecuteHandIn,  # here, so that planning a run does not wait for the imports
    )

    notebook = nbformat.reads(hand_in.notebook, as_version=4)
    with _event_loop(), tempfile.TemporaryDirectory(prefix="hand-in-") as folder:
        for name, content in hand_in.files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        execute = ExecuteHandIn(config=Config(settings))
        facts = {name: getattr(hand_in, name) for name in ("withheld", "names", "seed", "lendable")}
        notebook, resources = execute.preprocess(notebook, {"metadata": {"path": folder}, **facts})
    return Outcome(hand_in.student, nbformat.writes(notebook), resources["evidence"], resources["boxed"])


@contextlib.contextmanager
def _event_loop() -> Iterator[None]:
    """An event loop for Jupyter's blocking calls, which ends with its threads; Jupyter itself never closes one."""
    loop = ensure_event_loop()
    try:
        yield
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
