"""Handles: stand-ins in the clean room for objects that stay in the student's kernel.

Everything that is no plain data gets a `Handle`: functions, classes, networks, optimizers, figures. What a check does
with a handle happens in the kernel, and the result comes back. Whatever a handle says, the student may have made up. So
handles support no arithmetic and no comparison except for identity: checks compare plain data in the clean room.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch

__all__ = ["Handle", "Kernel", "make_handle", "number_of"]

_CLAIMABLE = ("torch", "torchvision", "matplotlib")  # packages whose classes `isinstance` accepts for a handle
_DATA = (torch.Tensor, np.ndarray, np.generic, int, float, str, bytes, list, tuple, dict, set)
_SPECIAL = {"__doc__", "__qualname__"}  # special attributes that the kernel is asked for


class Kernel(Protocol):
    """What a handle needs of the connection to the kernel. `DispatcherClient` is one."""

    calls: int  # how many calls there were

    def do(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have the kernel do one of the dispatcher's operations."""


class Handle:
    """A student's object, as the clean room sees it."""

    __slots__ = ("__client", "__last_call", "__name", "__number", "__weakref__")

    def __init__(self, client: Kernel, number: int, name: str) -> None:
        _set(self, "_Handle__client", client)
        _set(self, "_Handle__number", number)
        _set(self, "_Handle__name", name)
        _set(self, "_Handle__last_call", 0)

    def __getattr__(self, name: str) -> Any:
        if name == "__name__" and self.__name:
            return self.__name
        if name.startswith("__") and name.endswith("__") and name not in _SPECIAL:
            raise AttributeError(f"a student's object does not reveal its {name}")
        return self.__client.do("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__client.do("setattr", self, name, value)

    def __getitem__(self, key: Any) -> Any:
        return self.__client.do("getitem", self, key)

    def __len__(self) -> int:
        return _plain(self.__client.do("len", self), int)

    def __bool__(self) -> bool:
        return _plain(self.__client.do("bool", self), bool)

    def __contains__(self, item: Any) -> bool:
        return _plain(self.__client.do("contains", self, item), bool)

    def __iter__(self) -> Iterator[Any]:
        iterator = self.__client.do("iter", self)
        return iterator if isinstance(iterator, Handle) else iter(_plain(iterator, list))

    def __next__(self) -> Any:
        return self.__client.do("next", self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self.__client.do("deepcopy", self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and self.__number == number_of(other)

    def __hash__(self) -> int:
        return hash(self.__number)

    def __repr__(self) -> str:
        return f"<the student's {self.__name or type(self).__name__}>"


class CallableHandle(Handle):
    """A student's object that can be called."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        client = _get(self, "_Handle__client")
        number = client.calls + 1
        try:
            return client.do("call", self, *args, **kwargs)
        finally:
            _set(self, "_Handle__last_call", number)  # a callback may have called it again meanwhile

    def __arguments_after__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments of the last call, as the function left them."""
        args, kwargs = _get(self, "_Handle__client").do("arguments", _get(self, "_Handle__last_call"))
        return _plain(args, tuple), _plain(kwargs, dict)

    def __traces__(self) -> dict[str, Any]:
        """Return the traces of the last call; see `helpers.checking.traces`."""
        return _plain(_get(self, "_Handle__client").do("traces", _get(self, "_Handle__last_call")), dict)

    def __count_operations__(self, *args: Any, **kwargs: Any) -> dict[str, int]:
        """Call the function, and return how often PyTorch ran each operation in the kernel."""
        counts = _plain(_get(self, "_Handle__client").do("operations", self, *args, **kwargs), dict)
        return {str(name): _plain(number, int) for name, number in counts.items()}

    def __printed__(self, *args: Any, **kwargs: Any) -> str:
        """Call the function, and return what it prints in the kernel."""
        return _plain(_get(self, "_Handle__client").do("printed", self, *args, **kwargs), str)


_set, _get = object.__setattr__, object.__getattribute__


def number_of(handle: Handle) -> int:
    """Return the number by which the kernel knows a handle's object."""
    return int(_get(handle, "_Handle__number"))


def make_handle(client: Kernel, number: int, kinds: Sequence[Sequence[str]], name: str, is_callable: bool) -> Handle:
    """Return a handle for a student's object.

    Args:
        kinds: module and qualified name of the object's class and then of its base classes, as the kernel claims.
        name: the object's `__name__`; empty if it has none.
    """
    classes = tuple((str(module)[:100], str(kind)[:100]) for module, kind in kinds[:50])
    return _class_for(classes, bool(is_callable))(client, int(number), str(name)[:100])


@lru_cache(maxsize=256)
def _class_for(kinds: tuple[tuple[str, str], ...], is_callable: bool) -> type[Handle]:
    """Return a class of handles with the name of the student's class; `isinstance` accepts it for its known base."""
    base = CallableHandle if is_callable else Handle
    known = next(filter(None, (_known(*kind) for kind in kinds)), None)
    members: dict[str, Any] = {"__slots__": ()}
    if known is not None:
        members["__class__"] = property(lambda self: known)
    name = kinds[0][1].rpartition(".")[2] if kinds else "object"
    return type(name if name.isidentifier() else "object", (base,), members)


def _known(module: str, name: str) -> type | None:
    """Return a class of PyTorch or Matplotlib if it is imported already. A student's claim must import nothing."""
    if module.partition(".")[0] not in _CLAIMABLE or module not in sys.modules:
        return None
    kind = vars(sys.modules[module]).get(name)
    return kind if isinstance(kind, type) and not issubclass(kind, _DATA) else None


def _plain(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"the student's object returned {value!r} instead of a {kind.__name__}")
    return value
