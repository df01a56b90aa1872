"""What travels of a check's own functions and classes: what they do, and nothing that tells of the check.

Whatever is sent can be read by the student's code. So names, annotations, files and lines stay behind; docstrings are
gone already, see `run_cell`. Names that code is run by have to go along: those of arguments, attributes and globals.
"""

from __future__ import annotations

import inspect
from types import CodeType, FunctionType
from typing import Any

__all__ = ["bare_class", "bare_function"]

_TELLING = ("__doc__", "__annotations__", "__annotations_cache__", "__firstlineno__", "__static_attributes__")


def bare_function(function: FunctionType) -> FunctionType:
    """A function that does the same."""
    code = _bare_code(function.__code__)
    bare = FunctionType(code, function.__globals__, code.co_name, function.__defaults__, function.__closure__)
    bare.__kwdefaults__ = function.__kwdefaults__
    bare.__dict__.update(function.__dict__)
    return bare


def _bare_code(code: CodeType) -> CodeType:
    inner = (_bare_code(const) if isinstance(const, CodeType) else const for const in code.co_consts)
    return code.replace(
        co_consts=tuple(inner),
        co_varnames=_bare_names(code),
        co_filename="",
        co_name="function",
        co_qualname="function",
        co_firstlineno=1,
        co_linetable=b"",
    )


def _bare_names(code: CodeType) -> tuple[str, ...]:
    """The names of arguments, by which they may be passed, and numbers for all other variables."""
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    kept = code.co_argcount + code.co_kwonlyargcount + stars
    return tuple(
        name if place < kept or name in code.co_cellvars else f"v{place}" for place, name in enumerate(code.co_varnames)
    )


def bare_class(kind: type, reduced: tuple[Any, ...], cells: str) -> tuple[Any, ...]:
    """What cloudpickle has made of a class, named as the nearest of its bases that no cell defines."""
    base = next(base.__name__ for base in kind.__mro__ if base.__module__ != cells)
    make, arguments, (members, slots), *rest = reduced
    named = tuple(base if part in (kind.__name__, kind.__qualname__) else part for part in arguments)
    told = {name: member for name, member in members.items() if name not in _TELLING}
    return make, named, (told, slots), *rest
