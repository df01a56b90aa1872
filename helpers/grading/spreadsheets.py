"""Write tables for spreadsheets: a spreadsheet runs text that looks like a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["safe_cell", "write_csv"]

# At the beginning, or after a semicolon, which separates cells where numbers have a comma; in full width too.
_FORMULA = re.compile(r"(?:^|(?<=;))(?=[=+@\-\uff1d\uff0b\uff20\uff0d\x00-\x1f\x7f-\xa0])")


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([headings, *(map(safe_cell, row) for row in rows)])


def safe_cell(value: Any) -> Any:
    """Quote text that a spreadsheet would run as a formula: https://owasp.org/www-community/attacks/CSV_Injection."""
    return _FORMULA.sub("'", value) if isinstance(value, str) else value
