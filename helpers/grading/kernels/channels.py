"""How the grading process hears a student's kernel: Jupyter's messages, taken from the wire with a limit on each.

ZeroMQ's library takes in whatever the other side sends, before anybody asks for it. It bounds a frame, but not how many
frames make up a message. So this end speaks the protocol (ZMTP 3.0) by itself: nothing is read that nobody waits for,
nothing is read beyond a limit, and what is not read stays in the memory of the one who sent it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import Session

__all__ = ["Channel", "SandboxKernelClient"]

MOST_BYTES = 32 << 20  # in a message: the largest animation that matplotlib embeds has 27 MB
MOST_FRAMES = 1000  # in a message: an envelope of six, and buffers
MOST_ENVELOPE = 1 << 16  # bytes of what stands around the content
CONNECT_SECONDS = 60  # no student's code has run by then

_GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
_MORE, _LARGE, _COMMAND = 1, 2, 4
_KINDS = {"shell": b"DEALER", "iopub": b"SUB"}  # the others are not there: nobody listens to stdin and control


class _RefusedError(Exception):
    """A message that is too large, or none; the message says what the kernel did."""


class Channel:
    """One connection to a kernel.

    A kernel that sends what it may not is reported to `end`. From then on the channel is silent, as it is when the
    kernel has hung up: it is the manager who tells of a kernel's end.

    Attributes:
        worth_reading: bytes of content beyond which it is left as the bytes that it came in.
    """

    def __init__(self, session: Session, end: Callable[[str], None]) -> None:
        self.session, self.worth_reading = session, MOST_BYTES
        self._end = end
        self._head, self._frames = b"", list[bytes]()  # of the message that is coming

    async def connect(self, path: str, kind: bytes) -> None:
        """Connect as a ZeroMQ socket of this kind would.

        Raises:
            OSError: if nobody listens.
            ValueError: if who listens does not speak ZMTP 3.
        """
        self._reader, self._writer = await asyncio.open_unix_connection(path)
        self._writer.write(_GREETING)
        greeting = await self._reader.readexactly(len(_GREETING))
        if greeting[:1] + greeting[9:11] != b"\xff\x7f\x03":
            raise ValueError("the kernel does not speak ZMTP 3")
        self._write(b"\x05READY\x0bSocket-Type" + len(kind).to_bytes(4, "big") + kind, _COMMAND)
        await self._receive()  # the kernel is as ready
        if kind == b"SUB":
            self._write(b"\x01")  # to everything

    def send(self, message: dict[str, Any]) -> None:
        """Send a message. It waits here, not in the caller, for a kernel that does not read."""
        *frames, last = self.session.serialize(message)
        for frame in frames:
            self._write(frame, _MORE)
        self._write(last)

    def _write(self, frame: bytes, flags: int = 0) -> None:
        self._writer.write(bytes([flags | _LARGE]) + len(frame).to_bytes(8, "big") + frame)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message. Its `size` is that of content and buffers, in bytes.

        Raises:
            Empty: if there is none in time.
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
        except Exception as error:  # whatever a hostile kernel may send
            self._end(f"it sent what is no message ({type(error).__name__})")
        await asyncio.get_running_loop().create_future()  # nothing comes any more
        raise AssertionError

    async def _receive(self) -> list[bytes]:
        """The frames of one message, or a command. May be cancelled at any moment: what has come of it is kept."""
        while True:
            if not self._head:
                self._head = await self._reader.readexactly(2)  # flags, and a size or the first byte of one
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
            raise _RefusedError(f"it sent a message with more than {MOST_ENVELOPE >> 10} KiB around its content")
        size = sum(map(len, parts[4:]))
        message: dict[str, Any] = self.session.deserialize(parts, content=size <= self.worth_reading)
        return message | {"size": size}

    def is_alive(self) -> bool:
        return not self._writer.is_closing()

    def stop(self) -> None:
        self._writer.close()


class SandboxKernelClient(AsyncKernelClient):
    """Jupyter's client of a kernel, with channels that a hostile kernel cannot fill, and no more than are needed."""

    allow_stdin = False

    async def start_channels(self, **_: Any) -> None:  # type: ignore[override]  # nbclient awaits it
        async with asyncio.timeout(CONNECT_SECONDS):
            for name, kind in _KINDS.items():
                manager: Any = self.parent
                channel = Channel(self.session, manager.provisioner.end)
                await channel.connect(f"{self.ip}-{getattr(self, f'{name}_port')}", kind)
                setattr(self, f"_{name}_channel", channel)

    def stop_channels(self) -> None:
        for channel in (self._shell_channel, self._iopub_channel):
            if channel:
                channel.stop()
