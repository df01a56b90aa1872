"""Checks that say what was called, what was expected, what came back and what to look at.

A check cell opens a `question` and compares what the student's code gives with what is right:

    with question("E-size"):
        call(conv_output_size, 28, 5, stride=2).gives(12, hint="Round down before you add 1.")

A wrong answer ends the cell with one line, without a traceback:

    E-size: conv_output_size(28, 5, stride=2): expected 12, got 12.5 (a float). Round down before you add 1.
"""

from __future__ import annotations

import copy
import functools
import math
import os
import re
import secrets
import weakref
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import torch

from helpers.checking.advice import in_plain_words
from helpers.checking.compare import describe, device_difference, difference, dtype_difference, own_name
from helpers.checking.output import printed
from helpers.checking.traces import Traces
from helpers.checking.trail import came_from, trail
from helpers.datasets.files import DataError
from helpers.operations import AUTOGRAD, NUMPY, count_operations, meanings

__all__ = [
    "Call",
    "CheckError",
    "Value",
    "call",
    "class_seed",
    "expect",
    "fresh_seed",
    "may_change",
    "own_numbers",
    "point_out",
    "pointed_out",
    "points_for",
    "question",
    "reached",
    "value",
]

MOST_CHARACTERS = 400  # of a message
MOST_WRITTEN = 160  # of a call's arguments in it

_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_OF_DTYPES = re.compile(r"dtype|whole number|(?:scalar|result|output) type")

T = TypeVar("T")
Thing = TypeVar("Thing", torch.nn.Module, torch.optim.Optimizer)


class CheckError(AssertionError):
    """A failed check. Its message is all that a notebook shows of it."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this method before it prints a traceback.
        return [str(self)]


class question:  # noqa: N801 - reads as a word in `with question("K25"):`
    """The checks of one question: `with question("K25"): ...`.

    On success one line is printed. Whatever goes wrong inside ends in a `CheckError` that begins with the
    question's name: a failed check, an answer that is not written yet, a name that is missing, an exception.

    Args:
        name: the question's name as its heading shows it, for instance "K25".

    Raises:
        CheckError: if a check fails, or if the block holds no check at all.
    """

    _open: question | None = None  # the block that runs now

    def __init__(self, name: str) -> None:
        self.name = name
        self.checks = 0
        self.seed: int | None = None

    def __enter__(self) -> question:
        question._open = self
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        question._open = None
        if error is None and self.checks:
            print(f"{self.name}: {self.checks} {'check' if self.checks == 1 else 'checks'} passed.")
        elif error is None:
            raise CheckError(f"{self.name}: this cell compares nothing.")
        elif isinstance(error, Exception) and not isinstance(
            error, DataError
        ):  # that is no student's, nor an interrupt
            raise CheckError(self._message(error)) from None

    def _message(self, error: Exception) -> str:
        if _is_stub(error):
            used = came_from(error)
            return (
                f"{self.name}: `{used}`, which it uses, is not done yet." if used else f"{self.name} is not done yet."
            )
        if isinstance(error, NameError) and not isinstance(error, UnboundLocalError) and not trail(error):
            advice = "Run the answer cell: it must end without an error. Keep the name as it is."
            return f"{self.name}: `{error.name}` is not defined. {advice}"
        seed = "" if self.seed is None else f" [seed {self.seed}]"
        return _readable(f"{self.name}: {_words(error)}", MOST_CHARACTERS - len(seed)) + seed


def _words(error: Exception) -> str:
    if isinstance(error, CheckError):
        return str(error)
    return in_plain_words(str(error)) if isinstance(error, AssertionError) and str(error) else _named(error)


def _readable(message: str, most: int) -> str:
    """A message that is short enough to read, without what a terminal would obey."""
    text = "".join(one for one in _COLOURS.sub("", message) if one.isprintable() or one == "\n")
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _count() -> None:
    if question._open is not None:
        question._open.checks += 1


def _is_stub(error: Exception) -> bool:
    """Whether an answer is not written yet. PyTorch raises this error too, and says why."""
    return isinstance(error, NotImplementedError) and str(error) in ("", "not done yet")


def _named(error: Exception) -> str:
    """An exception's kind, where it comes from if not from the function itself, and its message in plain words."""
    text, place = in_plain_words(str(error)), came_from(error)
    kind = f"{type(error).__name__} in `{place}`" if place else type(error).__name__
    return f"{kind}: {text}" if text else kind


