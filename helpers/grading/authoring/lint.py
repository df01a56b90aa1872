"""The rules for labs in `source/`, so that they can be released, graded and read: `course lint`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import is_grade, is_solution

from helpers.grading.authoring.lint_grade_cells import (
    answers_have_names_of_their_own,
    checks_know_their_names,
    checks_work_from_outside,
)
from helpers.grading.labs import Settings
from helpers.notebooks.cells import HEADING, is_check, is_parameters, is_setup

__all__ = ["lint"]

FORBIDDEN = {
    r"^\s*[!%]": "shell and magic commands do not run everywhere",
    r"\bwget\b|\burlretrieve\b|\brequests\.": "data comes from helpers.data alone",
    r"filterwarnings": "warnings are there to be read",
    r"import \*": "name what you import",
    r"[\"'](/(home|Users|root|tmp)/|[A-Z]:\\)": "no absolute paths",
}
MOST_LINES = 28
MOST_SETUP_LINES = 16

Rule = Callable[[NotebookNode, Path], Iterator[str]]


def lint(path: Path) -> list[str]:
    """Say what is wrong with a lab's source notebook, in sentences that begin with the cell's id."""
    notebook = nbformat.read(path, as_version=4)
    try:
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)
    except Exception as error:
        return [f"{path.name}: not a valid nbgrader notebook: {str(error).splitlines()[0]}"]
    return [complaint for rule in RULES for complaint in rule(notebook, path)]


def outputs_are_stripped(notebook: NotebookNode, path: Path) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield f"{cell.id}: holds outputs; strip them (nbstripout --keep-id)"


def ids_speak(notebook: NotebookNode, path: Path) -> Iterator[str]:
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader")
        if meta and meta.grade_id != cell.id:
            yield f"{cell.id}: its grade id is {meta.grade_id}; both must be the same"
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell.id) or re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", cell.id):
            yield f"{cell.id}: give it a speaking id in lower case, like k25-sizes-check"


def there_is_one_title(notebook: NotebookNode, path: Path) -> Iterator[str]:
    titles = [cell for cell in notebook.cells if cell.cell_type == "markdown" and re.search(r"^# ", cell.source, re.M)]
    if len(titles) != 1 or titles[0] is not notebook.cells[0]:
        yield f"{path.name}: the first cell, and no other, holds the title (a heading with one #)"


def parameters_are_literals(notebook: NotebookNode, path: Path) -> Iterator[str]:
    cells = [cell for cell in notebook.cells if is_parameters(cell)]
    if len(cells) != 1:
        yield f"{path.name}: one code cell must be tagged `parameters`, found {len(cells)}"
        return
    cell = cells[0]
    if not is_setup(cell):
        yield f"{cell.id}: must be locked and not graded"
    names = set()
    for node in ast.parse(cell.source).body:
        try:
            assert isinstance(node, ast.Assign)
            ast.literal_eval(node.value)
            names.add(ast.unparse(node.targets[0]))
        except (AssertionError, ValueError):
            yield f"{cell.id}: `{ast.unparse(node)}` is no literal assignment"
    unknown = cell.metadata.get("course", {}).keys() - {setting.name for setting in fields(Settings)}
    if unknown:
        yield f"{cell.id}: its metadata hold settings that are unknown: {', '.join(sorted(unknown))}"
    for which in ("smoke", "grading"):
        values = cell.metadata.get("course", {}).get(which)
        if values is None:
            yield f"{cell.id}: its metadata lacks the {which} values (course.{which})"
        elif set(values) - names:
            yield f"{cell.id}: the {which} values name {', '.join(sorted(set(values) - names))}, which the cell lacks"


def exercises_are_whole(notebook: NotebookNode, path: Path) -> Iterator[str]:
    ids = {cell.id for cell in notebook.cells}
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_solution(cell):
            for word in ("task", "check", "hidden"):
                if f"{cell.id}-{word}" not in ids:
                    yield f"{cell.id}: its cell {cell.id}-{word} is missing"
        if is_solution(cell) and not re.search(r"### BEGIN SOLUTION\n(.|\n)*### END SOLUTION", cell.source):
            yield f"{cell.id}: an answer stands between ### BEGIN SOLUTION and ### END SOLUTION"
        if cell.cell_type == "markdown" and is_grade(cell) and f"{cell.id}-task" not in ids:
            yield f"{cell.id}: its question {cell.id}-task is missing"
        if cell.id.endswith("-why-task") and "### BEGIN MARK SCHEME" not in cell.source:
            yield f"{cell.id}: a written question ends in a marking scheme"


def checks_name_their_question(notebook: NotebookNode, path: Path) -> Iterator[str]:
    for cell in notebook.cells:
        if not is_check(cell):
            continue
        named = re.search(r'^\s*with question\("([^"]+)"\):$', cell.source, re.M)
        if not named:
            yield f'{cell.id}: checks stand in a block `with question("…"):`'
        elif not cell.id.startswith(named[1].lower()):
            yield f"{cell.id}: its checks name {named[1]}"
        hidden = "### BEGIN HIDDEN TESTS" in cell.source
        if hidden is not cell.id.endswith("-hidden"):
            yield f"{cell.id}: hidden tests, and only they, stand in cells whose id ends in -hidden"
        if hidden and not re.match(r"# \w", cell.source):
            yield f"{cell.id}: begins with a comment that says what the hidden check covers"


def headings_count_points(notebook: NotebookNode, path: Path) -> Iterator[str]:
    promised: tuple[str, float] | None = None
    points = 0.0
    for cell in [*notebook.cells, None]:
        headings = list(HEADING.finditer(cell.source)) if cell and cell.cell_type == "markdown" else []
        if cell is None or headings or (cell.cell_type == "markdown" and re.search(r"^##? ", cell.source, re.M)):
            if promised and promised[1] != points:
                yield f"{promised[0]}: the heading promises {promised[1]:g} points, the cells give {points:g}"
            promised, points = None, 0.0
        if cell is None:
            break
        if headings:
            promised = cell.id, float(headings[0]["points"])
        elif cell.id.endswith("-task") and not cell.id.endswith("-why-task") and not cell.source.startswith("#### "):
            yield f"{cell.id}: begins with a heading like `### K25 · Sizes (3 points, about 10 min)`, or #### below one"
        if is_grade(cell):
            points += float(cell.metadata.nbgrader.points)


def code_is_short_and_plain(notebook: NotebookNode, path: Path) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for pattern, why in FORBIDDEN.items():
            if re.search(pattern, cell.source, re.M):
                yield f"{cell.id}: matches {pattern!r}: {why}"
        lines = _code_lines(cell.source)
        if lines > MOST_LINES and not re.search(r"^class ", cell.source, re.M) and not is_check(cell):
            yield f"{cell.id}: {lines} lines of code, at most {MOST_LINES}"
        if is_setup(cell) and lines > MOST_SETUP_LINES:
            yield f"{cell.id}: {lines} lines of set-up, at most {MOST_SETUP_LINES}"


def _code_lines(source: str) -> int:
    """Count lines of code: no blank lines, comments or docstrings."""
    plain = re.sub(r'"""(.|\n)*?"""', '""', source)
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in plain.splitlines())


def tags_are_known(notebook: NotebookNode, path: Path) -> Iterator[str]:
    known = {"parameters", "nbval-ignore-output", "nbval-check-output"}
    for cell in notebook.cells:
        unknown = set(cell.metadata.get("tags", [])) - known
        if "nbval-skip" in unknown and "# skipped:" in cell.source:
            unknown.discard("nbval-skip")
        if unknown:
            yield f"{cell.id}: tagged {', '.join(sorted(unknown))} (nbval-skip needs a comment `# skipped: why`)"


def pictures_have_words(notebook: NotebookNode, path: Path) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)", cell.source):
            if len(words.split()) < 4:
                yield f"{cell.id}: say in words what {target} shows (the text between the brackets)"
            if not (path.parent / target).is_file():
                yield f"{cell.id}: the picture {target} is not in the lab's folder"


RULES: tuple[Rule, ...] = (
    outputs_are_stripped,
    ids_speak,
    there_is_one_title,
    parameters_are_literals,
    exercises_are_whole,
    checks_name_their_question,
    headings_count_points,
    code_is_short_and_plain,
    tags_are_known,
    pictures_have_words,
    answers_have_names_of_their_own,
    checks_know_their_names,
    checks_work_from_outside,
)
