"""Collecting reads students and times from file names, and no student's files affect another's."""

from __future__ import annotations

import stat
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.cli import main
from helpers.grading.collect import PLATFORMS, Collected, collect
from helpers.grading.collect.platforms import origins
from helpers.grading.course import Course
from helpers.grading.intake import read_time
from helpers.grading.term.marks import read_marks
from tests.conftest import SMALL, make_course

LAB = SMALL.assignment
FIVE = datetime(2026, 1, 30, 17, 5)
EARLIER = datetime(2026, 1, 29, 17, 5)
NAMES = [
    ("anna_2026-01-30T17:05:00_c.ipynb", "anna", "c.ipynb", FIVE),
    ("ben_baker_2026-01-30T17:05:00_c.ipynb", "ben_baker", "c.ipynb", FIVE),
    ("carla.d@uni.example_2026-01-30T17:05:00_c.ipynb", "carla.d@uni.example", "c.ipynb", FIVE),
    ("Dora Diaz_2026-01-30T17:05_c.ipynb", "Dora Diaz", "c.ipynb", FIVE),
    ("emil_2026-01-30T17:05:00Z_c_2.ipynb", "emil", "c_2.ipynb", FIVE),
    ("fay_2026-01-30T18:05:00+01:00_c.ipynb", "fay", "c.ipynb", FIVE),
    ("fay_2026-01-30T12:05-05:00_c.ipynb", "fay", "c.ipynb", FIVE),
    ("fay_2026-01-30T12-05-00-0500_c.ipynb", "fay", "c.ipynb", FIVE),
    ("gus_2026-01-30T17-05-00_c.ipynb", "gus", "c.ipynb", FIVE),
    ("gus_2026-01-30T17_05_00_c.ipynb", "gus", "c.ipynb", FIVE),
    ("gus_2026-01-30 17.05.00_c.ipynb", "gus", "c.ipynb", FIVE),
    ("gus_2026-01-30-17-05-00_c.ipynb", "gus", "c.ipynb", FIVE),
    ("hana_20260130T170500_c.ipynb", "hana", "c.ipynb", FIVE),
    ("hana_20260130_170500_c.ipynb", "hana", "c.ipynb", FIVE),
    ("hana_2026-01-30T17:05:00.123Z_c.ipynb", "hana", "c.ipynb", FIVE),
    ("hana_2026-01-30 17:05:00 UTC_c.ipynb", "hana", "c.ipynb", FIVE),
    ("hana_2026-02-31T17:05:00_c.ipynb", "hana", "c.ipynb", None),
    ("hana_2026-01-30T25:05:00_c.ipynb", "hana", "c.ipynb", None),
    ("ivyirons_48213_5512345_c.ipynb", "ivyirons", "c.ipynb", None),
    ("jonjones_LATE_48214_5512346_c.ipynb", "jonjones", "c.ipynb", None),
    ("kaikim_48215_5512347_c-1.ipynb", "kaikim", "c.ipynb", None),
    ("kaikim_48215_text.html", "kaikim", "text.html", None),
    ("anon_x7Qp2_5512345_c.ipynb", "anon_x7Qp2", "c.ipynb", None),
    ("LATE_anon_x7Qp2_5512345_c.ipynb", "anon_x7Qp2", "c.ipynb", None),
    ("Lea Lang_771234_assignsubmission_file_c.ipynb", "Lea Lang", "c.ipynb", None),
    ("Mia Moser_771235_assignsubmission_file_/c.ipynb", "Mia Moser", "c.ipynb", None),
    ("Nora Nagel_771236_assignsubmission_file/c.ipynb", "Nora Nagel", "c.ipynb", None),
    ("Nora Nagel_771236_assignsubmission_onlinetext/onlinetext.html", "Nora Nagel", "onlinetext.html", None),
    ("Lab 3_oscar1_attempt_2026-01-30-17-05-00_c.ipynb", "oscar1", "c.ipynb", FIVE),
    ("Lab_3_oscar1_attempt_2026-01-30-17-05-00_c.ipynb", "oscar1", "c.ipynb", FIVE),
    ("Lab 3_oscar1_attempt_2026-01-30-17-05-00.txt", "oscar1", "", FIVE),
    ("submission_300123/c.ipynb", "submission_300123", "c.ipynb", None),
    ("assignment_7_export/submission_300123/a/c.ipynb", "submission_300123", "a/c.ipynb", None),
    ("12345-67890 - Pia Peters - Jan 30, 2026 505 PM/c.ipynb", "Pia Peters", "c.ipynb", FIVE),
    ("12345-67890 - Pia Peters- Jan 30, 2026 505 PM - c.ipynb", "Pia Peters", "c.ipynb", FIVE),
    ("12345-67890 - Ann-Mai Po - janv. 30, 2026 1705/c.ipynb", "Ann-Mai Po", "c.ipynb", None),
    ("Quinn_Quentin_qq1_88123/c.ipynb", "qq1", "c.ipynb", None),
    ("Lab 3/Abgaben/Quinn_Quentin_qq1_88123/c.ipynb", "qq1", "c.ipynb", None),
    ("lab03-octo-cat/c.ipynb", "octo-cat", "c.ipynb", None),
    ("lab03-convolution-octo-main/c.ipynb", "octo", "c.ipynb", None),
    ("lab03-convolution-submissions/lab03-convolution-octo/c.ipynb", "octo", "c.ipynb", None),
    ("rosa_2026-01-30T17:05:00_c.html", "rosa", "c.html", FIVE),
    ("tim_2026-01-30T17:05:00_lab03.zip", "tim", "lab03.zip", FIVE),
    ("uma_2026-01-30T17:05:00_C.IPYNB", "uma", "C.IPYNB", FIVE),
]
# What platforms put before the name that a student chose.
PREFIXES = {
    "moodle": "mallory_771_assignsubmission_file_",
    "blackboard": "Lab 3_mallory_attempt_2026-01-30-17-05-00_",
    "brightspace": "12345-67890 - mallory - Jan 30, 2026 505 PM/",
    "gradescope": "submission_1/",
    "course": "mallory_2026-01-30T17:05:00_",
    "canvas": "mallory_1_2_",
    "ilias": "M_M_mallory_3/",
    "github": "lab03-mallory/",
}


