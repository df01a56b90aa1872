"""Read a notebook from any bytes, whatever editor, browser or platform wrote it.

Format 4 is at https://nbformat.readthedocs.io/en/latest/format_description.html. `nbformat` itself refuses files that
deviate from it, as many submissions do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from helpers.notebooks.pictures import pictures
from helpers.notebooks.text import whole

__all__ = ["Cell", "Draft", "UnreadableError", "looks_like_notebook", "normalised", "read_notebook"]

KINDS = ("code", "markdown", "raw")
MAX_PICTURES = 16 << 20  # bytes of all pictures of a notebook
MAX_TEXT = 16 << 20  # characters of all cells
MAX_CELLS = 5000
MAX_VALUES = 3_000_000  # in the whole file: Python needs about a hundred bytes for each
BROKEN = "broken characters are replaced by \N{REPLACEMENT CHARACTER}"


class UnreadableError(Exception):
    """The file is no notebook. The message says why; it continues the sentence "could not be read: "."""


@dataclass(frozen=True)
class Cell:
    """A cell's text, and all names that may identify it.

    Attributes:
        kind: "code", "markdown" or "raw".
        names: the grade id, the cell's id, and the id that Colab keeps in the metadata, if there are any.
        marks: nbgrader's metadata; empty if there are none.
        pictures: the pictures pasted into the cell, as nbformat's attachments.
        course: what the course says of itself in the metadata of its parameters cells.
    """

    kind: str
    source: str
    names: tuple[str, ...] = ()
    marks: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)
    course: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def normalised(self) -> str:
        """The text to compare with that of other cells."""
        return normalised(self.source)


def normalised(text: str) -> str:
    """Remove what editors change on their own: blanks at the end of lines, and empty lines."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


@dataclass(frozen=True)
class Draft:
    """The cells of a notebook in their order, and remarks about what had to be repaired."""

    cells: tuple[Cell, ...]
    remarks: tuple[str, ...] = ()
    language: str = ""  # as the notebook names it, in lower case


def looks_like_notebook(name: str, content: bytes) -> bool:
    """Check whether a file's name or content suggests a notebook."""
    if ".ipynb" in name.lower():
        return True
    start = content[:4096].replace(b"\0", b"")  # every second byte of UTF-16
    return b"{" in start[:64] and (b'"cells"' in start or b'"nbformat"' in content[-4096:].replace(b"\0", b""))


def read_notebook(content: bytes) -> Draft:
    """Read a notebook of format 2 to 4, or any other JSON file with cells.

    Raises:
        UnreadableError: if there is none.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise UnreadableError("the file is empty")
    text, remark = _decode(content)
    remarks = [remark] if remark else []
    notebook = _parse(text)
    raw_cells = _raw_cells(notebook)
    if len(raw_cells) > MAX_CELLS:
        remarks.append(f"only the first {MAX_CELLS} cells are read")
    attachments = _Attachments()
    cells = tuple(_cell(raw, attachments) for raw in raw_cells[:MAX_CELLS])
    if sum(len(cell.source) for cell in cells) > MAX_TEXT:
        raise UnreadableError(f"its cells hold more than {MAX_TEXT >> 20} million characters")
    if attachments.dropped:
        remarks.append("attachments that are not pictures (PNG, JPEG), or are too large, are left out")
    return Draft(cells, tuple(remarks), _language(notebook))


def _decode(content: bytes) -> tuple[str, str]:
    """Return the text, and a remark if some of it was broken."""
    encoding = json.detect_encoding(content)  # UTF-8, UTF-16 or UTF-32, with or without a byte order mark
    try:
        return content.decode(encoding), ""
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
    # Either a few bytes are broken, or an editor saved the whole file in Windows' encoding.
    is_utf_8 = encoding in ("utf-8", "utf-8-sig")
    if is_utf_8 and text.count("\N{REPLACEMENT CHARACTER}") > sum(ord(letter) > 127 for letter in text) / 2:
        remark = "it was not saved as UTF-8; check whether letters with accents are right"
        return content.decode("cp1252", "replace"), remark
    return text, BROKEN


def _parse(text: str) -> dict[str, Any]:
    if sum(map(text.count, ",[{")) > MAX_VALUES:
        raise UnreadableError("the file holds more values than a notebook has")
    text = text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE} \t\r\n")
    try:
        notebook, _ = json.JSONDecoder(strict=False).raw_decode(text)  # ignores what follows the notebook
    except (ValueError, RecursionError):
        if "\N{REPLACEMENT CHARACTER}" in text[:200] or "\0" in text[:200]:
            raise UnreadableError("the file is not text") from None
        raise UnreadableError("the file is not JSON; perhaps it was cut off, or not saved by Jupyter") from None
    if not isinstance(notebook, dict):
        raise UnreadableError("the file is not a valid notebook")
    return notebook


def _raw_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells, which up to format 3 are in worksheets."""
    sheets = notebook.get("worksheets")
    holders = [*(sheets if isinstance(sheets, list) else ()), notebook]
    lists = [cells for holder in holders if isinstance(cells := _dict(holder).get("cells"), list)]
    if not lists:
        raise UnreadableError("the file is not a valid notebook: it has no list of cells")
    return [cell for cells in lists for cell in cells if isinstance(cell, dict)]


def _cell(raw: dict[str, Any], attachments: _Attachments) -> Cell:
    kind, source = raw.get("cell_type"), _text(raw.get("source", raw.get("input")))
    if kind == "heading":  # format 3
        level = raw.get("level")
        source = f"{'#' * level if isinstance(level, int) and 0 < level < 7 else '#'} {source}"
    kind = kind if kind in KINDS else "code" if "input" in raw else "markdown"
    metadata = _dict(raw.get("metadata"))
    marks = _dict(metadata.get("nbgrader"))
    names = (marks.get("grade_id"), raw.get("id"), metadata.get("id"))
    known = tuple(name for name in names if isinstance(name, str) and name)
    return Cell(kind, source, known, marks, attachments.keep(raw.get("attachments")), _dict(metadata.get("course")))


def _dict(value: Any) -> dict[str, Any]:
    """Return the value if it is a dictionary, else an empty one."""
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Join lines, and make line ends and characters those that a file can hold."""
    lines = value if isinstance(value, list) else [value]
    return whole([line for line in lines if isinstance(line, str)]).replace("\r\n", "\n").replace("\r", "\n")


def _language(notebook: dict[str, Any]) -> str:
    metadata = _dict(notebook.get("metadata"))
    names = _dict(metadata.get("kernelspec")).get("language"), _dict(metadata.get("language_info")).get("name")
    return next((name.lower() for name in names if isinstance(name, str)), "")


class _Attachments:
    """The attachments of a notebook that are pictures, up to a total size."""

    def __init__(self) -> None:
        self._room = MAX_PICTURES
        self.dropped = False

    def keep(self, attachments: Any) -> dict[str, dict[str, str]]:
        """Return those attachments of a cell that really are pictures."""
        kept: dict[str, dict[str, str]] = {}
        for name, bundle in _dict(attachments).items():
            images = pictures(_dict(bundle))
            size = sum(map(len, images.values()))
            if images and size <= self._room:
                kept[_text(name)] = images
                self._room -= size
            else:
                self.dropped = True
        return kept
