"""A browser and a JupyterLab for tests: what people see, and what they do there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

__all__ = ["CHROMIUM", "JupyterLab"]

CHROMIUM = shutil.which("chromium")


class JupyterLab:
    """A JupyterLab of its own for a folder, in a home of its own, from the environment of a Python; its address."""

    def __init__(self, root: Path, home: Path, python: str = sys.executable) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        places = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("RUNTIME", "CONFIG", "DATA")}
        options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
        self.process = subprocess.Popen(
            [python, "-m", "jupyterlab", *options, "--IdentityProvider.token=secret"],
            cwd=root,
            env=os.environ | places | {"HOME": str(home)},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> str:
        said = self.process.stderr
        assert said is not None
        for line in said:
            if self.address in line:
                break
        else:
            pytest.fail("JupyterLab does not start")
        Thread(target=said.read, daemon=True).start()  # what nobody reads would stop it
        return self.address

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
