"""Measuring a `predict` function: altered images, counted answers, clear reasons."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from helpers.accuracy import Measured, altered, measure
from helpers.checks import CheckError


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(1)


def bright(labels: Tensor, side: int = 5) -> Tensor:
    """Return images of one colour, which is their class: mirroring and shifting change nothing."""
    return (labels * 20).byte().view(-1, 1, 1, 1).expand(-1, 3, side, side).contiguous()


def by_colour(images: Tensor) -> Tensor:
    return images[:, 0, 0, 0].long() // 20


def test_all_images_are_shown_once_in_another_order(generator: torch.Generator) -> None:
    labels = torch.arange(50)
    images, changed = altered(labels.view(-1, 1, 1, 1).expand(-1, 3, 4, 6).byte(), labels, generator)
    assert images.shape == (50, 3, 4, 6)
    assert images.dtype == torch.uint8
    assert changed.sort().values.equal(labels)
    assert not changed.equal(labels)
    assert images[:, 0, 0, 0].long().equal(changed)


def test_images_are_mirrored_and_moved_by_a_pixel_at_most(generator: torch.Generator) -> None:
    """Each pixel holds its row and column, so that one sees where it has moved."""
    rows, columns = torch.meshgrid(torch.arange(4), torch.arange(6), indexing="ij")
    images, _ = altered(torch.stack([rows, columns]).expand(200, 2, 4, 6), torch.zeros(200).long(), generator)
    ways = set()
    for image in images:
        down, inner = int(image[0, 2, 0]) - 2, image[1, 0, 1:-1]
        mirrored = bool(inner[0] > inner[-1])
        across = int(image[1, 0, 2]) - (3 if mirrored else 2)
        ways.add((down, across, mirrored))
        assert image[0].equal((rows + down).clamp(0, 3))
    assert ways == {(d, a, m) for d in (-1, 0, 1) for a in (-1, 0, 1) for m in (False, True)}


def test_the_images_passed_in_stay_as_they_are(generator: torch.Generator) -> None:
    images = torch.rand(5, 3, 4, 4, generator=generator)
    before = images.clone()
    altered(images, torch.arange(5), generator)
    assert images.equal(before)


def test_rightly_classified_images_are_counted() -> None:
    labels = torch.arange(10).repeat(45)
    assert measure(by_colour, bright(labels), labels, seed=1).accuracy == 1
    half = measure(lambda images: by_colour(images) // 2 * 2, bright(labels), labels, seed=1)
    assert (half.right, half.images, half.accuracy) == (225, 450, 0.5)
    assert half.standard_error == pytest.approx(math.sqrt(0.25 / 450))
    assert str(half).startswith("50.0 % of 450 images are right (standard error 2.4 %)")


def test_a_seed_repeats_what_is_shown() -> None:
    labels = torch.arange(10).repeat(30)
    shown: list[list[Tensor]] = []
    for seed in (1, 1, 2):
        batches: list[Tensor] = []

        def predict(images: Tensor, batches: list[Tensor] = batches) -> Tensor:
            batches.append(images)
            return by_colour(images)

        measure(predict, bright(labels), labels, seed=seed)
        shown.append(batches)
    first, again, other = (torch.cat(batches) for batches in shown)
    assert first.equal(again)
    assert not first.equal(other)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda n: torch.zeros(n, 10), r"expected the shape \(200,\), got \(200, 10\)"),
        (lambda n: torch.zeros(n - 1, dtype=torch.int64), r"expected the shape \(200,\), got \(199,\)"),
        (lambda n: torch.zeros(n), "expected the dtype torch.int64, got torch.float32"),
        (lambda n: [0] * n, "expected a tensor, got"),
        (lambda n: torch.arange(n) % 10 + 1, "class numbers go from 0 to 9, got 1 to 10"),
        (lambda n: torch.full((n,), -1), "class numbers go from 0 to 9, got -1 to -1"),
        (lambda n: torch.full((n,), 7), "names class 7 for each of 300 images"),
    ],
)
def test_an_answer_that_is_no_class_numbers_is_explained(answer: object, reason: str) -> None:
    assert callable(answer)
    labels = torch.arange(10).repeat(30)
    with pytest.raises(CheckError, match=reason):
        measure(lambda images: answer(len(images)), bright(labels), labels, seed=1)


def test_an_error_in_predict_is_reported() -> None:
    def predict(images: Tensor) -> Tensor:
        raise FileNotFoundError("No such file: classifier.safetensors")

    with pytest.raises(CheckError, match=r"raised FileNotFoundError: No such file: classifier.safetensors"):
        measure(predict, bright(torch.arange(10)), torch.arange(10), seed=1)


def test_a_slow_network_is_measured_on_what_it_manages(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = torch.arange(10).repeat(100)
    clock = iter(range(0, 1000, 10))  # ten seconds pass between two readings of the clock
    monkeypatch.setattr("helpers.accuracy.time.monotonic", lambda: next(clock))
    measured = measure(by_colour, bright(labels), labels, seed=1, seconds=25)
    assert (measured.accuracy, measured.images) == (1, 600)


def test_a_predict_that_is_too_slow_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = torch.arange(10).repeat(100)
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("helpers.accuracy.time.monotonic", lambda: next(clock))
    with pytest.raises(CheckError, match="predict is too slow: 200 images took 20 s"):
        measure(by_colour, bright(labels), labels, seed=1, seconds=5)


def test_a_figure_without_errors_has_no_standard_error() -> None:
    assert Measured(10, 10, 1.0).standard_error == 0
