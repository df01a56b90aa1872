"""The linter names checks that would not test the student's code from the clean room."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from helpers.grading.authoring.lint import lint
from helpers.grading.labs import Lab
from tests.grading.test_lint import append


def complaints(lab: Lab, folder: Path, cell: str, text: str) -> list[str]:
    notebook = lab.read()
    append(cell, text)(notebook)
    nbformat.write(notebook, folder / "small.ipynb")
    return [complaint for complaint in lint(folder / "small.ipynb") if complaint.startswith(f"{cell}:")]


WRONG = [
    ("k1-double", "call = 3", "defines call, which the set-up defines too: checks would test that one"),
    ("k1-double", "def question(): pass", "defines question, which the set-up defines too"),
    ("k1-double", "SIZE: int = 3", "defines SIZE, which the set-up defines too"),
    ("k1-double", "for sum in range(3): pass", "defines sum, which is Python's own"),
    ("k2-x-check", "shutil.rmtree('x')", "uses shutil, which neither the cell nor the set-up nor an answer defines"),
    ("k2-x-check", "get_ipython()", "uses get_ipython"),
    ("k2-x-check", "[display(n) for n in range(2)]", "uses display"),
    ("k2-x-check", "text = open('models/x').read()", "open: the student's files are out of reach"),
    ("k2-x-check", "import torch\nn = torch.load('x')", "torch.load: nothing that a student wrote may be unpickled"),
    ("k2-x-check", "import inspect\nn = inspect.getsource(double)", "inspect.getsource: the student's source"),
    ("k2-x-check", "n = globals()['double']", "globals: the student's names are not there"),
    (
        "k2-x-check",
        "from helpers.checks import call\ncall(lambda n: double(n), 2).gives(4).without('relu')",
        "without sees what the student's own function does",
    ),
    (
        "k2-x-check",
        "from helpers.checks import call\ncall(lambda n: double(n), 2).uses_only('mul')",
        "uses_only sees what the student's own function does",
    ),
    (
        "k2-x-check",
        "from helpers.checks import call\ncall(lambda n: double(n), 2).is_new()",
        "is_new sees what the student's own function does",
    ),
    ("k2-x-check", "n = id(x)", "id: data from the student are copies"),
    ("k2-x-check", "n = []\nassert double(n) is n", "compare them with ==, not with `is`"),
    ("k2-x-check", "x[0] = 1", "writes into a copy of the student's data"),
    ("k2-x-check", "net = double(3)\nnet.fc.weight.data = x\nn = 1", "writes into a copy of the student's data"),
    ("k2-x-check", "net = double(3)\nnet.fc.weight.fill_(1)", "writes into a copy of the student's data"),
    ("k2-x-check", "from torch import nn\nnn.init.zeros_(double(3).weight)", "writes into a copy"),
    ("k2-x-check", "for p in double(3).parameters():\n    p.requires_grad = False", "writes into a copy"),
    (
        "k2-x-check",
        "import torch\nnet = double(3)\no = torch.optim.SGD(net.parameters(), lr=1)",
        "the check's own optimizer",
    ),
    ("k2-x-check", "import torch\nassert not torch.equal(x, x)", "nan differs from everything"),
    ("k2-x-check", "import torch\nn = [not torch.allclose(y, x) for y in x]", "nan differs from everything"),
    (
        "k2-x-check",
        "from torch import nn\nnet = nn.Linear(2, 1)\nn = double(net)\nassert net.training",
        "pass may_change(net)",
    ),
    (
        "k2-x-check",
        "from torch import nn\nnet = nn.Linear(2, 1)\nn = [double(net), dict(net.state_dict())]",
        "pass may_change(net)",
    ),
    ("k2-x-check", "double(2)", "the last expression gives the points: it must not be the student's"),
]


@pytest.mark.parametrize(("cell", "text", "words"), WRONG, ids=[text for _, text, _ in WRONG])
def test_what_does_not_work_in_the_clean_room_is_named(
    cell: str, text: str, words: str, small: Lab, tmp_path: Path
) -> None:
    assert any(words in complaint for complaint in complaints(small, tmp_path, cell, text))


RIGHT = [
    (
        "k2-x-check",
        'from helpers.checks import call\ncall(double, 2).gives(4).without("relu").without_loop(3).is_new()',
    ),
    ("k1-double", "import random"),
    ("k1-double", "def helper(call): return [SIZE for SIZE in range(3)]"),
    ("k2-x-check", "def own(a, *rest, b=1): return [a for _ in rest] + [b]\nn = own(1)"),
    ("k2-x-check", "assert double(1) is not None and double is not None and (x is None) is False"),
    ("k2-x-check", "net = double(3)\nnet.training = False\nn = 1"),
    ("k2-x-check", "net = double(3)\nfrom torch import nn\nnet = nn.Linear(2, 1)\nnn.init.zeros_(net.weight)"),
    ("k2-x-check", "import torch\nnet = torch.nn.Linear(2, 1)\no = torch.optim.SGD(net.parameters(), lr=1)"),
    ("k2-x-check", "n = double(3)\nn += 1"),
    ("k2-x-check", "import torch\nassert torch.equal(x, x)"),
    (
        "k2-x-check",
        "nets = [double(1) for _ in range(2)]\nfor i, net in enumerate(nets):\n    assert double(net) == net.training",
    ),
    (
        "k2-x-check",
        "from torch import nn\nfrom helpers.checks import may_change\nnet = nn.Linear(2, 1)\n"
        "n = double(may_change(net))\nassert net.training",
    ),
    (
        "k2-x-check",
        "from torch import nn\nnet = nn.Linear(2, 1)\nn = double(net)\nnet = nn.Flatten()\nm = net.training",
    ),
]


@pytest.mark.parametrize(("cell", "text"), RIGHT, ids=[text for _, text in RIGHT])
def test_what_works_there_is_met_with_silence(cell: str, text: str, small: Lab, tmp_path: Path) -> None:
    assert complaints(small, tmp_path, cell, text) == []
