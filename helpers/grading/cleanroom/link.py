"""The clean room's end of the connection to the student's kernel.

Towards the kernel everything is pickled: that is safe in this direction only. What comes back is taken apart by
`wire`, which knows plain data and handles. Nothing that the kernel sends is unpickled, imported or run.
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

__all__ = ["Link", "NoAnswer"]

MOST_NESTED = 20  # calls in calls
_WEIGHT = 20  # bytes of memory that a character of an answer may take


class NoAnswer(BaseException):
    """The kernel does not answer, or answers nonsense. No `except Exception` of a check's may take it for an answer."""


class _Mirror:
    """What is known of a network's mirror: its number, and the state on which both sides agree."""

    def __init__(self, number: int, thing: Any) -> None:
        self.number, self.thing = number, weakref.ref(thing)
        self.agreed = mirrors.copied(mirrors.state_of(thing))
        self.loose = False  # the student built it anew: it is followed no more


class _Result(Unpacker):
    """Takes an answer of the kernel's apart."""

    def __init__(self, link: Link, buffers: list[Any], inputs: list[Tensor]) -> None:
        super().__init__(buffers)
        self._link, self._inputs = link, inputs

    def handle(self, number: int, kinds: list[list[str]], name: str, is_callable: bool) -> Any:
        return self._link.handle(int(number), kinds, name, is_callable)

    def own(self, number: int, name: str) -> Any:
        if not name and number in self._link.callbacks:  # among the arguments of a call, asked for afterwards
            return self._link.callbacks[number]
        thing = self._link.own[number]
        return mirrors.parameters_of(thing)[name] if name else thing

    def linked(self, tensor: Tensor, how: dict[str, Any], depth: int) -> Tensor:
        if "input" in how:  # an argument of a callback's
            if how["input"] == len(self._inputs):
                self._inputs.append(tensor.requires_grad_())
            return self._inputs[how["input"]]
        if "graph" in how:
            return attach(tensor, self._inputs, _Backward(self._link, int(how["graph"])))
        tensor.requires_grad_()
        tensor.grad = self._tree(how["grad"], depth)
        return tensor


