"""The grading process's end of the connections to a kernel, and what a hostile kernel may try on them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
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


@pytest.fixture
def session() -> Session:
    return Session(key=b"both know it")


@pytest.fixture
def zmq_context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    with zmq.Context() as context:
        yield context


@asynccontextmanager
async def connected(folder: Path, session: Session) -> AsyncIterator[tuple[Channel, Reasons, socket.socket]]:
    """A channel, the reasons for which it ended the kernel, and the kernel's end, where bytes may be written."""
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
    """A message of these frames, as it stands on the wire."""
    last = len(frames) - 1
    return b"".join(bytes([2 | (place < last)]) + len(one).to_bytes(8, "big") + one for place, one in enumerate(frames))


def message(session: Session, content: Any = None, buffers: int = 0) -> bytes:
    return packed(*session.serialize(session.msg("stream", content or {"text": "hello"})), *[b"buffer"] * buffers)


def nested(session: Session) -> bytes:
    mark, _, *envelope, _ = session.serialize(session.msg("stream"))
    parts = [*envelope, b"[" * 100_000]
    return packed(mark, session.sign(parts), *parts)


def test_it_speaks_with_zeromq(tmp_path: Path, session: Session, zmq_context: zmq.Context[zmq.Socket[bytes]]) -> None:
    async def talk() -> None:
        with zmq_context.socket(zmq.ROUTER) as router:
            router.bind(f"ipc://{tmp_path}/kernel")
            channel = Channel(session, pytest.fail)
            await channel.connect(str(tmp_path / "kernel"), b"DEALER")
            channel.send(session.msg("execute_request", {"code": "1 + 1"}))
            await asyncio.to_thread(router.poll, 60_000)
            sender, heard = session.recv(router)
            assert heard["content"] == {"code": "1 + 1"}
            session.send(router, "execute_reply", {"status": "ok"}, parent=heard, ident=sender, buffers=[b"12345"])
            reply = await channel.get_msg(60)
            assert (reply["msg_type"], reply["content"]) == ("execute_reply", {"status": "ok"})
            assert reply["parent_header"]["msg_id"] == heard["msg_id"]
            assert reply["size"] == len(b'{"status": "ok"}12345')
            channel.stop()

    asyncio.run(talk())


def test_it_hears_all_that_is_published(
    tmp_path: Path, session: Session, zmq_context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    async def listen() -> None:
        with zmq_context.socket(zmq.XPUB) as publisher:
            publisher.bind(f"ipc://{tmp_path}/kernel")
            channel = Channel(session, pytest.fail)
            await channel.connect(str(tmp_path / "kernel"), b"SUB")
            assert await asyncio.to_thread(publisher.recv) == b"\1"
            for number in range(3):
                session.send(publisher, "stream", {"text": str(number)}, ident=b"stream")
            assert [(await channel.get_msg(60))["content"]["text"] for _ in range(3)] == ["0", "1", "2"]
            channel.stop()

    asyncio.run(listen())


def test_what_is_not_there_in_time_is_not_lost(tmp_path: Path, session: Session) -> None:
    async def listen() -> None:
        async with connected(tmp_path, session) as (channel, ended, kernel):
            sent = message(session, buffers=3)
            for place in range(0, len(sent), 7):
                with pytest.raises(Empty):
                    await channel.get_msg(0)
                await asyncio.get_running_loop().sock_sendall(kernel, sent[place : place + 7])
            assert (await channel.get_msg(60))["content"] == {"text": "hello"}
            assert ended == []

    asyncio.run(listen())


def test_nothing_is_taken_in_that_nobody_waits_for(tmp_path: Path, session: Session) -> None:
    async def listen() -> None:
        async with connected(tmp_path, session) as (_, ended, kernel):
            taken, one = 0, message(session)
            for _ in range(100_000):
                try:
                    taken += kernel.send(one)
                except BlockingIOError:
                    break
                await asyncio.sleep(0)  # let it read if it wants to
            assert taken < 4 << 20
            assert ended == []

    asyncio.run(listen())


MIB = bytes(1 << 20)
HOSTILE: dict[str, tuple[Callable[[Session], bytes], str]] = {
    "a huge frame": (lambda _: b"\2" + (MOST_BYTES + 1).to_bytes(8, "big"), "it sent more than 32 MiB at once"),
    "a frame of 2 ** 64 bytes": (lambda _: b"\2" + b"\xff" * 8, "it sent more than 32 MiB at once"),
    "a huge message": (lambda _: packed(*[MIB] * 33), "it sent more than 32 MiB at once"),
    "many parts": (lambda _: b"\1\0" * (MOST_FRAMES + 1), "it sent a message of more than 1000 parts"),
    "a huge envelope": (
        lambda _: packed(b"<IDS|MSG>", bytes(MOST_ENVELOPE + 1)),
        "it sent a message with more than 64 KiB around its content",
    ),
    "no message": (lambda _: packed(b"hello"), "it sent what is no message (ValueError)"),
    "signed by nobody": (lambda _: message(Session(key=b"other")), "it sent what is no message (ValueError)"),
    "nested without end": (nested, "it sent what is no message (RecursionError)"),
    "nothing more": (lambda _: b"", ""),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_kernel_that_sends_what_it_may_not_is_ended_and_heard_no_more(
    attack: str, tmp_path: Path, session: Session
) -> None:
    send, why = HOSTILE[attack]

    async def listen() -> None:
        async with connected(tmp_path, session) as (channel, ended, kernel):

            async def attack() -> None:
                await asyncio.get_running_loop().sock_sendall(kernel, send(session))
                kernel.shutdown(socket.SHUT_WR)

            attacking = asyncio.create_task(attack())
            while not ended:
                with pytest.raises(Empty):
                    await channel.get_msg(SOON)
            assert ended == [why]
            channel.stop()
            await asyncio.gather(attacking, return_exceptions=True)

    asyncio.run(listen())


def test_what_is_too_large_to_keep_is_not_taken_apart(tmp_path: Path, session: Session) -> None:
    async def listen() -> None:
        async with connected(tmp_path, session) as (channel, ended, kernel):
            channel.worth_reading = 100
            await asyncio.get_running_loop().sock_sendall(kernel, message(session, content={"text": "x" * 100}))
            heard = await channel.get_msg(60)
            assert isinstance(heard["content"], bytes)
            assert heard["size"] == len(heard["content"]) > 100
            assert ended == []

    asyncio.run(listen())


def test_another_protocol_is_refused(tmp_path: Path, session: Session) -> None:
    async def listen() -> None:
        async def old(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"\xff" + bytes(8) + b"\x7f\x01" + bytes(60))  # ZMTP 2.0

        async with await asyncio.start_unix_server(old, str(tmp_path / "kernel")):
            channel = Channel(session, pytest.fail)
            with pytest.raises(ValueError, match="does not speak"):
                await channel.connect(str(tmp_path / "kernel"), b"SUB")
            channel.stop()

    asyncio.run(listen())
