"""The start of a lab."""

from __future__ import annotations

import random
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import pytest
import torch
from torch import serialization

from helpers import device as device_module
from helpers.device import SAVED_ON_GPU, SAVED_WITH_MORE, pick_device, startup, state_from_gpu


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


@pytest.mark.parametrize(("variable", "threads"), [(None, 1), ("2", 2)])
def test_threads_are_no_more_than_the_cores_that_may_be_used_unless_the_user_says_so(
    variable: str | None, threads: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(device_module, "usable_cores", lambda: 1)
    watched: list[int] = []
    monkeypatch.setattr(device_module, "watch_waiting", watched.append)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if variable:
        monkeypatch.setenv("OMP_NUM_THREADS", variable)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    startup(seed=0)
    assert f"CPU threads: {threads};" in capsys.readouterr().out
    assert watched == [threads]
    torch.set_num_threads(before)


def test_a_device_can_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_LABS_DEVICE", "cpu")
    assert pick_device() == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "cpux"])
def test_a_missing_device_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_LABS_DEVICE", name)
    with pytest.raises(ValueError, match=f"CNN_LABS_DEVICE is '{name}'"):
        pick_device()


def test_the_device_can_be_computed_on() -> None:
    assert torch.ones(2, device=pick_device()).sum().item() == 2


def save_as_on_a_gpu(path: Path) -> None:
    """Make a file like `SAVED_ON_GPU`: each parameter of LeNet is one number, repeated, on the device "cuda:0"."""
    weights = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5), "fc1": (120, 256), "fc2": (84, 120), "fc3": (10, 84)}
    shapes = {f"{layer}.weight": shape for layer, shape in weights.items()}
    shapes |= {f"{layer}.bias": shape[:1] for layer, shape in weights.items()}
    state = {name: torch.tensor(n / 100).expand(shape) for n, (name, shape) in enumerate(sorted(shapes.items()), 1)}
    everywhere = (0, lambda storage: "cuda:0", lambda storage, place: None)
    serialization.register_package(*everywhere)
    torch.save(state, path)
    serialization._package_registry.remove(everywhere)


def test_a_file_with_more_than_tensors_is_refused() -> None:
    """`torch.save(UserDict(state), path)` made it, with the state of the file from a GPU, on the CPU."""
    with pytest.raises(UnpicklingError, match="UserDict"):
        torch.load(SAVED_WITH_MORE, weights_only=True)
    assert torch.load(SAVED_WITH_MORE, weights_only=False).keys() == state_from_gpu().keys()


def test_the_file_from_a_gpu_opens_elsewhere_only_with_map_location(tmp_path: Path) -> None:
    save_as_on_a_gpu(tmp_path / "made.pth")
    made, kept = torch.load(tmp_path / "made.pth", map_location="cpu", weights_only=True), state_from_gpu()
    assert made.keys() == kept.keys()
    assert all(torch.equal(made[name], kept[name]) for name in made)
    if not torch.cuda.is_available():
        with pytest.raises(RuntimeError, match="map_location"):
            torch.load(SAVED_ON_GPU, weights_only=True)
