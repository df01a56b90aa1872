"""Checks that say what was called, what was expected, what came back and what to look at.

A check cell opens a `question` and compares what the student's code gives with what is right:

    with question("E-size"):
        call(conv_output_size, 28, 5, stride=2).gives(12, hint="Round down before you add 1.")

A wrong answer ends the cell with one line, without a traceback:

    E-size: conv_output_size(28, 5, stride=2): expected 12, got 12.5 (a float). Round down before you add 1.
"""

from __future__ import annotations

from helpers.checking.call import call
from helpers.checking.marks import point_out, points_for
from helpers.checking.networks import may_change, own_numbers
from helpers.checking.question import CheckError, question
from helpers.checking.seeds import class_seed, fresh_seed
from helpers.checking.value import expect, value

__all__ = [
    "CheckError",
    "call",
    "class_seed",
    "expect",
    "fresh_seed",
    "may_change",
    "own_numbers",
    "point_out",
    "points_for",
    "question",
    "value",
]
