"""How two values differ, in a few words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
import torch

from helpers.checking.describe import (
    SHOWN_CHARACTERS,
    SHOWN_ITEMS,
    Array,
    describe,
    is_sequence,
    show_numbers,
    to_numpy,
)

__all__ = ["device_difference", "difference", "dtype_difference"]

_DTYPE_MAKERS = {  # where tensors and arrays of an unexpected dtype come from
    "float64": "NumPy's floats, and double(), make it",
    "float32": "new tensors have it, unless dtype= says another one",
    "int64": "whole numbers make it",
    "bool": "comparisons make it",
}
_SQUASHES: dict[str, Callable[[torch.Tensor, int], torch.Tensor]] = {  # functions that losses apply to logits
    "softmax": torch.softmax,
    "log_softmax": torch.log_softmax,
    "sigmoid": lambda logits, _: logits.sigmoid(),
}


def dtype_difference(want: Any, have: Any) -> str:
    """Return the message for a wrong dtype, with its likely origin."""
    makers = _DTYPE_MAKERS.get(str(have).removeprefix("torch."))
    return f"expected the dtype {want}, got {have}" + (f" ({makers})" if makers else "")


def device_difference(want: Any, have: Any) -> str:
    """Return the message for a wrong device, with what to write."""
    return f"expected the device {want}, got {have}: your tensors are on {have}. Write `device`, or x.device"


class _Close(NamedTuple):
    """When two numbers count as equal; the arguments of `difference`."""

    rtol: float | None
    atol: float | None
    equal_nan: bool

    def tolerances(self) -> tuple[float, float]:
        """Return the relative and the absolute tolerance for numbers that are not PyTorch's."""
        return 1e-5 if self.rtol is None else self.rtol, self.atol or 1e-8


def difference(
    expected: Any, got: Any, *, rtol: float | None = None, atol: float | None = None, equal_nan: bool = False
) -> str:
    """Return what is wrong with `got`, as "expected …, got …"; the empty string if nothing is.

    Args:
        expected: the right value.
        got: the student's value.
        rtol: relative tolerance of floating-point values. None: that of `torch.testing.assert_close` for the dtype.
        atol: absolute tolerance, likewise.
        equal_nan: whether nan is right where nan is expected. Otherwise it is always wrong: the expected value may be
            computed from an answer that holds nan.
    """
    return _difference(expected, got, _Close(rtol, atol, equal_nan))


def _difference(expected: Any, got: Any, close: _Close) -> str:
    fault = _compare(expected, got, close)
    if fault and not close.equal_nan and not _compare(expected, got, close._replace(equal_nan=True)):
        return "got nan where a number is due"
    return fault


def _compare(expected: Any, got: Any, close: _Close) -> str:
    if isinstance(expected, Array):
        return _compare_arrays(expected, got, close)
    if isinstance(expected, Mapping):
        return _compare_mappings(expected, got, close)
    if is_sequence(expected):
        return _compare_sequences(expected, got, close)
    if _same(expected, got, close):
        return ""
    return _compare_texts(expected, got) or _apart(expected, got, kind=type(expected) is not type(got))


def _apart(expected: Any, got: Any, show: Callable[..., str] = describe, **how: Any) -> str:
    """Return the message with both values, in as many digits as show the difference."""
    for digits in (6, 9, 17):
        want, have = show(expected, digits=digits), show(got, digits=digits, **how)
        if want != have:
            return f"expected {want}, got {have}"
    return f"expected {want}, got another one that looks like it"


def _compare_texts(expected: Any, got: Any) -> str:
    """Return where two texts begin to differ, if a message that shows their beginnings would not show it."""
    if not (type(expected) is type(got) is str):
        return ""
    pairs = enumerate(zip(expected, got, strict=False))
    same = next((index for index, (want, have) in pairs if want != have), min(len(expected), len(got)))
    if same < SHOWN_CHARACTERS // 2:
        return ""
    return f"from character {same} on: expected {describe(expected[same:])}, got {describe(got[same:])}"


def _same(expected: Any, got: Any, close: _Close) -> bool:
    """Whether two values that hold no other values are equal."""
    if isinstance(expected, bool):
        return isinstance(got, bool | np.bool_) and bool(got) == expected
    if isinstance(expected, Integral):
        return isinstance(got, Integral) and not isinstance(got, bool) and int(got) == int(expected)
    if isinstance(expected, Real):
        return isinstance(got, Real) and not isinstance(got, bool) and _near(expected, got, close)
    try:
        return bool(type(got) is type(expected) and got == expected)
    except Exception:  # a student's class may define == as it likes
        return False


