"""The kernel for a student's cells: ipykernel on sockets that it inherits, with a dispatcher for the clean room."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any, NoReturn
from unittest import mock

import zmq
from ipykernel import ipkernel
from ipykernel.control import ControlThread
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.shellchannel import ShellChannelThread
from IPython.core.error import StdinNotImplementedError
from tornado.ioloop import IOLoop
from traitlets import Dict
from traitlets.config import Config

from helpers.grading.cleanroom.dispatcher import Dispatcher
from helpers.grading.kernels.provisioner import DRAWS, PORTS
from helpers.grading.kernels.shell import announce, connect

__all__ = ["BoxedKernelApp", "run"]


PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")
WAITING = 10_000  # messages that are kept until somebody reads them; later ones are lost


class BoxedKernel(IPythonKernel):
    """A kernel that does not list all modules for a debugger.

    Looking at a module copies memory pages that all kernels share. That would add a third to the time of a start.
    """

    def __init__(self, **options: Any) -> None:
        announce()
        with mock.patch.object(ipkernel, "sys", SimpleNamespace(modules={})):
            super().__init__(**options)
        connect(self)
        shell: Any = self.shell
        self._painters = [shell.display_formatter.formatters[kind] for kind in PICTURES]

    async def do_execute(self, *arguments: Any, **options: Any) -> Any:
        """Run a cell. If nobody will look at its figures, they are not drawn, which takes longer than most cells."""
        for painter in self._painters:
            painter.enabled = (options.get("cell_meta") or {}).get(DRAWS, True)
        return await super().do_execute(*arguments, **options)

    def raw_input(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse what `input` asks for: without a channel for answers, none needs to be protected."""
        raise StdinNotImplementedError("Nobody answers input() here: give the value in the cell instead.")

    getpass = raw_input


class Stream(OutStream):
    """Standard output and error, which wait for the thread that sends them only if they have something to send.

    ipykernel flushes both several times for each cell.
    """

    def flush(self) -> None:
        if self._flush_pending or self._subprocess_flush_pending:
            super().flush()


class BoxedKernelApp(IPKernelApp):
    """ipykernel without what grading does not need: options, files, heartbeat, debugger, history, logs."""

    kernel_class = BoxedKernel
    outstream_class = f"{__name__}.Stream"
    listeners: Any = Dict()  # sockets by port

    def _skip(self, *_: Any, **__: Any) -> None:
        """Do nothing in place of a step that grading does not need."""

    _configure_logging = init_connection_file = init_heartbeat = parse_command_line = write_connection_file = _skip
    load_config_file = _skip  # what IPython's configuration says on this machine is no part of a lab

    def init_code(self) -> None:
        # Without start-up files, and without reading modules' names, which would copy shared memory pages too.
        shell: Any = self.shell
        shell.user_ns_hidden.update(shell.user_ns)

    def log_connection_info(self) -> None:
        self._ports = PORTS

    def _try_bind_socket(self, zmq_socket: zmq.Socket[bytes], port: int) -> int:
        # The grading process has made the listening sockets, since a sandbox shares no folder with the machine.
        zmq_socket.setsockopt(zmq.USE_FD, self.listeners[port].detach())
        zmq_socket.bind(f"ipc://{port}")
        return port

    def init_iopub(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.iopub_socket = context.socket(zmq.XPUB)
        self.iopub_socket.linger = 1000
        self.iopub_socket.sndhwm = WAITING
        self._bind_socket(self.iopub_socket, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = IOPubThread(self.iopub_socket, session=self.session)  # without its pipe, which is TCP
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_control(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.control_socket = context.socket(zmq.ROUTER)
        self.control_socket.linger = 1000
        self._bind_socket(self.control_socket, self.control_port)
        self.debugpy_socket = context.socket(zmq.STREAM)  # never used
        self.debug_shell_socket = context.socket(zmq.DEALER)
        self.control_thread = ControlThread(daemon=True)
        self.shell_channel_thread = ShellChannelThread(context, daemon=True)


def run(arguments: Mapping[str, Any], sockets: Sequence[socket.socket], started: Callable[[], None]) -> None:
    """Run a kernel until it is stopped.

    Args:
        arguments: `key`, which signs the messages; `folder`, in which to work outside a sandbox, else empty.
        sockets: listening sockets in the order of `PORTS`, then the dispatcher's socket.
    """
    *listeners, channel = sockets
    if arguments["folder"]:
        os.chdir(arguments["folder"])
    config = Config()
    config.IPKernelApp.transport = "ipc"
    config.Session.key = arguments["key"].encode()
    app = BoxedKernelApp.instance(
        config=config,
        listeners=dict(zip(PORTS.values(), listeners, strict=True)),
        **{f"{name}_port": port for name, port in PORTS.items()},
    )
    app.initialize([])
    _add_dispatcher(app, channel)
    started()
    app.start()


@contextmanager
def _closing_figures() -> Iterator[None]:
    """Close the figures that a check has the student's code make: the next cell would draw them as its own."""
    known = _open_figures()
    yield
    with suppress(Exception):
        for number in _open_figures() - known:
            sys.modules["matplotlib.pyplot"].close(number)


def _open_figures() -> set[int]:
    with suppress(Exception):  # it was not imported, or it is what a student has made of it
        return set(sys.modules["matplotlib.pyplot"].get_fignums())
    return set()


def _add_dispatcher(app: BoxedKernelApp, channel: socket.socket) -> None:
    """Let the dispatcher answer when the kernel is idle; this bypasses IPython and any hooks in it."""
    dispatcher = Dispatcher(channel, app.kernel.shell.user_ns)
    loop = IOLoop.current()

    def answer(*_: Any) -> None:
        with _closing_figures():
            if not dispatcher.handle_request():
                loop.remove_handler(channel)

    loop.add_handler(channel, answer, IOLoop.READ)
