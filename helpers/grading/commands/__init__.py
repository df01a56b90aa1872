"""The commands of instructors, a module each: see `helpers.cli`."""

from __future__ import annotations

__all__ = ["COMMANDS"]

COMMANDS = ("lint", "questions", "parameters", "collect", "autograde", "report", "export", "doctor", "demo")
