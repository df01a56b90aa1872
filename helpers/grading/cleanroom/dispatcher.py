"""The kernel's end of the connection to the clean room: does what a check asks of the student's objects.

It runs in the student's process, where the student's code can change whatever it likes. All that it can change is what
the student's own answers say.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import math
import operator
import signal
import socket
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import torch
from IPython.core.inputtransformer2 import TransformerManager
from torch import Tensor

from helpers.checking.describe import own_name
from helpers.checking.traces import Traces, printed
from helpers.grading.cleanroom import mirrors
from helpers.grading.cleanroom.failures import described
from helpers.grading.cleanroom.frames import WireError, receive, send
from helpers.grading.cleanroom.gradients import Graphs
from helpers.grading.cleanroom.seeds import set_seeds
from helpers.grading.cleanroom.unpickler import Unpickler
from helpers.grading.cleanroom.wire import Packer
from helpers.operations import count_operations, unseen

__all__ = ["Dispatcher"]


class TimeIsUp(BaseException):
    """The student's code has run for longer than it may."""


class _Reply(Packer):
    """Packs what goes to the clean room: data as they are, everything else as a handle.

    Args:
        inputs: the leaves that stand for the check's tensors. None: the values are arguments of a callback.
    """

    def __init__(self, dispatcher: Dispatcher, inputs: list[Tensor] | None) -> None:
        super().__init__()
        self._dispatcher, self._inputs = dispatcher, inputs
        self.sent: list[Tensor] = []  # arguments that require their gradient

    def reference(self, value: Any) -> dict[str, Any]:
        own = self._dispatcher.number_of_own(value)
        if own is not None:
            return {"own": [own, ""]}
        kinds = [[str(kind.__module__), kind.__qualname__] for kind in type(value).__mro__]
        return {"handle": [self._dispatcher.keep(value), kinds, own_name(value), callable(value)]}

    def gradient(self, tensor: Tensor) -> dict[str, Any]:
        own = self._dispatcher.number_of_parameter(tensor)
        if own is not None:
            return {"own": own}
        if self._inputs is None:
            if not any(tensor is known for known in self.sent):
                self.sent.append(tensor)
            return {"input": next(i for i, known in enumerate(self.sent) if known is tensor)}
        if any(tensor is known for known in self._inputs):  # the check's own, handed back
            with torch.enable_grad():
                tensor = tensor.view_as(tensor)
        if tensor.is_leaf:
            return {"grad": self.tree(tensor.grad)}
        return {"graph": self._dispatcher.graphs.keep(tensor, self._inputs)}


