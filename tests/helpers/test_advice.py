"""Messages of PyTorch about well-known mistakes become advice. PyTorch itself makes the messages."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers.checking.advice import _ADVICE, in_plain_words
from helpers.checks import CheckError, call, question

IMAGES = torch.zeros(5, 1, 28, 28)


class NoSuper(nn.Module):
    def __init__(self) -> None:
        self.fc = nn.Linear(2, 3)


class NoSuperAndNoLayer(nn.Module):
    def __init__(self) -> None:
        self.side = 28


class NoForward(nn.Module):
    def foward(self, x: torch.Tensor) -> torch.Tensor:
        return x


def leaf() -> torch.Tensor:
    return torch.ones(2, requires_grad=True)


def backward_twice() -> None:
    loss = (leaf() ** 2).sum()
    loss.backward()
    loss.backward()


def overwritten() -> None:
    y = leaf().exp()
    y += 1
    y.sum().backward()


def changed_in_place() -> None:
    x = leaf()
    x += 1


def whole_network() -> Any:
    file = io.BytesIO()
    torch.save(nn.Linear(2, 3), file)
    file.seek(0)
    return torch.load(file)


def compiled_names() -> Any:
    net = nn.Linear(2, 3)
    return net.load_state_dict({f"_orig_mod.{name}": value for name, value in net.state_dict().items()})


MISTAKES: list[tuple[str, Callable[[], Any], str]] = [
    ("no super", NoSuper, "call super().__init__() first"),
    ("no super, a layer later", lambda: NoSuperAndNoLayer().add_module("fc", nn.ReLU()), "call super().__init__()"),
    ("no super, a call", lambda: NoSuperAndNoLayer()(IMAGES), "call super().__init__() first"),
    ("no super, a state dict", lambda: NoSuperAndNoLayer().state_dict(), "call super().__init__() first"),
    ("no forward", lambda: NoForward()(IMAGES), "the class NoForward has no method `forward`"),
    ("no parameters", lambda: torch.optim.SGD(nn.ReLU().parameters(), lr=0.1), "nn.ModuleList"),
    ("None into a layer", lambda: nn.Linear(2, 3)(None), "(NoneType). Does a function lack its `return`"),
    ("no gradient yet", lambda: leaf().grad.zero_(), "(zero_). Does"),  # type: ignore[union-attr]
    ("a state dict as network", lambda: OrderedDict().eval(), "this is a state dict, not a network"),  # type: ignore[attr-defined]
    ("what load_state_dict returns", lambda: nn.ReLU().load_state_dict({}).eval(), "this is no network"),
    ("wrong inputs", lambda: nn.Linear(400, 120)(torch.zeros(5, 256)), "nn.Linear(400, 120) expects 400 numbers a row"),
    ("wrong inputs, got", lambda: nn.Linear(400, 120)(torch.zeros(5, 256)), "got rows of 256: the shape (5, 256)"),
    ("flattened batch", lambda: nn.Linear(256, 120)(torch.zeros(1280)), "torch.flatten(x, 1) keeps the batch axis"),
    ("view", lambda: torch.zeros(5, 16, 5, 5).view(-1, 256), "2000 numbers do not fit into the shape (-1, 256)"),
    ("matrices", lambda: torch.zeros(2, 3) @ torch.zeros(4, 5), "the shapes (2, 3) and (4, 5) cannot be multiplied"),
    ("channels", lambda: nn.Conv2d(3, 6, 5)(IMAGES), "a convolution for 3 channels got 1, in the shape (5, 1, 28, 28)"),
    ("flat too early", lambda: nn.Conv2d(1, 6, 5)(IMAGES.flatten(1)), "conv2d expects images (N, C, H, W), and got"),
    ("small maps", lambda: nn.Conv2d(1, 6, 5)(IMAGES[..., :3, :3]), "a kernel of 5 x 5 does not fit on maps of 3 x 3"),
    ("nothing to pool", lambda: F.max_pool2d(IMAGES[..., :1, :1], 2), "pooling leaves nothing of maps of 1x1x1"),
    ("one image", lambda: nn.BatchNorm1d(2)(torch.zeros(1, 2)), "cannot learn from one image"),
    ("batch changed", lambda: F.cross_entropy(torch.zeros(4, 3), torch.zeros(5).long()), "4 rows of logits meet 5"),
    ("labels as floats", lambda: F.cross_entropy(torch.zeros(5, 3), torch.zeros(5)), "got Float. Write labels.long()"),
    ("labels in a column", lambda: F.cross_entropy(torch.zeros(5, 3), torch.zeros(5, 1).long()), "the shape (N,)"),
    ("one-hot labels", lambda: F.cross_entropy(torch.zeros(5, 3), torch.zeros(5, 3).long()), "one label an image"),
    ("label too large", lambda: F.cross_entropy(torch.zeros(5, 3), torch.full((5,), 3)), "no logit for the label 3"),
    ("logits last", lambda: F.cross_entropy(torch.zeros(5).long(), torch.zeros(5, 3)), "logits come before labels"),
    ("float64", lambda: nn.Linear(2, 3)(torch.zeros(5, 2).double()), "the dtypes Double and Float do not go together"),
    ("bytes", lambda: nn.Conv2d(1, 6, 5)(IMAGES.byte()), "the dtypes unsigned char and float do not go together"),
    ("no way back", lambda: torch.ones(1).backward(), "finds no way from the loss to a parameter"),
    ("backward twice", backward_twice, "backward() ran twice on one result"),
    ("in place", changed_in_place, "`with torch.no_grad():`"),
    ("overwritten", overwritten, "Write x = x + y, not x += y"),
    ("many losses", lambda: (leaf() * 2).backward(), "Take the mean or the sum"),
    ("whole network", whole_network, "Save net.state_dict(), not the network itself"),
    ("what has no name", lambda: torch.save(lambda: 1, io.BytesIO()), "Of a network, save net.state_dict()"),
    ("load a network", lambda: nn.Linear(2, 3).load_state_dict(nn.ReLU()), "got: torch.nn.modules.activation.ReLU"),  # type: ignore[arg-type]
    ("compiled", compiled_names, "`_orig_mod.`, which torch.compile adds"),
    ("other names", lambda: nn.Linear(2, 3).load_state_dict({}), "(Missing in the file: weight)"),
    ("other size", lambda: nn.Linear(2, 4).load_state_dict(nn.Linear(2, 3).state_dict()), "the shape (3, 2) in"),
    ("no folder", lambda: torch.save({}, "nowhere/net.pth"), "there is no folder nowhere. Make it first"),
    ("two devices", lambda: torch.zeros(2) + torch.zeros(2, device="meta"), "are on different devices"),
    ("a device's nickname", lambda: torch.zeros(2, device="gpu"), "Write `device`, not a device's name"),
]  # fmt: skip

WORDS = [  # messages of other machines
    ("Attempting to deserialize object on CUDA device 1 but torch.cuda.device_count() is 0.", 'map_location="cpu"'),
    (
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
        "net.to(device)",
    ),
    ("Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same", "images.to(device)"),
    ("Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor) should be the same", "images.to(device)"),
    ("mat1 and mat2 shapes cannot be multiplied (5x256 and 400x120)", "nn.Linear(400, 120) expects 400"),
    (
        "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.",
        "your tensors are on cuda. Write x.cpu()",
    ),
    ("Found no NVIDIA driver on your system. Please check", "Write `device`"),
    ("Torch not compiled with CUDA enabled", "Write `device`"),
    ("No CUDA GPUs are available", "Write `device`"),
    ("Cannot re-initialize CUDA in forked subprocess.", "Write `device`"),
    ("PyTorch is not linked with support for mps devices", "Write `device`"),
    ("Could not run 'aten::empty.memory_format' with arguments from the 'MPS' backend.", "Write `device`"),
    ("InvalidCxxCompiler: No working C++ compiler found in torch._inductor.config", "Leave it out"),
    ("Can't pickle <class '__main__.Net'>: it's not the same object", "save net.state_dict()"),
    ("'tuple' object has no attribute 'eval'", "this is no network"),
    ("'dict' object has no attribute 'state_dict'", "this is a state dict"),
]


@pytest.mark.parametrize(("mistake", "words"), [pytest.param(*rest, id=name) for name, *rest in MISTAKES])
def test_a_mistake_is_explained_in_plain_words(
    mistake: Callable[[], Any], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckError) as caught, question("K9"):
        call(mistake).gives(None)
    assert words in str(caught.value)


@pytest.mark.parametrize(("said", "words"), WORDS)
def test_messages_of_other_machines_are_explained_too(said: str, words: str) -> None:
    assert words in in_plain_words(said)


def test_pytorchs_advice_to_trust_a_file_is_never_passed_on() -> None:
    with pytest.raises(Exception, match="weights_only") as caught:
        whole_network()
    for said in (
        str(caught.value),
        "This file is old. Please set `weights_only=False` to load it.",
        "Use weights_only = False.",
    ):
        assert "False" not in in_plain_words(said)


def test_other_messages_stay_and_are_cut() -> None:
    assert in_plain_words(" list index out of range\n") == "list index out of range"
    assert len(in_plain_words("x" * 10_000)) == 300


def test_words_are_short() -> None:
    assert max(len(words) for words in _ADVICE.values()) < 220
