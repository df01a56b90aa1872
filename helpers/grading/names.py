"""Which names source binds, and which it asks for. Known without running it."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["bound", "names_bound", "names_used"]

LONGEST = 50_000  # characters of an answer that is looked into


def names_bound(source: str) -> frozenset[str]:
    """The names that a cell of a lab binds for all cells."""
    return frozenset(bound(ast.parse(source)))


def bound(tree: ast.AST, *, imports: bool = True, everywhere: bool = False) -> set[str]:
    """The names that a cell binds for all cells; with `everywhere`, those within its functions too."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.alias) and imports:
            names.add((node.asname or node.name).partition(".")[0])
        if everywhere or not isinstance(node, _SCOPES):
            names |= bound(node, imports=imports, everywhere=everywhere)
    return names


_SCOPES = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)  # what is bound in them is theirs alone


@lru_cache(maxsize=64)
def names_used(source: str) -> frozenset[str]:
    """The names of the notebook that code asks for. What is no Python, or longer than any answer, asks for none."""
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
