"""Fetch MNIST and CIFAR-10 into the cache, from torchvision's mirrors, and check them against torchvision's MD5s.

A file is written under another name and renamed when it is complete: nobody sees a part of a file, and two processes
may fetch at once.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import os
import sys
import tarfile
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from helpers.datasets.files import DataError

__all__ = ["NoConnectionError", "cache_folder", "fetch_cifar10", "fetch_mnist"]

TIMEOUT = 5.0  # seconds that a mirror may be silent
CHUNK = 1 << 18  # bytes


class NoConnectionError(Exception):
    """No mirror could be reached, or downloads are switched off; the message says why."""


def cache_folder() -> Path:
    """Return the folder for downloads: `cnn-labs` in XDG_CACHE_HOME, or in `~/.cache`.

    Raises:
        DataError: if XDG_CACHE_HOME is not set, and you have no home folder.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if cache.startswith("~"):
        raise DataError("there is no home folder for the cache: let XDG_CACHE_HOME name a folder where you may write")
    return Path(cache) / "cnn-labs"


def fetch_mnist(cache: Path) -> None:
    """Fetch MNIST's four files and unpack them.

    Raises:
        NoConnectionError: if downloads are switched off, or no mirror answers.
        DataError: if the cache cannot be written, or no mirror has the right file.
    """
    _refuse_offline()
    from torchvision.datasets import MNIST  # here, because the import takes a second

    for name, md5 in MNIST.resources:
        path = cache / "MNIST" / "raw" / name.removesuffix(".gz")
        if not path.exists():
            _write(path, gzip.decompress(_download([mirror + name for mirror in MNIST.mirrors], md5, cache)))


def fetch_cifar10(cache: Path) -> None:
    """Fetch CIFAR-10's archive and unpack it; raises what `fetch_mnist` raises."""
    _refuse_offline()
    from torchvision.datasets import CIFAR10

    with tarfile.open(fileobj=io.BytesIO(_download([CIFAR10.url], CIFAR10.tgz_md5, cache))) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:  # only the name counts, so that no member can land outside the folder
                _write(cache / CIFAR10.base_folder / Path(member.name).name, file.read())


def _refuse_offline() -> None:
    if os.environ.get("CNN_LABS_OFFLINE") == "1":
        raise NoConnectionError("CNN_LABS_OFFLINE is 1")


def _download(urls: Sequence[str], md5: str, cache: Path) -> bytes:
    """Return what the first good mirror sends."""
    problems: list[str] = []
    wrong_content = False
    for url in urls:
        host = urllib.parse.urlsplit(url).netloc or url
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
                _make_folder(cache)  # only now: without a network, an unwritable cache does not matter
                content = _read(response)
        except (OSError, http.client.HTTPException) as error:
            problems.append(f"{host}: {_reason(error)}")
            continue
        received = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if received == md5:
            return content
        wrong_content = True
        problems.append(f"{host}: the MD5 of {Path(url).name} is {received}, but {md5} is published")
    if wrong_content:
        raise DataError(
            f"no mirror has the right file ({'; '.join(problems)}). Is there a log-in page before the internet? "
            "Try again later, or set CNN_LABS_OFFLINE=1 to work with the embedded stand-in."
        )
    raise NoConnectionError(f"the download failed ({'; '.join(problems)})")


def _read(response: http.client.HTTPResponse) -> bytes:
    """Read a response, with a progress bar on stdout."""
    content = io.BytesIO()
    name = Path(response.url).name
    bar = tqdm(desc=name, total=response.length, unit="B", unit_scale=True, file=sys.stdout, mininterval=1, leave=False)
    with bar:
        while chunk := response.read(CHUNK):
            bar.update(content.write(chunk))
    if response.length:  # bytes that the server promised and did not send
        raise ConnectionError(f"{response.length:,} bytes did not come")
    return content.getvalue()


def _reason(error: Exception) -> str:
    """Return in a few words what went wrong: an HTTP status, or the system's message."""
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason)


def _write(path: Path, content: bytes) -> None:
    """Write a file under another name, then rename it."""
    _make_folder(path.parent)
    with _clear_disk_errors(path), tempfile.TemporaryDirectory(prefix=".part-", dir=path.parent) as folder:
        temporary = Path(folder) / path.name
        temporary.write_bytes(content)
        temporary.chmod(0o644)  # others on this machine may read it, whatever the umask
        temporary.replace(path)


def _make_folder(folder: Path) -> None:
    with _clear_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _clear_disk_errors(path: Path) -> Iterator[None]:
    """Turn errors of the disk (full, read-only, no permission) into a `DataError`."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{path} cannot be written: {error.strerror or error}. Free space there, or let XDG_CACHE_HOME name "
            "another folder, or set CNN_LABS_OFFLINE=1 to work with the embedded stand-in."
        ) from error