@pytest.mark.parametrize(("path", "student", "file", "time"), NAMES)
def test_names_give_student_file_and_time(path: str, student: str, file: str, time: datetime | None) -> None:
    origin = origins(path, "lab03-convolution")[0]
    assert (origin.student, origin.file, origin.time) == (student, file, time)


@pytest.mark.parametrize(
    "path",
    ["c.ipynb", "anna/c.ipynb", "lab03-convolution/c.ipynb", "anna_c.ipynb", "anna_2026-01-30_c.ipynb", "a_b_c/d"],
)
def test_other_names_give_nothing(path: str) -> None:
    assert origins(path, "lab03-convolution") == []


@pytest.mark.parametrize("platform", PLATFORMS)
@given(
    name=st.lists(st.sampled_from(["anna", "Lab 3", "c.ipynb", "/", "x", *(path for path, *_ in NAMES)]), min_size=1)
)
def test_no_file_name_makes_a_file_someone_elses(platform: str, name: list[str]) -> None:
    path = PREFIXES[platform] + "_".join(name)
    assert origins(path, "lab03-convolution")[0].student in {"mallory", "submission_1"}
    assert origins(path, "lab03-convolution", platform)[0].student in {"mallory", "submission_1"}


@pytest.mark.parametrize("platform", PLATFORMS)
@given(name=st.text(st.characters(exclude_characters="/\0"), min_size=1))
def test_students_may_choose_any_file_name(platform: str, name: str) -> None:
    assert origins(PREFIXES[platform] + name, "lab03-convolution")[0].student in {"mallory", "submission_1"}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(make_course(tmp_path / "course", SMALL))


