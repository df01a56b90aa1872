"""The dispatcher's client, in the clean room.

What goes to the kernel is pickled, which is safe only in this direction. What comes back is read by `wire`, which knows
plain data and handles. Nothing that the kernel sends is unpickled, imported or run.
"""

from __future__ import annotations

import socket
import time
import weakref
from itertools import count
from typing import Any

import torch
from torch import Tensor

from helpers.checking.networks import changeable
from helpers.grading.cleanroom import mirrors
from helpers.grading.cleanroom.failures import rebuilt
from helpers.grading.cleanroom.frames import GRACE, MOST_BYTES, WireError, read_text, receive, send
from helpers.grading.cleanroom.gradients import Graphs, attach
from helpers.grading.cleanroom.handles import Handle, make_handle
from helpers.grading.cleanroom.pickler import Pickler
from helpers.grading.cleanroom.seeds import Seeds
from helpers.grading.cleanroom.wire import Unpacker

__all__ = ["DispatcherClient", "NoAnswer"]

MOST_NESTED = 20  # calls within calls
_WEIGHT = 20  # bytes of memory that one character of an answer may need


class NoAnswer(BaseException):
    """The kernel does not answer, or answers nonsense. No `except Exception` in a check must catch this."""


class _Mirror:
    """The number of a network's mirror, and its state that both sides know."""

    def __init__(self, number: int, thing: Any) -> None:
        self.number = number
        self.agreed = mirrors.copied(mirrors.state_of(thing))
        self.loose = False  # the student has changed its structure, so that it is no longer updated


class _AnswerUnpacker(Unpacker):
    """Unpacks the kernel's answers."""

    def __init__(self, client: DispatcherClient, buffers: list[Any], inputs: list[Tensor]) -> None:
        super().__init__(buffers)
        self._client, self._inputs = client, inputs

    def handle(self, number: int, kinds: list[list[str]], name: str, is_callable: bool) -> Any:
        return self._client.handle(int(number), kinds, name, is_callable)

    def shared(self, number: int, name: str) -> Any:
        if not name and number in self._client.callbacks:  # one of a call's arguments, which the check asks for later
            return self._client.callbacks[number]
        thing = self._client.shared[number]
        return mirrors.parameters_of(thing)[name] if name else thing

    def linked(self, tensor: Tensor, how: dict[str, Any], depth: int) -> Tensor:
        if "input" in how:  # an argument of a callback
            if how["input"] == len(self._inputs):
                self._inputs.append(tensor.requires_grad_())
            return self._inputs[how["input"]]
        if "graph" in how:
            return attach(tensor, self._inputs, _RemoteBackward(self._client, int(how["graph"])))
        tensor.requires_grad_()
        tensor.grad = self._tree(how["grad"], depth)
        return tensor


class _RemoteBackward:
    """Asks the kernel for the backward pass of one of its results."""

    def __init__(self, client: DispatcherClient, number: int) -> None:
        self._client, self._number = client, number
        weakref.finalize(self, client.released.append, ("graph", number))

    def __call__(self, gradient: Tensor) -> list[Tensor | None]:
        gradients = self._client.do("backward", self._number, gradient.detach())
        if not isinstance(gradients, list) or not all(grad is None or isinstance(grad, Tensor) for grad in gradients):
            raise NoAnswer("The notebook's process did not send the gradients that it was asked for.")
        return gradients


