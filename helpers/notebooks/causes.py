"""Say why a name that a check uses is missing: the answer's own cell may have ended with an error."""

from __future__ import annotations

import platform
import re

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from helpers.checking.advice import in_plain_words
from helpers.notebooks.text import Text, line, plain

__all__ = ["cause_in", "syntax_errors", "with_cause"]

_NOT_DEFINED = re.compile(
    r"(?P<start>.*?: )`[^`]+` is not defined\. Run the answer cell: [^.]*\. Keep the name[^.]*\.", re.DOTALL
)
_SYNTAX = ("SyntaxError", "IndentationError", "TabError")
_PYTHON = platform.python_version()


def cause_in(answer: NotebookNode) -> Text:
    """Say in a line, to follow "the answer cell", how an answer's cell failed; empty if it did not."""
    errors = [output for output in answer.outputs if output.output_type == "error"]
    if not errors:
        first = answer.source.lstrip().partition("\n")[0].split()
        if first and first[0].startswith("%%"):
            return line(f"begins with {line(first[0], 30)} and may define nothing: take that line out")
        return Text("")
    name, words = line(errors[0].ename, 60), line(in_plain_words(plain(errors[0].evalue)), 300)
    if name == "NotRun" or (name == "NotImplementedError" and words in ("", "not done yet")):
        return Text("")
    if name in _SYNTAX:  # code for another version of Python may be wrong here
        name = Text(f"{name} in Python {_PYTHON}")
        words = Text(re.sub(r"\([^()]*, line (\d+)\)", r"(line \1)", words))
    return line(f"ended with {name}: {words}" if words else f"ended with {name}", 350)


def with_cause(message: str, cause: Text) -> str:
    """Return a check's message with the cause in place of the advice to run the cell."""
    advice = _NOT_DEFINED.match(message)
    if not cause or not advice:
        return message
    return f"{advice['start']}the answer cell {cause}{message[advice.end() :]}"


def syntax_errors(notebook: NotebookNode) -> list[Text]:
    """List the answers with syntax errors, for a person to look at: they may be written for a newer Python."""
    answers = [cell for cell in notebook.cells if cell.cell_type == "code" and is_solution(cell)]
    wrong = [cell.id for cell in answers if any(o.get("ename") in _SYNTAX for o in cell.outputs)]
    return [line(f"SyntaxError in Python {_PYTHON}, if not in a newer one: {', '.join(wrong)}")] if wrong else []
