"""How many cores a process may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from helpers.cores import usable_cores

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has control groups")

VERSION_1 = "11:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f\n3:cpuset:/docker/1f"


@pytest.fixture(autouse=True)
def _many_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))


def machine(root: Path, groups: str, files: Mapping[str, str]) -> Path:
    """Write what Linux says of a process's control groups."""
    for name, text in {"proc/self/cgroup": groups, **{f"sys/fs/cgroup/{name}": files[name] for name in files}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{text}\n")
    return root


@pytest.mark.parametrize(
    ("groups", "files", "cores"),
    [
        ("0::/", {"cpu.max": "200000 100000"}, 2),
        ("0::/", {"cpu.max": "250000 100000"}, 2),
        ("0::/", {"cpu.max": "50000 100000"}, 1),
        ("0::/", {"cpu.max": "max 100000"}, 64),
        ("0::/", {"cpu.max": "9900000 100000"}, 64),
        ("0::/", {}, 64),
        ("0::/user/lab", {"user/lab/cpu.max": "max 100000", "user/cpu.max": "300000 100000"}, 3),
        ("0::/user/lab", {"user/lab/cpu.max": "400000 100000", "user/cpu.max": "800000 100000"}, 4),
        (VERSION_1, {"cpu/docker/1f/cpu.cfs_quota_us": "200000", "cpu/docker/1f/cpu.cfs_period_us": "100000"}, 2),
        (VERSION_1, {"cpu/cpu.cfs_quota_us": "200000", "cpu/cpu.cfs_period_us": "50000"}, 4),  # seen from inside
        (VERSION_1, {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 64),
        (VERSION_1, {"cpu.max": "100000 100000"}, 64),  # of version 2, in which this process is not
    ],
)
def test_a_quota_counts(groups: str, files: Mapping[str, str], cores: int, tmp_path: Path) -> None:
    assert usable_cores(machine(tmp_path, groups, files)) == cores


def test_without_control_groups_all_cores_count_that_the_process_may_run_on(tmp_path: Path) -> None:
    assert usable_cores(tmp_path) == 64
