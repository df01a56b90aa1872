"""What the code of a cell could change for other cells, read off its text without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from helpers.notebooks.names import LONGEST

__all__ = ["OPAQUE", "Effects", "effects_of"]


@dataclass(frozen=True)
class Effects:
    """What a cell may do to names, and beyond them.

    Attributes:
        binds: the names that it binds for all cells.
        imports: those of them that it imports.
        definitions: those of them that are plain functions and classes, which keep nothing between calls.
        values: those of them that are numbers, texts, and the like, which nobody can change.
        modules: the modules of which it imports anything.
        uses: the names of the notebook that it uses, as other cells have bound them.
        fields: those of them of which it names an attribute, or writes into it.
        sets: those of them into which it writes.
        reaches_out: whether it may change settings of libraries, or files.
        seeds: whether it seeds random numbers.
        is_opaque: whether it could use or change anything, whatever its text names.
    """

    binds: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    definitions: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    reaches_out: bool = False
    seeds: bool = False
    is_opaque: bool = False


OPAQUE = Effects(reaches_out=True, is_opaque=True)

# Ways to names, objects or code that a text need not name.
_REFLECTION = re.compile(
    r"__builtins__|__import__|__main__|builtins|compile|delattr|eval|exec|get_ipython|globals|locals|setattr|vars"
    r"|asyncio|atexit|ctypes|gc|importlib|inspect|multiprocessing|runpy|signal|threading|weakref"
)
_INSIDES = re.compile(  # as attributes; `eval` and `compile` are harmless there
    r"__(?:class|closure|code|defaults|dict|globals|kwdefaults|subclasses)__|get_ipython"
)
_HISTORY = re.compile(r"_+|_i+|_i?\d+|_[iod]h|In|Out")  # IPython's own names for earlier cells and results
# What changes settings or files; `set_…` only of modules, for figures' axes have such methods too.
_OUTSIDE = re.compile(
    r"filterwarnings|simplefilter|rc|rcdefaults|rcParams|use|use_\w+"
    r"|dump|mkdir|open|print_figure|rename|savez?|save_\w+|savefig|savetxt|symlink_to|to_csv|touch|unlink|write\w*"
)
_SEEDS = re.compile(r"(?:\w+_)?seed(?:_all)?")
_OUTSIDE_MODULES = ("os", "shutil", "subprocess", "tempfile")
_SETTER = re.compile(r"set_\w+")
_PLAIN_DECORATORS = (
    *("classmethod", "contextmanager", "dataclass", "house_style", "inference_mode", "no_grad", "property"),
    "staticmethod",
)
_FIXED_CALLS = ("startup",)  # of the labs' set-up: gives a `torch.device`

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@lru_cache(maxsize=1024)  # each student's notebook holds the lab's cells
def effects_of(source: str) -> Effects:
    """Return what a cell may do; `OPAQUE` if it uses magics, is not Python, or is longer than any answer."""
    if len(source) > LONGEST:
        return OPAQUE
    try:
        tree = ast.parse(source)
        return _Reader().read(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a student's text may nest as deep as it likes
        return OPAQUE


class _Reader:
    """Reads one cell, statement by statement."""

    def __init__(self) -> None:
        self._uses: set[str] = set()
        self._declared: set[str] = set()  # by `global`, in functions
        self._in_function = False

    def read(self, tree: ast.Module) -> Effects:
        nodes = list(ast.walk(tree))
        words, asked = set(_words(nodes)), set(_asked_for(nodes))
        attributes = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
        self._declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
        bound = self._block(tree.body, frozenset())
        binds = frozenset(_bound_in(tree.body)) | self._declared
        own = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
        own |= {node.arg for node in nodes if isinstance(node, ast.arg)} | bound
        is_opaque = (
            _any(_REFLECTION, words) or _any(_INSIDES, attributes) or _any(_HISTORY, self._uses) or _hides(nodes)
        )
        is_setting = any(_root(node, calls=True) not in own for node in nodes if _is_setter(node))
        return Effects(
            binds=binds,
            imports=frozenset(_imports(nodes)),
            definitions=frozenset(_definitions(tree.body)) - self._declared,
            values=frozenset(_values(tree.body)) - self._declared,
            modules=frozenset(_modules(nodes)),
            uses=frozenset(self._uses),
            fields=frozenset(_root(node) for node in nodes if isinstance(node, ast.Attribute)),
            sets=frozenset(_root(node) for node in nodes if _is_written(node)),
            reaches_out=is_setting or not words.isdisjoint(_OUTSIDE_MODULES) or _any(_OUTSIDE, asked),
            seeds=_any(_SEEDS, asked),
            is_opaque=is_opaque,
        )

    def _block(self, statements: Sequence[ast.stmt], bound: frozenset[str]) -> frozenset[str]:
        """Note the names that statements use before they have bound them; return the names that are bound then."""
        for statement in statements:
            bound = self._statement(statement, bound)
        return bound

    def _statement(self, node: ast.stmt, bound: frozenset[str]) -> frozenset[str]:
        match node:
            case ast.Assign(targets=targets, value=value):
                self._expressions([value, *targets], bound)
                return bound | frozenset(_targets(targets))
            case ast.For(target=target, iter=values, body=body, orelse=after):
                self._expressions([values], bound)
                self._expressions([target], bound)
                self._block(body, bound | frozenset(_targets([target])))
                self._block(after, bound)
                return bound
            case ast.With(items=items, body=body):
                for item in items:
                    self._expressions([item.context_expr], bound)
                    bound |= frozenset(_targets([item.optional_vars] if item.optional_vars else []))
                inside = self._block(body, bound)
                return bound if any(_last_word(item.context_expr) == "suppress" for item in items) else inside
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                self._block(other, self._block(body, bound))
                for handler in handlers:
                    self._part(handler, bound)
                return self._block(last, bound)
            case ast.While(test=test, body=body, orelse=other):
                self._expressions([test], bound)
                self._block(body, bound)
                self._block(other, bound)
                return bound
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                self._uses |= {name} - bound
                self._expressions([value], bound)
                return bound
            case ast.AnnAssign(target=target, value=ast.expr() as value, annotation=annotation):
                self._expressions([annotation, value, target], bound)
                return bound | frozenset(_targets([target]))
            case ast.Import() | ast.ImportFrom():
                return bound | frozenset(_imported(node))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._definition(node, bound | {node.name})
                return bound | {node.name}
            case ast.If(test=test, body=body, orelse=other):
                self._expressions([test], bound)
                return self._block(body, bound) & self._block(other, bound)
        for child in ast.iter_child_nodes(node):  # whatever it is: its parts may or may not run
            self._part(child, bound)
        return bound

    def _part(self, node: ast.AST, bound: frozenset[str]) -> None:
        if isinstance(node, ast.stmt):
            self._statement(node, bound)
        elif isinstance(node, ast.expr):
            self._expressions([node], bound)
        else:  # such as a handler of exceptions, which binds a name for its statements
            name = getattr(node, "name", None)
            inside = bound | {name} if isinstance(name, str) else bound
            statements = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
            for child in ast.iter_child_nodes(node):
                if not isinstance(child, ast.stmt):
                    self._part(child, inside)
            self._block(statements, inside)

    def _definition(self, node: _Definition, bound: frozenset[str]) -> None:
        self._expressions(node.decorator_list, bound)
        if not isinstance(node, ast.ClassDef):
            self._expressions([*_outside(node.args), *filter(None, [node.returns])], bound)
            self._function(node.args, node.body, bound)
            return
        self._expressions([*node.bases, *node.keywords], bound)
        inside = bound
        for member in node.body:
            if isinstance(member, _Definition):  # it does not see the names of the class
                self._definition(member, bound)
            else:
                inside = self._statement(member, inside)

    def _function(self, args: ast.arguments, body: Iterable[ast.AST], bound: frozenset[str]) -> None:
        """Note what a function uses. It looks names of the notebook up when it is called, bound before or not."""
        local = frozenset({*_arguments(args), *_bound_in(body)} - self._declared)
        outer, self._in_function = self._in_function, True
        for node in body:
            self._part(node, bound | local if outer else local)
        self._in_function = outer

    def _expressions(self, nodes: Iterable[ast.AST], bound: frozenset[str]) -> None:
        for node in nodes:
            match node:
                case ast.Name(id=name, ctx=ast.Load()):
                    self._uses |= {name} - bound
                case ast.Lambda(args=args, body=body):
                    self._expressions(_outside(args), bound)
                    self._function(args, [body], bound)
                case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                    inside = bound | frozenset(_targets(loop.target for loop in node.generators))
                    self._expressions(ast.iter_child_nodes(node), inside)
                    self._expressions([node.generators[0].iter], bound)
                case ast.comprehension() | ast.keyword() | ast.expr():
                    self._expressions(ast.iter_child_nodes(node), bound)


def _any(pattern: re.Pattern[str], words: Iterable[str]) -> bool:
    return any(map(pattern.fullmatch, words))


def _words(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield every name in a text but those of attributes: variables, modules and what is imported from them."""
    for node in nodes:
        match node:
            case ast.Name(id=word):
                yield word
            case ast.Import(names=names):
                yield from (part for alias in names for part in alias.name.split("."))
            case ast.ImportFrom(module=module, names=names):
                yield from [*(module or "").split("."), *(alias.name for alias in names)]


