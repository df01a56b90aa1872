"""The kernel provisioner, which gives Jupyter's tools (nbgrader, nbclient, papermill) a kernel in the sandbox.

The kernel spec `cnn-labs-sandbox` names it, so that any tool can use it like an ordinary kernel.

https://jupyter-client.readthedocs.io/en/stable/provisioning.html
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Bool, Int, Type

from helpers.datasets.download import cache_folder
from helpers.grading.cleanroom.client import CleanRoom
from helpers.grading.kernels.channels import SandboxKernelClient
from helpers.grading.kernels.zygote import ENDED, ENVIRONMENT, Child, Zygote, pick, shared
from helpers.grading.sandbox.box import Box, Limits
from helpers.grading.sandbox.datasets import shown_data
from helpers.grading.sandbox.filesystem import HOME
from helpers.notebooks.errors import OurFault
from helpers.notebooks.text import line

__all__ = [
    "DRAWS",
    "KERNEL_NAME",
    "PORTS",
    "SandboxKernelManager",
    "SandboxProvisioner",
    "data_for",
    "install_kernelspec",
    "own_zygote",
    "student_environment",
    "zygotes_folder",
]

KERNEL_NAME = "cnn-labs-sandbox"
ROOM_MEMORY = 2 << 30  # bytes that a clean room may use, because students' kernels send it data
STUDENTS_SETTINGS = ("CNN_LABS_DATA", "CNN_LABS_DEVICE")
CHECKS_SETTINGS = ("CNN_LABS_HIDDEN", "CNN_LABS_SEED")  # only for the clean room: marks depend on these
KERNELSPEC = Path(__file__).parent / "kernelspec"
LONGEST_PATH = 107  # of a Unix socket; see https://man7.org/linux/man-pages/man7/unix.7.html
# The "ports" are numbers of sockets, as Jupyter has it for the transport ipc.
DRAWS = "draws"  # in the metadata of a request to run a cell: whether anybody will look at its figures
PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "control": 4}
HEARTBEAT = 5  # a socket on which nobody answers: the zygote reports when a kernel dies

_log = logging.getLogger(__name__)
_own: ContextVar[Zygote] = ContextVar("own zygote")


@contextmanager
def own_zygote() -> Iterator[None]:
    """In this block, use a separate zygote for all processes."""
    with closing(Zygote()) as zygote, _using(zygote):
        yield


@contextmanager
def zygotes_folder() -> Iterator[Path]:
    """Give a folder for a submission's files, and use its zygote for all processes in this block.

    The zygote removes the folder when it ends, even if this process was killed.
    """
    zygote = _own.get(None) or shared()
    with _using(zygote):
        yield zygote.folder


@contextmanager
def _using(zygote: Zygote) -> Iterator[None]:
    token = _own.set(zygote)
    try:
        yield
    finally:
        _own.reset(token)


class SandboxProvisioner(KernelProvisionerBase):
    """Forks a kernel from the zygote into a sandbox, and a clean room beside it."""

    unsafe = Bool(False, help="Run students' code without a sandbox. It may do whatever you may do.").tag(config=True)
    gpu = Bool(False, help="Let students' code use NVIDIA devices.").tag(config=True)
    memory = Int(4096, help="MiB that all processes of a submission may use together.").tag(config=True)
    scratch = Int(1024, help="MiB that all files of a submission may use together.").tag(config=True)

    _zygote: Zygote  # the same for the kernel and its clean room
    _kernel: Child | None = None
    _room: Child | None = None
    _channel: socket.socket | None = None  # the connection to the dispatcher, until the clean room gets it
    _folder: Path | None = None  # the kernel's sockets, as the grading process sees them
    _listeners: list[socket.socket]
    _sent = ""  # why the kernel was stopped, if it was for what it sent

    @property
    def boxed(self) -> bool:
        """Whether the kernel runs in the sandbox; False only if the instructor has set `unsafe`."""
        return not self.unsafe

    @property
    def why(self) -> str:
        """Why a limit stopped the kernel, in words; empty if none did."""
        return (self._kernel.why if self._kernel else "") or self._sent

    def end(self, sent: str = "") -> None:
        """Stop the kernel because of what it `sent`; empty if it has hung up."""
        self._sent = self._sent or sent
        if self._kernel:
            if sent:
                _log.info("pid %d: %s", self._kernel.pid, line(sent))
            self._kernel.kill()

    def check_zygote(self) -> None:
        """Make sure that the kernel still runs, or has ended by itself or because of a limit.

        Raises:
            OurFault: if it ended because the zygote died.
        """
        if self._kernel and self._kernel.poll() is not None and self._kernel.why == ENDED:
            raise OurFault("the process that forks all kernels has ended")

    @property
    def has_process(self) -> bool:
        return self._kernel is not None and self._folder is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        manager: Any = self.parent
        self._listeners = []
        self._zygote = await asyncio.to_thread(lambda: _own.get(None) or shared())  # the first start takes seconds
        self._folder = Path(tempfile.mkdtemp(dir=self._zygote.folder))
        manager.transport, manager.ip = "ipc", str(self._folder / "k")
        manager.cache_ports = False
        for name, port in (PORTS | {"hb": HEARTBEAT}).items():
            setattr(manager, f"{name}_port", port)
        manager.connection_file = str(self._folder / "connection.json")  # Jupyter writes it, though nobody reads it
        self.connection_info = manager.get_connection_info()
        kwargs.pop("extra_arguments", None)
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel. The files in the folder `cwd`, except notebooks, are copied into its sandbox.

        The data sets can be read there, except for images that marks depend on, and for all test images of those data
        sets that `withheld` names. The modules that `imports` names are imported once for all kernels.

        Raises:
            SandboxError: if this machine lacks a protection.
            SubmissionError: if the files in `cwd` cannot be copied into the sandbox.
            ZygoteError: if the kernel cannot be started for another reason.
        """
        try:
            withheld = tuple(kwargs.get("withheld") or ())
            imports = tuple(kwargs.get("imports") or ())
            self._kernel = await asyncio.to_thread(
                self._fork, str(kwargs.get("cwd") or ""), kwargs["env"], withheld, imports
            )
        except BaseException:
            await self.cleanup()
            raise
        return self.connection_info

    def _fork(
        self, submitted: str, environment: dict[str, str], withheld: tuple[str, ...], imports: tuple[str, ...]
    ) -> Child:
        manager: Any = self.parent
        for port in (*PORTS.values(), HEARTBEAT):
            self._listeners.append(_listen(f"{self._folder}/k-{port}"))
        served = self._listeners[: len(PORTS)]
        environment, box = self._environment(environment), None
        if self.boxed:
            limits = Limits(memory=self.memory << 20, scratch=self.scratch << 20)
            box = Box(limits, submitted, data_for(environment, withheld, self._zygote), self.gpu)
        self._channel, channel = socket.socketpair()
        with channel:
            kernel = self._zygote.fork(
                "helpers.grading.kernels.kernel:run",
                {"key": manager.session.key.decode(), "folder": "" if self.boxed else submitted},
                box=box,
                environment=environment if box else environment | _home(),
                sockets=[*served, channel],
                imports=imports,
            )
        for listener in served:
            listener.close()  # only the kernel listens, so that sending to a dead one fails at once
        return kernel

    def _environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the environment for a kernel and its clean room, which must see the same devices."""
        return student_environment(environment) | ({} if self.gpu else {"CUDA_VISIBLE_DEVICES": ""})

    def clean_room(self, names: Collection[str] | None = None, seed: int | None = None) -> CleanRoom:
        """Start the clean room of this kernel, the trusted process that runs the checks. Each kernel has only one.

        Args:
            names: the names that it may ask the kernel for, which answers define; None for any.
            seed: the value of `helpers.checks.class_seed` in it; None for another number each time.

        Raises:
            ZygoteError: if it cannot be started.
            RuntimeError: if the kernel does not run, or has its clean room already.
        """
        if self._channel is None or self._folder is None:
            raise RuntimeError("this kernel was not started yet, has ended, or has its clean room already")
        folder = self._folder / "room"
        folder.mkdir()
        control, theirs = socket.socketpair()
        with theirs, self._channel as channel:
            self._channel = None
            self._room = room = self._zygote.fork(
                "helpers.grading.cleanroom.room:run",
                {"folder": str(folder), "names": None if names is None else sorted(names)},
                box=None,
                environment=self._environment(os.environ) | _home(),
                sockets=[theirs, channel],
                limits=Limits(memory=ROOM_MEMORY),
            )
        settings = pick(os.environ, *CHECKS_SETTINGS)
        if seed is not None:
            settings["CNN_LABS_CLASS_SEED"] = str(seed)
        return CleanRoom(control, lambda: _limit_of(room), settings)

    async def poll(self) -> int | None:
        return self._kernel.poll() if self._kernel else 0

    async def wait(self) -> int | None:
        while await self.poll() is None:
            await asyncio.sleep(0.005)
        return await self.poll()

    async def send_signal(self, signum: int) -> None:
        if self._kernel:
            self._kernel.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)
        await self.wait()  # takes milliseconds; Jupyter itself would look only after a tenth of a second

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)  # a kernel has nothing to tidy up

    async def cleanup(self, restart: bool = False) -> None:
        for child in (self._room, self._kernel):
            if child:
                child.close()
        for sock in (*self._listeners, *([self._channel] if self._channel else [])):
            sock.close()
        self._room = self._channel = None
        self._listeners = []
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _limit_of(child: Child) -> str:
    """Wait for the end of a process, and return the limit that stopped it; empty if none did."""
    child.wait()
    return "" if child.why == ENDED else child.why


def _listen(path: str) -> socket.socket:
    if len(path) > LONGEST_PATH:
        raise ValueError(f"{path} is too long for the name of a socket. Set TMPDIR to a folder with a shorter path.")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    listener.setblocking(False)
    return listener


def data_for(environment: Mapping[str, str], withheld: Collection[str], zygote: Zygote) -> dict[str, str]:
    """Return the data files that a sandbox shows; see `shown_data`."""
    data = Path(environment.get("CNN_LABS_DATA") or cache_folder()).expanduser().absolute()
    return shown_data(data, withheld, zygote.folder)


def student_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a student's code: the harmless part of this one, and the sandbox's own paths."""
    return {
        **pick(environment, *ENVIRONMENT, *STUDENTS_SETTINGS),
        "CNN_LABS_OFFLINE": "1",  # a kernel and its clean room must see the same data
        "HOME": str(HOME),
        "LOGNAME": "student",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "TMPDIR": "/tmp",
        "TORCHDYNAMO_DISABLE": "1",  # torch.compile would need a C++ compiler, and minutes
        "USER": "student",
        "XDG_CACHE_HOME": str(cache_folder().parent),
    }


def _home() -> dict[str, str]:
    """Return the variables that name the user and the folders of a process without a sandbox."""
    return pick(os.environ, "HOME", "TMPDIR", "USER", "LOGNAME")


class SandboxKernelManager(AsyncKernelManager):
    """Starts every kernel in the sandbox, whatever kernel a notebook names; no kernel spec needs to be installed."""

    client_factory = Type(SandboxKernelClient)

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec.from_resource_dir(str(KERNELSPEC))

    def _connect_control_socket(self) -> None:
        pass  # kernels are stopped by signals, not by messages

    async def _async_request_shutdown(self, restart: bool = False) -> None:
        await self.signal_kernel(signal.SIGKILL)


def install_kernelspec() -> str:
    """Install the kernel spec into this Python environment, for commands such as `papermill -k cnn-labs-sandbox`."""
    return KernelSpecManager().install_kernel_spec(str(KERNELSPEC), KERNEL_NAME, prefix=sys.prefix)
