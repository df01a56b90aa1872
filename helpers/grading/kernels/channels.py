"""The grading process's channels to a student's kernel: Jupyter's messages, with a limit on the size of each.

ZeroMQ's library reads whatever the other side sends before anybody asks for it. It limits the size of a frame, but not
the number of frames in a message. So this module speaks the protocol ZMTP 3.0 by itself: it reads only what somebody
waits for, and never beyond a limit. What it does not read fills the sender's memory, not ours.

https://rfc.zeromq.org/spec/23/, https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import Session

__all__ = ["Channel", "SandboxKernelClient"]

MOST_BYTES = 32 << 20  # of a message; matplotlib embeds animations of up to 27 MB
MOST_FRAMES = 1000  # of a message: an envelope of six, and buffers
MOST_ENVELOPE = 1 << 16  # bytes of a message without content and buffers
CONNECT_SECONDS = 60  # for connecting, which happens before any student's code runs

_GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
_MORE, _LARGE, _COMMAND = 1, 2, 4
_KINDS = {"shell": b"DEALER", "iopub": b"SUB"}  # stdin and control are not used


class _RefusedError(Exception):
    """The kernel sent too much; the message says what it did."""


class Channel:
    """One connection to a kernel.

    If the kernel breaks the rules or hangs up, the channel calls `end` with the reason and then stays silent: Jupyter
    learns of a kernel's end from the kernel's manager.

    Attributes:
        worth_reading: most bytes of content that are parsed; longer content stays bytes.
    """

    def __init__(self, session: Session, end: Callable[[str], None]) -> None:
        self.session, self.worth_reading = session, MOST_BYTES
        self._end = end
        self._head, self._frames = b"", list[bytes]()  # of the message that is arriving

    async def connect(self, path: str, kind: bytes) -> None:
        """Connect as a ZeroMQ socket of this kind would.

        Raises:
            OSError: if nobody listens.
            ValueError: if the listener does not speak ZMTP 3.
        """
        self._reader, self._writer = await asyncio.open_unix_connection(path)
        self._writer.write(_GREETING)
        greeting = await self._reader.readexactly(len(_GREETING))
        if greeting[:1] + greeting[9:11] != b"\xff\x7f\x03":
            raise ValueError("the kernel does not speak ZMTP 3")
        self._write(b"\x05READY\x0bSocket-Type" + len(kind).to_bytes(4, "big") + kind, _COMMAND)
        await self._receive()  # the kernel's own READY
        if kind == b"SUB":
            self._write(b"\x01")  # subscribe to everything

    def send(self, message: dict[str, Any]) -> None:
        """Send a message without waiting until the kernel reads it."""
        *frames, last = self.session.serialize(message)
        for frame in frames:
            self._write(frame, _MORE)
        self._write(last)

    def _write(self, frame: bytes, flags: int = 0) -> None:
        self._writer.write(bytes([flags | _LARGE]) + len(frame).to_bytes(8, "big") + frame)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Return the next message; its entry `size` is the size of content and buffers in bytes.

        Raises:
            Empty: if none arrives in time.
        """
        try:
            async with asyncio.timeout(timeout):
                return await self._next()
        except TimeoutError:
            raise Empty from None

    async def _next(self) -> dict[str, Any]:
        try:
            return self._message(await self._receive())
        except _RefusedError as error:
            self._end(str(error))
        except (EOFError, OSError):
            self._end("")
        except Exception as error:  # a hostile kernel may send anything
            self._end(f"it sent an invalid message ({type(error).__name__})")
        await asyncio.get_running_loop().create_future()  # wait for ever
        raise AssertionError

    async def _receive(self) -> list[bytes]:
        """Return the frames of one message, or a command. If this is cancelled, the next call continues."""
        while True:
            if not self._head:
                self._head = await self._reader.readexactly(2)  # flags, and a size or its first byte
            flags, more = self._head[0], self._head[0] & _MORE
            if flags & _LARGE and len(self._head) == 2:
                self._head += await self._reader.readexactly(7)
            size = int.from_bytes(self._head[1:], "big")
            if size + sum(map(len, self._frames)) > MOST_BYTES:
                raise _RefusedError(f"it sent more than {MOST_BYTES >> 20} MiB at once")
            if len(self._frames) == MOST_FRAMES:
                raise _RefusedError(f"it sent a message of more than {MOST_FRAMES} parts")
            self._frames.append(await self._reader.readexactly(size))
            self._head = b""
            if not more:
                frames, self._frames = self._frames, []
                return frames

    def _message(self, frames: list[bytes]) -> dict[str, Any]:
        _, parts = self.session.feed_identities(frames)
        if sum(map(len, parts[:4])) > MOST_ENVELOPE:
            raise _RefusedError(f"it sent a message with more than {MOST_ENVELOPE >> 10} KiB besides its content")
        size = sum(map(len, parts[4:]))
        message: dict[str, Any] = self.session.deserialize(parts, content=size <= self.worth_reading)
        return message | {"size": size}

    def is_alive(self) -> bool:
        return not self._writer.is_closing()

    def stop(self) -> None:
        self._writer.close()


class SandboxKernelClient(AsyncKernelClient):
    """Jupyter's client for a kernel, with only the channels that grading needs, and limits on them."""

    allow_stdin = False

    async def start_channels(self, **_: Any) -> None:  # type: ignore[override]  # nbclient awaits it
        async with asyncio.timeout(CONNECT_SECONDS):
            manager: Any = self.parent
            for name, kind in _KINDS.items():
                channel = Channel(self.session, manager.provisioner.end)
                await channel.connect(f"{self.ip}-{getattr(self, f'{name}_port')}", kind)
                setattr(self, f"_{name}_channel", channel)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered on both channels.

        Jupyter's own version then listens for a fifth of a second more, for messages that answer nothing. nbclient
        skips those by itself.

        Raises:
            RuntimeError: if the kernel dies first.
            TimeoutError: if it does not answer within so many seconds.
        """
        async with asyncio.timeout(timeout):
            while True:
                self.kernel_info()
                try:
                    await self.shell_channel.get_msg(timeout=1)
                    await self.iopub_channel.get_msg(timeout=1)
                    return
                except Empty:
                    if not await self.is_alive():
                        raise RuntimeError("the kernel died before it answered") from None

    def stop_channels(self) -> None:
        for channel in (self._shell_channel, self._iopub_channel):
            if channel:
                channel.stop()