def _asked_for(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that are called, looked up in something, or imported from a module."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=word)) | ast.Attribute(attr=word) | ast.alias(name=word):
                yield word


def _hides(nodes: Iterable[ast.AST]) -> bool:
    """Whether objects may be meant that the text does not name: `import *`, `type(x).count`, `sys.modules`."""
    for node in nodes:
        match node:
            case ast.alias(name="*") | ast.ImportFrom(module="sys"):
                return True
            case ast.Attribute(value=ast.Call(func=ast.Name(id="type")), attr=word):
                if word not in ("__name__", "__qualname__"):
                    return True
            case ast.Attribute(value=ast.Name(id="sys"), attr=word):
                if word not in ("stderr", "stdout", "version", "version_info"):
                    return True
    return False


def _is_setter(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return bool(_SETTER.fullmatch(word))
    return False


def _is_written(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)


def _root(node: ast.AST, calls: bool = False) -> str:
    """Return the name at the beginning of `name.attribute[0].…`, or also of `name.attribute(0).…`; empty if none."""
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.Call(func=inner) if calls:
                node = inner
            case _:
                return ""
    return node.id


def _targets(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that targets of an assignment bind."""
    for node in nodes:
        yield from (one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))


def _bound_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that code binds, without what is bound inside of its functions, classes and comprehensions."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Import() | ast.ImportFrom():
                yield from _imported(node)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Lambda():
                continue
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                yield from (one.target.id for one in ast.walk(node) if isinstance(one, ast.NamedExpr))
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
                yield from _bound_in(ast.iter_child_nodes(node))
            case ast.MatchMapping(rest=str(name)):
                yield name
                yield from _bound_in(ast.iter_child_nodes(node))
            case _:
                yield from _bound_in(ast.iter_child_nodes(node))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        yield alias.asname or alias.name.partition(".")[0]


def _arguments(args: ast.arguments) -> Iterator[str]:
    yield from (node.arg for node in ast.walk(args) if isinstance(node, ast.arg))


def _outside(args: ast.arguments) -> list[ast.expr]:
    """Return what is computed where a function is defined: default values and annotations."""
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
    annotations = [arg.annotation for arg in every if arg.annotation]
    return [*args.defaults, *(default for default in args.kw_defaults if default), *annotations]


def _imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node)


def _modules(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=module):
                yield (module or "").partition(".")[0]


def _definitions(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for node in statements:
        if isinstance(node, _Definition) and _is_plain(node):
            yield node.name


def _values(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for node in statements:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_value(value):
                yield name


def _is_plain(node: _Definition) -> bool:
    """Whether a function or class keeps nothing between calls by itself: no values that change, no wrappers."""
    if any(_last_word(decorator) not in _PLAIN_DECORATORS for decorator in node.decorator_list):
        return False
    if not isinstance(node, ast.ClassDef):
        defaults = [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
        return all(map(_is_fixed, defaults))
    if node.keywords:
        return False
    return all(_is_plain_member(member) for member in node.body)


def _is_plain_member(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return _is_plain(node)
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) | ast.Expr(value=value):
            return _is_fixed(value)
    return isinstance(node, ast.Pass | ast.AnnAssign)


def _last_word(node: ast.AST) -> str:
    """Return the last name of `a.b.name`, also if it is called."""
    match node:
        case ast.Call(func=inner):
            return _last_word(inner)
        case ast.Attribute(attr=word) | ast.Name(id=word):
            return word
    return ""


def _is_fixed(node: ast.AST) -> bool:
    """Whether a default or a member of a class is no list or the like of its own; of a name, other rules know."""
    return isinstance(node, ast.Name | ast.Attribute) or _is_value(node)


def _is_value(node: ast.AST) -> bool:
    """Whether an expression gives a number, a text, or something else that nobody can change."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_value(operand)
        case ast.BinOp(left=left, right=right):
            return _is_value(left) and _is_value(right)
        case ast.Tuple(elts=parts):
            return all(map(_is_value, parts))
        case ast.Subscript(value=ast.Name(id=name)):  # the name of a type
            return name in ("Callable", "dict", "list", "set", "tuple")
        case ast.IfExp(body=one, orelse=other):
            return _is_value(one) and _is_value(other)
        case ast.Call(func=function):
            return _last_word(function) in _FIXED_CALLS
    return False
