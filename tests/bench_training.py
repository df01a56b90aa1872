"""How fast training is: the documents' way, and `helpers.train.fit`, with the labs' own networks in one process.

    python -m tests.bench_training [--models "LeNet, MNIST" "Model A"] [--seconds 3] [--device cpu] [--accuracy]

The documents' way is their loop, batch size, optimizer and `DataLoader`, whose dataset makes a PIL image and transforms
it, as torchvision's do. The limit is the same model, stepped as `fit` steps it over batches that are ready in memory.
All three take turns. With `--accuracy`, each way trains until it reaches the accuracy that a document prints; that
takes minutes.

Prints tables, and writes them and a figure to `build/bench-training/`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from helpers.data import BatchSource, ImageSet, load
from helpers.device import pick_device, synchronize
from helpers.evaluation import evaluate
from helpers.grading.labs import find_labs
from helpers.numerics import choose_numerics
from helpers.style import COLOURS, HATCHES, house_style, label, legend_below
from helpers.train import fit

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "bench-training"
REPETITIONS = 5
READY = 40  # batches that lie ready for the limit


@dataclass(frozen=True)
class Document:
    """How a course document trains: its mean and std for `transforms.Normalize` (None: it does not normalise)."""

    batch_size: int
    lr: float
    momentum: float = 0.0
    figures: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    workers: int = 0
    epochs: int = 5


@dataclass(frozen=True)
class Case:
    """A network of a lab, how a document trains it, and how `fit` does.

    Attributes:
        lab: the lab's folder.
        cells: ids of the cells that define the network.
        make: an expression that makes it.
        data: name of the data set.
        document: how the document trains it.
        settings: for `fit`.
        goal: accuracy that the document prints.
    """

    lab: str
    cells: tuple[str, ...]
    make: str
    data: str
    document: Document
    settings: dict[str, Any]
    goal: float

    def network(self) -> Callable[[], nn.Module]:
        """Return what makes the network, from the lab's own solutions."""
        (lab,) = (lab for lab in find_labs(ROOT / "source") if lab.assignment == self.lab)
        sources = {cell.id: cell.source for cell in lab.read().cells}
        names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "Tensor": Tensor, "math": math}
        for cell in self.cells:
            exec(sources[cell], names)
        return lambda: eval(self.make, names)  # type: ignore[no-any-return]


HALVES = ((0.5,) * 3, (0.5,) * 3)
# Document T's mean and std. It also enlarges images to 32×32, which is left out: LeNet takes 28×28 too, and both ways
# shall train the same network.
TUTORIAL = Document(64, lr=0.01, momentum=0.5, figures=((0.1307,), (0.3081,)))
WIZARD = Document(100, lr=0.01)
# Document L shows the loader and refers to PyTorch's tutorial for the rest.
SLIDES = Document(4, lr=0.001, momentum=0.9, figures=HALVES, workers=2, epochs=2)
# Documents E and L show no training of these. So: E's loader, with the workers that two cores can use.
LOADER = Document(100, lr=0.01, momentum=0.9, figures=HALVES, workers=2)

MODELS = ("lab06-models", ("w-a-width", "w-a-model"))
EFFICIENT = ("stages", "l7-round", "l7-se", "conv-norm", "l7-mbconv", "l7-net")
WEEK_8 = 0.6223  # the mean of the ten classes on document L's slide 33

CASES = {
    "LeNet, MNIST": Case(
        *("lab05-lenet", ("k25-sizes", "k26-lenet"), "LeNet()", "mnist", TUTORIAL),
        *({"batch_size": 100, "lr": 0.1, "epochs": 4}, 0.9836),
    ),
    "Model A": Case(
        *(*MODELS, "CNNModel('same', 'max')", "mnist", WIZARD),
        *({"batch_size": 100, "lr": 0.1, "epochs": 1}, 0.9704),
    ),
    "Model B": Case(
        *(*MODELS, "CNNModel('same', 'average')", "mnist", WIZARD),
        *({"batch_size": 100, "lr": 0.1, "epochs": 1}, 0.9359),
    ),
    "Model C": Case(
        *(*MODELS, "CNNModel('valid', 'max')", "mnist", WIZARD),
        *({"batch_size": 100, "lr": 0.1, "epochs": 1}, 0.965),
    ),
    "LeNet, CIFAR-10": Case(
        *("lab07-cifar10", ("l6-lenet",), "LeNet()", "cifar10", SLIDES),
        *({"batch_size": 128, "lr": 0.1, "epochs": 6}, WEEK_8),
    ),
    "DeepLeNet": Case(
        *("lab07-cifar10", ("e-deeplenet-sizes", "e-deeplenet-network"), "DeepLeNet()", "cifar10", LOADER),
        *({"batch_size": 100, "lr": 0.1, "epochs": 2}, WEEK_8),
    ),
    "EfficientNet": Case(
        *("lab09-efficientnet", EFFICIENT, "EfficientNet(0.25, 0.5)", "cifar10", LOADER),
        *({"batch_size": 128, "lr": 0.3, "epochs": 2, "weight_decay": 5e-4}, WEEK_8),
    ),
}


