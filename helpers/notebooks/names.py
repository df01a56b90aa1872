"""The names that source code binds, and those that it asks for, without running it."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["modules_imported", "names_bound", "names_defined", "names_used"]

LONGEST = 50_000  # characters of an answer that is looked into
# A definition at the beginning of a line: `def name`, `class name`, `name =`, `a, b =`, `name: int =`. Students' source
# is not parsed here; possessive quantifiers keep the time linear in the length of the text.
_DEFINITION = re.compile(
    r"^(?:async +)?(?:def|class) ++(\w++)|^(\w++(?:, *+\w++)*+)(?: *+:[^=\n]++)?+ *+=(?!=)", re.MULTILINE
)


def names_bound(source: str, *, imports: bool = True) -> frozenset[str]:
    """Return the names that a cell binds for all cells.

    Args:
        imports: whether names that it imports count.

    Raises:
        SyntaxError: if this is not Python.
    """
    symbols = symtable.symtable(source, "<cell>", "exec").get_symbols()
    return frozenset(one.get_name() for one in symbols if one.is_assigned() or (imports and one.is_imported()))


def modules_imported(source: str) -> set[str]:
    """Return the modules that code imports, anywhere in it.

    Raises:
        SyntaxError: if this is not Python.
    """
    modules: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module)
    return modules


def names_defined(source: str) -> set[str]:
    """Return the names that a cell defines at the top level."""
    names: set[str] = set()
    for name, targets in _DEFINITION.findall(source):
        names.update([name] if name else targets.replace(" ", "").split(","))
    return names


@lru_cache(maxsize=64)
def names_used(source: str) -> frozenset[str]:
    """Return the names of the notebook that code asks for: none if it is not Python, or longer than any answer."""
    if len(source) > LONGEST:
        return frozenset()
    try:
        return frozenset(_asked(symtable.symtable(source, "<answer>", "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a student's text may nest as deep as it likes
        return frozenset()


def _asked(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _asked(inner)
