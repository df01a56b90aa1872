"""Strip a check's functions and classes before they are sent to the student's kernel, where they can be read.

Names, annotations, files and line numbers are removed; `run_cell` has removed docstrings. Only names that the code
needs stay: those of arguments, attributes and globals.
"""

from __future__ import annotations

import inspect
from types import CodeType, FunctionType
from typing import Any

__all__ = ["bare_class", "bare_function"]

_REMOVED = ("__doc__", "__annotations__", "__annotations_cache__", "__firstlineno__", "__static_attributes__")


def bare_function(function: FunctionType) -> FunctionType:
    """Return a function that does the same and says nothing about the check."""
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
    """Return the names of arguments, which callers may use, and numbers for all other variables."""
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    kept = code.co_argcount + code.co_kwonlyargcount + stars
    names = enumerate(code.co_varnames)
    return tuple(name if index < kept or name in code.co_cellvars else f"v{index}" for index, name in names)


def bare_class(kind: type, reduced: tuple[Any, ...], cells: str) -> tuple[Any, ...]:
    """Rename a class that cloudpickle has reduced to its nearest base that no cell defines."""
    base = next(base.__name__ for base in kind.__mro__ if base.__module__ != cells)
    make, arguments, (members, slots), *rest = reduced
    named = tuple(base if part in (kind.__name__, kind.__qualname__) else part for part in arguments)
    kept = {name: member for name, member in members.items() if name not in _REMOVED}
    return make, named, (kept, slots), *rest
