"""Measure a classifier on an `ImageSet`: loss, accuracy, accuracy on each class, confusion matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.data import ImageSet, batches

__all__ = ["Evaluation", "check_ready", "checked_logits", "common_classes", "evaluate"]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How a model does on an image set. All tensors are on the CPU.

    Attributes:
        loss: mean cross-entropy, in nats.
        accuracy: fraction of images that are classified correctly.
        per_class: float64, K: accuracy on each class; nan for a class without images.
        confusion: int64, K×K: images of each true class (row) that were predicted as each class (column).
        classes: K names.
        predictions: int64, N.
        is_stand_in: whether the images were a stand-in.
    """

    loss: float
    accuracy: float
    per_class: Tensor
    confusion: Tensor
    classes: tuple[str, ...]
    predictions: Tensor
    is_stand_in: bool = False


def evaluate(model: nn.Module, image_set: ImageSet, batch_size: int = 500) -> Evaluation:
    """Measure a model, in evaluation mode and without gradients. After it, the model has its former mode again.

    Args:
        model: gives logits of shape B×K for images of shape B×C×H×W; on the set's device.
        image_set: the images to measure it on.
        batch_size: images at a time; the result does not depend on it.

    Raises:
        ValueError: if the set is empty or on another device, or the logits do not fit its classes.
    """
    check_ready(model, image_set)
    loss = torch.zeros((), device=image_set.device)
    predictions = []
    with _evaluation_mode(model), torch.inference_mode():
        for images, labels in batches(image_set, batch_size, shuffle=False):
            logits = checked_logits(model(images), labels, image_set)
            loss += F.cross_entropy(logits, labels, reduction="sum")
            predictions.append(logits.argmax(1))
    predicted, k = torch.cat(predictions).cpu(), len(image_set.classes)
    confusion = torch.bincount(image_set.labels.cpu() * k + predicted, minlength=k * k).view(k, k)
    right = confusion.diagonal()
    return Evaluation(
        loss=loss.item() / len(image_set),
        accuracy=right.sum().item() / len(image_set),
        per_class=right / confusion.sum(1).double(),
        confusion=confusion,
        classes=image_set.classes,
        predictions=predicted,
        is_stand_in=image_set.is_stand_in,
    )


def check_ready(model: nn.Module, image_set: ImageSet) -> None:
    """Check that there are images, on the model's device.

    Raises:
        ValueError: if the set is empty, or model and images are on different devices.
    """
    if len(image_set) == 0:
        raise ValueError("the image set is empty")
    parameter = next(model.parameters(), None)
    if parameter is not None and parameter.device != image_set.device:
        raise ValueError(
            f"the model is on {parameter.device}, but the images are on {image_set.device}: move both to one device, "
            "for instance by model.to(device) and image_set.to(device)"
        )


def checked_logits(logits: Tensor, labels: Tensor, image_set: ImageSet) -> Tensor:
    """Return the logits if they have a row for each label and a column for each class.

    Raises:
        ValueError: if they have another shape.
    """
    expected = (len(labels), len(image_set.classes))
    if logits.shape != expected:
        raise ValueError(
            f"the model's output has shape {tuple(logits.shape)}, but {expected} is needed: "
            "a row for each image, a logit for each class"
        )
    return logits


def common_classes(evaluations: Mapping[str, Evaluation]) -> tuple[str, ...]:
    """Return the classes that all evaluations have.

    Raises:
        ValueError: if there is no evaluation, or the classes differ.
    """
    classes = {evaluation.classes for evaluation in evaluations.values()}
    if len(classes) != 1:
        raise ValueError("give at least one evaluation, and only evaluations over the same classes")
    return classes.pop()


@contextmanager
def _evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Put a model into evaluation mode for a block; each module gets its own mode back, even one that was frozen."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
