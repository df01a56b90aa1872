"""How fast a training is beside busy neighbours, with different settings of OpenMP.

    python -m tests.bench_threads [LeNet DeepLeNet]

Each setting is a process of its own, for OpenMP reads its variables once. All take turns, first on a quiet machine,
then beside neighbours: processes that only count, or another training with the same setting. One run is one round, of
about a minute a network. `build/bench-threads.json` keeps all rounds, and their medians are shown.

All processes are of one session, so Linux shares the cores equally between their threads. With C cores and W threads of
neighbours, a training that uses all cores is entitled to the **fair share** C / (C + W) of the best speed on a quiet
machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

import torch
from rich.console import Console
from rich.table import Table
from torch.nn import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from torch.nn import functional as F

from helpers.cores import usable_cores
from helpers.device import startup

RESULTS = Path(__file__).resolve().parents[1] / "build" / "bench-threads.json"
SETTLE, MEASURE = 1.2, 0.8  # seconds of training before a measurement, while `Watch` looks, and in it
BATCH = 100
QUIET, TRAINING = "none", "a training"
NEIGHBOURS = (QUIET, "1", "2", "4", TRAINING)
NETWORKS = ("LeNet", "DeepLeNet")


class Setting(NamedTuple):
    """What a training runs with.

    Attributes:
        by_course: whether it begins with `startup`, as a lab does.
        threads: 0 for PyTorch's own choice.
    """

    environment: Mapping[str, str] = {}
    threads: int = 0
    by_course: bool = False


SETTINGS = {
    "PyTorch's own": Setting(),
    "one thread": Setting(threads=1),
    "OMP_WAIT_POLICY=passive": Setting({"OMP_WAIT_POLICY": "passive"}),
    "the course's": Setting(by_course=True),
}


class Training:
    """A process that trains when it is asked to."""

    def __init__(self, setting: str, network: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench_threads", "train", setting, network],
            env={**environment, **SETTINGS[setting].environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Training:
        self._answer()  # it is ready
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self, settle: float, measure: float) -> None:
        self._process.stdin.write(f"{settle} {measure}\n")
        self._process.stdin.flush()

    def measure(self) -> tuple[float, float]:
        """Return images a second, and how many cores it used."""
        self.begin(SETTLE, MEASURE)
        images, cores = self._answer()
        return images, cores

    def _answer(self) -> list[float]:
        return json.loads(self._process.stdout.readline())


def train(setting: str, network: str) -> None:
    """Train for as long as each line of stdin says; answer on stdout with images a second and cores used."""
    answers, sys.stdout = sys.stdout, sys.stderr  # `startup` prints a line
    if SETTINGS[setting].by_course:
        startup(seed=0)
    if SETTINGS[setting].threads:
        torch.set_num_threads(SETTINGS[setting].threads)
    model = _network(network)
    images, labels = torch.randn(BATCH, 3, 32, 32), torch.randint(10, (BATCH,))
    optimizer = torch.optim.SGD(model.parameters(), 0.01, 0.9, nesterov=True)

    def train_for(seconds: float) -> list[float]:
        start, used, steps = perf_counter(), process_time(), 0
        while (taken := perf_counter() - start) < seconds:
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps += 1
        return [BATCH * steps / taken, (process_time() - used) / taken] if steps else []

    train_for(0.3)
    print("[]", file=answers, flush=True)
    for line in sys.stdin:
        settle, measure = map(float, line.split())
        train_for(settle)
        print(json.dumps(train_for(measure)), file=answers, flush=True)


def _network(name: str) -> Sequential:
    """The networks of lab 7."""
    maps, sizes = {
        "LeNet": (((3, 6, 5), (6, 16, 5)), (400, 120, 84)),
        "DeepLeNet": (((3, 32, 5), (32, 64, 3), (64, 128, 3)), (512, 200, 200)),
    }[name]
    convolutions = (layer for sides in maps for layer in (Conv2d(*sides), ReLU(), MaxPool2d(2)))
    linear = (layer for pair in pairwise(sizes) for layer in (Linear(*pair), ReLU()))
    return Sequential(*convolutions, Flatten(), *linear, Linear(sizes[-1], 10))


@contextmanager
def neighbours(kind: str, setting: str, network: str) -> Iterator[None]:
    """Keep the machine busy in this block."""
    with ExitStack() as stack:
        if kind == TRAINING:
            stack.enter_context(Training(setting, network)).begin(settle=3600, measure=0)
        elif kind != QUIET:
            for _ in range(int(kind)):
                process = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
                stack.callback(process.kill)
        yield


def run_round(network: str) -> dict[str, dict[str, tuple[float, float]]]:
    """Measure all settings once beside each kind of neighbours: images a second, and cores used."""
    with ExitStack() as stack:
        trainings = {setting: stack.enter_context(Training(setting, network)) for setting in SETTINGS}
        found: dict[str, dict[str, tuple[float, float]]] = {setting: {} for setting in SETTINGS}
        for kind in NEIGHBOURS:
            for setting, training in trainings.items():
                with neighbours(kind, setting, network):
                    found[setting][kind] = training.measure()
    return found


def show(network: str, rounds: list[dict[str, dict[str, tuple[float, float]]]]) -> Table:
    """Return a table of medians, in images a second, and of the fair share."""
    speeds = {
        setting: {kind: median(found[setting][kind][0] for found in rounds) for kind in NEIGHBOURS}
        for setting in SETTINGS
    }
    best, cores = max(speed[QUIET] for speed in speeds.values()), usable_cores()
    wanted = {kind: cores if kind == TRAINING else 0 if kind == QUIET else int(kind) for kind in NEIGHBOURS}
    table = Table(
        "setting", *NEIGHBOURS, title=f"{network}, {len(rounds)} rounds: images a second (percent of the fair share)"
    )
    for setting, speed in speeds.items():
        shares = [100 * speed[kind] / (best * cores / (cores + wanted[kind])) for kind in NEIGHBOURS]
        cells = (f"{speed[kind]:,.0f} ({share:.0f} %)" for kind, share in zip(NEIGHBOURS, shares, strict=True))
        table.add_row(setting, *cells)
    return table


def main(networks: list[str]) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no neighbour is left behind
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    console = Console()
    for network in networks:
        results.setdefault(network, []).append(run_round(network))
        RESULTS.write_text(json.dumps(results))
        console.print(show(network, results[network]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        train(*sys.argv[2:])
    else:
        main(sys.argv[1:] or list(NETWORKS))
