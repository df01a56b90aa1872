"""The zygote's own side: import what kernels need, then fork a process for each request.

Started as `python -m helpers.grading.kernels.forkserver <file descriptor> <folder>` by `zygote`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import selectors
import shutil
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy

from helpers.grading.kernels.zygote import MESSAGE
from helpers.grading.sandbox import box as sandbox
from helpers.grading.sandbox import linux, memory, share
from helpers.grading.sandbox.box import Box, Limits, SandboxError
from helpers.grading.sandbox.filesystem import SubmissionError
from helpers.grading.sandbox.share import Share

__all__ = ["main"]

MOST_FDS = 16
WATCH_SECONDS = 0.2  # how often somebody looks at what the boxes use
# Everything that a lab or a kernel imports. No figure is drawn and no tensor made before a fork.
PRELOADED = (
    "torch",
    "torch.nn.functional",
    "torch.optim",
    "torch.utils.data",
    "torchvision",
    "torchvision.transforms.v2",
    "numpy",
    "sklearn.metrics",
    "matplotlib.backends.backend_agg",  # not the inline one: it looks for its kernel when it is imported
    "matplotlib.pyplot",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipywidgets",
    "pygments.formatters.terminal256",
    "stack_data",
    "tornado.platform.asyncio",
    "tqdm.auto",
    "zmq.utils.garbage",
    "pyseccomp",
    "helpers.checks",
    "helpers.checking.compare",
    "helpers.data",
    "helpers.device",
    "helpers.explorer",
    "helpers.metrics",
    "helpers.plots",
    "helpers.train",
    "helpers.grading.kernels.kernel",
    "helpers.grading.cleanroom.dispatcher",
    "helpers.grading.cleanroom.room",
)


@dataclass(eq=False)
class _Running:
    """A forked process, and where to report its end."""

    pid: int
    pidfd: int
    status: socket.socket
    limits: Limits | None  # None for a process that nobody watches
    share: Share | None  # None for a process without a box
    why: str = ""

    def watch(self, boxes: int, crowded: bool) -> None:
        """Stop the process if it and its children use too much memory together; no limit of Linux's own counts that.

        Where `boxes` on a `crowded` machine want more than it has, none gets more than its share of processor time.
        """
        if not self.limits or self.why:
            return
        try:
            if memory.used(self.pid) > self.limits.memory:
                self._stop(f"it used more than {self.limits.memory >> 20} MiB of memory")
            elif self.share:
                self.share.turn(boxes, crowded)
        except Exception as error:  # what nobody can watch has to end, and the zygote lives on for the others
            self._stop(f"it could not be watched: {error!r}"[:200])

    def _stop(self, why: str) -> None:
        self.why = why
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def reap(self) -> None:
        _, status, usage = os.wait4(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        # Linux may enforce the limit on samples of what runs at each tick, but reports the exact time. Where processes
        # run in rhythm with the ticks, we saw 0.6 s of it at a limit of 1 s. Nobody else kills a process so late.
        used = usage.ru_utime + usage.ru_stime
        if self.limits and code == -signal.SIGKILL and used > 0.5 * self.limits.cpu_seconds:
            self.why = f"it used more than {self.limits.cpu_seconds} s of processor time"
        report = {"exit": code, "why": self.why}
        with self.status, contextlib.suppress(OSError):  # nobody may want to know
            self.status.send(json.dumps(report).encode())
        os.close(self.pidfd)


def main(control: socket.socket) -> None:
    """Serve until the grading process closes its end; the kernel then kills all that was forked."""
    linux.set_child_subreaper()
    gc.disable()  # a fifth of the time that imports take
    for name in PRELOADED:
        importlib.import_module(name)
    _check_single_threaded()
    gc.freeze()  # so that no collection in a child touches, and thereby copies, what all share
    gc.enable()
    try:
        control.send(b"ready")
    except OSError:
        return  # the grading process has ended meanwhile
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    running: set[_Running] = set()
    due = 0.0  # when to look at the boxes
    while True:
        for key, _ in selector.select(max(0.0, due - time.monotonic()) if running else None):
            if key.fileobj is control:
                data, fds = _request(control)
                if not data:
                    return
                child = _fork(data, fds, selector)
                if child:
                    running.add(child)
            else:
                selector.unregister(key.fileobj)
                running.remove(key.data)
                key.data.reap()
        if time.monotonic() >= due:
            due = time.monotonic() + WATCH_SECONDS
            boxes = sum(child.share is not None for child in running)
            crowded = share.is_crowded(boxes)
            for child in running:
                child.watch(boxes, crowded)


def _request(control: socket.socket) -> tuple[bytes, list[int]]:
    """The next request and its descriptors; an empty one when the grading process has ended."""
    try:
        data, fds, _, _ = socket.recv_fds(control, MESSAGE, MOST_FDS)
    except ConnectionResetError:  # it ended before it had read that this process is ready
        return b"", []
    return data, fds


def _check_single_threaded() -> None:
    """A fork copies one thread; locks that others hold would stay locked in the copy for ever."""
    if len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError("a library started threads when it was imported: no kernel can be forked")


def _fork(data: bytes, fds: list[int], selector: selectors.BaseSelector) -> _Running | None:
    """Start the process that a request asks for; None if it could not be, which has then been told.

    The selector tells of its end.
    """
    request, zygote = json.loads(data), os.getpid()
    status = socket.socket(fileno=fds[0])
    box, limits = request["box"], request["limits"]

    def work() -> None:
        _follow(zygote)
        _close_all_but(fds)
        _work(request, status, [socket.socket(fileno=fd) for fd in fds[1:]])

    pid, child = 0, None
    try:
        pid = _fork_into_namespaces(status, work) if box else _fork_process(status, work)
        if pid:
            share = Share(pid) if box else None
            child = _Running(pid, os.pidfd_open(pid), status, Limits(**limits) if limits else None, share)
            selector.register(child.pidfd, selectors.EVENT_READ, child)
            _tell(status, [child.pidfd], pid=pid)
    except OSError as error:  # too little of what all processes of a user have together: the zygote lives on
        _tell(status, refused=f"this machine cannot start one more process: {error}")
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        if child:
            os.close(child.pidfd)
            child = None
    for fd in fds[1:]:
        os.close(fd)
    if not child:
        status.close()
    return child


def _fork_process(status: socket.socket, work: Callable[[], None]) -> int:
    """The ID of a new process that does this work."""
    pid = os.fork()
    if pid == 0:
        with _reported(status):
            work()
    return pid


def _fork_into_namespaces(status: socket.socket, work: Callable[[], None]) -> int:
    """The ID of a new process that does this work in new namespaces; 0 if they could not be made.

    In between stands a short-lived process that makes the namespaces; its child is the first process in them, and
    becomes the zygote's own when it ends.
    """
    reader, writer = os.pipe()

    def start() -> None:
        os.setsid()
        myself = select.poll()
        myself.register(os.pidfd_open(os.getpid()))
        sandbox.isolate()

        def work_when_inherited() -> None:
            myself.poll()  # until the process in between has ended
            work()

        os.write(writer, str(_fork_process(status, work_when_inherited)).encode())

    with open(reader, "rb", buffering=0) as told:
        with open(writer, "wb"):
            between = _fork_process(status, start)
        pid = told.read(20)
    os.waitpid(between, 0)
    return int(pid or 0)


@contextlib.contextmanager
def _reported(status: socket.socket) -> Iterator[NoReturn]:
    """Run a process's whole life in this block: it ends with it, and says why where that is an error."""
    code = 1
    try:
        yield  # type: ignore[misc]
        code = 0
    except SandboxError as error:
        _tell(status, refused=str(error), protection=error.protection)
    except SubmissionError as error:
        _tell(status, refused=str(error), submission=True)
    except BaseException:
        _tell(status, refused=traceback.format_exc())
    finally:
        os._exit(code)


