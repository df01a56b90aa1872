"""Attacks on the sandbox, carried out by `course doctor` and by the tests.

Each attack is a function that runs in its own sandbox and returns what it got. An empty string means that it got
nothing. An OSError or a MemoryError means that the sandbox stopped it, and so does the end of the process by a limit.
Any other exception means that the attack is broken and proves nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from helpers.datasets.download import cache_folder
from helpers.datasets.files import LAYOUTS
from helpers.grading.sandbox import linux
from helpers.grading.sandbox.box import Limits
from helpers.grading.sandbox.filesystem import HOME

__all__ = ["ATTACKS", "LIMITS", "Attack", "Bait", "run"]

MIB = 1 << 20
NO_RESERVE = 0x4000  # `mmap.MAP_NORESERVE`, which Python has since 3.13
# Small limits, so that no attack takes long, or harms a machine if it succeeds.
LIMITS = Limits(memory=1024 * MIB, scratch=64 * MIB, file_size=32 * MIB, processes=64, open_files=128, cpu_seconds=1)
PATIENCE = 30  # seconds that an attack waits to be stopped
COURSE = ("source", "release", "submitted", "autograded", "feedback", "gradebook.db", "nbgrader_config.py")
SECRET = "the instructor's secret"


@dataclass(frozen=True)
class Bait:
    """Things outside the sandbox that attacks try to reach.

    Attributes:
        folder: holds the file `secret`, the unix socket `socket`, and `submission`, whose notebook has hidden tests.
        course: the instructor's folder.
        port: accepts TCP and UDP.
        name: of an abstract unix socket, see unix(7).
        pid: of a process that could be signalled.
    """

    folder: str
    course: str
    port: int
    name: str
    pid: int


@dataclass(frozen=True)
class Attack:
    """An attack. If it is `harmless`, the tests also try it without a sandbox, where it must succeed."""

    name: str
    title: str
    attempt: Callable[[Bait], str]
    harmless: bool = False


ATTACKS: dict[str, Attack] = {}


def _attack(title: str, *, harmless: bool = False) -> Callable[[Callable[[Bait], str]], Callable[[Bait], str]]:
    def add(attempt: Callable[[Bait], str]) -> Callable[[Bait], str]:
        ATTACKS[attempt.__name__] = Attack(attempt.__name__, title, attempt, harmless)
        return attempt

    return add


def run(arguments: Mapping[str, Any], sockets: Sequence[socket.socket], started: Callable[[], None]) -> None:
    """Try the attack `name`, and write the result to the socket, as JSON."""
    (channel,) = sockets
    started()
    result = {"got": "", "how": "it found nothing", "broken": ""}
    try:
        result["got"] = ATTACKS[arguments["name"]].attempt(Bait(**arguments["bait"]))
    except (OSError, MemoryError) as error:
        result["how"] = f"{type(error).__name__}: {error}"
    except Exception as error:
        result["broken"] = f"the attack is broken: {type(error).__name__}: {error}"
    channel.sendall(json.dumps(result).encode())


# --- the network -------------------------------------------------------------------------------------------------


@_attack("reach a server by TCP", harmless=True)
def tcp(bait: Bait) -> str:
    with socket.create_connection(("127.0.0.1", bait.port), PATIENCE):
        return "a connection"


@_attack("send a datagram by UDP", harmless=True)
def udp(bait: Bait) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return f"{sender.sendto(b'hello', ('127.0.0.1', bait.port))} bytes sent"


def _connect(address: str) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)
        return "a connection"


@_attack("reach a unix socket without a path", harmless=True)
def abstract_socket(bait: Bait) -> str:
    return _connect(f"\0{bait.name}")


@_attack("reach a unix socket by its path", harmless=True)
def path_socket(bait: Bait) -> str:
    return _connect(f"{bait.folder}/socket")


@_attack("talk to the machine that hosts this one (vsock)")
def vsock(bait: Bait) -> str:
    with socket.socket(socket.AF_VSOCK):
        return "a socket"


# --- files -------------------------------------------------------------------------------------------------------


@_attack("read the instructor's files", harmless=True)
def read_files(bait: Bait) -> str:
    return (Path(bait.folder) / "secret").read_text()


@_attack("read the hidden tests beside the submission", harmless=True)
def read_hidden_tests(bait: Bait) -> str:
    return ", ".join(str(path) for folder in (HOME, Path(bait.folder)) for path in folder.rglob("*.ipynb"))


@_attack("read the course: its labs, marks and submissions", harmless=True)
def read_course(bait: Bait) -> str:
    paths = Path(bait.course).glob("*")
    return ", ".join(str(path) for path in paths if path.name in COURSE and os.access(path, os.R_OK))


def _data() -> Path:
    return Path(os.environ.get("CNN_LABS_DATA") or cache_folder())


@_attack("read images used for marking")
def read_hidden_images(bait: Bait) -> str:
    paths = (path for layout in LAYOUTS.values() for path in layout.files(_data(), False))
    return ", ".join(str(path) for path in paths if path.exists())


@_attack("look into the homes of this machine's users")
def read_homes(bait: Bait) -> str:
    # The paths to this Python and to the data may lead through a home; nothing else may be there.
    needed = {Path(path) for path in (sys.prefix, sys.base_prefix, str(Path(__file__).parent))} | {_data()}
    needed |= {parent for path in needed for parent in path.parents}
    homes = [Path("/root"), *Path("/home").glob("*")]
    return ", ".join(str(path) for home in homes for path in home.glob("*") if path not in needed)


@_attack("read other submissions' files", harmless=True)
def read_others(bait: Bait) -> str:
    return ", ".join(str(path) for path in Path("/tmp").glob("cnn-labs-*"))


@_attack("write outside the scratch folder")
def write_outside(bait: Bait) -> str:
    system = ("/", "/usr", "/etc", "/var/tmp", "/proc/sys/kernel", sys.prefix, os.path.dirname(__file__))
    written = []
    for folder in (bait.folder, *system):
        path = Path(folder) / "written-by-an-attack"
        with contextlib.suppress(OSError):
            path.write_text("x")
            written.append(folder)
            path.unlink()
    return ", ".join(written)


@_attack("fill the disk")
def fill_disk(bait: Bait) -> str:
    written = 0
    while written <= LIMITS.scratch:
        with open(f"filler-{written}", "wb") as file:
            written += file.write(bytes(8 * MIB))
    return f"{written // MIB} MiB written"


@_attack("write a file larger than allowed")
def large_file(bait: Bait) -> str:
    with open("large", "wb") as file:
        file.truncate(LIMITS.file_size + 1)
    return f"a file of {os.path.getsize('large')} bytes"


# --- memory, processes, time -------------------------------------------------------------------------------------


@_attack("take more memory than allowed, in one process")
def memory_in_one(bait: Bait) -> str:
    return f"{len(bytearray(LIMITS.memory + 256 * MIB)) // MIB} MiB"


def _hoard_in_processes(count: int, hoard: Callable[[], object]) -> None:
    """Let each of many processes call `hoard` and keep its result; then wait for a limit to end them."""
    ready, done = os.pipe()
    for _ in range(count):
        if os.fork() == 0:
            kept = hoard()  # noqa: F841 - it lives as long as the process
            os.write(done, b"x")
            signal.pause()
    finished = 0
    while finished < count and select.select([ready], [], [], PATIENCE)[0]:
        finished += len(os.read(ready, count))
    select.select([], [], [], PATIENCE)


@_attack("take more memory than allowed, in many processes, whose names look like numbers")
def memory_in_many(bait: Bait) -> str:
    size, count = 256 * MIB, 6

    def hoard() -> bytearray:
        ctypes.CDLL(None).prctl(15, b"RssAnon: -9999", 0, 0, 0)  # PR_SET_NAME; /proc/<pid>/status shows the name
        memory = bytearray(size)
        memory[::4096] = b"x" * len(memory[::4096])
        return memory

    _hoard_in_processes(count, hoard)
    return f"{count * size // MIB} MiB"


@_attack("keep memory in socket buffers")
def socket_buffers(bait: Bait) -> str:
    count = LIMITS.processes // 2

    def hoard() -> list[socket.socket]:
        """Fill as many sockets as a process may have."""
        senders = [sender for _ in range(LIMITS.open_files // 2 - 8) for sender in socket.socketpair()]
        for sender in senders:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MIB)
            sender.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    sender.send(bytes(MIB // 8))
        return senders

    _hoard_in_processes(count, hoard)
    return f"{count * LIMITS.open_files} full sockets"


@_attack("keep memory in page tables")
def address_tables(bait: Bait) -> str:
    tables, count = 200 * MIB, 6

    def hoard() -> mmap.mmap:
        """Read pages without writing: each costs only the table that leads to it, one for each 2 MiB of addresses."""
        size = tables // 4096 * 2 * MIB
        pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | NO_RESERVE, prot=mmap.PROT_READ)
        for address in range(0, size, 2 * MIB):
            pages[address]
        return pages

    _hoard_in_processes(count, hoard)
    return f"{count * tables // MIB} MiB"


@_attack("start more processes than allowed")
def fork_bomb(bait: Bait) -> str:
    for _ in range(LIMITS.processes + 64):
        os.posix_spawn("/bin/sleep", ["sleep", str(PATIENCE)], {})  # too small for the limit of memory to matter
    return f"{LIMITS.processes + 64} processes"


@_attack("open more files than allowed")
def many_files(bait: Bait) -> str:
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(LIMITS.open_files + 64)]
    return f"{len(files)} files"


@_attack("compute longer than allowed")
def endless_loop(bait: Bait) -> str:
    while resource.getrusage(resource.RUSAGE_SELF).ru_utime < LIMITS.cpu_seconds + 2:
        pass
    return f"{LIMITS.cpu_seconds + 2} s"


@_attack("leave a process behind")
def process_left_behind(bait: Bait) -> str:
    """Start a daemon. It keeps the socket for the result open, so that the doctor notices if it stays alive."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            select.select([], [], [], PATIENCE)
        os._exit(0)
    return ""


