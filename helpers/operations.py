"""What PyTorch does while a function runs: its own operations, by whatever name the code calls them.

`F.conv2d`, `torch.conv2d` and `nn.Conv2d` all end in `aten::convolution`, and this is what is seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["AUTOGRAD", "MEANINGS", "count_operations", "note"]

AUTOGRAD = "autograd"  # stands for any operation that autograd follows
MOST = 10_000  # operations of one kind that are counted

# Words of the checks, and the operations of PyTorch's that they stand for. All other words stand for themselves.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "avg_pool2d": ("avg_pool2d", "adaptive_avg_pool2d"),
    "batch_norm": ("native_batch_norm", "batch_norm_with_update", "cudnn_batch_norm", "miopen_batch_norm"),
    "clamp": ("clamp", "clamp_min", "clamp_max"),
    "conv2d": ("convolution", "convolution_overrideable", "mkldnn_convolution", "cudnn_convolution", "thnn_conv2d"),
    "cross_entropy": ("log_softmax", "nll_loss_forward", "nll_loss2d_forward"),
    "linear": ("linear", "addmm", "addmv", "addbmm", "baddbmm"),
    "matmul": ("mm", "addmm", "bmm", "baddbmm", "addbmm", "mv", "addmv", "dot", "vdot", "inner", "linear"),
    "max_pool2d": ("max_pool2d", "max_pool2d_with_indices", "adaptive_max_pool2d"),
    "pad": ("constant_pad_nd", "pad", "reflection_pad2d", "replication_pad2d"),
    "relu": ("relu", "threshold", "hardtanh", "relu6", "leaky_relu", "rrelu_with_noise", "prelu"),
    "softmax": ("softmax", "log_softmax"),
    "unfold": ("unfold", "im2col", "unfold_copy"),
}


class _Counter(TorchDispatchMode):
    """Counts operations, as they reach the device: what is made of others counts as these."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(
        self, operation: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.counts[_plain_name(operation)] += 1
        if torch.is_grad_enabled() and any(isinstance(arg, torch.Tensor) and arg.requires_grad for arg in args):
            self.counts[AUTOGRAD] += 1
        return operation(*args, **(kwargs or {}))


def _plain_name(operation: Any) -> str:
    """`relu` for `aten.relu_.default`: in place or not, inside or for everybody."""
    return str(operation).split(".")[1].strip("_")


def count_operations(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, int]:
    """Call a function, and count what PyTorch does meanwhile, by the operations' plain names.

    Worker processes and other threads that the function starts are not seen.
    """
    with _Counter() as counter:
        _counting.append(counter)
        try:
            function(*args, **kwargs)
        finally:
            _counting.remove(counter)
    return {name: min(number, MOST) for name, number in counter.counts.items()}


def note(name: str) -> None:
    """Have something counted that is no operation: a function of the course's calls this when it is called."""
    for counter in _counting:
        counter.counts[name] += 1


_counting: list[_Counter] = []
