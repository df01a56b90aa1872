"""The commands of students, a module each: see `helpers.cli`."""

from __future__ import annotations

__all__ = ["COMMANDS"]

COMMANDS = ("check", "pack")
