"""What only a GPU can show: all labs in full, training, the sandbox, and CIFAR-10 to 94 %, in one command.

    python -m tests.bench_gpu [--small] [PART …]

Each part is a process of its own, because a failed CUDA kernel leaves its process useless. Its figures go to
`build/bench-gpu/full/PART.json`, and those of all parts there to `results.md` beside it, in the form of
`docs/results.md`; so a part that fails, or a run that is stopped, costs no other part its figures. `--small` runs all
parts in miniature on the CPU, into `build/bench-gpu/small/`.

May take two hours (a guess, not measured), for EfficientNet and for grading all answers twice.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from traitlets.config import Config

from docs.cifar10_in_seconds import Network, Recipe, race
from helpers.data import ImageSet, load
from helpers.datasets import sources
from helpers.device import pick_device
from helpers.grading.kernels.provisioner import SandboxKernelManager
from helpers.grading.labs import Lab
from helpers.notebooks.text import count, line
from tests import bench_training, same_marks
from tests.conftest import LABS, ROOT, SMALL
from tests.test_notebooks import errors_on_stderr

TO = ROOT / "build" / "bench-gpu"
SEEDS = (1, 2, 3)
GPU = "\nc.SandboxProvisioner.gpu = True\n"
# Not tried: what is usual for such networks. 120 times 50,000 images are too many for a CPU.
EFFICIENTNET = Recipe(
    epochs=120, batch=512, peak=0.5, momentum=0.9, weight_decay=5e-4, bias_rate=1, smoothing=0.1, shift=4, hole=8
)


PRODUCTS = """
import time
import torch
from helpers.device import pick_device, synchronize
device = pick_device()
where = torch.cuda.get_device_name().replace(" ", "-") if device.type == "cuda" else device.type
matrix = torch.randn(size, size, device=device)
for turn in range(2):  # the first one warms up
    synchronize(device)
    start = time.perf_counter()
    for _ in range(100):
        matrix @ matrix
    synchronize(device)
    seconds = time.perf_counter() - start
"""


@dataclass
class Section:
    """What a part found: a table, what it means, and the figures behind it."""

    title: str
    words: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    figures: dict[str, Any] = field(default_factory=dict)

    def markdown(self) -> str:
        rules = ["---", *["--:"] * (len(self.head) - 1)]
        rows = [" | ".join(line(cell).replace("|", "/") for cell in row) for row in (self.head, rules, *self.rows)]
        table = "".join(f"| {row} |\n" for row in rows) if self.rows else ""
        return f"## {self.title}\n\n{self.words}\n\n{table}"


def labs(small: bool) -> Section:
    """Run every lab with the students' parameters; or the small lab."""
    import papermill  # here, because the import takes a second

    rows, figures = [], {}
    for lab in [SMALL] if small else LABS:
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copytree(lab.path.parent, Path(folder) / lab.assignment)
            executed, start = copy / "executed.ipynb", perf_counter()
            try:
                papermill.execute_notebook(
                    copy / lab.path.name, executed, cwd=copy, kernel_name="python3", progress_bar=False
                )
                fault = "; ".join(errors_on_stderr(executed))
            except papermill.PapermillExecutionError as error:
                fault = f"{error.ename}: {error.evalue}"
        seconds = perf_counter() - start
        figures[lab.assignment] = {"seconds": seconds, "fault": fault}
        rows.append([lab.assignment, f"{seconds:.0f}", fault or "none"])
    words = "All cells of the solved labs, with the students' parameters (papermill), and the start of the kernel."
    return Section("Labs", words, ("lab", "seconds", "faults"), rows, figures)


def notebooks(small: bool) -> Section:
    """Run the tests of all notebooks; or a light one."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_notebooks.py"]
    chosen = ["-k", "lab03 and without_the_course"] if small else []
    start = perf_counter()
    done = subprocess.run([*command, *chosen], cwd=ROOT, capture_output=True, text=True, check=False)
    printed = (done.stdout.strip() or done.stderr).splitlines()
    failed = [one for one in printed if one.startswith(("FAILED", "ERROR"))]
    rows = [[one, ""] for one in failed] + [[printed[-1], f"{perf_counter() - start:.0f}"]]
    words = "`tests/test_notebooks.py`: papermill with the smoke values, then nbval."
    return Section("Tests of the notebooks", words, ("result", "seconds"), rows, {"output": done.stdout})


def training(small: bool) -> Section:
    """Measure the documents' way, `fit` and the limit; in miniature for one network."""
    options = ["--device", str(pick_device())]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench_training.main([*options, *(["--models", "LeNet, MNIST", "--seconds", "0.01"] if small else [])], folder)
        figures = json.loads((folder / "speed.json").read_text())
        if not small:
            bench_training.main([*options, "--accuracy"], folder)
            figures |= json.loads((folder / "accuracy.json").read_text())
    rows = []
    for network, speed in figures["images a second"].items():
        medians = [f"{statistics.median(speed[way]):,.0f}" for way in ("document", "fit", "limit")]
        reached = figures.get("accuracy", {}).get(network)
        last = f"{reached['fit_accuracy']:.2%} in {reached['fit_seconds']:.1f} s" if reached else "not measured"
        rows.append([network, *medians, speed["numerics"], last])
    words = f"`make bench-training`: images a second, medians of five turns. {figures['conditions']}."
    head = ("network", "document's way", "`fit`", "limit", "how `fit` computes", "`fit` reaches")
    return Section("Training", words, head, rows, figures)


