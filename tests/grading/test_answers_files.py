"""Files of answers are read, and errors in them are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpers.grading.answers import read_answers
from helpers.grading.labs import Lab
from tests.grading.rehearsal import Rehearsal

HEAD = 'from helpers.grading.answers import right, wrong\nimport math\nEXERCISE = "e-size"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "e_size.py").write_text(text)
    return folder


def test_an_answer_gets_the_name_that_the_notebook_uses(tmp_path: Path) -> None:
    text = HEAD + 'NAME = "size"\n@right\ndef rounded(n):\n    return math.floor(n)\n'
    (answer,) = read_answers(write(tmp_path, text))["e-size"].answers
    space: dict[str, Any] = {}
    exec(answer.source, space)
    assert space["size"](2.5) == 2
    assert answer.right
    assert answer.name == "rounded"
    assert "helpers.grading" not in answer.source


def test_functions_with_an_underscore_are_put_before_each_answer(tmp_path: Path) -> None:
    text = HEAD + 'NAME = "size"\ndef _half(n):\n    return n / 2\n@right\ndef whole(n):\n    return int(_half(n))\n'
    (answer,) = read_answers(write(tmp_path, text))["e-size"].answers
    space: dict[str, Any] = {}
    exec(answer.source, space)
    assert space["size"](5) == 2


def test_values_are_bound_to_their_names(tmp_path: Path) -> None:
    text = HEAD + 'VALUES = ("a", "b")\n@wrong("swapped", passes="visible")\ndef swapped(n):\n    return n + 1, n\n'
    exercise = read_answers(write(tmp_path, text))["e-size"]
    space: dict[str, Any] = {"n": 1}
    exec(exercise.answers[0].source, space)
    assert (space["a"], space["b"]) == (2, 1)
    assert exercise.names == ("a", "b")
    assert (exercise.answers[0].why, exercise.answers[0].passes) == ("swapped", "visible")


WHOLE = HEAD + 'NAME = "size"\n@right\ndef whole(n):\n    return n // 2  # halves\n'


def test_an_answer_may_be_given_by_its_difference(tmp_path: Path) -> None:
    text = WHOLE + 'half = changed(whole, "n // 2", "n / 2", wrong="no floor", passes="visible")\n'
    right, wrong = read_answers(write(tmp_path, text))["e-size"].answers
    assert (wrong.name, wrong.right, wrong.why, wrong.passes) == ("half", False, "no floor", "visible")
    assert wrong.source == right.source.replace("//", "/")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('NAME = "size"\n', "say EXERCISE"),
        (HEAD, "either NAME or VALUES"),
        (HEAD + 'NAME = "size"\nVALUES = ("a",)\n', "either NAME or VALUES"),
        (HEAD + 'NAME = "size"\ndef unmarked(n):\n    return n\n', "mark unmarked with"),
        (WHOLE + 'half = changed(whole, "n / 2", "n", wrong="x")\n', "half: 'n / 2' occurs in whole 0 times"),
        (WHOLE + 'half = changed(other, "n", "m", wrong="x")\n', "half: say changed"),
        (WHOLE + 'half = changed(whole, "n // 2", "n / 2")\n', "half: say changed"),
        (HEAD + 'NAME = "size"\n@wrong\ndef no_reason(n):\n    return n\n', "mark no_reason with"),
    ],
)
def test_an_error_names_what_is_wrong(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        read_answers(write(tmp_path, text))


def test_two_files_for_one_exercise_are_an_error(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(HEAD + 'NAME = "size"\n')
    with pytest.raises(ValueError, match=r"has answers in a\.py already"):
        read_answers(tmp_path)


@pytest.mark.slow
def test_a_rehearsal_grades_as_nbgrader_does(small: Lab) -> None:
    rehearsal = Rehearsal(small)
    good = rehearsal.grade("k1-double", "def double(n):\n    return n + n")
    assert good.points == good.possible == {"k1-double-check": 1, "k1-double-hidden": 2}
    lucky = rehearsal.grade("k1-double", "def double(n):\n    return n**2")
    assert not lucky.lost("k1-double-check")
    assert lucky.lost("k1-double-hidden")
    assert lucky.messages["k1-double-hidden"] == "K1: double(5): expected 10, got 25. Twice."
    crashed = rehearsal.grade("k1-double", "1 / 0")
    assert "`double` is not defined" in crashed.messages["k1-double-check"]


def test_a_rehearsal_uses_the_values_for_grading(small: Lab) -> None:
    marks = Rehearsal(small).grade("k2-x", "x = [1, 10]")
    assert marks.points == marks.possible
