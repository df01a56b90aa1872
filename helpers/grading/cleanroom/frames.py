"""Frames between two processes: a text, followed by raw buffers with the numbers of arrays and tensors.

The receiver trusts nothing: it checks each size before it allocates memory.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["GRACE", "MOST_BYTES", "Buffer", "Frame", "WireError", "read_text", "receive", "send"]

Buffer = Any  # bytes, an array, whatever a memoryview can show
Frame = tuple[bytes, list[Buffer]]

GRACE = 2.0  # seconds after a deadline in which the kernel itself can report that a call took too long
MOST_BYTES = 1 << 30  # in a frame
MOST_TEXT = 1 << 24
MOST_BUFFERS = 1 << 16
_HEADER = struct.Struct("<4sBxxxII")  # magic, version, length of the text, number of buffers
_MAGIC, _VERSION = b"LABS", 1


class WireError(Exception):
    """A frame or the data in it are invalid."""


def send(channel: socket.socket, text: bytes, buffers: Sequence[Buffer] = (), deadline: float | None = None) -> None:
    """Send a frame.

    Raises:
        WireError: if it is too large.
        OSError: if the other side is gone; TimeoutError if it has not read all by `deadline` (of time.monotonic).
    """
    views = [memoryview(buffer).cast("B") if len(memoryview(buffer)) else memoryview(b"") for buffer in buffers]
    sizes = struct.pack(f"<{len(views)}Q", *map(len, views))
    if len(text) > MOST_TEXT or len(views) > MOST_BUFFERS or sum(map(len, views)) > MOST_BYTES:
        raise WireError("the frame is too large to send")
    channel.settimeout(_left(deadline))
    channel.sendall(_HEADER.pack(_MAGIC, _VERSION, len(text), len(views)) + sizes + text)
    for view in views:
        channel.sendall(view)


def receive(channel: socket.socket, deadline: float | None = None, most: int = MOST_BYTES) -> Frame:
    """Receive a frame and return its text and its buffers.

    Raises:
        WireError: if the bytes are no frame, or the frame has more than `most` bytes.
        EOFError: if the other side is gone; TimeoutError if the frame is not complete by `deadline`.
    """
    magic, version, length, count = _HEADER.unpack(_read(channel, _HEADER.size, deadline))
    if magic != _MAGIC or version != _VERSION:
        raise WireError("this is no frame of this version")
    if length > MOST_TEXT or count > MOST_BUFFERS:
        raise WireError(f"a frame with {length} characters and {count} buffers is too large")
    sizes = struct.unpack(f"<{count}Q", _read(channel, 8 * count, deadline))
    if length + sum(sizes) > most:
        raise WireError(f"a frame of {length + sum(sizes)} bytes is too large")
    text: bytes = _read(channel, length, deadline).tobytes()
    return text, [_read(channel, size, deadline) for size in sizes]


def _read(channel: socket.socket, size: int, deadline: float | None) -> Buffer:
    memory: Buffer = np.empty(size, dtype=np.uint8)
    rest = memoryview(memory)
    while rest:
        channel.settimeout(_left(deadline))
        received = channel.recv_into(rest)
        if not received:
            raise EOFError("the other side is gone")
        rest = rest[received:]
    return memory


def _left(deadline: float | None) -> float | None:
    if deadline is None or math.isinf(deadline):
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("there was no answer in time")
    return left


def read_text(text: bytes) -> dict[str, Any]:
    """Return the dictionary in a JSON text.

    Raises:
        WireError: if there is none.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"the text is no JSON ({type(error).__name__})") from None
    if not isinstance(message, dict):
        raise WireError("the text holds no message")
    return message
