"""How a value is shown, in a few words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np
import torch

__all__ = [
    "SHOWN_CHARACTERS",
    "SHOWN_ITEMS",
    "Array",
    "describe",
    "is_sequence",
    "own_name",
    "show_numbers",
    "to_numpy",
]

SHOWN_CHARACTERS = 80
SHOWN_ITEMS = 9  # a larger array is described by its shape

Array = torch.Tensor | np.ndarray


def describe(value: Any, *, kind: bool = False, dtypes: bool = False, digits: int = 6) -> str:
    """Return a value in a few words: `12`, `[1, 2]`, `a tensor of shape (3, 8, 8)`.

    Args:
        value: anything.
        kind: add the value's type if the words alone do not show it: `12.5 (a float)`.
        dtypes: add the dtype of tensors and arrays: `tensor([1, 2], dtype=int64)`.
        digits: of a floating-point number.
    """
    if isinstance(value, Array):
        return _describe_array(value, dtypes, digits)
    if isinstance(value, torch.Size):
        return str(tuple(value))
    if isinstance(value, float):
        return _float(value, digits) + (" (a float)" if kind else "")
    if isinstance(value, torch.nn.Module) or callable(value):
        return own_name(value) or _article(type(value).__name__)
    if is_sequence(value):
        inside = ", ".join(describe(item, dtypes=dtypes, digits=digits) for item in value[:SHOWN_ITEMS])
        more = ", …" if len(value) > SHOWN_ITEMS else ""
        text = f"[{inside}{more}]" if isinstance(value, list) else f"({inside}{',' if len(value) == 1 else more})"
    else:
        text = _repr(value)
    if len(text) > SHOWN_CHARACTERS:
        text = text[: SHOWN_CHARACTERS - 1] + "…"
    return f"{text} ({_article(type(value).__name__)})" if kind and value is not None else text


def own_name(function: Any) -> str:
    """Return a function's name, or the variable that holds a lambda; empty if there is none."""
    name = getattr(function, "__name__", "")
    if name == "<lambda>":
        variables = getattr(function, "__globals__", {}).items()
        name = next((name for name, value in variables if value is function and not name.startswith("_")), "")
    return name if type(name) is str else ""


def is_sequence(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _describe_array(array: Array, dtypes: bool, digits: int) -> str:
    word = "tensor" if isinstance(array, torch.Tensor) else "array"
    has_numbers = not (isinstance(array, torch.Tensor) and array.is_meta)
    kind = str(array.dtype).removeprefix("torch.")
    if not has_numbers or not 0 < math.prod(array.shape) <= SHOWN_ITEMS:
        return f"{_article(word)} of shape {tuple(array.shape)}" + (f" and dtype {kind}" if dtypes else "")
    return f"{word}({show_numbers(to_numpy(array).tolist(), digits)}" + (f", dtype={kind})" if dtypes else ")")


def to_numpy(array: Array) -> np.ndarray:
    if isinstance(array, np.ndarray):
        return array
    try:
        return array.numpy(force=True)
    except TypeError:  # a dtype that NumPy lacks, such as bfloat16
        return array.float().numpy(force=True)


def show_numbers(values: Any, digits: int) -> str:
    if isinstance(values, list):
        return f"[{', '.join(show_numbers(item, digits) for item in values)}]"
    return f"{values:.{digits}g}" if isinstance(values, float) else str(values)


def _float(value: float, digits: int) -> str:
    """Keep the point of 24.0, so that nobody takes it for the whole number 24."""
    short = f"{value:.{digits}g}"
    return short if any(mark in short for mark in ".en") else f"{short}.0"


def _repr(value: Any) -> str:
    shown: Any = type(value).__repr__
    if shown is object.__repr__:  # it shows an address
        return _article(type(value).__name__)
    try:
        return repr(value)
    except Exception:  # a student's class may define repr as it likes
        return f"{_article(type(value).__name__)} that cannot be shown"


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
