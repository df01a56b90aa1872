"""Attacks on the sandbox, tried for real by `course doctor` and by the tests.

Each is a function that runs in a sandbox of its own. It returns what it got, which must be nothing: a word means that
a way is open. An OSError or a MemoryError means that the sandbox withstood, and so does the end of the process by a
limit. Any other exception means that the attack is broken, and says nothing about the sandbox.
"""

from __future__ import annotations

import contextlib
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
from pathlib import Path
from typing import Any

from helpers.datasets.download import cache_folder
from helpers.datasets.files import LAYOUTS
from helpers.grading.sandbox import linux
from helpers.grading.sandbox.box import Limits
from helpers.grading.sandbox.filesystem import HOME

__all__ = ["ATTACKS", "LIMITS", "Attack", "Bait", "run"]

MIB = 1 << 20
NO_RESERVE = 0x4000  # `mmap.MAP_NORESERVE`, which Python names since 3.13
# Small ones, so that no attack takes long or harms a machine where it succeeds.
LIMITS = Limits(memory=1024 * MIB, scratch=64 * MIB, file_size=32 * MIB, processes=64, open_files=128, cpu_seconds=1)
PATIENCE = 30  # seconds that an attack waits to be stopped
COURSE = ("source", "release", "submitted", "autograded", "feedback", "gradebook.db", "nbgrader_config.py")
SECRET = "the instructor's secret"


@dataclass(frozen=True)
class Bait:
    """What attacks would like to reach, outside.

    Attributes:
        folder: holds the file `secret`, the unix socket `socket`, and `submission`, whose notebook shows hidden tests.
        course: the instructor's own folder.
        port: where TCP and UDP are answered.
        name: of a unix socket without a path.
        pid: of a process that could be signalled.
    """

    folder: str
    course: str
    port: int
    name: str
    pid: int


@dataclass(frozen=True)
class Attack:
    """One attack: what is tried, and whether it harms nothing if it is tried without a sandbox."""

    title: str
    try_it: Callable[[Bait], str]
    harmless: bool

    @property
    def name(self) -> str:
        return self.try_it.__name__


ATTACKS: dict[str, Attack] = {}


def _attack(title: str, *, harmless: bool = False) -> Callable[[Callable[[Bait], str]], Callable[[Bait], str]]:
    def add(try_it: Callable[[Bait], str]) -> Callable[[Bait], str]:
        ATTACKS[try_it.__name__] = Attack(title, try_it, harmless)
        return try_it

    return add


def run(arguments: Mapping[str, Any], sockets: Sequence[socket.socket], started: Callable[[], None]) -> None:
    """Try the attack `name` and write what came of it to the socket, as JSON."""
    (channel,) = sockets
    started()
    result = {"got": "", "how": "it found nothing", "broken": ""}
    try:
        result["got"] = ATTACKS[arguments["name"]].try_it(Bait(**arguments["bait"]))
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


@_attack("reach a unix socket without a path", harmless=True)
def abstract_socket(bait: Bait) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"\0{bait.name}")
        return "a connection"


@_attack("reach a unix socket by its path", harmless=True)
def path_socket(bait: Bait) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{bait.folder}/socket")
        return "a connection"


# --- files -------------------------------------------------------------------------------------------------------


@_attack("read the instructor's files", harmless=True)
def read_files(bait: Bait) -> str:
    return (Path(bait.folder) / "secret").read_text()


@_attack("read the hidden tests beside the submission", harmless=True)
def read_hidden_tests(bait: Bait) -> str:
    found = [path for folder in (HOME, Path(bait.folder)) for path in folder.rglob("*.ipynb")]
    return ", ".join(map(str, found))


@_attack("read the course: its labs, marks and submissions", harmless=True)
def read_course(bait: Bait) -> str:
    return ", ".join(
        str(path) for path in Path(bait.course).glob("*") if path.name in COURSE and os.access(path, os.R_OK)
    )


def _data() -> Path:
    return Path(os.environ.get("CNN_LABS_DATA") or cache_folder())


