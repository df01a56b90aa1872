"""Pickle what a check gives to the student's code, in the clean room.

Objects that the kernel has already are sent as numbers: student's objects, and mirrors of the check's networks. The
check's functions stay in the clean room and are sent as numbers, too.

https://docs.python.org/3/library/pickle.html#persistence-of-external-objects
"""

from __future__ import annotations

import builtins
import io
import pickle
import sys
import types
from collections.abc import Container, Mapping
from typing import Any, Protocol

import cloudpickle
import torch
from torch import Tensor

from helpers.grading.cleanroom import mirrors
from helpers.grading.cleanroom.bare import bare_class, bare_function
from helpers.grading.cleanroom.frames import Buffer
from helpers.grading.cleanroom.gradients import Graphs, index_in
from helpers.grading.cleanroom.handles import Handle, number_of
from helpers.grading.cleanroom.unpickler import rebuild_tensor
from helpers.grading.cleanroom.wire import tensor_bytes

__all__ = ["CELLS", "Pickler", "Shared"]

CELLS = "__main__"  # the module of classes and functions that cells define


class Shared(Protocol):
    """What the clean room knows of the objects that both processes have. `DispatcherClient` keeps it."""

    graphs: Graphs

    @property
    def shared(self) -> Mapping[int, Any]:
        """The check's objects that the kernel knows by a number."""

    @property
    def mirrors(self) -> Container[Any]:
        """The networks and optimizers that have a mirror in the kernel."""

    def mirror(self, thing: Any) -> int:
        """Return the number of a mirror, which is made if there is none."""

    def callback(self, function: Any) -> int:
        """Return the number by which the kernel calls a check's function back."""

    def parameters(self) -> dict[int, tuple[int, str]]:
        """Return number and name of each parameter that has a mirror, by its `id`."""


class Pickler(cloudpickle.Pickler):
    """Pickles what a check gives to the student's code; objects that the kernel has are pickled as numbers.

    Args:
        whole: a network or optimizer that is pickled completely, to become a mirror.
        answers: the arguments of a callback if its result is pickled; None for an operation's arguments.
    """

    def __init__(self, client: Shared, *, whole: Any = None, answers: list[Tensor] | None = None) -> None:
        self._text = io.BytesIO()
        self.buffers: list[Buffer] = []
        self.inputs: list[Tensor] = []  # tensors that require their gradient, in the order in which they are sent
        self._client, self._whole, self._answers = client, whole, answers
        super().__init__(self._text, protocol=5, buffer_callback=self._keep if whole is None else None)
        self._alive = list(client.shared.values())  # else another tensor might get the `id` of one of their parameters
        self._parameters = client.parameters()

    def text(self, value: Any) -> bytes:
        """Return the pickled value.

        Raises:
            TypeError: if it cannot be pickled.
        """
        try:
            self.dump(value)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise TypeError(f"a check cannot pass this to the student's code: {error}") from None
        return self._text.getvalue()

    def _keep(self, buffer: Any) -> None:
        self.buffers.append(buffer.raw())

    def persistent_id(self, value: Any) -> Any:
        kind = type(value)
        if kind in _ATOMS:
            return None
        if issubclass(kind, Handle):
            return "handle", number_of(value)
        if issubclass(kind, Tensor):
            return self._tensor(value)
        if issubclass(kind, mirrors.MIRRORED) and value is not self._whole:
            if self._whole is None or value in self._client.mirrors:
                return "shared", self._client.mirror(value)
        elif self._whole is None and _is_callback(value):
            return "callback", self._client.callback(value)
        return None

    def _tensor(self, value: Tensor) -> Any:
        if id(value) in self._parameters:
            return "parameter", *self._parameters[id(value)]
        if not value.requires_grad or self._whole is not None:
            return None
        if self._answers is None:
            return "input", index_in(self.inputs, value), value.detach()
        if value.is_leaf:
            return None
        return "linked", self._client.graphs.keep(value, self._answers), value.detach()

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind is Tensor or kind is torch.nn.Parameter:
            return _reduced(value)
        if kind.__module__.startswith("matplotlib.") and hasattr(value, "get_figure"):
            raise TypeError("a check cannot pass a figure or axes: the student's code would draw on a copy")
        if isinstance(value, type) and (home := _home_of(value)):
            return getattr, home
        reduced = super().reducer_override(value)
        if reduced is NotImplemented or len(reduced) == 2:  # the kernel can import it
            return reduced
        if kind is types.FunctionType:
            return super().reducer_override(bare_function(value))
        return bare_class(value, reduced, CELLS)


def _home_of(kind: type) -> tuple[Any, str] | None:
    """Return the library module that contains a class, and its name there, if the class itself does not tell."""
    name = kind.__name__
    if kind.__module__ != "builtins" or hasattr(builtins, name):
        return None
    others = {CELLS, *sys.stdlib_module_names}
    libraries = [module for home, module in list(sys.modules.items()) if home.partition(".")[0] not in others]
    return next(((module, name) for module in libraries if vars(module).get(name) is kind), None)


_ATOMS = {bool, int, float, str, bytes, type(None), tuple, list, dict, set}
_BOUND = (types.MethodType, types.BuiltinMethodType, types.MethodWrapperType)


def _is_callback(value: Any) -> bool:
    """Return whether this is a check's function, method or callable object, which stays here and is called back."""
    if isinstance(value, _BOUND):
        return not isinstance(value.__self__, types.ModuleType | type)
    if isinstance(value, types.FunctionType):
        return value.__module__ == CELLS
    return callable(value) and type(value).__module__ == CELLS


def _reduced(tensor: Tensor) -> Any:
    if tensor.layout is not torch.strided or tensor.is_quantized:
        return NotImplemented
    numbers: Any = None
    order: list[int] = []
    if not tensor.is_meta:
        order, buffer = tensor_bytes(tensor)
        numbers = pickle.PickleBuffer(buffer)
    more = type(tensor) is torch.nn.Parameter, tensor.requires_grad, tensor.grad
    return rebuild_tensor, (numbers, tensor.dtype, tuple(tensor.shape), order, str(tensor.device), *more)
