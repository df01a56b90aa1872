"""Read right and wrong answers to a lab's exercises from small Python files.

A file `tests/answers/<lab>/<exercise>.py` names the exercise and what its solution cell defines, and gives answers:

    EXERCISE = "e-size"          # the id of the solution cell
    NAME = "conv_output_size"    # the function or class that the cell defines

    @right
    def with_floor(n, kernel): ...

    @wrong("padding counted once")
    def half_padding(n, kernel): ...

    @wrong("forgets dilation", passes="visible")   # only the hidden check notices
    def no_dilation(n, kernel): ...

A wrong answer may be given by its difference from an answer above it:

    no_floor = changed(with_floor, "math.floor(free / stride)", "free / stride", wrong="no floor: 12.5")

A function whose name begins with an underscore is no answer, but is put before each answer of the file.

If the cell defines variables, the file has `VALUES = ("x", "y")` instead of `NAME`. Each answer is then a function that
returns them; its parameters are names that the notebook has defined before.

Files in `tests/answers/<lab>/files/`, such as checkpoints, are submitted along with each notebook.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

__all__ = ["Answer", "Exercise", "changed", "files_beside", "read_answers", "right", "wrong"]

T = TypeVar("T")
Passes = Literal["nothing", "visible"]
Definition = ast.FunctionDef | ast.ClassDef


def right(answer: T) -> T:
    """Mark an answer that must earn all points."""
    return answer


def wrong(why: str, passes: Passes = "nothing") -> Callable[[T], T]:
    """Mark an answer that must fail the hidden check, and the visible one unless it `passes="visible"`."""
    return lambda answer: answer


def changed(answer: object, old: str, new: str, *, wrong: str, passes: Passes = "nothing") -> None:
    """Define a wrong answer as a copy of another in which `old`, which must occur once, is replaced by `new`."""


@dataclass(frozen=True)
class Answer:
    """An answer: the text of a solution cell, and the expected result."""

    name: str
    source: str
    right: bool
    why: str = ""
    passes: Passes = "nothing"


@dataclass(frozen=True)
class Exercise:
    """An exercise, the names that its solution cell defines, and all answers to it."""

    id: str
    names: tuple[str, ...]
    answers: tuple[Answer, ...]
    path: Path

    def select(self, right: bool) -> list[Answer]:
        return [answer for answer in self.answers if answer.right is right]


def read_answers(folder: Path) -> dict[str, Exercise]:
    """Read the exercises of one lab, by id.

    Raises:
        ValueError: if a file does not follow the form above; the message names the file.
    """
    exercises: dict[str, Exercise] = {}
    for path in sorted(folder.glob("*.py")):
        exercise = _read(path)
        if exercise.id in exercises:
            raise ValueError(f"{path}: {exercise.id} has answers in {exercises[exercise.id].path.name} already")
        exercises[exercise.id] = exercise
    return exercises


def files_beside(folder: Path) -> list[Path]:
    """Return the files to submit along with each notebook of a lab."""
    return sorted((folder / "files").glob("*"))


def _read(path: Path) -> Exercise:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, filename=str(path))
    settings = dict(_settings(tree))
    if "EXERCISE" not in settings or ("NAME" in settings) == ("VALUES" in settings):
        raise ValueError(f"{path}: say EXERCISE, and either NAME or VALUES, at the top of the file")
    shared = "".join(f"{ast.unparse(node)}\n" for node in tree.body if _is_import(node) or _is_shared(node))
    answers = tuple(
        Answer(name, f"{shared}\n{_source(node, settings)}".strip(), **mark)
        for name, node, mark in _definitions(tree, text, path)
    )
    return Exercise(settings["EXERCISE"], tuple(settings.get("VALUES") or [settings["NAME"]]), answers, path)


def _definitions(tree: ast.Module, text: str, path: Path) -> Iterator[tuple[str, Definition, dict[str, Any]]]:
    """Yield the name of each answer, its definition without the mark, and the mark's fields of `Answer`."""
    texts: dict[str, str] = {}
    lines = text.split("\n")
    for node in tree.body:
        if isinstance(node, Definition) and not _is_shared(node):
            mark = _mark(node, path)
            node.decorator_list = node.decorator_list[:-1]
            above = "".join(f"@{ast.unparse(decorator)}\n" for decorator in node.decorator_list)
            texts[node.name] = f"{above}{_segment(lines, node)}"
            yield node.name, node, mark
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            name = ast.unparse(node.targets[0])
            yield name, *_changed(node.value, texts, f"{path}: {name}")


def _segment(lines: list[str], node: Definition) -> str:
    """Return the text of a definition; `ast.get_source_segment` does the same, but splits the whole text each time."""
    last = node.end_lineno or node.lineno
    end = lines[last - 1].encode()[: node.end_col_offset].decode()  # Python counts bytes
    return "\n".join([*lines[node.lineno - 1 : last - 1], end])


def _changed(call: ast.Call, texts: dict[str, str], where: str) -> tuple[Definition, dict[str, Any]]:
    """Return the definition that `changed(answer, old, new, wrong="why")` makes, and its fields of `Answer`."""
    try:
        name, (old, new) = ast.unparse(call.args[0]), map(ast.literal_eval, call.args[1:])
        options = _options(call)
        why, count = options.pop("wrong"), texts[name].count(old)
    except (IndexError, KeyError, ValueError):
        raise ValueError(f'{where}: say changed(an_answer_above, "old", "new", wrong="why")') from None
    if count != 1:
        raise ValueError(f"{where}: {old!r} occurs in {name} {count} times, but must occur once")
    (node,) = ast.parse(texts[name].replace(old, new), filename=where).body
    assert isinstance(node, Definition)
    return node, {"right": False, "why": why, **options}


def _source(node: Definition, settings: dict[str, Any]) -> str:
    """Return the text of the solution cell."""
    if "NAME" in settings:
        node.name = settings["NAME"]
        return ast.unparse(node)
    parameters = ", ".join(arg.arg for arg in node.args.args) if isinstance(node, ast.FunctionDef) else ""
    return f"{ast.unparse(node)}\n\n{', '.join(settings['VALUES'])} = {node.name}({parameters})"


def _settings(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                yield name, ast.literal_eval(value)


def _is_import(node: ast.stmt) -> bool:
    """Check whether a statement imports something for the answers, rather than the marks of this module."""
    if isinstance(node, ast.ImportFrom):
        return node.module not in (__name__, "__future__")
    return isinstance(node, ast.Import)


def _is_shared(node: ast.stmt) -> bool:
    """Check whether a statement defines a function for several answers."""
    return isinstance(node, ast.FunctionDef) and node.name.startswith("_")


def _mark(node: Definition, path: Path) -> dict[str, Any]:
    """Read the lowest decorator: `right`, `wrong("why")` or `wrong("why", passes="visible")`."""
    match node.decorator_list[-1:]:
        case [ast.Name(id="right")]:
            return {"right": True}
        case [ast.Call(func=ast.Name(id="wrong"), args=[why, *_]) as call]:
            return {"right": False, "why": ast.literal_eval(why), **_options(call)}
    raise ValueError(f'{path}: mark {node.name} with @right or @wrong("why")')


def _options(call: ast.Call) -> dict[str, Any]:
    return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
