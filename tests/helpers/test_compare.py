"""How two values differ, in words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from helpers.checking.compare import difference
from helpers.checking.describe import describe


class Liar:
    """An object that claims to be equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


NAMED = lambda: 1  # noqa: E731


class Mute:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (12, 12),
        (12, np.int64(12)),
        (0.3, 0.1 + 0.2),
        (2.0, 2),
        (True, np.True_),
        ("a", "a"),
        (None, None),
        ((5, 3), torch.Size([5, 3])),
        ([1, 2], (1, 2)),
        ({"a": [1, 2]}, {"a": [1, 2]}),
        (torch.float32, torch.float32),
        (torch.ones(2), torch.ones(2, requires_grad=True)),
        (np.arange(3), np.arange(3)),
        (np.array(["a"]), np.array(["a"])),
    ],
)
def test_equal_values_do_not_differ(expected: Any, got: Any) -> None:
    assert difference(expected, got) == ""


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        (12, 12.0, "expected 12, got 12.0 (a float)"),
        (12, True, "expected 12, got True (a bool)"),
        (True, 1, "expected True, got 1 (an int)"),
        (0.5, "0.5", "expected 0.5, got '0.5' (a str)"),
        ((2, 8), (2.5, 8), "expected (2, 8), got (2.5, 8)"),
        ((2, 8), (2.0, 8), "expected (2, 8), got (2.0, 8)"),
        (
            [[torch.zeros(1)] * 2, 1],
            [[torch.zeros(1), torch.ones(1)], 1],
            "item 0: item 1: expected tensor([0]), got tensor([1])",
        ),
        (3, None, "expected 3, got None"),
        (3, Liar(), "(a Liar)"),
        (3, Mute(), "a Mute that cannot be shown"),
        ((1, 2), (1, 3), "expected (1, 2), got (1, 3)"),
        ((1, 2), (1, 2, 3), "(3 items)"),
        ((1, 2), 5, "expected (1, 2), got 5 (an int)"),
        ({"a": 1}, {}, "the key 'a' is missing"),
        ({}, {"a": 1}, "the key 'a' does not belong there"),
        ({"a": 1}, {"a": 2}, "at 'a': expected 1, got 2"),
        (torch.ones(2), [1.0, 1.0], "expected tensor([1, 1]), got [1.0, 1.0] (a list)"),
        (torch.ones(2, 3), torch.ones(3, 2), "expected the shape (2, 3), got (3, 2)"),
        (torch.ones(2), torch.ones(2).double(), "expected the dtype torch.float32, got torch.float64"),
        (torch.ones(2), torch.ones(2, device="meta"), "expected the device cpu, got meta"),
        (torch.ones(2), torch.tensor([1.0, 2.0]), "expected tensor([1, 1]), got tensor([1, 2])"),
        (np.ones(2), torch.ones(2), "expected array([1, 1]), got tensor([1, 1])"),
        (np.ones(2), np.ones(3), "expected the shape (2,), got (3,)"),
        (np.ones(2), np.ones(2, dtype=np.float32), "expected the dtype float64, got float32"),
        ([torch.ones(2)], [torch.zeros(2)], "item 0: expected tensor([1, 1])"),
        ([0] * 20, [0] * 15 + [7] + [0] * 4, "item 15: expected 0, got 7"),
        (("name",) * 30, ("name",) * 29 + ("nome",), "item 29: expected 'name', got 'nome'"),
        ([[0] * 20], [[0] * 19 + [1]], "item 0: item 19: expected 0, got 1"),
        ([["a long text"] * 9], [["a long text"] * 8 + ["another"]], "item 8: expected 'a long text', got 'another'"),
        ({"a": [0] * 20}, {"a": [0] * 19 + [1]}, "at 'a': item 19: expected 0, got 1"),
        ("x" * 100 + "yes", "x" * 100 + "no", "from character 100 on: expected 'yes', got 'no'"),
        ("x" * 100, "x" * 99, "from character 99 on: expected 'x', got ''"),
        ("a" * 100, "b" * 100, "expected 'aaa"),
        (1.0, 1.00002, "expected 1.0, got 1.00002"),
        (1.0000001, 1.00002, "expected 1.0, got 1.00002"),
        (torch.tensor([100.0]), torch.tensor([100.0003]), "expected tensor([100]), got tensor([100.000"),
        (torch.tensor([12345678]), torch.tensor([12345679]), "expected tensor([12345678]), got tensor([12345679])"),
        (torch.zeros(20).long(), torch.full((20,), 12345678), "expected 0, got 12345678"),
        (torch.ones(2).bfloat16(), torch.zeros(2).bfloat16(), "expected tensor([1, 1]), got tensor([0, 0])"),
        (object(), object(), "expected an object, got another one that looks like it"),
        (torch.zeros(0, 3), torch.zeros(3, 0), "expected the shape (0, 3), got (3, 0)"),
        (torch.ones(2), torch.ones(2).double(), "got torch.float64 (NumPy's floats, and double(), make it)"),
        (np.ones(2), np.ones(2, dtype=int), "expected the dtype float64, got int64 (whole numbers make it)"),
        (torch.ones(2), torch.ones(2, device="meta"), "got meta: your tensors are on meta. Write `device`"),
    ],
)
def test_a_difference_is_put_into_words(expected: Any, got: Any, words: str) -> None:
    assert words in difference(expected, got)


def test_of_a_large_tensor_the_largest_difference_is_shown() -> None:
    got = torch.zeros(4, 5)
    got[2, 3], got[0, 0] = 9.0, 1.0
    said = difference(torch.zeros(4, 5), got)
    assert said == "the values differ, most at [2, 3]: expected 0, got 9 (2 of 20 values differ)"


