"""A class of thirty is collected from each learning platform, without and with a roster."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from helpers.grading.collect import Uncollected, attempts, collect, go_back, read_uncollected
from helpers.grading.course import Course
from helpers.grading.intake import read_time
from helpers.grading.term.roster import ROSTER
from helpers.notebooks.errors import CourseError
from tests.conftest import SMALL
from tests.grading import platforms_as_given as given
from tests.grading.platforms_as_given import NOON, PEOPLE, PLATFORMS, Uploaded, roster_of

LAB = SMALL.assignment
MISSING = PEOPLE[-1]
SENT = [Uploaded(person, {"small.ipynb": person.login.encode()}) for person in PEOPLE if person is not MISSING]
NAMESAKES = {"s02", "s03"}
ANONYMOUS = ("moodle-blind", "canvas-anonymous")
WITHOUT_IDS = ("moodle", "moodle-new", "moodle-flat")  # these give names, and numbers that differ from lab to lab
LOCAL = '[course]\ntimezone = "Europe/Berlin"\n'


def notebooks(course: Course) -> dict[str, str]:
    """The notebook of each student in `submitted/`."""
    paths = course.root.glob(f"submitted/*/{LAB}/small.ipynb")
    return {path.parent.parent.name: path.read_text() for path in paths}


def test_there_are_thirty() -> None:
    assert len(PEOPLE) == len({person.login for person in PEOPLE}) == 30
    assert PEOPLE[1].name == PEOPLE[2].name


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_a_roster_each_student_has_a_folder(platform: str, course: Course, tmp_path: Path) -> None:
    done = collect(course, LAB, [PLATFORMS[platform](tmp_path, SENT)])
    assert sorted(notebooks(course).values()) == [upload.student.login for upload in SENT]
    assert done.uncollected == []
    assert not list(course.root.glob("submitted/**/.git*"))


@pytest.mark.parametrize("platform", [name for name in PLATFORMS if name not in ANONYMOUS])
@pytest.mark.parametrize("numbers", [True, False])
def test_with_a_roster_each_submission_is_its_students(
    platform: str, numbers: bool, course: Course, tmp_path: Path
) -> None:
    roster_of(PEOPLE, course.root / ROSTER, numbers)
    done = collect(course, LAB, [PLATFORMS[platform](tmp_path, SENT)])
    unclear = NAMESAKES if platform in WITHOUT_IDS or (platform in ("canvas", "brightspace") and not numbers) else set()
    found = notebooks(course)
    assert found == {
        upload.student.login: upload.student.login for upload in SENT if upload.student.login not in unclear
    }
    assert len(done.missing) == len(unclear) + 1
    assert all("Lang, Lea (s02) or Lang, Lea (s03)" in entry.reason for entry in done.uncollected)
    assert {entry.student for entry in done.uncollected} <= {""}


@pytest.mark.parametrize("platform", ANONYMOUS)
def test_nobody_is_guessed_behind_an_anonymous_name(platform: str, course: Course, tmp_path: Path) -> None:
    roster_of(PEOPLE, course.root / ROSTER)
    done = collect(course, LAB, [PLATFORMS[platform](tmp_path, SENT)])
    assert notebooks(course) == {}
    assert len(done.uncollected) == len(SENT)


def test_whoever_sent_nothing_and_whatever_is_nobodys_is_listed(course: Course, tmp_path: Path) -> None:
    roster_of(PEOPLE, course.root / ROSTER)
    path = PLATFORMS["canvas"](tmp_path, SENT)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("final version(2).ipynb", "?")
        archive.writestr("ironivy_9_9_small.ipynb", "?")
    done = collect(course, LAB, [path])
    assert done.missing == ["Öst, Åsa (s30)"]
    unnamed, unknown = done.uncollected
    assert "its name is not like those of any learning platform" in unnamed.reason
    assert "lists nobody called “ironivy” (similar: Irons, Ivy (s01)" in unknown.reason
    assert read_uncollected(course, LAB) == done.uncollected


def test_the_gradebook_knows_names(course: Course, tmp_path: Path) -> None:
    roster_of(PEOPLE, course.root / ROSTER)
    collect(course, LAB, [PLATFORMS["course"](tmp_path, SENT[:1])])
    with course.gradebook() as gradebook:
        assert len(gradebook.students) == 30
        ivy = gradebook.find_student("s01")
    assert (ivy.first_name, ivy.last_name, ivy.email) == ("Ivy", "Irons", "s01@uni.example")


def test_a_number_distinguishes_namesakes_and_a_name_that_contradicts_it_is_nobodys(
    course: Course, tmp_path: Path
) -> None:
    roster_of(PEOPLE, course.root / ROSTER)
    renamed = replace(PEOPLE[1], first="Lea", last="Newname")
    wrong = replace(PEOPLE[0], number=PEOPLE[3].number)
    sent = [Uploaded(renamed, {"small.ipynb": b"s02"}), Uploaded(wrong, {"small.ipynb": b"whose?"})]
    done = collect(course, LAB, [PLATFORMS["canvas"](tmp_path, sent)])
    assert notebooks(course) == {"s02": "s02"}
    assert "may be from O'Brien-Smith, Zoë (s04) or Irons, Ivy (s01)" in done.uncollected[0].reason


def test_a_namesake_who_is_not_in_the_roster_gets_nobodys_place(course: Course, tmp_path: Path) -> None:
    roster_of([PEOPLE[1]], course.root / ROSTER)
    done = collect(course, LAB, [PLATFORMS["moodle"](tmp_path, SENT[1:3])])
    assert notebooks(course) == {}
    assert "771000 and 771001 on the platform could both be Lang, Lea (s02)" in done.uncollected[0].reason


def test_names_of_groups_are_known_if_asked_for(course: Course, tmp_path: Path) -> None:
    roster_of(PEOPLE, course.root / ROSTER)
    path = given.moodle(tmp_path, SENT[14:17], group="Group A-")
    assert collect(course, LAB, [path]).students == []
    assert collect(course, LAB, [path], groups=True).students == ["s15", "s16", "s17"]
    assert read_uncollected(course, LAB) == []


def blackboards(tmp_path: Path, *hours: int) -> Path:
    """Ivy's attempts at these hours after noon."""
    attempts = [
        Uploaded(PEOPLE[0], {"small.ipynb": f"{hour}".encode()}, NOON + timedelta(hours=hour)) for hour in hours
    ]
    return given.blackboard(tmp_path, attempts)


