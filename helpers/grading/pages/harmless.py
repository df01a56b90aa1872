"""Reduce a graded notebook to text, pictures and tables.

Everything in it that is not locked comes from a student, and formgrader shows it with the instructor's rights. So the
notebook is rebuilt from parts that are known to be harmless, and everything else is left out.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from helpers.grading.pages.markup import safe_html
from helpers.notebooks.pictures import PICTURES, pictures
from helpers.notebooks.text import whole

__all__ = ["make_safe"]

_LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
_NOTEBOOK_METADATA = ("kernelspec",)
_CELL_METADATA = ("nbgrader", "course", "tags", "editable", "deletable")  # of the lab's cells only
_MAX_SIDE = 10_000  # pixels


def make_safe(notebook: NotebookNode) -> None:
    """Remove everything that could harm whoever opens a notebook. Doing it again changes nothing."""
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
    try:
        return _rebuilt(output)
    except Exception:  # a student's process may send anything as an output
        return new_output("display_data", data={"text/plain": "(not shown)"})


def _rebuilt(output: NotebookNode) -> NotebookNode:
    """Return an output of the same type with the harmless parts."""
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
    metadata = {name: size for name in PICTURES.keys() & data.keys() if (size := _size(output.metadata.get(name)))}
    return new_output(kind, data=data, metadata=metadata, **count)


def _size(metadata: Any) -> dict[str, int]:
    """Return the size at which to show a picture. On fine screens it has more pixels than that."""
    sides = metadata.items() if isinstance(metadata, dict) else ()
    return {
        side: length
        for side, length in sides
        if side in ("width", "height") and type(length) is int and 0 < length < _MAX_SIDE
    }
