"""A seccomp filter: forbids system calls that no lab needs and that have been ways out of a sandbox before.

https://man7.org/linux/man-pages/man2/seccomp.2.html
"""

from __future__ import annotations

import errno
import socket

from helpers.grading.sandbox.linux import Namespace

__all__ = ["FORBIDDEN", "forbid"]

FORBIDDEN = (
    # other processes' memory
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"),
    # the kernel's keyrings, which namespaces do not separate
    *("add_key", "keyctl", "request_key"),
    # the kernel itself
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "syslog", "acct"),
    *("swapon", "swapoff", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "quotactl", "vhangup"),
    # namespaces and mounts: a process that makes a user namespace gains rights in it
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "mount_setattr"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "open_by_handle_at", "name_to_handle_at", "fanotify_init"),
    # memory that does not count towards any limit of a process
    *("memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl"),
    *("semget", "semop", "semtimedop", "semctl", "mq_open", "mq_unlink"),
)
# Unix sockets connect the processes of the sandbox. Internet sockets fail, as labs expect without a network. ZeroMQ
# asks netlink for the networks. All others (packets, the hypervisor's vsock, cryptography) only add ways to attack.
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
# The watch over memory counts on the default size of a socket's buffers: setting another one only seems to work.
SIZES = (socket.SO_SNDBUF, socket.SO_RCVBUF, 32, 33)  # 32 and 33: SO_SNDBUFFORCE, SO_RCVBUFFORCE
UNKNOWN = -1  # libseccomp's answer for a call that is newer than its release


def forbid() -> None:
    """Forbid these calls to this process and its descendants for good. Call `no_new_privileges` first.

    Raises:
        OSError: if the library libseccomp or the kernel's support is missing.
    """
    try:
        import pyseccomp as library  # looks for libseccomp during the import
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
    # A filter cannot read clone3's flags, which are in memory. Programs fall back to `clone`.
    rules.add_rule(library.ERRNO(errno.ENOSYS), "clone3")
    unknown = library.ERRNO(errno.EAFNOSUPPORT)
    for family in set(range(max(FAMILIES))) - set(FAMILIES):
        rules.add_rule(unknown, "socket", library.Arg(0, library.EQ, family))
    rules.add_rule(unknown, "socket", library.Arg(0, library.GT, max(FAMILIES)))
    for option in SIZES:
        which = library.Arg(1, library.EQ, socket.SOL_SOCKET), library.Arg(2, library.EQ, option)
        rules.add_rule(library.ERRNO(0), "setsockopt", *which)
    # Of netlink's protocols, only routing is allowed.
    rules.add_rule(unknown, "socket", library.Arg(0, library.EQ, socket.AF_NETLINK), library.Arg(2, library.NE, 0))
    rules.load()
