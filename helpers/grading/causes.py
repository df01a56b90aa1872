"""Why a name that a check asks for is not there: the answer's own cell may have ended with an error."""

from __future__ import annotations

import platform
import re

from nbformat import NotebookNode

from helpers.grading.text import Text, line

__all__ = ["cause_in", "with_cause"]

_NOT_DEFINED = re.compile(r"(?P<start>.*?: )`[^`]+` is not defined\. Run the answer cell first[^.]*\.", re.DOTALL)
_SYNTAX = ("SyntaxError", "IndentationError", "TabError")


def cause_in(answer: NotebookNode) -> Text:
    """The error with which an answer's cell ended, in a line; empty if it ended well."""
    errors = [output for output in answer.outputs if output.output_type == "error"]
    if not errors:
        return Text("")
    name, words = line(errors[0].ename, 60), line(errors[0].evalue, 200)
    if name in ("NotImplementedError", "NotRun"):
        return Text("")
    if name in _SYNTAX:  # what another version of Python takes may be no Python here
        name = Text(f"{name} in Python {platform.python_version()}")
        words = Text(re.sub(r"\([^()]*, line (\d+)\)", r"(line \1)", words))
    return line(f"{name}: {words}" if words else name, 300)


def with_cause(message: str, cause: Text) -> str:
    """A check's message, with the cause in place of the advice to run the cell."""
    found = _NOT_DEFINED.match(message)
    if not cause or not found:
        return message
    return f"{found['start']}the answer cell ended with {cause}{message[found.end() :]}"
