"""Gradients across two processes: a result of one process becomes a step in the other's autograd graph.

The process that computes a result keeps it in its `Graphs`. In the other process, `attach` adds a step to the autograd
graph, and the backward pass of this step asks the first process for the vector-Jacobian product.

https://docs.pytorch.org/docs/stable/notes/extending.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import torch
from torch import Tensor

__all__ = ["Graphs", "attach", "index_in"]

Ask = Callable[[Tensor], Sequence[Tensor | None]]


class Graphs:
    """Results that were computed here for the other process, with the leaf tensors that stand for its inputs."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Tensor, list[Tensor]]] = {}
        self._numbers = count(1)

    def keep(self, result: Tensor, inputs: list[Tensor]) -> int:
        """Keep a result, and return its number for `backward`."""
        number = next(self._numbers)
        self._kept[number] = result, inputs
        return number

    def forget(self, number: int) -> None:
        self._kept.pop(number, None)

    def clear(self) -> None:
        self._kept.clear()

    def backward(self, number: int, gradient: Tensor) -> list[Tensor | None]:
        """Run the backward pass of a result; parameters accumulate their gradients as usual.

        Returns:
            The gradient of each input, None if the result does not depend on it.
        """
        result, inputs = self._kept[number]
        before = [leaf.grad for leaf in inputs]
        for leaf in inputs:
            leaf.grad = None
        torch.autograd.backward([result], [gradient.to(result)], retain_graph=True)
        gradients = [leaf.grad for leaf in inputs]
        for leaf, grad in zip(inputs, before, strict=True):
            leaf.grad = grad
        return gradients


class _RemoteStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, ask: Ask, value: list[Tensor], dummy: Tensor, *inputs: Tensor) -> Tensor:
        ctx.ask, ctx.inputs = ask, [(tensor.shape, tensor.dtype) for tensor in inputs]
        return value[0]  # passed in a list, so that autograd treats it as a new tensor

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        answers = ctx.ask(gradients[0])
        fits = len(answers) == len(ctx.inputs) and all(
            grad is None or (isinstance(grad, Tensor) and (grad.shape, grad.dtype) == expected)
            for grad, expected in zip(answers, ctx.inputs, strict=True)
        )
        if not fits:
            raise RuntimeError("the gradients that came back do not fit the tensors that went in")
        return None, None, None, *answers


def attach(value: Tensor, inputs: Sequence[Tensor], ask: Ask) -> Tensor:
    """Return the value as a tensor whose backward pass gives its gradient to `ask`, and the answers to `inputs`."""
    with torch.inference_mode(False), torch.enable_grad():
        # The dummy makes autograd add a step even if no input requires its gradient.
        attached: Tensor = _RemoteStep.apply(ask, [value], torch.empty(0, requires_grad=True), *inputs)
    return attached


def index_in(tensors: list[Tensor], tensor: Tensor) -> int:
    """Return the index of this very tensor in a list, to which it is added if it is missing."""
    if not any(tensor is known for known in tensors):
        tensors.append(tensor)
    return next(index for index, known in enumerate(tensors) if known is tensor)
