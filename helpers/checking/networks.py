"""Networks of a check: numbers that nobody has chosen, and whether the student's code may change them."""

from __future__ import annotations

import math
import weakref
from typing import Any, TypeVar

import torch

__all__ = ["changeable", "may_change", "own_numbers"]

Thing = TypeVar("Thing", torch.nn.Module, torch.optim.Optimizer)

changeable: weakref.WeakSet[Any] = weakref.WeakSet()  # grading reads it when the student's code runs elsewhere


def may_change(thing: Thing) -> Thing:
    """Let the student's code change a network or an optimizer: `train(may_change(net), images)`.

    In grading, student's code cannot change anything else of a check. Compute what is expected before the call; after
    it the network holds what the student's code has put there.
    """
    changeable.add(thing)
    return thing


def own_numbers(net: torch.nn.Module, generator: torch.Generator | None = None) -> dict[str, torch.Tensor]:
    """Put the check's own numbers into a network, and return them by name, as `state_dict` does.

    The output of a network shows its structure only if nobody has chosen the numbers to hide it: with zeros
    everywhere, any structure seems right.

    Args:
        net: the network; counters in it stay as they are.
        generator: source of the numbers; by default PyTorch's own.

    Returns:
        New tensors with the shapes and dtypes of the network. A tensor with several names appears once, under its
        first name: it cannot hold the numbers of two.
    """
    state: dict[str, torch.Tensor] = {}
    first_names = {name for name, _ in [*net.named_parameters(), *net.named_buffers()]}
    for name, old in net.state_dict().items():
        if name not in first_names:
            continue
        if not old.is_floating_point():
            state[name] = old.detach().clone()
        elif old.ndim > 1:  # as large as PyTorch makes weights: one over the square root of a layer's inputs
            state[name] = torch.randn(old.shape, generator=generator) / math.sqrt(old[0].numel())
        elif name.endswith(("weight", "running_var")):  # scales are positive
            state[name] = 0.5 + torch.rand(old.shape, generator=generator)
        else:
            state[name] = 0.3 * torch.randn(old.shape, generator=generator)
    net.load_state_dict(state, strict=False)
    return state
