"""Train a classifier on an `ImageSet`, with one short loop that is quick on a CPU and on a GPU."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR
from tqdm import tqdm

from helpers.data import BatchSource, ImageSet
from helpers.evaluation import Evaluation, check_ready, checked_logits, evaluate
from helpers.numerics import Numerics, Precision, choose_numerics

__all__ = ["Evaluation", "History", "evaluate", "fit"]


@dataclass
class History:
    """How a training went, with one entry an epoch in each list.

    Losses and accuracies are means over images, not over batches; accuracies are fractions, 0 to 1. The training
    figures are taken while the weights change, so they lag behind the test figures.

    Attributes:
        test_loss, test_accuracy: empty if there was no test set.
        seconds: the time of the training alone.
        title: names model and data in a plot.
        is_stand_in: whether the model was trained on stand-in data.
        numerics: precision and memory format of the training, for instance `"bfloat16, channels_last"`.
    """

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    title: str = ""
    is_stand_in: bool = False
    numerics: str = ""


def fit(
    model: nn.Module,
    train_set: ImageSet,
    test_set: ImageSet | None = None,
    *,
    epochs: int,
    batch_size: int = 100,
    lr: float = 0.05,
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    nesterov: bool = True,
    schedule: Literal["onecycle", "constant"] = "onecycle",
    flip: bool = False,
    precision: Precision = "auto",
    seed: int | None = None,
    progress: bool = True,
) -> History:
    """Train a model in place by stochastic gradient descent on the cross-entropy.

    Args:
        model: gives logits of shape B×K for images of shape B×C×H×W; on the set's device.
        train_set: the images to learn from.
        test_set: the images to measure it on after each epoch; None for no measurement.
        epochs: passes over the training set.
        batch_size: images in a step.
        lr: learning rate; with `"onecycle"` its peak.
        momentum: 0 for plain SGD.
        weight_decay: L2 penalty.
        nesterov: whether to look ahead along the momentum (no effect without momentum).
        schedule: `"onecycle"` warms the learning rate up and cools it down (Smith and Topin 2018, arXiv:1708.07120);
            `"constant"` keeps it.
        flip: mirror each image left to right in every other epoch, a random half of them in the first
            (Jordan 2024, arXiv:2404.00498).
        precision: `"float32"`, `"bfloat16"`, or what is faster here for this network (`choose_numerics`); the history
            says which. The weights are float32 in any case.
        seed: for PyTorch's global generator; equal seeds give equal weights on the CPU. None keeps its state.
        progress: show a bar, and a line for each epoch, on stdout.

    Raises:
        ValueError: if a setting is out of range, or model and sets are on different devices.
    """
    _check_settings(epochs, batch_size, schedule)
    for image_set in filter(None, (train_set, test_set)):
        check_ready(model, image_set)
    if seed is not None:
        torch.manual_seed(seed)
    numerics = choose_numerics(model, train_set.device, batch_size, precision)
    source = BatchSource(train_set, numerics.channels_last, mirrored=flip)
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr,
        momentum,
        weight_decay=weight_decay,
        nesterov=nesterov and momentum > 0,
        fused=train_set.device.type in ("cpu", "cuda"),
    )
    steps = epochs * -(-len(train_set) // batch_size)
    # One more than there are steps: the last step would have a learning rate of nearly 0, and be wasted.
    scheduler = (
        OneCycleLR(optimizer, lr, total_steps=steps + 1, cycle_momentum=False) if schedule == "onecycle" else None
    )
    mirrored = torch.rand(len(train_set)) < 0.5 if flip else None
    title = train_set.title(f"{type(model).__name__} on {train_set.title_name}")
    history = History(title=title, is_stand_in=train_set.is_stand_in, numerics=str(numerics))
    with tqdm(
        total=steps, disable=not progress, file=sys.stdout, unit="step", ncols=80, mininterval=1, leave=False
    ) as bar:
        for _ in range(epochs):
            start = time.perf_counter()
            loss, accuracy = _train_epoch(
                model, train_set, source, numerics, batch_size, optimizer, scheduler, mirrored, bar
            )
            history.seconds.append(time.perf_counter() - start)
            history.train_loss.append(loss)
            history.train_accuracy.append(accuracy)
            if test_set is not None:
                result = evaluate(model, test_set)
                history.test_loss.append(result.loss)
                history.test_accuracy.append(result.accuracy)
            if progress:
                tqdm.write(_summary(history, epochs), file=sys.stdout)
            if mirrored is not None:
                mirrored = ~mirrored
    return history


def _train_epoch(
    model: nn.Module,
    train_set: ImageSet,
    source: BatchSource,
    numerics: Numerics,
    batch_size: int,
    optimizer: torch.optim.Optimizer,
    scheduler: LRScheduler | None,
    mirrored: Tensor | None,
    bar: tqdm,
) -> tuple[float, float]:
    """Train for one pass over the set, and return mean loss and accuracy over its images."""
    model.train()
    order = torch.randperm(len(train_set))
    all_labels, all_logits = train_set.labels[order], []
    if mirrored is not None:
        order += len(train_set) * mirrored[order]
    with numerics.applied():
        for images, labels in source.draw(order, batch_size):
            with numerics.autocast():
                output = model(images)
            logits = checked_logits(output, labels, train_set).float()
            loss = F.cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            all_logits.append(logits.detach())
            bar.update()
    # Once an epoch: to count after each step takes 2 % of LeNet's time, and to read a number makes a GPU wait.
    logits = torch.cat(all_logits)
    return F.cross_entropy(logits, all_labels).item(), (logits.argmax(1) == all_labels).double().mean().item()


def _summary(history: History, epochs: int) -> str:
    """Return the line to print after an epoch."""
    line = (
        f"epoch {len(history.seconds):>{len(str(epochs))}}/{epochs}: "
        f"train loss {history.train_loss[-1]:.3f}, accuracy {100 * history.train_accuracy[-1]:.2f} %"
    )
    if history.test_loss:
        line += f"; test loss {history.test_loss[-1]:.3f}, accuracy {100 * history.test_accuracy[-1]:.2f} %"
    return f"{line}; {history.seconds[-1]:.1f} s"


def _check_settings(epochs: int, batch_size: int, schedule: str) -> None:
    if epochs < 0:
        raise ValueError(f"epochs is {epochs}, but must be at least 0")
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}, but must be at least 1")
    if schedule not in ("onecycle", "constant"):
        raise ValueError(f'schedule is {schedule!r}, but must be "onecycle" or "constant"')
