"""The provisioner: how Jupyter's tools (nbgrader, nbclient, papermill) get a kernel in the sandbox.

The kernel `cnn-labs-sandbox` names this class; whoever runs a notebook with that kernel needs to know nothing else.
"""

from __future__ import annotations

import asyncio
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
from helpers.grading.errors import OurFault
from helpers.grading.kernels.channels import SandboxKernelClient
from helpers.grading.kernels.zygote import ENVIRONMENT, Child, Zygote, shared
from helpers.grading.sandbox.box import Box, Limits
from helpers.grading.sandbox.datasets import shown_data
from helpers.grading.sandbox.filesystem import HOME

__all__ = [
    "KERNEL_NAME",
    "PORTS",
    "SandboxKernelManager",
    "SandboxProvisioner",
    "data_for",
    "install_kernelspec",
    "own_zygote",
    "student_environment",
]

KERNEL_NAME = "cnn-labs-sandbox"
ROOM_MEMORY = 2 << 30  # bytes that a clean room may use: what it works on comes from a student's kernel
STUDENTS_SETTINGS = ("CNN_LABS_DATA", "CNN_LABS_DEVICE")
CHECKS_SETTINGS = ("CNN_LABS_HIDDEN", "CNN_LABS_SEED")  # what marks rest on is for the clean room alone
KERNELSPEC = Path(__file__).parent / "kernelspec"
LONGEST_PATH = 107  # of a unix socket
# "Ports" number the sockets, as Jupyter does where they are files. The heartbeat has none: the zygote tells of a death.
PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "control": 4}
HEARTBEAT = 5  # a socket on which nobody answers: the zygote tells of a death
ZYGOTE_DIED = "the zygote died"  # how a child says that it did not end by itself

_own: ContextVar[Zygote] = ContextVar("own zygote")


@contextmanager
def own_zygote() -> Iterator[None]:
    """Let what is started in this block come of a zygote that no other submission shares."""
    with closing(Zygote()) as zygote:
        token = _own.set(zygote)
        try:
            yield
        finally:
            _own.reset(token)


def _zygote_here() -> Zygote:
    return _own.get(None) or shared()


