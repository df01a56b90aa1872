"""Fetch MNIST and CIFAR-10 into the cache, from torchvision's mirrors, and check them against torchvision's MD5s.

A file is written under another name and renamed when it is complete: nobody sees a part of a file, and two processes
may fetch at once.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
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
            with _fetched([mirror + name for mirror in MNIST.mirrors], md5, cache) as packed:
                _write(path, gzip.decompress(packed.read_bytes()))


def fetch_cifar10(cache: Path) -> None:
    """Fetch CIFAR-10's archive and unpack it; it raises what `fetch_mnist` raises."""
    _refuse_offline()
    from torchvision.datasets import CIFAR10

    with _fetched([CIFAR10.url], CIFAR10.tgz_md5, cache) as packed, tarfile.open(packed) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:  # only the name counts, so that no member can land outside the folder
                _write(cache / CIFAR10.base_folder / Path(member.name).name, content.read())


def _refuse_offline() -> None:
    if os.environ.get("CNN_LABS_OFFLINE") == "1":
        raise NoConnectionError("CNN_LABS_OFFLINE is 1")


@contextmanager
def _fetched(urls: Sequence[str], md5: str, cache: Path) -> Iterator[Path]:
    """Yield a temporary file in the cache with what the first good mirror sent; it is deleted after the block."""
    problems: list[str] = []
    wrong_content = False
    for url in urls:
        try:
            # Connect before anything is written: without a network, an unwritable cache does not matter.
            response = urllib.request.urlopen(url, timeout=TIMEOUT)
        except (OSError, http.client.HTTPException) as error:
            problems.append(f"{_host(url)}: {_reason(error)}")
            continue
        with response, _temporary(cache) as path:
            try:
                received = _save(response, path)
            except _InterruptedError as error:
                problems.append(f"{_host(url)}: {error}")
                continue
            if received == md5:
                yield path
                return
            wrong_content = True
            problems.append(f"{_host(url)}: the MD5 of {Path(url).name} is {received}, but {md5} is published")
    if wrong_content:
        raise DataError(
            f"no mirror has the right file ({'; '.join(problems)}). Is there a log-in page before the internet? "
            "Try again later, or set CNN_LABS_OFFLINE=1 to work with the embedded stand-in."
        )
    raise NoConnectionError(f"the download failed ({'; '.join(problems)})")


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc or url


def _reason(error: Exception) -> str:
    """Return in a few words what went wrong: an HTTP status, or the system's message."""
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason)


class _InterruptedError(Exception):
    """The connection broke while a file came in."""


def _save(response: http.client.HTTPResponse, path: Path) -> str:
    """Write a response to a file and return its MD5, with a progress bar on stdout."""
    md5 = hashlib.md5(usedforsecurity=False)
    name = Path(response.url).name
    bar = tqdm(desc=name, total=response.length, unit="B", unit_scale=True, file=sys.stdout, mininterval=1, leave=False)
    with bar, _clear_disk_errors(path), path.open("wb") as file:
        while chunk := _read(response):
            file.write(chunk)
            md5.update(chunk)
            bar.update(len(chunk))
    if response.length:  # bytes that the server promised and did not send
        raise _InterruptedError(f"{response.length:,} bytes did not come")
    return md5.hexdigest()


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise _InterruptedError(str(error)) from error


def _write(path: Path, content: bytes) -> None:
    """Write a file under another name, then rename it."""
    with _temporary(path.parent) as temporary, _clear_disk_errors(path):
        temporary.write_bytes(content)
        temporary.chmod(0o644)  # only its owner may read a temporary file
        temporary.replace(path)


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """Yield the path of a new file in a folder, which is made if it is missing; the file is deleted after the block."""
    with _clear_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=folder)
        os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


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