class _Failure:
    """What the student's code raised. No exception yet: those of the connection itself mean something else."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class _Backward:
    """Asks the kernel for the backward pass of one of its results."""

    def __init__(self, link: Link, number: int) -> None:
        self._link, self._number = link, number
        weakref.finalize(self, link.released.append, ("graph", number))

    def __call__(self, gradient: Tensor) -> list[Tensor | None]:
        found = self._link.do("backward", self._number, gradient.detach())
        if not isinstance(found, list) or not all(grad is None or isinstance(grad, Tensor) for grad in found):
            raise NoAnswer("The notebook's process sent no gradients where gradients are due.")
        return found


class Link:
    """Speaks with the dispatcher in the student's kernel; one operation at a time.

    Args:
        most: bytes that the kernel may send while one cell runs.

    Attributes:
        calls: how many of the student's functions were called.
        callbacks: the check's functions that the kernel may call, by their numbers.
    """

    def __init__(self, channel: socket.socket, most: int = MOST_BYTES) -> None:
        self._channel, self._most = channel, most
        self._left, self._deadline = most, float("inf")
        self.calls = 0
        self.broken = ""  # why the kernel does not answer any more
        self.graphs = Graphs()
        self.own: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
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
        """What a name stands for in the student's notebook. Asked anew when student's code has run in between.

        Raises:
            NameError: if it stands for nothing.
        """
        if name not in self._names:
            self._names[name] = self._do("name", (name,), {})
        return self._names[name]

    def do(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have one of the dispatcher's operations done.

        Raises:
            NoAnswer: if the kernel is gone, silent, or answers nonsense; then at once for whatever is asked.
            Exception: what the student's code raised, as the nearest built-in exception.
        """
        self._names.clear()
        self.calls += operation == "call"
        return self._do(operation, args, kwargs)

    def lend(self, values: dict[str, Any], again: str) -> None:
        """Put right values in the place of the student's variables, by name, until they are taken back.

        They are pickled whole: what the check keeps of a function, to be called back, could not train a network there.

        Args:
            again: the source of the student's answer that uses them; it runs once more.
        """
        self.do("lend", Pickler(self, whole=values).text(values), again)

    def take_back(self, keep: bool) -> None:
        """Give the student's variables their values back; `keep` what the answer has made of right ones."""
        if not self.broken:
            self._deadline = max(self._deadline, time.monotonic() + GRACE)  # also where the check has no time left
            self.do("take back", keep)

    def begin(self, deadline: float) -> None:
        """A cell begins, which must have its answers at `deadline`, on the clock of `time.monotonic`."""
        self._left, self._deadline = self._most, deadline

    def forget(self) -> None:
        """End of a cell: what was made for it is not needed any more."""
        self._names.clear()
        self.released += [("own", number) for number in self.callbacks]
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
        for value in (*args, *kwargs.values()):  # networks first: optimizers find their parameters there
            if issubclass(type(value), torch.nn.Module):
                self.mirror(value)
        pickler = Pickler(self)
        modes = torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.get_default_dtype()
        text = b"D" + pickler.text((operation, args, kwargs, modes, seconds, self.calls))
        outcome = self._exchange(text, pickler)
        if isinstance(outcome, _Failure):
            raise outcome.error
        return outcome

    def _exchange(self, text: bytes, pickler: Pickler) -> Any:
        """Send an operation and wait for what comes of it. Whatever goes wrong on the way ends all that is to come."""
        alive = list(self.own.values())  # nothing that the kernel may speak of goes away meanwhile
        self._nested += 1
        try:
            self._prepare()
            send(self._channel, text, pickler.buffers, self._deadline)
            return self._await(pickler.inputs)
        except TimeoutError:
            self.broken = "The notebook's process no longer answers: it took too long."
        except (EOFError, OSError):
            self.broken = "The notebook's process ended before the check did."
        except Exception as error:  # of this side's own making only: what the student's code raises is a _Failure
            self.broken = f"The notebook's process answered nonsense: {error}."
        finally:
            self._nested -= 1
            del alive
        raise NoAnswer(self.broken)

    def _await(self, inputs: list[Tensor]) -> Any:
        """The kernel's answer; until it comes, what the kernel calls back is done."""
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
                return _Failure(rebuilt(message["failed"]))
            if "done" not in message:
                raise WireError("neither a result nor an error")
            return _Result(self, buffers, inputs).value(message["done"])

    def _prepare(self) -> None:
        """Tell the kernel, before an operation, what is new: mirrors, their state, seeds, what is needed no more."""
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

    def has_mirror(self, thing: Any) -> bool:
        """Whether a network or an optimizer has a mirror in the kernel."""
        return thing in self.mirrors

    def mirror(self, thing: Any) -> int:
        """The number of a network's mirror, which is made if there is none."""
        known = self.mirrors.get(thing)
        if known is not None and not known.loose and mirrors.changes(known.agreed, mirrors.state_of(thing)) is None:
            self.released.append(("own", known.number))  # the check has built it anew
            del self.mirrors[thing]
            known = None
        if known is None:
            number = next(self._numbers)
            self._made.append((number, Pickler(self, whole=thing).text(thing)))
            self.mirrors[thing], self.own[number] = _Mirror(number, thing), thing
            weakref.finalize(thing, self.released.append, ("own", number))
        return self.mirrors[thing].number

    def parameters(self) -> dict[int, tuple[int, str]]:
        """Number and name of each parameter that has a mirror, by its `id`."""
        return {
            id(parameter): (mirror.number, name)
            for thing, mirror in list(self.mirrors.items())
            for name, parameter in mirrors.parameters_of(thing).items()
        }

    def callback(self, function: Any) -> int:
        """The number of a check's function, by which the kernel calls it back."""
        for number, known in self.callbacks.items():
            if known is function:
                return number
        number = next(self._numbers)
        self.callbacks[number] = function
        return number

    def handle(self, number: int, kinds: list[list[str]], name: str, is_callable: bool) -> Handle:
        """The handle of one of the student's objects: the same one as long as it is in use."""
        found = self._handles.get(number)
        if found is None:
            found = make_handle(self, number, kinds, name, is_callable)
            self._handles[number] = found
            weakref.finalize(found, self.released.append, ("handle", number))
        while ("handle", number) in self.released:
            self.released.remove(("handle", number))
        return found

    def _adopt(self, updates: Any, buffers: list[Any]) -> None:
        """Do to the check's networks what the student's code did to their mirrors, where the check lets it.

        Elsewhere it is noted as the mirror's state alone, so that it is undone before the next operation.
        """
        for number, entries in _Result(self, buffers, []).value(updates):
            thing = self.own.get(number)
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
        """Run what the kernel calls: a check's function, or the backward pass of what one returned."""
        inputs: list[Tensor] = []
        unpacker = _Result(self, buffers, inputs)
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
            self.broken = str(error) or type(error).__name__  # the kernel waits for an answer that will not come
            raise
        self._prepare()
        send(self._channel, b"A" + text, pickler.buffers, self._deadline)
