"""Threads wait actively on a quiet machine, and briefly on a busy one."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers.waiting import Reading, Watch, is_busy, read, watch_waiting

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only GCC's OpenMP can be told while it runs")

STAT = """\
cpu  900 0 900 2000 300 0 0 0 0 0
cpu0 300 0 300 1000 50 0 0 0 0 0
cpu1 300 0 300 600 50 0 0 0 0 0
cpu2 300 0 300 400 200 0 0 0 0 0
intr 14657704 0 0
"""


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Watch]:
    """Collects watches instead of starting them, on a machine with four cores."""
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    found: list[Watch] = []
    monkeypatch.setattr(Watch, "start", lambda watch: found.append(watch))
    return found


@pytest.mark.parametrize(
    ("used", "idle", "busy"),
    [
        (2.0, 0.0, False),  # it has both cores
        (0.0, 2.0, False),  # it does nothing, nor does anyone else
        (1.3, 0.6, False),
        (1.1, 0.0, True),  # a neighbour counts
        (0.0, 1.0, True),  # a neighbour waits for it to begin
        (0.7, 0.1, True),
    ],
)
def test_a_machine_is_busy_if_a_thread_finds_no_core(used: float, idle: float, busy: bool) -> None:
    assert is_busy(Reading(5.0, 3.0, 7.0), Reading(6.0, 3.0 + used, 7.0 + idle), threads=2) == busy


def test_only_cores_that_the_process_may_run_on_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "stat").write_text(STAT)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2})
    assert read(tmp_path).idle * os.sysconf("SC_CLK_TCK") == 1000 + 50 + 400 + 200


def test_this_machine_can_be_read() -> None:
    before, now = read(), read()
    assert now.at > before.at
    assert now.used >= before.used >= 0
    assert now.idle >= before.idle > 0


def test_on_a_busy_machine_there_are_more_threads_than_cores() -> None:
    def number() -> int:
        return len(os.listdir("/proc/self/task"))

    watch, before, computing = Watch(1), number(), torch.get_num_threads()
    watch.turn(busy=True)
    crowded = number()
    watch.turn(busy=True)
    assert number() == crowded > before + len(os.sched_getaffinity(0))
    assert torch.get_num_threads() == computing
    watch.turn(busy=False)
    while number() >= crowded:  # they end by themselves
        os.sched_yield()


@pytest.mark.usefixtures("two_threads")
def test_how_threads_wait_changes_no_number() -> None:
    def weights(*busy: bool) -> torch.Tensor:
        torch.manual_seed(0)
        model, watch = nn.Sequential(nn.Conv2d(3, 16, 5), nn.Flatten(), nn.Linear(16 * 28 * 28, 10)), Watch(2)
        optimizer, images = torch.optim.SGD(model.parameters(), 0.01), torch.randn(50, 3, 32, 32)
        for now in busy:
            watch.turn(now)
            optimizer.zero_grad()
            model(images).square().mean().backward()
            optimizer.step()
        watch.turn(busy=False)
        return nn.utils.parameters_to_vector(model.parameters()).detach()

    assert torch.equal(weights(False, True, True, False), weights(False, False, False, False))


def test_one_watch_is_enough(started: list[Watch], monkeypatch: pytest.MonkeyPatch) -> None:
    watch_waiting(4)
    assert len(started) == 1
    monkeypatch.setattr(threading, "enumerate", lambda: started)
    watch_waiting(4)
    assert len(started) == 1


def test_one_thread_waits_for_nobody(started: list[Watch]) -> None:
    watch_waiting(1)
    assert not started


def test_with_more_threads_than_cores_there_is_nothing_to_watch(started: list[Watch]) -> None:
    watch_waiting(5)
    assert not started


@pytest.mark.parametrize(("name", "value"), [("OMP_WAIT_POLICY", "active"), ("GOMP_SPINCOUNT", "0")])
def test_a_users_own_setting_wins(name: str, value: str, started: list[Watch], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    watch_waiting(4)
    assert not started
