"""A check's networks and optimizers, and their mirrors in the student's kernel.

If a check passes its network to the student's function, the function gets a mirror of it. If the check allows changes
(`may_change`), what happens to the mirror is then done to the network; if not, it is undone in the mirror. Each side
tells the other what has changed since both agreed last.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

__all__ = ["MIRRORED", "State", "adopt", "changes", "fits", "parameters_of", "state_of"]

MIRRORED = (nn.Module, Optimizer, LRScheduler)

Key = tuple[str, ...]
State = dict[Key, Any]  # tensors and settings by ("value", name), ("training", name), …


def parameters_of(thing: Any) -> dict[str, nn.Parameter]:
    """Return a network's parameters by name, shared ones under each name; none if it is no network."""
    return dict(thing.named_parameters(remove_duplicate=False)) if isinstance(thing, nn.Module) else {}


def state_of(thing: Any) -> State:
    """Return all that may change in a network, or the settings of an optimizer. Tensors are not copied."""
    state: State = {}
    if isinstance(thing, nn.Module):
        for name, parameter in parameters_of(thing).items():
            state["value", name] = parameter.data  # unlike with detach(), autograd does not count changes to it
            state["grad", name] = parameter.grad
            state["requires_grad", name] = parameter.requires_grad
        for name, buffer in thing.named_buffers(remove_duplicate=False):
            state["value", name] = buffer.data
        for name, module in thing.named_modules(remove_duplicate=False):
            state["training", name] = module.training
    elif isinstance(thing, Optimizer):
        for index, group in enumerate(thing.param_groups):
            for name, setting in group.items():
                if name != "params":
                    state["setting", str(index), name] = setting
    return state


def copied(state: State) -> State:
    """Return a copy of a state, which does not change with the network."""
    return {key: value.detach().clone() if isinstance(value, Tensor) else value for key, value in state.items()}


def changes(before: State, now: State) -> State | None:
    """Return what differs between two states; None if the structure differs."""
    if before.keys() != now.keys() or any(not _fits(before[key], now[key], key) for key in now):
        return None
    return {key: value for key, value in now.items() if not _same(before[key], value)}


def fits(thing: Any, updates: State) -> bool:
    """Return whether a network or optimizer can take these updates: not if its structure is another one."""
    state, parameters = state_of(thing), parameters_of(thing)
    if any(key not in state or not _fits(state[key], value, key) for key, value in updates.items()):
        return False
    grads = {names[0]: value for (what, *names), value in updates.items() if what == "grad" and value is not None}
    return all(grad.shape == parameters[name].shape for name, grad in grads.items())


def adopt(thing: Any, updates: State) -> None:
    """Apply updates that fit."""
    state, parameters = state_of(thing), parameters_of(thing)
    modules = dict(thing.named_modules(remove_duplicate=False)) if isinstance(thing, nn.Module) else {}
    for (what, *names), value in updates.items():
        if what == "value":
            state[what, *names].copy_(value)
        elif what == "training":
            modules[names[0]].training = value
        elif what == "setting":
            thing.param_groups[int(names[0])][names[1]] = value
        else:
            setattr(parameters[names[0]], what, value)


def _fits(ours: Any, theirs: Any, key: Key) -> bool:
    """Return whether one value may replace the other. A gradient may appear and disappear."""
    if key[0] == "grad" and (ours is None or theirs is None):
        return (ours is None or isinstance(ours, Tensor)) and (theirs is None or isinstance(theirs, Tensor))
    if isinstance(ours, Tensor) or isinstance(theirs, Tensor):
        both = isinstance(ours, Tensor) and isinstance(theirs, Tensor)
        return both and (ours.shape, ours.dtype, ours.device) == (theirs.shape, theirs.dtype, theirs.device)
    return key[0] == "setting" or type(ours) is type(theirs)


def _same(ours: Any, theirs: Any) -> bool:
    """Return whether two values that fit are equal. Tensors on the meta device have no numbers to compare."""
    if isinstance(ours, Tensor) and isinstance(theirs, Tensor):
        return ours.is_meta or torch.equal(ours, theirs)
    return type(ours) is type(theirs) and bool(ours == theirs)
