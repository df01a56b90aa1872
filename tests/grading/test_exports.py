"""Exports as platforms read them: each is read back by the rules that its documentation, or its own source, gives."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

from helpers.cli import main
from helpers.grading.course import Course
from helpers.grading.exports.export import Request, export
from helpers.grading.exports.options import Options
from helpers.grading.exports.results import results
from helpers.grading.exports.sheet import Sheet
from helpers.grading.term.marks import Mark
from helpers.notebooks.errors import CourseError
from tests.grading.gradebooks import LAB, enter

ROSTER = """id,name,email,platform_id,section
ada1,"Lovelace, Ada",ada@uni.example,101,Mon
ben2,"Ben ""B."" O'Neill",ben@uni.example,102,Mon
zoe3,Zoë Ärmel-Noël,zoe@uni.example,103,Tue
lina4,لينا حداد,lina@uni.example,104,Tue
max5,Max Muster,max@uni.example,105,Tue
eva6,=HYPERLINK(1),eva@uni.example,106,Tue
"""
SCORES = {"ada1": "6", "ben2": "2.5", "zoe3": "", "lina4": "4", "max5": "", "eva6": ""}


@pytest.fixture(scope="module")
def entered(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada, Ben and Lina have scores, Zoë waits for a person, Max is exempt, Eva has submitted nothing."""
    course = Course(shutil.copytree(released_course, tmp_path_factory.mktemp("exports") / "course"))
    (course.root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (course.root / "course.toml").write_text(f'[students.max5]\nexempt = ["{LAB}"]', encoding="utf-8")
    enter(course, "ada1", by_hand=1.0)
    enter(course, "ben2", {"k1-double-hidden": 2.0}, by_hand=0.5, reasons={"k1-double": "K1: \x1b[2Jwrong\nK1: no"})
    enter(course, "zoe3")
    enter(course, "lina4", {"k1-double-hidden": 2.0, "k2-x-hidden": 1.0}, by_hand=1.0)
    enter(course, "max5", by_hand=1.0)
    return course.root


@pytest.fixture
def course(entered: Path, tmp_path: Path) -> Course:
    """A copy of that class to write into."""
    return Course(shutil.copytree(entered, tmp_path / "course"))


def run(
    course: Course, platform: str, gradebook: str | bytes = "", options: Options | None = None
) -> tuple[bytes, str]:
    """Export the small lab; gives the content of the file, and all that was said."""
    given = course.root / "given.csv" if gradebook else None
    if given:
        given.write_bytes(gradebook if isinstance(gradebook, bytes) else gradebook.encode())
    done = export(course, Request(platform, [LAB], course.root / "out.csv", given, options=options or Options()))
    return done.path.read_bytes(), "\n".join(done.remarks)


def rows_of(content: bytes, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Lab 0: small (4711),Quiz (4712),Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,6.00,10.00,(read only),(read only)\r\n"
    '"Lovelace, Ada",101,,ada1,"Mon, ""early""",,9.00,90.00,45.00\r\n'
    '"O\'Neill, Ben ""B.""",102,,ben2,Mon,"1.00",,,\r\n'
    '"Ärmel-Noël, Zoë",103,,zoe3,Tue,,,,\r\n'
    "لينا حداد,104,,lina4,Tue,,,,\r\n"
    '"Muster, Max",105,,max5,Tue,,,,\r\n'
    '"Person, New",999,,new9,Tue,3.00,,,\r\n'
    '"Student, Test",1,,abcdef,Tue,,,,\r\n'
)


def read_canvas(content: bytes) -> dict[str, str]:
    """Read as https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb does; scores by login."""
    rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) if any(row)]
    headings = rows[0]
    assert "Student" in headings[0]
    assert headings[1:4] == ["ID", "SIS User ID", "SIS Login ID"]
    assert "Section" in headings[4]
    column = next(place for place, name in enumerate(headings) if re.match(r"Lab 0|lab00", name))
    people = [row for row in rows[1:] if "Points Possible" not in row[0] and any(row[:column])]
    return {row[3]: row[column] for row in people}


