"""A course folder as nbgrader sees it: its configuration, its converters, its gradebook."""

from __future__ import annotations

import fcntl
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["RENAMED", "Course", "transaction"]

RENAMED = {"ExecuteHandIn": "ExecuteSubmission"}  # classes in nbgrader's configuration, whose old names still work


class Course:
    """The course in `root`, a folder with an `nbgrader_config.py`.

    Args:
        config: its content, if nbgrader has read it already.

    Raises:
        CourseError: if there is none, or nbgrader could not find its files.
    """

    def __init__(self, root: Path, config: Config | None = None) -> None:
        self.root = root.resolve()
        if "[" in str(self.root):  # nbgrader takes paths for patterns
            raise CourseError(f"{self.root}: nbgrader finds nothing in a folder with “[” in its path. Rename it.")
        self.config = config or self._load()
        for old, new in RENAMED.items():
            if old in self.config:
                self.config[new].merge(self.config[old])
        self.coursedir = CourseDirectory(config=self.config)
        # nbgrader starts `alembic` by name for a new gradebook: find the one beside this Python.
        tools = str(Path(sys.executable).parent)
        if tools not in os.environ["PATH"].split(os.pathsep):
            os.environ["PATH"] = f"{tools}{os.pathsep}{os.environ['PATH']}"

    @classmethod
    def of(cls, program: Any) -> Course:
        """Return the course that a program or a converter of nbgrader's works on, with the same settings."""
        course = cls(Path(program.coursedir.root), program.config)
        course.coursedir = program.coursedir
        return course

    def asked_for(self, students: Sequence[str]) -> list[str]:
        """Return those students whom nbgrader's options --student and --student-exclude ask for."""
        excluded = self.coursedir.student_id_exclude.split(",") if self.coursedir.student_id_exclude else []
        pattern = self.coursedir.student_id
        return [student for student in students if fnmatchcase(student, pattern) and student not in excluded]

    def _load(self) -> Config:
        try:
            config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        except ConfigFileNotFound:
            raise CourseError(
                f"{self.root} has no nbgrader_config.py. Run this in the course's folder, or name it with --course."
            ) from None
        config.CourseDirectory.root = str(self.root)
        return config

    def release(self, assignment: str) -> None:
        """Write the students' copy of a lab into `release/` and its cells into the gradebook.

        Raises:
            CourseError: if nbgrader cannot; the message holds its log.
        """
        self.coursedir.assignment_id, self.coursedir.student_id = assignment, "*"
        app = GenerateAssignment(coursedir=self.coursedir, parent=None, config=self.config)
        app.force = True
        logging.getLogger("alembic").setLevel(logging.WARNING)
        result = capture_log(app)
        if not result["success"]:
            raise CourseError(f"{assignment} was not released:\n{result.get('log', '')}")

    def submitted(self, assignment: str) -> list[str]:
        """Return the students whose submissions were collected."""
        folder = self.root / self.coursedir.submitted_directory
        return sorted(path.parent.name for path in folder.glob(f"*/{assignment}"))

    def graded(self, assignment: str) -> list[str]:
        """Return the students whose submissions were graded."""
        folder = self.root / self.coursedir.autograded_directory
        return sorted({path.parent.parent.name for path in folder.glob(f"*/{assignment}/*.ipynb")})

    def folder(self, kind: str, student: str, assignment: str) -> Path:
        """Return a student's folder under "submitted", "autograded" or "feedback"."""
        directory = getattr(self.coursedir, f"{kind}_directory")
        return Path(self.coursedir.format_path(directory, student, assignment))

    @contextmanager
    def gradebook(self) -> Iterator[Any]:
        """Open the gradebook.

        Raises:
            CourseError: if the data base refuses: it is in use, cannot be written, or is broken.
        """
        try:
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                yield gradebook
        except DBAPIError as error:
            raise CourseError(f"The gradebook cannot be read or written: {line(error.orig)}. Try again.") from error

    @contextmanager
    def alone(self, command: str, assignment: str) -> Iterator[None]:
        """Let nobody else run this command on a lab in this block. The lock ends with the process, however that ends.

        Raises:
            CourseError: if it is running.
        """
        path = self.root / ".autograding" / f"{assignment}.{command}"
        path.parent.mkdir(exist_ok=True)
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CourseError(
                    f"`course {command} {assignment}` is running already. Wait until it has ended."
                ) from None
            try:
                yield
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)  # also for processes that were forked meanwhile


@contextmanager
def transaction(session: Session) -> Iterator[None]:
    """Commit what this block does, or nothing of it. On SQLite, nobody else writes between its reading and writing.

    Raises:
        CourseError: if the database refuses: somebody else writes for longer than it waits, or its disk is full.
    """
    try:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("BEGIN IMMEDIATE"))
        yield
        session.commit()
    except OperationalError as error:
        session.rollback()
        raise CourseError(
            f"The gradebook could not be read or written ({error.orig}); nothing in it was changed. "
            "If another program uses it, try again."
        ) from None
    except BaseException:
        session.rollback()
        raise