@_attack("read images that marks rest on")
def read_hidden_images(bait: Bait) -> str:
    found = [path for layout in LAYOUTS.values() for path in layout.files(_data(), False)]
    return ", ".join(str(path) for path in found if path.exists())


@_attack("look into the homes of this machine's users")
def read_homes(bait: Bait) -> str:
    # The way to this Python and to the data may lead through one; nothing else may lie there.
    ways = {Path(way) for way in (sys.prefix, sys.base_prefix, str(Path(__file__).parent))} | {_data()}
    ways |= {parent for way in ways for parent in way.parents}
    homes = [Path("/root"), *Path("/home").glob("*")]
    return ", ".join(str(path) for home in homes for path in home.glob("*") if path not in ways)


@_attack("read other submissions' files", harmless=True)
def read_others(bait: Bait) -> str:
    return ", ".join(str(path) for path in Path("/tmp").glob("cnn-labs-*"))


@_attack("write outside the scratch folder")
def write_outside(bait: Bait) -> str:
    written = []
    for folder in (
        bait.folder,
        "/",
        "/usr",
        "/etc",
        "/var/tmp",
        "/proc/sys/kernel",
        sys.prefix,
        os.path.dirname(__file__),
    ):
        path = Path(folder) / "written-by-an-attack"
        try:
            path.write_text("x")
        except OSError:
            continue
        path.unlink()
        written.append(folder)
    return ", ".join(written)


@_attack("fill the disk")
def fill_disk(bait: Bait) -> str:
    written = 0
    for number in range(100):
        with open(f"filler-{number}", "wb") as file:
            written += file.write(bytes(8 * MIB))
        if written > LIMITS.scratch:
            break
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


@_attack("take more memory than allowed, in many processes, whose names look like numbers")
def memory_in_many(bait: Bait) -> str:
    step, count = 256 * MIB, 6
    ready, done = os.pipe()
    for _ in range(count):
        if os.fork() == 0:
            linux.system_call((157, 167)[_MACHINE], _SET_NAME, b"RssAnon: -9999", 0, 0, 0)
            hoard = bytearray(step)
            hoard[::4096] = b"x" * len(hoard[::4096])
            os.write(done, b"x")
            signal.pause()
    held = 0
    while held < count:
        held += len(os.read(ready, count))
    select.select([], [], [], PATIENCE)  # until somebody sees it
    return f"{count * step // MIB} MiB"


