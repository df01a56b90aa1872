"""`nbgrader autograde`, and with it formgrader's button, grade as `course autograde` does.

nbgrader's own converter looks for notebooks by name, trusts the order of a submission's cells, and stops for the whole
class at one bad time stamp. It offers no way to plug in another intake, so `nbgrader_config.py` replaces its `start`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from helpers.grading.pipeline.interrupt import stopping_by_ctrl_c
from helpers.notebooks.errors import CourseError

__all__ = ["start"]


def start(converter: Autograde) -> None:
    """Grade the students that nbgrader was asked to grade.

    Raises:
        NbGraderException: if nobody has handed in, or not all was graded; the log says why.
    """
    # In a thread of its own: formgrader calls this from a thread in which Jupyter's event loop runs.
    with stopping_by_ctrl_c() as stop, ThreadPoolExecutor(1) as thread:
        try:
            grading = thread.submit(_grade, converter, stop)
            while not wait([grading], timeout=1).done:
                pass  # Python handles Ctrl-C here, also if another thread got the signal
            failed, left = grading.result()
        except CourseError as error:
            converter.log.error(str(error))
            raise NbGraderException(str(error)) from None
    if left:
        converter.log.error("Stopped: %d left. The same command goes on with them.", left)
        raise NbGraderException("stopped")
    if failed:
        raise NbGraderException(f"not graded: {', '.join(sorted(failed))}. See the log above for the reasons.")


def _grade(converter: Autograde, stop: Event) -> tuple[dict[str, str], int]:
    """Return why submissions could not be graded, and how many are left because somebody stopped the run."""
    # Here, because every command of nbgrader reads the configuration that imports this module.
    from helpers.grading.course import Course
    from helpers.grading.pipeline.batch import Grading
    from helpers.grading.pipeline.executors import open_workers

    course, coursedir = Course.of(converter), converter.coursedir
    students = course.asked_for(course.submitted(coursedir.assignment_id))
    if not students:
        raise CourseError(f"no submission of {coursedir.student_id} for {coursedir.assignment_id} was collected")
    grading = Grading(course, coursedir.assignment_id)
    plan = grading.plan(students, converter.force)
    for warning in grading.warnings(plan):
        converter.log.warning(warning)
    for student in plan.graded:
        converter.log.info("%s is graded already", student)

    done = []

    def finished(student: str, problem: str) -> None:
        done.append(student)
        if problem:
            converter.log.error("%s: not graded. %s", student, problem)
        else:
            converter.log.info("%s: graded", student)

    if not plan.to_grade:
        return {}, 0
    converter.log.info(plan.summary)
    with open_workers() as workers:
        failed = grading.run(plan, workers, lambda student: None, finished, stop)
    for student, remark in sorted(grading.remarks.items()):
        converter.log.warning("%s: %s", student, remark)
    return failed, len(plan.to_grade) - len(done)