class Dispatcher:
    """Answers a clean room. To be asked whenever its socket can be read and the kernel is idle, on the main thread.

    Args:
        channel: the connection to the clean room.
        namespace: the variables of the student's notebook.
    """

    def __init__(self, channel: socket.socket, namespace: dict[str, Any]) -> None:
        self._channel, self._namespace = channel, namespace
        self.objects: dict[int, Any] = {}  # those that have handles
        self._handles: dict[int, int] = {}  # their numbers, by id
        self.own: dict[int, Any] = {}  # mirrors of the check's networks, and stand-ins for its functions
        self._agreed: dict[int, mirrors.State | None] = {}  # the mirrors' states that the clean room knows
        self.graphs = Graphs()
        self._numbers = count(1)
        self._last = 0, Traces((), {})  # the number of the call that ended last, and what it left behind
        self._trouble: Exception | None = None  # in what came ahead of the operation
        self._depth = 0
        self._kept: dict[str, Any] | None = None  # the student's variables, while others are lent
        self._lent: set[str] = set()

    def serve_one(self) -> bool:
        """Read one request and answer it. False if the clean room is gone."""
        try:
            self._take(*receive(self._channel))
        except (EOFError, OSError, WireError):
            return False
        return True

    def _take(self, text: bytes, buffers: list[Any]) -> None:
        """Do what a frame says: an operation, which is answered, or what is to be known before it, which is not."""
        inputs: list[Tensor] = []
        try:
            content = Unpickler(self, text[1:], buffers, inputs).load()
            if text[:1] == b"P":
                self._prepare(*content)
                return
        except Exception as error:  # a class that cannot be unpickled here
            if text[:1] == b"P":
                self._trouble = error
                return
            self._fail(self._trouble or error)
        else:
            self._do(content, inputs)

    def _do(self, content: Any, inputs: list[Tensor]) -> None:
        operation, args, kwargs, modes, seconds, number = content
        reply = _Reply(self, inputs)
        try:
            self._raise_trouble()
            with self._limits(seconds):
                with _modes(*modes):
                    result = self._operation(operation, number)(*args, **kwargs)
                changes = [] if self._depth > 1 else self._changes(reply)  # in the midst of a call, nothing is undone
                message = {"changes": changes, "done": reply.tree(result)}
            self._answer(reply, message)
        except TimeIsUp:
            if self._depth:
                raise  # out of all that is under way
            self._answer(_Reply(self, []), {"late": True})
        except BaseException as error:
            self._fail(error)

    def _answer(self, reply: _Reply, message: dict[str, Any]) -> None:
        send(self._channel, reply.text(message), reply.buffers)

    def _fail(self, error: BaseException) -> None:
        self._trouble = None
        reply, message = _Reply(self, []), {"failed": described(error)}
        with contextlib.suppress(Exception):  # a network that the student's code has spoilt
            message["changes"] = [] if self._depth else self._changes(reply)
        self._answer(reply, message)

    def _raise_trouble(self) -> None:
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise trouble

    def _operation(self, name: str, number: int) -> Callable[..., Any]:
        own: dict[str, Callable[..., Any]] = {
            "name": self._look_up,
            "arguments": lambda number: (self._traces(number).args, self._traces(number).kwargs),
            "backward": self.graphs.backward,
            "call": functools.partial(self._call, number),
            "lend": self._lend,
            "take back": self._take_back,
            "traces": lambda number: self._traces(number).seen,
        }
        return own[name] if name in own else _OPERATIONS[name]

    def _look_up(self, name: str) -> Any:
        if name not in self._namespace:
            raise NameError(f"name {name!r} is not defined", name=name)
        return self._namespace[name]

    def _call(self, number: int, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        traces = Traces(args, kwargs)
        try:
            return traces.run(function)
        finally:
            self._last = number, traces

    def _traces(self, number: int) -> Traces:
        if number != self._last[0]:
            raise LookupError("what a call left behind is known until the next one: ask for it at once")
        return self._last[1]

    def _lend(self, text: bytes, again: str) -> None:
        """Put right values in the place of the student's, and run the answer once more that uses them."""
        lent = Unpickler(self, text, [], []).load()
        self._kept, self._lent = dict(self._namespace), set(lent)
        self._namespace.update(lent)
        try:
            exec(compile(TransformerManager().transform_cell(again), "<answer>", "exec"), self._namespace)
        except TimeIsUp:
            raise
        except BaseException:  # as in a notebook: what a failed cell did not define is not there
            return

    def _take_back(self, keep: bool) -> None:
        """Give the student's variables their values back; `keep` what the answer has made of right ones."""
        if self._kept is None:
            return
        changed = self._lent if keep else self._namespace.keys() | self._kept.keys()
        for name in changed:
            self._namespace.pop(name, None)
        self._namespace.update({name: self._kept[name] for name in changed & self._kept.keys()})
        self._kept, self._lent = None, set()

    @contextlib.contextmanager
    def _limits(self, seconds: float) -> Iterator[None]:
        """A time limit for the outermost operation, and nobody who hears what it prints."""
        self._depth += 1
        try:
            if self._depth > 1:
                yield
                return
            before = signal.signal(signal.SIGALRM, _ring)
            try:
                with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()):
                    signal.setitimer(signal.ITIMER_REAL, 0 if math.isinf(seconds) else seconds)
                    yield
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
        finally:
            self._depth -= 1

    def _prepare(self, made: Any, updates: Any, seeds: dict[str, Any], released: list[tuple[str, int]]) -> None:
        for number, text in made:
            self.own[number] = Unpickler(self, text, [], []).load()
            self._agreed[number] = mirrors.copied(mirrors.state_of(self.own[number]))
        for number, state in updates:
            if mirrors.fits(self.own[number], state):
                mirrors.adopt(self.own[number], state)
                self._agreed[number] = mirrors.copied(mirrors.state_of(self.own[number]))
        set_seeds(seeds)
        for what, number in released:  # last: what is new may speak of what is needed no more
            if what == "graph":
                self.graphs.forget(number)
            elif what == "own":
                self.own.pop(number, None)
                self._agreed.pop(number, None)
            else:
                self._handles.pop(id(self.objects.pop(number, None)), None)

    def _changes(self, reply: _Reply) -> Any:
        """What became of the mirrors, None for one that is built differently now."""
        found: list[tuple[int, Any]] = []
        for number, agreed in self._agreed.items():
            if agreed is None:
                continue
            now = mirrors.state_of(self.own[number])
            changed = mirrors.changes(agreed, now)
            if changed is None:
                found.append((number, None))
                self._agreed[number] = None
            elif changed:
                found.append((number, list(changed.items())))
                self._agreed[number] = mirrors.copied(now)
        return reply.tree(found)

    def keep(self, value: Any) -> int:
        """The number of an object's handle."""
        number = self._handles.get(id(value))
        if number is None:
            number = next(self._numbers)
            self.objects[number], self._handles[id(value)] = value, number
        return number

    def number_of_own(self, value: Any) -> int | None:
        """The number of a check's own object. A network that the student built anew is the student's."""
        for number, own in self.own.items():
            if own is value and self._agreed.get(number, {}) is not None:
                return number
        return None

    def number_of_parameter(self, tensor: Tensor) -> tuple[int, str] | None:
        """Number and name of a parameter of a check's own network."""
        for number, agreed in self._agreed.items():
            if agreed is not None:
                for name, parameter in mirrors.parameters_of(self.own[number]).items():
                    if parameter is tensor:
                        return number, name
        return None

    def callback(self, number: int) -> Callable[..., Any]:
        """Return a stub that calls back into the check."""
        if number not in self.own:

            def call_back(*args: Any, **kwargs: Any) -> Any:
                return self.ask(number, *args, **kwargs)

            self.own[number] = call_back
        return self.own[number]

    def ask(self, what: int | str, *args: Any, **kwargs: Any) -> Any:
        """Have the clean room do something, while it waits for the answer to an operation.

        Raises:
            RuntimeError: if it does not wait.
        """
        if not self._depth:
            raise RuntimeError("the check that this function belongs to is over")
        reply = _Reply(self, None)
        with unseen():
            trees = {"args": reply.tree(list(args)), "kwargs": reply.tree(kwargs)}
            message = {"callback": what, "grad": torch.is_grad_enabled(), **trees}
            text = reply.text(message)
        send(self._channel, text, reply.buffers)
        while True:
            text, buffers = receive(self._channel)
            if text[:1] == b"A":
                self._raise_trouble()
                with unseen():
                    kind, answer = Unpickler(self, text[1:], buffers, reply.sent).load()
                if kind is None:
                    return answer
                raise kind(*answer)
            self._take(text, buffers)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "bool": operator.truth,
    "contains": operator.contains,
    "deepcopy": copy.deepcopy,
    "getattr": getattr,
    "getitem": operator.getitem,
    "iter": iter,
    "len": len,
    "next": next,
    "operations": count_operations,
    "printed": printed,
    "setattr": setattr,
}


@contextlib.contextmanager
def _modes(grad: bool, inference: bool, dtype: torch.dtype) -> Iterator[None]:
    """The check's own settings of PyTorch, while the student's code runs for it."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.inference_mode(inference), torch.set_grad_enabled(grad):
            yield
    finally:
        torch.set_default_dtype(before)


def _ring(*_: object) -> None:
    raise TimeIsUp


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)