class Pictures(Dataset[tuple[Tensor, int]]):
    """An image set as torchvision gives it: a PIL image, transformed when it is asked for."""

    def __init__(self, image_set: ImageSet, document: Document) -> None:
        pixels = image_set.images.cpu().permute(0, 2, 3, 1)
        self.pixels = (pixels[..., 0] if pixels.shape[-1] == 1 else pixels).contiguous().numpy()
        self.labels = image_set.labels.tolist()
        steps: list[Callable[[Any], Any]] = [transforms.ToTensor()]
        if document.figures:
            steps.append(transforms.Normalize(*document.figures))
        self.transform = transforms.Compose(steps)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.pixels[index])), self.labels[index]


class DocumentsWay:
    """A document's training, which can be stopped and continued."""

    def __init__(self, case: Case, model: nn.Module, train_set: ImageSet, device: torch.device) -> None:
        self.model, self.device, self.document = model, device, case.document
        self.optimizer = torch.optim.SGD(model.parameters(), lr=case.document.lr, momentum=case.document.momentum)
        self.loader = DataLoader(
            Pictures(train_set, case.document),
            batch_size=case.document.batch_size,
            shuffle=True,
            num_workers=case.document.workers,
        )
        self.batches = self._forever()

    def _forever(self) -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            yield from self.loader

    def steps(self, number: int) -> float:
        """Take steps, and return the seconds."""
        self.model.train()
        start = perf_counter()
        for images, labels in islice(self.batches, number):
            images, labels = images.to(self.device), labels.to(self.device)
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.model(images), labels)
            loss.backward()
            self.optimizer.step()
            loss.item()  # all documents print it, or add it up
        return perf_counter() - start

    def accuracy(self, test_set: ImageSet) -> float:
        """The accuracy on images that are normalised as the document does."""
        mean, std = self.document.figures or ((0.0,) * len(test_set.mean), (1.0,) * len(test_set.std))
        return evaluate(self.model, ImageSet(**{**vars(test_set), "mean": mean, "std": std})).accuracy