def pack(path: Path, files: dict[str, str | bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def gather(course: Course, files: dict[str, str | bytes], **options: str | bool) -> Collected:
    """Collect an archive with these files."""
    return collect(course, LAB, [pack(course.root / "download.zip", files)], **options)  # type: ignore[arg-type]


def collected(course: Course) -> dict[str, str]:
    """The contents of the collected files by student and name, without time stamps."""
    paths = course.root.glob(f"submitted/*/{LAB}/**/*")
    files = [path for path in paths if path.is_file() and path.name != "timestamp.txt"]
    return {f"{path.relative_to(course.root / 'submitted').parts[0]}/{path.name}": path.read_text() for path in files}


def kept(course: Course, student: str) -> list[dict[str, str]]:
    """The contents of a student's attempts that are kept, by name; in the order of what is in them."""
    folders = course.root.glob(f"downloaded/{LAB}/attempts/{student}/*")
    contents = [{path.name: path.read_text() for path in folder.iterdir()} for folder in folders]
    return sorted(contents, key=str)


def time_of(course: Course, student: str) -> datetime | None:
    return read_time(course.folder("submitted", student, LAB))


def test_a_class_is_collected_from_folders_archives_and_files(course: Course, tmp_path: Path) -> None:
    archive = course.root / "downloaded" / LAB / "archive"
    pack(
        archive / "moodle.zip",
        {"Lea Lang_1_assignsubmission_file_/c.ipynb": "1", "__MACOSX/._x": "", "a/.DS_Store": ""},
    )
    pack(archive / "tim_2026-01-30T17:05:00_lab.zip", {"c.ipynb": "2"})
    (archive / "unpacked" / "Quinn_Quentin_qq1_2" / "data").mkdir(parents=True)
    (archive / "unpacked" / "Quinn_Quentin_qq1_2" / "data" / "x.csv").write_text("3")
    (archive / "anna_2026-01-30T17:05:00_c.ipynb").write_text("4")
    done = collect(course, LAB)
    assert sorted(done.students) == ["Lea Lang", "anna", "qq1", "tim"]
    assert done.remarks == ["qq1: no notebook in data/x.csv"]
    assert (course.folder("submitted", "qq1", LAB) / "data" / "x.csv").exists()
    assert (course.folder("submitted", "tim", LAB) / "lab.zip").exists()
    assert time_of(course, "anna") == FIVE
    assert time_of(course, "Lea Lang") is None
    assert not list(course.root.glob(".collecting-*"))


@pytest.mark.slow
def test_nbgrader_zip_collect_does_the_same(course: Course) -> None:
    archive = course.root / "downloaded" / LAB / "archive"
    pack(archive / "x.zip", {"anna_2026-01-30T17:05:00_c.ipynb": "1", "what.ipynb": "2"})
    command = [sys.executable, "-m", "nbgrader", "zip_collect", LAB]
    first = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=True).stderr
    assert "what.ipynb: not collected" in first
    assert collected(course) == {"anna/c.ipynb": "1"}
    (archive / "x.zip").unlink()
    none = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert none.returncode == 1
    assert "is empty. Put the downloads of your learning platform into" in none.stderr
    assert "Traceback" not in none.stderr


def test_the_last_attempt_counts(course: Course) -> None:
    done = gather(
        course,
        {
            "L_o_attempt_2026-01-30-17-05-00_c.ipynb": "late",
            "L_o_attempt_2026-01-29-17-05-00_c.ipynb": "early",
            "L_o_attempt_2026-01-29-17-05-00_other.ipynb": "early too",
            "k_1_7_c.ipynb": "first",
            "k_1_8_c-2.ipynb": "third",
            "k_1_9_c-1.ipynb": "second",
        },
    )
    assert collected(course) == {"o/c.ipynb": "late", "k/c.ipynb": "third"}
    assert time_of(course, "o") == FIVE
    assert done.remarks == []
    assert kept(course, "o") == [{"c.ipynb": "early", "other.ipynb": "early too", "timestamp.txt": f"{EARLIER} UTC\n"}]
    assert kept(course, "k") == [{"c.ipynb": "first"}, {"c.ipynb": "second"}]


def test_downloading_twice_gives_no_remark(course: Course, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a_2026-01-30T17:05:00_c.ipynb": "1", "Lea_1_assignsubmission_file_c.ipynb": "2"}
    done = collect(course, LAB, [pack(tmp_path / "1.zip", files), pack(tmp_path / "2.zip", files)])
    assert done.remarks == []
    again = collect(course, LAB, [tmp_path / "1.zip"])
    assert (again.students, sorted(again.unchanged)) == ([], ["Lea", "a"])


def test_names_are_normalised_to_composed_letters(course: Course) -> None:
    gather(course, {"v\u00e9ra_2026-01-30T17:05:00_c.ipynb": "1", "ve\u0301ra_2026-01-31T17:05:00_c.ipynb": "2"})
    assert collected(course) == {"v\u00e9ra/c.ipynb": "2"}


def test_students_with_the_same_name_get_numbers(course: Course) -> None:
    done = gather(
        course, {"Lea_1_assignsubmission_file_c.ipynb": "1", "Lea_2_assignsubmission_file_c.ipynb": "2", "b_3_4_c": "3"}
    )
    assert collected(course) == {"Lea_1/c.ipynb": "1", "Lea_2/c.ipynb": "2", "b/c": "3"}
    assert "Lea: several students have this name" in done.remarks[0]


def test_gradescopes_metadata_give_student_and_time(course: Course) -> None:
    metadata = """
submission_1: {":submitters": [{":name": Ann, ":sid": "007"}], ":created_at": 2026-01-30 17:05:00.000 Z}
submission_2: {":submitters": [{":name": Bo, ":email": bo@uni.example}, {":name": Cy, ":sid": 8}]}
submission_3: {":submitters": [{":name": Di}]}
"""
    files: dict[str, str | bytes] = {f"export/submission_{number}/c.ipynb": f"{number}" for number in (1, 2, 3, 4)}
    forged = {"export/submission_4/submission_metadata.yml": "submission_1: {':submitters': [{':sid': x}]}"}
    done = gather(course, {"export/submission_metadata.yml": metadata, **files, **forged})
    assert {name: text for name, text in collected(course).items() if name.endswith("c.ipynb")} == {
        "007/c.ipynb": "1",
        "bo@uni.example/c.ipynb": "2",
        "8/c.ipynb": "2",
        "submission_3/c.ipynb": "3",
        "submission_4/c.ipynb": "4",
    }
    assert time_of(course, "007") == FIVE
    assert done.remarks == []


@pytest.mark.parametrize("metadata", ["", "[", "- 1", "submission_1: 2", "submission_1: {':submitters': [3]}", "!!x 1"])
def test_unreadable_metadata_are_ignored(course: Course, metadata: str) -> None:
    gather(course, {"submission_metadata.yml": metadata, "submission_1/c.ipynb": "1"})
    assert collected(course) == {"submission_1/c.ipynb": "1"}


UNCOLLECTED = Path("downloaded", LAB, "uncollected.json")
HOSTILE = {
    "/tmp/m_1_2_c.ipynb": "absolute",
    "../m_1_2_c.ipynb": "outside",
    "m_1_2_/../../../x.ipynb": "outside",
    "..\\m_1_2_c.ipynb": "outside",
    "C:\\m_1_2_c.ipynb": "a drive",
    "m_1_2_..": "a folder's name",
    ".._2026-01-30T17:05:00_c.ipynb": "the student ..",
    "._2026-01-30T17:05:00_c.ipynb": "the student .",
    "*_2026-01-30T17:05:00_c.ipynb": "all students",
    "[am]_2026-01-30T17:05:00_c.ipynb": "two students",
    "\x1b[31mred_2026-01-30T17:05:00_c.ipynb": "a terminal's command",
    "\u202ered_2026-01-30T17:05:00_c.ipynb": "the other direction",
    f"{'x' * 200}_2026-01-30T17:05:00_c.ipynb": "too long for the gradebook",
    f"m_1_2_{'x' * 300}": "too long for a file",
    "x" * 5000: "too long for anything",
    "/".join("abcdefghijkl"): "too deep",
    "m_2026-01-30T17:05:00_timestamp.txt": "a forged time",
    "m_2026-01-30T17:05:00_.\\timestamp.txt": "a forged time, with a backslash",
    "m_1_2_": "no file",
    "_1_2_c.ipynb": "no student",
}


@pytest.mark.parametrize("name", HOSTILE, ids=list(HOSTILE.values()))
def test_a_hostile_name_does_not_stop_the_others(course: Course, name: str) -> None:
    before = set(course.root.parent.rglob("*"))
    done = gather(course, {name: "evil", "anna_2026-01-30T17:05:00_c.ipynb": "1"})
    assert collected(course) == {"anna/c.ipynb": "1"}
    new = {path.relative_to(course.root) for path in set(course.root.parent.rglob("*")) - before}
    assert {path.parts[0] for path in new} == {"submitted", "downloaded", "download.zip", ".autograding"}
    assert [str(path) for path in new if path.parts[0] == "downloaded" and path.suffix] == [str(UNCOLLECTED)]
    assert len(done.remarks) == 1
    assert "not collected" in done.remarks[0]
    assert done.remarks[0].isprintable()


def test_a_member_without_a_name_does_not_stop_the_others(course: Course) -> None:
    path = pack(course.root / "x.zip", {"Zx": "evil", "b_1_2_c.ipynb": "2"})
    path.write_bytes(path.read_bytes().replace(b"Zx", b"\0x"))
    collect(course, LAB, [path])
    assert collected(course) == {"b/c.ipynb": "2"}


def test_a_link_a_bomb_and_a_file_in_a_file_are_left_out(course: Course) -> None:
    link = zipfile.ZipInfo("m_1_2_link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(course.root / "download.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("m_1_3_bomb.ipynb", bytes(257 << 20))
        archive.writestr("m_1_4_c", "file")
        archive.writestr("m_1_5_c/d", "in it")
        archive.writestr("anna_2026-01-30T17:05:00_c.ipynb", "1")
    done = collect(course, LAB, [course.root / "download.zip"])
    assert collected(course) == {"anna/c.ipynb": "1", "m/c": "file"}
    assert {remark.split(":")[0] for remark in done.remarks} == {
        "m",
        "m_1_2_link.ipynb",
        "m_1_3_bomb.ipynb",
        "m_1_5_c/d",
    }


def test_a_link_on_the_disk_is_left_out(course: Course) -> None:
    archive = course.root / "downloaded" / LAB / "archive"
    archive.mkdir(parents=True)
    (archive / "m_1_2_c.ipynb").symlink_to("/etc/passwd")
    done = collect(course, LAB)
    assert collected(course) == {}
    assert course.submitted(LAB) == ["m"]  # and the report says that there is nothing in it
    assert done.remarks == ["m_1_2_c.ipynb: not collected: it is a link"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no more", b"x" * 1000])
def test_a_broken_archive_is_named_and_the_others_are_collected(course: Course, content: bytes) -> None:
    archive = course.root / "downloaded" / LAB / "archive"
    pack(archive / "a.zip", {"anna_2026-01-30T17:05:00_c.ipynb": "1"})
    (archive / "b.zip").write_bytes(content)
    why = "not collected: the archive is broken or empty. Download it again"
    assert collect(course, LAB).remarks == [f"b.zip: {why}"]
    assert collected(course) == {"anna/c.ipynb": "1"}


def test_a_broken_member_does_not_stop_the_others(course: Course) -> None:
    path = pack(course.root / "x.zip", {"a_1_2_c.ipynb": "spoil me " * 100, "b_1_2_c.ipynb": "2"})
    spoilt = bytearray(path.read_bytes())
    spoilt[45:50] = b"\xff" * 5
    path.write_bytes(spoilt)
    done = collect(course, LAB, [path])
    assert collected(course) == {"b/c.ipynb": "2"}
    assert "a_1_2_c.ipynb: not collected" in done.remarks[0]


def test_the_only_student_cannot_submit_for_another(course: Course) -> None:
    done = gather(course, {"M_M_mallory_3/anna_2027-01-30T17:05:00_c.ipynb": "evil"})
    assert collected(course) == {}
    assert "it may belong to mallory or anna" in done.remarks[0]
    gather(course, {"M_M_mallory_3/anna_2027-01-30T17:05:00_c.ipynb": "evil"}, platform="ilias")
    assert collected(course) == {"mallory/anna_2027-01-30T17:05:00_c.ipynb": "evil"}


def test_folders_of_single_students_can_be_collected(course: Course, tmp_path: Path) -> None:
    for name in ("M_M_mallory_3/anna_2027-01-30T17:05:00_c.ipynb", "A_A_anna_4/c.ipynb"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name[:3])
    collect(course, LAB, [tmp_path / "M_M_mallory_3", tmp_path / "A_A_anna_4"])
    assert collected(course) == {"mallory/anna_2027-01-30T17:05:00_c.ipynb": "M_M", "anna/c.ipynb": "A_A"}


OLD, NEW = "a_2026-01-30T17:05:00_c.ipynb", "a_2026-01-31T17:05:00_c.ipynb"
BARE = "a_1_2_c.ipynb"


@pytest.mark.parametrize(
    ("first", "second", "force", "content", "words"),
    [
        (OLD, NEW, False, "2", "replaces the submission in submitted/ (2026-01-30 17:05:00)"),
        (NEW, OLD, False, "1", "not collected: the submission in submitted/ is newer (2026-01-31 17:05:00 UTC)"),
        (NEW, OLD, True, "2", "replaces the submission in submitted/"),
        (OLD, OLD, False, "2", "replaces the submission in submitted/"),
        (BARE, BARE, False, "1", "it is unknown which is newer: --force takes this one"),
        (BARE, BARE, True, "2", "replaces the submission in submitted/ (without a time)"),
        (BARE, OLD, False, "1", "it is unknown which is newer"),
        (OLD, BARE, False, "1", "it is unknown which is newer"),
    ],
)
def test_a_newer_submission_replaces_an_older_one(
    course: Course, first: str, second: str, force: bool, content: str, words: str
) -> None:
    gather(course, {first: "1"})
    done = gather(course, {second: "2"}, force=force)
    assert collected(course) == {"a/c.ipynb": content}
    assert words in done.remarks[-1]


def test_the_same_file_submitted_again_gets_the_later_time(course: Course) -> None:
    gather(course, {OLD: "1"})
    assert gather(course, {NEW: "1"}).students == ["a"]
    assert time_of(course, "a") == datetime(2026, 1, 31, 17, 5)


def test_an_unreadable_submission_replaces_nothing(course: Course) -> None:
    gather(course, {OLD: "1"})
    path = pack(course.root / "download.zip", {NEW: "spoil me " * 100})
    spoilt = bytearray(path.read_bytes())
    spoilt[60:65] = b"\xff" * 5
    path.write_bytes(spoilt)
    assert "the submission in submitted/ stays" in collect(course, LAB, [path]).remarks[-1]
    assert collected(course) == {"a/c.ipynb": "1"}


def test_an_error_for_one_student_does_not_stop_the_others(course: Course) -> None:
    (course.root / "submitted").mkdir()
    (course.root / "submitted" / "a").write_text("a file")
    done = gather(course, {OLD: "1", "b_1_2_c.ipynb": "2"})
    assert collected(course) == {"b/c.ipynb": "2"}
    assert done.remarks == [f"{OLD}: not collected: File exists"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([LAB], "archive is missing. Put the downloads of your learning platform into"),
        ([LAB, "nowhere.zip"], "nowhere.zip is missing"),
        (["lab99"], "there is no lab lab99"),
        ([LAB, "--platform", "noodle"], "there is no platform noodle; there are moodle, "),
    ],
)
def test_an_error_is_one_line(
    course: Course, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["--course", str(course.root), "collect", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


@pytest.mark.slow
def test_the_report_names_students_without_a_notebook(small_course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = Course(small_course)
    released = (course.root / "release" / LAB / "small.ipynb").read_text()
    names = {"a_1_2_small.html": "<p>", "b_1_2_small.ipynb.txt": released, "c_1_2_photo.jpg": "x"}
    pack(course.root / "downloaded" / LAB / "archive" / "canvas.zip", {**names, "d_1_2_SMALL.IPYNB": released})
    assert main(["--course", str(course.root), "collect", LAB]) == 0
    assert "a: no notebook in small.html" in capsys.readouterr().out
    main(["--course", str(course.root), "autograde", LAB])
    notes = {score.student: "; ".join(score.notes) for score in read_marks(course)}
    assert "holds no small.ipynb (found: small.html)" in notes["a"]
    assert "holds no small.ipynb (found: photo.jpg)" in notes["c"]
    assert "holds no" not in notes["b"] + notes["d"]
