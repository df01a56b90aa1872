"""The command `course`: exit codes that CI can trust, messages that a person can follow."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
import yaml

from helpers.cli import main
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.labs import Lab
from tests.grading.conftest import RIGHT

pytestmark = pytest.mark.slow


@pytest.fixture
def handed_in(small_course: Path, small: Lab) -> Path:
    """The students' copy of the small lab."""
    return small_course / "release" / small.assignment / "small.ipynb"


def answer(path: Path, answers: dict[str, str]) -> None:
    nbformat.write(fill_in(nbformat.read(path, as_version=4), answers), path)


def test_check_passes_a_right_notebook(handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(handed_in, RIGHT)
    assert main(["check", str(handed_in)]) == 0
    assert "2 of 2 points" in capsys.readouterr().out


def test_check_fails_a_wrong_one_and_says_why(handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(handed_in, {**RIGHT, "k1-double": "def double(n):\n    return n + 1"})
    before = handed_in.read_bytes()
    assert main(["check", str(handed_in)]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "1 of 2 points" in out
    assert "K1: double(2): expected 4, got 3" in out
    assert handed_in.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "there is no such file"), ("hello", "the file is not JSON"), ("{}", "not a valid notebook")],
)
def test_check_says_what_is_wrong_with_a_file(
    text: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.ipynb"
    if text is not None:
        path.write_text(text)
    assert main(["check", str(path)]) == 2
    assert words in capsys.readouterr().err


def change(path: Path, source: str, place: int = 4) -> None:
    """Put one of the student's own cells into a notebook."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source, id="mine"))
    nbformat.write(notebook, path)


def test_check_reads_what_grading_reads(handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(handed_in, RIGHT)
    notebook = json.loads(handed_in.read_text())
    for cell in notebook["cells"]:
        cell.pop("outputs", None), cell.pop("execution_count", None), cell.pop("id")
    notebook["metadata"] = {"kernelspec": {"name": "conda-env-dl-py", "display_name": "dl", "language": "python"}}
    handed_in.write_bytes(b"\xef\xbb\xbf" + json.dumps(notebook).encode())
    assert main(["check", str(handed_in)]) == 0
    assert "whatever kernel" in capsys.readouterr().out


def test_check_of_a_notebook_in_another_language(handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = json.loads(handed_in.read_text())
    notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    handed_in.write_text(json.dumps(notebook))
    assert main(["check", str(handed_in)]) == 2
    assert "is a notebook for r. Choose a Python kernel" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "words"),
    [("exit()", "the cell mine ends the notebook"), ("import os\nos._exit(0)", "kernel died in the cell mine")],
)
def test_check_names_the_cell_that_ends_the_notebook(
    source: str, words: str, handed_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(handed_in, source)
    assert main(["check", str(handed_in)]) == 2
    assert words in capsys.readouterr().err


def test_check_names_the_cell_that_does_not_end(handed_in: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change(handed_in, "while True: pass", place=0)
    assert main(["check", "--timeout", "1", str(handed_in)]) == 2
    said = capfd.readouterr().err  # also what the kernel says
    assert "the cell mine took longer than 1 s. Does its loop end?" in said
    assert "Traceback" not in said


def test_check_names_the_cause_of_a_missing_name(handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(handed_in, {**RIGHT, "k1-double": "def double(n:\n    return 2 * n"})
    assert main(["check", str(handed_in)]) == 1
    assert "K1: the answer cell ended with SyntaxError" in " ".join(capsys.readouterr().out.replace("│", "").split())


def test_check_names_what_the_student_has_taken(handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(handed_in, RIGHT)
    change(handed_in, "call = 'x'")
    assert main(["check", str(handed_in)]) == 1
    said = " ".join(capsys.readouterr().out.replace("│", "").split())
    assert "a new meaning to `call` (in the cell mine)" in said


def test_check_of_a_notebook_without_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "x.ipynb")
    assert main(["check", str(tmp_path / "x.ipynb")]) == 2
    assert "holds no checks" in capsys.readouterr().err


def test_lint_has_a_true_exit_code(small_course: Path, small: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--course", str(small_course), "lint"]) == 0
    path = small_course / "source" / small.assignment / "small.ipynb"
    path.write_text(path.read_text().replace("4 points", "9 points"))
    assert main(["--course", str(small_course), "lint"]) == 1
    assert "promises 9 points" in capsys.readouterr().out


def test_report_outside_a_course_says_where_to_run_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--course", str(tmp_path), "report"]) == 2
    assert "has no nbgrader_config.py" in capsys.readouterr().err


def test_report_before_any_grading_says_what_to_do(small_course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--course", str(small_course), "report"]) == 2
    assert "Collect and grade first" in capsys.readouterr().err


def test_lint_outside_a_course(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--course", str(tmp_path), "lint"]) == 2
    assert "holds no lab" in capsys.readouterr().err


def test_parameters_are_printed_for_papermill(small_course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--course", str(small_course), "parameters", "lab00-small", "--set", "grading"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == {"EPOCHS": 1, "SIZE": 10}
    assert main(["--course", str(small_course), "parameters", "lab99"]) == 2
    assert "there is no lab lab99" in capsys.readouterr().err


def test_a_folder_that_nbgrader_cannot_search_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "term [2026]").mkdir()
    assert main(["--course", str(tmp_path / "term [2026]"), "report"]) == 2
    assert "Rename it" in capsys.readouterr().err


def test_files_may_stand_before_and_after_options(small_course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["b.zip", "--platform", "canvas"], ["--platform", "canvas", "b.zip"]):
        assert main(["--course", str(small_course), "collect", "lab00-small", *arguments]) == 2
        assert "b.zip is missing" in capsys.readouterr().err
