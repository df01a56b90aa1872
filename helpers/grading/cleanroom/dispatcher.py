"""The dispatcher, in the student's kernel: runs the operations on student's objects that a check asks for.

The student's code can change anything in this process. All it can gain is to change its own answers.
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
from helpers.grading.cleanroom.gradients import Graphs, index_in
from helpers.grading.cleanroom.seeds import set_seeds
from helpers.grading.cleanroom.unpickler import Unpickler
from helpers.grading.cleanroom.wire import Packer
from helpers.operations import count_operations, unseen

__all__ = ["Dispatcher"]


class TimeIsUp(BaseException):
    """The student's code has run for longer than it may."""


class _ReplyPacker(Packer):
    """Packs what goes to the clean room: data as they are, everything else as a handle.

    Args:
        inputs: the leaf tensors that stand for the check's tensors; None to pack arguments of a callback.
    """

    def __init__(self, dispatcher: Dispatcher, inputs: list[Tensor] | None) -> None:
        super().__init__()
        self._dispatcher, self._inputs = dispatcher, inputs
        self.sent: list[Tensor] = []  # arguments that require their gradient

    def reference(self, value: Any) -> dict[str, Any]:
        shared = self._dispatcher.number_of_shared(value)
        if shared is not None:
            return {"shared": [shared, ""]}
        kinds = [[str(kind.__module__), kind.__qualname__] for kind in type(value).__mro__]
        return {"handle": [self._dispatcher.keep(value), kinds, own_name(value), callable(value)]}

    def gradient(self, tensor: Tensor) -> dict[str, Any]:
        parameter = self._dispatcher.number_of_parameter(tensor)
        if parameter is not None:
            return {"shared": parameter}
        if self._inputs is None:
            return {"input": index_in(self.sent, tensor)}
        if any(tensor is known for known in self._inputs):  # an input that is returned
            with torch.enable_grad():
                tensor = tensor.view_as(tensor)
        if tensor.is_leaf:
            return {"grad": self.tree(tensor.grad)}
        return {"graph": self._dispatcher.graphs.keep(tensor, self._inputs)}


