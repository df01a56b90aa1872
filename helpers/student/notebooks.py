"""Find and read the notebooks that a student names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from helpers.notebooks.archives import MAX_BYTES
from helpers.notebooks.errors import CourseError
from helpers.notebooks.reader import Draft, UnreadableError, read_notebook
from helpers.notebooks.text import line

__all__ = ["find_notebooks", "open_notebook"]


def find_notebooks(paths: Sequence[Path]) -> list[Path]:
    """Return the notebooks that are named, and those in folders that are named, each once.

    Raises:
        CourseError: if a folder holds none.
    """
    return list(dict.fromkeys(notebook for path in paths for notebook in _notebooks_in(path)))


def _notebooks_in(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    inside = sorted(path.rglob("*.ipynb"))
    found = [one for one in inside if not any(part.startswith(".") for part in one.relative_to(path).parts)]
    if not found:
        raise CourseError(f"{line(path)} holds no notebook (*.ipynb). Name a lab's notebook, or its folder.")
    yield from found


def open_notebook(path: Path) -> tuple[bytes, Draft]:
    """Return the bytes of a notebook, and its cells.

    Raises:
        CourseError: if it cannot be read, or is no notebook for Python.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CourseError(f"{line(path)} is larger than {MAX_BYTES >> 20} MB. Clear its outputs, and save again.")
        content = path.read_bytes()
        draft = read_notebook(content)
    except OSError as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise CourseError(f"{line(path)}: {why}.") from None
    except UnreadableError as error:
        raise CourseError(f"{line(path)} could not be read: {error}.") from None
    if draft.language not in ("", "python", "ipython"):
        language = line(draft.language, 30)
        raise CourseError(f"{line(path)} is a notebook for {language}. Choose a Python kernel, and save it again.")
    return content, draft
