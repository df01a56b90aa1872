"""Right and wrong answers to a lab's questions: small Python files that a person can read and add to.

A file `tests/answers/<lab>/<exercise>.py` names the exercise and what its answer cell defines, then gives answers:

    EXERCISE = "e-size"          # the id of the answer cell
    NAME = "conv_output_size"    # the function or class that the cell defines

    @right
    def with_floor(n, kernel): ...

    @wrong("padding counted once")
    def half_padding(n, kernel): ...

    @wrong("forgets dilation", passes="visible")   # only the hidden check sees it
    def no_dilation(n, kernel): ...

A wrong answer that differs from one above it in one place may say only that:

    no_floor = changed(with_floor, "math.floor(free / stride)", "free / stride", wrong="no floor: 12.5")

A function whose name begins with an underscore is no answer: it stands before each answer that the file gives.

Where the cell defines variables, the file says `VALUES = ("x", "y")` in place of `NAME`; each answer is then a
function that returns them, and whose parameters are names that the notebook has defined before.

Files in `tests/answers/<lab>/files/` lie beside the notebook of each submission: checkpoints, for instance.
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
    """Mark an answer that must lose the hidden check, and the visible one unless it `passes="visible"`."""
    return lambda answer: answer


def changed(answer: object, old: str, new: str, *, wrong: str, passes: Passes = "nothing") -> None:
    """Give a wrong answer by its difference from another: the text `old`, which stands there once, becomes `new`."""


@dataclass(frozen=True)
class Answer:
    """One answer: the text of an answer cell, and what becomes of it."""

    name: str
    source: str
    right: bool
    why: str = ""
    passes: Passes = "nothing"


@dataclass(frozen=True)
class Exercise:
    """All answers to one exercise."""

    id: str
    names: tuple[str, ...]
    answers: tuple[Answer, ...]
    path: Path

    def select(self, right: bool) -> list[Answer]:
        return [answer for answer in self.answers if answer.right is right]


def read_answers(folder: Path) -> dict[str, Exercise]:
    """The exercises of one lab, by id.

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
    """What is handed in together with the notebook, in the answers of one lab."""
    return sorted((folder / "files").glob("*"))


def _read(path: Path) -> Exercise:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, filename=str(path))
    settings = dict(_settings(tree))
    if "EXERCISE" not in settings or ("NAME" in settings) == ("VALUES" in settings):
        raise ValueError(f"{path}: say EXERCISE, and either NAME or VALUES, at the top of the file")
    values = settings.get("VALUES", ())
    shared = "".join(f"{ast.unparse(node)}\n" for node in tree.body if _is_import_of_answers(node) or _is_shared(node))
    answers = tuple(
        Answer(name, f"{shared}\n{_source(node, settings)}".strip(), **mark)
        for name, node, mark in _definitions(tree, text, path)
    )
    return Exercise(settings["EXERCISE"], tuple(values) or (settings["NAME"],), answers, path)


def _definitions(tree: ast.Module, text: str, path: Path) -> Iterator[tuple[str, Definition, dict[str, Any]]]:
    """Each answer's name, its definition without the mark, and what the mark says."""
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
    """Return the text of a top-level definition, as `ast.get_source_segment` does, which splits all text each time."""
    last = node.end_lineno or node.lineno
    end = lines[last - 1].encode()[: node.end_col_offset].decode()  # Python counts bytes
    return "\n".join([*lines[node.lineno - 1 : last - 1], end])


def _changed(call: ast.Call, texts: dict[str, str], place: str) -> tuple[Definition, dict[str, Any]]:
    """The definition that `changed(answer, old, new, wrong="why")` gives, and what it says of it."""
    try:
        name, (old, new) = ast.unparse(call.args[0]), map(ast.literal_eval, call.args[1:])
        mark = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
        why, count = mark.pop("wrong"), texts[name].count(old)
    except (IndexError, KeyError, ValueError):
        raise ValueError(f'{place}: say changed(an_answer_above, "old", "new", wrong="why")') from None
    if count != 1:
        raise ValueError(f"{place}: {old!r} stands in {name} {count} times, and must stand there once")
    (node,) = ast.parse(texts[name].replace(old, new), filename=place).body
    assert isinstance(node, Definition)
    return node, {"right": False, "why": why, **mark}


def _source(node: Definition, settings: dict[str, Any]) -> str:
    """The text of the answer cell."""
    if "NAME" in settings:
        node.name = settings["NAME"]
        return ast.unparse(node)
    parameters = ", ".join(arg.arg for arg in node.args.args) if isinstance(node, ast.FunctionDef) else ""
    return f"{ast.unparse(node)}\n\n{', '.join(settings['VALUES'])} = {node.name}({parameters})"


def _settings(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            yield node.targets[0].id, ast.literal_eval(node.value)


def _is_import_of_answers(node: ast.stmt) -> bool:
    """Whether a statement imports what the answers use, and not the marks of this module."""
    if isinstance(node, ast.ImportFrom):
        return node.module != __name__ and node.module != "__future__"
    return isinstance(node, ast.Import)


def _is_shared(node: ast.stmt) -> bool:
    """Whether a statement defines what several answers call."""
    return isinstance(node, ast.FunctionDef) and node.name.startswith("_")


def _mark(node: Definition, path: Path) -> dict[str, Any]:
    """What the lowest decorator says of an answer: `right`, `wrong("why")` or `wrong("why", passes="visible")`."""
    mark = node.decorator_list[-1] if node.decorator_list else None
    if isinstance(mark, ast.Name) and mark.id == "right":
        return {"right": True}
    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "wrong" and mark.args:
        options = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in mark.keywords}
        return {"right": False, "why": ast.literal_eval(mark.args[0]), **options}
    raise ValueError(f'{path}: mark {node.name} with @right or @wrong("why")')
