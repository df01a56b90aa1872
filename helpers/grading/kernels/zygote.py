"""The grading process's side of the zygote, which imports PyTorch and Jupyter once and then forks every kernel.

The two speak over a socket pair, which nobody else can reach. Each request carries the new process's sockets. The first
of them is its status socket, which reports its start, its end, or why it did not start.

The idea is Android's: https://source.android.com/docs/core/runtime/zygote
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import helpers
from helpers.grading.sandbox.box import Box, Limits, SandboxError
from helpers.grading.sandbox.filesystem import SubmissionError
from helpers.notebooks.text import line

__all__ = ["ENDED", "ENVIRONMENT", "MESSAGE", "Child", "Zygote", "ZygoteError", "pick", "shared", "stop_shared"]

_log = logging.getLogger(__name__)

FORK_SERVER = "helpers.grading.kernels.forkserver"
START_SECONDS = 120  # a cold disk reads PyTorch slowly
OPEN_FILES = 1 << 16  # far more than a box may have
MESSAGE = 1 << 16  # bytes at most; a request has a few hundred
ENDED = "the zygote died"  # the value of `Child.why` if the process ended with the zygote
# The instructor's environment variables that processes for students' code may see.
ENVIRONMENT = (
    *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "CUDA_VISIBLE_DEVICES"),
    *("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT"),
)
_CACHES = ("HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR")  # where the zygote looks for caches; kernels do not see these
_FIXED = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # matplotlib looks once, during the import
    "NUMPY_MADVISE_HUGEPAGE": "0",  # a virtual machine may take long to find huge pages, and each kernel would wait
    "OPENBLAS_NUM_THREADS": "1",  # else it starts threads before the first fork
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the unused debugger prints a warning
}


class ZygoteError(Exception):
    """A process could not be started; the message says why."""


class Child:
    """A process that the zygote forked, as the grading process sees it.

    Attributes:
        why: the limit for which it was stopped; empty if there was none.
    """

    def __init__(self, status: socket.socket, function: str) -> None:
        self._status = status
        self._code: int | None = None
        self._pidfd = -1
        self.pid = 0
        self.why = ""
        try:
            self._await_start()
        except BaseException:
            self.close()
            raise
        _log.info("pid %d: started, runs %s", self.pid, function)

    def _await_start(self) -> None:
        self._status.settimeout(START_SECONDS)
        started = False
        while not (started and self.pid):  # the zygote reports the ID, the new process its start
            try:
                data, fds, _, _ = socket.recv_fds(self._status, MESSAGE, 1)
            except TimeoutError:
                raise ZygoteError(f"a process did not start within {START_SECONDS} s") from None
            message = json.loads(data or '{"refused": "the zygote, or the new process, died"}')
            if "exit" in message:
                message["refused"] = f"the new process ended before it was ready (exit code {message['exit']})"
            if "refused" in message:
                raise _error(message)
            if "pid" in message:
                self.pid, (self._pidfd,) = message["pid"], fds
            started = started or "started" in message
        self._status.settimeout(None)

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while the process runs."""
        if self._code is None:
            with contextlib.suppress(BlockingIOError):
                self._end(self._status.recv(MESSAGE, socket.MSG_DONTWAIT))
        return self._code

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end of the process and return its exit code.

        Raises:
            TimeoutError: if it still runs after so many seconds.
        """
        if self._code is None:
            self._status.settimeout(seconds)
            self._end(self._status.recv(MESSAGE))
        assert self._code is not None
        return self._code

    def _end(self, data: bytes) -> None:
        message: dict[str, Any] = json.loads(data) if data else {"exit": -signal.SIGKILL, "why": ENDED}
        self._code, self.why = message["exit"], message["why"]
        _log.info("pid %d: ended with exit code %d%s", self.pid, self._code, f": {line(self.why)}" if self.why else "")

    def kill(self) -> None:
        """Stop the process; if it is in a box, also all processes that it started."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, signum: int) -> None:
        if self._pidfd >= 0 and self._code is None:
            _log.info("pid %d: gets %s", self.pid, signal.Signals(signum).name)
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signum)

    def close(self) -> None:
        """Stop the process if it still runs, and release its resources."""
        if self._pidfd >= 0:
            self.kill()
            os.close(self._pidfd)
            self._pidfd = -1
        self._status.close()


