"""What can go wrong that has a name of its own."""

from __future__ import annotations

__all__ = ["CourseError", "OurFault"]


class CourseError(Exception):
    """Something that the instructor has to mend; the message says what and how, in a line instead of a traceback."""


class OurFault(Exception):  # noqa: N818 - it is not the student's, and that is what counts
    """The grading of a submission failed, and the student has no part in it: no points may come of that."""
