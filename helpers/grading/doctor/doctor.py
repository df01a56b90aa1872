"""Test the sandbox of this machine: try real attacks, each inside its own sandbox."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from helpers.grading.doctor.attacks import ATTACKS, LIMITS, PATIENCE, SECRET, Attack, Bait
from helpers.grading.kernels.provisioner import data_for, student_environment
from helpers.grading.kernels.zygote import Zygote
from helpers.grading.sandbox.box import Box

__all__ = ["Finding", "examine", "set_bait", "try_attack"]


@dataclass(frozen=True)
class Finding:
    """The result of an attack. `how` says what stopped it, what it got if it was open, or why it proves nothing."""

    attack: str
    state: Literal["stopped", "open", "broken"]
    how: str


def examine(course: Path | None = None) -> Iterator[Finding]:
    """Try all attacks, one after the other.

    Args:
        course: the course folder that must stay hidden; a made-up one by default.

    Raises:
        SandboxError: if this machine lacks a protection, so that there is no sandbox to test.
    """
    # Not the shared zygote, because it must start with the bait in its environment.
    with set_bait(course) as bait, closing(Zygote()) as zygote:
        for attack in ATTACKS.values():
            yield try_attack(zygote, attack, bait)


def try_attack(zygote: Zygote, attack: Attack, bait: Bait, *, boxed: bool = True) -> Finding:
    """Try one attack in a sandbox; or without one, to see that it would succeed."""
    ours, theirs = socket.socketpair()
    shown = data_for(os.environ, (), zygote)
    with ours:
        with theirs:
            child = zygote.fork(
                "helpers.grading.doctor.attacks:run",
                {"name": attack.name, "bait": asdict(bait)},
                box=Box(LIMITS, f"{bait.folder}/submission", shown) if boxed else None,
                environment=student_environment(os.environ),
                sockets=[theirs],
            )
        with closing(child):
            ours.settimeout(2 * PATIENCE)
            try:
                answer = ours.recv(1 << 16)  # empty if all processes that held the other end died
                code = child.wait(PATIENCE)
                left = answer and ours.recv(1) != b""
            except TimeoutError:
                return Finding(attack.title, "open", "a process is left or does not end")
    if answer:
        result = json.loads(answer)
        if result["broken"]:
            return Finding(attack.title, "broken", result["broken"])
        return Finding(attack.title, "open" if result["got"] or left else "stopped", result["got"] or result["how"])
    if child.why:
        return Finding(attack.title, "stopped", child.why)
    return Finding(attack.title, "broken", f"the process died (exit code {code}), and no limit says why")


@contextmanager
def set_bait(course: Path | None = None) -> Iterator[Bait]:
    """Create things outside the sandbox for attacks to reach, and a made-up course if there is none."""
    with (
        tempfile.TemporaryDirectory(prefix="cnn-labs-bait-") as folder,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as by_path,
        _environment("COURSE_DOCTORS_SECRET", SECRET),
    ):
        port, root = tcp.getsockname()[1], Path(folder)
        udp.bind(("127.0.0.1", port))
        abstract.bind(f"\0{root.name}")
        by_path.bind(f"{folder}/socket")
        for server in (abstract, by_path):
            server.listen()
        (root / "secret").write_text(SECRET)
        (root / "submission").mkdir()
        (root / "submission" / "hidden.ipynb").write_text(SECRET)
        (root / "course" / "source").mkdir(parents=True)
        yield Bait(folder, str((course or root / "course").absolute()), port, root.name, os.getpid())


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
