"""Rules for grade cells, which test the student's code from the clean room.

Names of the set-up are the clean room's own there. What the student made is in another process: of data the check gets
copies, of everything else a handle.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from helpers.notebooks.cells import is_check, is_setup
from helpers.notebooks.names import names_bound, names_used

__all__ = ["answers_have_names_of_their_own", "checks_know_their_names", "checks_work_from_outside"]

OUT_OF_REACH = {
    "open": "the student's files are out of reach: let the student's function read them",
    "torch.load": "nothing that a student wrote may be unpickled: let the student's function load it",
    "np.load": "the student's files are out of reach: let the student's function read them",
    "inspect.getsource": "the student's source is out of reach: check what the code does",
    "inspect.signature": "the student's signatures are out of reach: check what the code does",
    "globals": "the student's names are not there: use them by name",
    "vars": "the student's names are not there: use them by name",
    "id": "data from the student are copies: compare them with ==",
}
_STATE = ("named_parameters", "parameters", "state_dict", "training")  # of a network
# Checks of what only the kernel can see.
_WATCHING = ("gives_back", "is_new", "printed", "shares_memory_with", "uses", "uses_only", "without", "without_loop")
_COPIED = ("data", "grad", "requires_grad")  # attributes of tensors: to set them changes a copy


def answers_have_names_of_their_own(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Otherwise a check would test what the set-up, or Python, calls by that name."""
    ours = _names_bound(notebook, setup=True)
    for cell in _code(notebook):
        if is_solution(cell):
            taken = names_bound(cell.source, imports=False)
            for name in sorted(taken & ours):
                yield f"{cell.id}: defines {name}, which the set-up defines too: checks would test that one"
            for name in sorted(taken & set(dir(builtins))):
                yield f"{cell.id}: defines {name}, which is Python's own: checks would test that one"


def checks_know_their_names(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A check sees nothing that another check defines, or a cell that a student may delete.

    The clean room asks the student's kernel for names that answers define, and for no others.
    """
    known = _names_bound(notebook, setup=True) | _names_bound(notebook, setup=False) | set(dir(builtins))
    for cell in filter(is_check, _code(notebook)):
        for name in sorted(names_used(cell.source) - names_bound(cell.source) - known):
            yield f"{cell.id}: uses {name}, which neither the cell nor the set-up nor an answer defines"


def checks_work_from_outside(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A check must not treat copies, or objects in another process, as if they were the student's own."""
    theirs = _names_bound(notebook, setup=False) - _names_bound(notebook, setup=True)
    for cell in filter(is_check, _code(notebook)):
        follower = _Follower(theirs)
        follower.visit(ast.parse(cell.source))
        for line, complaint in sorted(follower.complaints):
            yield f"{cell.id}: line {line}: {complaint}"


class _Follower(ast.NodeVisitor):
    """Walks through a check line by line, and follows which names refer to the student's objects."""

    def __init__(self, theirs: set[str]) -> None:
        self.theirs = set(theirs)
        self.mixed: set[str] = set()  # made of something of theirs
        self.given: set[str] = set()  # the check's own alone, and passed to the student's code as it is
        self.complaints: set[tuple[int, str]] = set()

    def _is_theirs(self, node: ast.AST) -> bool:
        """Whether an expression begins with one of the student's names: `net`, `net.fc`, `make(3)[0]`."""
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and node.id in self.theirs

    def _bind(self, target: ast.AST, value: ast.AST) -> None:
        bound = {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        mixed, theirs = bool(used & (self.theirs | self.mixed)), self._is_theirs(value)
        self.theirs = self.theirs | bound if theirs else self.theirs - bound
        self.mixed = self.mixed | bound if mixed else self.mixed - bound
        self.given -= bound

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._writes(target)
            self._bind(target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.generic_visit(node)
        self._writes(node.target)

    def visit_For(self, node: ast.For) -> None:
        self._bind(node.target, node.iter)
        self.generic_visit(node)

    def visit_Module(self, node: ast.Module) -> None:
        self.generic_visit(node)
        last = node.body[-1] if node.body else None
        if isinstance(last, ast.Expr) and self._is_theirs(last.value):
            self._note(last, "the last expression gives the points: it must not be the student's")

    def _writes(self, target: ast.expr) -> None:
        into = isinstance(target, ast.Subscript) or (isinstance(target, ast.Attribute) and target.attr in _COPIED)
        if into and self._is_theirs(target):
            self._note(target, "writes into a copy of the student's data, which changes nothing there")

    def visit_Compare(self, node: ast.Compare) -> None:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        for operator, pair in zip(node.ops, pairwise(sides), strict=True):
            plain = any(isinstance(side, ast.Constant) for side in pair)
            if isinstance(operator, ast.Is | ast.IsNot) and not plain and any(map(self._is_theirs, pair)):
                self._note(node, "data from the student are copies: compare them with ==, not with `is`")

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self.generic_visit(node)
        compared = isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Call)
        if compared and ast.unparse(node.operand).startswith(("torch.allclose(", "torch.equal(")):
            self._note(node, "nan differs from everything, so that it would pass: use value(...).differs(...)")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.generic_visit(node)
        if node.attr in _STATE and isinstance(node.value, ast.Name) and node.value.id in self.given:
            name = node.value.id
            self._note(node, f"what the student's code does to {name} is undone: pass may_change({name}) to it")

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        if self._is_theirs(node.func):
            self.given |= {arg.id for arg in node.args if isinstance(arg, ast.Name)} - self.theirs - self.mixed
        self._watches(node)
        called = ast.unparse(node.func)
        if called in OUT_OF_REACH:
            self._note(node, f"{called}: {OUT_OF_REACH[called]}")
        given = [part for arg in node.args for part in ast.walk(arg) if self._is_theirs(part)]
        if given and "optim." in called:
            self._note(node, "the check's own optimizer would change copies: use the student's")
        inside = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Attribute)
        target = node.func.value if inside and isinstance(node.func, ast.Attribute) else None
        if called.endswith("_") and (given or (target is not None and self._is_theirs(target))):
            self._note(node, "writes into a copy of the student's data, which changes nothing there")

    def _watches(self, node: ast.Call) -> None:
        """Only a call of the student's own function is watched, not one that a function of the check makes."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _WATCHING:
            return
        made: ast.expr = node.func.value
        while isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
            made = made.func.value
        watched = made.args[0] if isinstance(made, ast.Call) and made.args else made
        if not self._is_theirs(watched) and not (isinstance(watched, ast.Name) and watched.id in self.mixed):
            self._note(node, f"{node.func.attr} sees what the student's own function does: call(...) that one")

    def _note(self, node: ast.expr | ast.stmt, complaint: str) -> None:
        self.complaints.add((node.lineno, complaint))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        before = set(self.theirs)
        self.theirs -= {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
        self.generic_visit(node)
        self.theirs = before - {node.name}

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815 - named by `ast`


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that are Python; another rule reports those with magics."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and _parses(cell.source)]


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _names_bound(notebook: NotebookNode, *, setup: bool) -> set[str]:
    """Return the names that the set-up, or the answers, define."""
    cells = filter(is_setup if setup else is_solution, _code(notebook))
    return set().union(*(names_bound(cell.source) for cell in cells))
