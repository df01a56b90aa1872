"""The kernel for a student's cells: ipykernel, on sockets made for it, and a dispatcher for the checks' requests."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NoReturn
from unittest import mock

import zmq
from ipykernel import ipkernel
from ipykernel.control import ControlThread
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.shellchannel import ShellChannelThread
from IPython.core.error import StdinNotImplementedError
from tornado.ioloop import IOLoop
from traitlets import Dict
from traitlets.config import Config

from helpers.grading.cleanroom.dispatcher import Dispatcher
from helpers.grading.kernels.provisioner import PORTS

__all__ = ["BoxedKernelApp", "run"]


WAITING = 10_000  # messages that nobody has read yet; later ones are lost


class BoxedKernel(IPythonKernel):
    """A kernel that does not list all modules for a debugger.

    To look at a module copies a page that all kernels share: a third of what it costs to start one.
    """

    def __init__(self, **options: Any) -> None:
        with mock.patch.object(ipkernel, "sys", SimpleNamespace(modules={})):
            super().__init__(**options)

    def raw_input(self, *_: Any, **__: Any) -> NoReturn:
        """What `input` calls. There is no way for an answer, so that none has to be kept safe."""
        raise StdinNotImplementedError("Nobody answers input() here: give the value in the cell instead.")

    getpass = raw_input


class BoxedKernelApp(IPKernelApp):
    """ipykernel without what a graded submission does not need: options, files, heartbeat, debugger, history, logs."""

    kernel_class = BoxedKernel
    listeners: Any = Dict()  # sockets by port

    def _configure_logging(self) -> None:
        pass

    def init_code(self) -> None:
        # No start-up files, and no list of the modules' names: to read a name copies its page, too.
        shell: Any = self.shell
        shell.user_ns_hidden.update(shell.user_ns)

    def parse_command_line(self, argv: object = None) -> None:
        pass

    def init_connection_file(self) -> None:
        pass

    def write_connection_file(self, **_: Any) -> None:
        pass

    def log_connection_info(self) -> None:
        self._ports = PORTS

    def init_heartbeat(self) -> None:
        pass

    def _try_bind_socket(self, zmq_socket: zmq.Socket[bytes], port: int) -> int:
        # The grading process listens already: the box shares no folder with the machine, and nobody waits for a bind.
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
    """Run a kernel until it is told to stop.

    Args:
        arguments: `key`, with which messages are signed; `folder`, where to work if not in a sandbox.
        sockets: the listening ones, in the order of `PORTS`, then the dispatcher's.
    """
    *listeners, channel = sockets
    if arguments["folder"]:
        os.chdir(arguments["folder"])
    config = Config()
    config.IPKernelApp.transport = "ipc"
    config.HistoryManager.enabled = False
    config.InteractiveShell.xmode = "Plain"  # a coloured traceback takes longer than all else in a small lab
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


def _add_dispatcher(app: BoxedKernelApp, channel: socket.socket) -> None:
    """Let the dispatcher answer whenever the kernel is idle, past IPython: no hook of the student's is asked."""
    dispatcher = Dispatcher(channel, app.kernel.shell.user_ns)
    loop = IOLoop.current()

    def answer(*_: Any) -> None:
        if not dispatcher.serve_one():
            loop.remove_handler(channel)

    loop.add_handler(channel, answer, IOLoop.READ)
