"""Small faults in a solution, one at a time.

An operator is a function that is given a node of Python's syntax tree, and gives nodes to put in its place. cosmic-ray
and mutmut have such operators too, but for modules that a test suite imports. Here one cell of a notebook changes, only
inside nbgrader's solution regions, and its tests are the exercise's checks.
"""

from __future__ import annotations

import ast
import copy
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

__all__ = ["OPERATORS", "Mutant", "mutate"]

Operator = Callable[[ast.AST], Iterator[ast.AST]]
Node = TypeVar("Node", bound=ast.AST)

INSTEAD: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
PAIRS = re.findall(
    r"(\w+)\|(\w+)",
    """average|max  min|max  amin|amax  argmin|argmax  floor|ceil  sum|mean  train|eval  same|valid
    zeros|ones  zeros_like|ones_like  rand|randn  cat|stack  square|abs  no_grad|enable_grad
    float|double  float32|float64  height|width  rows|columns  weight|bias  fold|unfold
    silu|relu  relu|sigmoid  ReLU|Sigmoid  softmax|log_softmax  MaxPool2d|AvgPool2d  max_pool2d|avg_pool2d
    parameters|buffers  named_parameters|named_buffers""",
)
NEIGHBOURS = {other: name for name, other in PAIRS} | dict(PAIRS)
MODULES = {"torch", "F", "nn", "np", "math", "copy"}  # a call of theirs has its subject as its first argument
LOOKS = {"display", "figsize", "file", "label", "layout", "mininterval", "ncols", "title", "xlabel", "xticks", "ylabel"}
REGION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    """A solution with one fault.

    Args:
        operator: what was done to it, in a word or two.
        before: the lines that changed, as they were.
        after: what they became.
        source: the whole answer.
    """

    operator: str
    before: str
    after: str
    source: str


def mutate(solution: str) -> list[Mutant]:
    """All mutants of a solution: each differs from it, and from the others, inside nbgrader's solution regions."""
    tree = ast.parse(solution)
    found: dict[str, Mutant] = {}
    original = ast.unparse(tree)
    for node in _where_faults_count(tree, _lines_of_regions(solution)):
        for operator in OPERATORS:
            for other in operator(node):
                source = ast.unparse(copy.deepcopy(tree, {id(node): other}))  # a copy in which `other` is `node`
                if source != original and _can_run(source):
                    name = operator.__name__.replace("_", " ")
                    found.setdefault(source, Mutant(name, *_changed(original, source), source))
    return list(found.values())


def _lines_of_regions(solution: str) -> set[int]:
    found: set[int] = set()
    for region in REGION.finditer(solution):
        first, last = (solution.count("\n", 0, end) + 1 for end in region.span())
        found |= set(range(first, last))
    return found


def _where_faults_count(node: ast.AST, lines: set[int]) -> Iterator[ast.AST]:
    """The nodes in these lines, but for what is only read or looked at."""
    if _is_for_show(node):
        return
    if next((part.lineno for part in ast.walk(node) if hasattr(part, "lineno")), 0) in lines:
        yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "exc"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _where_faults_count(child, lines)


def _is_for_show(node: ast.AST) -> bool:
    """Whether a node is a docstring, prints, makes a text or sets the looks of a plot or a progress bar."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Expr(value=ast.Call(func=ast.Name(id="print"))) | ast.JoinedStr():
            return True
        case ast.If(body=body, orelse=[]):
            return all(_is_for_show(statement) for statement in body)
        case ast.keyword(arg=name):
            return name in LOOKS
    return False


def _can_run(source: str) -> bool:
    """Whether Python takes a source, and no statement in it is a mere name: that one counts as dropped already."""
    try:
        tree = ast.parse(source)
        compile(tree, "<mutant>", "exec")
    except SyntaxError:
        return False
    return not any(isinstance(node, ast.Expr) and isinstance(node.value, ast.Name) for node in ast.walk(tree))


def _changed(before: str, after: str) -> tuple[str, str]:
    lines = list(difflib.ndiff(before.split("\n"), after.split("\n")))
    old, new = (["\n".join(line[2:].strip() for line in lines if line.startswith(mark))] for mark in "-+")
    return old[0], new[0]


def _with(node: Node, **fields: object) -> Node:
    """A node like this one but for some fields."""
    other = copy.copy(node)
    vars(other).update(fields)
    return other


def _without(items: list[Node], index: int) -> list[Node]:
    return items[:index] + items[index + 1 :]


def _exchanged(items: list[Node]) -> Iterator[list[Node]]:
    """The list with two neighbours in each other's place."""
    for i, (one, other) in enumerate(pairwise(items)):
        yield [*items[:i], other, one, *items[i + 2 :]]


