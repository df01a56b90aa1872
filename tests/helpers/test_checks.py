"""A check says what was called, what was expected, what came back and what to look at."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from helpers.checking.marks import pointed_out, reached
from helpers.checks import (
    CheckError,
    call,
    class_seed,
    expect,
    fresh_seed,
    own_numbers,
    point_out,
    points_for,
    question,
    value,
)
from helpers.device import synchronize


def half(n: float, stride: int = 1) -> float:
    return n / 2


def undone(n: int) -> int:
    raise NotImplementedError("not done yet")


def message(check: Callable[[], object]) -> str:
    """Return what a student reads when `check` fails in the question K9."""
    with pytest.raises(CheckError) as caught, question("K9"):
        check()
    return str(caught.value)


def test_the_message_for_a_wrong_number_shows_the_call_the_type_and_the_hint() -> None:
    said = message(lambda: call(half, 25, stride=2).gives(12, hint="Round down."))
    assert said == "K9: half(25, stride=2): expected 12, got 12.5 (a float). Round down."


def mean(values: torch.Tensor) -> torch.Tensor:
    return values.mean()


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (
            lambda: call(torch.neg, torch.tensor([1, 2])).gives(torch.tensor([-1.0, -2.0])),
            "neg(tensor([1, 2], dtype=int64)): expected the dtype torch.float32, got torch.int64 (whole",
        ),
        (lambda: call(mean, torch.tensor([1, 2])).gives(1.5), "mean(tensor([1, 2], dtype=int64)) raised"),
        (
            lambda: call(torch.neg, torch.zeros(20).int()).has(dtype=torch.int64),
            "neg(a tensor of shape (20,) and dtype int32): expected the dtype torch.int64",
        ),
        (lambda: call(torch.neg, torch.ones(1)).gives(torch.ones(1)), "neg(tensor([1])): expected tensor([1])"),
    ],
)
def test_the_message_shows_dtypes_of_arguments_if_they_matter(check: Callable[[], object], words: str) -> None:
    assert words in message(check)


def test_a_lambda_has_the_name_of_its_variable_or_none() -> None:
    names = notebook("twice = lambda n, rule: 2 * n")
    said = message(lambda: call(names["twice"], 3, lambda: 1).gives(5))
    assert said == "K9: twice(3, a function): expected 5, got 6."
    assert message(lambda: call(lambda n: n, 3).gives(5)) == "K9: function(3): expected 5, got 3."


def test_a_message_is_short_and_keeps_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_LABS_SEED", "77")
    fresh_seed()

    def fails(*args: object, **more: object) -> None:
        fresh_seed()
        raise ValueError("x" * 5000)

    said = message(lambda: call(fails, *["a long argument"] * 50, word="a long argument").gives(1))
    assert said.endswith("… [seed 77]")
    assert len(said) == 400
    assert "raised ValueError: xxx" in said


def test_a_message_holds_no_terminal_commands() -> None:
    class Red:
        def __repr__(self) -> str:
            return "\x1b[31mred\x1b[0m\x07"

    def fails() -> None:
        raise ValueError("\x1b[1;31mloud\x1b[0m\nand \x9b2Jlong")

    assert message(lambda: value("x", Red()).equals(3)) == "K9: x: expected 3, got red (a Red)."
    assert message(lambda: call(fails).gives(3)) == "K9: fails() raised ValueError: loud\nand 2Jlong"


def test_a_question_keeps_its_question_mark() -> None:
    assert message(lambda: expect(False, "Where does a line begin?")) == "K9: Where does a line begin?"


def test_success_prints_one_line_that_counts_the_checks(capsys: pytest.CaptureFixture[str]) -> None:
    with question("K9"):
        call(half, 24).gives(12.0)
        value("x", [1, 2]).equals((1, 2))
    assert capsys.readouterr().out == "K9: 2 checks passed.\n"


def test_a_cell_that_compares_nothing_fails() -> None:
    assert "compares nothing" in message(lambda: None)


@pytest.mark.parametrize("check", [lambda: call(undone, 3).gives(3), lambda: call(undone, 3).raises(RuntimeError)])
def test_an_answer_that_is_not_written_is_named(check: Callable[[], object]) -> None:
    assert message(check) == "K9 is not done yet."


def test_a_missing_name_is_named() -> None:
    assert "`nowhere` is not defined" in message(lambda: value("nowhere", nowhere).equals(1))  # type: ignore[name-defined]  # noqa: F821


def test_the_message_for_an_exception_shows_the_call() -> None:
    assert "half(None) raised TypeError" in message(lambda: call(half, None).gives(1))


def test_a_bare_assert_and_any_other_error_name_the_question_too() -> None:
    def fails() -> None:
        raise AssertionError("one is not two")

    assert message(fails) == "K9: one is not two"
    assert message(lambda: dict[str, int]()["key"]).startswith("K9: KeyError")


def test_an_interrupt_passes_through() -> None:
    with pytest.raises(KeyboardInterrupt), question("K9"):
        raise KeyboardInterrupt


def test_the_function_gets_copies_of_its_arguments() -> None:
    x = torch.zeros(3)
    call(lambda t: t.add_(1), x).gives(torch.ones(3))
    assert torch.equal(x, torch.zeros(3))


def test_a_changed_argument_is_noticed() -> None:
    said = message(lambda: call(lambda t: t.add_(1), torch.zeros(3)).gives(torch.ones(3)).keeps_arguments())
    assert "changed its argument number 1" in said


def moves(t: torch.Tensor) -> None:
    t.data = t.data.clone()


def learns(t: torch.Tensor) -> None:
    (t * t).sum().backward()


@pytest.mark.parametrize(
    ("function", "argument", "words"),
    [
        (
            lambda t: t.requires_grad_(),
            torch.ones(2),
            "changed requires_grad of its argument number 1. Work on a copy.",
        ),
        (learns, torch.ones(2, requires_grad=True), "left a gradient in its argument number 1"),
        (moves, torch.ones(2), "put other memory into its argument number 1"),
        (lambda ts: ts[0].requires_grad_(), [torch.ones(2)], "changed requires_grad of its argument number 1"),
    ],
)
def test_memory_and_gradients_of_an_argument_are_compared_too(
    function: Callable[..., object], argument: object, words: str
) -> None:
    assert words in message(lambda: call(function, argument).keeps_arguments())
    call(lambda t: t, argument).keeps_arguments()


def test_a_gradient_from_before_the_call_is_no_change() -> None:
    for x in (torch.ones(2, requires_grad=True), torch.full((), float("nan"), requires_grad=True)):
        learns(x)
        call(lambda t: t * 2, x).keeps_arguments()
    assert "left a gradient" in message(lambda: call(learns, torch.ones(2, requires_grad=True)).keeps_arguments())


@pytest.mark.parametrize(
    ("function", "argument"),
    [
        (lambda x: x[1:], torch.arange(3)),
        (lambda x: x.detach(), torch.ones(3, requires_grad=True)),
        (lambda x: (x.T, x[0]), torch.ones(2, 3)),
        (lambda x: x.numpy()[::-1], torch.ones(3)),
        (lambda x: torch.from_numpy(x)[1:], np.ones(3)),
        (lambda xs: xs[1], [torch.zeros(2), torch.ones(2)]),
    ],
)
def test_a_view_is_not_new(function: Callable[..., object], argument: object) -> None:
    called = call(function, argument).shares_memory_with(1)
    assert "shares memory with argument 1. Make a copy" in message(called.is_new)


@pytest.mark.parametrize(
    "function", [torch.clone, lambda x: [x + 1, x.clone()], lambda x: x.numpy().copy(), lambda x: torch.empty(0)]
)
def test_a_copy_is_new(function: Callable[..., object]) -> None:
    called = call(function, torch.ones(3)).is_new()
    assert "expected memory shared with argument 1, got a copy. Give a view" in message(
        lambda: called.shares_memory_with(1)
    )


def test_every_tensor_of_a_result_is_checked() -> None:
    some = call(lambda x: (x, x.clone()), torch.ones(3))
    assert "argument 1" in message(some.is_new)
    assert "got a copy" in message(lambda: some.shares_memory_with(1))
    some.shares_memory_with(1, item=0)
    for item in (1, 2):  # there is no item 2
        said = message(functools.partial(some.shares_memory_with, 1, item=item))
        assert f"item {item}: expected memory" in said
    assert "shares memory with argument 2" in message(call(lambda x, y: y, torch.ones(3), y=torch.ones(3)).is_new)


def test_the_result_may_have_to_be_the_argument_itself() -> None:
    call(torch.Tensor.zero_, torch.ones(3)).gives_back(1)
    call(lambda x, y: y, torch.ones(3), torch.ones(3)).gives_back(2)
    for other in (torch.clone, lambda x: x[:], torch.Tensor.detach):
        said = message(functools.partial(call(other, torch.ones(3)).gives_back, 1))
        assert "expected argument 1 itself, got another tensor. Return the argument itself." in said


def test_a_result_without_tensors_shares_no_memory() -> None:
    for check in (call(half, 3).is_new, lambda: call(half, 3).shares_memory_with(1)):
        assert message(check) == "K9: half(3): expected a tensor, got 1.5 (a float)."


@pytest.mark.parametrize(
    ("switch", "words"),
    [
        (lambda: torch.set_grad_enabled(False), "leaves autograd switched"),
        (lambda: torch.set_default_dtype(torch.float64), "leaves another default dtype"),
    ],
)
def test_a_setting_that_a_call_leaves_switched_is_reported_and_put_back(
    switch: Callable[[], object], words: str
) -> None:
    assert words in message(lambda: call(switch).gives(None))
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32
    with torch.no_grad():
        call(lambda: torch.is_grad_enabled()).gives(False)


def test_an_argument_after_the_call_is_compared() -> None:
    one = torch.ones(3)
    call(lambda t: t.add_(1), torch.zeros(3)).leaves(one).gives(one)
    said = message(lambda: call(lambda t: t + 1, torch.zeros(3)).gives(one).leaves(one, hint="Write into t."))
    assert "its argument number 1 after the call: expected tensor([1, 1, 1]), got tensor([0, 0, 0]). Write" in said


def test_other_memory_is_not_in_place() -> None:
    def swaps(t: torch.Tensor) -> None:
        t.data = torch.zeros_like(t)

    said = message(lambda: call(swaps, torch.ones(3)).leaves(torch.zeros(3), hint="In place."))
    assert said.endswith("the call put other memory into its argument number 1. In place.")


def test_a_call_that_raises_can_keep_its_arguments() -> None:
    def refuses(t: torch.Tensor, amount: int) -> None:
        t += amount
        raise ValueError

    call(refuses, torch.ones(3), 0).raises(ValueError).keeps_arguments()
    assert "argument number 1" in message(lambda: call(refuses, torch.ones(3), 1).raises(ValueError).keeps_arguments())


def test_the_function_runs_once_and_after_the_expected_value_is_made() -> None:
    order = []

    def noted() -> int:
        order.append("student")
        return 1

    def oracle() -> int:
        order.append("oracle")
        return 1

    called = call(noted)
    called.gives(oracle()).gives(1)
    assert order == ["oracle", "student"]


def test_an_expected_exception_is_right() -> None:
    def strict(n: int) -> None:
        raise ValueError("no")

    call(strict, 1).raises(ValueError)
    assert "expected a ValueError, got 0.5 (a float)" in message(lambda: call(half, 1).raises(ValueError))
    assert "it raised ValueError: no" in message(lambda: call(strict, 1).raises(KeyError))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"shape": (3, 2)}, "expected the shape (3, 2), got (2, 3)"),
        ({"dtype": torch.int64}, "expected the dtype torch.int64, got torch.float32"),
        ({"device": "meta"}, "expected the device meta, got cpu"),
    ],
)
def test_a_wrong_shape_dtype_or_device_is_reported(wanted: dict[str, object], words: str) -> None:
    assert words in message(lambda: value("x", torch.zeros(2, 3)).has(**wanted))  # type: ignore[arg-type]
    value("x", torch.zeros(2, 3)).has(shape=(2, 3), dtype=torch.float32, device="cpu")


def test_a_list_has_no_shape() -> None:
    assert "expected a tensor, got [1] (a list)" in message(lambda: value("x", [1]).has(shape=(1,)))


def test_nan_is_right_only_if_the_check_says_so() -> None:
    nan = torch.tensor([1.0, float("nan")])
    assert message(lambda: value("x", nan).equals(nan)) == "K9: x: got nan where a number is due."
    assert message(lambda: call(torch.neg, nan).gives(-nan)).endswith("got nan where a number is due.")
    call(torch.neg, nan).gives(-nan, equal_nan=True).keeps_arguments()
    assert "got tensor([nan, nan])" in message(lambda: value("x", nan * nan[1]).equals(nan, equal_nan=True))


def test_other_numbers_must_be_finite() -> None:
    value("x", torch.ones(2)).differs(torch.zeros(2))
    assert message(lambda: value("x", torch.ones(2)).differs(torch.ones(2), "Seed?")).endswith("got the same. Seed?")
    for number in (float("nan"), float("inf")):
        spoilt = torch.tensor([1.0, number])
        assert "nan or inf is among them" in message(functools.partial(value("x", spoilt).differs, torch.ones(2)))
    assert "expected a tensor" in message(lambda: value("x", [1.0]).differs(torch.ones(1)))
    assert "got the same" in message(lambda: value("x", torch.ones(2)).differs(torch.zeros(2), rtol=0, atol=2))


def test_expect_shows_its_message() -> None:
    expect(True, "unused")
    assert message(lambda: expect(False, "the loss did not fall")) == "K9: the loss did not fall."


def test_the_message_shows_the_seed_which_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_LABS_SEED", "77")
    assert message(lambda: value("x", fresh_seed()).equals(78)).endswith("[seed 77]")


def test_seeds_differ_from_run_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNN_LABS_SEED", raising=False)
    assert len({fresh_seed() for _ in range(5)}) > 1


@pytest.mark.parametrize(
    ("figure", "points"), [(0.0, 0.0), (0.5, 0.0), (0.75, 2.0), (0.9, 3.2), (1.0, 4.0), (2.0, 4.0), (float("nan"), 0.0)]
)
def test_points_are_linear_from_floor_to_ceiling(figure: float, points: float) -> None:
    assert points_for(figure, floor=0.5, ceiling=1.0, points=4) == points
    assert (f"You reached {figure:.4g}. Points begin above 0.5; all are given from 1 on." == reached()) is (points < 4)


def test_a_notebook_shows_only_the_message() -> None:
    assert CheckError("K9: no")._render_traceback_() == ["K9: no"]


def test_an_assertion_of_pytorch_is_explained_in_plain_words() -> None:
    def fails() -> None:
        raise AssertionError("Torch not compiled with CUDA enabled")

    assert message(fails) == "K9: it asks for a device that this machine lacks. Write `device`, not a device's name."


def notebook(*cells: str) -> dict[str, Any]:
    """Return the names of a notebook after these cells have run."""
    names: dict[str, Any] = {"__name__": "__main__", "call": call, "question": question}
    for number, cell in enumerate(cells):
        exec(compile(cell, f"<cell {number}>", "exec"), names)
    return names


USED = """
class Size:
    def of(self, n): raise NotImplementedError("not done yet")
