"""Seeds for the random numbers of checks."""

from __future__ import annotations

import os
import secrets

from helpers.checking.question import question

__all__ = ["class_seed", "fresh_seed"]


def fresh_seed() -> int:
    """Return a seed that differs in each run, so that nobody can write the answers into a table.

    The message of a failed check shows the seed. To repeat a run, set the variable `CNN_LABS_SEED` to it.
    """
    seed = int(os.environ.get("CNN_LABS_SEED", secrets.randbelow(2**31)))
    if question.current is not None:
        question.current.seed = seed
    return seed


def class_seed() -> int:
    """Return a seed for a mark that rests on a measurement.

    In grading it is the same for a whole class, each time the class is graded, and only the grading process knows it.
    Everywhere else it is a `fresh_seed`.
    """
    seed = os.environ.get("CNN_LABS_CLASS_SEED")
    return fresh_seed() if seed is None or "CNN_LABS_SEED" in os.environ else int(seed)
