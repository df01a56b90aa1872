"""Unpickle what a check gives to the student's code, in the kernel. The clean room never unpickles anything."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from helpers.grading.cleanroom import mirrors
from helpers.grading.cleanroom.gradients import attach
from helpers.grading.cleanroom.wire import tensor_from

__all__ = ["Residents", "Unpickler", "rebuild_tensor"]


class Residents(Protocol):
    """The objects in the kernel that numbers name. `Dispatcher` keeps them."""

    @property
    def objects(self) -> Mapping[int, Any]:
        """The student's objects that have handles."""

    @property
    def shared(self) -> Mapping[int, Any]:
        """Mirrors of the check's networks, and stubs for its functions."""

    def callback(self, number: int) -> Callable[..., Any]:
        """Return a stub that calls back into the check."""

    def ask(self, what: int | str, *args: Any, **kwargs: Any) -> Any:
        """Have the clean room do something."""


class Unpickler(pickle.Unpickler):
    """Unpickles what the clean room sends, and looks up the objects that it names by number.

    Args:
        inputs: collects the leaf tensors that stand for the check's tensors; a callback's arguments for its result.
    """

    def __init__(self, residents: Residents, text: bytes, buffers: list[Any], inputs: list[Tensor]) -> None:
        super().__init__(io.BytesIO(text), buffers=buffers)
        self._residents, self._inputs = residents, inputs

    def persistent_load(self, identifier: Any) -> Any:
        what, number, *rest = identifier
        if what == "handle":
            return self._residents.objects[number]
        if what == "shared":
            return self._residents.shared[number]
        if what == "parameter":
            return mirrors.parameters_of(self._residents.shared[number])[rest[0]]
        if what == "callback":
            return self._residents.callback(number)
        if what == "linked":
            return attach(rest[0], self._inputs, lambda gradient: self._residents.ask("backward", number, gradient))
        if number == len(self._inputs):  # a new input
            self._inputs.append(rest[0].requires_grad_())
        return self._inputs[number]


def rebuild_tensor(
    numbers: Any,
    dtype: torch.dtype,
    shape: tuple[int, ...],
    order: list[int],
    device: str,
    is_parameter: bool,
    requires_grad: bool,
    grad: Tensor | None,
) -> Tensor:
    """Rebuild a tensor with its memory layout. `Pickler` names this function in what it sends."""
    if numbers is None:
        tensor = torch.empty(shape, dtype=dtype, device=device)
    else:
        tensor = tensor_from(numbers, dtype, shape, order).to(device)
    if is_parameter:
        tensor = torch.nn.Parameter(tensor, requires_grad=requires_grad)
    elif requires_grad:
        tensor.requires_grad_()
    tensor.grad = grad
    return tensor