def test_a_nan_among_numbers_is_a_difference() -> None:
    got = torch.zeros(20)
    got[7] = float("nan")
    assert "most at [7]: expected 0, got nan" in difference(torch.zeros(20), got)


LOGITS = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])


@pytest.mark.parametrize(
    ("got", "name"),
    [
        (LOGITS.softmax(1), "softmax"),
        (LOGITS.softmax(0), "softmax"),
        (LOGITS.log_softmax(1), "log_softmax"),
        (LOGITS.sigmoid(), "sigmoid"),
    ],
)
def test_logits_that_went_through_a_softmax_are_recognised(got: torch.Tensor, name: str) -> None:
    assert difference(LOGITS, got) == f"expected logits, got their {name}: leave {name} out"


def test_other_numbers_are_not_taken_for_a_softmax() -> None:
    assert difference(LOGITS, LOGITS.relu()).startswith("expected tensor(")
    assert difference(LOGITS[0], LOGITS[0].softmax(0)).startswith("expected tensor(")
    assert difference(LOGITS.long(), LOGITS.long() + 1).startswith("expected tensor(")


NAN = float("nan")
SPOILT = [
    (1.5, NAN),
    (2, NAN),
    (1.5, np.float32(NAN)),
    (1 + 2j, complex(NAN, 2)),
    (np.inf, NAN),
    (torch.ones(3), torch.tensor([1, NAN, 1])),
    (torch.ones(20), torch.full((20,), NAN)),
    (torch.tensor([torch.inf]), torch.tensor([NAN])),
    (torch.ones(2, dtype=torch.complex64), torch.tensor([1, complex(1, NAN)])),
    (np.ones(3), np.array([1, NAN, 1])),
    (np.ones(2, dtype=complex), np.array([1, complex(NAN, 1)])),
    ([1.0, 2.0], [1.0, NAN]),
    ((torch.ones(2), 1.0), (torch.ones(2), NAN)),
    ({"a": [1.0]}, {"a": [NAN]}),
]


@pytest.mark.parametrize(("expected", "got"), SPOILT)
def test_nan_equals_no_number(expected: Any, got: Any) -> None:
    for equal_nan in (False, True):
        assert difference(expected, got, equal_nan=equal_nan)
        assert difference(expected, got, equal_nan=equal_nan, rtol=1e9, atol=1e9)


@pytest.mark.parametrize("value", [got for _, got in SPOILT if not isinstance(got, complex)])
def test_nan_equals_nan_in_the_same_position_only_if_a_check_says_so(value: Any) -> None:
    assert difference(value, value, equal_nan=True) == ""
    assert difference(value, value).endswith("got nan where a number is due")
    assert difference(value, value, rtol=1e9, atol=1e9)


@pytest.mark.parametrize("kind", [float, lambda number: torch.tensor([number]), lambda number: np.array([number])])
def test_infinity_is_close_to_nothing_but_itself(kind: Callable[[float], Any]) -> None:
    one, endless = kind(1.0), kind(np.inf)
    for expected, got in ((one, endless), (endless, one), (endless, -endless)):
        assert difference(expected, got, rtol=1.5, atol=0.5)
    assert difference(endless, endless) == ""


def test_a_large_answer_does_not_enlarge_the_tolerance() -> None:
    for got in (1e300, 10**400):
        assert difference(1.0, got, rtol=1.5)


@pytest.mark.parametrize(
    "kind", [float, lambda number: [number], lambda number: torch.full((20,), number, dtype=torch.float64)]
)
def test_close_numbers_are_shown_with_enough_digits(kind: Callable[[float], Any]) -> None:
    said = difference(kind(1.0), kind(1.0 + 2**-30), rtol=1e-12, atol=1e-12)
    assert "expected 1" in said.replace("[", "")
    assert "1.0000000009" in said


def test_boolean_tensors_are_compared() -> None:
    got = torch.zeros(20, dtype=torch.bool)
    got[3] = True
    assert "most at [3]: expected False, got True (1 of 20" in difference(torch.zeros(20, dtype=torch.bool), got)


def test_tolerances_can_be_set() -> None:
    assert difference(torch.ones(3), torch.ones(3) * 1.01) != ""
    assert difference(torch.ones(3), torch.ones(3) * 1.01, rtol=0.1, atol=0) == ""
    assert difference(1.0, 1.01, rtol=0.1) == ""


def test_values_are_described_in_few_words() -> None:
    assert describe(torch.zeros(3, 8, 8)) == "a tensor of shape (3, 8, 8)"
    assert describe(torch.zeros(2, device="meta")) == "a tensor of shape (2,)"  # it has no numbers to show
    assert describe(np.zeros((3, 8))) == "an array of shape (3, 8)"
    assert describe(len) == "len"
    assert describe(lambda: 1) == describe([lambda: 1])[1:-1] == "a function"
    assert describe(NAMED) == "NAMED"
    assert describe(functools.partial(len)) == "a partial"
    assert describe(Liar()) == "a Liar"
    assert describe(torch.zeros(0, 3)) == "a tensor of shape (0, 3)"
    assert describe(torch.tensor([1, 2]), dtypes=True) == "tensor([1, 2], dtype=int64)"
    assert describe([np.zeros((3, 8))], dtypes=True) == "[an array of shape (3, 8) and dtype float64]"
    assert describe(torch.nn.ReLU()) == "a ReLU"
    assert describe((1,)) == "(1,)"
    assert len(describe("x" * 1000)) <= 80


def test_whole_numbers_of_arrays_are_equal_or_not() -> None:
    large = np.array([2**60 + 5])
    assert difference(large, large + 1)
    assert not difference(large, large.copy())
