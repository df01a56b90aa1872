"""A seccomp filter: system calls that no lab needs, and that have been ways out of a box before."""

from __future__ import annotations

import errno
import socket

from helpers.grading.sandbox.linux import Namespace

__all__ = ["FORBIDDEN", "forbid"]

FORBIDDEN = (
    # other processes' memory
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"),
    # the kernel's keyrings, which namespaces do not part
    *("add_key", "keyctl", "request_key"),
    # the kernel itself
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "syslog", "acct"),
    *("swapon", "swapoff", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "quotactl", "vhangup"),
    # namespaces and mounts: with these a process gets a user namespace, and rights in it
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "mount_setattr"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "open_by_handle_at", "name_to_handle_at", "fanotify_init"),
    # memory that no limit of a process counts
    *("memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl"),
    *("semget", "semop", "semtimedop", "semctl", "mq_open", "mq_unlink"),
)
# Unix sockets join processes of the box; the internet's fail in an empty network as a lab without one expects; ZeroMQ
# asks netlink which networks there are. All others (packets, the hypervisor's vsock, cryptography) only add ways in.
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
# Of a socket's buffer nobody may choose the size: the watch over memory counts on the default. Pretend.
SIZES = (socket.SO_SNDBUF, socket.SO_RCVBUF, 32, 33)  # the last two "force" it
UNKNOWN = -1  # libseccomp's answer for a call that came after its release


def forbid() -> None:
    """Forbid these calls to this process and to all that it starts, for ever. Needs `no_new_privileges` before.

    Raises:
        OSError: if the library libseccomp or the kernel's support is missing.
    """
    try:
        import pyseccomp as library  # it looks for libseccomp when it is imported
    except RuntimeError as error:
        raise OSError(errno.ENOENT, str(error)) from None
    rules = library.SyscallFilter(library.ALLOW)
    refuse = library.ERRNO(errno.EPERM)
    for name in FORBIDDEN:
        number = library.resolve_syscall(library.system_arch(), name)
        if number != UNKNOWN:
            rules.add_rule(refuse, number)
    for flag in Namespace:
        rules.add_rule(refuse, "clone", library.Arg(0, library.MASKED_EQ, flag, flag))
    # Its flags lie in memory, which a filter cannot read: who asks for it falls back to `clone`.
    rules.add_rule(library.ERRNO(errno.ENOSYS), "clone3")
    unknown = library.ERRNO(errno.EAFNOSUPPORT)
    for family in set(range(max(FAMILIES))) - set(FAMILIES):
        rules.add_rule(unknown, "socket", library.Arg(0, library.EQ, family))
    rules.add_rule(unknown, "socket", library.Arg(0, library.GT, max(FAMILIES)))
    for option in SIZES:
        about = library.Arg(1, library.EQ, socket.SOL_SOCKET), library.Arg(2, library.EQ, option)
        rules.add_rule(library.ERRNO(0), "setsockopt", *about)
    # Of netlink only its first protocol, which routes.
    rules.add_rule(unknown, "socket", library.Arg(0, library.EQ, socket.AF_NETLINK), library.Arg(2, library.NE, 0))
    rules.load()
