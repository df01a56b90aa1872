"""`nbgrader autograde`, and with it formgrader's button, grade as `course autograde` does.

nbgrader's own converter looks for notebooks by name, trusts the order of a submission's cells, and stops for the whole
class at one bad time stamp. It offers no way to plug in another intake, so `nbgrader_config.py` replaces its `start`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from helpers.notebooks.errors import CourseError

__all__ = ["start"]


def start(converter: Autograde) -> None:
    """Grade the students that nbgrader was asked to grade.

    Raises:
        NbGraderException: if nobody has handed in, or a submission was not graded; the log says why.
    """
    # In a thread of its own: formgrader calls this from a thread in which Jupyter's event loop runs.
    with ThreadPoolExecutor(1) as thread:
        try:
            failed = thread.submit(_grade, converter).result()
        except CourseError as error:
            converter.log.error(str(error))
            raise NbGraderException(str(error)) from None
    if failed:
        raise NbGraderException(f"not graded: {', '.join(sorted(failed))}. See the log above for the reasons.")


def _grade(converter: Autograde) -> dict[str, str]:
    # Here, because every command of nbgrader reads the configuration that imports this module.
    from helpers.grading.course import Course
    from helpers.grading.pipeline.batch import Grading
    from helpers.grading.pipeline.executors import open_workers

    coursedir = converter.coursedir
    course = Course(Path(coursedir.root), converter.config)
    course.coursedir = coursedir
    excluded = coursedir.student_id_exclude.split(",") if coursedir.student_id_exclude else []
    students = [
        student
        for student in course.submitted(coursedir.assignment_id)
        if fnmatchcase(student, coursedir.student_id) and student not in excluded
    ]
    if not students:
        raise CourseError(f"no submission of {coursedir.student_id} for {coursedir.assignment_id} was collected")
    grading = Grading(course, coursedir.assignment_id)
    plan = grading.plan(students, converter.force)
    for warning in grading.warnings(plan):
        converter.log.warning(warning)
    for student in plan.graded:
        converter.log.info("%s is graded already", student)

    def finished(student: str, problem: str) -> None:
        if problem:
            converter.log.error("%s: not graded. %s", student, problem)
        else:
            converter.log.info("%s: graded", student)

    if not plan.to_grade:
        return {}
    with open_workers() as workers:
        failed = grading.run(plan, workers, lambda student: None, finished)
    for student, remark in sorted(grading.remarks.items()):
        converter.log.warning("%s: %s", student, remark)
    return failed
