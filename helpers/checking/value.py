"""Checks of a value under the name that the student knows it by."""

from __future__ import annotations

from typing import Any, NoReturn, Self

import torch

from helpers.checking.compare import device_difference, difference, dtype_difference
from helpers.checking.describe import describe
from helpers.checking.question import count_check, fail

__all__ = ["Value", "expect", "value"]


class Value:
    """A named value to check. `value` makes it and, for the result of a function, `call`."""

    def __init__(self, name: str, result: Any) -> None:
        self.name = name
        self._result = result

    def result(self) -> Any:
        """Return the value itself."""
        return self._result

    def equals(
        self,
        expected: Any,
        hint: str = "",
        *,
        rtol: float | None = None,
        atol: float | None = None,
        equal_nan: bool = False,
    ) -> Self:
        """Check that the value is `expected`.

        Numbers, strings, sequences, mappings, arrays and tensors are compared by content; tensors by shape, then
        dtype, then device, then values. Tuples, lists and `torch.Size` count as the same type.

        Args:
            expected: the right value. It is computed before the student's function is called.
            hint: the likely cause, in a sentence, shown after the difference.
            rtol: relative tolerance of floating-point values; by default that of `torch.testing.assert_close`.
            atol: absolute tolerance, likewise. Give both or neither.
            equal_nan: whether nan is right where `expected` is nan. Otherwise nan is always wrong.

        Raises:
            CheckError: if the two differ.
        """
        count_check()
        fault = difference(expected, self.result(), rtol=rtol, atol=atol, equal_nan=equal_nan)
        if fault:
            fail(f"{self._name_for(fault)}: {fault}", hint)
        return self

    def differs(self, other: torch.Tensor, hint: str = "", *, rtol: float = 1e-5, atol: float = 1e-8) -> Self:
        """Check that the value is a tensor of finite numbers that differ from `other`.

        `not torch.allclose` does not check this: nan differs from everything, even from itself.
        """
        result = self.has(hint).result()
        if not bool(result.isfinite().all()):
            self._fail("expected numbers, but nan or inf is among them", hint)
        if not difference(other, result, rtol=rtol, atol=atol):
            self._fail("expected other numbers, got the same", hint)
        return self

    def has(
        self,
        hint: str = "",
        *,
        shape: tuple[int, ...] | None = None,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> Self:
        """Check that the value is a tensor with this shape, dtype and device; None allows any."""
        count_check()
        result = self.result()
        if not isinstance(result, torch.Tensor):
            self._fail(f"expected a tensor, got {describe(result, kind=True)}", hint)
        if shape is not None and tuple(result.shape) != tuple(shape):
            self._fail(f"expected the shape {tuple(shape)}, got {tuple(result.shape)}", hint)
        if dtype is not None and result.dtype != dtype:
            fault = dtype_difference(dtype, result.dtype)
            fail(f"{self._name_for(fault)}: {fault}", hint)
        if device is not None and result.device.type != torch.device(device).type:
            self._fail(device_difference(device, result.device), hint)
        return self

    def _name_for(self, fault: str) -> str:
        """Return the name to show with a fault; a subclass may add what explains the fault."""
        return self.name

    def _fail(self, fault: str, hint: str = "") -> NoReturn:
        fail(f"{self.name}: {fault}", hint)


def value(name: str, result: Any) -> Value:
    """Name a value to check it: `value("x", x).equals(3)`."""
    return Value(name, result)


def expect(condition: bool, message: str) -> None:
    """Check a condition that no comparison expresses. The message says what was expected and what came instead.

    Raises:
        CheckError: if the condition is false.
    """
    count_check()
    if not condition:
        fail(message)
