"""The files of a kit: released labs, helpers without grading, and how to install them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined

import helpers
from helpers.grading.authoring.release import write_copy
from helpers.grading.course import Course
from helpers.grading.intake.files import Files, walk
from helpers.grading.labs import Lab, find_labs
from helpers.grading.term.rules import Rules
from helpers.notebooks.cells import rewrite_parameters
from helpers.notebooks.errors import CourseError

__all__ = ["kit_contents", "released_labs"]

LICENCES = ("LICENSE", "LICENSE-TEXT")
INSTALL = "install"  # the id of the cell, in source/header.ipynb, that installs the course where it is missing
# PyTorch for Linux says itself which GPU libraries it needs, in which versions; its build for CPUs needs none.
_GPU = re.compile(r"(cuda|nvidia|triton)\b")
_OURS = (".json", ".pth", ".py")  # the files of the package; others in its folder belong to whoever put them there
_templates = Environment(
    loader=PackageLoader("helpers.grading.kit"), undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True
)
_templates.filters["quoted"] = json.dumps  # TOML's basic strings are JSON's


def released_labs(course: Course, names: Sequence[str]) -> list[Lab]:
    """Return the labs with these names from `release/`; all that are there if no name is given.

    Raises:
        CourseError: if one is not released, or not as `source/` now is.
    """
    known = {lab.assignment: lab for lab in find_labs(course.root / course.coursedir.release_directory)}
    labs = [known.get(name) or _refuse_unreleased(course, name) for name in names] or list(known.values())
    with TemporaryDirectory() as fresh:
        for lab in labs:
            write_copy(course, lab.assignment, Path(fresh))
            given, made = _files(course, lab.path.parent), _files(course, Path(fresh) / lab.assignment)
            if changed := sorted(name for name in given.keys() | made.keys() if given.get(name) != made.get(name)):
                raise CourseError(
                    f"{lab.path.parent} is not what source/ gives ({', '.join(changed[:5])}). "
                    f"Run `nbgrader generate_assignment --force {lab.assignment}`."
                )
    return labs


def _refuse_unreleased(course: Course, name: str) -> Lab:
    there = find_labs(course.root / course.coursedir.source_directory)
    if name in {lab.assignment for lab in there}:
        raise CourseError(f"{name} is not released. Run `nbgrader generate_assignment {name}`.")
    raise CourseError(f"there is no lab {name}; there are {', '.join(lab.assignment for lab in there)}")


def _files(course: Course, folder: Path) -> dict[str, bytes]:
    """Return the files of a lab that students get: never a trained network."""
    ignore = [*course.coursedir.ignore, "*.safetensors"]
    return {file.path: (folder / file.path).read_bytes() for file in walk(folder, ignore)}


def kit_contents(course: Course, labs: Sequence[Lab]) -> dict[str, bytes]:
    """Return all files of a kit by path.

    Raises:
        CourseError: if a file of the course that belongs into it is missing or wrong.
    """
    rules = Rules.load(course.root)
    contents = {name: _bytes(course.root / name) for name in LICENCES} | _package()
    for lab in labs:
        contents |= {f"{lab.assignment}/{path}": content for path, content in _files(course, lab.path.parent).items()}
        notebook = f"{lab.assignment}/{lab.path.name}"
        contents[notebook] = _with_address(contents[notebook], rules.kit)
    return contents | dict(_texts(course, labs, contents, rules))


def _package() -> dict[str, bytes]:
    """Return the helpers without what graders run."""
    package = Path(helpers.__file__).parent
    files = walk(package, ["grading", "__pycache__"])
    return {f"helpers/{file.path}": _bytes(package / file.path) for file in files if file.path.endswith(_OURS)}


def _with_address(notebook: bytes, address: str) -> bytes:
    """Tell the notebook's first code cell where the kit can be installed from."""
    if not address:
        return notebook
    read = nbformat.reads(notebook.decode(), as_version=4)
    for cell in read.cells:
        if cell.get("id") == INSTALL:
            cell.source = rewrite_parameters(cell.source, {"KIT": address})
    return f"{nbformat.writes(read)}\n".encode()


def _texts(
    course: Course, labs: Sequence[Lab], contents: dict[str, bytes], rules: Rules
) -> Iterator[tuple[str, bytes]]:
    """Yield the files that are written for the kit."""
    project = tomllib.loads(_bytes(course.root / "pyproject.toml").decode())["project"]
    lines = _bytes(course.root / "requirements.txt").decode().splitlines()
    pins = [pin for pin in lines if not _GPU.match(pin)]
    facts = {
        "address": rules.kit,
        "name": rules.name or project["description"].partition(":")[0],
        "labs": [{"folder": lab.assignment, "file": lab.path.name, "title": _title(lab)} for lab in labs],
        "pins": pins,
        "project": project,
        "torch": " ".join(pin for pin in pins if re.match(r"torch(vision)?==", pin)),
        # Another version when the helpers change, so that pip and uv install them again.
        "version": f"{helpers.__version__}+{Files(_below('helpers', contents)).digest[:8]}",
    }
    for name in _templates.list_templates():
        yield name.removesuffix(".jinja"), _templates.get_template(name).render(facts).encode()


def _below(folder: str, contents: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in contents.items() if path.startswith(f"{folder}/")}


def _title(lab: Lab) -> str:
    """Return the lab's title, for a cell of a Markdown table."""
    words = [cell.source for cell in lab.read().cells if cell.cell_type == "markdown"]
    heading = re.search(r"^# (.+)$", "\n".join(words), re.MULTILINE)
    return heading[1].replace("|", "\\|") if heading else lab.notebook


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}. The kit needs this file.") from None