def _tell(status: socket.socket, fds: Sequence[int] = (), **message: Any) -> None:
    with contextlib.suppress(OSError):  # the other side may be gone, or has heard enough
        socket.send_fds(status, [json.dumps(message).encode()[:MESSAGE]], list(fds))


def _follow(zygote: int) -> None:
    """Die with the zygote. Its ID is read where its own /proc is: a new pid namespace shows no parent."""
    linux.die_with_parent()
    (parent,) = memory.status("self", "PPid")
    if parent != zygote:
        os._exit(1)


def _close_all_but(fds: Sequence[int]) -> None:
    """Close the sockets of the zygote and of all other submissions; input and output go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    first = 3
    for fd in sorted(fds):
        os.closerange(first, fd)
        first = fd + 1
    os.closerange(first, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _work(request: dict[str, Any], status: socket.socket, sockets: list[socket.socket]) -> None:
    os.environ.clear()
    os.environ.update(request["environment"])
    numpy.random.seed()  # as in a process that is really new; Python's own generator does so itself
    box = request["box"]
    if box:
        sandbox.enter(Box(**{**box, "limits": Limits(**box["limits"])}))
    elif request["limits"]:
        sandbox.limit_memory(Limits(**request["limits"]))

    def started() -> None:
        _tell(status, started=True)
        status.close()

    pkgutil.resolve_name(request["function"])(request["arguments"], sockets, started)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    os._exit(0)  # libraries would complain about what was never used
