"""Write tables for spreadsheets: a spreadsheet runs text that looks like a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["safe_cell", "write_csv"]


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([headings, *(map(safe_cell, row) for row in rows)])


def safe_cell(value: Any) -> Any:
    """Quote text that a spreadsheet would run as a formula: https://owasp.org/www-community/attacks/CSV_Injection."""
    is_formula = isinstance(value, str) and value and (value[0] in "=+-@" or not value[0].isprintable())
    return f"'{value}" if is_formula else value