class Limit:
    """The same steps as in `fit`, over batches that lie ready."""

    def __init__(self, case: Case, model: nn.Module, train_set: ImageSet) -> None:
        self.model, size = model, case.settings["batch_size"]
        self.numerics = choose_numerics(model, train_set.device, size)
        source = BatchSource(train_set, self.numerics.channels_last)
        self.ready = list(source.draw(torch.randint(len(train_set), (READY * size,)), size))
        fused = train_set.device.type in ("cpu", "cuda")
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True, fused=fused)

    def steps(self, number: int) -> float:
        """Take steps, and return the seconds."""
        self.model.train()
        start = perf_counter()
        for step in range(number):
            images, labels = self.ready[step % READY]
            with torch.autocast(images.device.type, torch.bfloat16, enabled=self.numerics.bfloat16):
                logits = self.model(images)
            loss = F.cross_entropy(logits.float(), labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        synchronize(images.device)
        return perf_counter() - start


@dataclass
class Speed:
    """Images a second in each repetition, by way; and how `fit` computes."""

    document: list[float] = field(default_factory=list)
    fit: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    numerics: str = ""

    def ratio(self) -> float:
        """How many times as fast as the document's way `fit` is: the median over the repetitions."""
        return statistics.median(ours / theirs for ours, theirs in zip(self.fit, self.document, strict=True))

    def share(self) -> float:
        """Which share of the limit `fit` reaches, likewise."""
        return statistics.median(ours / most for ours, most in zip(self.fit, self.limit, strict=True))


def measure(case: Case, seconds: float, device: torch.device) -> Speed:
    """Let the three ways take turns, each for about so many seconds."""
    make = case.network()
    train_set = load(case.data).to(device)
    size = case.settings["batch_size"]
    document = DocumentsWay(case, make().to(device), train_set, device)
    limit, model = Limit(case, make().to(device), train_set), make().to(device)
    numbers = {}
    for way in (document, limit):
        way.steps(3)
        numbers[way] = max(3, round(seconds * 10 / way.steps(10)))
    images = train_set[torch.arange(numbers[limit] * size) % len(train_set)]
    speed = Speed()
    for repetition in range(-1, REPETITIONS):  # the first one warms up
        theirs = numbers[document] * case.document.batch_size / document.steps(numbers[document])
        history = fit(model, images, epochs=1, batch_size=size, lr=0.01, progress=False)
        most = numbers[limit] * size / limit.steps(numbers[limit])
        speed.numerics = history.numerics
        if repetition >= 0:
            speed.document.append(theirs)
            speed.fit.append(len(images) / history.seconds[0])
            speed.limit.append(most)
    return speed


@dataclass
class Reached:
    """Seconds of each way to its accuracy. The document's way stops at its goal, or after its own number of epochs."""

    document_seconds: float
    document_accuracy: float
    fit_seconds: float
    fit_accuracy: float


def reach(case: Case, device: torch.device) -> Reached:
    """Train both ways; times hold training, and for `fit` also the measurement at its end."""
    make, train_set, test_set = case.network(), load(case.data).to(device), load(case.data, train=False).to(device)
    torch.manual_seed(1)
    model = make().to(device)
    start = perf_counter()
    fit(model, train_set, seed=1, progress=False, **case.settings)
    ours = evaluate(model, test_set).accuracy
    fit_seconds = perf_counter() - start
    torch.manual_seed(1)
    document = DocumentsWay(case, make().to(device), train_set, device)
    seconds = accuracy = 0.0
    for _ in range(case.document.epochs):
        seconds += document.steps(len(document.loader))
        accuracy = document.accuracy(test_set)
        if accuracy >= case.goal:
            break
    return Reached(seconds, accuracy, fit_seconds, ours)


def conditions(device: torch.device) -> str:
    """What the figures depend on."""
    return (
        f"PyTorch {torch.__version__} on {device}, {torch.get_num_threads()} threads, "
        f"{torch.backends.cpu.get_cpu_capability()}, "
        f"AMX: {'yes' if torch.cpu.get_capabilities().get('amx_bf16') else 'no'}, "
        f"load average {os.getloadavg()[0]:.1f}"
    )


def speed_table(speeds: dict[str, Speed]) -> Table:
    table = Table("network", "document's way", "fit", "times faster", "share of the limit", "how fit computes")
    for name, speed in speeds.items():
        theirs, ours = statistics.median(speed.document), statistics.median(speed.fit)
        table.add_row(
            name, f"{theirs:,.0f}/s", f"{ours:,.0f}/s", f"{speed.ratio():.1f}", f"{speed.share():.0%}", speed.numerics
        )
    return table


def accuracy_table(reached: dict[str, Reached]) -> Table:
    table = Table("network", "goal", "document's way", "fit")
    for name, times in reached.items():
        table.add_row(
            name,
            f"{CASES[name].goal:.2%}",
            f"{times.document_accuracy:.2%} in {times.document_seconds:.1f} s",
            f"{times.fit_accuracy:.2%} in {times.fit_seconds:.1f} s",
        )
    return table


@house_style
def draw(speeds: dict[str, Speed]) -> Figure:
    """Images a second: three bars for each network."""
    figure, axis = plt.subplots(figsize=(8.4, 4))
    for place, way in enumerate(("document", "fit", "limit")):
        heights = [statistics.median(getattr(speed, way)) for speed in speeds.values()]
        positions = [place * 0.27 + network for network in range(len(speeds))]
        name = {"document": "the document's way", "fit": "fit", "limit": "batches ready in memory"}[way]
        axis.bar(positions, heights, 0.25, color=COLOURS[place], hatch=HATCHES[place], label=name)
    axis.set_yscale("log")
    axis.set_xticks([network + 0.27 for network in range(len(speeds))], list(speeds), rotation=15)
    label(axis, "Training", "", "images a second")
    legend_below(figure, axis, 3)
    return figure


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> None:
    parser = argparse.ArgumentParser(description="Measure how fast training is.")
    parser.add_argument("--models", nargs="+", choices=CASES, default=list(CASES), metavar="NAME")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each way, in each of five repetitions")
    parser.add_argument("--device", type=torch.device, default=pick_device())
    parser.add_argument("--accuracy", action="store_true", help="time to the documents' accuracies instead")
    options = parser.parse_args(arguments)
    console = Console()
    folder.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {"conditions": conditions(options.device)}
    console.print(report["conditions"])
    chosen = {name: CASES[name] for name in options.models}
    if options.accuracy:
        reached = {name: reach(case, options.device) for name, case in chosen.items()}
        report["accuracy"] = {name: vars(times) for name, times in reached.items()}
        console.print(accuracy_table(reached))
    else:
        speeds = {name: measure(case, options.seconds, options.device) for name, case in chosen.items()}
        report["images a second"] = {name: vars(speed) for name, speed in speeds.items()}
        console.print(speed_table(speeds))
        draw(speeds).savefig(folder / "speed.png", dpi=150)
    (folder / ("accuracy.json" if options.accuracy else "speed.json")).write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
