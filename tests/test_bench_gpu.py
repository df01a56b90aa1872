"""The measurements for a GPU run, in small and on the CPU."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers.data import load
from tests.bench_gpu import PARTS, Section, main, operations_of, write


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_a_part_measures_something(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_LABS_DEVICE", "cpu")  # a part may change it
    section = PARTS[part](True)
    assert section.rows
    assert {len(row) for row in section.rows} == {len(section.head)}
    json.dumps(section.figures)


@pytest.mark.slow
def test_a_part_that_fails_costs_no_other_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(Section("Labs", "All cells.", ("lab", "seconds"), [["lab01-tensors", "13"]]), "labs", tmp_path / "small")
    monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path))  # a folder without images: nothing can be trained
    with pytest.raises(SystemExit, match="Failed: in-seconds"):
        main(["--small", "in-seconds"], tmp_path)
    page = (tmp_path / "small" / "results.md").read_text()
    assert "**Failed**: helpers.datasets.files.DataError" in page
    assert "| lab01-tensors | 13 |" in page
    assert "Traceback" in json.loads((tmp_path / "small" / "in-seconds.json").read_text())["figures"]["errors"]


def test_without_a_gpu_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match=r"^PyTorch finds no NVIDIA GPU here.*--small$"):
        main([], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_part_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--small", "in-second"])
    assert "there is no part in-second; there are in-seconds, " in capsys.readouterr().err


@pytest.mark.parametrize("groups", [1, 3])
def test_operations_are_counted_forwards_and_backwards(groups: int) -> None:
    layers = nn.Sequential(nn.Conv2d(3, 6, 5, groups=groups), nn.Flatten(), nn.Linear(6 * 28 * 28, 10))
    multiplications = 28 * 28 * 6 * 5 * 5 * 3 // groups + 6 * 28 * 28 * 10
    assert operations_of(layers, load("cifar10", size=8)) == 3 * 2 * multiplications
