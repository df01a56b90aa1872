"""Pickle what a check gives to the student's code, in the clean room.

Numbers stand for what the kernel has already: the student's own objects, and mirrors of the check's networks. A
function of the check's stays in the clean room, and a number stands for it too.
"""

from __future__ import annotations

import builtins
import io
import pickle
import sys
import types
from collections.abc import Mapping
from typing import Any, Protocol

import cloudpickle
import torch
from torch import Tensor

from helpers.grading.cleanroom import mirrors
from helpers.grading.cleanroom.bare import bare_class, bare_function
from helpers.grading.cleanroom.frames import Buffer
from helpers.grading.cleanroom.gradients import Graphs
from helpers.grading.cleanroom.handles import Handle, number_of
from helpers.grading.cleanroom.unpickler import rebuild_tensor
from helpers.grading.cleanroom.wire import tensor_bytes

__all__ = ["CELLS", "Pickler", "Shared"]

CELLS = "__main__"  # the module that classes and functions of cells belong to


class Shared(Protocol):
    """What the clean room knows of the objects that both processes have. `Link` keeps it."""

    graphs: Graphs

    @property
    def own(self) -> Mapping[int, Any]:
        """The check's objects that the kernel has a number for."""

    def has_mirror(self, thing: Any) -> bool:
        """Whether a network or an optimizer has a mirror in the kernel."""

    def mirror(self, thing: Any) -> int:
        """The number of its mirror, which is made if there is none."""

    def callback(self, function: Any) -> int:
        """The number by which the kernel calls a check's function back."""

    def parameters(self) -> dict[int, tuple[int, str]]:
        """Number and name of each parameter that has a mirror, by its `id`."""


class Pickler(cloudpickle.Pickler):
    """Pickles what a check gives to the student's code; numbers stand for what the kernel has already.

    Args:
        whole: the network or optimizer that is pickled as a mirror: everything in it travels along.
        answers: whether the values are results of a callback, and no arguments.
    """

    def __init__(self, link: Shared, *, whole: Any = None, answers: list[Tensor] | None = None) -> None:
        self._text = io.BytesIO()
        self.buffers: list[Buffer] = []
        self.inputs: list[Tensor] = []  # tensors that require their gradient, in the order in which they are sent
        self._link, self._whole, self._answers = link, whole, answers
        super().__init__(self._text, protocol=5, buffer_callback=self._keep if whole is None else None)
        self._alive = list(link.own.values())  # or another tensor might get the `id` of one of their parameters
        self._parameters = link.parameters()

    def text(self, value: Any) -> bytes:
        """The pickled value.

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
            if self._whole is None or self._link.has_mirror(value):
                return "own", self._link.mirror(value)
        elif self._whole is None and _is_callback(value):
            return "callback", self._link.callback(value)
        return None

    def _tensor(self, value: Tensor) -> Any:
        if id(value) in self._parameters:
            return "parameter", *self._parameters[id(value)]
        if not value.requires_grad or self._whole is not None:
            return None
        if self._answers is None:
            if not any(value is known for known in self.inputs):
                self.inputs.append(value)
            return "input", next(i for i, known in enumerate(self.inputs) if known is value), value.detach()
        if value.is_leaf:
            return None
        return "linked", self._link.graphs.keep(value, self._answers), value.detach()

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind is Tensor or kind is torch.nn.Parameter:
            return _reduced(value)
        if kind.__module__.startswith("matplotlib.") and hasattr(value, "get_figure"):
            raise TypeError("a check cannot pass a figure or axes: the student's code would draw on a copy")
        if isinstance(value, type) and (home := _home_of(value)):
            return getattr, home
        found = super().reducer_override(value)
        if found is NotImplemented or len(found) == 2:  # the kernel has it by its name
            return found
        if kind is types.FunctionType:
            return super().reducer_override(bare_function(value))
        return bare_class(value, found, CELLS)


def _home_of(kind: type) -> tuple[Any, str] | None:
    """A module that has a class of a library's, and its name there, where the class does not say so itself."""
    name = kind.__name__
    if kind.__module__ != "builtins" or hasattr(builtins, name):
        return None
    libraries = [module for home, module in list(sys.modules.items()) if _is_library(home)]
    return next(((module, name) for module in libraries if vars(module).get(name) is kind), None)


def _is_library(module: str) -> bool:
    return module != CELLS and module.partition(".")[0] not in sys.stdlib_module_names


_ATOMS = {bool, int, float, str, bytes, type(None), tuple, list, dict, set}
_BOUND = (types.MethodType, types.BuiltinMethodType, types.MethodWrapperType)


def _is_callback(value: Any) -> bool:
    """Whether a check's own function, or method, or callable object: it stays here and is called back."""
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
        order, found = tensor_bytes(tensor)
        numbers = pickle.PickleBuffer(found)
    place = str(tensor.device)
    more = type(tensor) is torch.nn.Parameter, tensor.requires_grad, tensor.grad
    return rebuild_tensor, (numbers, tensor.dtype, tuple(tensor.shape), order, place, *more)
