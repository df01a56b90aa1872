"""Errors that several packages raise or catch."""

from __future__ import annotations

__all__ = ["CourseError", "OurFault"]


class CourseError(Exception):
    """Something that the instructor has to put right. The message says what and how; nobody needs a traceback."""


class OurFault(Exception):  # noqa: N818 - whose fault it is matters here
    """The grading of a submission failed by no fault of the student: it must not become a mark."""
