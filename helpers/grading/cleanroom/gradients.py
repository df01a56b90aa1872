"""Gradients across two processes: a result that one process computed is a step in the other's autograd graph.

The process that computed a result keeps it in its `Graphs`. In the other process `attach` puts a step into the graph
whose backward pass asks the first for the vector-Jacobian product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import torch
from torch import Tensor

__all__ = ["Graphs", "attach"]

Ask = Callable[[Tensor], Sequence[Tensor | None]]


class Graphs:
    """Results that were computed here for the other side, with the leaves that stand for its tensors."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Tensor, list[Tensor]]] = {}
        self._numbers = count(1)

    def keep(self, result: Tensor, inputs: list[Tensor]) -> int:
        """Keep a result; its number is what `backward` is asked with."""
        number = next(self._numbers)
        self._kept[number] = result, inputs
        return number

    def forget(self, number: int) -> None:
        self._kept.pop(number, None)

    def clear(self) -> None:
        self._kept.clear()

    def backward(self, number: int, gradient: Tensor) -> list[Tensor | None]:
        """Run the backward pass of a result. Parameters on the way collect their gradients, as they always do.

        Returns:
            The gradients of the other side's tensors, None where the result does not depend on one.
        """
        result, inputs = self._kept[number]
        before = [leaf.grad for leaf in inputs]
        for leaf in inputs:
            leaf.grad = None
        torch.autograd.backward([result], [gradient.to(result)], retain_graph=True)
        found = [leaf.grad for leaf in inputs]
        for leaf, grad in zip(inputs, before, strict=True):
            leaf.grad = grad
        return found


class _Remote(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, ask: Ask, value: list[Tensor], dummy: Tensor, *inputs: Tensor) -> Tensor:
        ctx.ask, ctx.inputs = ask, [(tensor.shape, tensor.dtype) for tensor in inputs]
        return value[0]  # in a list, so that autograd takes it for a new tensor

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        found = ctx.ask(gradients[0])
        fits = len(found) == len(ctx.inputs) and all(
            grad is None or (isinstance(grad, Tensor) and (grad.shape, grad.dtype) == expected)
            for grad, expected in zip(found, ctx.inputs, strict=True)
        )
        if not fits:
            raise RuntimeError("the gradients that came back do not fit the tensors that went in")
        return None, None, None, *found


def attach(value: Tensor, inputs: Sequence[Tensor], ask: Ask) -> Tensor:
    """The value as a tensor whose backward pass hands its gradient to `ask`, and the answers to `inputs`."""
    with torch.inference_mode(False), torch.enable_grad():
        # The dummy makes autograd build a step where no input requires its gradient.
        joined: Tensor = _Remote.apply(ask, [value], torch.empty(0, requires_grad=True), *inputs)
    return joined
