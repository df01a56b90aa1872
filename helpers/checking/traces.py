"""What a call does besides its result: shared memory, changed arguments and settings, printed text.

Only the process in which a function runs can see this; another process gets copies.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.lib.array_utils import byte_bounds

__all__ = ["Traces", "printed"]

MOST_DEPTH = 4  # lists in lists: a list may hold itself

_SETTINGS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "autograd": (torch.is_grad_enabled, torch.set_grad_enabled),
    "dtype": (torch.get_default_dtype, torch.set_default_dtype),
}


class Traces:
    """Watches one call.

    Attributes:
        args, kwargs: the arguments, as the function leaves them.
        seen: plain data.
            "changes": what changed in an argument besides its values: its number, counted from 1, and "memory",
            "requires_grad" or "grad".
            "shared": for each tensor or array of the result, whether it shares memory with each argument.
            "same": likewise, whether it is the argument itself.
            "switched": the settings that the function did not put back: "autograd", "dtype".
    """

    def __init__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.args, self.kwargs = args, dict(kwargs)
        self.seen: dict[str, list[Any]] = {"changes": [], "shared": [], "same": [], "switched": []}

    def run(self, function: Callable[..., Any]) -> Any:
        """Return what the function returns, or raise what it raises. PyTorch's settings are put back."""
        settings = {name: get() for name, (get, _) in _SETTINGS.items()}
        given = [*self.args, *self.kwargs.values()]
        before = [_facts(arg) for arg in given]
        try:
            result = function(*self.args, **self.kwargs)
            memories = [[_memory(array) for array in _arrays(arg)] for arg in given]
            self.seen["shared"] = [
                [_overlap(_memory(array), theirs) for theirs in memories] for array in _arrays(result)
            ]
            self.seen["same"] = [[array is arg for arg in given] for array in _arrays(result)]
            return result
        finally:
            self.seen["switched"] = [name for name, old in settings.items() if _put_back(name, old)]
            self.seen["changes"] = [
                (number, name)
                for number, (old, arg) in enumerate(zip(before, given, strict=True), 1)
                for name, fact in _facts(arg).items()
                if fact != old[name]
            ]


def printed(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Call a function, and return what it prints on standard output."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        function(*args, **kwargs)
    return output.getvalue()


def _put_back(name: str, old: Any) -> bool:
    """Put a setting back to its old value, and return whether it had changed."""
    get, put = _SETTINGS[name]
    changed = bool(get() != old)
    if changed:
        put(old)
    return changed


def _facts(argument: Any) -> dict[str, list[Any]]:
    """Return what belongs to the tensors in an argument besides their values."""
    arrays = list(_arrays(argument))
    tensors = [array for array in arrays if isinstance(array, torch.Tensor)]
    return {
        "memory": [_memory(array) for array in arrays],
        "requires_grad": [tensor.requires_grad for tensor in tensors],
        "grad": [_bytes(tensor.grad) for tensor in tensors if tensor.is_leaf],
    }


def _bytes(grad: torch.Tensor | None) -> bytes | None:
    """Return the numbers as bytes, so that nan equals nan."""
    if grad is None:
        return None
    dense = grad.detach().to_dense().cpu().resolve_conj().resolve_neg()
    return dense.reshape(-1).view(torch.uint8).numpy().tobytes()


def _arrays(value: Any, depth: int = 0) -> Iterator[torch.Tensor | np.ndarray]:
    """Yield a tensor or an array, or those in a list or tuple."""
    if isinstance(value, torch.Tensor | np.ndarray):
        yield value
    elif isinstance(value, list | tuple) and depth < MOST_DEPTH:
        for item in value:
            yield from _arrays(item, depth + 1)


def _overlap(mine: tuple[int, int], theirs: list[tuple[int, int]]) -> bool:
    return any(max(mine[0], start) < min(mine[1], end) for start, end in theirs)


def _memory(array: torch.Tensor | np.ndarray) -> tuple[int, int]:
    """Return the addresses of the first byte and of the one after the last; both are 0 if there are no numbers."""
    if isinstance(array, np.ndarray):
        return byte_bounds(array) if array.size else (0, 0)
    if array.layout is not torch.strided or array.is_meta or not array.numel():
        return 0, 0
    last = sum((size - 1) * step for size, step in zip(array.shape, array.stride(), strict=True))
    return array.data_ptr(), array.data_ptr() + (last + 1) * array.itemsize
