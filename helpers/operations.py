"""What PyTorch does while a function runs: its own operations, by whatever name the code calls them.

`F.conv2d`, `torch.conv2d` and `nn.Conv2d` all end in `aten::convolution`, and this is what is seen. What PyTorch makes
of others at once is seen by its name: `F.linear` without a bias does nothing that `x @ weight.T` does not do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["AUTOGRAD", "MEANINGS", "count_operations", "meanings"]

AUTOGRAD = "autograd"  # stands for any operation that autograd follows
MOST = 10_000  # operations of one kind that are counted

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
    "pad": ("constant_pad_nd", "pad", "reflection_pad2d", "replication_pad2d"),
    "relu": ("relu", "threshold", "hardtanh", "relu6", "leaky_relu", "rrelu_with_noise", "prelu"),
    "softmax": ("softmax", "log_softmax"),
    "unfold": ("unfold", "im2col", "unfold_copy"),
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

    def __torch_dispatch__(
        self, operation: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        name = _plain_name(operation)
        self.counts[name] += 1
        if _writes(operation):
            self.counts.setdefault(f"{name}_", 0)
        if torch.is_grad_enabled() and any(isinstance(arg, torch.Tensor) and arg.requires_grad for arg in args):
            self.counts[AUTOGRAD] += 1
        return operation(*args, **(kwargs or {}))


class _Listener(TorchFunctionMode):
    """Notes the names by which Python calls PyTorch. They are no operations: their number says nothing of loops."""

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self.counts = counts

    def __torch_function__(
        self, function: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.counts.setdefault(getattr(function, "__name__", ""), 0)
        return function(*args, **(kwargs or {}))


def _plain_name(operation: Any) -> str:
    """`relu` for `aten.relu_.default`: in place or not, inside or for everybody."""
    return str(operation).split(".")[1].strip("_")


def _writes(operation: Any) -> bool:
    """Whether an operation writes into a tensor that it was given: `aten.relu_.default`, `aten.clamp.out`."""
    _, name, overload = str(operation).split(".")
    return name.endswith("_") or overload.endswith("out")


def count_operations(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, int]:
    """Call a function, and count what PyTorch does meanwhile, by the operations' plain names.

    Worker processes and other threads that the function starts are not seen.
    """
    with _Counter() as counter, _Listener(counter.counts):
        function(*args, **kwargs)
    return {name: min(number, MOST) for name, number in counter.counts.items()}