def _near(expected: Any, got: Any, close: _Close) -> bool:
    """Whether two numbers are close. The expected one sets the size of the tolerance."""
    if math.isnan(expected):
        return close.equal_nan and got != got
    rtol, atol = close.tolerances()
    gap = atol + rtol * abs(expected)
    return bool(got == expected or expected - gap <= got <= expected + gap)


def _compare_arrays(expected: Array, got: Any, close: _Close) -> str:
    kind: Any = torch.Tensor if isinstance(expected, torch.Tensor) else np.ndarray
    if not isinstance(got, kind):
        return f"expected {describe(expected)}, got {describe(got, kind=True)}"
    if expected.shape != got.shape:
        return f"expected the shape {tuple(expected.shape)}, got {tuple(got.shape)}"
    if expected.dtype != got.dtype:
        return dtype_difference(expected.dtype, got.dtype)
    if expected.device != got.device:
        return device_difference(expected.device, got.device)
    if isinstance(expected, torch.Tensor):
        return "" if _equal_tensors(expected, got, close) else _squashed(expected, got) or _values(expected, got)
    return "" if _equal_arrays(expected, got, close) else _values(expected, got)


def _equal_tensors(expected: torch.Tensor, got: torch.Tensor, close: _Close) -> bool:
    try:
        torch.testing.assert_close(got.detach(), expected.detach(), **close._asdict())
    except AssertionError:
        return False
    return True


def _equal_arrays(expected: np.ndarray, got: np.ndarray, close: _Close) -> bool:
    if not np.issubdtype(expected.dtype, np.inexact):
        return np.array_equal(expected, got)
    rtol, atol = close.tolerances()
    return np.allclose(got, expected, rtol=rtol, atol=atol, equal_nan=close.equal_nan)


def _squashed(logits: torch.Tensor, got: torch.Tensor) -> str:
    """Return the message for rows of logits that went through one of `_SQUASHES`; the empty string for others."""
    if logits.ndim != 2 or not logits.is_floating_point():
        return ""
    for name, squash in _SQUASHES.items():
        if any(torch.allclose(got, squash(logits, axis), rtol=1e-3, atol=1e-5) for axis in (1, 0)):
            return f"expected logits, got their {name}: leave {name} out"
    return ""


def _values(expected: Array, got: Array) -> str:
    """Return the message for two arrays of one shape and dtype: small ones in full, else the largest difference."""
    if math.prod(expected.shape) <= SHOWN_ITEMS:
        return _apart(expected, got)
    expected, got = to_numpy(expected), to_numpy(got)
    if expected.dtype == bool:
        gap = (expected != got).astype(float)
    else:
        with np.errstate(invalid="ignore"):  # ∞ − ∞ is nan
            gap = np.abs(expected.astype(complex) - got.astype(complex))
        gap = np.where(np.isnan(gap), np.inf, gap)
        gap = np.where((expected == got) | (np.isnan(expected) & np.isnan(got)), 0, gap)
    index = tuple(int(i) for i in np.unravel_index(int(gap.argmax()), gap.shape))
    wrong = int((gap > 0).sum())
    most = _apart(expected[index].item(), got[index].item(), show_numbers)
    return f"the values differ, most at [{', '.join(map(str, index))}]: {most} ({wrong} of {gap.size} values differ)"


def _compare_sequences(expected: Sequence[Any], got: Any, close: _Close) -> str:
    if not is_sequence(got):
        return f"expected {describe(expected)}, got {describe(got, kind=True)}"
    if len(expected) != len(got):
        return f"expected {describe(expected)} ({len(expected)} items), got {describe(got)} ({len(got)} items)"
    for index, (want, have) in enumerate(zip(expected, got, strict=True)):
        fault = _difference(want, have, close)
        if fault:
            whole = "" if _holds_arrays(want) else _apart(expected, got)
            return whole if whole and "…" not in whole else f"item {index}: {fault}"
    return ""


def _holds_arrays(value: Any) -> bool:
    """Whether a value is an array, or a sequence with an array in it: too long to show side by side."""
    return any(map(_holds_arrays, value)) if is_sequence(value) else isinstance(value, Array)


def _compare_mappings(expected: Mapping[Any, Any], got: Any, close: _Close) -> str:
    if not isinstance(got, Mapping):
        return f"expected a dictionary, got {describe(got, kind=True)}"
    missing, extra = [k for k in expected if k not in got], [k for k in got if k not in expected]
    if missing:
        return f"the key {describe(missing[0])} is missing"
    if extra:
        return f"the key {describe(extra[0])} does not belong there"
    for key, want in expected.items():
        fault = _difference(want, got[key], close)
        if fault:
            return f"at {describe(key)}: {fault}"
    return ""
