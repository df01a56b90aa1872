"""The sandbox stops each attack, reports each missing protection, and contains only a submission's files."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pyseccomp
import pytest

from helpers.grading.doctor.attacks import ATTACKS, Attack, Bait
from helpers.grading.doctor.doctor import set_bait, try_attack
from helpers.grading.kernels.zygote import Zygote
from helpers.grading.sandbox import box as sandbox
from helpers.grading.sandbox import memory
from helpers.grading.sandbox.box import PROTECTIONS, Box, Limits, Protection, SandboxError
from helpers.grading.sandbox.filesystem import HOME, SubmissionError
from helpers.grading.sandbox.linux import Mount, Namespace
from helpers.grading.sandbox.seccomp import FORBIDDEN

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bait() -> Iterator[Bait]:
    with set_bait() as bait:
        yield bait


@pytest.fixture(scope="module")
def zygote(bait: Bait) -> Iterator[Zygote]:
    with closing(Zygote()) as zygote:
        yield zygote


def each_attack(harmless: bool) -> pytest.MarkDecorator:
    attacks = [attack for attack in ATTACKS.values() if attack.harmless or not harmless]
    return pytest.mark.parametrize("attack", attacks, ids=lambda attack: attack.name)


@each_attack(harmless=False)
def test_an_attack_is_stopped(attack: Attack, zygote: Zygote, bait: Bait) -> None:
    finding = try_attack(zygote, attack, bait)
    assert finding.state == "stopped", finding.how


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_system_call_is_spelt_as_libseccomp_knows_it(name: str) -> None:
    assert pyseccomp.resolve_syscall(pyseccomp.system_arch(), name) >= 0  # others are skipped in silence


@each_attack(harmless=True)
def test_without_the_sandbox_an_attack_succeeds(attack: Attack, zygote: Zygote, bait: Bait) -> None:
    assert try_attack(zygote, attack, bait, boxed=False).state == "open"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("address_tables", "it used more than 1024 MiB of memory"),
        ("socket_buffers", "it used more than 1024 MiB of memory"),
        ("memory_in_many", "it used more than 1024 MiB of memory"),
        ("endless_loop", "it used more than 1 s of processor time"),
    ],
)
def test_the_limit_that_stopped_an_attack_is_reported(name: str, why: str, zygote: Zygote, bait: Bait) -> None:
    assert try_attack(zygote, ATTACKS[name], bait).how == why


def in_child(do: Callable[[], None]) -> str:
    """Run a function in a new process, and return its error as "type: message", or nothing."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        said = ""
        try:
            do()
        except (SandboxError, SubmissionError) as error:
            said = f"{type(error).__name__}: {error}"
        except BaseException:
            said = traceback.format_exc()
        finally:
            os.write(writer, said.encode())
            os._exit(0)
    os.close(writer)
    os.waitpid(pid, 0)
    with open(reader) as pipe:
        return pipe.read()


def enter_box(box: Box, then: Callable[[], None] = lambda: None) -> None:
    """Enter a sandbox as the zygote does, and do something there."""
    sandbox.isolate()

    def inside() -> None:
        sandbox.enter(box)
        then()

    said = in_child(inside)
    if said:
        raise AssertionError(said)


def without(call: str, *arguments: pyseccomp.Arg) -> Callable[[], None]:
    """Return a function that forbids a system call, as if this machine lacked a feature."""

    def forbid() -> None:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), call, *arguments)
        rules.load()

    return forbid


def namespace(kind: Namespace) -> tuple[str, pyseccomp.Arg]:
    return "unshare", pyseccomp.Arg(0, pyseccomp.EQ, kind)


PROC_FLAGS = Mount.READ_ONLY | Mount.NO_SETUID | Mount.NO_DEVICES | Mount.NO_EXECUTE
REFUSED = {
    sandbox.USER: namespace(Namespace.USER),
    sandbox.MOUNT: namespace(Namespace.MOUNT),
    sandbox.PID: namespace(Namespace.PID),
    sandbox.IPC: namespace(Namespace.IPC),
    sandbox.NETWORK: namespace(Namespace.NETWORK),
    sandbox.UTS: namespace(Namespace.UTS),
    sandbox.ROOT: ("pivot_root",),
    sandbox.PROC: ("mount", pyseccomp.Arg(3, pyseccomp.EQ, PROC_FLAGS)),
    sandbox.UID: ("setresuid",),
    sandbox.LIMITS: ("prlimit64", pyseccomp.Arg(2, pyseccomp.NE, 0)),  # setting limits, not getting them
    sandbox.RIGHTS: ("capset",),
    sandbox.LANDLOCK: ("landlock_create_ruleset",),
    sandbox.SECCOMP: ("seccomp",),
}