# The operators.


def arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    """+ for -, * for /, ..., also in += and the like."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        yield from (_with(node, op=other()) for other in INSTEAD.get(type(node.op), ()))


def comparison(node: ast.AST) -> Iterator[ast.AST]:
    """<= for <, == for !=, `in` for `not in`, ..."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in INSTEAD[type(op)]:
                yield _with(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])


def sign_or_not(node: ast.AST) -> Iterator[ast.AST]:
    """A minus, a `~` or a `not` taken out; a `not` put before a condition that is no comparison."""
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.If | ast.IfExp) and not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def condition(node: ast.AST) -> Iterator[ast.AST]:
    """A condition that always or never holds; one half of an `and` or `or` left out, or one taken for the other."""
    match node:
        case ast.If() | ast.IfExp():
            yield from (_with(node, test=ast.Constant(value)) for value in (True, False))
        case ast.comprehension(ifs=[_, *_]):
            yield _with(node, ifs=[])
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            yield from (_with(node, values=_without(node.values, i)) for i in range(len(node.values)))


def constant(node: ast.AST) -> Iterator[ast.AST]:
    """A number one larger, 1 also for 0; True for False."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
            if value == 1:
                yield ast.Constant(value - 1)


def argument_dropped(node: ast.AST) -> Iterator[ast.AST]:
    """The last of several arguments left out, or one that has a keyword."""
    if isinstance(node, ast.Call):
        if len(node.args) > 1:
            yield _with(node, args=node.args[:-1])
        for i, keyword in enumerate(node.keywords):
            if not _is_for_show(keyword):
                yield _with(node, keywords=_without(node.keywords, i))


def order(node: ast.AST) -> Iterator[ast.AST]:
    """Two neighbours exchanged, among arguments or in a tuple."""
    match node:
        case ast.Call():
            yield from (_with(node, args=args) for args in _exchanged(node.args))
        case ast.Tuple():
            yield from (_with(node, elts=elements) for elements in _exchanged(node.elts))


def statement_dropped(node: ast.AST) -> Iterator[ast.AST]:
    """A statement left out that holds no other ones."""
    if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.Raise | ast.Break):
        yield ast.Pass()


def neighbour(node: ast.AST) -> Iterator[ast.AST]:
    """One name, method or word for another that lies near it."""
    match node:
        case ast.Name(id=name) if name in NEIGHBOURS:
            yield _with(node, id=NEIGHBOURS[name])
        case ast.Attribute(attr=name) if name in NEIGHBOURS:
            yield _with(node, attr=NEIGHBOURS[name])
        case ast.Constant(value=str(word)) if word in NEIGHBOURS:
            yield ast.Constant(NEIGHBOURS[word])


def index_moved(node: ast.AST) -> Iterator[ast.AST]:
    """An index one further, a bound of a slice one further or left out."""
    match node:
        case ast.Subscript(slice=ast.Tuple(elts=places)):
            for i, place in enumerate(places):
                for other in _moved(place):
                    yield _with(node, slice=ast.Tuple([*places[:i], other, *places[i + 1 :]], ast.Load()))
        case ast.Subscript(slice=place):
            yield from (_with(node, slice=other) for other in _moved(place))


def _moved(place: ast.expr) -> Iterator[ast.expr]:
    match place:
        case ast.Slice():
            for name in ("lower", "upper", "step"):
                if bound := getattr(place, name):
                    yield _with(place, **{name: None})
                    yield from (_with(place, **{name: other}) for other in _moved(bound))
        case ast.Name() | ast.BinOp():
            yield ast.BinOp(place, ast.Add(), ast.Constant(1))


def call_left_out(node: ast.AST) -> Iterator[ast.AST]:
    """x for x.clone(), and x for F.relu(x)."""
    match node:
        case ast.Call(func=ast.Name(id="tuple" | "list")):
            return  # mostly of a torch.Size, which is a tuple
        case ast.Call(func=ast.Attribute(value=subject), args=args):
            of_module = isinstance(subject, ast.Name) and subject.id in MODULES
            yield from args[:1] if of_module else [subject]
        case ast.Call(args=[subject]):
            yield subject


OPERATORS: tuple[Operator, ...] = (
    arithmetic,
    comparison,
    sign_or_not,
    condition,
    constant,
    argument_dropped,
    order,
    statement_dropped,
    neighbour,
    index_moved,
    call_left_out,
)
