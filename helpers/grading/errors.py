"""What the command line says in one line instead of a traceback."""

from __future__ import annotations

__all__ = ["CourseError"]


class CourseError(Exception):
    """Something that the instructor has to mend; the message says what and how."""