def _error(message: dict[str, Any]) -> Exception:
    if "protection" in message:
        return SandboxError(message["refused"], message["protection"])
    if "submission" in message:
        return SubmissionError(message["refused"])
    return ZygoteError(message["refused"])


class Zygote:
    """Starts the zygote and sends it requests; many threads may use it at once.

    Attributes:
        folder: for the kernels' sockets. The zygote removes it when it ends, even if the grading process was killed.

    Raises:
        ZygoteError: if it does not start.
    """

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.folder = Path(tempfile.mkdtemp(prefix="cnn-labs-"))
        _allow_open_files()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # One thread each: several submissions share the cores.
        environment = {
            "OMP_NUM_THREADS": "1",
            **pick(os.environ, *ENVIRONMENT, *_CACHES),
            **_FIXED,
            "PYTHONPATH": str(Path(helpers.__path__[0]).parent),
        }
        with theirs:
            self._process = subprocess.Popen(
                # -P: the current folder may be anybody's, so no module is imported from there
                [sys.executable, "-P", "-m", FORK_SERVER, str(theirs.fileno()), str(self.folder)],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches only the grading process, which then ends this one
            )
        self._control.settimeout(START_SECONDS)
        try:
            ready = self._control.recv(MESSAGE)
        except TimeoutError:
            ready = b""
        if ready != b"ready":
            self.close()
            raise ZygoteError("the process that imports PyTorch and Jupyter did not start; see its messages above")
        self._control.settimeout(None)
        _log.info("pid %d: the zygote is ready", self.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fork(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        box: Box | None,
        environment: Mapping[str, str],
        sockets: Sequence[socket.socket] = (),
        limits: Limits | None = None,
        imports: Iterable[str] = (),
    ) -> Child:
        """Start a process that runs a function.

        Args:
            function: its name, as "module:function". It is called with `(arguments, sockets, started)`, and must call
                `started` when it is ready.
            arguments: data that JSON can express.
            box: its sandbox; None for a trusted process, or if the instructor grades without a sandbox.
            environment: its whole environment.
            sockets: its sockets. They also stay open here.
            limits: for a process without a box, which has its own limits.
            imports: modules that the zygote imports first. Never those that a student names: it runs outside of boxes.

        Raises:
            SandboxError: if this machine lacks a protection.
            SubmissionError: if the submission's files cannot be copied into the sandbox.
            ZygoteError: if the process cannot be started for another reason.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        limits = box.limits if box else limits
        request = {
            "function": function,
            "arguments": dict(arguments),
            "box": asdict(box) if box else None,
            "limits": asdict(limits) if limits else None,
            "environment": dict(environment),
            "imports": sorted(imports),
        }
        with theirs:
            fds = [theirs.fileno(), *(sock.fileno() for sock in sockets)]
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], fds)
            except OSError as error:
                ours.close()
                raise ZygoteError(f"the zygote died ({error})") from None
        return Child(ours, function)

    def close(self) -> None:
        """End the zygote and with it all processes that it forked."""
        self._control.close()
        _log.info("pid %d: the zygote ended with exit code %d", self.pid, self._process.wait())
        shutil.rmtree(self.folder, ignore_errors=True)  # in case the zygote was killed


def _allow_open_files() -> None:
    """Raise this process's limit of open files above a box's, so that it can always send descriptors.

    Linux counts descriptors in flight for all processes of a user together, and compares their number with the limit
    of each process (ETOOMANYREFS in https://man7.org/linux/man-pages/man7/unix.7.html).
    """
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limit, min(most, OPEN_FILES)), most))


def pick(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return those of these environment variables that are set."""
    return {name: environment[name] for name in names if name in environment}


_lock = threading.Lock()
_zygote: Zygote | None = None


def shared() -> Zygote:
    """Return this process's zygote; start it at the first call, and again if it has died."""
    global _zygote
    with _lock:
        if _zygote is None or _zygote.owner != os.getpid() or not _zygote.alive:
            _close_own()
            _zygote = Zygote()
        return _zygote


def stop_shared() -> None:
    """End the zygote of this process, if it has one, and with it every kernel that is running."""
    with _lock:
        _close_own()


def _close_own() -> None:
    """Close this process's zygote and remove its folder, dead or alive; that of a parent process stays."""
    global _zygote
    if _zygote and _zygote.owner == os.getpid():
        _zygote.close()
    _zygote = None