class DispatcherClient:
    """Sends operations to the dispatcher in the student's kernel, one at a time.

    Args:
        channel: the connection to it.
        most: bytes that the kernel may send while one cell runs.

    Attributes:
        calls: how many times the check has called student's functions.
        broken: why the kernel does not answer any more; empty if it does.
        shared: the check's objects that the kernel knows, by number.
        callbacks: the check's functions that the kernel may call, by number.
        released: what the kernel need not keep any more.
    """

    def __init__(self, channel: socket.socket, most: int = MOST_BYTES) -> None:
        self._channel, self._most = channel, most
        self._left, self._deadline = most, float("inf")
        self.calls = 0
        self.broken = ""
        self.graphs = Graphs()
        self.shared: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self.mirrors: weakref.WeakKeyDictionary[Any, _Mirror] = weakref.WeakKeyDictionary()
        self.released: list[tuple[str, int]] = []
        self.callbacks: dict[int, Any] = {}
        self._handles: weakref.WeakValueDictionary[int, Handle] = weakref.WeakValueDictionary()
        self._numbers = count(1)
        self._names: dict[str, Any] = {}
        self._made: list[tuple[int, bytes]] = []
        self._nested = 0
        self.seeds = Seeds()

    def name(self, name: str) -> Any:
        """Return the value of a name in the student's notebook. It is kept until student's code runs again.

        Raises:
            NameError: if the name is not defined.
        """
        if name not in self._names:
            self._names[name] = self._do("name", (name,), {})
        return self._names[name]

    def do(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Let the dispatcher do an operation, and return its result.

        Raises:
            NoAnswer: if the kernel has ended, is silent, or answers nonsense; all later calls raise it too.
            Exception: what the student's code raised, as the nearest built-in exception.
        """
        self._names.clear()
        self.calls += operation == "call"
        return self._do(operation, args, kwargs)

    def lend(self, values: dict[str, Any], again: str) -> None:
        """Replace student's variables by right values, until `take_back`.

        The values are pickled completely. As a callback, for example, a function could not train a network there.

        Args:
            again: the source of the student's answer that uses the values; it runs again.
        """
        self.do("lend", Pickler(self, whole=values).text(values), again)

    def take_back(self, keep: bool) -> None:
        """Restore the student's variables; `keep` those that the answer has computed from the right values."""
        if not self.broken:
            self._deadline = max(self._deadline, time.monotonic() + GRACE)  # even if the check has no time left
            self.do("take back", keep)

    def begin(self, deadline: float) -> None:
        """Begin a cell, which must have its answers by `deadline` (of time.monotonic)."""
        self._left, self._deadline = self._most, deadline

    def forget(self) -> None:
        """End a cell: release what was made for it."""
        self._names.clear()
        self.released += [("shared", number) for number in self.callbacks]
        self.callbacks.clear()
        self.graphs.clear()

    def _do(self, operation: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.broken:
            raise NoAnswer(self.broken)
        if self._nested >= MOST_NESTED:
            raise RecursionError("the check and the student's code call each other without end")
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise NoAnswer("This check took too long.")
        for value in (*args, *kwargs.values()):  # networks first, so that optimizers find their parameters
            if issubclass(type(value), torch.nn.Module):
                self.mirror(value)
        pickler = Pickler(self)
        modes = torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.get_default_dtype()
        text = b"D" + pickler.text((operation, args, kwargs, modes, seconds, self.calls))
        result, error = self._exchange(text, pickler)
        if error is not None:
            raise error
        return result

    def _exchange(self, text: bytes, pickler: Pickler) -> tuple[Any, Exception | None]:
        """Send an operation, and return its result and what the student's code raised.

        If anything goes wrong on the way, the client stays broken.
        """
        alive = list(self.shared.values())  # keep all that the kernel's answer may refer to
        self._nested += 1
        try:
            self._prepare()
            send(self._channel, text, pickler.buffers, self._deadline)
            return self._await(pickler.inputs)
        except TimeoutError:
            self.broken = "The notebook's process no longer answers: it took too long."
        except (EOFError, OSError):
            self.broken = "The notebook's process ended before the check did."
        except Exception as error:
            self.broken = f"The notebook's process answered nonsense: {error}."
        finally:
            self._nested -= 1
            del alive
        raise NoAnswer(self.broken)

    def _await(self, inputs: list[Tensor]) -> tuple[Any, Exception | None]:
        """Wait for the kernel's answer, and run callbacks until it arrives."""
        while True:
            text, buffers = receive(self._channel, self._deadline + GRACE, self._left)
            self._left -= _WEIGHT * len(text) + sum(map(len, buffers))
            message = read_text(text)
            if "callback" in message:
                self._call_back(message, buffers)
                continue
            if message.get("changes"):
                self._adopt(message["changes"], buffers)
            if "late" in message:
                raise NoAnswer("Your code took too long.")
            if "failed" in message:
                return None, rebuilt(message["failed"])
            if "done" not in message:
                raise WireError("an answer with neither a result nor an error")
            return _AnswerUnpacker(self, buffers, inputs).value(message["done"]), None

    def _prepare(self) -> None:
        """Send the kernel what an operation needs: new mirrors, updates of mirrors, seeds, and what to release."""
        updates = []
        for thing, mirror in list(self.mirrors.items()):
            now = mirrors.state_of(thing)
            changed = None if mirror.loose else mirrors.changes(mirror.agreed, now)
            if changed:
                updates.append((mirror.number, changed))
                mirror.agreed = mirrors.copied(now)
        seeds = self.seeds.updates()
        made, self._made = self._made, []
        released = [self.released.pop() for _ in range(len(self.released))]
        if made or updates or seeds or released:
            pickler = Pickler(self, whole=self)
            send(self._channel, b"P" + pickler.text((made, updates, seeds, released)), (), self._deadline)

    def mirror(self, thing: Any) -> int:
        """Return the number of a network's or optimizer's mirror, which is made if it is missing."""
        known = self.mirrors.get(thing)
        if known is not None and not known.loose and mirrors.changes(known.agreed, mirrors.state_of(thing)) is None:
            self.released.append(("shared", known.number))  # the check has changed its structure
            del self.mirrors[thing]
            known = None
        if known is None:
            number = next(self._numbers)
            self._made.append((number, Pickler(self, whole=thing).text(thing)))
            self.mirrors[thing], self.shared[number] = _Mirror(number, thing), thing
            weakref.finalize(thing, self.released.append, ("shared", number))
        return self.mirrors[thing].number

    def parameters(self) -> dict[int, tuple[int, str]]:
        """Return the mirror's number and the name of each mirrored parameter, by its `id`."""
        return {
            id(parameter): (mirror.number, name)
            for thing, mirror in list(self.mirrors.items())
            for name, parameter in mirrors.parameters_of(thing).items()
        }

    def callback(self, function: Any) -> int:
        """Return the number by which the kernel can call a check's function."""
        for number, known in self.callbacks.items():
            if known is function:
                return number
        number = next(self._numbers)
        self.callbacks[number] = function
        return number

    def handle(self, number: int, kinds: list[list[str]], name: str, is_callable: bool) -> Handle:
        """Return the handle of a student's object, the same one as long as it is in use."""
        handle = self._handles.get(number)
        if handle is None:
            handle = self._handles[number] = make_handle(self, number, kinds, name, is_callable)
            weakref.finalize(handle, self.released.append, ("handle", number))
        while ("handle", number) in self.released:
            self.released.remove(("handle", number))
        return handle

    def _adopt(self, updates: Any, buffers: list[Any]) -> None:
        """Apply what the student's code did to mirrors to the check's networks that may change.

        For other networks, only record the mirror's state, so that it is undone before the next operation.
        """
        for number, entries in _AnswerUnpacker(self, buffers, []).value(updates):
            thing = self.shared.get(number)
            if thing is None:
                continue
            mirror, changed = self.mirrors[thing], dict(entries or {})
            mirror.loose = mirror.loose or entries is None or not mirrors.fits(thing, changed)
            if mirror.loose:
                continue
            if thing in changeable:
                mirrors.adopt(thing, changed)
            mirror.agreed.update(mirrors.copied(changed))

    def _call_back(self, message: dict[str, Any], buffers: list[Any]) -> None:
        """Run what the kernel calls: a check's function, or the backward pass of its result."""
        inputs: list[Tensor] = []
        unpacker = _AnswerUnpacker(self, buffers, inputs)
        args, kwargs = unpacker.value(message.get("args")), unpacker.value(message.get("kwargs"))
        what = message["callback"]
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise WireError("a call without arguments")
        if what == "backward":
            function = self.graphs.backward
        elif type(what) is int and what in self.callbacks:
            function = self.callbacks[what]
        else:
            raise WireError("a call of a function that was never passed in")
        pickler = Pickler(self, answers=inputs)
        try:
            with torch.set_grad_enabled(message.get("grad") is not False):
                text = pickler.text((None, function(*args, **kwargs)))
        except Exception as error:
            kind = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
            args = error.args if all(type(arg) is str for arg in error.args) else (str(error),)
            text = Pickler(self).text((kind, args))
        except BaseException as error:
            self.broken = str(error) or type(error).__name__  # the kernel waits for an answer in vain
            raise
        self._prepare()
        send(self._channel, b"A" + text, pickler.buffers, self._deadline)
