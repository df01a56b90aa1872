"""The zygote: it forks for many threads at once, reports how each process ended, and ends with the grading process."""

from __future__ import annotations

import errno
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from helpers.grading.doctor.attacks import LIMITS, Bait
from helpers.grading.kernels import forkserver
from helpers.grading.kernels import zygote as zygote_module
from helpers.grading.kernels.zygote import Child, Zygote, ZygoteError, shared
from helpers.grading.sandbox import memory
from helpers.grading.sandbox.box import Box
from tests.grading.users import run_as_ordinary_user

pytestmark = pytest.mark.slow

ATTACK = "helpers.grading.doctor.attacks:run"
LONG = 60  # seconds that a test waits at most for something that takes milliseconds
NOTHING = asdict(Bait("/nowhere", "/nowhere", 1, "nobody", 1))


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with closing(Zygote()) as zygote:
        yield zygote


def fork(zygote: Zygote, attack: str = "see_processes") -> tuple[Child, socket.socket]:
    """Start a boxed process that tries an attack, and return it with the socket for the result."""
    ours, theirs = socket.socketpair()
    with theirs:
        arguments = {"name": attack, "bait": NOTHING}
        child = zygote.fork(ATTACK, arguments, box=Box(LIMITS), environment={}, sockets=[theirs])
    ours.settimeout(LONG)
    return child, ours


def ends(pid: int) -> bool:
    """Wait for the end of a process, and return whether it has ended."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([pidfd], [], [], LONG)
    os.close(pidfd)
    return bool(ready)


def test_many_threads_fork_at_once(zygote: Zygote) -> None:
    def fork_and_wait(_: int) -> tuple[int, str, int]:
        child, results = fork(zygote)
        with closing(child), results:
            return child.pid, json.loads(results.recv(1000))["got"], child.wait()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(fork_and_wait, range(16)))
    assert len({pid for pid, _, _ in results}) == 16
    assert {(got, code) for _, got, code in results} == {("", 0)}


def test_a_killed_process_is_reported(zygote: Zygote) -> None:
    child, results = fork(zygote, "memory_in_many")
    with closing(child), results:
        assert child.poll() is None
        child.kill()
        assert child.wait() == -signal.SIGKILL
        assert child.poll() == -signal.SIGKILL
        assert child.why == ""


def test_closing_a_child_ends_it(zygote: Zygote) -> None:
    child, results = fork(zygote, "memory_in_many")
    child.close()
    with results:
        assert results.recv(1) == b""  # also the processes that it forked have ended
    assert ends(child.pid)


def test_an_error_in_the_new_process_is_reported(zygote: Zygote) -> None:
    with pytest.raises(ZygoteError, match="ValueError: invalid format: 'no such task'"):
        zygote.fork("no such task", {}, box=None, environment={})


def test_a_dead_zygote_is_reported_and_its_children_are_dead() -> None:
    zygote = Zygote()
    child, results = fork(zygote, "memory_in_many")
    zygote._process.kill()
    with closing(child), results:
        assert child.wait() == -signal.SIGKILL
        assert child.why == "the zygote died"
        assert results.recv(1) == b""
    with pytest.raises(ZygoteError, match="the zygote died"):
        fork(zygote)
    zygote.close()


class Fake:
    """A zygote that starts at once."""

    def __init__(self) -> None:
        self.owner, self.alive, self.closed = os.getpid(), True, False

    def close(self) -> None:
        self.closed = True


def test_shared_starts_a_zygote_again_after_a_death_or_a_fork(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zygote_module, "_zygote", None)
    monkeypatch.setattr(zygote_module, "Zygote", Fake)
    shared_fake = cast("Callable[[], Fake]", shared)
    first = shared_fake()
    assert shared_fake() is first
    first.alive = False
    second = shared_fake()
    assert second is not first
    assert first.closed  # so that its folder is removed
    second.owner = -1  # as in a fork of this process
    assert shared_fake() is not second
    assert not second.closed


PARENT = """
import signal, socket, sys
from tests.grading.test_zygote import fork
from helpers.grading.kernels.zygote import Zygote
zygote = Zygote()
child, results = fork(zygote, "memory_in_many")
print(zygote.folder, zygote._process.pid, child.pid, flush=True)
signal.pause()
"""


def test_all_processes_end_with_the_grading_process() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        folder, *pids = parent.stdout.readline().split()
        assert os.path.exists(folder)
        parent.kill()
    assert len(pids) == 2
    assert all(ends(int(pid)) for pid in pids)
    assert not os.path.exists(folder)


def test_a_library_that_starts_threads_is_reported() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with pytest.raises(RuntimeError, match="started threads"):
            forkserver._check_single_threaded()
    finally:
        stop.set()
        thread.join()


def test_the_zygote_imports_nothing_of_the_gradebook() -> None:
    names = forkserver.PRELOADED
    code = f"import importlib, sys; [importlib.import_module(name) for name in {names!r}]; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "helpers.grading.cleanroom.room" in loaded
    assert not loaded & {"nbgrader", "sqlalchemy", "nbconvert", "jupyter_server", "distributed"}


def test_a_process_that_cannot_be_watched_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> int:
        raise ValueError("no number")

    monkeypatch.setattr(memory, "used", fail)
    with subprocess.Popen(["sleep", str(LONG)]) as process:
        ours, theirs = socket.socketpair()
        with ours, theirs, open(os.pidfd_open(process.pid), "rb", buffering=0) as pidfd:
            child = forkserver._ForkedProcess(process.pid, pidfd.fileno(), theirs, LIMITS, None)
            child.watch(1, False)
            assert process.wait() == -signal.SIGKILL
            child.why, why = "", child.why
            child.watch(1, False)  # it has ended
    assert "could not be watched" in why
    assert "no number" in why


def test_a_process_that_cannot_be_registered_is_refused_and_stopped() -> None:
    class Full(selectors.SelectSelector):
        """A selector without room, since Linux counts epoll's watches for all processes of a user together."""

        def register(self, fileobj: object, events: int, data: object = None) -> NoReturn:
            self.pid = cast(forkserver._ForkedProcess, data).pid
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    request: dict[str, Any] = {"function": ATTACK, "arguments": {}, "box": None, "limits": None, "environment": {}}
    full = Full()
    with ours:
        assert forkserver._fork(request, [theirs.detach()], full) is None
        ours.settimeout(LONG)
        assert "cannot start one more process: [Errno 28]" in json.loads(ours.recv(zygote_module.MESSAGE))["refused"]
    with pytest.raises(ChildProcessError):
        os.waitpid(full.pid, 0)


