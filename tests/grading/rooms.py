"""Kernels and clean rooms for tests: a forked process, without a sandbox, serves a namespace."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

from helpers.grading.cleanroom.dispatcher import Dispatcher
from helpers.grading.cleanroom.dispatcher_client import DispatcherClient
from helpers.grading.cleanroom.room import CellRunner, run_cell

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
    """Fork a process that does `work` with one end of a connection, and give the other end."""
    # Like the fork server; else each fork imports it for a tensor on meta. It is here because it takes seconds.
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
    """Return the work of a kernel that has run `source`; it is killed after `cpu` seconds of CPU time."""

    def work(channel: socket.socket) -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        dispatcher = Dispatcher(channel, names)
        with contextlib.suppress(Exception):  # as in a notebook, a cell may fail
            run_cell(source, names)
        while dispatcher.handle_request():
            pass

    return work


@contextlib.contextmanager
def room(
    source: str, setup: dict[str, Any], before: dict[str, Any] | None = None, cpu: int = resource.RLIM_INFINITY
) -> Iterator[CellRunner]:
    """Give a clean room beside a kernel that has run `source`; see `serving`."""
    names = {**(setup if before is None else before), "__name__": "__main__"}
    with kernel(serving(source, names, cpu)) as channel:
        yield CellRunner(DispatcherClient(channel), setup)
