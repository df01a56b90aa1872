"""A notebook out of any bytes: each editor, browser and platform writes its own dialect, and all of them are read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from helpers.grading.pages.harmless import pictures

__all__ = ["Cell", "Draft", "UnreadableError", "looks_like_notebook", "read_notebook", "squeezed"]

KINDS = ("code", "markdown", "raw")
MOST_PICTURES = 16 << 20  # bytes of all pictures of a notebook
MOST_TEXT = 16 << 20  # characters of all cells
MOST_CELLS = 5000
MOST_VALUES = 3_000_000  # in the whole file: each takes a hundred bytes of memory when it is read
BROKEN = "characters that were broken are replaced by \N{REPLACEMENT CHARACTER}"


class UnreadableError(Exception):
    """This is no notebook; the message says why, and goes on after "could not be read: "."""


@dataclass(frozen=True)
class Cell:
    """What counts of a cell: its text, and the names under which it may be known.

    Attributes:
        kind: "code", "markdown" or "raw".
        names: the grade id, the cell's id, and the one that Colab keeps in the metadata; as far as there are any.
        marks: nbgrader's metadata; empty if there are none.
        pictures: those pasted into it, as nbformat's attachments.
    """

    kind: str
    source: str
    names: tuple[str, ...] = ()
    marks: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def squeezed(self) -> str:
        """The text as it is compared, with that of many cells."""
        return squeezed(self.source)


def squeezed(text: str) -> str:
    """A text as it is compared: editors change blanks at the end of lines, and empty lines."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


@dataclass(frozen=True)
class Draft:
    """The cells of a notebook in its order, and in words what had to be mended."""

    cells: tuple[Cell, ...]
    remarks: tuple[str, ...] = ()
    language: str = ""  # as the notebook names it, in lower case


def looks_like_notebook(name: str, content: bytes) -> bool:
    """Whether a file should be tried: its name says so, or its content does."""
    if ".ipynb" in name.lower():
        return True
    start = content[:4096].replace(b"\0", b"")  # UTF-16 has one in each character
    return b"{" in start[:64] and (b'"cells"' in start or b'"nbformat"' in content[-4096:].replace(b"\0", b""))


def read_notebook(content: bytes) -> Draft:
    """Read a notebook of format 2 to 4, or whatever else has cells.

    Raises:
        UnreadableError: if there is none.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise UnreadableError("the file is empty")
    text, remark = _decoded(content)
    remarks = [remark] if remark else []
    attached = _Pictures()
    cells: list[Cell] = []
    notebook = _parsed(text)
    for given in _cells(notebook):
        if len(cells) == MOST_CELLS:
            remarks.append(f"only the first {MOST_CELLS} cells are read")
            break
        cells.append(_cell(given, attached))
    if sum(len(cell.source) for cell in cells) > MOST_TEXT:
        raise UnreadableError(f"its cells hold more than {MOST_TEXT >> 20} million characters")
    if attached.dropped:
        remarks.append("attachments that are no pictures (PNG, JPEG), or too large, are left out")
    return Draft(tuple(cells), tuple(remarks), _language(notebook))


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and a remark if some of it was broken."""
    encoding = json.detect_encoding(content)  # UTF-8, UTF-16 or UTF-32, with or without a mark
    try:
        return content.decode(encoding), ""
    except UnicodeDecodeError:
        pass
    if encoding not in ("utf-8", "utf-8-sig"):
        return content.decode(encoding, "replace"), BROKEN
    # Either some bytes of UTF-8 are spoilt, or an editor saved it all in Windows' encoding.
    text = content.decode(encoding, "replace")
    if text.count("\N{REPLACEMENT CHARACTER}") <= sum(ord(letter) > 127 for letter in text) / 2:
        return text, BROKEN
    return content.decode("cp1252", "replace"), "it was not saved as UTF-8; look whether letters with accents are right"


def _parsed(text: str) -> dict[str, Any]:
    if sum(map(text.count, ",[{")) > MOST_VALUES:
        raise UnreadableError("the file holds more values than a notebook has")
    start = text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE} \t\r\n")
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(start)  # whatever follows does not matter
    except (ValueError, RecursionError):
        if "\N{REPLACEMENT CHARACTER}" in start[:200] or "\0" in start[:200]:
            raise UnreadableError("the file is not text") from None
        raise UnreadableError(
            "the file is no JSON; perhaps it was cut off, or saved by something other than Jupyter"
        ) from None
    if not isinstance(found, dict):
        raise UnreadableError("the file is no valid notebook")
    return found


def _cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells: in a list, or up to format 3 in worksheets."""
    sheets = notebook.get("worksheets")
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
    lists.append(notebook.get("cells"))
    if not any(isinstance(cells, list) for cells in lists):
        raise UnreadableError("the file is no valid notebook: it has no list of cells")
    for cells in lists:
        yield from (cell for cell in cells or () if isinstance(cell, dict)) if isinstance(cells, list) else ()


def _cell(given: dict[str, Any], attached: _Pictures) -> Cell:
    kind, source = given.get("cell_type"), _text(given.get("source", given.get("input")))
    if kind == "heading":  # format 3
        level = given.get("level")
        source = f"{'#' * level if isinstance(level, int) and 0 < level < 7 else '#'} {source}"
    kind = kind if kind in KINDS else "code" if "input" in given else "markdown"
    metadata = given.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    marks = metadata.get("nbgrader")
    marks = marks if isinstance(marks, dict) else {}
    claimed = (marks.get("grade_id"), given.get("id"), metadata.get("id"))
    names = tuple(name for name in claimed if isinstance(name, str) and name)
    return Cell(kind, source, names, marks, attached.keep(given.get("attachments")))


def _text(given: Any) -> str:
    """Lines or a text, with the line ends and characters that a file may hold."""
    if isinstance(given, list):
        given = "".join(line for line in given if isinstance(line, str))
    if not isinstance(given, str):
        return ""
    whole = given.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be written
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def _language(notebook: dict[str, Any]) -> str:
    metadata: Any = notebook.get("metadata")
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        found = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(found, dict) and isinstance(found.get(name), str):
            return str(found[name]).lower()
    return ""


class _Pictures:
    """The pictures of a notebook, as long as there is room for them."""

    def __init__(self) -> None:
        self._room = MOST_PICTURES
        self.dropped = False

    def keep(self, given: Any) -> dict[str, dict[str, str]]:
        """Of a cell's attachments those that are pictures, and really such."""
        kept: dict[str, dict[str, str]] = {}
        for name, bundle in given.items() if isinstance(given, dict) else ():
            found = pictures(bundle) if isinstance(bundle, dict) else {}
            size = sum(map(len, found.values()))
            if found and size <= self._room:
                kept[_text(name)] = found
                self._room -= size
            else:
                self.dropped = True
        return kept
