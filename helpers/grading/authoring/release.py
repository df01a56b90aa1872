"""Let `nbgrader generate_assignment` change a lab that students have handed in already.

nbgrader refuses a new question as it refuses a missing one, with a traceback, and removes `release/` on the way. Here
new questions are welcome, no marks are lost, and a release that fails leaves the previous one as it was.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells
from nbgrader.utils import capture_log

from helpers.grading.course import Course
from helpers.grading.intake.master import KINDS, refuse_lost
from helpers.grading.labs import Lab
from helpers.notebooks.cells import is_parameters, is_setup
from helpers.notebooks.description import describe
from helpers.notebooks.errors import CourseError

__all__ = ["DescribeLab", "GoOnAfterErrors", "RecordCells", "start", "write_copy"]

_release = GenerateAssignment.start


def start(converter: GenerateAssignment) -> None:
    """Release a lab. `nbgrader_config.py` puts this in place of nbgrader's own method.

    Raises:
        NbGraderException: if that is impossible; the log says why.
    """
    try:
        if not converter.no_database:
            _refuse_lost(converter)
    except CourseError as error:
        converter.log.error(str(error))
        raise NbGraderException(str(error)) from None
    released = Path(converter._format_dest(converter.coursedir.assignment_id, "."))
    with _kept(released):
        _release(converter)
    for weights in released.rglob("*.safetensors"):
        weights.unlink()
        converter.log.warning("%s stays in source/: it would earn a student's points.", weights.name)


def write_copy(course: Course, assignment: str, folder: Path) -> None:
    """Write the students' copy of a lab into `folder/<assignment>`, and leave `release/` and the gradebook alone.

    Raises:
        CourseError: if that is impossible.
    """
    config = copy.deepcopy(course.config)
    config.CourseDirectory.release_directory = str(folder)
    config.SaveCells.enabled = False  # what `nbgrader generate_assignment --no-db` sets
    coursedir = CourseDirectory(config=config, assignment_id=assignment)
    result = capture_log(GenerateAssignment(coursedir=coursedir, config=config, parent=None, no_database=True))
    if not result["success"]:
        raise CourseError(f"{assignment} cannot be released:\n{result.get('log', '')}")


def _refuse_lost(converter: GenerateAssignment) -> None:
    name = converter.coursedir.assignment_id
    source = Path(converter._format_source(name, "."))
    with Gradebook(converter.coursedir.db_url, converter.coursedir.course_id) as gradebook, suppress(MissingEntry):
        for notebook in gradebook.find_assignment(name).notebooks:
            refuse_lost(notebook, Lab(name, source / f"{notebook.name}.ipynb"))


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    """Restore a folder if the block fails."""
    with TemporaryDirectory() as temporary:
        copy = Path(temporary) / folder.name
        if folder.exists():
            shutil.copytree(folder, copy)
        try:
            yield
        except BaseException:
            if copy.exists():
                shutil.copytree(copy, folder, dirs_exist_ok=True)
            raise


class GoOnAfterErrors(NbGraderPreprocessor):
    """Let *Run All* in a student's copy go on past open questions, so that each check says what is missing.

    A set-up cell that fails still stops it, since nothing below could work.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        if cell.cell_type == "code" and not is_setup(cell):
            cell.metadata.setdefault("tags", []).append("raises-exception")  # Jupyter's own word for it
        return cell, resources


class DescribeLab(NbGraderPreprocessor):
    """Say in the parameters cell which lab this is and what students hand in, in place of the instructor's settings."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        names = resources["nbgrader"]
        for cell in filter(is_parameters, nb.cells):
            handed_in = cell.metadata.get("course", {}).get("handed_in", [])
            cell.metadata["course"] = describe(nb, names["assignment"], names["notebook"], handed_in)
        return nb, resources


class RecordCells(SaveCells):
    """nbgrader's step, but cells may be added, and locked ones without marks removed, after students have handed in."""

    def _create_notebook(self, nb: NotebookNode) -> None:
        with suppress(MissingEntry):  # the notebook is new
            self._let_come_and_go()
        super()._create_notebook(nb)

    def _let_come_and_go(self) -> None:
        for kind in KINDS:
            record = getattr(self.gradebook, f"update_or_create_{kind}_cell")
            for name, facts in getattr(self, f"new_{kind}_cells").items():
                record(name, self.notebook_id, self.assignment_id, **facts)
        for cell in self.gradebook.find_notebook(self.notebook_id, self.assignment_id).source_cells:
            if cell.name not in self.new_source_cells:
                self.gradebook.db.delete(cell)
        self.gradebook.db.commit()
