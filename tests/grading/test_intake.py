"""The intake recognises whatever students submit, and trusts none of it."""

from __future__ import annotations

import base64
import copy
import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import Mock, call

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.facts import FACTS_FILE, Facts, read_facts, write_facts
from helpers.grading.intake import Master, Submission, files, read_time, take_in
from helpers.notebooks import reader
from tests.conftest import LABS, SMALL
from tests.grading.conftest import RIGHT

Json = dict[str, Any]
TakeIn = Callable[..., Submission]
WORDS = "This is what I think."
NAME = "small.ipynb"


@pytest.fixture
def released(released_course: Path) -> NotebookNode:
    return nbformat.read(released_course / "release" / SMALL.assignment / NAME, as_version=4)


@pytest.fixture
def right(released: NotebookNode) -> Json:
    """The notebook with right answers, as JSON."""
    return json.loads(nbformat.writes(fill_in(released, RIGHT, words=WORDS)))


@pytest.fixture
def take(tmp_path: Path, master: Master) -> TakeIn:
    """Submit files by name, or a notebook as JSON, and take them in."""

    def take_them(files: dict[str, Any] | Json, **options: Any) -> Submission:
        folder = tmp_path / "submitted"
        named = files if "cells" not in files else {NAME: files}
        for name, content in named.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return take_in("ada", folder, master, SMALL.notebook, **options)

    return take_them


def cells(submission: Submission) -> list[NotebookNode]:
    return list(nbformat.reads(submission.notebook, as_version=4).cells)


