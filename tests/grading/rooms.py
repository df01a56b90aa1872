"""Kernels and clean rooms for tests: a forked process serves a namespace, without a sandbox."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

from helpers.grading.cleanroom.dispatcher import Dispatcher
from helpers.grading.cleanroom.link import Link
from helpers.grading.cleanroom.room import Room, run_cell

SETUP = """
import random
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from helpers.checks import call, expect, fresh_seed, may_change, question, value
"""


@contextlib.contextmanager
def kernel(work: Callable[[socket.socket], None]) -> Iterator[socket.socket]:
    """A forked process that does `work` with one end of a connection; the other end is given."""
    # As the forkserver does, or each fork would do it for a tensor on meta. Here, because the import takes seconds.
    import torchvision  # noqa: F401

    here, there = socket.socketpair()
    process = os.fork()
    if not process:
        try:
            here.close()
            work(there)
        finally:
            os._exit(0)
    there.close()
    try:
        yield here
    finally:
        here.close()
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def serving(source: str, names: dict[str, Any], cpu: int = resource.RLIM_INFINITY) -> Callable[[socket.socket], None]:
    """The work of a kernel in which `source` has run; after so many seconds of the processor's time it is ended."""

    def work(channel: socket.socket) -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        dispatcher = Dispatcher(channel, names)
        with contextlib.suppress(Exception):  # as in a notebook: what a failed cell did not define is not there
            run_cell(source, names)
        while dispatcher.serve_one():
            pass

    return work


@contextlib.contextmanager
def room(
    source: str, setup: dict[str, Any], before: dict[str, Any] | None = None, cpu: int = resource.RLIM_INFINITY
) -> Iterator[Room]:
    """A clean room beside a kernel in which `source` has run; see `serving`."""
    names = {**(setup if before is None else before), "__name__": "__main__"}
    with kernel(serving(source, names, cpu)) as channel:
        yield Room(Link(channel), setup)