def boxed(small: bool) -> Section:
    """Run one calculation in the sandbox and outside it: is the GPU there, and as fast?"""
    settings = Config({"SandboxProvisioner": {"gpu": not small}})
    manager: Any = {"kernel_manager_class": SandboxKernelManager, "shutdown_kernel": "immediate", "config": settings}
    size = f"size = {100 if small else 8000}"
    notebook = new_notebook(
        cells=[new_code_cell(size), new_code_cell(PRODUCTS), new_code_cell("print(where, seconds)")]
    )
    NotebookClient(notebook, timeout=600, **manager).execute()
    names: dict[str, Any] = {}
    exec(f"{size}\n{PRODUCTS}", names)
    where, seconds = notebook.cells[-1].outputs[0].text.split()
    found = {"in the sandbox": (where, float(seconds)), "outside": (names["where"], names["seconds"])}
    rows = [[way, where, f"{seconds:.3f}"] for way, (where, seconds) in found.items()]
    words = (
        f"100 products of two matrices (`{size}`), with `c.SandboxProvisioner.gpu = {settings.SandboxProvisioner.gpu}`."
    )
    return Section("A kernel in the sandbox", words, ("where", "device", "seconds"), rows, found)


def marks(small: bool) -> Section:
    """Grade all right and wrong answers on the CPU and on the GPU: are the marks the same?"""
    settings = {"cpu": ""} if small else {"cpu": "", "cuda": GPU}
    rows: list[list[str]] = []
    figures: dict[str, Any] = {}
    for lab in [SMALL] if small else LABS:
        try:
            given, seconds = _graded(lab, settings)
        except RuntimeError as error:  # of this lab; the next one may do better
            figures[lab.assignment] = {"fault": str(error)}
            rows.append([lab.assignment, "", "", "", str(error)])
            continue
        differ = [
            mark for mark, points in given["cpu"].items() if any(one.get(mark) != points for one in given.values())
        ]
        figures[lab.assignment] = {"seconds": seconds, "differ": sorted(map(str, differ))}
        times = [f"{seconds[device]:.0f}" if device in seconds else "" for device in ("cpu", "cuda")]
        rows.append([lab.assignment, *times, str(len(given["cpu"])), str(len(differ))])
    words = "All right and wrong answers, `course autograde` without and with `c.SandboxProvisioner.gpu = True`."
    return Section("Marks", words, ("lab", "seconds, CPU", "seconds, GPU", "marks", "that differ"), rows, figures)


def _graded(lab: Lab, settings: dict[str, str]) -> tuple[dict[str, same_marks.Marks], dict[str, float]]:
    """The marks of all answers to a lab, and the seconds of the grading, by device.

    Raises:
        RuntimeError: if the command failed.
    """
    answers = lab.path.parents[2] / "tests" / "answers" / lab.assignment
    given, seconds = {}, {}
    with tempfile.TemporaryDirectory() as name:
        course = same_marks.make_class(Path(name) / "course", lab, answers)
        for device, config in settings.items():
            os.environ["CNN_LABS_DEVICE"] = device  # kernels in the sandbox, and clean rooms, get it too
            start, to = perf_counter(), Path(name) / device
            given[device] = same_marks.grade(course, lab.assignment, same_marks.COURSE, to, config)
            seconds[device] = perf_counter() - start
    return given, seconds


def in_seconds(small: bool) -> Section:
    """Train as `docs/cifar10_in_seconds.py` does."""
    return _races("CIFAR-10 in seconds", lambda images: _network(images, small), Recipe(), small)


def compiled(small: bool) -> Section:
    """The same with `torch.compile`; in miniature without, since it needs a C++ compiler and minutes."""

    def make(images: Tensor) -> nn.Module:
        network = _network(images, small)
        if not small:
            network.compile()
        return network

    return _races("CIFAR-10 in seconds, compiled", make, Recipe(), small)


def efficientnet(small: bool) -> Section:
    """Train lab 9's network from scratch, at full width."""
    scale = "0.25, 0.5" if small else "1.0, 1.0"
    make = replace(bench_training.CASES["EfficientNet"], make=f"EfficientNet({scale})").network()
    return _races(f"EfficientNet({scale})", lambda _: make(), EFFICIENTNET, small)


def _network(images: Tensor, small: bool) -> nn.Module:
    return Network(images[:5000], (8, 8, 8) if small else (64, 256, 256))