def size(n): raise NotImplementedError("not done yet")
def first(row): return row[0]
"""
USES = """
def table(n): return [size(m) for m in range(n)]
def sides(n): return Size().of(n)
def firsts(rows): return [first(row) for row in rows]
short = lambda n: size(n)
def lost(n): return nowhere(n)
"""


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("call(table, 3).gives(1)", "K9: `size`, which it uses, is not done yet."),
        ("table(3)", "K9: `size`, which it uses, is not done yet."),
        ("call(short, 3).gives(1)", "K9: `size`, which it uses, is not done yet."),
        ("call(sides, 3).gives(1)", "K9: `Size.of`, which it uses, is not done yet."),
        ("call(size, 3).gives(1)", "K9 is not done yet."),
        ("[size(n) for n in range(3)]", "K9 is not done yet."),
        ("call(firsts, [[]]).gives(1)", "K9: firsts([[]]) raised IndexError in `first`: list index out of range"),
        ("call(firsts, [[]]).raises(ValueError)", "but it raised IndexError in `first`: list index out of range."),
        ("firsts([[]])", "K9: IndexError in `first`: list index out of range"),
        ("call(first, []).gives(1)", "K9: first([]) raised IndexError: list index out of range"),
        ("lost(3)", "K9: NameError: name 'nowhere' is not defined"),
        ("value", "K9: `value` is not defined. Run the answer cell: it must end without an error. Keep the name as it"),
    ],
)
def test_the_message_names_another_function_that_raised(check: str, words: str) -> None:
    with pytest.raises(CheckError) as caught:
        notebook(USED, USES, f"with question('K9'): {check}")
    assert words in str(caught.value)


def test_a_not_implemented_error_of_pytorch_is_no_stub() -> None:
    def mean() -> torch.Tensor:
        return torch.ones(3).long().mean()

    for check in (mean, lambda: call(mean).gives(1), lambda: call(mean).raises(ValueError)):
        assert "NotImplementedError: mean(): could not infer output dtype" in message(check)


def test_a_local_name_without_a_value_is_no_missing_answer() -> None:
    def fails() -> int:
        x += 1  # type: ignore[name-defined]  # noqa: F821
        return x  # type: ignore[name-defined]

    assert message(fails).startswith("K9: UnboundLocalError: ")


def test_own_numbers_are_in_the_network_and_none_is_zero() -> None:
    net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.Linear(4, 5))
    for parameter in net.parameters():
        parameter.data.zero_()
    state = own_numbers(net, torch.Generator().manual_seed(3))
    assert value("state", dict(net.state_dict())).equals(state)
    floats = [tensor for tensor in state.values() if tensor.is_floating_point()]
    assert all(bool((tensor != 0).all()) for tensor in floats)
    assert bool((state["1.running_var"] > 0).all())
    assert state["1.num_batches_tracked"].item() == 0


def test_a_tensor_with_two_names_has_one_number() -> None:
    net = torch.nn.Module()
    net.first = torch.nn.BatchNorm1d(3)
    net.again = torch.nn.Sequential(net.first, torch.nn.Linear(3, 2))
    state = own_numbers(net)
    assert {"first.weight", "again.1.weight"} <= set(state)
    assert "again.0.weight" not in state
    assert value("state", {name: net.state_dict()[name] for name in state}).equals(state)


def test_grading_sets_the_seed_of_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNN_LABS_SEED", raising=False)
    monkeypatch.setenv("CNN_LABS_CLASS_SEED", "5")
    assert {class_seed() for _ in range(3)} == {5}
    monkeypatch.delenv("CNN_LABS_CLASS_SEED")
    assert len({class_seed() for _ in range(3)}) > 1


def test_a_remark_is_returned_once() -> None:
    point_out("one")
    point_out("two")
    assert pointed_out() == "one; two"
    assert pointed_out() == ""


def test_what_a_function_prints_can_be_checked() -> None:
    def says(n: int) -> int:
        print(n + 1)
        return n

    call(says, 3).printed().equals("4\n")
    assert message(lambda: call(says, 3).printed().equals("3\n")).startswith("K9: what says(3) prints: expected '3")


def test_synchronisations_are_counted() -> None:
    def waits(n: int) -> None:
        for _ in range(n):
            synchronize(torch.device("cpu"))

    call(waits, 2).uses("synchronize", 2)
    said = message(lambda: call(waits, 1).uses("synchronize", 2, "Wait twice."))
    assert said == "K9: waits(1): expected synchronize at least twice, seen once. Wait twice."