@pytest.mark.parametrize("protection", REFUSED, ids=lambda protection: protection.name)
def test_a_missing_protection_is_reported_by_name(protection: Protection) -> None:
    if protection is sandbox.USER and os.geteuid() == 0:
        pytest.skip("root needs no user namespace")
    if protection is sandbox.UID and os.geteuid() != 0:
        pytest.skip("an ordinary user's kernels keep the user's ID, in a namespace")
    forbid = without(*REFUSED[protection])

    def enter() -> None:
        forbid()
        enter_box(Box())

    said = in_child(enter)
    assert f"the sandbox lacks its {protection.name}: " in said
    assert protection.remedy in said


def test_a_machine_that_lists_no_children_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def check() -> None:
        raise FileNotFoundError("no such file: children")

    monkeypatch.setattr(memory, "check", check)
    assert "the sandbox lacks its watch over memory: " in in_child(lambda: enter_box(Box()))


def test_every_protection_is_tested() -> None:
    assert {*REFUSED, sandbox.MEMORY} == set(PROTECTIONS)


def test_with_all_protections_the_sandbox_starts() -> None:
    assert in_child(lambda: enter_box(Box())) == ""


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    """Return a submission's folder as nbgrader leaves it: read-only, with hidden tests in the notebook."""
    folder = tmp_path / "submitted"
    (folder / "models").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (folder / "lab.ipynb").write_text("the hidden tests")
    (folder / "models" / "weights.safetensors").write_text("weights")
    (folder / "models" / "weights.safetensors").chmod(0o444)
    (folder / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "pipe")
    return folder


def test_a_submissions_files_are_copied_except_for_notebooks(submitted: Path) -> None:
    def look() -> None:
        assert Path.cwd() == HOME
        files = sorted(str(path.relative_to(HOME)) for path in HOME.rglob("*"))
        assert files == ["link", "models", "models/weights.safetensors"], files
        assert not Path("link").exists()  # its target is outside
        Path("models/weights.safetensors").write_text("trained")

    assert in_child(lambda: enter_box(Box(submitted=str(submitted)), look)) == ""
    assert (submitted / "models" / "weights.safetensors").read_text() == "weights"


def test_files_that_do_not_fit_are_the_submissions_fault(submitted: Path) -> None:
    (submitted / "large").write_bytes(bytes(2 << 20))
    said = in_child(lambda: enter_box(Box(Limits(scratch=1 << 20), submitted=str(submitted))))
    assert "SubmissionError: the submission's files cannot be copied into a sandbox of 1 MiB" in said


@pytest.mark.parametrize("name", ["nbgrader_config.py", "gradebook.db"])
def test_a_courses_folder_is_never_copied(name: str, submitted: Path) -> None:
    (submitted / name).touch()
    assert f"the kernel's folder contains {name}" in in_child(lambda: enter_box(Box(submitted=str(submitted))))


def test_only_the_named_data_files_are_shown_read_only(tmp_path: Path) -> None:
    images, other, elsewhere = tmp_path / "images", tmp_path / "other", tmp_path / "elsewhere"
    for path in (images, other, elsewhere):
        path.write_text(path.name)
    (tmp_path / "linked").symlink_to(elsewhere)

    def look() -> None:
        assert images.read_text() == "images"
        assert (tmp_path / "part").read_text() == "other"
        assert (tmp_path / "linked").read_text() == "elsewhere"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["images", "linked", "part"]
        with pytest.raises(OSError, match="Read-only file system"):
            images.write_text("nine")
        with pytest.raises(OSError, match=r"Read-only|not permitted"):
            images.chmod(0o600)

    shown = {images: images, tmp_path / "part": other, tmp_path / "linked": tmp_path / "linked"}
    box = Box(shown={str(path): str(source) for path, source in shown.items()})
    assert in_child(lambda: enter_box(box, look)) == ""


@pytest.mark.root
def test_data_that_others_cannot_read_are_reported(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.touch(mode=0o600)
    said = in_child(lambda: enter_box(Box(shown={str(images): str(images)})))
    assert f"{images} cannot be read by everybody" in said


@pytest.mark.parametrize("name", [b"RssAnon: x", b"RssAnon: -99999", b"\xff", b"\nRssAnon: -9 kB"])
def test_a_processs_name_cannot_forge_its_memory(name: bytes) -> None:
    pid = os.fork()
    if pid == 0:
        ctypes.CDLL(None).prctl(15, name, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    try:
        os.waitpid(pid, os.WUNTRACED)
        assert Path(f"/proc/{pid}/comm").read_bytes() != Path("/proc/self/comm").read_bytes()
        assert memory.used(pid) > 0
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