def marked(submission: Submission) -> dict[str, NotebookNode]:
    """The lab's cells in a submission, by grade id, in their order."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells(submission) if "nbgrader" in cell.metadata}


def own(submission: Submission) -> list[str]:
    return [cell.source for cell in cells(submission) if "nbgrader" not in cell.metadata]


def cell_of(notebook: Json, name: str) -> Json:
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def is_right(submission: Submission, master: Master) -> bool:
    """Check that the lab's cells are there, in the lab's order, and the answers."""
    lab_cells = marked(submission)
    assert list(lab_cells) == list(master.positions)
    return {name: lab_cells[name].source for name in (*RIGHT, "k1-double-why")} == {**RIGHT, "k1-double-why": WORDS}


# --- dialects --------------------------------------------------------------------------------------------------------


def _old_format(notebook: Json) -> None:
    """As Colab writes it: format 4.0, with ids in the metadata."""
    notebook["nbformat_minor"] = 0
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["id"] = f"AbC{number}"
        del cell["id"]


def _format_3(notebook: Json) -> None:
    sheet = []
    for cell in notebook.pop("cells"):
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
            cell["prompt_number"] = cell.pop("execution_count")
            cell["language"] = "python"
        del cell["id"]
        sheet.append(cell)
    notebook["worksheets"] = [{"cells": sheet, "metadata": {}}]
    notebook.update(nbformat=3, nbformat_minor=0)


def _bare(notebook: Json) -> None:
    """Without everything that grading ignores."""
    del notebook["metadata"], notebook["nbformat"], notebook["nbformat_minor"]
    for cell in notebook["cells"]:
        for field in ("outputs", "execution_count", "id"):
            cell.pop(field, None)
        if not cell["metadata"]:
            del cell["metadata"]


def _texts(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])


def _strange_outputs(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell.update(outputs=[{"output_type": "display_data"}, 7], execution_count="many", attachments=5)
    notebook["metadata"] = {"widgets": {"application/vnd.jupyter.widget-state+json": {"a": {}}}, "kernelspec": "R"}


@pytest.mark.parametrize("change", [_old_format, _format_3, _bare, _texts, _strange_outputs])
def test_every_dialect_is_read(change: Callable[[Json], None], right: Json, take: TakeIn, master: Master) -> None:
    change(right)
    assert is_right(take({NAME: right}), master)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_encoding_is_read(encoding: str, right: Json, take: TakeIn, master: Master) -> None:
    text = json.dumps(right, ensure_ascii=False, indent=1).replace("\n", "\r\n")
    submission = take({NAME: text.encode(encoding)})
    assert is_right(submission, master)
    assert submission.notes == ()


def test_a_file_in_windows_encoding_is_read_with_a_note(right: Json, take: TakeIn) -> None:
    cell_of(right, "k1-double-why")["source"] = "Größe × Maß"
    submission = take({NAME: json.dumps(right, ensure_ascii=False).encode("cp1252", "replace")})
    assert marked(submission)["k1-double-why"].source == "Größe × Maß"
    assert "not saved as UTF-8" in submission.notes[0]


def test_a_broken_byte_costs_only_its_letter(right: Json, take: TakeIn) -> None:
    cell_of(right, "k1-double-why")["source"] = "Größe, Maß, größer, @"
    submission = take({NAME: json.dumps(right, ensure_ascii=False).encode().replace(b"@", b"\xff")})
    assert marked(submission)["k1-double-why"].source == "Größe, Maß, größer, \N{REPLACEMENT CHARACTER}"
    assert "broken" in submission.notes[0]


def test_text_after_the_notebook_is_ignored(right: Json, take: TakeIn, master: Master) -> None:
    assert is_right(take({NAME: json.dumps(right).encode() + b"\n<!-- saved by a web page -->"}), master)


def test_old_line_ends_and_unpaired_surrogates_are_replaced(right: Json, take: TakeIn) -> None:
    cell_of(right, "k1-double")["source"] = "def double(n):\r\n    return 2 * n  # \ud83d\r"
    assert marked(take(right))["k1-double"].source == "def double(n):\n    return 2 * n  # \N{REPLACEMENT CHARACTER}\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"  \n", "the file is empty"),
        (b"hello", "not JSON"),
        (b'{"cells": [', "not JSON"),
        (b'{"cells":' + b"[" * 100_000, "not JSON"),
        (b"[1, 2]", "not a valid notebook"),
        (b'{"cells": [' + b"[]," * 4_000_000 + b"[]]}", "more values than a notebook"),
        (b"NaN", "not a valid notebook"),
        (b'{"nbformat": 4, "metadata": {}, "cells": "none"}', "no list of cells"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not text"),
        (b"<!DOCTYPE html><html>Please sign in</html>", "not JSON"),
    ],
)
def test_an_unreadable_file_gives_an_empty_submission_with_a_reason(content: bytes, words: str, take: TakeIn) -> None:
    submission = take({NAME: content})
    assert not submission.is_readable
    assert words in submission.notes[0]
    assert words in cells(submission)[0].source
    assert "NotImplementedError" in marked(submission)["k1-double"].source


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["small (1).ipynb", "small-1.ipynb", "SMALL.IPYNB", "small.ipynb.txt", "small.ipynb.json", "homework", "a/x.ipynb"],
)
def test_a_notebook_is_recognised_under_any_name(name: str, right: Json, take: TakeIn, master: Master) -> None:
    submission = take({name: right, "notes.txt": b"Hello"})
    assert is_right(submission, master)
    assert submission.notes == (f"the notebook was found in {name} (expected: small.ipynb)",)


def test_of_two_notebooks_the_one_with_answers_counts(
    right: Json, released: NotebookNode, take: TakeIn, master: Master
) -> None:
    submission = take({NAME: json.loads(nbformat.writes(released)), "small-Copy1.ipynb": right})
    assert is_right(submission, master)
    assert submission.notes[1] == "another notebook was submitted too, but is not graded: small.ipynb"


def test_a_notebook_of_another_lab_is_not_preferred(released: NotebookNode, take: TakeIn) -> None:
    stubs = json.loads(nbformat.writes(released))
    submission = take({NAME: stubs, "other.ipynb": LABS[2].path.read_bytes()})
    assert submission.is_readable
    assert submission.notes == ("another notebook was submitted too, but is not graded: other.ipynb",)


def test_each_cell_is_normalised_once(right: Json, take: TakeIn, monkeypatch: pytest.MonkeyPatch) -> None:
    spy = Mock(wraps=reader.normalised)
    monkeypatch.setattr(reader, "normalised", spy)
    cells = [{"cell_type": "code", "source": "nothing", "metadata": {}}]
    take({"cells": cells * 3})
    assert spy.call_args_list == [call("nothing")] * 3


def test_hundreds_of_other_notebooks_do_no_harm(right: Json, take: TakeIn, master: Master) -> None:
    others = {f"x/{number}.ipynb": b'{"cells": []}' for number in range(500)}
    assert is_right(take({NAME: right, **others}), master)


def _zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_notebook_in_an_archive_keeps_its_neighbours(right: Json, take: TakeIn, master: Master) -> None:
    content = _zipped(**{"lab/small.ipynb": json.dumps(right).encode(), "lab/net.safetensors": b"numbers"})
    submission = take({"lab.zip": content})
    assert is_right(submission, master)
    assert submission.files == {"lab.zip": content, "net.safetensors": b"numbers"}


def test_a_notebook_on_top_of_an_archive_keeps_its_neighbours(right: Json, take: TakeIn, master: Master) -> None:
    content = _zipped(**{"small.ipynb": json.dumps(right).encode(), "net.safetensors": b"numbers"})
    submission = take({"lab.zip": content})
    assert is_right(submission, master)
    assert submission.files == {"lab.zip": content, "net.safetensors": b"numbers"}
    assert submission.notes == ()


def test_a_notebook_in_a_folder_keeps_its_neighbours(right: Json, take: TakeIn) -> None:
    submission = take({"lab/small.ipynb": right, "lab/net.safetensors": b"numbers", "readme.txt": b"Hello"})
    assert submission.files == {"net.safetensors": b"numbers", "readme.txt": b"Hello"}


@pytest.mark.parametrize("name", ["../out.ipynb", "/out.ipynb", "a/../../out.ipynb", "C:\\out.ipynb", "..\\out.ipynb"])
def test_members_outside_their_archive_are_ignored(name: str, right: Json, take: TakeIn) -> None:
    submission = take({"lab.zip": _zipped(**{name: json.dumps(right).encode()})})
    assert not submission.is_readable
    assert set(submission.files) == {"lab.zip"}


def test_a_zip_bomb_is_left_out(take: TakeIn) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.ipynb", "w") as member:
        for _ in range(300):
            member.write(bytes(1 << 20))
    submission = take({"lab.zip": stream.getvalue()})
    assert not submission.is_readable
    assert "lab.zip/a.ipynb" in submission.notes[-1]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_zipfile_unpacks_without_a_limit_are_left_out(method: int, take: TakeIn) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a.ipynb", b'{"cells": []}')
    assert "lab.zip/a.ipynb" in take({"lab.zip": stream.getvalue()}).notes[-1]


def test_broken_archives_use_up_the_same_limit(take: TakeIn, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(_zipped(a=bytes(1000)))
    for header, offset in ((content.index(b"PK\1\2"), 16), (content.index(b"PK\3\4"), 14)):
        content[header + offset] ^= 1  # the checksum, which is checked at the end
    spy = Mock(wraps=files._read_member)
    monkeypatch.setattr(files, "MAX_BYTES", 2500)
    monkeypatch.setattr(files, "_read_member", spy)
    submission = take({f"{number}.zip": bytes(content) for number in range(8)})
    assert not submission.is_readable
    fitting = [member for _, member, limit in (read.args for read in spy.call_args_list) if member.file_size <= limit]
    assert len(fitting) == 2


def test_a_broken_member_does_not_hide_the_notebook(right: Json, take: TakeIn, master: Master) -> None:
    content = bytearray(_zipped(**{"a.txt": bytes(1000), "small.ipynb": json.dumps(right).encode()}))
    content[content.index(b"PK\1\2") + 16] ^= 1  # the checksum
    submission = take({"lab.zip": bytes(content)})
    assert is_right(submission, master)
    assert submission.notes[-1].endswith("lab.zip/a.txt")


def test_an_archive_with_too_many_members_is_left_out(take: TakeIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_MEMBERS", 3)
    names = {f"{number}.ipynb": b'{"cells": []}' for number in range(4)}
    assert "left out" in take({"lab.zip": _zipped(**names)}).notes[-1]
    names.popitem()
    assert "holds no cell of this lab" in take({"lab.zip": _zipped(**names)}).notes[-1]


def test_what_is_passed_over_is_named(take: TakeIn) -> None:
    archives = {f"{number:02}.zip": _zipped(**{"a.txt": b""}) for number in range(21)}
    notes = take({**archives, "lab.rar": b"Rar!\x1a\x07"}).notes
    assert "only 20 of 21 archives were opened" in notes
    assert "lab.rar is a RAR archive; only zip archives are opened" in notes
    notebooks = {f"{number:02}.ipynb": b"{}" for number in range(21)}
    assert "only 20 of 21 notebooks were looked at" in take(notebooks).notes


def test_members_that_are_left_out_are_named(take: TakeIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 2)
    inner = _zipped(**{"a.txt": b"", "../b.txt": b"", "c.zip": b""})
    notes = " ".join(take({"lab.zip": inner}).notes)
    assert "lab.zip/../b.txt, lab.zip/c.zip" in notes


def test_an_archive_in_an_archive_is_named(take: TakeIn, right: Json) -> None:
    inner = _zipped(**{NAME: json.dumps(right).encode()})
    assert (
        "an archive in an archive is not opened: lab.zip/inner.zip"
        in take({"lab.zip": _zipped(**{"inner.zip": inner})}).notes
    )


def test_a_time_file_in_a_folder_is_not_the_time_of_submission(take: TakeIn, right: Json) -> None:
    forged = {"work/small.ipynb": right, "work/timestamp.txt": b"2020-01-01 00:00:00 UTC", "work/data.csv": b"1"}
    submission = take(forged)
    assert (submission.time, set(submission.files)) == (None, {"data.csv"})


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b""])
def test_a_broken_archive_is_named(content: bytes, take: TakeIn) -> None:
    assert "found: lab.zip" in take({"lab.zip": content}).notes[0]


def test_the_note_names_the_lab_of_a_wrong_notebook(take: TakeIn) -> None:
    other = LABS[2]
    ids = {lab.assignment: frozenset(cell.id for cell in lab.read().cells) for lab in LABS}
    submission = take({NAME: other.path.read_bytes()}, other_labs=lambda: ids)
    assert not submission.is_readable
    assert submission.notes == (f"{NAME} holds no cell of this lab: it is a notebook of {other.assignment}",)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_only_regular_files_are_read(kind: str, take: TakeIn, tmp_path: Path) -> None:
    folder = tmp_path / "submitted"
    folder.mkdir()
    if kind == "link":
        (tmp_path / "secret.ipynb").write_text("{}")
        (folder / NAME).symlink_to(tmp_path / "secret.ipynb")
    elif kind == "pipe":
        os.mkfifo(folder / NAME)
    else:
        (folder / NAME).mkdir()
    submission = take({"readme.txt": b"Hello"})
    assert not submission.is_readable
    assert submission.files == {"readme.txt": b"Hello"}


def test_the_labs_files_replace_the_students(right: Json, take: TakeIn) -> None:
    theirs = {NAME: right, "images/cat.png": b"theirs", "data": b"theirs", FACTS_FILE: b"{}", "mine.py": b"mine"}
    submission = take(theirs, lab_files={"images/cat.png": b"ours", "data/table.csv": b"ours"})
    assert submission.files == {"images/cat.png": b"ours", "data/table.csv": b"ours", "mine.py": b"mine"}


# --- the time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2026-01-30 17:05:00", "2026-01-30T18:05:00+01:00", "2026-01-30 17:05:00.000000 UTC\n"]
)
def test_a_time_is_read(text: str, right: Json, take: TakeIn) -> None:
    submission = take({NAME: right, "timestamp.txt": text.encode()})
    assert submission.time == datetime(2026, 1, 30, 17, 5)
    assert submission.notes == ()
    assert "timestamp.txt" not in submission.files


@pytest.mark.parametrize("text", [b"yesterday, I think", b"", b"\xff\xfe\x00", b"9" * 5000, b"0001-01-01", b"1e999"])
def test_a_time_that_cannot_be_read_gives_a_note(text: bytes, right: Json, take: TakeIn, master: Master) -> None:
    submission = take({NAME: right, "timestamp.txt": text})
    assert submission.time is None
    assert submission.notes == ("timestamp.txt holds no time: the time of submission is unknown",)
    assert is_right(submission, master)


def test_a_pipe_as_time_stamp_does_not_block(right: Json, take: TakeIn, tmp_path: Path) -> None:
    folder = tmp_path / "submitted"
    folder.mkdir()
    os.mkfifo(folder / "timestamp.txt")
    assert read_time(folder) is None
    assert "not a regular file" in take(right).notes[0]


# --- the cells -------------------------------------------------------------------------------------------------------


def _metadata_lost(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def _metadata_and_ids_lost(notebook: Json) -> None:
    for number, cell in enumerate(notebook["cells"]):
        cell.update(metadata={}, id=f"{number:08x}")


def _answers_in_new_cells(notebook: Json) -> None:
    for number, cell in enumerate(notebook["cells"]):
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell.update(metadata={}, id=f"{number:08x}")


def _metadata_of_another_lab(notebook: Json) -> None:
    for number, cell in enumerate(notebook["cells"]):
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["grade_id"] = cell["id"] = f"q{number}-other"


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (_metadata_lost, "have no nbgrader metadata of this lab"),
        (_metadata_and_ids_lost, "have no nbgrader metadata of this lab"),
        (_answers_in_new_cells, "recognised by their content: k1-double, k1-double-why, k2-x"),
        (_metadata_of_another_lab, "have the nbgrader metadata of another notebook (q"),
    ],
)
def test_cells_without_nbgrader_metadata_are_recognised(
    change: Callable[[Json], None], note: str, right: Json, take: TakeIn, master: Master
) -> None:
    change(right)
    submission = take(right)
    assert is_right(submission, master)
    assert any(note in remark for remark in submission.notes)


@pytest.mark.parametrize("gone", ["k1-double", "k1-double-hidden", "setup", "k2-x-hidden", "k1-double-why"])
def test_a_deleted_cell_is_restored(gone: str, right: Json, take: TakeIn, master: Master) -> None:
    right["cells"] = [cell for cell in right["cells"] if cell["id"] != gone]
    assert list(marked(take(right))) == list(master.positions)


def test_the_lab_gives_the_order(right: Json, take: TakeIn, master: Master) -> None:
    for name in ("setup", "parameters", "k1-double"):
        moved = cell_of(right, name)
        right["cells"].remove(moved)
        right["cells"].append(moved)
    assert is_right(take(right), master)


def test_a_picture_keeps_its_description_until_the_cell_is_changed(right: Json, take: TakeIn) -> None:
    cell_of(right, "k1-double-try")["metadata"]["alt"] = "Words of a student's."
    alt = {cell.source: cell.metadata.get("alt") for cell in cells(take(right))}
    assert alt["double(4)"] == "What would be a picture of eight."
    cell_of(right, "k1-double-try")["source"] = "double(5)"
    alt = {cell.source: cell.metadata.get("alt") for cell in cells(take(right))}
    assert alt["double(5)"] is None


def test_a_students_own_cells_keep_their_positions(right: Json, take: TakeIn) -> None:
    ids = [cell["id"] for cell in right["cells"]]
    mine = {"cell_type": "code", "metadata": {}, "source": "helper = 1"}
    right["cells"].insert(ids.index("k2-x"), mine)
    moved = cell_of(right, "k1-double-check")  # a check moved to the end
    right["cells"].remove(moved)
    right["cells"].append(moved)
    sources = [cell.source for cell in cells(take(right))]
    assert sources.index("helper = 1") == sources.index(RIGHT["k2-x"]) - 1


def test_the_lab_gives_locked_cells_and_points(right: Json, take: TakeIn, master: Master) -> None:
    cell_of(right, "k1-double-check").update(source="pass", cell_type="raw")
    cell_of(right, "k2-x-check")["metadata"]["nbgrader"]["points"] = 1000
    lab_cells = marked(take(right))
    for original in master.cells:
        cell = lab_cells[original.metadata.nbgrader.grade_id]
        assert (cell.cell_type, cell.metadata) == (original.cell_type, original.metadata)
        assert is_solution(cell) or cell.source == original.source
    assert "HIDDEN TESTS" in lab_cells["k1-double-hidden"].source
    assert lab_cells["parameters"].source == "EPOCHS = 1  # passes\nSIZE = 10"


def test_the_students_metadata_are_removed(right: Json, take: TakeIn, master: Master) -> None:
    right["metadata"] = {"course": {"withheld": [], "left_out": 5}, "kernelspec": {"name": "ir", "display_name": "R"}}
    mine = {"cell_type": "raw", "id": "mine", "metadata": {"raw_mimetype": "text/html", "tags": ["x"]}, "source": "<b>"}
    right["cells"].append(mine)
    submission = take(right)
    notebook = nbformat.reads(submission.notebook, as_version=4)
    assert notebook.metadata == {"kernelspec": master.kernelspec}
    last = notebook.cells[-1]
    assert (last.cell_type, last.metadata, last.source) == ("raw", {}, "<b>")
    assert submission.is_readable


@pytest.mark.parametrize(
    "marks", [{}, {"grade_id": "k1-double"}, {"grade_id": 7}, {"grade_id": [{}]}, {"schema_version": 1}, "text", None]
)
def test_invalid_nbgrader_metadata_cost_nothing(marks: Any, right: Json, take: TakeIn, master: Master) -> None:
    cell_of(right, "k1-double-check")["metadata"]["nbgrader"] = marks
    assert is_right(take(right), master)


def _twice(notebook: Json, name: str, source: str, ahead: bool = False) -> None:
    """Copy a cell, as JupyterLab does: same metadata, new id."""
    second = copy.deepcopy(cell_of(notebook, name))
    second.update(id="second", source=source)
    notebook["cells"].insert(notebook["cells"].index(cell_of(notebook, name)) + (not ahead), second)


def test_the_last_copy_of_a_code_answer_counts(right: Json, take: TakeIn) -> None:
    _twice(right, "k1-double", "def double(n): return n + n")
    submission = take(right)
    assert marked(submission)["k1-double"].source == "def double(n): return n + n"
    assert RIGHT["k1-double"] in own(submission)
    assert submission.notes == ("the answer k1-double occurs 2 times; the last one counts",)


def test_a_copy_of_a_locked_cell_does_not_run(right: Json, take: TakeIn, master: Master) -> None:
    _twice(right, "parameters", master.released["parameters"])  # with the values that students got
    submission = take(right)
    assert is_right(submission, master)
    assert master.released["parameters"] not in own(submission)


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("name", ["k1-double", "k1-double-why"])
def test_a_placeholder_never_wins_over_an_answer(
    name: str, ahead: bool, right: Json, take: TakeIn, master: Master
) -> None:
    _twice(right, name, master.released[name], ahead)
    submission = take(right)
    assert is_right(submission, master)
    assert submission.notes == ()


def test_text_below_an_empty_answer_is_the_answer(right: Json, take: TakeIn, master: Master) -> None:
    stub = cell_of(right, "k1-double-why")
    stub["source"] = master.released["k1-double-why"]
    words = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": WORDS}
    right["cells"].insert(right["cells"].index(stub) + 1, words)
    submission = take(right)
    assert is_right(submission, master)
    assert "k1-double-why" in submission.notes[0]


def test_two_written_answers_are_both_kept(right: Json, take: TakeIn) -> None:
    _twice(right, "k1-double-why", "No, rather this.")
    submission = take(right)
    text = marked(submission)["k1-double-why"].source
    assert WORDS in text
    assert "No, rather this." in text
    assert "for a person" in submission.notes[0]


def test_ten_thousand_cells_do_no_harm(right: Json, take: TakeIn, master: Master) -> None:
    right["cells"] += [{"cell_type": "code", "metadata": {}, "source": f"a{k} = 1"} for k in range(10_000)]
    submission = take(right)
    assert is_right(submission, master)
    assert len(own(submission)) < 1100


def test_very_long_lines_do_no_harm(right: Json, take: TakeIn, master: Master) -> None:
    for line in ("a:" + " " * 10**6, "a, " * 10**5, "a" * 10**6, "(" * 10**6):
        right["cells"].append({"cell_type": "code", "metadata": {}, "source": line})
    assert is_right(take(right), master)


# --- pictures --------------------------------------------------------------------------------------------------------

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\nand so on").decode()


def test_pictures_in_answers_are_kept(right: Json, take: TakeIn) -> None:
    cell_of(right, "k1-double-why")["attachments"] = {"sketch.png": {"image/png": PNG}}
    submission = take(right)
    assert marked(submission)["k1-double-why"].attachments == {"sketch.png": {"image/png": PNG}}
    assert submission.notes == ()


@pytest.mark.parametrize(
    "given",
    [
        {"image/svg+xml": "<svg onload='x()'/>"},
        {"image/png": base64.b64encode(b"<script>").decode()},
        {"image/png": "%%%"},
        {"text/html": PNG},
        {"image/png": PNG * 10**6},
    ],
)
def test_other_attachments_are_left_out_with_a_note(given: Json, right: Json, take: TakeIn) -> None:
    cell_of(right, "k1-double-why")["attachments"] = {"sketch.png": given}
    submission = take(right)
    assert "attachments" not in marked(submission)["k1-double-why"]
    assert "attachments" in submission.notes[0]


# --- the notes -------------------------------------------------------------------------------------------------------


def test_notes_are_escaped_in_the_notebook(right: Json, take: TakeIn) -> None:
    submission = take({"<img src=x onerror=alert(1)>[2J.ipynb": right})
    notice = cells(submission)[0]
    assert notice.id == "about-this-submission"
    assert "\\<img src=x onerror=alert\\(1\\)\\>" in notice.source


def test_facts_are_written_and_read(tmp_path: Path) -> None:
    facts = Facts(("the notebook was found elsewhere",), is_readable=False, boxed=False)  # type: ignore[arg-type]
    write_facts(tmp_path, facts)
    assert read_facts(tmp_path) == facts


@pytest.mark.parametrize("text", ["", "[]", '{"notes": 5}', '{"notes": "x"}', "{"])
def test_unreadable_facts_are_ignored(text: str, tmp_path: Path) -> None:
    (tmp_path / FACTS_FILE).write_text(text)
    assert read_facts(tmp_path) == Facts()


def not_run(submission: Submission) -> list[str]:
    """The last lines of the cells that need not run, without the one that installs the course."""
    left_out = [cell.source for cell in cells(submission) if cell.id in submission.left_out.cells]
    return [source.splitlines()[-1] for source in left_out if "find_spec" not in source]


def test_what_need_not_run_is_known_by_the_labs_text_alone(released: NotebookNode, take: TakeIn) -> None:
    handed_in = json.loads(nbformat.writes(fill_in(released, RIGHT)))
    assert not_run(take(handed_in)) == ["double(4)"]
    tried = cell_of(handed_in, "k1-double-try")
    tried["metadata"] = {"left_out": False, "nbgrader": {"grade_id": "k1-double-try"}}
    assert not_run(take(handed_in)) == ["double(4)"]
    tried["source"] = "double(5)"
    assert not_run(take(handed_in)) == []


def test_where_a_person_marks_an_answer_all_runs(right: Json, take: TakeIn) -> None:
    submission = take(right)
    assert not_run(submission) == []
    (tried,) = (cell.id for cell in cells(submission) if cell.source == "double(4)")
    assert tried not in submission.left_out.figures
    assert "k2-x" in submission.left_out.figures


def test_beside_a_module_that_was_handed_in_and_is_imported_all_runs(released: NotebookNode, take: TakeIn) -> None:
    answers = {"k1-double": f"import math\n{RIGHT['k1-double']}"}
    handed_in = nbformat.writes(fill_in(released, RIGHT | answers)).encode()
    assert not_run(take({NAME: handed_in, "other.py": b""})) == ["double(4)"]
    assert not_run(take({NAME: handed_in, "math.py": b""})) == []
