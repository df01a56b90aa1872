"""What the code of a cell could change for other cells, read off its text without running it.

Where a text does not say it for sure, the cell is taken to change more than it does: then it runs, which is right.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
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
        values: those of them that are numbers, texts, quiet libraries and what is in them: nobody changes these.
        definitions: those of them that are plain functions and classes, which keep nothing between calls.
        libraries: the names that it imports, in functions too.
        strange: those of them that are not from quiet libraries.
        modules: the modules of which it imports anything.
        uses: the names of the notebook that it uses, as other cells have bound them.
        names: all names in its text.
        fields: the names of which it names an attribute or an item.
        sets: the names into which it writes.
        settles: the names of which it uses a `set_…` or the like, which holds for all if the name is a library's.
        reaches_out: whether it may change settings of libraries, or files.
        seeds: whether it seeds random numbers.
        is_opaque: whether it could use or change anything, whatever its text names.
    """

    binds: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    definitions: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()
    strange: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    settles: frozenset[str] = frozenset()
    reaches_out: bool = False
    seeds: bool = False
    is_opaque: bool = False


OPAQUE = Effects(reaches_out=True, is_opaque=True)

# Libraries whose functions change nothing but what they are given, apart from those that `_OUTSIDE` and `_SETTER` name.
_QUIET = frozenset(
    (
        *("PIL", "__future__", "abc", "cmath", "collections", "contextlib", "copy", "dataclasses", "enum", "fractions"),
        *("functools", "helpers", "itertools", "math", "matplotlib", "numbers", "numpy", "random", "re", "sklearn"),
        *("statistics", "string", "sys", "textwrap", "time", "timeit", "torch", "torchvision", "tqdm", "typing"),
    )
)
# Ways to names, objects or code that a text need not name.
_REFLECTION = re.compile(
    r"__builtins__|__import__|__main__|builtins|compile|delattr|eval|exec|get_ipython|getattr|globals|locals|setattr"
    r"|vars|asyncio|atexit|ctypes|gc|importlib|inspect|multiprocessing|runpy|signal|threading|weakref"
)
_INSIDES = re.compile(  # as attributes; `eval` and `compile` are harmless there
    r"__(?:class|closure|code|defaults|delattr|dict|enter|exit|globals|kwdefaults|setattr|setitem|subclasses)__"
    r"|get_ipython"
)
_HISTORY = re.compile(r"_+|_i+|_i?\d+|_[iod]h|In|Out")  # IPython's own names for earlier cells and results
# What changes settings or files by quiet libraries, whatever it is called on, and names of such things.
_OUTSIDE = re.compile(
    r"colormaps|dump\w*|hub|im?save\w*|ion|ioff|memmap|open\w*|print_figure|rc|rc_\w+|rcdefaults|rcParams"
    r"|save\w*|setstate|seterr\w*|style|switch_backend|to_\w*(?:csv|file)|tofile|use|use_\w+|write\w*|\w*Writer|xkcd"
)
_SEEDS = re.compile(r"\w*seed\w*")
_SETTER = re.compile(r"add_\w+|disable_\w+|enable_\w+|register_\w+|set_\w+")  # of a library: a figure has such too
_PLAIN_DECORATORS = (
    *("contextmanager", "dataclass", "house_style", "inference_mode", "no_grad", "property", "staticmethod"),
)
_PASSING_ON = ("device", "inference_mode", "no_grad", "open", "profile")  # contexts in which no error gets lost
_OF_CLASSES = ("__init_subclass__", "__new__")  # methods that get the class itself
_FIXED_CALLS = ("startup",)  # of the labs' set-up: gives a `torch.device`

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@lru_cache(maxsize=1024)  # each student's notebook holds the lab's cells
def effects_of(source: str) -> Effects:
    """Return what a cell may do; `OPAQUE` if it uses magics, is not Python, or is longer than any answer."""
    if len(source) > LONGEST:
        return OPAQUE
    try:
        return _read(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a student's text may nest as deep as it likes
        return OPAQUE


def _read(tree: ast.Module) -> Effects:
    nodes = list(ast.walk(tree))
    words, asked = frozenset(_words(nodes)), frozenset(_asked_for(nodes))
    attributes = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    declared = frozenset(name for node in nodes if isinstance(node, ast.Global) for name in node.names)
    uses = _Uses(declared).of(tree)
    libraries, quiet = Counter(_imports(nodes)), Counter(_imports(filter(_is_quiet, nodes)))
    bound = Counter([*_bound_in(tree.body), *declared])
    fixed = quiet + Counter(_values(tree.body))
    values = frozenset(name for name in bound if bound[name] <= fixed[name])
    plain = Counter(_definitions(tree.body, frozenset(bound) - values))
    aliases = dict(_aliases(nodes))
    sets = frozenset(_root(node) for node in nodes if _is_written(node))
    return Effects(
        binds=frozenset(bound),
        values=values,
        definitions=frozenset(name for name in bound if bound[name] == plain[name]),
        libraries=frozenset(libraries),
        strange=frozenset(libraries - quiet),
        modules=frozenset(_modules(nodes)),
        uses=uses,
        names=words,
        fields=frozenset(_looked_into(nodes)),
        sets=sets.union(aliases[name] for name in sets & aliases.keys()),
        settles=frozenset(_root(node, calls=True) for node in nodes if _is_setter(node)),
        reaches_out=_any(_OUTSIDE, asked),
        seeds=_any(_SEEDS, asked),
        is_opaque=_any(_REFLECTION, words) or _any(_INSIDES, attributes) or _any(_HISTORY, uses) or _hides(nodes),
    )


class _Uses:
    """Finds the names of the notebook that a cell uses before it has bound them, statement by statement."""

    def __init__(self, declared: frozenset[str]) -> None:
        self._declared = declared  # by `global`, in functions
        self._uses: set[str] = set()
        self._in_function = False

    def of(self, tree: ast.Module) -> frozenset[str]:
        self._block(tree.body, frozenset())
        return frozenset(self._uses)

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
                return inside if all(_last_word(item.context_expr) in _PASSING_ON for item in items) else bound
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
            case ast.Call(func=ast.Name(id=word)) | ast.Attribute(attr=word):
                yield word
            case ast.alias(name=name):
                yield from name.split(".")


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


def _looked_into(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name)):
                yield name


