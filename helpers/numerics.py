"""How a network computes while it is trained: the order of its images in memory, and the precision.

The choice depends on device, network and batch size alone, never on a stopwatch, so that equal seeds keep giving equal
weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from threading import RLock
from typing import Any, Literal

import torch
from torch import Tensor, nn

__all__ = ["Numerics", "Precision", "choose_numerics"]

Precision = Literal["auto", "float32", "bfloat16"]

# In smaller batches, converting the weights costs what it saves.
SMALLEST_BATCH = 32


@dataclass(frozen=True)
class Numerics:
    """How a network computes.

    The weights stay float32, and contiguous: what changes is the images that the network gets, and what PyTorch makes
    of them between the layers.

    Attributes:
        device: where it computes.
        channels_last: whether the channels of a pixel lie beside each other in memory. The same numbers but for
            rounding.
        bfloat16: whether convolutions and matrix products round what they multiply to bfloat16 (`torch.autocast`).
    """

    device: torch.device
    channels_last: bool
    bfloat16: bool

    def __str__(self) -> str:
        return (
            f"{'bfloat16' if self.bfloat16 else 'float32'}, {'channels_last' if self.channels_last else 'contiguous'}"
        )

    @property
    def memory_format(self) -> torch.memory_format:
        """The memory format of the images."""
        return torch.channels_last if self.channels_last else torch.contiguous_format

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Let networks that are trained in this block compute so, if they are called in `autocast`."""
        with _contiguous_views() if self.channels_last else nullcontext():
            try:
                yield
            except Exception as error:
                if self.bfloat16:  # for instance of a network that calls .numpy() on its maps
                    error.add_note('`fit` computes in bfloat16 here. If that is the reason, pass precision="float32".')
                raise

    def autocast(self) -> AbstractContextManager[None]:
        """Return the block to call a network in: it has the precision. Loss and gradients are computed outside."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.bfloat16 else nullcontext()


def choose_numerics(model: nn.Module, device: torch.device, batch_size: int, precision: Precision = "auto") -> Numerics:
    """Return how a model is trained fastest.

    Networks without `nn.Conv2d` get contiguous images, and float32. With it, they get channels_last. bfloat16 comes in
    where all this is true: the device computes fast with it (a CPU with AMX, a CUDA device of compute capability 8 or
    more), a batch has at least 32 images, and on a CPU no convolution has groups, for PyTorch is slow at the gradients
    of those.

    Args:
        model: the network.
        device: where it computes.
        batch_size: images in a batch.
        precision: `"float32"` or `"bfloat16"` instead of the choice above.
    """
    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    known = device.type in ("cpu", "cuda")
    fast = known and bool(convolutions) and batch_size >= SMALLEST_BATCH and _has_fast_bfloat16(device, convolutions)
    return Numerics(
        device,
        channels_last=known and bool(convolutions),
        bfloat16=fast if precision == "auto" else precision == "bfloat16",
    )


def _has_fast_bfloat16(device: torch.device, convolutions: Iterable[nn.Conv2d]) -> bool:
    if device.type == "cuda":  # not measured: from NVIDIA's documentation
        return torch.cuda.get_device_capability(device) >= (8, 0)
    # AVX512_BF16 without AMX gains nothing over float32, and a processor with neither takes 4 to 7 times as long.
    return bool(torch.cpu.get_capabilities().get("amx_bf16")) and all(one.groups == 1 for one in convolutions)


# What depends on the order of a tensor's numbers in memory.
BY_ORDER = ((Tensor, "view"), (Tensor, "view_as"), (Tensor, "as_strided"), (torch, "as_strided"))
_ONE_BY_ONE = RLock()  # of two threads that train, one would take away what the other needs


@contextmanager
def _contiguous_views() -> Iterator[None]:
    """Let `view` and `as_strided` get maps in channels_last in the order that they have without it, in this block.

    `x.view(len(x), -1)`, which many networks write for `torch.flatten(x, 1)`, would raise. The functions are replaced,
    for a `TorchFunctionMode` gets to see all others too, which takes 3 to 4 % of LeNet's time.
    """
    with _ONE_BY_ONE:
        usual = [(owner, name, getattr(owner, name)) for owner, name in BY_ORDER]
        for owner, name, function in usual:
            setattr(owner, name, _by_channel(function))
        try:
            yield
        finally:
            for owner, name, function in usual:
                setattr(owner, name, function)


def _by_channel(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def ordered(*args: Any, **kwargs: Any) -> Any:
        if args and args[0].is_contiguous(memory_format=torch.channels_last):
            args = (args[0].contiguous(), *args[1:])
        return function(*args, **kwargs)

    return ordered
