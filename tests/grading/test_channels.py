"""The grading process's end of the connections to a kernel, and what a hostile kernel may try on them."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
import zmq
from jupyter_client.session import Session

from helpers.grading.kernels import channels
from helpers.grading.kernels.channels import MOST_BYTES, MOST_ENVELOPE, MOST_FRAMES, Channel

READY = b"\x04\x1a\x05READY\x0bSocket-Type\x00\x00\x00\x04XPUB"
SOON = 0.01  # seconds to wait for what never comes
Reasons = list[str]


def coroutine_test(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Make an ordinary test from a coroutine."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


@pytest.fixture
def session() -> Session:
    return Session(key=b"both know it")


@pytest.fixture
def zmq_context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    with zmq.Context() as context:
        yield context


@asynccontextmanager
async def connected(folder: Path, session: Session) -> AsyncIterator[tuple[Channel, Reasons, socket.socket]]:
    """Give a channel, the reasons for which it stopped the kernel, and the kernel's end of the connection."""
    ended: Reasons = []
    channel = Channel(session, ended.append)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "kernel"))
        listener.listen()
        connecting = asyncio.create_task(channel.connect(str(folder / "kernel"), b"SUB"))
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        kernel, _ = await loop.sock_accept(listener)
    with kernel:
        kernel.setblocking(False)
        await loop.sock_sendall(kernel, channels._GREETING + READY)
        await connecting
        try:
            yield channel, ended, kernel
        finally:
            channel.stop()


def packed(*frames: bytes) -> bytes:
    """Return a message of these frames as bytes on the wire."""
    last = len(frames) - 1
    return b"".join(
        bytes([2 | (index < last)]) + len(frame).to_bytes(8, "big") + frame for index, frame in enumerate(frames)
    )


def message(session: Session, content: Any = None, buffers: int = 0) -> bytes:
    return packed(*session.serialize(session.msg("stream", content or {"text": "hello"})), *[b"buffer"] * buffers)


def nested(session: Session) -> bytes:
    mark, _, *envelope, _ = session.serialize(session.msg("stream"))
    parts = [*envelope, b"[" * 100_000]
    return packed(mark, session.sign(parts), *parts)


