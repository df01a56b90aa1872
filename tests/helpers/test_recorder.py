"""A recorder notes which images a loop passes through a network, together and in which mode."""

from __future__ import annotations

import torch
from torch import nn

from helpers.recorder import MOST, Recorder, numbered


def recorder() -> Recorder:
    return Recorder(nn.Sequential(nn.Flatten(), nn.Linear(4, 3)))


def test_each_pass_is_noted() -> None:
    images, net = numbered(torch.rand(200, 1, 2, 2)), recorder()
    net(images[[5, 199]])
    with torch.no_grad():
        net.eval()(images[:0])
        net(images[7:8])
    assert net.passes() == [([5, 199], True, True), ([7], False, False)]


def test_the_output_is_that_of_the_network() -> None:
    images, net = numbered(torch.rand(3, 1, 2, 2)), recorder()
    assert torch.equal(net(images), net.net(images))


def test_images_beyond_the_limit_are_not_noted() -> None:
    net = recorder()
    net(torch.zeros(MOST - 1, 1, 2, 2))
    net(torch.zeros(5, 1, 2, 2))
    assert [len(images) for images, _, _ in net.passes()] == [MOST - 1, 1]
