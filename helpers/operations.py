"""What PyTorch does while a function runs: its own operations, by whatever name the code calls them.

`F.conv2d`, `torch.conv2d` and `nn.Conv2d` all end in `aten::convolution`, and this is what is seen. What PyTorch makes
of others at once is seen by its name: `F.linear` without a bias does nothing that `x @ weight.T` does not do.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["AUTOGRAD", "GROUPS", "MEANINGS", "NUMPY", "count_operations", "meanings", "note", "noted", "unseen"]

AUTOGRAD = "autograd"  # stands for any operation that autograd follows
GROUPS = "groups"  # stands for a convolution that keeps groups of channels apart
NUMPY = "NumPy"  # stands for the ways to it: what is done there is not seen

# Words of the checks, and the operations of PyTorch's that they stand for. All other words stand for themselves.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "avg_pool2d": ("avg_pool2d", "avg_pool3d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"),
    "batch_norm": ("native_batch_norm", "batch_norm_with_update", "cudnn_batch_norm", "miopen_batch_norm"),
    "clamp": ("clamp", "clamp_min", "clamp_max"),
    "conv2d": ("convolution", "convolution_overrideable", "mkldnn_convolution", "cudnn_convolution", "thnn_conv2d"),
    "cross_entropy": ("cross_entropy", "cross_entropy_loss", "nll_loss_forward", "nll_loss2d_forward"),
    "linear": ("linear", "addmm", "addmv", "addbmm", "baddbmm"),
    "matmul": ("mm", "addmm", "bmm", "baddbmm", "addbmm", "mv", "addmv", "dot", "vdot", "inner", "linear"),
    "max_pool2d": (
        "max_pool2d",
        "max_pool2d_with_indices",
        "max_pool1d",
        "max_pool3d_with_indices",
        "adaptive_max_pool2d",
        "adaptive_max_pool3d",
        "fractional_max_pool2d",
    ),
    "move": ("to_copy", "copy"),
    NUMPY: ("numpy", "__array__", "__dlpack__"),
    "pad": ("constant_pad_nd", "pad", "reflection_pad2d", "replication_pad2d"),
    "relu": ("relu", "threshold", "hardtanh", "relu6", "leaky_relu", "rrelu_with_noise", "prelu"),
    "softmax": ("softmax", "log_softmax"),
    "unfold": ("unfold", "im2col", "unfold_copy"),
    "view": (
        "view",
        "alias",
        "as_strided",
        "detach",
        "expand",
        "permute",
        "select",
        "slice",
        "split",
        "squeeze",
        "t",
        "transpose",
        "unbind",
        "unsqueeze",
        "unsafe_view",
    ),
}


def meanings(word: str) -> tuple[str, ...]:
    """The operations that a word of the checks stands for; `clamp_` for those of `clamp` that write into a tensor."""
    ending = "_" if word.endswith("_") else ""
    return tuple(name + ending for name in MEANINGS.get(word.removesuffix("_"), (word.removesuffix("_"),)))


class _Counter(TorchDispatchMode):
    """Counts operations, as they reach the device: what is made of others counts as these."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # PyTorch would import its compiler in order to skip it: a second or more, in each notebook

    def __torch_dispatch__(
        self, operation: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        kind = _kind(operation)
        if kind.is_made_of_others:  # in inference mode it arrives whole
            with self:
                return operation.decompose(*args, **given)
        self.counts[kind.name] += 1
        if kind.writes:
            self.counts.setdefault(f"{kind.name}_", 0)
        if kind.groups is not None and given.get(GROUPS, args[kind.groups] if kind.groups < len(args) else 1) > 1:
            self.counts.setdefault(GROUPS, 0)
        return operation(*args, **given)


_ONE_BY_ONE = (torch.Tensor.tolist, torch.Tensor.apply_, torch.Tensor.map_, torch.Tensor.map2_)


class _Listener(TorchFunctionMode):
    """Notes the names by which Python calls PyTorch, and whether autograd follows what comes of it.

    They are no operations: their number says nothing of loops. But what calls Python for each number, or takes each
    number out of PyTorch, as `item` does, counts once for each: that is a loop of Python's.
    """

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self.counts = counts

    def __torch_function__(
        self, function: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.counts.setdefault(getattr(function, "__name__", ""), 0)
        if function in _ONE_BY_ONE:
            self.counts[function.__name__] += args[0].numel()
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and result.grad_fn is not None:
            self.counts.setdefault(AUTOGRAD, 0)
        return result


@dataclass(frozen=True)
class _Kind:
    """What the counter wants to know of one of PyTorch's operations."""

    name: str  # `relu` for `aten.relu_.default`: in place or not, inside or for everybody
    writes: bool  # into a tensor that it was given: `aten.relu_.default`, `aten.clamp.out`
    groups: int | None  # the place of the argument of this name
    is_made_of_others: bool


@functools.cache  # asking PyTorch takes longer than most operations of an answer
def _kind(operation: Any) -> _Kind:
    _, name, overload = str(operation).split(".")
    arguments = [argument.name for argument in operation._schema.arguments]
    return _Kind(
        name=name.strip("_"),
        writes=name.endswith("_") or overload.endswith("out"),
        groups=arguments.index(GROUPS) if GROUPS in arguments else None,
        is_made_of_others=torch._C._dispatch_has_kernel_for_dispatch_key(operation.name(), "CompositeImplicitAutograd"),
    )


def count_operations(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, int]:
    """Call a function, and count what PyTorch does meanwhile, by the operations' plain names.

    Worker processes and other threads that the function starts are not seen.

    Returns:
        How often each operation ran; 0 for words that tell only how something was done.
    """
    with _Counter() as counter, _Listener(counter.counts):
        _counting.append(counter.counts)
        try:
            function(*args, **kwargs)
        finally:
            _counting.pop()
    return dict(counter.counts)


def note(name: str) -> None:
    """Have something counted that is no operation: a function of the course's calls this when it is called."""
    for counts in _counting:
        counts[name] += 1


@contextmanager
def unseen() -> Iterator[None]:
    """What PyTorch does meanwhile does not count: it is the course's work, in the middle of an answer's."""
    with torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch():
        yield


def noted(name: str) -> int:
    """How often something was noted so far, by the count that is under way."""
    return _counting[-1][name] if _counting else 0


_counting: list[Counter[str]] = []