class SandboxProvisioner(KernelProvisionerBase):
    """Forks kernels from the zygote into sandboxes, and their clean rooms beside them."""

    unsafe = Bool(False, help="Run students' code without a sandbox: only on a machine that you can do without.").tag(
        config=True
    )
    gpu = Bool(False, help="Let students' code use NVIDIA devices.").tag(config=True)
    memory = Int(4096, help="MiB that all processes of a submission may use together.").tag(config=True)
    scratch = Int(1024, help="MiB that all files of a submission may use together.").tag(config=True)

    _zygote: Zygote  # the same for all that belongs to a kernel
    _kernel: Child | None = None
    _room: Child | None = None
    _channel: socket.socket | None = None  # the dispatcher's other end, until the clean room has it
    _folder: Path | None = None  # the kernel's sockets, as the grading process sees them
    _listeners: list[socket.socket]
    _sent = ""  # what the kernel sent that it may not send

    @property
    def boxed(self) -> bool:
        """Whether the kernel runs in the sandbox; False only where the instructor said `unsafe`."""
        return not self.unsafe

    @property
    def why(self) -> str:
        """Why the kernel was stopped, in words; empty as long as no limit did it."""
        return (self._kernel.why if self._kernel else "") or self._sent

    def end(self, sent: str = "") -> None:
        """Stop the kernel, for what it `sent`."""
        self._sent = self._sent or sent
        if self._kernel:
            self._kernel.kill()

    def check_zygote(self) -> None:
        """Make sure that the kernel, if it has ended, ended by itself or by a limit.

        Raises:
            OurFault: if the zygote died, and took it along.
        """
        if self._kernel and self._kernel.poll() is not None and self._kernel.why == ZYGOTE_DIED:
            raise OurFault("the process that all submissions come of has ended")

    @property
    def has_process(self) -> bool:
        return self._kernel is not None and self._folder is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        manager: Any = self.parent
        self._listeners = []
        self._zygote = await asyncio.to_thread(_zygote_here)  # the first call takes seconds
        self._folder = Path(tempfile.mkdtemp(dir=self._zygote.folder))
        manager.transport, manager.ip = "ipc", str(self._folder / "k")
        manager.cache_ports = False
        for name, port in (PORTS | {"hb": HEARTBEAT}).items():
            setattr(manager, f"{name}_port", port)
        manager.connection_file = str(self._folder / "connection.json")
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        kwargs.pop("extra_arguments", None)
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel. What lies in the folder `cwd`, save notebooks, is copied into its sandbox.

        The data sets can be read there, but for what marks rest on, and for the test images of those that `withheld`
        names.

        Raises:
            SandboxError: if this machine does not offer a protection.
            SubmissionError: if the files in `cwd` cannot be brought into the sandbox.
            ZygoteError: if it could not be started for another reason.
        """
        try:
            withheld = tuple(kwargs.get("withheld") or ())
            self._kernel = await asyncio.to_thread(self._fork, str(kwargs.get("cwd") or ""), kwargs["env"], withheld)
        except BaseException:
            await self.cleanup()
            raise
        return self.connection_info

    def _fork(self, submitted: str, environment: dict[str, str], withheld: tuple[str, ...]) -> Child:
        manager: Any = self.parent
        own = {} if self.boxed else _own_places()
        for port in (*PORTS.values(), HEARTBEAT):
            self._listeners.append(_listen(f"{self._folder}/k-{port}"))
        served = self._listeners[: len(PORTS)]
        self._channel, channel = socket.socketpair()
        with channel:
            kernel = self._zygote.fork(
                "helpers.grading.kernels.kernel:run",
                {"key": manager.session.key.decode(), "folder": "" if self.boxed else submitted},
                box=self._box(submitted, environment, withheld) if self.boxed else None,
                environment=self._environment(environment) | own,
                sockets=[*served, channel],
            )
        for listener in served:
            listener.close()  # nobody but the kernel listens: what is sent to a dead one fails at once
        return kernel

    def _box(self, submitted: str, environment: dict[str, str], withheld: tuple[str, ...]) -> Box:
        limits = Limits(memory=self.memory << 20, scratch=self.scratch << 20)
        return Box(limits, submitted, data_for(environment, withheld, self._zygote), self.gpu)

    def _environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment of both processes of a submission, which must find the same devices."""
        return student_environment(environment) | ({} if self.gpu else {"CUDA_VISIBLE_DEVICES": ""})

    def clean_room(self, names: Collection[str] | None = None, seed: int | None = None) -> CleanRoom:
        """The clean room of this kernel: a trusted process that asks it for what the student defined. Once a kernel.

        Args:
            names: all that it may ask for: those that answers define. None if it may ask for any.
            seed: what `helpers.checks.class_seed` gives in it; None for another number each time.

        Raises:
            ZygoteError: if it could not be started.
            RuntimeError: if the kernel has none, or has one already.
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
                environment=self._environment(os.environ) | _own_places(),
                sockets=[theirs, channel],
                limits=Limits(memory=ROOM_MEMORY),
            )
        return CleanRoom(control, lambda: _limit_of(room), _checks_settings(seed))

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
        await self.wait()  # milliseconds; Jupyter would look again only after a tenth of a second

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)  # a submission has nothing to tidy up

    async def cleanup(self, restart: bool = False) -> None:
        for child in (self._room, self._kernel):
            if child:
                child.close()
        for one in (*self._listeners, *([self._channel] if self._channel else [])):
            one.close()
        self._room = self._channel = None
        self._listeners = []
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _limit_of(ended: Child) -> str:
    """The limit that a process went beyond before it ended; empty if none."""
    ended.wait()
    return "" if ended.why == ZYGOTE_DIED else ended.why


def _listen(path: str) -> socket.socket:
    if len(path) > LONGEST_PATH:
        raise ValueError(f"{path} is too long a name for a socket. Let TMPDIR name a folder nearer to /.")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    listener.setblocking(False)
    return listener


def data_for(environment: Mapping[str, str], withheld: Collection[str], zygote: Zygote) -> dict[str, str]:
    """What of the data sets a sandbox shows; see `shown_data`."""
    data = Path(environment.get("CNN_LABS_DATA") or cache_folder()).expanduser().absolute()
    return shown_data(data, withheld, zygote.folder)


def student_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What a student's code may know of the environment, and where it is at home."""
    passed = {name: environment[name] for name in ENVIRONMENT if name in environment}
    course = {name: environment[name] for name in STUDENTS_SETTINGS if name in environment}
    return {
        **passed,
        **course,
        "CNN_LABS_OFFLINE": "1",  # both processes of a submission must see the same data
        "HOME": str(HOME),
        "LOGNAME": "student",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "TMPDIR": "/tmp",
        "TORCHDYNAMO_DISABLE": "1",  # torch.compile wants a C++ compiler, and minutes: here it changes nothing
        "USER": "student",
        "XDG_CACHE_HOME": str(cache_folder().parent),
    }


def _checks_settings(seed: int | None) -> dict[str, str]:
    """What the clean room knows of the environment beside what students' code does."""
    settings = {name: os.environ[name] for name in CHECKS_SETTINGS if name in os.environ}
    return settings | ({} if seed is None else {"CNN_LABS_CLASS_SEED": str(seed)})


def _own_places() -> dict[str, str]:
    """Where a trusted process is at home."""
    return {name: os.environ[name] for name in ("HOME", "TMPDIR", "USER", "LOGNAME") if name in os.environ}


class SandboxKernelManager(AsyncKernelManager):
    """Starts every kernel in the sandbox, whatever kernel a notebook names, and needs nothing installed."""

    client_factory = Type(SandboxKernelClient)

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec.from_resource_dir(str(KERNELSPEC))

    def _connect_control_socket(self) -> None:
        pass  # a kernel is stopped by signals: it is asked for nothing

    async def _async_request_shutdown(self, restart: bool = False) -> None:
        await self.signal_kernel(signal.SIGKILL)


def install_kernelspec() -> str:
    """Let Jupyter's own commands (`papermill -k cnn-labs-sandbox`) find the kernel in this environment."""
    return KernelSpecManager().install_kernel_spec(str(KERNELSPEC), KERNEL_NAME, prefix=sys.prefix)
