"""IPython's shell, made once by the process that imports this; each kernel that is forked from it uses its own copy.

Until a kernel uses the shell, and in a clean room for ever, Python looks as if there were none.
"""

from __future__ import annotations

import atexit
import builtins
import sys
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets.config import Config

__all__ = ["announce", "connect"]

_CONFIG = Config()
_CONFIG.HistoryManager.enabled = False
_CONFIG.InteractiveShell.xmode = "Plain"  # colours would take longer than all else in a small lab

_HERE = "/"  # a folder that exists, so that none is made for IPython; a kernel has its own


def _make() -> Any:
    """Make the shell, and undo what this changes in Python itself."""
    main = sys.modules["__main__"]
    shell: Any = ZMQInteractiveShell(
        ipython_dir=_HERE, profile_dir=ProfileDir(), compiler_class=XCachingCompiler, config=_CONFIG
    )
    shell.display_formatter.formatters  # noqa: B018  # these, too, are made when they are first asked for
    shell.run_cell("pass", silent=True)  # the first cell takes longer than others
    atexit.unregister(shell.atexit_operations)
    sys.modules["__main__"] = main
    for name in ("__IPYTHON__", "display"):
        delattr(builtins, name)
    for name in ("ps1", "ps2", "ps3"):
        delattr(sys, name)
    return shell


_shell = _make()


def announce() -> None:
    """Let this process's kernel find the shell, as everybody does who asks IPython for it."""
    for kind in ZMQInteractiveShell._walk_mro():
        kind._instance = _shell
    # These steps of the shell's making depend on the process.
    _shell.init_environment()
    _shell.init_pushd_popd_magic()
    _shell.save_sys_module_state()
    _shell.init_sys_modules()
    _shell.init_builtins()
    _shell.init_prompts()
    _shell.history_manager.reset(new_session=False)


def connect(kernel: Any) -> None:
    """Give the shell what it would have been made with, had the kernel made it."""
    _shell.parent = _shell.kernel = kernel
    _shell.profile_dir, _shell.ipython_dir = kernel.profile_dir, kernel.parent.ipython_dir
