"""`course pack` makes what is collected and graded, and refuses what could not be; `course check` takes several."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from safetensors.numpy import save_file

from helpers.cli import main
from helpers.grading.collect import collect
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.intake import Master, Submission, take_in
from helpers.student import notebooks, pack
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT

WEIGHTS = "net.safetensors"
ARCHIVE = f"{SMALL.assignment}.zip"


@pytest.fixture
def work(released_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's folder with an answered lab; the current folder is the one around it."""
    released = nbformat.read(released_course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    folder = tmp_path / "labs" / SMALL.assignment
    folder.mkdir(parents=True)
    nbformat.write(fill_in(released, RIGHT), folder / SMALL.path.name)
    monkeypatch.chdir(folder.parent)
    return folder


def change(path: Path, **course: Any) -> None:
    """Change what a notebook says of itself."""
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if "course" in cell["metadata"]:
            cell["metadata"]["course"] |= course
    path.write_text(json.dumps(notebook))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run `course pack`, which must refuse; return what it says."""
    before = sorted(Path().iterdir())
    assert main(["pack", SMALL.assignment, *arguments]) == 2
    assert sorted(Path().iterdir()) == before
    return capsys.readouterr().err


def taken_in(tmp_path: Path, master: Master) -> Submission:
    """What grading reads of the archive, as a platform gives it."""
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / ARCHIVE).write_bytes(Path(ARCHIVE).read_bytes())
    return take_in("ada", folder, master, SMALL.notebook)


@pytest.mark.parametrize("name", [SMALL.path.name, "Copy of small (1).ipynb", "small.json.ipynb"])
def test_what_is_packed_is_graded_without_a_remark(name: str, work: Path, tmp_path: Path, master: Master) -> None:
    (work / SMALL.path.name).rename(work / name)
    change(work / name, handed_in=[WEIGHTS])
    save_file({"w": np.ones(3)}, work / WEIGHTS)
    (work / "diary.txt").write_text("private")
    assert main(["pack", SMALL.assignment]) == 0
    submission = taken_in(tmp_path, master)
    assert submission.is_readable
    assert submission.notes == ()
    cells = {cell.id: cell.source for cell in nbformat.reads(submission.notebook, as_version=4).cells}
    assert {answer: cells[answer] for answer in RIGHT} == RIGHT
    assert submission.files[WEIGHTS] == (work / WEIGHTS).read_bytes()
    assert "diary.txt" not in submission.files


def test_the_cell_that_installs_the_course_is_no_answer_and_says_nothing(
    work: Path, tmp_path: Path, master: Master
) -> None:
    path = work / SMALL.path.name
    path.write_text(path.read_text().replace('KIT = \\"\\"', 'KIT = \\"https://example.org/kit.zip\\"'))
    assert "example.org" in path.read_text()
    assert main(["pack", SMALL.assignment]) == 0
    submission = taken_in(tmp_path, master)
    assert submission.notes == ()
    own = [
        cell.source
        for cell in nbformat.reads(submission.notebook, as_version=4).cells
        if "nbgrader" not in cell.metadata
    ]
    assert [source for source in own if "example.org" in source] == own[1:2], "it stays where it was, at the top"


def test_what_is_packed_is_collected(work: Path, course: Course) -> None:
    upload = Path(f"Ada Bell_771234_assignsubmission_file_{ARCHIVE}")
    assert main(["pack", SMALL.assignment, "--to", f"{upload}"]) == 0
    done = collect(course, SMALL.assignment, [upload.absolute()], platform="moodle")
    assert (done.students, done.remarks) == (["Ada Bell"], [])


def test_the_same_work_gives_the_same_archive(work: Path) -> None:
    assert main(["pack", SMALL.assignment]) == 0
    first = Path(ARCHIVE).read_bytes()
    assert main(["pack", f"{work / SMALL.path.name}"]) == 0
    assert Path(ARCHIVE).read_bytes() == first


def test_it_names_what_will_cost_points(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = json.loads((work / SMALL.path.name).read_text())
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in ("k2-x", "k2-x-check")]
    (work / SMALL.path.name).write_text(json.dumps(notebook))
    assert main(["pack", SMALL.assignment]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "not answered yet: k1-double-why." in said
    assert "missing: k2-x, k2-x-check. Grading restores checks, but no answers" in said


def test_a_lab_without_changes_is_refused(
    released_course: Path, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / SMALL.path.name).write_bytes(
        (released_course / "release" / SMALL.assignment / SMALL.path.name).read_bytes()
    )
    assert "no answer has changed. Save the notebook first" in refused(capsys)
    assert main(["pack", SMALL.assignment, "--force"]) == 0


def test_missing_and_broken_weights_are_refused(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(work / SMALL.path.name, handed_in=[WEIGHTS, "stand-in.safetensors"])
    assert f"lacks {WEIGHTS} or stand-in.safetensors" in refused(capsys)
    (work / WEIGHTS).write_bytes(b"cut of")
    assert f"{WEIGHTS} is broken" in refused(capsys, "--force")
    (work / WEIGHTS).unlink()
    save_file({"w": np.ones(3)}, work / "stand-in.safetensors")
    assert main(["pack", SMALL.assignment]) == 0
    assert f"{WEIGHTS} is not there" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "..\\secret.txt", ".netrc", "C:secret.txt", "a/b"])
def test_a_strangers_notebook_packs_no_file_of_mine(name: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(work / SMALL.path.name, handed_in=[name])
    assert "is no lab of this course" in refused(capsys)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "could not be read: the file is empty"),
        (b"not a notebook", "could not be read: the file is not JSON"),
        (b'{"cells": []}', "is no lab of this course"),
        (b'{"cells": [{"cell_type": "code", "metadata": {"course": {"lab": []}}}]}', "is no lab of this course"),
    ],
)
def test_what_is_no_lab_is_refused(content: bytes, words: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / SMALL.path.name).write_bytes(content)
    assert words in refused(capsys)


def test_two_notebooks_in_a_folder_are_for_the_student_to_choose(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "copy.ipynb").write_bytes((work / SMALL.path.name).read_bytes())
    assert "holds 2 notebooks of this course: name one of" in refused(capsys)


def test_what_grading_would_not_read_is_refused(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (work / SMALL.path.name).stat().st_size
    change(work / SMALL.path.name, handed_in=[WEIGHTS])
    save_file({"w": np.ones(size)}, work / WEIGHTS)
    for module in (pack, notebooks):
        monkeypatch.setattr(module, "MAX_BYTES", int(8.5 * size))
    assert "Clear the outputs" in refused(capsys)
    monkeypatch.setattr(pack, "MAX_BYTES", size)
    assert f"{WEIGHTS} is larger than" in refused(capsys)
    monkeypatch.setattr(notebooks, "MAX_BYTES", size // 2)
    assert f"{SMALL.path.name} is larger than" in refused(capsys)


def test_only_an_archive_is_overwritten(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = work / SMALL.path.name
    before = notebook.read_bytes()
    assert "ends in .zip" in refused(capsys, "--to", str(notebook))
    Path("thesis.zip").write_text("my only copy")
    assert "is there, and is no zip archive" in refused(capsys, "--to", "thesis.zip")
    assert "could not be written" in refused(capsys, "--to", "nowhere/work.zip")
    assert notebook.read_bytes() == before


def test_an_archive_that_cannot_be_finished_leaves_the_earlier_one(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["pack", SMALL.assignment]) == 0

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    assert main(["pack", SMALL.assignment]) == 2
    assert zipfile.is_zipfile(ARCHIVE)
    assert sorted(path.name for path in Path().iterdir()) == sorted([SMALL.assignment, ARCHIVE])


@pytest.mark.slow
def test_check_takes_folders_and_names_empty_written_answers(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / ".ipynb_checkpoints").mkdir()
    (work / ".ipynb_checkpoints" / "old.ipynb").write_text("broken")
    (work / "broken.ipynb").write_text("broken")
    assert main(["check", "--json", str(work)]) == 2
    captured = capsys.readouterr()
    broken, small = sorted(json.loads(captured.out), key=lambda one: one["notebook"])
    assert "could not be read" in broken["error"]
    assert small["unanswered"] == ["k1-double-why"]
    assert [check["points"] for check in small["checks"]] == [1, 1]
    (work / "broken.ipynb").unlink()
    assert main(["check", str(work)]) == 0
    assert "still empty: k1-double-why" in capsys.readouterr().out
    assert main(["check", str(work / ".ipynb_checkpoints" / "nothing")]) == 2


def test_check_of_an_empty_folder_says_what_to_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 2
    assert "holds no notebook (*.ipynb)" in capsys.readouterr().err
