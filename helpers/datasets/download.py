"""Fetches MNIST and CIFAR-10 into the cache, from torchvision's mirrors and checked by torchvision's MD5s.

A file is written beside its place and renamed when it is whole: nothing half-written is ever seen, and two processes
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

TIMEOUT = 5.0  # seconds without a sign of life before a mirror is given up
CHUNK = 1 << 18  # bytes


class NoConnectionError(Exception):
    """No mirror could be reached, or downloads are switched off; the message says why."""


def cache_folder() -> Path:
    """Where downloads are kept: `cnn-labs` in XDG_CACHE_HOME, or in `~/.cache`.

    Raises:
        DataError: XDG_CACHE_HOME is not set, and you have no home folder.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if cache.startswith("~"):
        raise DataError("there is no home folder for the cache: let XDG_CACHE_HOME name a folder where you may write")
    return Path(cache) / "cnn-labs"


def fetch_mnist(cache: Path) -> None:
    """Fetches MNIST's four files and unpacks them.

    Raises:
        NoConnectionError: downloads are switched off, or no mirror answers.
        DataError: the cache cannot be written, or no mirror has the right file.
    """
    _refuse_offline()
    from torchvision.datasets import MNIST  # here, because the import takes a second

    for name, md5 in MNIST.resources:
        place = cache / "MNIST" / "raw" / name.removesuffix(".gz")
        if not place.exists():
            with _fetched([mirror + name for mirror in MNIST.mirrors], md5, cache) as packed:
                _write(place, gzip.decompress(packed.read_bytes()))


def fetch_cifar10(cache: Path) -> None:
    """Fetches CIFAR-10's archive and unpacks it.

    Raises:
        NoConnectionError: downloads are switched off, or no mirror answers.
        DataError: the cache cannot be written, or no mirror has the right file.
    """
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
    """A temporary file in the cache with what the first good mirror sent; it is gone at the end of the block."""
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
                found = _save(response, path)
            except _InterruptedError as error:
                problems.append(f"{_host(url)}: {error}")
                continue
            if found == md5:
                yield path
                return
            wrong_content = True
            problems.append(f"{_host(url)}: the MD5 of {Path(url).name} is {found}, but {md5} is published")
    if wrong_content:
        raise DataError(
            f"no mirror has the right file ({'; '.join(problems)}). Is there a log-in page before the internet? "
            "Try again later, or set CNN_LABS_OFFLINE=1 to work with the embedded stand-in."
        )
    raise NoConnectionError(f"the download failed ({'; '.join(problems)})")


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc or url


def _reason(error: Exception) -> str:
    """What went wrong, in a few words: an HTTP status, or what the system said."""
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason)


class _InterruptedError(Exception):
    """The connection broke while a file came in."""


def _save(response: http.client.HTTPResponse, path: Path) -> str:
    """Writes what comes in and returns its MD5, with a progress bar on stdout."""
    md5 = hashlib.md5(usedforsecurity=False)
    name = Path(response.url).name
    bar = tqdm(desc=name, total=response.length, unit="B", unit_scale=True, file=sys.stdout, mininterval=1, leave=False)
    with bar, _clear_disk_errors(path), path.open("wb") as file:
        while chunk := _read(response):
            file.write(chunk)
            md5.update(chunk)
            bar.update(len(chunk))
    if response.length:  # what the server promised and did not send
        raise _InterruptedError(f"{response.length:,} bytes did not come")
    return md5.hexdigest()


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise _InterruptedError(str(error)) from error


def _write(place: Path, content: bytes) -> None:
    """Writes a file beside its place, then renames it."""
    with _temporary(place.parent) as path, _clear_disk_errors(place):
        path.write_bytes(content)
        path.chmod(0o644)  # a temporary file is its owner's alone
        path.replace(place)


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """The path of a new file in a folder, which is made where it is missing; the file is gone at the end."""
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
    """Turns what the disk complains of (full, read-only, no permission) into a `DataError`."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{path} cannot be written: {error.strerror or error}. Free space there, or let XDG_CACHE_HOME name "
            "another folder, or set CNN_LABS_OFFLINE=1 to work with the embedded stand-in."
        ) from error
