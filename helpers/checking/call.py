"""Checks of a call: what it returns and raises, what it does to its arguments, and how it computes."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

from helpers.checking.compare import difference
from helpers.checking.describe import describe, own_name
from helpers.checking.question import CheckError, count_check, error_text, fail, is_stub
from helpers.checking.traces import Traces, printed
from helpers.checking.value import Value
from helpers.operations import AUTOGRAD, NUMPY, count_operations, meanings

__all__ = ["Call", "call"]

MOST_CHARACTERS = 160  # of the arguments in a message

_ABOUT_DTYPES = re.compile(r"dtype|whole number|(?:scalar|result|output) type")
_SWITCHED = {
    "autograd": "leaves autograd switched: `with torch.no_grad():` puts it back at its end",
    "dtype": "leaves another default dtype: give each tensor its dtype instead",
}
_CHANGES = {
    "memory": "put other memory into",
    "requires_grad": "changed requires_grad of",
    "grad": "left a gradient in",
}

T = TypeVar("T")


class Call(Value):
    """A call of the student's function. It runs when the first check needs its result.

    The function gets copies of the arguments, so that it cannot change those of the check.
    """

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self._function = function
        self._args, self._kwargs = args, kwargs
        super().__init__(self._written(), None)
        self._traces: Traces | None = None
        self._seen: dict[str, list[Any]] = {}

    def _written(self, **how: Any) -> str:
        """Return the call as a student would write it, cut if it is long."""
        parts = [describe(arg, **how) for arg in self._args]
        parts += [f"{key}={describe(arg, **how)}" for key, arg in self._kwargs.items()]
        inside = ", ".join(parts)
        short = inside if len(inside) <= MOST_CHARACTERS else f"{inside[: MOST_CHARACTERS - 1]}…"
        return f"{own_name(self._function) or type(self._function).__name__}({short})"

    def _name_for(self, fault: str) -> str:
        """Return the call, with the dtypes of its arguments if they may explain the fault."""
        return self._written(dtypes=True) if _ABOUT_DTYPES.search(fault) else self.name

    def result(self) -> Any:
        """Return what the function returned.

        Raises:
            CheckError: if the function raised an exception, or left a setting of PyTorch switched.
            NotImplementedError: if the answer is not written yet.
        """
        if self._traces is None:
            self._attempt(self._run)
            for setting in self._look_up("switched"):
                fail(f"{self.name} {_SWITCHED[setting]}")
        return self._result

    def _attempt(self, work: Callable[[], T]) -> T:
        """Run student's code; an exception becomes the check's message."""
        try:
            return work()
        except Exception as error:
            if is_stub(error):
                raise
            fault = error_text(error)
            raise CheckError(f"{self._name_for(fault)} raised {fault}") from None

    def _run(self) -> None:
        self._traces = Traces(copy.deepcopy(self._args), copy.deepcopy(dict(self._kwargs)))
        self._seen = {}
        self._result = self._traces.run(self._function)

    def gives(self, expected: Any, hint: str = "", **close: Any) -> Self:
        """Check that the function returns `expected`; `equals` explains the arguments."""
        return self.equals(expected, hint, **close)

    def raises(self, kind: type[Exception], hint: str = "") -> Self:
        """Check that the function raises `kind`."""
        count_check()
        try:
            self._run()
        except Exception as error:
            if is_stub(error) and kind is not NotImplementedError:
                raise
            if isinstance(error, kind):
                return self
            self._fail(f"expected a {kind.__name__}, but it raised {error_text(error)}", hint)
        self._fail(f"expected a {kind.__name__}, got {describe(self._result, kind=True)}", hint)

    def keeps_arguments(self, hint: str = "Work on a copy.") -> Self:
        """Check that the function left its arguments as they were: their values, their memory and their gradients."""
        args, kwargs = self._arguments_after()
        before = [*self._args, *self._kwargs.values()]
        after = [*args, *kwargs.values()]
        for number, (old, new) in enumerate(zip(before, after, strict=True), 1):
            if difference(old, new, equal_nan=True):
                self._fail(f"the call changed its argument number {number}", hint)
        return self._spares(*_CHANGES, hint=hint)

    def leaves(self, *expected: Any, hint: str = "") -> Self:
        """Check what the first arguments are after the call: `call(relu_, x).leaves(F.relu(x))`."""
        args, _ = self._arguments_after()
        for number, (want, have) in enumerate(zip(expected, args, strict=False), 1):
            fault = difference(want, have)
            if fault:
                self._fail(f"its argument number {number} after the call: {fault}", hint)
        return self._spares("memory", hint=hint)

    def _arguments_after(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments as the function left them. A function in another process got copies: it is asked."""
        count_check()
        self.result()
        assert self._traces is not None
        ask = getattr(self._function, "__arguments_after__", None)
        return ask() if ask else (self._traces.args, self._traces.kwargs)

    def _spares(self, *kinds: str, hint: str) -> Self:
        """Check that, apart from the values, none of these changed in an argument."""
        for number, what in self._look_up("changes"):
            change = _CHANGES[what]  # raises if another process reports a kind that does not exist
            if what in kinds:
                self._fail(f"the call {change} its argument number {number}", hint)
        return self

    def is_new(self, hint: str = "Make a copy, for instance with clone().") -> Self:
        """Check that the result, or each tensor in a tuple or list, shares no memory with an argument."""
        for shared in self._compared_with_arguments("shared"):
            if any(shared):
                number = shared.index(True) + 1
                self._fail(f"expected a new tensor, got one that shares memory with argument {number}", hint)
        return self

    def shares_memory_with(
        self, number: int, hint: str = "Give a view of it, not a copy.", *, item: int | None = None
    ) -> Self:
        """Check that the result, or each tensor in a tuple or list, shares memory with an argument.

        Args:
            number: which positional argument, counted from 1.
            hint: the likely cause, in a sentence.
            item: check only this tensor, counted from 0.
        """
        whose, tensors = "", self._compared_with_arguments("shared")
        if item is not None:
            whose, tensors = f"item {item}: ", tensors[item : item + 1]
        if not tensors or not all(shared[number - 1] for shared in tensors):
            self._fail(f"{whose}expected memory shared with argument {number}, got a copy", hint)
        return self

    def gives_back(self, number: int, hint: str = "Return the argument itself.") -> Self:
        """Check that the result is positional argument `number` (from 1) itself: neither a copy nor a view."""
        if not all(same[number - 1] for same in self._compared_with_arguments("same")):
            self._fail(f"expected argument {number} itself, got another tensor", hint)
        return self

    def _compared_with_arguments(self, what: str) -> list[list[bool]]:
        """Return for each tensor of the result whether it is "shared" with, or the "same" as, each argument."""
        count_check()
        result = self.result()
        tensors = self._look_up(what)
        if not tensors:
            self._fail(f"expected a tensor, got {describe(result, kind=True)}")
        return tensors

    def _look_up(self, what: str) -> list[Any]:
        """Return what `Traces` saw. Another process is asked only once: it forgets the answer with the next call."""
        if not self._seen:
            assert self._traces is not None
            ask = getattr(self._function, "__traces__", None)
            self._seen = ask() if ask else self._traces.seen
        return self._seen[what]

    def without(self, *words: str, hint: str = "Do without it here.") -> Self:
        """Check that the function uses none of these: `call(relu, x).without("relu", "clamp")`.

        The function is called once more. What PyTorch does counts, whatever name the code uses for it.

        Args:
            words: keys of `helpers.operations.MEANINGS`, plain names of PyTorch's operations, "autograd", or "groups"
                of a convolution. With an underscore at its end ("clamp_"), a word means the in-place operations.
            hint: what to do instead, in a sentence.
        """
        used = self._operations()
        for word in words:
            if any(name in used for name in meanings(word)):
                fail(f"{self.name} uses {word if word in (AUTOGRAD, NUMPY) else f'{word} of PyTorch'}", hint)
        return self

    def uses_only(self, *words: str, hint: str = "Nothing else is needed here.") -> Self:
        """Check that PyTorch does nothing but these when the function is called once more; see `without`."""
        allowed = {name for word in words for name in meanings(word)}
        for name, times in self._operations().items():
            if times and name not in allowed:
                fail(f"{self.name} uses {name} of PyTorch", hint)
        return self

    def uses(self, word: str, times: int, hint: str = "") -> Self:
        """Check that the function, called once more, uses an operation at least so many times; see `without`."""
        used = self._operations()
        seen = sum(used.get(name, 0) for name in meanings(word))
        if seen < times:
            self._fail(f"expected {word} at least {_often(times)}, seen {_often(seen)}", hint)
        return self

    def without_loop(self, *larger: Any, hint: str = "Let one operation work on all of it.", **more: Any) -> Self:
        """Check that larger arguments need no more operations: `call(hits, few, labels).without_loop(many, all)`.

        Each number that `item` or `tolist` takes out of PyTorch counts as one operation.

        Args:
            larger: the positional arguments again, with ten times as much of what must not be looped over.
            hint: what to do instead, in a sentence.
            more: the keyword arguments, likewise.
        """
        few = sum(self._operations().values())
        many = sum(self._watch(count_operations, larger, more).values())
        if many > 2 * few + 2:
            counts = f"takes {few} operations of PyTorch here, and {many} where there is more to do"
            fail(f"{self.name} {counts}: that is a loop", hint)
        return self

    def printed(self) -> Value:
        """Return what the function prints on standard output when it is called once more."""
        self.result()
        return Value(f"what {self.name} prints", self._watch(printed, self._args, self._kwargs))

    def _operations(self) -> dict[str, int]:
        """Count what PyTorch does when the function is called once more."""
        count_check()
        self.result()
        return self._watch(count_operations, self._args, self._kwargs)

    def _watch(self, watch: Callable[..., T], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> T:
        """Watch one more call, in the process in which the function runs."""
        there = getattr(self._function, f"__{watch.__name__}__", None) or functools.partial(watch, self._function)
        copied_args, copied_kwargs = copy.deepcopy(args), copy.deepcopy(dict(kwargs))
        return self._attempt(lambda: there(*copied_args, **copied_kwargs))


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Call:
    """Prepare a call to check it: `call(area, 3, unit="cm").gives(9)`."""
    return Call(function, args, kwargs)


def _often(times: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(times, f"{times} times")
