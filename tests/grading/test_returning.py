"""Pages go back to the learning platform under the names that it knows."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from helpers.grading.course import Course
from helpers.grading.feedback.returning import return_feedback
from helpers.notebooks.errors import CourseError
from tests.conftest import SMALL

LAB = SMALL.assignment


@pytest.fixture
def course(small_course: Path) -> Course:
    return Course(small_course)


def write_pages(course: Course, *students: str) -> None:
    for student in students:
        folder = course.folder("feedback", student, LAB)
        folder.mkdir(parents=True)
        (folder / "small.html").write_text(f"page of {student}")


def download(course: Course, *names: str) -> Path:
    archive = course.root / "downloaded" / LAB / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "all.zip", "w") as packed:
        for name in names:
            packed.writestr(name, "{}")
    return archive


def packed(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def moodle_reads(name: str) -> tuple[str, str, str]:
    """What Moodle takes from a name: the participant's number, the plugin, and how the file will be called."""
    part = name.split("/")[0].split("_", 4)
    assert len(part) == 5
    assert part[1].isdigit()
    return part[1], "_".join(part[2:4]), "/".join([part[4], *name.split("/")[1:]])


def test_moodle_finds_each_student_and_shows_a_page(course: Course) -> None:
    write_pages(course, "Lea Lang", "Émile Durand", "zoe")
    download(
        course,
        "Lea Lang_771234_assignsubmission_file_small.ipynb",
        "Émile Durand_771235_assignsubmission_file/homework/small_2.ipynb",
        "Max Muster_771236_assignsubmission_file_/small.ipynb",
    )
    result = return_feedback(course, LAB, "moodle")
    assert result.path == course.root / f"feedback-{LAB}-moodle.zip"
    assert (result.students, result.unmatched) == (["Lea Lang", "Émile Durand"], ["zoe"])
    assert {moodle_reads(name): page for name, page in packed(result.path).items()} == {
        ("771234", "assignsubmission_file", "small.html"): "page of Lea Lang",
        ("771235", "assignsubmission_file", "small.html"): "page of Émile Durand",
    }


def test_two_of_one_name_get_their_own_pages(course: Course) -> None:
    write_pages(course, "Lea Lang_1", "Lea Lang_2")
    download(course, *(f"Lea Lang_{number}_assignsubmission_file_small.ipynb" for number in (1, 2)))
    names = packed(return_feedback(course, LAB, "moodle").path)
    assert {moodle_reads(name)[0]: page[-1] for name, page in names.items()} == {"1": "1", "2": "2"}


def test_canvas_gets_the_names_of_its_download(course: Course) -> None:
    write_pages(course, "ivyirons", "jo")
    download(
        course,
        "ivyirons_48213_5512344_sketch.png",
        "ivyirons_48213_5512345_small.ipynb",
        "ivyirons_48213_5512346_small-1.ipynb",
        "jo_LATE_48214_5512347_small.ipynb",
    )
    result = return_feedback(course, LAB, "canvas", to=course.root / "new" / "back.zip")
    assert packed(result.path) == {
        "ivyirons_48213_5512346_small-1.ipynb": "page of ivyirons",
        "jo_LATE_48214_5512347_small.ipynb": "page of jo",
    }


def test_a_folder_for_mail_has_safe_names_and_everybody(course: Course) -> None:
    students = ["ada", "ADA", "Lea Lang", "=cmd", "a'b;c", "Zoë"]
    write_pages(course, *students)
    (course.root / "roster.csv").write_text("id,name\nada,Ada / Lovelace\n")
    folder = return_feedback(course, LAB, "plain").path
    names = {path.name: path.read_text() for path in folder.iterdir()}
    assert sorted(names.values()) == sorted(f"page of {student}" for student in students)
    assert all(re.fullmatch(r"\w[\w.+-]*\.html", name) for name in names)
    assert len({name.casefold() for name in names}) == len(students)
    assert names["Ada_Lovelace_ada.html"] == "page of ada"
    return_feedback(course, LAB, "plain")  # replaces the folder


def test_a_download_may_be_named(course: Course, tmp_path: Path) -> None:
    write_pages(course, "Lea Lang")
    other = tmp_path / "Lea Lang_771234_assignsubmission_file_"
    other.mkdir()
    (other / "small.ipynb").write_text("{}")
    result = return_feedback(course, LAB, "moodle", downloads=[other])
    assert list(packed(result.path)) == ["Lea Lang_771234_assignsubmission_file_small.html"]


def test_no_name_leads_out_of_the_archive(course: Course) -> None:
    write_pages(course, "x")
    download(
        course,
        "../../x_4_assignsubmission_file_small.ipynb",
        "inner/x_5_assignsubmission_file_/deep/small.ipynb",
        "inner/x_5_6_small.ipynb",
        ".._5_7_small.ipynb",
    )
    assert list(packed(return_feedback(course, LAB, "moodle").path)) == ["x_5_assignsubmission_file_small.html"]
    assert list(packed(return_feedback(course, LAB, "canvas").path)) == ["x_5_6_small.ipynb"]


def test_without_pages_or_download_it_is_said(course: Course) -> None:
    with pytest.raises(CourseError, match=f"Run `course feedback {LAB}`"):
        return_feedback(course, LAB, "plain")
    write_pages(course, "ada")
    with pytest.raises(CourseError, match="only the platform's download tells"):
        return_feedback(course, LAB, "canvas")
    download(course, "ada_5_assignsubmission_file_small.ipynb", "ben_1_2_small.ipynb")
    with pytest.raises(CourseError, match=f"No name in the download of {LAB} is one that canvas gives"):
        return_feedback(course, LAB, "canvas")
    (course.root / "taken").write_text("")
    with pytest.raises(CourseError, match="Name another place with --to"):
        return_feedback(course, LAB, "plain", to=course.root / "taken" / "x")


@pytest.mark.parametrize("form", ["plain", "moodle"])
def test_nothing_of_others_is_replaced(form: str, course: Course, tmp_path: Path) -> None:
    write_pages(course, "lea")
    download(course, "Lea Lang_1_assignsubmission_file_small.ipynb", "lea_2_assignsubmission_file_small.ipynb")
    (thesis := tmp_path / "mine" / "thesis.txt").parent.mkdir()
    thesis.write_text("years of work")
    with pytest.raises(CourseError, match="Name another place"):
        return_feedback(course, LAB, form, to=thesis.parent if form == "plain" else thesis)
    assert thesis.read_text() == "years of work"


def test_a_name_with_an_underscore_costs_nobody_a_page(course: Course) -> None:
    write_pages(course, "le_a", "zoe")
    download(course, "le_a_7_assignsubmission_file_small.ipynb", "zoe_8_assignsubmission_file_/small.ipynb")
    names = packed(return_feedback(course, LAB, "moodle").path)
    assert {moodle_reads(name)[0]: page for name, page in names.items()} == {"7": "page of le_a", "8": "page of zoe"}
