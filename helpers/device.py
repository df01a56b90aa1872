"""The start of every lab: seeds, threads and the device to compute on."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import torch

from helpers.cores import usable_cores
from helpers.operations import note
from helpers.waiting import watch_waiting

__all__ = ["SAVED_ON_GPU", "SAVED_WITH_MORE", "pick_device", "startup", "state_from_gpu", "synchronize"]

# A state dict of lab 5's LeNet, as a machine with a GPU writes it: other machines need `map_location` to open it.
SAVED_ON_GPU = str(Path(__file__).with_name("saved-on-gpu.pth"))
# The same in a `UserDict`: a class that `weights_only` refuses, and that does no harm.
SAVED_WITH_MORE = str(Path(__file__).with_name("saved-with-more.pth"))


def pick_device() -> torch.device:
    """Return the fastest device of this machine: an accelerator (cuda, mps, xpu) if PyTorch finds one, else the CPU.

    The variable `CNN_LABS_DEVICE` forces a device, for instance `cpu`.

    Raises:
        ValueError: if the device that `CNN_LABS_DEVICE` names cannot be used here.
    """
    forced = os.environ.get("CNN_LABS_DEVICE")
    if forced:
        try:
            device = torch.device(forced)
            torch.empty(1, device=device)
        except (RuntimeError, AssertionError) as error:  # raised by CUDA and CPU builds of PyTorch, respectively
            raise ValueError(
                f"CNN_LABS_DEVICE is {forced!r}, which cannot be used here ({str(error).splitlines()[0]}). "
                "Unset it, or set it to 'cpu'."
            ) from None
        return device
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")


def startup(seed: int, threads: int | None = None) -> torch.device:
    """Seed Python, NumPy and PyTorch, pick the device and say on one line what the lab runs on.

    The same seed gives the same numbers only on the same device, with the same release of PyTorch.

    Args:
        seed: any whole number.
        threads: CPU threads for PyTorch; None keeps PyTorch's choice, which `OMP_NUM_THREADS` sets, but without that
            variable takes no more than the cores that this process may use.

    Returns:
        The device, for `tensor.to(device)` and `model.to(device)`.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    if threads is None and "OMP_NUM_THREADS" not in os.environ:
        threads = min(torch.get_num_threads(), usable_cores())
    if threads is not None:
        torch.set_num_threads(threads)
    watch_waiting(torch.get_num_threads())
    device = pick_device()
    folder = os.environ.get("CNN_LABS_DATA") or "cache, download or stand-in"
    print(f"PyTorch {torch.__version__} on {device}; CPU threads: {torch.get_num_threads()}; data: {folder}")
    return device


def state_from_gpu() -> dict[str, torch.Tensor]:
    """Return the state dict in `SAVED_ON_GPU`, on the CPU."""
    return dict(torch.load(SAVED_ON_GPU, map_location="cpu", weights_only=True))


def synchronize(device: torch.device) -> None:
    """Wait until the device has finished its work, so that a stopwatch measures it. On a CPU there is nothing to do."""
    note("synchronize")
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
