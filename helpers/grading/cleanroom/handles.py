"""Stand-ins in the clean room for objects that stay in the student's kernel.

Functions, classes, networks, optimizers, figures: whatever is no plain data is a `Handle`. What a check does with it
happens in the kernel, and what comes of it comes back. All that a handle says is the student's claim. So it has no
arithmetic and no comparison but identity: a check compares data, which this side computes with.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch

__all__ = ["Handle", "Operations", "make_handle", "number_of"]

_CLAIMABLE = ("torch", "torchvision", "matplotlib")  # packages whose classes `isinstance` knows a handle by
_DATA = (torch.Tensor, np.ndarray, np.generic, int, float, str, bytes, list, tuple, dict, set)
_TOLD = {"__doc__", "__qualname__"}  # names with two underscores that the kernel is asked for


class Operations(Protocol):
    """What a handle needs of the connection to the kernel."""

    calls: int  # how many calls there were

    def do(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have one of the dispatcher's operations done."""


class Handle:
    """An object of the student's, seen from the clean room."""

    __slots__ = ("__link", "__name", "__number", "__weakref__", "__when")

    def __init__(self, link: Operations, number: int, name: str) -> None:
        _set(self, "_Handle__link", link)
        _set(self, "_Handle__number", number)
        _set(self, "_Handle__name", name)
        _set(self, "_Handle__when", 0)

    def __getattr__(self, name: str) -> Any:
        if name == "__name__" and self.__name:
            return self.__name
        if name.startswith("__") and name.endswith("__") and name not in _TOLD:
            raise AttributeError(f"a student's object does not tell its {name}")
        return self.__link.do("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__link.do("setattr", self, name, value)

    def __getitem__(self, key: Any) -> Any:
        return self.__link.do("getitem", self, key)

    def __len__(self) -> int:
        return _plain(self.__link.do("len", self), int)

    def __bool__(self) -> bool:
        return _plain(self.__link.do("bool", self), bool)

    def __contains__(self, item: Any) -> bool:
        return _plain(self.__link.do("contains", self, item), bool)

    def __iter__(self) -> Iterator[Any]:
        found = self.__link.do("iter", self)
        return found if isinstance(found, Handle) else iter(_plain(found, list))

    def __next__(self) -> Any:
        return self.__link.do("next", self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self.__link.do("deepcopy", self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and self.__number == number_of(other)

    def __hash__(self) -> int:
        return hash(self.__number)

    def __repr__(self) -> str:
        return f"<the student's {self.__name or type(self).__name__}>"


class Function(Handle):
    """An object of the student's that can be called."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        link = _get(self, "_Handle__link")
        number = link.calls + 1
        try:
            return link.do("call", self, *args, **kwargs)
        finally:
            _set(self, "_Handle__when", number)  # it may have been called again meanwhile

    def __arguments_after__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of the last call, as the student's function left them."""
        args, kwargs = _get(self, "_Handle__link").do("arguments", _get(self, "_Handle__when"))
        return _plain(args, tuple), _plain(kwargs, dict)

    def __traces__(self) -> dict[str, Any]:
        """What the last call left behind, as `helpers.checking.traces` sees it in the kernel."""
        return _plain(_get(self, "_Handle__link").do("traces", _get(self, "_Handle__when")), dict)

    def __count_operations__(self, *args: Any, **kwargs: Any) -> dict[str, int]:
        """Call the function, and count what PyTorch does in the kernel meanwhile."""
        counts = _plain(_get(self, "_Handle__link").do("operations", self, *args, **kwargs), dict)
        return {str(name): _plain(number, int) for name, number in counts.items()}

    def __printed__(self, *args: Any, **kwargs: Any) -> str:
        """Call the function, and tell what it prints in the kernel meanwhile."""
        return _plain(_get(self, "_Handle__link").do("printed", self, *args, **kwargs), str)


_set, _get = object.__setattr__, object.__getattribute__


def number_of(handle: Handle) -> int:
    """The number that the kernel knows a handle's object by."""
    return int(_get(handle, "_Handle__number"))


def make_handle(link: Operations, number: int, kinds: Sequence[Sequence[str]], name: str, is_callable: bool) -> Handle:
    """A handle for an object whose class is said to be the first of `kinds`, and the others its base classes.

    Args:
        kinds: module and qualified name of each class.
        name: the object's own `__name__`, empty if it has none.
    """
    classes = tuple((str(module)[:100], str(kind)[:100]) for module, kind in kinds[:50])
    return _class_for(classes, bool(is_callable))(link, int(number), str(name)[:100])


@lru_cache(maxsize=256)
def _class_for(kinds: tuple[tuple[str, str], ...], is_callable: bool) -> type[Handle]:
    """A class of handles that is named as the student's class, and that `isinstance` takes for a known base of it."""
    base = Function if is_callable else Handle
    known = next((found for kind in kinds if (found := _known(*kind))), None)
    members: dict[str, Any] = {"__slots__": ()}
    if known is not None:
        members["__class__"] = property(lambda self: known)
    name = kinds[0][1].rpartition(".")[2] if kinds else "object"
    return type(name if name.isidentifier() else "object", (base,), members)


def _known(module: str, name: str) -> type | None:
    """A class of PyTorch's or Matplotlib's that is imported already. Nothing is imported for a student's word."""
    if module.partition(".")[0] not in _CLAIMABLE or module not in sys.modules:
        return None
    found = vars(sys.modules[module]).get(name)
    return found if isinstance(found, type) and not issubclass(found, _DATA) else None


def _plain(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"the student's object gave {value!r} where a {kind.__name__} is due")
    return value
