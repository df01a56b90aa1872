"""The block around the checks of a question: it counts them, and turns whatever goes wrong into one line."""

from __future__ import annotations

import re
from types import TracebackType
from typing import NoReturn, Self

from helpers.checking.advice import in_plain_words
from helpers.checking.trail import came_from, trail
from helpers.datasets.files import DataError

__all__ = ["CheckError", "count_check", "error_text", "fail", "is_stub", "question"]

MOST_CHARACTERS = 400  # of a message

_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class CheckError(AssertionError):
    """A failed check. A notebook shows its message, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this method before it prints a traceback.
        return [str(self)]


class question:  # noqa: N801 - reads as a word in `with question("K25"):`
    """The checks of one question: `with question("K25"): ...`.

    On success it prints one line. On a failed check, a missing answer, a missing name or any other exception it
    raises a `CheckError` whose message begins with the question's name.

    Args:
        name: the question's name as its heading shows it, for instance "K25".

    Raises:
        CheckError: if a check fails, or if the block holds no check.
    """

    current: question | None = None  # the block that runs now

    def __init__(self, name: str) -> None:
        self.name = name
        self.checks = 0
        self.seed: int | None = None

    def __enter__(self) -> Self:
        question.current = self
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        question.current = None
        if error is None:
            if not self.checks:
                raise CheckError(f"{self.name}: this cell compares nothing.")
            print(f"{self.name}: {self.checks} {'check' if self.checks == 1 else 'checks'} passed.")
        elif isinstance(error, Exception) and not isinstance(error, DataError):  # missing data are no student's fault
            raise CheckError(self._message(error)) from None

    def _message(self, error: Exception) -> str:
        if is_stub(error):
            used = came_from(error)
            return (
                f"{self.name}: `{used}`, which it uses, is not done yet." if used else f"{self.name} is not done yet."
            )
        if isinstance(error, NameError) and not isinstance(error, UnboundLocalError) and not trail(error):
            advice = "Run the answer cell: it must end without an error. Keep the name as it is."
            return f"{self.name}: `{error.name}` is not defined. {advice}"
        if isinstance(error, CheckError):
            text = str(error)
        elif isinstance(error, AssertionError) and str(error):
            text = in_plain_words(str(error))
        else:
            text = error_text(error)
        seed = "" if self.seed is None else f" [seed {self.seed}]"
        return _readable(f"{self.name}: {text}", MOST_CHARACTERS - len(seed)) + seed


def count_check() -> None:
    """Count a check for the question that is open."""
    if question.current is not None:
        question.current.checks += 1


def fail(text: str, hint: str = "") -> NoReturn:
    """Raise a `CheckError`: the text as a sentence, then the hint."""
    text = text if text.endswith(("?", "!")) else f"{text.removesuffix('.')}."
    raise CheckError(f"{text} {hint}".strip())


def is_stub(error: Exception) -> bool:
    """Whether an answer is not written yet. PyTorch raises this error too, but always with a reason."""
    return isinstance(error, NotImplementedError) and str(error) in ("", "not done yet")


def error_text(error: Exception) -> str:
    """Return an exception's type, the function that raised it if not the called one, and its message in plain words."""
    text, function = in_plain_words(str(error)), came_from(error)
    kind = f"{type(error).__name__} in `{function}`" if function else type(error).__name__
    return f"{kind}: {text}" if text else kind


def _readable(message: str, most: int) -> str:
    """Cut a message to a length, and take out what a terminal would obey."""
    text = "".join(char for char in _COLOURS.sub("", message) if char.isprintable() or char == "\n")
    return text if len(text) <= most else f"{text[: most - 1]}…"
