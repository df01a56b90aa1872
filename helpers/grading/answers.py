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

A function whose name begins with an underscore is no answer: it stands before each answer that the file gives.

Where the cell defines variables, the file says `VALUES = ("x", "y")` in place of `NAME`; each answer is then a
function that returns them, and whose parameters are names that the notebook has defined before.

Files in `tests/answers/<lab>/files/` lie beside the notebook of each hand-in: checkpoints, for instance.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

__all__ = ["Answer", "Exercise", "files_beside", "read_answers", "right", "wrong"]

T = TypeVar("T")
Passes = Literal["nothing", "visible"]


def right(answer: T) -> T:
    """Mark an answer that must earn all points."""
    return answer


def wrong(why: str, passes: Passes = "nothing") -> Callable[[T], T]:
    """Mark an answer that must lose the hidden check, and the visible one unless it `passes="visible"`."""
    return lambda answer: answer


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
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    settings = dict(_settings(tree))
    if "EXERCISE" not in settings or ("NAME" in settings) == ("VALUES" in settings):
        raise ValueError(f"{path}: say EXERCISE, and either NAME or VALUES, at the top of the file")
    values = settings.get("VALUES", ())
    shared = "".join(f"{ast.unparse(node)}\n" for node in tree.body if _is_import_of_answers(node) or _is_shared(node))
    answers = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not _is_shared(node):
            marked = _mark(node, path)
            node.decorator_list = node.decorator_list[:-1]
            name = node.name
            if values:
                parameters = ", ".join(arg.arg for arg in node.args.args) if isinstance(node, ast.FunctionDef) else ""
                targets = ", ".join(values)
                source = f"{ast.unparse(node)}\n\n{targets} = {name}({parameters})"
            else:
                node.name = settings["NAME"]
                source = ast.unparse(node)
            answers.append(Answer(name=name, source=f"{shared}\n{source}".strip(), **marked))
    return Exercise(settings["EXERCISE"], tuple(values) or (settings["NAME"],), tuple(answers), path)


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


def _mark(node: ast.FunctionDef | ast.ClassDef, path: Path) -> dict[str, Any]:
    """What the lowest decorator says of an answer: `right`, `wrong("why")` or `wrong("why", passes="visible")`."""
    mark = node.decorator_list[-1] if node.decorator_list else None
    if isinstance(mark, ast.Name) and mark.id == "right":
        return {"right": True}
    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "wrong" and mark.args:
        options = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in mark.keywords}
        return {"right": False, "why": ast.literal_eval(mark.args[0]), **options}
    raise ValueError(f'{path}: mark {node.name} with @right or @wrong("why")')
