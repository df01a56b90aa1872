"""A graded notebook as others open it: what the student's code showed is text, pictures and tables.

Everything in a graded notebook but what is locked comes from a student, and formgrader shows it with the instructor's
rights. So a notebook is made anew of what is known to be harmless; whatever else stands in it is left out.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from helpers.grading.pages.markup import safe_html
from helpers.grading.text import whole

__all__ = ["make_safe", "pictures"]

_LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
_NOTEBOOK_METADATA = ("kernelspec",)
_CELL_METADATA = ("nbgrader", "course", "tags", "editable", "deletable")  # of the lab's cells alone
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}  # how their files begin
_LARGEST = 10_000  # pixels


def make_safe(notebook: NotebookNode) -> None:
    """Leave in a notebook only what does no harm to whoever opens it. Doing it twice is doing it once."""
    notebook.metadata = _only(notebook.metadata, _NOTEBOOK_METADATA)
    notebook.metadata["language_info"] = NotebookNode(_LANGUAGE)
    for cell in notebook.cells:
        alt = cell.metadata.get("alt")
        cell.metadata = _only(cell.metadata, _CELL_METADATA if "nbgrader" in cell.metadata else ())
        if alt:
            cell.metadata["alt"] = whole(alt)
        cell.source = whole(cell.source)
        if cell.get("attachments"):
            cell.attachments = {whole(name): pictures(bundle) for name, bundle in cell.attachments.items()}
        if cell.cell_type == "code":
            cell.outputs = [_safe_output(output) for output in cell.outputs]


def _only(metadata: NotebookNode, names: tuple[str, ...]) -> NotebookNode:
    return NotebookNode({name: metadata[name] for name in names if name in metadata})


def _safe_output(output: NotebookNode) -> NotebookNode:
    """An output of the same kind, made of what is harmless in it."""
    try:
        return _rebuilt(output)
    except Exception:  # a student's process may say anything where it should describe an output
        return new_output("display_data", data={"text/plain": "(not shown)"})


def _rebuilt(output: NotebookNode) -> NotebookNode:
    kind = output.output_type
    if kind == "stream":
        return new_output(kind, name="stderr" if output.name == "stderr" else "stdout", text=whole(output.text))
    if kind == "error":
        traceback = [whole(line) for line in output.traceback]
        return new_output(kind, ename=whole(output.ename), evalue=whole(output.evalue), traceback=traceback)
    data = pictures(output.data)
    if "text/html" in output.data:
        data["text/html"] = safe_html(whole(output.data["text/html"]))
    data |= {name: whole(output.data[name]) for name in ("text/markdown", "text/plain") if name in output.data}
    if not data:
        data["text/plain"] = f"(not shown: {', '.join(map(whole, output.data)) or 'nothing'})"
    count = {"execution_count": output.execution_count} if kind == "execute_result" else {}
    return new_output(kind, data=data, metadata=_sizes(output.metadata, data), **count)


def pictures(bundle: dict[str, Any]) -> dict[str, str]:
    """The pictures among the forms in which something can be shown: those whose bytes are what their names say."""
    return {name: data for name in _PICTURES if name in bundle and (data := _picture(bundle[name], _PICTURES[name]))}


def _picture(data: Any, beginning: bytes) -> str:
    try:
        content = base64.b64decode("".join("".join(data).split()), validate=True)
    except (binascii.Error, TypeError, ValueError):
        return ""
    return base64.b64encode(content).decode() if content.startswith(beginning) else ""


def _sizes(metadata: dict[str, Any], data: dict[str, str]) -> dict[str, dict[str, int]]:
    """How large pictures are to be shown: on fine screens they have more points than that."""
    found = {}
    for name in _PICTURES.keys() & data.keys():
        said = metadata.get(name)
        said = said if isinstance(said, dict) else {}
        found[name] = {
            side: said[side]
            for side in ("width", "height")
            if type(said.get(side)) is int and 0 < said[side] < _LARGEST
        }
    return {name: sizes for name, sizes in found.items() if sizes}