def _races(title: str, make: Callable[[Tensor], nn.Module], recipe: Recipe, small: bool) -> Section:
    """Train with each seed on all training images, and measure on all 10,000 test images, those for marking too."""
    device, size = pick_device(), 200 if small else None
    recipe = replace(recipe, epochs=1, batch=32) if small else recipe
    train_set, test_set = load("cifar10", size=size, device=device), sources.find("cifar10", "test", size).to(device)
    torch.backends.cudnn.benchmark = True
    race(make, train_set[: 6 * recipe.batch], test_set, replace(recipe, epochs=1), seed=0)
    results = [race(make, train_set, test_set, recipe, seed) for seed in SEEDS]
    percent, seconds = [100 * accuracy for accuracy, _ in results], [time for _, time in results]
    rows = [[str(seed), f"{percent[n]:.2f}", f"{seconds[n]:.2f}"] for n, seed in enumerate(SEEDS)]
    rows.append(
        ["mean ± deviation", *(f"{statistics.mean(x):.2f} ± {statistics.stdev(x):.2f}" for x in (percent, seconds))]
    )
    operations = recipe.epochs * len(train_set) * operations_of(make(train_set.normalised()).to(device), train_set)
    words = (
        f"{count(recipe.epochs, 'epoch')}, batches of {recipe.batch}, {operations:.2g} floating-point operations, "
        f"{operations / statistics.mean(seconds) / 1e12:.1f} TFLOP/s. Training is timed, without loading, measuring "
        "and six first steps."
    )
    figures = {"recipe": asdict(recipe), "operations": operations, "percent": percent, "seconds": seconds}
    return Section(train_set.title(title), words, ("seed", "accuracy, %", "seconds"), rows, figures)


def operations_of(model: nn.Module, image_set: ImageSet, batch: int = 8) -> float:
    """Count the floating-point operations of a training step, for one image: two for each multiplication.

    The way back takes twice those of the way there. PyTorch's counter is wrong there for convolutions with groups.
    """
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.forward(image_set.normalised(slice(batch)))  # called so, it is not compiled
    return 3 * counter.get_total_flops() / batch


PARTS: dict[str, Callable[[bool], Section]] = {
    **{"in-seconds": in_seconds, "compiled": compiled, "training": training, "labs": labs},
    **{"notebooks": notebooks, "boxed": boxed, "marks": marks, "efficientnet": efficientnet},
}


def run_apart(part: str, small: bool, folder: Path) -> bool:
    """Run a part in a process of its own, which writes its file; if it fails, write why."""
    command = [sys.executable, "-m", "tests.bench_gpu", part, "--inside", str(folder), *(["--small"] if small else [])]
    environment = os.environ | {"CNN_LABS_DEVICE": "cpu" if small else "cuda"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        section = Section(part, f"**Failed**: {line(last)}", figures={"output": done.stdout, "errors": done.stderr})
        write(section, part, folder)
    return done.returncode == 0


def write(section: Section, part: str, folder: Path) -> None:
    """Write a part's file, and the page of all parts that have one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{part}.json").write_text(json.dumps(asdict(section), indent=1))
    files = [path for name in PARTS if (path := folder / f"{name}.json").exists()]
    sections = [Section(**json.loads(path.read_text())).markdown() for path in files]
    (folder / "results.md").write_text("\n".join([f"# On a GPU\n\n{conditions()}\n", *sections]))


def conditions() -> str:
    """What the figures depend on."""
    gpu = "no GPU"
    if torch.cuda.is_available():
        about = torch.cuda.get_device_properties(0)
        gpu = f"{about.name}, {about.total_memory >> 30} GiB, compute capability {about.major}.{about.minor}"
    cores = f"{len(os.sched_getaffinity(0))} cores"
    return f"{gpu}, CUDA {torch.version.cuda}, PyTorch {torch.__version__}, {cores}, {date.today():%d %B %Y}."


def main(arguments: list[str] | None = None, folder: Path = TO) -> None:
    parser = argparse.ArgumentParser(description="Measure what only a GPU can show.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all without it")
    parser.add_argument("--small", action="store_true", help="in miniature, on the CPU")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if options.inside:
        (part,) = options.parts
        return write(PARTS[part](options.small), part, options.inside)
    if not options.small and not torch.cuda.is_available():
        sys.exit(
            "PyTorch finds no NVIDIA GPU here, so nothing was measured. To try all parts in small on the CPU: --small"
        )
    folder /= "small" if options.small else "full"
    if not options.parts:
        shutil.rmtree(folder, ignore_errors=True)  # figures of another machine, or another day
    failed = []
    for part in options.parts or PARTS:
        print(f"{part} …", flush=True)
        if not run_apart(part, options.small, folder):
            failed.append(part)
    print((folder / "results.md").read_text())
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}. {folder} says why, and holds the figures of the others.")


if __name__ == "__main__":
    main()