def test_blackboards_own_files_give_name_and_time_and_are_no_submission(course: Course, tmp_path: Path) -> None:
    people = [replace(person, login=f"id{place}") for place, person in enumerate(PEOPLE)]
    roster_of(people, course.root / ROSTER, numbers=False)
    empty = Uploaded(PEOPLE[0], {}, NOON + timedelta(hours=1))
    done = collect(course, LAB, [given.blackboard(tmp_path, [SENT[0], empty])])
    assert [path.name for path in sorted(course.folder("submitted", "id0", LAB).iterdir())] == [
        "small.ipynb",
        "timestamp.txt",
    ]
    assert read_time(course.folder("submitted", "id0", LAB)) == NOON - timedelta(hours=1)  # CET
    assert [entry.reason[:25] for entry in done.uncollected] == ["an attempt without a file"]


def test_the_course_s_time_zone_holds_for_times_without_one(course: Course, tmp_path: Path) -> None:
    (course.root / "course.toml").write_text('[course]\ntimezone = "America/New_York"\n')
    collect(course, LAB, [given.brightspace(tmp_path, SENT[:1])])
    assert read_time(course.folder("submitted", "Ivy Irons", LAB)) == NOON + timedelta(hours=5)


DUE = f"[labs.{LAB}]\ndue = {NOON + timedelta(hours=1)}Z\n"
EXTENDED = f'{DUE}[students.s01.extensions]\n{LAB} = "2 days"\n'


@pytest.mark.parametrize(("rules", "in_time", "counts"), [(DUE, False, "9"), (DUE, True, "1"), (EXTENDED, True, "9")])
def test_the_last_attempt_counts_or_the_last_in_time(
    course: Course, tmp_path: Path, rules: str, in_time: bool, counts: str
) -> None:
    (course.root / "course.toml").write_text(rules)
    done = collect(course, LAB, [blackboards(tmp_path, 0, 1, 9)], last_in_time=in_time)
    assert notebooks(course) == {"s01": counts}
    assert len(list(course.root.glob(f"downloaded/{LAB}/attempts/s01/*/small.ipynb"))) == 2
    assert ("--last-in-time takes the one of 2026-01-30 12:05:00 UTC" in " ".join(done.notes)) == (
        rules is DUE and not in_time
    )


