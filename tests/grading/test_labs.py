"""Labs are found, and their parameters take other values."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.grading.labs import Lab, find_labs
from helpers.notebooks.cells import rewrite_parameters

CELL = "EPOCHS = 9  # passes\nSIZE = 100\n\nNAMES = ('a', 'b')  # two"


def test_values_are_replaced_and_comments_kept() -> None:
    changed = rewrite_parameters(CELL, {"EPOCHS": 1, "NAMES": ["c"]})
    assert changed == "EPOCHS = 1  # passes\nSIZE = 100\n\nNAMES = ['c']  # two"


def test_a_value_may_hold_any_letters_and_fill_several_lines() -> None:
    cell = "SIDES = [\n    14,\n    28,\n]  # pixels\nNAMES = ('×', 'é')  # two\nSIZE = 1"
    changed = rewrite_parameters(cell, {"SIDES": [1], "NAMES": "c", "SIZE": 2})
    assert changed == "SIDES = [1]  # pixels\nNAMES = 'c'  # two\nSIZE = 2"


def test_a_misspelt_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="sets no EPOCH; it sets EPOCHS, SIZE, NAMES"):
        rewrite_parameters(CELL, {"EPOCH": 1})


def test_a_lab_knows_its_values(small: Lab) -> None:
    assert small.assignment == "lab00-small"
    assert small.notebook == "small"
    assert small.settings().smoke == {"EPOCHS": 2}
    assert small.settings().grading == {"EPOCHS": 1, "SIZE": 10}


def test_a_folder_without_labs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds no lab"):
        find_labs(tmp_path)
