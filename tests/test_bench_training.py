"""The measurement of training runs, in small: that it trains the labs' networks and writes what it measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.bench_training import CASES, main


@pytest.mark.parametrize("name", CASES)
def test_a_case_takes_its_network_from_a_lab(name: str) -> None:
    network = CASES[name].network()()
    shape = (1, 28, 28) if CASES[name].data == "mnist" else (3, 32, 32)
    assert network(torch.zeros(2, *shape)).shape == (2, 10)


@pytest.mark.slow
def test_a_measurement_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--models", "LeNet, MNIST", "--seconds", "0.01", "--device", "cpu"], tmp_path)
    speed = json.loads((tmp_path / "speed.json").read_text())["images a second"]["LeNet, MNIST"]
    assert all(len(speed[way]) == 5 and min(speed[way]) > 0 for way in ("document", "fit", "limit"))
    assert "channels_last" in speed["numerics"]
    assert "load average" in capsys.readouterr().out
    assert (tmp_path / "speed.png").stat().st_size > 0
