"""The rules for messages notice what breaks them."""

from __future__ import annotations

import pytest

from tests.readable import faults


@pytest.mark.parametrize(
    ("message", "broken"),
    [
        ("K1: double(2): expected 4, got 5. Add.", []),
        ("K1: double(2) raised KeyError", []),
        ("K2: expected 3, got 4.", ["names its question"]),
        ("K1: nice.", ["tells what is wrong"]),
        (f"K1: expected 3, got {'4' * 400}.", ["is short"]),
        ("K1: expected 3, got <lambda>.", ["shows nothing of Python's own"]),
        ("K1: expected 3, got <__main__.Net object at 0x7f00>.", ["shows nothing of Python's own"]),
        ("K1: expected 3, got \x1b[1m4.", ["commands no terminal"]),
        ("K1: f() raised UnpicklingError: set weights_only=False.", ["trusts no file"]),
    ],
)
def test_a_message_that_nobody_can_read_is_noticed(message: str, broken: list[str]) -> None:
    assert faults("k1-double", message) == broken
