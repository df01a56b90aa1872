"""What PyTorch does while a function runs: its own operations, whatever name the code uses for them.

`F.conv2d`, `torch.conv2d` and `nn.Conv2d` all end in `aten::convolution`, and this is counted. A function that PyTorch
composes of other operations is noted by its name: `F.linear` without a bias runs the same operations as `x @ weight.T`.
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

AUTOGRAD = "autograd"  # stands for any operation that autograd records
GROUPS = "groups"  # stands for a convolution with groups
NUMPY = "NumPy"  # stands for the conversions to it: what NumPy does is not seen

# Words of the checks, and the names of PyTorch's operations that they stand for. Other words stand for themselves.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    word: tuple(names.split())
    for word, names in {
        "avg_pool2d": "avg_pool2d avg_pool3d adaptive_avg_pool2d adaptive_avg_pool3d",
        "batch_norm": "native_batch_norm batch_norm_with_update cudnn_batch_norm miopen_batch_norm",
        "clamp": "clamp clamp_min clamp_max",
        "conv2d": "convolution convolution_overrideable mkldnn_convolution cudnn_convolution thnn_conv2d",
        "cross_entropy": "cross_entropy cross_entropy_loss nll_loss_forward nll_loss2d_forward",
        "linear": "linear addmm addmv addbmm baddbmm",
        "matmul": "mm addmm bmm baddbmm addbmm mv addmv dot vdot inner linear",
        "max_pool2d": (
            "max_pool2d max_pool2d_with_indices max_pool1d max_pool3d_with_indices adaptive_max_pool2d "
            "adaptive_max_pool3d fractional_max_pool2d"
        ),
        "move": "to_copy copy",
        NUMPY: "numpy __array__ __dlpack__",
        "pad": "constant_pad_nd pad reflection_pad2d replication_pad2d",
        "relu": "relu threshold hardtanh relu6 leaky_relu rrelu_with_noise prelu",
        "softmax": "softmax log_softmax",
        "unfold": "unfold im2col unfold_copy",
        "view": (
            "view alias as_strided detach expand permute select slice split squeeze t transpose unbind unsqueeze "
            "unsafe_view"
        ),
    }.items()
}


def meanings(word: str) -> tuple[str, ...]:
    """Return the operations that a word of the checks stands for; `clamp_` stands for the in-place ones of `clamp`."""
    ending = "_" if word.endswith("_") else ""
    return tuple(name + ending for name in MEANINGS.get(word.removesuffix("_"), (word.removesuffix("_"),)))


class _Counter(TorchDispatchMode):
    """Counts operations as they reach the device: a composite counts as its parts."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # to skip its compiler, PyTorch would import it: a second or more, in each notebook

    def __torch_dispatch__(
        self, operation: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        kind = _kind(operation)
        if kind.is_composite:  # in inference mode PyTorch does not take it apart
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
    """Notes the functions of PyTorch that Python calls, and whether autograd records their results.

    They count 0 times: they are no operations, and their number says nothing about loops. But a function that calls
    Python for each number, or takes each number out of PyTorch, counts once for each: that is a loop in Python.
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
    """What the counter needs to know about an operation of PyTorch."""

    name: str  # `relu` for `aten.relu_.default`: in place or not, private or public
    writes: bool  # into an argument: `aten.relu_.default`, `aten.clamp.out`
    groups: int | None  # the position of the argument with this name
    is_composite: bool


@functools.cache  # to ask PyTorch takes longer than most operations of an answer
def _kind(operation: Any) -> _Kind:
    _, name, overload = str(operation).split(".")
    arguments = [argument.name for argument in operation._schema.arguments]
    return _Kind(
        name=name.strip("_"),
        writes=name.endswith("_") or overload.endswith("out"),
        groups=arguments.index(GROUPS) if GROUPS in arguments else None,
        is_composite=torch._C._dispatch_has_kernel_for_dispatch_key(operation.name(), "CompositeImplicitAutograd"),
    )


def count_operations(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, int]:
    """Call a function, and count what PyTorch does in this thread, by the operations' plain names.

    Returns:
        How many times each operation ran; 0 for words that say only how something was done.
    """
    with _Counter() as counter, _Listener(counter.counts):
        _counting.append(counter.counts)
        try:
            function(*args, **kwargs)
        finally:
            _counting.pop()
    return dict(counter.counts)


def note(name: str) -> None:
    """Count something that is no operation: a function of the course calls this when it is called."""
    for counts in _counting:
        counts[name] += 1


@contextmanager
def unseen() -> Iterator[None]:
    """Do not count what PyTorch does in this block: it is the work of the course, within that of an answer."""
    with torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch():
        yield


def noted(name: str) -> int:
    """Return how many times something was noted so far in the current count."""
    return _counting[-1][name] if _counting else 0


_counting: list[Counter[str]] = []