# --- other processes ---------------------------------------------------------------------------------------------


@_attack("kill another process", harmless=True)
def kill(bait: Bait) -> str:
    os.kill(bait.pid, 0)  # sends no signal, but checks the permission: kill(2)
    return f"process {bait.pid} could be signalled"


@_attack("see other processes in /proc", harmless=True)
def see_processes(bait: Bait) -> str:
    others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    return f"{len(others)} processes" if others else ""


@_attack("find open sockets of the grading process")
def inherited_descriptors(bait: Bait) -> str:
    # The first five are the process's own: stdin, stdout, stderr, the socket for the result, the listing itself.
    return ", ".join(os.readlink(f"/proc/self/fd/{fd}") for fd in sorted(map(int, os.listdir("/proc/self/fd")))[5:])


@_attack("find secrets in the environment")
def environment(bait: Bait) -> str:
    texts = [*os.environ.values(), Path("/proc/self/environ").read_text(errors="replace")]
    return "the secret" if any(SECRET in text for text in texts) else ""


# --- the kernel --------------------------------------------------------------------------------------------------


@_attack("become root in a new user namespace")
def user_namespace(bait: Bait) -> str:
    linux.unshare(linux.Namespace.USER)
    return "a user namespace"


@_attack("mount a file system")
def mount(bait: Bait) -> str:
    linux.mount("tmpfs", HOME, "tmpfs")
    return "a file system"


