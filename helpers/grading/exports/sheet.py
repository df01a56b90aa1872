"""A table in a text file. Cells that nobody sets stay as they are, byte for byte."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from helpers.notebooks.errors import CourseError

__all__ = ["Sheet"]

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass
class Sheet:
    """Rows of cells as they are written in the file: quoted, with what ends each of them."""

    rows: list[list[tuple[str, str]]]
    encoding: str

    @classmethod
    def read(cls, path: Path) -> Sheet:
        """Read comma-, semicolon- or tab-separated text, in UTF-8 or UTF-16, with or without a byte-order mark.

        Raises:
            CourseError: if it is anything else.
        """
        try:
            content = path.read_bytes()
            encoding = _UTF_16.get(content[:2], "utf-8")
            text = content.decode(encoding)
        except OSError as error:
            raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CourseError(
                f"{path} is not text in UTF-8 or UTF-16. Give the platform's own file, unchanged."
            ) from None
        if not text.strip("\ufeff\r\n\t ,;"):
            raise CourseError(f"{path} is empty. Give the platform's own file, unchanged.")
        return cls(_rows(text), encoding)

    def values(self, row: int) -> list[str]:
        """Return the cells of a row as they are meant."""
        return [_value(raw) for raw, _ in self.rows[row]]

    def set(self, row: int, column: int, value: str) -> None:
        """Set a cell to a number. It stays in quotes if it was."""
        raw, end = self.rows[row][column]
        self.rows[row][column] = f'"{value}"' if raw.startswith('"') else value, end

    def encode(self) -> bytes:
        """Return the file's content."""
        return "".join(raw + end for row in self.rows for raw, end in row).encode(self.encoding)


def _rows(text: str) -> list[list[tuple[str, str]]]:
    """Split text into cells as RFC 4180 has them; a cell with a stray quote counts as it stands."""
    delimiter = max("\t;,", key=re.split(r"[\r\n]", text.lstrip("\ufeff\r\n"), maxsplit=1)[0].count)
    cell = re.compile(rf'(\ufeff?"(?:[^"]|"")*"|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)')
    rows: list[list[tuple[str, str]]] = [[]]
    place = 0
    while place < len(text):
        match = cell.match(text, place)
        assert match, "every text begins with a cell, if only an empty one"
        raw, end = match.groups()
        rows[-1].append((raw, end))
        place = match.end()
        if end != delimiter:
            rows.append([])
    if text.endswith(delimiter):
        rows[-1].append(("", ""))
    return [row for row in rows if row]


def _value(raw: str) -> str:
    text = raw.lstrip("\ufeff")
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text