def _fail(text: str, hint: str) -> None:
    text = text if text.endswith(("?", "!")) else f"{text.removesuffix('.')}."
    raise CheckError(f"{text} {hint}".strip())


class Value:
    """A named value that checks look at. Made by `value` and, for what a function returns, by `call`."""

    def __init__(self, name: str, result: Any) -> None:
        self.name = name
        self._result = result

    def result(self) -> Any:
        """The value itself."""
        return self._result

    def equals(
        self,
        expected: Any,
        hint: str = "",
        *,
        rtol: float | None = None,
        atol: float | None = None,
        equal_nan: bool = False,
    ) -> Self:
        """Check that the value is `expected`.

        Numbers, strings, sequences, mappings, arrays and tensors are compared by content; tensors by shape, then
        dtype, then device, then values. Tuples, lists and `torch.Size` count as the same kind.

        Args:
            expected: what is right. It is computed before the student's function is called.
            hint: the likely cause, in a sentence, shown after the difference.
            rtol: relative tolerance of floating-point values; by default that of `torch.testing.assert_close`.
            atol: absolute tolerance, likewise. Give both or neither.
            equal_nan: whether nan is right where `expected` is nan. Else no nan is right.

        Raises:
            CheckError: if the two differ.
        """
        _count()
        found = difference(expected, self.result(), rtol=rtol, atol=atol, equal_nan=equal_nan)
        if found:
            _fail(f"{self._name_for(found)}: {found}", hint)
        return self

    def _name_for(self, fault: str) -> str:
        """The value's name, with what matters in a fault."""
        return self.name

    def differs(self, other: torch.Tensor, hint: str = "", *, rtol: float = 1e-5, atol: float = 1e-8) -> Self:
        """Check that the value is a tensor of numbers that are not those of `other`.

        `not torch.allclose` is no such check: nan differs from everything, from itself too.
        """
        result = self.has(hint).result()
        if not bool(result.isfinite().all()):
            _fail(f"{self.name}: expected numbers, but nan or inf is among them", hint)
        if not difference(other, result, rtol=rtol, atol=atol):
            _fail(f"{self.name}: expected other numbers, got the same", hint)
        return self

    def has(
        self,
        hint: str = "",
        *,
        shape: tuple[int, ...] | None = None,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> Self:
        """Check that the value is a tensor with this shape, dtype or device; what is None is not looked at."""
        _count()
        result = self.result()
        if not isinstance(result, torch.Tensor):
            _fail(f"{self.name}: expected a tensor, got {describe(result, kind=True)}", hint)
        if shape is not None and tuple(result.shape) != tuple(shape):
            _fail(f"{self.name}: expected the shape {tuple(shape)}, got {tuple(result.shape)}", hint)
        if dtype is not None and result.dtype != dtype:
            found = dtype_difference(dtype, result.dtype)
            _fail(f"{self._name_for(found)}: {found}", hint)
        if device is not None and result.device.type != torch.device(device).type:
            _fail(f"{self.name}: {device_difference(device, result.device)}", hint)
        return self


class Call(Value):
    """A call of the student's function that has yet to happen: it runs when the first check asks for its result.

    The function gets copies of the arguments, so that whatever it does to them leaves the test's own as they are.
    """

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self._function = function
        self._args, self._kwargs = args, kwargs
        super().__init__(self._written(), None)
        self._traces: Traces | None = None
        self._told: dict[str, list[Any]] = {}

    def _written(self, **how: Any) -> str:
        """The call as a student would write it, where it is not too long."""
        parts = [describe(arg, **how) for arg in self._args]
        parts += [f"{key}={describe(arg, **how)}" for key, arg in self._kwargs.items()]
        inside = ", ".join(parts)
        short = inside if len(inside) <= MOST_WRITTEN else f"{inside[: MOST_WRITTEN - 1]}…"
        return f"{own_name(self._function) or type(self._function).__name__}({short})"

    def _name_for(self, fault: str) -> str:
        """The call, with the dtypes of its arguments where the fault may lie in them."""
        return self._written(dtypes=True) if _OF_DTYPES.search(fault) else self.name

    def result(self) -> Any:
        """What the function returned.

        Raises:
            CheckError: if the function raised an exception, or left a setting of PyTorch's switched.
            NotImplementedError: if the answer is not written yet.
        """
        if self._traces is None:
            self._attempt(self._run)
            for setting in self._left_behind("switched"):
                _fail(f"{self.name} {_SWITCHED[setting]}", "")
        return self._result

    def _attempt(self, work: Callable[[], T]) -> T:
        """Do what runs the student's function; what that raises becomes the check's message."""
        try:
            return work()
        except Exception as error:
            if _is_stub(error):
                raise
            fault = _named(error)
            raise CheckError(f"{self._name_for(fault)} raised {fault}") from None

    def _run(self) -> None:
        self._traces = Traces(copy.deepcopy(self._args), copy.deepcopy(dict(self._kwargs)))
        self._told = {}
        self._result = self._traces.run(self._function)

    def gives(self, expected: Any, hint: str = "", **close: Any) -> Self:
        """Check that the function returns `expected`; see `equals`, also for what `close` may be."""
        return self.equals(expected, hint, **close)

    def raises(self, kind: type[Exception], hint: str = "") -> Self:
        """Check that the function raises `kind`."""
        _count()
        try:
            self._run()
        except Exception as error:
            if _is_stub(error) and kind is not NotImplementedError:
                raise
            if isinstance(error, kind):
                return self
            _fail(f"{self.name}: expected a {kind.__name__}, but it raised {_named(error)}", hint)
        _fail(f"{self.name}: expected a {kind.__name__}, got {describe(self._result, kind=True)}", hint)
        return self

    def keeps_arguments(self, hint: str = "Work on a copy.") -> Self:
        """Check that the function left its arguments as they were: their values, their memory and their gradients."""
        _count()
        self.result()
        args, kwargs = self._arguments_after()
        before = [*self._args, *self._kwargs.values()]
        after = [*args, *kwargs.values()]
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            if difference(old, new, equal_nan=True):
                _fail(f"{self.name}: the call changed its argument number {place + 1}", hint)
        return self._spares(*_CHANGES, hint=hint)

    def _spares(self, *kinds: str, hint: str) -> Self:
        """Check that these things besides its values are as they were, for each argument."""
        for number, what in self._left_behind("changes"):
            change = _CHANGES[what]  # a process that tells of another kind lies
            if what in kinds:
                _fail(f"{self.name}: the call {change} its argument number {number}", hint)
        return self

    def is_new(self, hint: str = "Make a copy, for instance with clone().") -> Self:
        """Check that the result, or each tensor in a tuple or a list of them, shares no memory with an argument."""
        for shared in self._memory():
            if any(shared):
                number = shared.index(True) + 1
                _fail(f"{self.name}: expected a new tensor, got one that shares memory with argument {number}", hint)
        return self

    def shares_memory_with(
        self, number: int, hint: str = "Give a view of it, not a copy.", *, item: int | None = None
    ) -> Self:
        """Check that the result, or each tensor in a tuple or a list of them, shares memory with an argument.

        Args:
            number: which positional argument, counted from 1.
            hint: the likely cause, in a sentence.
            item: look at this one of the tensors only, counted from 0.
        """
        whose = "" if item is None else f"item {item}: "
        shared = self._memory() if item is None else self._memory()[item : item + 1]
        if not shared or not all(one[number - 1] for one in shared):
            _fail(f"{self.name}: {whose}expected memory shared with argument {number}, got a copy", hint)
        return self

    def gives_back(self, number: int, hint: str = "Return the argument itself.") -> Self:
        """Check that the result is an argument itself: no copy of it, and no view.

        Args:
            number: which positional argument, counted from 1.
            hint: the likely cause, in a sentence.
        """
        if not all(one[number - 1] for one in self._memory("same")):
            _fail(f"{self.name}: expected argument {number} itself, got another tensor", hint)
        return self

    def _memory(self, what: str = "shared") -> list[list[bool]]:
        """For each tensor of the result, whether it shares memory with each of the arguments, or is the "same"."""
        _count()
        result = self.result()
        told = self._left_behind(what)
        if not told:
            _fail(f"{self.name}: expected a tensor, got {describe(result, kind=True)}", "")
        return told

    def leaves(self, *expected: Any, hint: str = "") -> Self:
        """Check what the function made of its positional arguments, in place: `call(relu_, x).leaves(F.relu(x))`.

        Args:
            expected: what the first arguments must be after the call.
            hint: the likely cause, in a sentence.
        """
        _count()
        self.result()
        after, _ = self._arguments_after()
        for place, (want, have) in enumerate(zip(expected, after, strict=False)):
            found = difference(want, have)
            if found:
                _fail(f"{self.name}: its argument number {place + 1} after the call: {found}", hint)
        return self._spares("memory", hint=hint)

    def without(self, *words: str, hint: str = "Do without it here.") -> Self:
        """Check that the function leaves the work to none of these: `call(relu, x).without("relu", "clamp")`.

        It is called once more, and what counts is what PyTorch does meanwhile, by whatever name the code calls it.

        Args:
            words: keys of `helpers.operations.MEANINGS`, plain names of PyTorch's own operations, "autograd", or
                "groups" of a convolution. With an underscore behind it, "clamp_", a word stands for those that write
                into a tensor.
            hint: what to do instead, in a sentence.

        Raises:
            CheckError: if the function uses one of them.
        """
        _count()
        self.result()
        used = self._count_operations(self._args, self._kwargs)
        for word in words:
            if any(name in used for name in meanings(word)):
                _fail(f"{self.name} uses {word if word in (AUTOGRAD, NUMPY) else f'{word} of PyTorch'}", hint)
        return self

    def uses_only(self, *words: str, hint: str = "Nothing else is needed here.") -> Self:
        """Check that PyTorch does nothing but these when the function is called once more; see `without`."""
        _count()
        self.result()
        welcome = {name for word in words for name in meanings(word)}
        for name, times in self._count_operations(self._args, self._kwargs).items():
            if times and name not in welcome:
                _fail(f"{self.name} uses {name} of PyTorch", hint)
        return self

    def uses(self, word: str, times: int, hint: str = "") -> Self:
        """Check that the function, called once more, uses an operation at least so often; see `without`."""
        _count()
        self.result()
        used = self._count_operations(self._args, self._kwargs)
        found = sum(used.get(name, 0) for name in meanings(word))
        if found < times:
            _fail(f"{self.name}: expected {word} at least {_often(times)}, seen {_often(found)}", hint)
        return self

    def printed(self) -> Value:
        """What the function prints on standard output when it is called once more."""
        self.result()
        return Value(f"what {self.name} prints", self._watched(printed, self._args, self._kwargs))

    def without_loop(self, *larger: Any, hint: str = "Let one operation work on all of it.", **more: Any) -> Self:
        """Check that larger arguments take no more operations: `call(hits, few, labels).without_loop(many, all)`.

        Each number that `item` or `tolist` takes out of PyTorch counts as one.

        Args:
            larger: the function's arguments once more, with ten times as much of what must not be looped over.
            hint: what to do instead, in a sentence.
            more: arguments by name, likewise.

        Raises:
            CheckError: if PyTorch does more than twice as much.
        """
        _count()
        self.result()
        few = sum(self._count_operations(self._args, self._kwargs).values())
        many = sum(self._count_operations(larger, more).values())
        if many > 2 * few + 2:
            found = f"takes {few} operations of PyTorch's here, and {many} where there is more to do: that is a loop"
            _fail(f"{self.name} {found}", hint)
        return self

    def _count_operations(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, int]:
        """What PyTorch does in a further call."""
        return self._watched(count_operations, args, kwargs)

    def _watched(self, watch: Callable[..., T], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> T:
        """What is seen in a further call. Where the function runs in another process, it is watched there."""
        tell = getattr(self._function, f"__{watch.__name__}__", None) or functools.partial(watch, self._function)
        given = copy.deepcopy(args), copy.deepcopy(dict(kwargs))
        return self._attempt(lambda: tell(*given[0], **given[1]))

    def _arguments_after(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments as the function left them. Where it runs in another process, it got copies, and tells."""
        assert self._traces is not None
        tell = getattr(self._function, "__arguments_after__", None)
        return tell() if tell else (self._traces.args, self._traces.kwargs)

    def _left_behind(self, what: str) -> list[Any]:
        """What `Traces` saw. Asked for once: another process knows it only until the next call."""
        if not self._told:
            assert self._traces is not None
            self._told = getattr(self._function, "__traces__", self._traces.told)()
        return self._told[what]


def _often(times: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(times, f"{times} times")


_SWITCHED = {
    "autograd": "leaves autograd switched: `with torch.no_grad():` puts it back at its end",
    "dtype": "leaves another default dtype: give each tensor its dtype instead",
}
_CHANGES = {
    "memory": "put other memory into",
    "requires_grad": "changed requires_grad of",
    "grad": "left a gradient in",
}


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Call:
    """A call to check: `call(area, 3, unit="cm").gives(9)`."""
    return Call(function, args, kwargs)


def value(name: str, result: Any) -> Value:
    """A value to check under the name that the student knows it by: `value("x", x).equals(3)`."""
    return Value(name, result)


def expect(condition: bool, message: str) -> None:
    """Check a condition that no comparison expresses; the message says what was expected and what was found.

    Raises:
        CheckError: if the condition is false.
    """
    _count()
    if not condition:
        _fail(message, "")


def fresh_seed() -> int:
    """A seed that differs in each run, so that nobody can write the answers into a table.

    The seed stands in the message of a failed check. The variable `CNN_LABS_SEED` sets it, to look at a mark again.
    """
    seed = int(os.environ.get("CNN_LABS_SEED", secrets.randbelow(2**31)))
    if question._open is not None:
        question._open.seed = seed
    return seed


def class_seed() -> int:
    """A seed for a mark that is a measurement: in grading, the same for a whole class and whenever it is graded again.

    Nobody but the grading process knows it. Elsewhere it is a `fresh_seed`.
    """
    seed = os.environ.get("CNN_LABS_CLASS_SEED")
    return fresh_seed() if seed is None or "CNN_LABS_SEED" in os.environ else int(seed)


def point_out(words: str) -> None:
    """Tell the person who grades what a check cannot decide; it costs no points. Students do not see it."""
    _remarks.append(words)


def pointed_out() -> str:
    """What was pointed out since this was asked last."""
    words = "; ".join(_remarks)
    _remarks.clear()
    return words


def reached() -> str:
    """What was reached where it did not earn all points, since this was asked last."""
    words = " ".join(_reached)
    _reached.clear()
    return words


_remarks: list[str] = []
_reached: list[str] = []


def own_numbers(net: torch.nn.Module, generator: torch.Generator | None = None) -> dict[str, torch.Tensor]:
    """Put numbers of the check's own into a network, and return them by name, as `state_dict` does.

    What a network computes tells its structure only with numbers that nobody has chosen to hide it: with zeros
    everywhere, any structure seems right.

    Args:
        generator: source of the numbers; PyTorch's own if there is none.

    Returns:
        New tensors of the shapes and dtypes of the network's own. Counters stay as they are. A tensor that goes by
        several names stands there once, under its first: it cannot hold the numbers of two.
    """
    state: dict[str, torch.Tensor] = {}
    once = {name for name, _ in [*net.named_parameters(), *net.named_buffers()]}
    for name, old in net.state_dict().items():
        if name not in once:
            continue
        if not old.is_floating_point():
            state[name] = old.detach().clone()
        elif old.ndim > 1:  # as large as PyTorch makes weights: one over the square root of a layer's inputs
            state[name] = torch.randn(old.shape, generator=generator) / math.sqrt(old[0].numel())
        elif name.endswith(("weight", "running_var")):  # scales, which are no negative numbers
            state[name] = 0.5 + torch.rand(old.shape, generator=generator)
        else:
            state[name] = 0.3 * torch.randn(old.shape, generator=generator)
    net.load_state_dict(state, strict=False)
    return state


changeable: weakref.WeakSet[Any] = weakref.WeakSet()  # where the student's code runs elsewhere, it is asked


def may_change(thing: Thing) -> Thing:
    """Let the student's code change a network or an optimizer of the check's: `train(may_change(net), images)`.

    In grading, nothing else of the check's is changed by what the student's code does to it. Compute what is expected
    before; afterwards the network holds what the student's code has put there.
    """
    changeable.add(thing)
    return thing


def points_for(figure: float, *, floor: float, ceiling: float, points: float) -> float:
    """Points for a measured figure: none up to `floor`, all from `ceiling` on, between them in a straight line.

    Returns:
        A number from 0 to `points`, rounded to a tenth. A figure that is no number earns nothing.
    """
    share = min(max((figure - floor) / (ceiling - floor), 0.0), 1.0) if math.isfinite(figure) else 0.0
    if share < 1:
        _reached.append(f"You reached {figure:.4g}. Points begin above {floor:g}; all are given from {ceiling:g} on.")
    return round(points * share, 1)