@_attack("keep memory in the buffers of sockets")
def socket_buffers(bait: Bait) -> str:
    """Each of many processes fills as many sockets as it may have."""
    children, ready = LIMITS.processes // 2, os.pipe()
    for _ in range(children):
        if os.fork() == 0:
            pairs = [socket.socketpair() for _ in range(LIMITS.open_files // 2 - 8)]
            for sender in [one for pair in pairs for one in pair]:
                sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MIB)
                sender.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        sender.send(bytes(MIB // 8))
            os.write(ready[1], b"x")
            signal.pause()
    done = 0
    while done < children:
        done += len(os.read(ready[0], children))
    select.select([], [], [], PATIENCE)  # until somebody sees it
    return f"{children * LIMITS.open_files} full sockets"


@_attack("keep memory in tables of addresses")
def address_tables(bait: Bait) -> str:
    """A page that is only read costs nothing but the table that leads to it, one for each 2 MiB of addresses."""
    tables, children = 200 * MIB, 6
    for _ in range(children):
        if os.fork() == 0:
            size = tables // 4096 * 2 * MIB
            pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | NO_RESERVE, prot=mmap.PROT_READ)
            for place in range(0, size, 2 * MIB):
                pages[place]
            signal.pause()
    select.select([], [], [], PATIENCE)
    return f"{children * tables // MIB} MiB"


@_attack("start more processes than allowed")
def fork_bomb(bait: Bait) -> str:
    for _ in range(LIMITS.processes + 64):
        os.posix_spawn("/bin/sleep", ["sleep", str(PATIENCE)], {})  # small ones, so that memory is no matter
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
    """The process keeps the socket open, over which the result is told: who waits for its end sees it."""
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
    os.kill(bait.pid, 0)  # no signal, but the same question
    return f"process {bait.pid} could be signalled"


@_attack("see other processes in /proc", harmless=True)
def see_processes(bait: Bait) -> str:
    others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    return f"{len(others)} processes" if others else ""


@_attack("find open sockets of the grading process")
def inherited_descriptors(bait: Bait) -> str:
    # Its own: input, output, the socket for the result, the one that lists them.
    return ", ".join(os.readlink(f"/proc/self/fd/{fd}") for fd in sorted(map(int, os.listdir("/proc/self/fd")))[5:])


@_attack("find secrets in the environment")
def environment(bait: Bait) -> str:
    every = [*os.environ.values(), Path("/proc/self/environ").read_text(errors="replace")]
    return "the secret" if any(SECRET in text for text in every) else ""


# --- the kernel --------------------------------------------------------------------------------------------------

# By their numbers on x86_64 and aarch64 (later calls have one number everywhere).
_SET_NAME = 15  # of prctl
_MACHINE = ("x86_64", "aarch64").index(os.uname().machine)


def _call(numbers: tuple[int, int], *arguments: object) -> str:
    """Try a system call. Whatever else the kernel says, it has not refused: only the arguments were wrong."""
    try:
        linux.system_call(numbers[_MACHINE], *arguments)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS):
            raise
        return f"the kernel listens ({error.strerror})"
    return "the kernel obeys"


@_attack("trace a process")
def ptrace(bait: Bait) -> str:
    return _call((101, 117), 0, 0, 0, 0)


@_attack("read another process's memory")
def process_memory(bait: Bait) -> str:
    return _call((310, 270), os.getppid() or 1, 0, 0, 0, 0, 0)


@_attack("become root in a new user namespace")
def user_namespace(bait: Bait) -> str:
    linux.unshare(linux.Namespace.USER)
    return "a user namespace"


@_attack("mount a file system")
def mount(bait: Bait) -> str:
    linux.mount("tmpfs", HOME, "tmpfs")
    return "a file system"


@_attack("use the kernel's keyring")
def keyring(bait: Bait) -> str:
    return _call((250, 219), 0, -3, 0, 0, 0)


@_attack("keep memory in System V semaphores, which no limit counts")
def semaphores(bait: Bait) -> str:
    return _call((64, 190), 0, 1, 0o1600)


@_attack("keep memory in message queues, which no limit counts")
def message_queue(bait: Bait) -> str:
    return _call((240, 180), b"cnn-labs-bait", os.O_CREAT | os.O_RDWR, 0o600, None)


@_attack("use io_uring")
def io_uring(bait: Bait) -> str:
    return _call((425, 425), 1, None)


@_attack("load a program into the kernel (bpf)")
def bpf(bait: Bait) -> str:
    return _call((321, 280), 0, None, 0)


@_attack("watch the processor (perf)")
def perf(bait: Bait) -> str:
    return _call((298, 241), None, 0, -1, -1, 0)


@_attack("handle page faults (userfaultfd)")
def userfaultfd(bait: Bait) -> str:
    return _call((323, 282), 0)


@_attack("keep files that no limit counts (memfd)")
def memory_file(bait: Bait) -> str:
    return f"descriptor {os.memfd_create('hidden')}"


@_attack("talk to the machine that hosts this one (vsock)")
def vsock(bait: Bait) -> str:
    with socket.socket(socket.AF_VSOCK):
        return "a socket"


@_attack("gain rights from a setuid program")
def setuid(bait: Bait) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":\t") for line in lines if ":\t" in line)
    has = [name for name in ("CapEff", "CapPrm", "CapInh", "CapAmb") if int(status[name], 16)]
    return ", ".join([*has, *([] if status["NoNewPrivs"] == "1" else ["new privileges"])])