class Dispatcher:
    """Answers the clean room's requests.

    Args:
        channel: the connection to the clean room.
        namespace: the variables of the student's notebook.
    """

    def __init__(self, channel: socket.socket, namespace: dict[str, Any]) -> None:
        self._channel, self._namespace = channel, namespace
        self.objects: dict[int, Any] = {}  # those with handles
        self._handles: dict[int, int] = {}  # their numbers, by id
        self.shared: dict[int, Any] = {}  # mirrors of the check's networks, and stubs for its functions
        self._agreed: dict[int, mirrors.State | None] = {}  # the state that both sides know of each mirror
        self.graphs = Graphs()
        self._numbers = count(1)
        self._last = 0, Traces((), {})  # the number of the last call, and its traces
        self._failed_preparation: Exception | None = None
        self._depth = 0
        self._kept: dict[str, Any] | None = None  # the student's variables while others are lent
        self._lent: set[str] = set()

    def handle_request(self) -> bool:
        """Read a request and answer it; call this on the main thread. Return False if the clean room is gone."""
        try:
            self._handle(*receive(self._channel))
        except (EOFError, OSError, WireError):
            return False
        return True

    def _handle(self, text: bytes, buffers: list[Any]) -> None:
        """Handle a frame: the preparation of an operation (P), or an operation (D), which gets an answer."""
        inputs: list[Tensor] = []
        try:
            content = Unpickler(self, text[1:], buffers, inputs).load()
            if text[:1] == b"P":
                self._prepare(*content)
                return
        except Exception as error:  # such as a class that cannot be unpickled here
            if text[:1] == b"P":
                self._failed_preparation = error
                return
            self._fail(self._failed_preparation or error)
        else:
            self._do(content, inputs)

    def _do(self, content: Any, inputs: list[Tensor]) -> None:
        operation, args, kwargs, modes, seconds, number = content
        reply = _ReplyPacker(self, inputs)
        try:
            self._check_preparation()
            with self._limits(seconds):
                with _modes(*modes):
                    result = self._operation(operation, number)(*args, **kwargs)
                changes = [] if self._depth > 1 else self._changes(reply)  # nothing is undone during a call
                message = {"changes": changes, "done": reply.tree(result)}
            self._answer(reply, message)
        except TimeIsUp:
            if self._depth:
                raise  # leave all calls that are still running
            self._answer(_ReplyPacker(self, []), {"late": True})
        except BaseException as error:
            self._fail(error)

    def _answer(self, reply: _ReplyPacker, message: dict[str, Any]) -> None:
        send(self._channel, reply.text(message), reply.buffers)

    def _fail(self, error: BaseException) -> None:
        self._failed_preparation = None
        reply, message = _ReplyPacker(self, []), {"failed": described(error)}
        with contextlib.suppress(Exception):  # the student's code may have broken a network
            message["changes"] = [] if self._depth else self._changes(reply)
        self._answer(reply, message)

    def _check_preparation(self) -> None:
        error, self._failed_preparation = self._failed_preparation, None
        if error is not None:
            raise error

    def _operation(self, name: str, number: int) -> Callable[..., Any]:
        operations: dict[str, Callable[..., Any]] = {
            "name": self._look_up,
            "arguments": lambda number: (self._traces(number).args, self._traces(number).kwargs),
            "backward": self.graphs.backward,
            "call": functools.partial(self._call, number),
            "lend": self._lend,
            "take back": self._take_back,
            "traces": lambda number: self._traces(number).seen,
        }
        return operations[name] if name in operations else _OPERATIONS[name]

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
            raise LookupError("the traces of a call are lost when the next one starts: ask for them before")
        return self._last[1]

    def _lend(self, text: bytes, again: str) -> None:
        """Replace the student's values by right ones, and run the answer that uses them again."""
        lent = Unpickler(self, text, [], []).load()
        self._kept, self._lent = dict(self._namespace), set(lent)
        self._namespace.update(lent)
        try:
            exec(compile(TransformerManager().transform_cell(again), "<answer>", "exec"), self._namespace)
        except TimeIsUp:
            raise
        except BaseException:  # as in a notebook, the variables that the cell has defined so far stay
            return

    def _take_back(self, keep: bool) -> None:
        """Restore the student's variables; `keep` those that the answer has computed from the right values."""
        if self._kept is None:
            return
        changed = self._lent if keep else self._namespace.keys() | self._kept.keys()
        for name in changed:
            self._namespace.pop(name, None)
        self._namespace.update({name: self._kept[name] for name in changed & self._kept.keys()})
        self._kept, self._lent = None, set()

    @contextlib.contextmanager
    def _limits(self, seconds: float) -> Iterator[None]:
        """Limit the time of the outermost operation, and discard what it prints."""
        self._depth += 1
        try:
            if self._depth > 1:
                yield
                return
            before = signal.signal(signal.SIGALRM, _raise_time_is_up)
            try:
                with contextlib.redirect_stdout(_Null()), contextlib.redirect_stderr(_Null()):
                    signal.setitimer(signal.ITIMER_REAL, 0 if math.isinf(seconds) else seconds)
                    yield
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
        finally:
            self._depth -= 1

    def _prepare(self, made: Any, updates: Any, seeds: dict[str, Any], released: list[tuple[str, int]]) -> None:
        """Do what comes before an operation: make mirrors, update them, set seeds, and release objects."""
        for number, text in made:
            self.shared[number] = Unpickler(self, text, [], []).load()
            self._agreed[number] = mirrors.copied(mirrors.state_of(self.shared[number]))
        for number, state in updates:
            if mirrors.fits(self.shared[number], state):
                mirrors.adopt(self.shared[number], state)
                self._agreed[number] = mirrors.copied(mirrors.state_of(self.shared[number]))
        set_seeds(seeds)
        for what, number in released:  # last, because new mirrors may refer to released objects
            if what == "graph":
                self.graphs.forget(number)
            elif what == "shared":
                self.shared.pop(number, None)
                self._agreed.pop(number, None)
            else:
                self._handles.pop(id(self.objects.pop(number, None)), None)

    def _changes(self, reply: _ReplyPacker) -> Any:
        """Return what the student's code has changed in each mirror, None for a mirror whose structure has changed."""
        updates: list[tuple[int, Any]] = []
        for number, agreed in self._agreed.items():
            if agreed is None:
                continue
            now = mirrors.state_of(self.shared[number])
            changed = mirrors.changes(agreed, now)
            if changed is None:
                updates.append((number, None))
                self._agreed[number] = None
            elif changed:
                updates.append((number, list(changed.items())))
                self._agreed[number] = mirrors.copied(now)
        return reply.tree(updates)

    def keep(self, value: Any) -> int:
        """Keep an object for the clean room, and return the number of its handle."""
        number = self._handles.get(id(value))
        if number is None:
            number = next(self._numbers)
            self.objects[number], self._handles[id(value)] = value, number
        return number

    def number_of_shared(self, value: Any) -> int | None:
        """Return the number of a check's object, except for a network whose structure the student has changed."""
        for number, known in self.shared.items():
            if known is value and self._agreed.get(number, {}) is not None:
                return number
        return None

    def number_of_parameter(self, tensor: Tensor) -> tuple[int, str] | None:
        """Return the network's number and the name of a parameter of a check's network."""
        for number, agreed in self._agreed.items():
            if agreed is not None:
                for name, parameter in mirrors.parameters_of(self.shared[number]).items():
                    if parameter is tensor:
                        return number, name
        return None

    def callback(self, number: int) -> Callable[..., Any]:
        """Return a stub that calls back into the check."""
        if number not in self.shared:
            self.shared[number] = lambda *args, **kwargs: self.ask(number, *args, **kwargs)
        return self.shared[number]

    def ask(self, what: int | str, *args: Any, **kwargs: Any) -> Any:
        """Call a function in the clean room, which does that only while it waits for the result of an operation.

        Args:
            what: the function's number; "backward" for the backward pass of a result.

        Raises:
            RuntimeError: if no operation is running.
        """
        if not self._depth:
            raise RuntimeError("the check that this function belongs to is over")
        reply = _ReplyPacker(self, None)
        with unseen():
            trees = {"args": reply.tree(list(args)), "kwargs": reply.tree(kwargs)}
            message = {"callback": what, "grad": torch.is_grad_enabled(), **trees}
            text = reply.text(message)
        send(self._channel, text, reply.buffers)
        while True:
            text, buffers = receive(self._channel)
            if text[:1] == b"A":
                self._check_preparation()
                with unseen():
                    kind, answer = Unpickler(self, text[1:], buffers, reply.sent).load()
                if kind is None:
                    return answer
                raise kind(*answer)
            self._handle(text, buffers)


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
    """Use the check's settings of PyTorch while the student's code runs."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.inference_mode(inference), torch.set_grad_enabled(grad):
            yield
    finally:
        torch.set_default_dtype(before)


def _raise_time_is_up(*_: object) -> None:
    raise TimeIsUp


class _Null(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)
