"""No box gets more than its share of CPU time, however many processes it runs."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpers.grading.kernels.zygote import shared
from helpers.grading.sandbox import memory, share
from helpers.grading.sandbox.share import LEAST, CpuShare
from tests.grading.test_provisioner import client, provisioner_of
from tests.grading.test_zygote import LONG, fork
from tests.grading.users import run_as_ordinary_user

pytestmark = pytest.mark.slow

BUSY = "for i in $(seq {}); do (while :; do :; done) & done; wait"
SESSIONS = f"""
import subprocess
loop = ["timeout", "{LONG}", "sh", "-c", "while :; do :; done"]
started = [subprocess.Popen(loop, start_new_session=True) for _ in range(30)]
"""


def states(pid: int) -> list[str]:
    """Return the state of a process and of each descendant: R runs, S sleeps, T is stopped."""
    letters = []
    for member in memory.family(pid):
        with contextlib.suppress(OSError):  # it has just ended
            letters.append(Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()[0])
    return letters


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not happened():
        assert time.monotonic() < deadline
        os.sched_yield()


@pytest.fixture
def busy(request: pytest.FixtureRequest) -> Iterator[int]:
    """Give a shell with so many busy children."""
    with subprocess.Popen(["bash", "-c", BUSY.format(request.param)], start_new_session=True) as process:
        wait_until(lambda: states(process.pid) == ["S", *["R"] * request.param])  # the shell itself sleeps
        yield process.pid
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("busy", [4 * LEAST], indirect=True)
def test_a_box_with_four_times_its_share_waits_three_of_four_turns(busy: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    share_of_box = CpuShare(busy)
    for _ in range(2):
        share_of_box.turn(boxes=1, crowded=True)
        for _ in range(3):
            assert share_of_box.waits
            wait_until(lambda: set(states(busy)) == {"T"})
            share_of_box.turn(boxes=1, crowded=True)
        assert not share_of_box.waits
        wait_until(lambda: states(busy).count("R") == 4 * LEAST)


@pytest.mark.parametrize("busy", [4 * LEAST], indirect=True)
def test_no_box_waits_on_an_idle_machine(busy: int) -> None:
    share_of_box = CpuShare(busy)
    share_of_box.turn(boxes=1, crowded=False)
    assert not share_of_box.waits


@pytest.mark.parametrize("busy", [LEAST], indirect=True)
def test_a_box_within_its_share_never_waits(busy: int) -> None:
    share_of_box = CpuShare(busy)
    for _ in range(10):
        share_of_box.turn(boxes=100, crowded=True)
        assert not share_of_box.waits


def test_a_threads_name_cannot_forge_its_state(tmp_path: Path) -> None:
    (tmp_path / "stat").write_bytes(b"7 (a) R (\xff) S 1 7 7")
    assert not share._is_running(tmp_path / "stat")
    assert not share._is_running(tmp_path / "gone")


def test_no_process_outside_a_box_gets_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    child, channel = fork(shared(), "endless_loop")
    families = iter([[child.pid], []])  # the ID belongs to another box when the signal is sent
    with channel, monkeypatch.context() as patch:
        patch.setattr(memory, "family", lambda pid: next(families, []))
        share._signal(os.getpid(), signal.SIGKILL)
        assert child.poll() is None
    share._signal(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    child.close()


HIDDEN = """
from tests.grading.test_provisioner import client
from tests.grading.test_share import states, wait_until
hog = client('''
import ctypes, os
for _ in range(6):
    if not os.fork():
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: not even its own user may look into it
        while True: pass
''')
with hog.setup_kernel():
    hog.execute_cell(hog.nb.cells[0], 0)
    pid = hog.km.provisioner._kernel.pid
    wait_until(lambda: len(states(pid)) == 7 and set(states(pid)) == {"T"})
    print("waits")
"""


@pytest.mark.root
def test_a_box_with_unreadable_processes_waits() -> None:
    with tempfile.TemporaryDirectory() as home:
        done = run_as_ordinary_user(HIDDEN, Path(home))
    assert done.stdout == "waits\n", done.stderr


def test_a_box_with_processes_too_short_lived_cannot_be_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    unused = itertools.count(1 << 23)  # beyond all process IDs
    monkeypatch.setattr(memory, "family", lambda pid: iter([next(unused)]))
    share._signal(1, signal.SIGCONT)
    with pytest.raises(RuntimeError, match="faster than these can be stopped"):
        share._signal(1, signal.SIGSTOP)


def test_a_box_with_many_busy_sessions_waits_and_still_answers() -> None:
    hog = client(SESSIONS, "2 + 3")
    with hog.setup_kernel():
        hog.execute_cell(hog.nb.cells[0], 0)
        kernel = provisioner_of(hog)._kernel
        assert kernel
        pid = kernel.pid
        wait_until(lambda: len(states(pid)) > 30 and set(states(pid)) == {"T"})
        hog.execute_cell(hog.nb.cells[1], 1)
    assert hog.nb.cells[1].outputs[0].data["text/plain"] == "5"
