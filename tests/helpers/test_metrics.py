"""Tables: their figures, their text, their HTML, their remark."""

from __future__ import annotations

import statistics

import pytest
import torch

from helpers.evaluation import Evaluation
from helpers.metrics import compare, per_class_table


def evaluation(confusion: list[list[int]], is_stand_in: bool = False) -> Evaluation:
    counts = torch.tensor(confusion)
    right, n = counts.diagonal(), int(counts.sum())
    classes = ("cat", "dog & fox")[: len(counts)]
    accuracy = right.sum().item() / n
    return Evaluation(0.5, accuracy, right / counts.sum(1).double(), counts, classes, torch.zeros(n), is_stand_in)


def test_each_class_has_its_row_and_all_images_the_last() -> None:
    table = per_class_table({"LeNet": evaluation([[3, 1], [0, 4]]), "linear": evaluation([[1, 3], [2, 2]])})
    assert table.columns == ("class", "LeNet", "linear")
    assert table.rows == (
        ("cat", "75.0 %", "25.0 %"),
        ("dog & fox", "100.0 %", "50.0 %"),
        ("all images", "87.5 %", "37.5 %"),
    )


def test_a_class_without_images_has_no_figure() -> None:
    assert per_class_table({"LeNet": evaluation([[3, 1], [0, 0]])}).rows[1] == ("dog & fox", "–")


def test_other_classes_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same classes"):
        per_class_table({"a": evaluation([[1, 0], [0, 1]]), "b": evaluation([[1]])})
    with pytest.raises(ValueError, match="at least one"):
        per_class_table({})


def test_mean_and_deviation_of_the_sample() -> None:
    accuracies = [0.97, 0.98, 0.95]
    table = compare({"LeNet": accuracies, "linear": [0.9]})
    mean, spread = 100 * sum(accuracies) / 3, 100 * statistics.stdev(accuracies)
    assert table.rows == (("LeNet", f"{mean:.2f} ± {spread:.2f}", "3"), ("linear", "90.00 ± –", "1"))


def test_a_model_without_results_is_named() -> None:
    with pytest.raises(ValueError, match="'LeNet' has no result"):
        compare({"LeNet": []})


def test_only_stand_in_data_bring_a_remark() -> None:
    real, stand_in = evaluation([[3, 1], [0, 4]]), evaluation([[3, 1], [0, 4]], is_stand_in=True)
    for plain, marked in (
        (per_class_table({"a": real}), per_class_table({"a": real, "b": stand_in})),
        (compare({"a": [0.5]}), compare({"a": [0.5]}, stand_in=True)),
    ):
        for text in (str, lambda table: table._repr_html_()):
            assert "Stand-in" not in text(plain)
            assert "Stand-in" in text(marked)


def test_columns_are_aligned() -> None:
    lines = str(
        per_class_table({"a rather long name": evaluation([[3, 1], [0, 4]]), "b": evaluation([[0, 4], [4, 0]])})
    )
    assert len({len(line) for line in lines.splitlines()}) == 1


def test_html_is_escaped_and_whole() -> None:
    page = per_class_table({"<b>": evaluation([[3, 1], [0, 4]])})._repr_html_()
    assert "dog &amp; fox" in page
    assert "&lt;b&gt;" in page
    assert page.count("<tr>") == page.count("</tr>") == 4
