"""Plain data on their way from a student's kernel: a tree that JSON can express, and buffers with the numbers.

`Unpacker` trusts nothing that it reads. It knows only data, checks every size before it uses it, and raises a
`WireError` for everything else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from helpers.grading.cleanroom.frames import Buffer, WireError

__all__ = ["Packer", "Unpacker", "tensor_bytes", "tensor_from"]

MOST_DEPTH = 50  # values within values
MOST_ITEMS = 1_000_000  # of a range, from which a check may make a list
MOST_AXES = 64  # of a tensor or an array, the limit of PyTorch and NumPy
MOST_ITEM = 1 << 16  # bytes of an array's item, such as a string
MOST_DIGITS = 10_000  # of an integer in base 16

_DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)}
_ARRAY_KINDS = "biufcSUmM"  # neither objects nor records


def tensor_bytes(tensor: Tensor) -> tuple[list[int], Buffer]:
    """Return the order of a tensor's axes in memory, slowest first, and its numbers in that order as bytes.

    If the numbers are not adjacent in memory, the tensor is copied and its axes are in order.
    """
    plain = tensor.detach().as_subclass(Tensor).cpu().resolve_conj().resolve_neg()
    strides = plain.stride()
    order = sorted(range(plain.ndim), key=lambda axis: -strides[axis])
    dense = plain.permute(order)
    if not dense.is_contiguous():
        order, dense = list(range(plain.ndim)), plain.contiguous()
    return order, dense.as_strided((dense.numel(),), (1,)).view(torch.uint8).numpy()


def tensor_from(buffer: Buffer, dtype: torch.dtype, shape: Sequence[int], order: Sequence[int]) -> Tensor:
    """Rebuild the tensor from the result of `tensor_bytes`, in the buffer's memory.

    Raises:
        WireError: if shape, dtype and order do not fit the buffer.
    """
    _check_axes(shape, order)
    if any(type(size) is not int or size < 0 for size in shape) or sorted(order) != list(range(len(shape))):
        raise WireError(f"there is no tensor of shape {shape} with axes {order}")
    if math.prod(shape) * dtype.itemsize != memoryview(buffer).nbytes:
        raise WireError(f"a {dtype} tensor of shape {shape} does not have {memoryview(buffer).nbytes} bytes")
    if not memoryview(buffer).nbytes:
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool:  # bytes other than 0 and 1 would be invalid values
        flat = torch.frombuffer(buffer, dtype=torch.uint8) != 0
    else:
        flat = torch.frombuffer(buffer, dtype=dtype)
    positions = [order.index(axis) for axis in range(len(shape))]
    return flat.view([shape[axis] for axis in order]).permute(positions)


def _check_axes(*lists: Any) -> None:
    """Check the number of axes before they are used, or quoted in a message."""
    if any(not isinstance(axes, list | tuple) or len(axes) > MOST_AXES for axes in lists):
        raise WireError(f"a tensor or an array with more than {MOST_AXES} axes")


class Packer:
    """Turns a value into a tree that JSON can express, and buffers. What is no data goes through `reference`."""

    def __init__(self) -> None:
        self.buffers: list[Buffer] = []

    def reference(self, value: Any) -> dict[str, Any]:
        """Return what is sent for a value that is no data."""
        raise WireError(f"{type(value).__name__} is no plain data")

    def gradient(self, tensor: Tensor) -> dict[str, Any]:
        """Return how a tensor that requires its gradient is part of an autograd graph."""
        return {}

    def text(self, value: Any) -> bytes:
        """Return a tree as JSON."""
        return json.dumps(value, separators=(",", ":")).encode()

    def tree(self, value: Any, depth: int = 0) -> Any:
        """Return the tree of a value. Instances of subclasses of list, dict, int, … become instances of the base.

        Raises:
            WireError: if it is nested too deeply.
        """
        if depth > MOST_DEPTH:
            raise WireError("a value is nested too deeply, or contains itself")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, np.generic | np.ndarray):
            return self._array(value)
        if isinstance(value, int):
            return int(value) if abs(value) < 2**63 else {"int": hex(value)}
        if isinstance(value, float):
            return float(value)
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, list):
            return self._trees(value, depth)
        if isinstance(value, dict):
            return {"dict": [self._trees(pair, depth) for pair in value.items()]}
        if isinstance(value, Tensor):
            return self._tensor(value)
        for kind, tag in _SEQUENCES:
            if isinstance(value, kind):
                return {tag: self._trees(value, depth)}
        return self._rare(value, depth)

    def _trees(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self.tree(value, depth + 1) for value in values]

    def _rare(self, value: Any, depth: int) -> Any:
        if isinstance(value, bytes | bytearray):
            return {"bytes": self._buffer(bytes(value))}
        if isinstance(value, complex):
            return {"complex": [value.real, value.imag]}
        if isinstance(value, slice | range):
            return {type(value).__name__: self._trees((value.start, value.stop, value.step), depth)}
        if isinstance(value, torch.dtype):
            return {"dtype": str(value).removeprefix("torch.")}
        if isinstance(value, torch.device):
            return {"device": str(value)}
        return {"ellipsis": None} if value is Ellipsis else self.reference(value)

    def _array(self, value: Any) -> dict[str, Any]:
        if value.dtype.kind not in _ARRAY_KINDS:
            return self.reference(value)
        numbers = np.ascontiguousarray(value).reshape(-1).view(np.uint8) if value.size else np.empty(0, np.uint8)
        tag = "array" if isinstance(value, np.ndarray) else "scalar"
        return {tag: [self._buffer(numbers), value.dtype.str, list(value.shape)]}

    def _tensor(self, value: Tensor) -> dict[str, Any]:
        if value.layout is not torch.strided or value.is_quantized:
            return self.reference(value)
        more = self.gradient(value) if value.requires_grad else {}
        if "shared" in more:
            return more
        order, numbers = (list(range(value.ndim)), None) if value.is_meta else tensor_bytes(value)
        index = None if numbers is None else self._buffer(numbers)
        kind = str(value.dtype).removeprefix("torch.")
        return {"tensor": [index, kind, list(value.shape), order, str(value.device), more]}

    def _buffer(self, buffer: Buffer) -> int:
        self.buffers.append(buffer)
        return len(self.buffers) - 1


_SEQUENCES = ((torch.Size, "size"), (tuple, "tuple"), (set, "set"), (frozenset, "frozenset"))


class Unpacker:
    """Turns a tree and its buffers into a value. Call `value`: the other methods may raise any exception."""

    def __init__(self, buffers: Sequence[Any]) -> None:
        self.buffers = buffers

    def handle(self, number: int, kinds: list[list[str]], name: str, is_callable: bool) -> Any:
        """Return the handle of an object that stays in the other process."""
        raise WireError("a handle does not belong here")

    def shared(self, number: int, name: str) -> Any:
        """Return an object of this process, or its parameter `name`, that the other process sends back."""
        raise WireError("a shared object does not belong here")

    def linked(self, tensor: Tensor, how: dict[str, Any], depth: int) -> Tensor:
        """Return the tensor as part of an autograd graph; see `Packer.gradient`."""
        raise WireError("a gradient does not belong here")

    def value(self, tree: Any) -> Any:
        """Return the value of a tree.

        Raises:
            WireError: if anything is wrong with it.
        """
        try:
            return self._tree(tree, 0)
        except WireError:
            raise
        except Exception as error:
            raise WireError(f"the data make no sense ({type(error).__name__})") from None

    def _tree(self, tree: Any, depth: int) -> Any:
        if depth > MOST_DEPTH:
            raise WireError("the data are nested too deeply")
        if isinstance(tree, list):
            return self._list(tree, depth)
        if not isinstance(tree, dict):
            return tree
        ((tag, content),) = tree.items()
        return _MAKERS[tag](self, content, depth + 1)

    def _list(self, trees: Any, depth: int) -> list[Any]:
        if not isinstance(trees, list):
            raise WireError("a list was expected")
        return [self._tree(tree, depth + 1) for tree in trees]

    def _buffer(self, index: Any) -> np.ndarray[Any, Any]:
        if type(index) is not int or not 0 <= index < len(self.buffers):
            raise WireError("a buffer is missing")
        return np.asarray(self.buffers[index])

    def _array(self, index: int, kind: str, shape: list[int]) -> np.ndarray[Any, Any]:
        _check_axes(shape)
        dtype = np.dtype(str(kind)[:20])
        if dtype.itemsize > MOST_ITEM:
            raise WireError(f"an array with items of {dtype.itemsize} bytes")
        if dtype.kind not in _ARRAY_KINDS or dtype.itemsize * math.prod(shape) != self._buffer(index).nbytes:
            raise WireError(f"an array of {kind} and shape {shape} does not fit its numbers")
        if dtype.itemsize == 0 or 0 in shape:
            return np.empty(shape, dtype)
        numbers = self._buffer(index)
        flat = numbers != 0 if dtype.kind == "b" else numbers.view(dtype)
        return flat.reshape(shape)

    def _tensor(
        self, depth: int, index: Any, kind: str, shape: list[int], order: list[int], device: str, how: Any
    ) -> Tensor:
        _check_axes(shape)
        dtype, target = _DTYPES[kind], torch.device(device)
        if target.type == "meta":
            tensor = torch.empty([int(size) for size in shape], dtype=dtype, device=target)
        else:
            tensor = tensor_from(self._buffer(index), dtype, shape, order).to(target)
        return self.linked(tensor, how, depth) if how else tensor


def _range(numbers: list[Any]) -> range:
    result = range(*numbers)
    if len(result) > MOST_ITEMS:
        raise WireError(f"a range of {len(result)} numbers, but at most {MOST_ITEMS} are allowed")
    return result


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise WireError(f"an integer of {len(text)} digits")
    return int(text, 16)


_MAKERS: dict[str, Callable[[Unpacker, Any, int], Any]] = {
    "array": lambda unpack, parts, depth: unpack._array(*parts),
    "bytes": lambda unpack, index, depth: unpack._buffer(index).tobytes(),
    "complex": lambda unpack, parts, depth: complex(*parts),
    "device": lambda unpack, name, depth: torch.device(name),
    "dict": lambda unpack, pairs, depth: {unpack._tree(k, depth): unpack._tree(v, depth) for k, v in pairs},
    "dtype": lambda unpack, name, depth: _DTYPES[name],
    "ellipsis": lambda unpack, nothing, depth: Ellipsis,
    "frozenset": lambda unpack, trees, depth: frozenset(unpack._list(trees, depth)),
    "handle": lambda unpack, parts, depth: unpack.handle(*parts),
    "int": lambda unpack, text, depth: _integer(text),
    "range": lambda unpack, trees, depth: _range(unpack._list(trees, depth)),
    "scalar": lambda unpack, parts, depth: unpack._array(*parts)[()],
    "set": lambda unpack, trees, depth: set(unpack._list(trees, depth)),
    "shared": lambda unpack, parts, depth: unpack.shared(*parts),
    "size": lambda unpack, trees, depth: torch.Size(unpack._list(trees, depth)),
    "slice": lambda unpack, trees, depth: slice(*unpack._list(trees, depth)),
    "tensor": lambda unpack, parts, depth: unpack._tensor(depth, *parts),
    "tuple": lambda unpack, trees, depth: tuple(unpack._list(trees, depth)),
}