def test_a_module_that_cannot_be_imported_ends_no_zygote(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise ValueError")
    source = f"""if True:
        import sys
        from helpers.grading.kernels import forkserver
        sys.path.append({str(tmp_path)!r})
        forkserver.SAFE += ("broken",)
        forkserver._import_for_lab({{"broken", "tqdm.auto"}})
        print("tqdm.auto" in sys.modules)
        """
    assert in_a_new_process(source) == "True\n"


def in_a_new_process(source: str) -> str:
    """Run code that this process must not keep anything of, and return what it prints."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # as the zygote has it
    done = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_zygote_imports_what_a_lab_imports_but_nothing_that_might_start_threads() -> None:
    source = """if True:
        import sys
        from helpers.grading.kernels import forkserver
        forkserver._import_for_lab({"tqdm.auto", "this", "google.colab", "torch.no_such_part"})
        print([name for name in ("tqdm.auto", "this", "torch.no_such_part") if name in sys.modules])
        """
    assert in_a_new_process(source) == "['tqdm.auto']\n"


def test_memory_in_huge_pages_holds_what_it_held() -> None:
    source = """if True:
        import os
        from helpers.grading.kernels.hugepages import collapse
        before = [os.urandom(1000) * 1000 for _ in range(20)]
        copies = [bytes(bytearray(one)) for one in before]
        collapse()
        pid = os.fork()
        print(before == copies, flush=True)
        if pid:
            os.waitpid(pid, 0)
        """
    assert in_a_new_process(source) == "True\nTrue\n"


def test_the_zygote_ends_quietly_if_the_grading_process_has_ended(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        zygote = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                zygote_module.FORK_SERVER,
                str(theirs.fileno()),
                str(tmp_path / "none"),
            ],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": os.getcwd(), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stderr=subprocess.PIPE,
            text=True,
        )
    assert select.select([ours], [], [], LONG)[0]  # it says that it is ready
    ours.close()  # without having read that
    _, said = zygote.communicate(timeout=LONG)
    assert "Traceback" not in said
    assert zygote.returncode == 0


SENDING = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
from tests.grading.test_provisioner import client
hoard = client('''
import socket
pairs, held = [], open("/dev/null")
try:
    while True:
        pairs.append(socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
        socket.send_fds(pairs[-1][0], [b"x"], [held.fileno()] * 250)
except OSError as error:
    print(error)
''')
other = client("6 * 7")
with hoard.setup_kernel():
    hoard.execute_cell(hoard.nb.cells[0], 0)
    with other.setup_kernel():
        other.execute_cell(other.nb.cells[0], 0)
print(hoard.nb.cells[0].outputs[0].text, other.nb.cells[0].outputs[0].data)
"""


@pytest.mark.root
def test_descriptors_in_flight_in_a_box_do_not_stop_other_boxes_of_the_user() -> None:
    with tempfile.TemporaryDirectory() as home:
        done = run_as_ordinary_user(SENDING, Path(home))
    assert "Too many references" in done.stdout, done.stderr
    assert "'42'" in done.stdout
