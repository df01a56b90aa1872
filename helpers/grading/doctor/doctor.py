"""Is this machine's sandbox tight? Real attacks, each from inside a sandbox of its own."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from helpers.grading.doctor.attacks import ATTACKS, LIMITS, PATIENCE, SECRET, Attack, Bait
from helpers.grading.kernels.provisioner import data_for, student_environment
from helpers.grading.kernels.zygote import Zygote
from helpers.grading.sandbox.box import Box

__all__ = ["Finding", "examine", "set_bait", "try_attack"]


@dataclass(frozen=True)
class Finding:
    """What came of an attack. `how` says what stopped it, what it got by an open way, or why it proves nothing."""

    attack: str
    state: Literal["stopped", "open", "broken"]
    how: str


def examine(course: Path | None = None) -> Iterator[Finding]:
    """Try all attacks, one after the other.

    Args:
        course: the folder of the course that must stay hidden; one that is made up if there is none.

    Raises:
        SandboxError: if this machine does not offer a protection, so that there is no sandbox to examine.
    """
    # A zygote of its own, so that the bait in the environment is there when it starts.
    with set_bait(course) as bait, closing(Zygote()) as zygote:
        for attack in ATTACKS.values():
            yield try_attack(zygote, attack, bait)


def try_attack(zygote: Zygote, attack: Attack, bait: Bait, *, boxed: bool = True) -> Finding:
    """Try one attack: in a sandbox or, to see that it would succeed, without one."""
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
                told = ours.recv(1 << 16)  # nothing if all that had the other end died
                code = child.wait(PATIENCE)
                left = told and ours.recv(1) != b""
            except TimeoutError:
                return Finding(attack.title, "open", "a process is left, or does not end")
    if not told:
        died = Finding(attack.title, "broken", f"the process died (exit code {code}), and no limit says why")
        return replace(died, state="stopped", how=child.why) if child.why else died
    result = json.loads(told)
    if result["broken"]:
        return Finding(attack.title, "broken", result["broken"])
    return Finding(attack.title, "open" if result["got"] or left else "stopped", result["got"] or result["how"])


@contextmanager
def set_bait(course: Path | None = None) -> Iterator[Bait]:
    """Things outside a sandbox that an attack may try to reach; a made-up course among them if there is none."""
    with (
        tempfile.TemporaryDirectory(prefix="cnn-labs-bait-") as folder,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as by_path,
        _environment("COURSE_DOCTORS_SECRET", SECRET),
    ):
        port, name, place = tcp.getsockname()[1], Path(folder).name, Path(folder)
        udp.bind(("127.0.0.1", port))
        for one, address in ((abstract, f"\0{name}"), (by_path, f"{folder}/socket")):
            one.bind(address)
            one.listen()
        (place / "secret").write_text(SECRET)
        (place / "submission").mkdir()
        (place / "submission" / "hidden.ipynb").write_text(SECRET)
        (place / "course" / "source").mkdir(parents=True)
        yield Bait(folder, str((course or place / "course").absolute()), port, name, os.getpid())


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
