"""Pass the states of global random generators to the student's kernel, so that a check can seed the student's code."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

__all__ = ["Seeds", "set_seeds"]


class Seeds:
    """Notices when a check seeds the global random generators, or draws from them."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}
        self.agree()

    def agree(self) -> None:
        """Assume that the kernel's generators have the same state, after it has run the same set-up cells."""
        self._draw(_DRAW)

    def updates(self) -> dict[str, Any]:
        """Return the states that have changed since the last call."""
        now = _states()
        changed = {name: state for name, state in now.items() if self._known[name] != state}
        if "numpy" in changed:
            changed["numpy"] = np.random.get_state()
        if changed:
            self._draw(changed)
        return changed

    def _draw(self, names: Iterable[str]) -> None:
        """Draw a number from each generator, so that setting the same seed again is noticed."""
        for name in names:
            _DRAW[name]()
        self._known = _states()


def set_seeds(states: dict[str, Any]) -> None:
    """Set the states that `Seeds.updates` has returned."""
    for name, state in states.items():
        _SET[name](state)


def _states() -> dict[str, Any]:
    return {"torch": torch.get_rng_state().numpy().tobytes(), "random": random.getstate(), "numpy": _numpy_state()}


def _numpy_state() -> bytes:
    """Return NumPy's state as raw memory: `get_state` takes nearly as long as a whole call."""
    generator: Any = vars(np.random)["get_bit_generator"]()
    return ctypes.string_at(generator.ctypes.state_address, 2500)


_DRAW: dict[str, Callable[[], Any]] = {
    "torch": lambda: torch.empty(1).random_(),
    "random": random.random,
    "numpy": np.random.random,
}

_SET: dict[str, Callable[[Any], None]] = {
    "torch": lambda state: torch.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8)),
    "random": random.setstate,
    "numpy": np.random.set_state,
}