def test_canvas_own_gradebook_is_filled_in_and_nothing_else_changes(course: Course) -> None:
    content, said = run(course, "canvas", CANVAS)
    unknown = {"new9": "3.00", "abcdef": ""}
    assert read_canvas(content) == {"ada1": "6", "ben2": "2.5", "zoe3": "", "lina4": "4", "max5": "EX", **unknown}
    expected = CANVAS.replace('early""",,9.00', 'early""",6,9.00').replace('Mon,"1.00"', 'Mon,"2.5"')
    expected = expected.replace("lina4,Tue,,", "lina4,Tue,4,").replace("max5,Tue,,", "max5,Tue,EX,")
    assert content == expected.encode()
    assert "In given.csv only; these rows stay as they are (1): 999" in said
    assert "Students without a row in given.csv (1): =HYPERLINK(1) (eva6)" in said
    assert "until a person has marked written answers, or with --with-unmarked (1): Zoë Ärmel-Noël" in said


def test_a_new_table_for_canvas(course: Course) -> None:
    content, said = run(course, "canvas")
    assert read_canvas(content) == {**SCORES, "max5": "EX"}
    rows = {row["SIS Login ID"]: row for row in rows_of(content)}
    assert rows["ada1"]["Student"] == "Lovelace, Ada"
    assert rows["zoe3"]["Student"] == "Ärmel-Noël, Zoë"
    assert rows["eva6"]["Student"].startswith("'=")  # a spreadsheet would run it
    assert rows[""][LAB] == "6"  # points possible
    assert "because nothing was submitted, or 0 with --missing-as-zero (1): =HYPERLINK(1)" in said


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (Options(with_unmarked=True), {"zoe3": "5"}),
        (Options(missing_as_zero=True), {"eva6": "0"}),
        (Options(percent=True), {"ada1": "100", "ben2": "41.67", "lina4": "66.67"}),
    ],
)
def test_options(options: Options, changed: dict[str, str], course: Course) -> None:
    content, _ = run(course, "csv", options=options)
    assert {row["student"]: row[LAB] for row in rows_of(content)} == {**SCORES, **changed}


def test_a_plain_table_has_a_total(course: Course) -> None:
    content, _ = run(course, "csv")
    totals = {row["student"]: row["total in percent"] for row in rows_of(content)}
    assert (totals["ada1"], totals["zoe3"], totals["max5"], totals["eva6"]) == ("100", "", "", "")


def test_canvas_with_semicolons_and_names_in_two_columns(course: Course) -> None:
    given = (
        "LastName;FirstName;ID;SIS Login ID;Section;Small (4711)\n Points Possible;;;;;6,00\nLovelace;Ada;;;Mon;5,5\n"
    )
    path = course.root / "given.csv"
    path.write_text(given)
    request = Request("canvas", [LAB], course.root / "out.csv", path, {LAB: "Small"})
    assert export(course, request).path.read_text() == given.replace("5,5", "6")


MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    'Participant 101,"Ada Lovelace",ada@uni.example,"Submitted for grading - ",,6.00,Yes,-,-,"<p>Good, ""Ada""'
    '</p>\nGo on"\n'
    'Participant 7,"Zoë Ärmel-Noël",zoe@uni.example,"Submitted for grading - ",,6.00,Yes,-,-,\n'
    'Participant 8,"Nobody Known",no@uni.example,"No submission - ",,6.00,Yes,-,-,\n'
    'Participant 9,"لينا حداد",,"Submitted for grading - ",,6.00,Yes,-,-,\n'
)


def read_moodle(content: bytes) -> dict[str, str]:
    """Read as Moodle's mod/assign/feedback/offline/importgradeslib.php does: grades by the participant's number."""
    rows = rows_of(content, encoding="utf-8")
    assert {"Identifier", "Grade", "Last modified (grade)"} <= rows[0].keys()
    return {row["Identifier"].removeprefix("Participant "): row["Grade"] for row in rows}


def test_moodles_grading_worksheet(course: Course) -> None:
    content, said = run(course, "moodle", MOODLE)
    assert read_moodle(content) == {"101": "6", "7": "", "8": "", "9": "4"}
    expected = MOODLE.replace('grading - ",,6.00,Yes,-,-,"<p>', 'grading - ",6,6.00,Yes,-,-,"<p>')
    assert content.decode() == expected.replace(',,"Submitted for grading - ",,', ',,"Submitted for grading - ",4,')
    assert "these rows stay as they are (1): 8" in said


def test_a_worksheet_belongs_to_one_lab(course: Course) -> None:
    path = course.root / "given.csv"
    path.write_text(MOODLE.replace("6.00", "100.00"))
    with pytest.raises(CourseError, match="100 is the highest score on the platform, 6 in the export"):
        export(course, Request("moodle", [LAB], course.root / "out.csv", path))
    assert not (course.root / "out.csv").exists()
    percent = Request("moodle", [LAB], course.root / "out.csv", path, options=Options(percent=True))
    assert read_moodle(export(course, percent).path.read_bytes())["101"] == "100"