@_attack("keep files that no limit counts (memfd)")
def memory_file(bait: Bait) -> str:
    return f"descriptor {os.memfd_create('hidden')}"


@_attack("gain rights from a setuid program")
def setuid(bait: Bait) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":\t") for line in lines if ":\t" in line)
    rights = [name for name in ("CapEff", "CapPrm", "CapInh", "CapAmb") if int(status[name], 16)]
    return ", ".join([*rights, *([] if status["NoNewPrivs"] == "1" else ["new privileges"])])


def _call(numbers: tuple[int, int], arguments: tuple[object, ...], bait: Bait) -> str:
    """Try a system call. If the kernel only complains about the arguments, it has not refused the call."""
    try:
        linux.system_call(numbers[("x86_64", "aarch64").index(os.uname().machine)], *arguments)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS):
            raise
        return f"the kernel listens ({error.strerror})"
    return "the kernel obeys"


# The numbers of system calls on x86_64 and aarch64, and arguments. Numbers rather than names: the filter uses the names
# that libseccomp knows, and an old libseccomp lacks the latest ones.
for _name, _title, _numbers, _arguments in (
    ("ptrace", "trace a process", (101, 117), (0, 0, 0, 0)),
    ("process_memory", "read another process's memory", (310, 270), (1, 0, 0, 0, 0, 0)),
    ("keyring", "use the kernel's keyring", (250, 219), (0, -3, 0, 0, 0)),
    ("semaphores", "keep memory in System V semaphores, which no limit counts", (64, 190), (0, 1, 0o1600)),
    (
        "message_queue",
        "keep memory in message queues, which no limit counts",
        (240, 180),
        (b"cnn-labs-bait", os.O_CREAT | os.O_RDWR, 0o600, None),
    ),
    ("io_uring", "use io_uring", (425, 425), (1, None)),
    ("bpf", "load a program into the kernel (bpf)", (321, 280), (0, None, 0)),
    ("perf", "watch the processor (perf)", (298, 241), (None, 0, -1, -1, 0)),
    ("userfaultfd", "handle page faults (userfaultfd)", (323, 282), (0,)),
):
    ATTACKS[_name] = Attack(_name, _title, partial(_call, _numbers, _arguments))
