"""Operations are seen whatever name the code uses, and loops by their number of operations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.checks import CheckError, call, question
from helpers.operations import MEANINGS, count_operations, note, noted

X = torch.randn(2, 3, 6, 6)
W = torch.randn(4, 3, 2, 2)
WAYS: dict[str, list[Callable[[Tensor], Any]]] = {
    "avg_pool2d": [
        lambda x: F.avg_pool2d(x, 2),
        nn.AvgPool2d(2),
        nn.AvgPool3d((1, 2, 2)),
        lambda x: torch._C._nn.avg_pool2d(x, 2),
        lambda x: F.avg_pool1d(x[0], 2),
    ],
    "autograd": [lambda x: torch.enable_grad()(lambda: x.clone().requires_grad_().square().sum().backward())()],
    "batch_norm": [nn.BatchNorm2d(3), lambda x: F.batch_norm(x, torch.zeros(3), torch.ones(3))],
    "clamp": [
        lambda x: x.clamp(min=0),
        lambda x: torch.clamp(x, min=0, out=x),
        lambda x: x.clip(0),
        lambda x: x.clamp_min_(0),
    ],
    "clamp_": [lambda x: torch.clamp(x, min=0, out=x), lambda x: x.clip_(0), lambda x: x.clamp_min_(0)],
    "conv2d": [lambda x: F.conv2d(x, W), lambda x: torch.conv2d(x, W), nn.Conv2d(3, 1, 2)],
    "cross_entropy": [
        lambda x: F.cross_entropy(x, torch.zeros(2, 6, 6, dtype=torch.long)),
        lambda x: nn.CrossEntropyLoss()(x, torch.ones(2, 3, 6, 6)),
        lambda x: F.nll_loss(x.log_softmax(1), torch.zeros(2, 6, 6, dtype=torch.long)),
    ],
    "linear": [
        nn.Linear(6, 2),
        nn.Linear(6, 2, bias=False),
        lambda x: F.linear(x[0, 0], torch.ones(2, 6), torch.ones(2)),
        lambda x: F.linear(x, torch.ones(2, 6)) + 1,
    ],
    "NumPy": [lambda x: x.numpy(), lambda x: np.asarray(x), np.from_dlpack, lambda x: np.pad(x[0, 0], 1)],
    "matmul": [lambda x: x @ x, lambda x: torch.einsum("bchw,bcwv->bchv", x, x), lambda x: x[0, 0, 0] @ x[0, 0, 1]],
    "max": [lambda x: x.max()],
    "max_pool2d": [
        lambda x: torch.max_pool2d(x, 2),
        nn.MaxPool2d(2),
        nn.AdaptiveMaxPool2d(2),
        nn.MaxPool3d((1, 2, 2)),
        lambda x: F.max_pool1d(x[0], 2),
    ],
    "move": [lambda x: x.to("meta"), lambda x: torch.empty_like(x, device="meta").copy_(x)],
    "pad": [nn.ZeroPad2d(1), lambda x: F.pad(x, (1, 1))],
    "relu": [lambda x: x.relu(), torch.relu_, nn.ReLU(inplace=True), nn.ReLU6(), lambda x: F.threshold(x, 0, 0)],
    "softmax": [lambda x: x.softmax(1), nn.LogSoftmax(1)],
    "unfold": [lambda x: x.unfold(2, 2, 1), lambda x: F.unfold(x, 2)],
    "view": [
        lambda x: x.view(-1),
        lambda x: x.mT,
        lambda x: x[0],
        lambda x: x[:, 1:],
        lambda x: x[None],
        torch.squeeze,
    ],
}


def test_every_word_is_tested() -> None:
    assert set(MEANINGS) <= set(WAYS)


@pytest.mark.parametrize("word", WAYS)
def test_a_forbidden_operation_is_seen_whatever_its_name(word: str) -> None:
    for way in WAYS[word]:
        with torch.no_grad(), pytest.raises(CheckError, match=f"uses {word}.*Write it yourself"):
            call(way, X).without("sort", word, hint="Write it yourself.")


@pytest.mark.parametrize("word", sorted(set(WAYS) - {"autograd"}))
def test_a_forbidden_operation_is_seen_in_inference_mode_too(word: str) -> None:
    for way in WAYS[word]:
        with torch.inference_mode(), pytest.raises(CheckError, match=f"uses {word}"):
            call(way, X).without(word)


def test_groups_of_a_convolution_are_seen() -> None:
    few = torch.randn(3, 1, 2, 2)
    for grouped in (nn.Conv2d(3, 3, 2, groups=3), torch.inference_mode()(lambda x: F.conv2d(x, few, groups=3))):
        with pytest.raises(CheckError, match="uses groups"):
            call(grouped, X).without("groups")
    call(nn.Conv2d(3, 3, 2), X).without("groups")


def test_other_operations_are_allowed() -> None:
    def relu(x: Tensor) -> Tensor:
        return torch.where(x > 0, x, 0)

    with question("L2") as q:
        call(relu, X).gives(F.relu(X)).without("relu", "clamp", "autograd")
    assert q.checks == 2
    call(lambda x: x.copy_(x.clamp(min=0)), X).without("clamp_")
    call(lambda x: x @ x.T, X[0, 0]).without("linear")
    call(lambda x: x.log_softmax(1), X).without("cross_entropy")
    with torch.no_grad():
        call(relu, X.clone().requires_grad_()).without("autograd")  # autograd is off around the call


def test_the_function_gets_copies_each_time() -> None:
    call(Tensor.add_, X, 1).gives(X + 1).without("relu").gives(X + 1)


def test_an_exception_of_a_second_call_is_reported() -> None:
    calls = iter([1])
    with pytest.raises(CheckError, match="raised StopIteration"):
        call(lambda: next(calls)).gives(1).without("relu")


def in_a_loop(rows: Tensor) -> Tensor:
    return torch.stack([row.sum() for row in rows])


def over_a_list(rows: Tensor) -> Tensor:
    return torch.tensor([sum(row) for row in rows.tolist()])


def test_a_loop_is_distinguished_from_one_operation() -> None:
    few, many = torch.randn(3, 4), torch.randn(30, 4)
    call(lambda rows: rows.sum(1), few).without_loop(many)
    for loop in (in_a_loop, over_a_list):
        with pytest.raises(CheckError, match=r"takes \d+ operations .* loop\. Sum all rows at once"):
            call(loop, few).without_loop(many, hint="Sum all rows at once.")


@pytest.mark.parametrize(
    "way",
    [
        Tensor.tolist,
        lambda rows: [number.item() for row in rows for number in row],
        lambda rows: rows.clone().apply_(lambda number: number + 1),
    ],
)
def test_a_loop_in_python_counts_each_number(way: Callable[[Tensor], Any]) -> None:
    with pytest.raises(CheckError, match="that is a loop"):
        call(way, torch.ones(3, 4)).without_loop(torch.ones(30, 4))
    call(lambda rows: rows.sum(0).tolist(), torch.ones(3, 4)).without_loop(torch.ones(30, 4))


def test_notes_can_be_read_during_a_count() -> None:
    seen = []

    def waits() -> None:
        seen.append(noted("wait"))
        note("wait")
        seen.append(noted("wait"))

    count_operations(waits)
    assert [*seen, noted("wait")] == [0, 1, 0]


def test_a_long_loop_is_counted_in_full() -> None:
    counts = count_operations(lambda: [torch.zeros(1) for _ in range(20_000)])
    assert counts == {"zeros": 20_000}


def test_results_that_autograd_does_not_record_use_no_autograd() -> None:
    w = torch.ones(3, requires_grad=True)
    for way in (lambda w: w.detach() @ w.detach(), lambda w: w.data * 2, lambda w: w > 0):
        call(way, w).without("autograd")
    with pytest.raises(CheckError, match="uses autograd"):
        call(lambda w: torch.cat([w, w]), w).without("autograd")


def test_counting_imports_no_compiler() -> None:
    count = "from helpers.operations import count_operations\ncount_operations(lambda: torch.ones(2) + 1)"
    code = f'import sys, torch\n{count}\nsys.exit("torch._dynamo" in sys.modules)'
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_an_operation_that_is_not_allowed_is_seen() -> None:
    def drawn(n: int) -> torch.Tensor:
        return torch.empty(n).exponential_()

    call(torch.empty, 3, dtype=torch.float64).uses_only("empty")
    with pytest.raises(CheckError, match=r"uses exponential of PyTorch\. Reserve it"):
        call(drawn, 3).uses_only("empty", hint="Reserve it.")
    call(lambda n: n + 1, 3).uses_only()
