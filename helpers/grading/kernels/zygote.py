"""The zygote: one process that imports PyTorch and Jupyter's kernel once, and from which every kernel is forked.

The grading process reaches it over a socket pair that both inherit; nobody else can. Each request brings the sockets
that the new process is to have, and among them its own status socket, over which its start, its end and what kept it
from starting are told.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import helpers
from helpers.grading.sandbox.box import Box, Limits, SandboxError
from helpers.grading.sandbox.filesystem import SubmissionError

__all__ = ["Child", "Zygote", "ZygoteError", "shared", "stop_shared"]

FORK_SERVER = "helpers.grading.kernels.forkserver"
START_SECONDS = 120  # a cold disk reads PyTorch slowly
OPEN_FILES = 1 << 16  # far more than a box may have
MESSAGE = 1 << 16  # bytes; a request is a few hundred
# What processes for student code may know of the instructor's environment.
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
_BESIDES = ("HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR")  # where the zygote finds caches; no kernel is told
_FIXED = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # matplotlib asks once, when it is imported
    "OPENBLAS_NUM_THREADS": "1",  # it would start threads before the first fork
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # the debugger, which nobody uses, would print a warning
}


class ZygoteError(Exception):
    """A process could not be started; the message says why."""


class Child:
    """A process that the zygote forked, as the grading process sees it."""

    def __init__(self, status: socket.socket) -> None:
        self._status = status
        self._code: int | None = None
        self._pidfd = -1
        self.pid = 0
        self.why = ""  # why it was stopped, where a limit did it
        try:
            self._await_start()
        except BaseException:
            self.close()
            raise

    def _await_start(self) -> None:
        self._status.settimeout(START_SECONDS)
        started = False
        while not (started and self.pid):  # the zygote tells the one, the new process the other
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
        """The exit code, negative for a signal; None while the process runs."""
        if self._code is None:
            with contextlib.suppress(BlockingIOError):
                self._end(self._status.recv(MESSAGE, socket.MSG_DONTWAIT))
        return self._code

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end of the process and return its exit code.

        Raises:
            TimeoutError: if it has not ended after so many seconds.
        """
        if self._code is None:
            self._status.settimeout(seconds)
            self._end(self._status.recv(MESSAGE))
        assert self._code is not None
        return self._code

    def _end(self, data: bytes) -> None:
        message = json.loads(data or '{"exit": -9, "why": "the zygote died"}')  # and took its children along
        self._code, self.why = message["exit"], message["why"]

    def kill(self) -> None:
        """Stop the process and, for a boxed one, all that it started."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, signum: int) -> None:
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signum)

    def close(self) -> None:
        """Stop the process if it runs, and forget it."""
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
    """The grading process's end. May be used from many threads.

    Attributes:
        folder: for the sockets of kernels. The zygote removes it at its end, even where the grading process was killed.

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
            **_present(ENVIRONMENT),
            **_present(_BESIDES),
            **_FIXED,
            "PYTHONPATH": str(Path(helpers.__path__[0]).parent),
        }
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    FORK_SERVER,
                    str(theirs.fileno()),
                    str(self.folder),
                ],
                # -P: what lies in this folder may be anybody's; its files are no modules of ours
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the grading process, which then ends this one
            )
        self._control.settimeout(START_SECONDS)
        try:
            ready = self._control.recv(MESSAGE)
        except TimeoutError:
            ready = b""
        if ready != b"ready":
            self.close()
            raise ZygoteError("the process that imports PyTorch and Jupyter did not start; see what it said above")
        self._control.settimeout(None)

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
    ) -> Child:
        """Start a process that runs a function.

        Args:
            function: its name, as "module:function": nothing that it imports is needed here. It is called with
                `(arguments, sockets, started)`, and calls `started` when it is ready.
            arguments: plain data, as JSON holds it.
            box: the sandbox for it; None for a trusted process, or where the instructor said that it is safe.
            environment: all of its environment.
            sockets: what it gets besides. They stay open here.
            limits: what a trusted process may use; a box has its own.

        Raises:
            SandboxError: if this machine does not offer a protection.
            SubmissionError: if the submission's files cannot be brought into the sandbox.
            ZygoteError: if it could not be started for another reason.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        limits = box.limits if box else limits
        request = {
            "function": function,
            "arguments": dict(arguments),
            "box": asdict(box) if box else None,
            "limits": asdict(limits) if limits else None,
            "environment": dict(environment),
        }
        with theirs:
            fds = [theirs.fileno(), *(one.fileno() for one in sockets)]
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], fds)
            except OSError as error:
                ours.close()
                raise ZygoteError(f"the zygote died ({error})") from None
        return Child(ours)

    def close(self) -> None:
        """End the zygote and with it all processes that it forked."""
        self._control.close()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)  # where the zygote was killed


def _allow_open_files() -> None:
    """Let this process, and what it starts, send descriptors where students' processes of the same user may not.

    Linux counts those on their way for all processes of a user together, and compares with each one's own limit.
    """
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limit, min(most, OPEN_FILES)), most))


def _present(names: Sequence[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


_lock = threading.Lock()
_zygote: Zygote | None = None


def shared() -> Zygote:
    """The zygote of this process, started at the first call, and anew where it died."""
    global _zygote
    with _lock:
        if _zygote is None or _zygote.owner != os.getpid() or not _zygote.alive:
            if _zygote and _zygote.owner == os.getpid():
                _zygote.close()  # it has died: its folder goes too
            _zygote = Zygote()
        return _zygote


def stop_shared() -> None:
    """End the zygote of this process, if it has one, and with it every kernel that is running."""
    with _lock:
        if _zygote and _zygote.owner == os.getpid():
            _zygote.close()
