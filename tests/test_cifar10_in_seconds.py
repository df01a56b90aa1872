"""The script for one GPU does on a CPU what its functions say."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from docs.cifar10_in_seconds import (
    BothSides,
    Network,
    Recipe,
    augment,
    batches,
    cut_out,
    one_cycle,
    optimizer_for,
    train,
    whitening,
)
from tests.conftest import ROOT

SMALL = (8, 8, 8)
SIDES = torch.arange(32.0).expand(64, 3, 32, 32)  # brighter to the right: each image shows whether it is mirrored


def test_whitened_patches_are_uncorrelated_and_equally_strong() -> None:
    smooth = F.avg_pool2d(torch.randn(200, 3, 34, 34), 3, stride=1)  # neighbours are alike, as in pictures
    filters = whitening(smooth)
    assert filters.shape == (24, 3, 2, 2)
    outputs = F.conv2d(smooth - smooth.mean((0, 2, 3), keepdim=True), filters).transpose(0, 1).flatten(1)
    torch.testing.assert_close(outputs[:12], -outputs[12:])
    covariance = outputs[:12].cov()
    assert covariance.diagonal().max() <= 1.01
    assert covariance.diagonal().min() > 0.9
    assert (covariance - covariance.diagonal().diag()).abs().max() < 0.01


@pytest.mark.parametrize(("down", "right"), [(0, 0), (2, -1), (-2, 2), (4, 4)])
def test_a_shifted_image_is_a_part_of_the_image_padded_by_reflection(down: int, right: int) -> None:
    images = torch.randn(2, 3, 6, 7)
    moved = augment(images, torch.tensor([False, True]), torch.full((2,), down), torch.full((2,), right))
    for before, after in zip((images[0], images[1].flip(2)), moved, strict=True):
        padded = F.pad(before, (4, 4, 4, 4), "reflect")
        assert torch.equal(after, padded[:, 4 - down :, 4 - right :][:, :6, :7])
    assert moved.is_contiguous(memory_format=torch.channels_last)


def test_images_get_shifts_of_their_own() -> None:
    images = torch.randn(1, 1, 5, 5).expand(3, -1, -1, -1)
    down, right = torch.tensor([0, 1, 2]), torch.tensor([1, 0, -2])
    together = augment(images, torch.tensor([True, False, True]), down, right)
    alone = [augment(images[:1], torch.tensor([n != 1]), down[[n]], right[[n]]) for n in range(3)]
    assert torch.equal(together, torch.cat(alone))


def test_two_epochs_show_both_sides_of_each_image() -> None:
    recipe = Recipe(epochs=4, batch=16, shift=0)
    seen = list(batches(SIDES, torch.arange(64), recipe))
    mirrored = torch.zeros(4, 64, dtype=torch.bool)
    for step, (images, numbers) in enumerate(seen):
        mirrored[step // 4, numbers] = images[:, 0, 0, 0] == 31
    assert 0 < mirrored[0].sum() < 64
    assert torch.equal(mirrored[1], ~mirrored[0])
    assert torch.equal(mirrored[2:], mirrored[:2])


def test_each_image_comes_once_in_an_epoch() -> None:
    seen = [numbers for _, numbers in batches(SIDES, torch.arange(64), Recipe(epochs=1, batch=16))]
    assert torch.cat(seen).sort().values.equal(torch.arange(64))


def test_an_epoch_has_whole_batches_only() -> None:
    seen = [len(numbers) for _, numbers in batches(SIDES, torch.arange(64), Recipe(epochs=2, batch=30))]
    assert seen == [30] * 4


def test_a_hole_is_a_square_in_each_image() -> None:
    cut = cut_out(torch.ones(2, 3, 8, 8), 3, torch.tensor([0, 5]), torch.tensor([4, 5]))
    assert cut[0, :, :3, 4:7].eq(0).all()
    assert cut[1, :, 5:, 5:].eq(0).all()
    assert cut.sum() == 2 * 3 * (64 - 9)


def test_a_recipe_with_a_hole_cuts_one_out_of_every_image() -> None:
    (images, _), *_ = batches(SIDES + 1, torch.arange(64), Recipe(epochs=1, batch=16, hole=5))
    assert images.eq(0).sum((1, 2, 3)).eq(3 * 25).all()


def test_the_learning_rate_rises_and_falls_in_straight_lines() -> None:
    assert [round(one_cycle(done, 0.2), 3) for done in (0, 0.1, 0.2, 0.6, 1)] == [0, 0.5, 1, 0.5, 0]


def test_biases_learn_faster_and_do_not_decay() -> None:
    network = Network(torch.randn(9, 3, 32, 32), SMALL)
    weights, biases = optimizer_for(network, Recipe(peak=0.5, bias_rate=8, weight_decay=0.1)).param_groups
    assert (weights["lr"], weights["weight_decay"]) == (0.5, 0.1)
    assert (biases["lr"], biases["weight_decay"]) == (4.0, 0)
    assert {len(one.shape) for one in biases["params"]} == {1}
    assert len(biases["params"]) == 6  # one for each normalisation


def test_a_network_learns_and_its_filters_stay() -> None:
    torch.manual_seed(1)
    labels = torch.arange(256) % 4
    images = 0.3 * torch.randn(256, 3, 32, 32) + F.one_hot(labels, 4)[:, :3, None, None]
    network = Network(images, SMALL)
    before = network.whiten.weight.clone()
    average = train(network, images, labels, Recipe(epochs=8, batch=32, peak=0.2))
    assert torch.equal(network.whiten.weight, before)
    assert (average.eval()(images).argmax(1) == labels).float().mean() > 0.9


def test_every_five_steps_the_weights_go_on_from_their_average() -> None:
    images, labels = torch.randn(80, 3, 32, 32), torch.arange(80) % 10
    network = Network(images, SMALL)
    average = train(network, images, labels, Recipe(epochs=1, batch=8))
    for name, tensor in average.state_dict().items():
        assert torch.equal(tensor, network.state_dict()[name]), name


def test_it_runs_with_what_students_have() -> None:
    assert "helpers.grading" not in (ROOT / "docs" / "cifar10_in_seconds.py").read_text(encoding="utf-8")


def test_both_sides_are_asked() -> None:
    model = BothSides(nn.Flatten())
    images = torch.randn(2, 1, 3, 3)
    assert torch.equal(model(images), model(images.flip(3)))
