"""Find solutions, hidden tests, marking schemes and the tests' answers in what students get."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from helpers.grading.labs import Lab

__all__ = ["archive_texts", "folder_texts", "history_texts", "leaks", "public_runs", "secrets_of"]

_REGION = re.compile(r"### BEGIN (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)\n(.*?)### END [A-Z ]+", re.DOTALL)
_ROW = 3  # lines in a row that no two texts share by chance
_LONG = 80  # characters of a line likewise


def _lines(text: str) -> list[str]:
    return [words for line in text.splitlines() if (words := " ".join(line.split()))]


def _runs(text: str, row: int = _ROW) -> set[str]:
    """Return all runs of so many lines in a row."""
    lines = _lines(text)
    return {"\n".join(lines[k : k + row]) for k in range(len(lines) - row + 1)}


def _telling(text: str) -> set[str]:
    """Return what gives a text away: lines in a row, or long ones; of a shorter text, all of it."""
    lines = _lines(text)
    return _runs(text, min(_ROW, len(lines) or 1)) | {line for line in lines if len(line) >= _LONG}


def secrets_of(labs: Iterable[Lab], answers: Path) -> dict[str, str]:
    """Return each secret region of the labs, and each file of answers, by name."""
    regions = {
        f"{lab.assignment} {cell.id} {number}": region
        for lab in labs
        for cell in lab.read().cells
        for number, region in enumerate(_REGION.findall(cell.source))
    }
    return regions | {str(path.relative_to(answers)): path.read_text() for path in answers.rglob("*.py")}


def public_runs(labs: Iterable[Lab]) -> set[str]:
    """Return the runs of lines in the labs outside secret regions."""
    sources = [_REGION.sub("", cell.source) for lab in labs for cell in lab.read().cells]
    return {run for source in sources for row in range(1, _ROW + 1) for run in _runs(source, row)}


def leaks(secrets: dict[str, str], public: set[str], texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the secrets that are in some texts, with the name of the last text that holds each."""
    holders = {run: name for name, text in texts for row in range(1, _ROW + 1) for run in _runs(text, row)}
    return {
        secret: holders[run] for secret, text in secrets.items() for run in _telling(text) - public if run in holders
    }


def folder_texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".git" not in path.relative_to(folder).parts:
            yield str(path.relative_to(folder)), _text(path.read_bytes())


def archive_texts(archive: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            yield name, _text(opened.read(name))


def history_texts(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield everything that a git repository has ever held: files, trees and commits."""
    git = ["git", "-C", str(repository)]
    names = subprocess.run(
        [*git, "rev-list", "--objects", "--all"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    for name, _, path in (line.partition(" ") for line in names):
        content = subprocess.run([*git, "cat-file", "-p", name], check=True, capture_output=True).stdout
        yield path or name, _text(content)


def _text(content: bytes) -> str:
    """Return a file's text; of JSON, its strings as they are read."""
    text = content.decode(errors="replace")
    try:
        return "\n".join(_strings(json.loads(text)))
    except ValueError:
        return text


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        texts = [one for one in value if isinstance(one, str)]
        yield "".join(texts) if len(texts) == len(value) else "\n".join(text for one in value for text in _strings(one))
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
