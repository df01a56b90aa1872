"""Make `nbgrader zip_collect` do the same as `course collect`.

nbgrader's own command unpacks archives without limits, knows one pattern of names, and stops for the whole class at
the first student who was collected before. Its plugins see one name at a time, so `nbgrader_config.py` replaces its
`start`: https://nbgrader.readthedocs.io/en/stable/plugins/zipcollect-plugin.html
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.apps import NbGrader, ZipCollectApp

from helpers.notebooks.errors import CourseError

__all__ = ["start"]


def start(app: ZipCollectApp) -> None:
    """Collect the lab that nbgrader was asked to collect."""
    # Imported here, because nbgrader's other commands read this configuration too and should not wait.
    from helpers.grading.collect import collect
    from helpers.grading.course import Course

    NbGrader.start(app)
    archive = Path(app._format_collect_path(app.archive_directory))
    try:
        result = collect(Course.of(app), app.coursedir.assignment_id, [archive], force=app.force)
    except (CourseError, FileNotFoundError, ValueError) as error:
        app.fail(str(error))
    for remark in result.remarks:
        app.log.warning("%s", remark)
    app.log.info("%s", result.summary)