def test_students_whom_only_moodle_names_are_found_by_name_and_number(course: Course) -> None:
    (course.root / "roster.csv").unlink()
    (course.root / "course.toml").unlink()
    enter(course, "Nobody Known_8", by_hand=1.0)
    content, _ = run(course, "moodle", MOODLE)
    assert read_moodle(content)["8"] == "6"


BLACKBOARD = (
    '\ufeff"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Availability"\t'
    '"Lab 0 [Total Pts: 6 Score] |664617"\r\n'
    '"Lovelace"\t"Ada"\t"ada1"\t""\t"Yes"\t""\r\n"O\'Neill"\t"Ben"\t"ben2"\t""\t"Yes"\t"1.00"\r\n"X"\t"Y"\t"xy"\t""\t"No"\t""'
)


def read_blackboard(content: bytes) -> dict[str, str]:
    """Read scores by user name, as in
    https://en-us.help.blackboard.com/Learn/Instructor/Grade/Grading_Tasks/Work_Offline_With_Grade_Data."""
    assert content.startswith(b"\xff\xfe")
    rows = rows_of(content, "\t", "utf-16")
    (column,) = [name for name in rows[0] if "[Total Pts: 6 Score]" in name]
    assert {"Last Name", "First Name", "Username"} <= rows[0].keys()
    return {row["Username"]: row[column] for row in rows}


def test_blackboards_own_gradebook(course: Course) -> None:
    content, said = run(course, "blackboard", BLACKBOARD.encode("utf-16-le"))
    assert read_blackboard(content) == {"ada1": "6", "ben2": "2.5", "xy": ""}
    expected = BLACKBOARD.replace('"Yes"\t""', '"Yes"\t"6"').replace('"1.00"', '"2.5"')
    assert content.decode("utf-16-le") == expected
    assert "In given.csv only; these rows stay as they are (1): xy" in said


def test_a_new_table_for_blackboard(course: Course) -> None:
    content, _ = run(course, "blackboard")
    assert read_blackboard(content) == SCORES
    names = {row["Username"]: (row["Last Name"], row["First Name"]) for row in rows_of(content, "\t", "utf-16")}
    assert names["ben2"] == ("O'Neill", 'Ben "B."')


BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Lab 0 Points Grade <Numeric MaxPoints:6 Weight:10>,"
    "End-of-Line Indicator\n"
    "#101,#ada1,Lovelace,Ada,,#\n#102,#ben2,O'Neill,Ben,1,#\n#900,#nn,N,N,,#\n"
)


def read_brightspace(content: bytes) -> dict[str, str]:
    """Read points by user name: https://community.d2l.com/brightspace/kb/articles/3538-importing-grades."""
    rows = rows_of(content)
    (column,) = [name for name in rows[0] if " Points Grade" in name]
    assert {row["End-of-Line Indicator"] for row in rows} == {"#"}
    return {row["Username"].removeprefix("#"): row[column] for row in rows}


def test_brightspaces_own_gradebook(course: Course) -> None:
    content, said = run(course, "brightspace", BRIGHTSPACE)
    assert content.decode() == BRIGHTSPACE.replace("Ada,,", "Ada,6,").replace("Ben,1,", "Ben,2.5,")
    assert read_brightspace(content) == {"ada1": "6", "ben2": "2.5", "nn": ""}
    assert "stay as they are (1): 900" in said


def test_a_new_table_for_brightspace(course: Course) -> None:
    assert read_brightspace(run(course, "brightspace")[0]) == SCORES


def test_gradescopes_results(course: Course) -> None:
    done = export(course, Request("gradescope", to=course.root / "out"))
    written = {path.parent.name: json.loads(path.read_text()) for path in done.path.glob(f"{LAB}/*/results.json")}
    assert written.keys() == {"ada1", "ben2", "lina4"}
    ben = written["ben2"]
    assert ben["score"] == 2.5 == sum(test["score"] for test in ben["tests"])
    (first,) = [test for test in ben["tests"] if test["name"] == "k1-double"]
    assert (first["max_score"], first["output"], first["visibility"]) == (4, "K1: wrong\nK1: no", "after_published")


def test_students_read_no_notes_that_are_for_the_instructor() -> None:
    mark = Mark("ada", "Ada", "", LAB, 6, 1.2, 4.8, 6, notes=["an accuracy higher than the lab's networks reach"])
    content = json.loads(results(mark))
    assert "accuracy" not in json.dumps(content)
    assert content["output"] == "6 points, less 1.2 because it came late."


