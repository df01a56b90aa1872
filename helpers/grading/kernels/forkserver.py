"""The zygote itself: imports what kernels need, then forks a process for each request.

`Zygote` starts it as `python -m helpers.grading.kernels.forkserver <file descriptor> <folder>`.
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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy

from helpers.grading.kernels import hugepages
from helpers.grading.kernels.zygote import MESSAGE
from helpers.grading.sandbox import box as sandbox
from helpers.grading.sandbox import linux, memory, share
from helpers.grading.sandbox.box import Box, Limits, SandboxError
from helpers.grading.sandbox.filesystem import SubmissionError
from helpers.grading.sandbox.share import CpuShare

__all__ = ["main"]

MOST_FDS = 16
WATCH_SECONDS = 0.2  # how often the boxes are checked against their limits
MANY = 40  # forks, of twenty submissions, after which huge pages are worth the time that they take
# What every kernel and clean room imports. No tensor is made before a fork.
PRELOADED = (
    *("torch", "pyseccomp", "pygments.formatters.terminal256", "stack_data", "tornado.platform.asyncio"),
    *("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect"),
    *("IPython.extensions.storemagic", "ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp"),
    *("zmq.utils.garbage", "helpers.checks", "helpers.checking.compare", "helpers.device"),
    *("helpers.grading.kernels.kernel", "helpers.grading.cleanroom.dispatcher", "helpers.grading.cleanroom.room"),
)
# Packages that start no threads when they are imported: of a lab's imports, only these come here.
SAFE = ("helpers", "ipywidgets", "matplotlib", "numpy", "PIL", "scipy", "sklearn", "torch", "torchvision", "tqdm")
# What these import only when they are first used, in each forked process once more.
LATER = {
    "helpers.train": ("torch._dynamo",),  # PyTorch needs it to make an optimizer
    "matplotlib.pyplot": ("helpers.grading.kernels.figures",),
    "torch.optim": ("torch._dynamo",),
}


@dataclass(eq=False)
class _ForkedProcess:
    """A forked process, with its limits and the socket to report its end."""

    pid: int
    pidfd: int
    status: socket.socket
    limits: Limits | None  # None for a process that is not watched
    share: CpuShare | None  # None for a process without a box
    why: str = ""

    def watch(self, boxes: int, crowded: bool) -> None:
        """Stop the process if it and its descendants together use too much memory, which no resource limit counts.

        On a `crowded` machine, also keep it to its share of CPU time among so many `boxes`.
        """
        if not self.limits or self.why:
            return
        try:
            if memory.used(self.pid) > self.limits.memory:
                self._stop(f"it used more than {self.limits.memory >> 20} MiB of memory")
            elif self.share:
                self.share.turn(boxes, crowded)
        except Exception as error:  # a process that cannot be watched must end; the zygote goes on for the others
            self._stop(f"it could not be watched: {error!r}"[:200])

    def _stop(self, why: str) -> None:
        self.why = why
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def report_end(self) -> None:
        """Tell the grading process how this process ended."""
        _, status, usage = os.wait4(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        # Linux may enforce the limit by sampling at each tick, but reports exact times. We saw 0.6 s reported at a
        # limit of 1 s, for processes that run in step with the ticks. Nothing else kills a process that late.
        used = usage.ru_utime + usage.ru_stime
        if self.limits and code == -signal.SIGKILL and used > 0.5 * self.limits.cpu_seconds:
            self.why = f"it used more than {self.limits.cpu_seconds} s of processor time"
        report = {"exit": code, "why": self.why}
        with self.status, contextlib.suppress(OSError):  # the grading process may have closed its end
            self.status.send(json.dumps(report).encode())
        os.close(self.pidfd)


def main(control: socket.socket) -> None:
    """Import what kernels need, then fork on request until the grading process closes its end."""
    linux.set_child_subreaper()
    _import(PRELOADED)
    try:
        control.send(b"ready")
    except OSError:
        return  # the grading process has ended
    _serve(control)


def _import(names: Iterable[str]) -> None:
    """Import modules, once for all processes that are forked from now on."""
    gc.disable()  # makes the imports a fifth faster
    for name in names:
        importlib.import_module(name)
    for name in (later for known, more in LATER.items() if known in sys.modules for later in more):
        importlib.import_module(name)
    _check_single_threaded()
    gc.freeze()  # a collection in a child would touch, and thereby copy, the shared memory pages
    gc.enable()


def _import_for_lab(names: Iterable[str]) -> None:
    for name in sorted(names):
        if name.partition(".")[0] in SAFE:
            with contextlib.suppress(Exception):  # whatever is wrong with it, a kernel that tries it again reports it
                importlib.import_module(name)
    _import(())  # what they import later


def _serve(control: socket.socket) -> None:
    """Fork on request, report the ends of forked processes, and watch the others."""
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    running: set[_ForkedProcess] = set()
    imported: set[str] = set()  # for labs
    forks = 0  # since the last import
    due = 0.0  # when to check the boxes
    while True:
        for key, _ in selector.select(max(0.0, due - time.monotonic()) if running else None):
            if key.fileobj is control:
                data, fds = _request(control)
                if not data:
                    return
                request = json.loads(data)
                if new := set(request["imports"]) - imported:
                    _import_for_lab(new)
                    imported, forks = imported | new, 0
                forks += 1
                if forks == MANY:
                    hugepages.collapse()
                child = _fork(request, fds, selector)
                if child:
                    running.add(child)
            else:
                selector.unregister(key.fileobj)
                running.remove(key.data)
                key.data.report_end()
        if time.monotonic() >= due:
            due = time.monotonic() + WATCH_SECONDS
            boxes = sum(child.share is not None for child in running)
            crowded = share.is_crowded(boxes)
            for child in running:
                child.watch(boxes, crowded)


def _request(control: socket.socket) -> tuple[bytes, list[int]]:
    """Return the next request and its descriptors; an empty request if the grading process has ended."""
    try:
        data, fds, _, _ = socket.recv_fds(control, MESSAGE, MOST_FDS)
    except ConnectionResetError:  # it ended without reading that this process is ready
        return b"", []
    return data, fds


def _check_single_threaded() -> None:
    """Make sure that no library has started threads: locks that they hold would stay locked in a forked copy."""
    if len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError("a library started threads when it was imported: no kernel can be forked")


def _fork(request: dict[str, Any], fds: list[int], selector: selectors.BaseSelector) -> _ForkedProcess | None:
    """Start the requested process and register it, so that the selector reports its end.

    Returns:
        None if it could not be started; this has been reported.
    """
    zygote = os.getpid()
    status = socket.socket(fileno=fds[0])
    box, limits = request["box"], request["limits"]

    def work() -> None:
        _die_with(zygote)
        _close_all_but(fds)
        _work(request, status, [socket.socket(fileno=fd) for fd in fds[1:]])

    pid, child = 0, None
    try:
        pid = _fork_into_namespaces(status, work) if box else _fork_process(status, work)
        if pid:
            share = CpuShare(pid) if box else None
            child = _ForkedProcess(pid, os.pidfd_open(pid), status, Limits(**limits) if limits else None, share)
            selector.register(child.pidfd, selectors.EVENT_READ, child)
            _report(status, [child.pidfd], pid=pid)
    except OSError as error:  # a limit that all processes of the user share is reached; the zygote goes on
        _report(status, refused=f"this machine cannot start one more process: {error}")
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
    """Start a process that does this work, and return its ID."""
    pid = os.fork()
    if pid == 0:
        with _exit_after(status):
            work()
    return pid


def _fork_into_namespaces(status: socket.socket, work: Callable[[], None]) -> int:
    """Start a process that does this work in new namespaces, and return its ID; 0 if they cannot be made.

    A short-lived process in between makes the namespaces. Its child is the first process in them, and becomes the
    zygote's child when the process in between ends.
    """
    reader, writer = os.pipe()

    def start() -> None:
        os.setsid()
        parent = select.poll()
        parent.register(os.pidfd_open(os.getpid()))
        sandbox.isolate()

        def work_as_child_of_zygote() -> None:
            parent.poll()  # until the process in between has ended
            work()

        os.write(writer, str(_fork_process(status, work_as_child_of_zygote)).encode())

    with open(reader, "rb", buffering=0) as pipe:
        with open(writer, "wb"):
            between = _fork_process(status, start)
        pid = pipe.read(20)
    os.waitpid(between, 0)
    return int(pid or 0)


@contextlib.contextmanager
def _exit_after(status: socket.socket) -> Iterator[NoReturn]:
    """End the process after this block, and report an error in it."""
    code = 1
    try:
        yield  # type: ignore[misc]
        code = 0
    except SandboxError as error:
        _report(status, refused=str(error), protection=error.protection)
    except SubmissionError as error:
        _report(status, refused=str(error), submission=True)
    except BaseException:
        _report(status, refused=traceback.format_exc())
    finally:
        os._exit(code)


def _report(status: socket.socket, fds: Sequence[int] = (), **message: Any) -> None:
    with contextlib.suppress(OSError):  # the grading process may have closed its end
        socket.send_fds(status, [json.dumps(message).encode()[:MESSAGE]], list(fds))


def _die_with(zygote: int) -> None:
    """End this process when the zygote ends, or now if it has ended.

    The parent's ID comes from /proc, which still is the machine's: in a new pid namespace, getppid returns 0.
    """
    linux.die_with_parent()
    (parent,) = memory.status("self", "PPid")
    if parent != zygote:
        os._exit(1)


def _close_all_but(fds: Sequence[int]) -> None:
    """Close the sockets of the zygote and of all other submissions; discard standard input and output."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    first = 3
    for fd in sorted(fds):
        os.closerange(first, fd)
        first = fd + 1
    os.closerange(first, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _work(request: dict[str, Any], status: socket.socket, sockets: list[socket.socket]) -> None:
    os.environ.clear()
    os.environ.update(request["environment"])
    numpy.random.seed()  # Python's own generator does so after each fork
    box = request["box"]
    if box:
        sandbox.enter(Box(**{**box, "limits": Limits(**box["limits"])}))
    elif request["limits"]:
        sandbox.limit_memory(Limits(**request["limits"]))

    def started() -> None:
        _report(status, started=True)
        status.close()

    pkgutil.resolve_name(request["function"])(request["arguments"], sockets, started)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    os._exit(0)  # without the libraries' own clean-up, which would complain