@coroutine_test
async def test_a_channel_speaks_with_zeromq(
    tmp_path: Path, session: Session, zmq_context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    with zmq_context.socket(zmq.ROUTER) as router:
        router.bind(f"ipc://{tmp_path}/kernel")
        channel = Channel(session, pytest.fail)
        await channel.connect(str(tmp_path / "kernel"), b"DEALER")
        channel.send(session.msg("execute_request", {"code": "1 + 1"}))
        await asyncio.to_thread(router.poll, 60_000)
        sender, received = session.recv(router)
        assert received
        assert received["content"] == {"code": "1 + 1"}
        session.send(router, "execute_reply", {"status": "ok"}, parent=received, ident=sender, buffers=[b"12345"])
        reply = await channel.get_msg(60)
        assert (reply["msg_type"], reply["content"]) == ("execute_reply", {"status": "ok"})
        assert reply["parent_header"]["msg_id"] == received["msg_id"]
        assert reply["size"] == len(b'{"status": "ok"}12345')
        channel.stop()


@coroutine_test
async def test_a_channel_receives_all_published_messages(
    tmp_path: Path, session: Session, zmq_context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    with zmq_context.socket(zmq.XPUB) as publisher:
        publisher.bind(f"ipc://{tmp_path}/kernel")
        channel = Channel(session, pytest.fail)
        await channel.connect(str(tmp_path / "kernel"), b"SUB")
        assert await asyncio.to_thread(publisher.recv) == b"\1"
        for number in range(3):
            session.send(publisher, "stream", {"text": str(number)}, ident=b"stream")
        assert [(await channel.get_msg(60))["content"]["text"] for _ in range(3)] == ["0", "1", "2"]
        channel.stop()


@coroutine_test
async def test_a_message_that_arrives_late_is_not_lost(tmp_path: Path, session: Session) -> None:
    async with connected(tmp_path, session) as (channel, ended, kernel):
        sent = message(session, buffers=3)
        for start in range(0, len(sent), 7):
            with pytest.raises(Empty):
                await channel.get_msg(0)
            await asyncio.get_running_loop().sock_sendall(kernel, sent[start : start + 7])
        assert (await channel.get_msg(60))["content"] == {"text": "hello"}
        assert ended == []


@coroutine_test
async def test_nothing_is_read_unless_somebody_waits_for_it(tmp_path: Path, session: Session) -> None:
    async with connected(tmp_path, session) as (_, ended, kernel):
        taken, sent = 0, message(session)
        for _ in range(100_000):
            try:
                taken += kernel.send(sent)
            except BlockingIOError:
                break
            await asyncio.sleep(0)  # let the channel read
        assert taken < 4 << 20
        assert ended == []


MIB = bytes(1 << 20)
HOSTILE: dict[str, tuple[Callable[[Session], bytes], str]] = {
    "a huge frame": (lambda _: b"\2" + (MOST_BYTES + 1).to_bytes(8, "big"), "it sent more than 32 MiB at once"),
    "a frame of 2 ** 64 bytes": (lambda _: b"\2" + b"\xff" * 8, "it sent more than 32 MiB at once"),
    "a huge message": (lambda _: packed(*[MIB] * 33), "it sent more than 32 MiB at once"),
    "many parts": (lambda _: b"\1\0" * (MOST_FRAMES + 1), "it sent a message of more than 1000 parts"),
    "a huge envelope": (
        lambda _: packed(b"<IDS|MSG>", bytes(MOST_ENVELOPE + 1)),
        "it sent a message with more than 64 KiB besides its content",
    ),
    "no message": (lambda _: packed(b"hello"), "it sent an invalid message (ValueError)"),
    "signed by nobody": (lambda _: message(Session(key=b"other")), "it sent an invalid message (ValueError)"),
    "nested without end": (nested, "it sent an invalid message (RecursionError)"),
    "nothing more": (lambda _: b"", ""),
}


@pytest.mark.parametrize("attack", HOSTILE)
@coroutine_test
async def test_a_kernel_that_breaks_the_rules_is_stopped_and_ignored(
    attack: str, tmp_path: Path, session: Session
) -> None:
    make, why = HOSTILE[attack]
    async with connected(tmp_path, session) as (channel, ended, kernel):

        async def send_all() -> None:
            await asyncio.get_running_loop().sock_sendall(kernel, make(session))
            kernel.shutdown(socket.SHUT_WR)

        sending = asyncio.create_task(send_all())
        while not ended:
            with pytest.raises(Empty):
                await channel.get_msg(SOON)
        assert ended == [why]
        channel.stop()
        await asyncio.gather(sending, return_exceptions=True)


@coroutine_test
async def test_content_that_is_too_large_is_not_parsed(tmp_path: Path, session: Session) -> None:
    async with connected(tmp_path, session) as (channel, ended, kernel):
        channel.worth_reading = 100
        await asyncio.get_running_loop().sock_sendall(kernel, message(session, content={"text": "x" * 100}))
        received = await channel.get_msg(60)
        assert isinstance(received["content"], bytes)
        assert received["size"] == len(received["content"]) > 100
        assert ended == []


@coroutine_test
async def test_another_protocol_is_refused(tmp_path: Path, session: Session) -> None:
    async def old(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\xff" + bytes(8) + b"\x7f\x01" + bytes(60))  # ZMTP 2.0

    async with await asyncio.start_unix_server(old, str(tmp_path / "kernel")):
        channel = Channel(session, pytest.fail)
        with pytest.raises(ValueError, match="does not speak"):
            await channel.connect(str(tmp_path / "kernel"), b"SUB")
        channel.stop()