@pytest.mark.parametrize(
    ("platform", "given", "words"),
    [
        ("canvas", CANVAS.replace("Lab 0: small", "Lab 1"), f"no column for {LAB} (its columns: Lab 1, Quiz)"),
        (
            "canvas",
            CANVAS.replace(": small", "").replace("Quiz", "Lab 00 b"),
            f"more than one column for {LAB} (these fit",
        ),
        ("canvas", MOODLE, "no column that says whose a row is"),
        ("moodle", "a,b\n1,2\n", "no column that says whose a row is"),
        ("canvas", b"\xe9,\xff\xfe", "not text in UTF-8 or UTF-16"),
        ("canvas", ",\n\n", "is empty"),
        ("csv", CANVAS, "--gradebook needs a platform that gives one: --for canvas, moodle"),
        ("gradescope", CANVAS, "--gradebook needs a platform that gives one"),
    ],
)
def test_a_file_that_does_not_fit_is_said(platform: str, given: str | bytes, words: str, course: Course) -> None:
    with pytest.raises(CourseError) as error:
        run(course, platform, given)
    assert words in str(error.value)
    assert not (course.root / "out.csv").exists()


def test_the_column_with_the_labs_whole_name_comes_before_one_with_its_number(course: Course) -> None:
    content, _ = run(course, "canvas", CANVAS.replace("Quiz", "Lab 0 bonus"))
    assert read_canvas(content)["ada1"] == "6"


def test_a_row_that_fits_two_people_is_nobodys(course: Course) -> None:
    given = CANVAS.replace('"Lovelace, Ada",101', '"Lovelace, Ada",102')
    content, said = run(course, "canvas", given)
    assert read_canvas(content)["ada1"] == ""
    assert "In given.csv only; these rows stay as they are (2): 102; 999" in said


@pytest.mark.parametrize(
    "text",
    ["a", "a,b", "a,b\n", "a,b\r\n\r\n1,", '"a"b",c\n', '"open,\nx,"y', 'x,"a""b\nc",\r1;2', ",,\nx,", '\ufeff"a",b'],
)
def test_a_table_that_nobody_changes_stays_as_it_is(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(text.encode())
    assert Sheet.read(tmp_path / "x.csv").encode() == text.encode()


def test_the_command_says_what_is_left_out_and_where_the_file_is(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--course", str(course.root), "export", "--for", "canvas", LAB]) == 0
    said = capsys.readouterr().out
    assert f"3 scores are in {course.root / 'exports' / 'canvas.csv'}" in said
    assert main(["--course", str(course.root), "export", "--for", "canvas", "lab99"]) == 2
    assert f"holds no submission of lab99. There are: {LAB}" in capsys.readouterr().err
    assert main(["--course", str(course.root), "export", "--for", "canvas", "--column", "Quiz"]) == 2
    assert "--column Quiz: say which lab, and the column's title" in capsys.readouterr().err


def test_the_platforms_own_file_is_never_overwritten(course: Course) -> None:
    path = course.root / "given.csv"
    path.write_bytes(CANVAS.encode())
    with pytest.raises(CourseError, match="is the platform's own file"):
        export(course, Request("canvas", [LAB], path, path))
    assert path.read_bytes() == CANVAS.encode()


@pytest.mark.parametrize("name", ["roster.csv", "course.toml", "gradebook.db", "source", ""])
def test_no_file_of_the_course_is_replaced(name: str, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)
    before = {path: path.read_bytes() for path in course.root.iterdir() if path.is_file()}
    with pytest.raises(CourseError, match="Name another place"):
        export(course, Request("csv", [LAB], Path(name)))
    assert {path: path.read_bytes() for path in before} == before


def test_a_score_is_not_final_because_a_folder_is_missing(course: Course) -> None:
    shutil.rmtree(course.root / "autograded")
    said = run(course, "csv")[1]
    assert "until a person has marked written answers, or with --with-unmarked (1): Zoë Ärmel-Noël" in said


def test_no_total_holds_a_submission_that_is_not_graded(course: Course) -> None:
    enter(course, "ada1", {})
    with course.gradebook() as gradebook:
        gradebook.find_grade("k1-double-why", "small", LAB, "ada1").needs_manual_grade = False
        gradebook.db.commit()
    totals = {row["student"]: row["total in percent"] for row in rows_of(run(course, "csv")[0])}
    assert (totals["ada1"], totals["max5"], totals["lina4"]) == ("", "", "66.67")