def test_an_instructor_can_go_back_and_collecting_again_does_not_undo_it(course: Course, tmp_path: Path) -> None:
    path = blackboards(tmp_path, 0, 1, 9)
    collect(course, LAB, [path])
    with pytest.raises(CourseError, match="several attempts"):
        go_back(course, LAB, "s01/2026-01-30")
    with pytest.raises(CourseError, match=r"no attempt of .* There are: s01/2026"):
        go_back(course, LAB, "s01/../s01")
    assert go_back(course, LAB, "s01/2026-01-30T11") == "s01"
    assert notebooks(course) == {"s01": "0"}
    assert "put aside before: --force takes it" in collect(course, LAB, [path]).remarks[0]
    assert notebooks(course) == {"s01": "0"}
    collect(course, LAB, [path], force=True)
    assert notebooks(course) == {"s01": "9"}


def test_what_was_looked_at_again_is_listed_anew(course: Course, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        (folder / "x.ipynb").write_text("1")
    collect(course, LAB, [first])
    collect(course, LAB, [second])
    assert [entry.file for entry in read_uncollected(course, LAB)] == ["x.ipynb", "x.ipynb"]
    (first / "x.ipynb").rename(first / "anna_2026-01-30T17:05:00_x.ipynb")
    collect(course, LAB, [first])
    left = Uncollected("x.ipynb", read_uncollected(course, LAB)[0].reason, "", str(second / "x.ipynb"))
    assert read_uncollected(course, LAB) == [left]


@pytest.mark.parametrize("content", ["", "[", "{}", '[{"x": 1}]', "[1]", '{"a": "b"}'])
def test_a_spoilt_list_is_as_good_as_none(course: Course, content: str) -> None:
    path = course.root / "downloaded" / LAB / "uncollected.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert read_uncollected(course, LAB) == []


@pytest.mark.parametrize("name", ["lab.zip", "SMALL.IPYNB", "page.html", "paper.pdf", "answers.py", "text.docx"])
def test_whatever_was_handed_in_is_collected_unchanged(course: Course, tmp_path: Path, name: str) -> None:
    content = b"Rar!\x1a\x07\x01\x00" + bytes(range(256))
    done = collect(course, LAB, [PLATFORMS["canvas"](tmp_path, [Uploaded(PEOPLE[0], {name: content})])])
    assert (course.folder("submitted", "ironsivy", LAB) / name).read_bytes() == content
    remarks = [] if name == "SMALL.IPYNB" else [f"ironsivy: no notebook in {name} (a RAR archive)"]
    assert done.remarks == remarks


PACKED = {b"7z\xbc\xaf\x27\x1c": "a 7z archive", b"Rar!\x1a\x07": "a RAR archive", b"\x1f\x8b": "a gzip file"}


@pytest.mark.parametrize(("start", "kind"), PACKED.items())
def test_a_download_that_is_no_zip_is_called_what_it_is(
    course: Course, tmp_path: Path, start: bytes, kind: str
) -> None:
    (tmp_path / "class.zip").write_bytes(start + bytes(600))
    assert f"it is {kind}, not a zip archive" in collect(course, LAB, [tmp_path / "class.zip"]).remarks[0]


@pytest.mark.parametrize(
    "part", [b"PK\x07\x08PK\x03\x04" + bytes(99), b"data" * 9 + b"PK\5\6" + b"\1\0" * 2 + bytes(14)]
)
def test_a_part_of_a_split_archive_is_called_so(course: Course, tmp_path: Path, part: bytes) -> None:
    (tmp_path / "class.zip").write_bytes(part)
    assert "one part of an archive in several parts" in collect(course, LAB, [tmp_path / "class.zip"]).remarks[0]


def test_an_encrypted_file_is_named_and_the_rest_of_the_class_is_collected(course: Course, tmp_path: Path) -> None:
    path = PLATFORMS["course"](tmp_path, SENT[:2])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    done = collect(course, LAB, [path])
    assert notebooks(course) == {"s02": "s02"}
    assert done.remarks == ["s01_2026-01-30T12:05:00_small.ipynb: not collected: it is encrypted"]


def test_canvas_says_who_is_late(course: Course, tmp_path: Path) -> None:
    done = collect(course, LAB, [PLATFORMS["canvas"](tmp_path, [replace(SENT[0], is_late=True), SENT[3]])])
    assert [note.split(":")[0] for note in done.notes] == ["ironsivy"]


def test_a_full_disk_costs_nobody_what_was_collected(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = PLATFORMS["course"](tmp_path, SENT[:1])
    monkeypatch.setattr(attempts, "MIN_FREE", 1 << 60)
    assert "GiB would stay free on the disk" in collect(course, LAB, [path]).remarks[0]
    assert notebooks(course) == {}
    assert not list(course.root.glob(".collecting-*"))
