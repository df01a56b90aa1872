"""`nbgrader zip_collect` collects as `course collect` does.

nbgrader's own unpacks whatever an archive holds, knows one pattern of names, and ends for the whole class at the first
student who has handed in before. Its plugins see one name at a time, so that `nbgrader_config.py` replaces its `start`.
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.apps import NbGrader, ZipCollectApp

from helpers.grading.errors import CourseError

__all__ = ["start"]


def start(app: ZipCollectApp) -> None:
    """Collect the lab that nbgrader was asked to collect."""
    # Here, so that other commands of nbgrader's, which read the same configuration, do not wait for these.
    from helpers.grading.collect import collect
    from helpers.grading.course import Course

    NbGrader.start(app)
    course = Course(Path(app.coursedir.root), app.config)
    course.coursedir = app.coursedir
    archive = Path(app._format_collect_path(app.archive_directory))
    try:
        done = collect(course, app.coursedir.assignment_id, [archive], force=app.force)
    except (CourseError, FileNotFoundError, ValueError) as error:
        app.fail(str(error))
    for remark in done.remarks:
        app.log.warning("%s", remark)
    app.log.info("%s", done.summary)
