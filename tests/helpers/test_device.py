"""The start of a lab."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from helpers.device import pick_device, startup


def draw() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(1))


def test_the_same_seed_draws_the_same_numbers() -> None:
    startup(seed=5)
    first = draw()
    startup(seed=5)
    assert draw() == first
    startup(seed=6)
    assert draw() != first


def test_one_line_says_what_the_lab_runs_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNN_LABS_DATA", "here")
    device = startup(seed=0)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    for part in (torch.__version__, str(device), str(torch.get_num_threads()), "here"):
        assert part in said


def test_threads_are_set() -> None:
    before = torch.get_num_threads()
    startup(seed=0, threads=1)
    assert torch.get_num_threads() == 1
    torch.set_num_threads(before)


def test_a_device_can_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_LABS_DEVICE", "cpu")
    assert pick_device() == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "cpux"])
def test_a_device_that_is_not_there_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_LABS_DEVICE", name)
    with pytest.raises(ValueError, match=f"CNN_LABS_DEVICE is '{name}'"):
        pick_device()


def test_the_device_can_be_computed_on() -> None:
    assert torch.ones(2, device=pick_device()).sum().item() == 2
