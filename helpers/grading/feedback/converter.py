"""`nbgrader generate_feedback`, and with it formgrader's buttons, write the pages that `course feedback` writes.

nbgrader's own converter makes one page after the other, and offers no way to plug in pages of another kind. So
`nbgrader_config.py` replaces its `start`.
"""

from __future__ import annotations

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException

from helpers.notebooks.errors import CourseError

__all__ = ["start"]


def start(converter: GenerateFeedback) -> None:
    """Write the pages of the students that nbgrader was asked for.

    Raises:
        NbGraderException: if there is nobody, or a page was not written; the log says why.
    """
    # Here, because every command of nbgrader reads the configuration that imports this module.
    from helpers.grading.course import Course
    from helpers.grading.feedback.writing import write_feedback

    coursedir, log = converter.coursedir, converter.log
    try:
        course = Course.of(converter)
        students = course.asked_for(course.graded(coursedir.assignment_id))
        if not students:
            raise CourseError(f"no submission of {coursedir.student_id} to {coursedir.assignment_id} is graded")
        result = write_feedback(course, coursedir.assignment_id, students, force=converter.force)
    except CourseError as error:
        log.error(str(error))
        raise NbGraderException(str(error)) from None
    for student in result.written:
        log.info("%s: feedback written", student)
    for student in result.unchanged:
        log.info("%s: feedback is up to date", student)
    for student, problem in result.failed.items():
        log.error("%s: no feedback. %s", student, problem)
    if result.failed:
        raise NbGraderException(f"no feedback: {', '.join(sorted(result.failed))}. See the log above for the reasons.")