def _aliases(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield names for parts of what has another name, and that name, as in `cudnn = torch.backends.cudnn`."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute() as value):
                yield name, _root(value)


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


def _is_quiet(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) and _QUIET.issuperset(_modules([node]))


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


def _definitions(statements: Iterable[ast.stmt], variables: frozenset[str]) -> Iterator[str]:
    for node in statements:
        if isinstance(node, _Definition) and _is_plain(node, variables):
            yield node.name


def _values(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for node in statements:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_value(value):
                yield name


def _is_plain(node: _Definition, variables: frozenset[str]) -> bool:
    """Whether a function or class keeps nothing between calls by itself: no values that change, no wrappers."""
    if any(_last_word(decorator) not in _PLAIN_DECORATORS for decorator in node.decorator_list):
        return False
    if not isinstance(node, ast.ClassDef):
        defaults = [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
        return node.name not in _OF_CLASSES and all(_is_fixed(default, variables) for default in defaults)
    return not node.keywords and all(_is_plain_member(member, variables) for member in node.body)


def _is_plain_member(node: ast.stmt, variables: frozenset[str]) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return _is_plain(node, variables)
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) | ast.Expr(value=value):
            return _is_fixed(value, variables)
    return isinstance(node, ast.Pass | ast.AnnAssign)


def _last_word(node: ast.AST) -> str:
    """Return the last name of `a.b.name`, also if it is called."""
    match node:
        case ast.Call(func=inner):
            return _last_word(inner)
        case ast.Attribute(attr=word) | ast.Name(id=word):
            return word
    return ""


def _is_fixed(node: ast.AST, variables: frozenset[str]) -> bool:
    """Whether a default or a member of a class is no list or the like; of another cell's name, other rules know."""
    return _is_value(node) or (isinstance(node, ast.Name | ast.Attribute) and _root(node) not in variables)


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
