"""A class graded on several hosts, which share nothing but the network, and of which one dies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from helpers.grading.course import Course
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.executors import open_workers
from helpers.grading.term.marks import read_marks
from helpers.notebooks.errors import CourseError
from tests.conftest import SMALL
from tests.grading.conftest import hand_in

pytestmark = pytest.mark.slow

STUDENTS = [f"student{number:02d}" for number in range(10)]
BRIDGE, NET = f"cnn{os.getpid() % 100000}", "10.213.77"
SEPARATE = os.geteuid() == 0 and shutil.which("ip") is not None  # each host in a network namespace of its own


class Host:
    """A host: its network address, and how a command is run there."""

    def __init__(self, number: int) -> None:
        self.name = f"{BRIDGE}h{number}"
        self.address = f"{NET}.{number}" if SEPARATE else "127.0.0.1"
        self._there = ["ip", "netns", "exec", self.name] if SEPARATE else []

    def start(self, *command: str, folder: Path) -> subprocess.Popen[bytes]:
        folder.mkdir()
        return subprocess.Popen(
            [*self._there, sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
            cwd=folder,
            env=os.environ | {"TMPDIR": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=(folder / "log").open("w"),
        )


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def _network(hosts: list[Host]) -> Iterator[None]:
    """Each host behind a cable of its own, all cables in one switch, this machine's address among them."""
    with ExitStack() as undo:
        if SEPARATE:
            _ip("link", "add", BRIDGE, "type", "bridge")
            undo.callback(_ip, "link", "del", BRIDGE)
            _ip("addr", "add", f"{NET}.254/24", "dev", BRIDGE)
            _ip("link", "set", BRIDGE, "up")
            for number, host in enumerate(hosts, start=1):
                cable = f"v{number}{BRIDGE}"
                _ip("netns", "add", host.name)
                undo.callback(_ip, "netns", "del", host.name)
                _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
                _ip("link", "set", cable, "master", BRIDGE, "up")
                for words in (["addr", "add", f"{host.address}/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
                    _ip("-n", host.name, *words)
                _ip("-n", host.name, "link", "set", "lo", "up")
        yield


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers."""
    folder = tmp_path_factory.mktemp("hosts")
    main, *others = hosts = [Host(number) for number in (1, 2, 3)]
    running: list[subprocess.Popen[bytes]] = []
    with _network(hosts):
        try:
            port = str(20000 + os.getpid() % 10000)
            words = ["--host", main.address, "--port", port, "--no-dashboard"]
            running.append(main.start("dask_scheduler", *words, folder=folder / "scheduler"))
            address = f"tcp://{main.address}:{port}"
            for host in others:
                words = ["--nthreads", "2", "--no-dashboard", "--no-nanny", "--host", host.address]
                running.append(host.start("dask_worker", address, *words, folder=folder / host.name))
            yield address, running[1:]
        finally:
            for process in reversed(running):
                process.kill()
                process.wait()


@pytest.fixture
def course(course: Course) -> Course:
    for student in STUDENTS:
        hand_in(course, student)
    return course


def _await_workers(address: str, number: int) -> None:
    from distributed import Client  # here, because the import takes a second

    deadline = time.monotonic() + 60
    while True:
        try:
            with Client(address, timeout=60) as client:
                client.wait_for_workers(number, timeout=60)
                return
        except OSError:  # the scheduler is on its way
            if time.monotonic() > deadline:
                raise


def test_a_worker_that_dies_loses_nothing(course: Course, cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    address, processes = cluster
    _await_workers(address, 2)
    grading, finished = Grading(course, SMALL.assignment), []

    def finish(student: str, problem: str) -> None:
        finished.append(student)
        if len(finished) == 2:  # in the middle: others are running there
            processes[0].kill()

    with open_workers(scheduler=address) as workers:
        assert grading.run(grading.plan(), workers, lambda _: None, finish) == {}
    assert processes[0].wait(60) != 0
    assert sorted(finished) == STUDENTS
    assert {score.student: score.points for score in read_marks(course)} == dict.fromkeys(STUDENTS, 5.0)


def test_without_dask_a_scheduler_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(CourseError, match=r"--scheduler needs Dask"), open_workers(scheduler="tcp://127.0.0.1:9"):
        pass


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    with (
        pytest.raises(CourseError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        open_workers(scheduler="tcp://127.0.0.1:9"),
    ):
        pass
