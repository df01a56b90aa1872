"""Which cells run in grading: the rule, in little notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from helpers.grading.intake.effects import OPAQUE, effects_of
from helpers.grading.intake.needed import LeftOut, find_left_out
from helpers.notebooks.reader import normalised

SET_UP = """
import functools
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
SIZE = 3
data = torch.zeros(SIZE)
"""
HEADING = "### {} · A title (2 points, about 5 min)"


def locked(source: str, name: str = "set-up") -> NotebookNode:
    return _marked(new_code_cell(source, id=name), locked=True)


def answer(source: str, name: str = "answer") -> NotebookNode:
    return _marked(new_code_cell(source, id=name), solution=True)


def check(source: str, name: str = "check") -> NotebookNode:
    return _marked(new_code_cell(source, id=name), grade=True, locked=True, points=1)


def heading(question: str) -> NotebookNode:
    return _marked(new_markdown_cell(HEADING.format(question), id=f"{question}-task"), locked=True)


def written(name: str) -> NotebookNode:
    return _marked(new_markdown_cell("Because.", id=name), grade=True, solution=True, points=1)


def own(source: str) -> NotebookNode:
    return new_code_cell(source, id="own")


def _marked(cell: NotebookNode, **marks: object) -> NotebookNode:
    cell.metadata.nbgrader = {"grade": False, "solution": False, "locked": False, "grade_id": cell.id, **marks}
    return cell


def left_out(
    *cells: NotebookNode | str, asked: str = "f x", lent: str = "", answered: str = "", modules: str = ""
) -> LeftOut:
    """What need not run of a notebook, in which texts are the lab's own cells: their ids are a, b, c, …"""
    texts = [cell for cell in cells if isinstance(cell, str)]
    names = dict(zip(texts, "abcdef", strict=False))
    notebook = [locked(SET_UP)]
    notebook += [new_code_cell(cell, id=names[cell]) if isinstance(cell, str) else cell for cell in cells]
    return find_left_out(
        notebook, {normalised(text) for text in texts}, answered.split(), [lent], asked.split(), modules.split()
    )


def not_run(*cells: NotebookNode | str, **options: str) -> str:
    return "".join(sorted(left_out(*cells, **options).cells))


F = answer("def f(n):\n    return 2 * n")
CHECK = check("call(f, 2).gives(4)")


@pytest.mark.parametrize(
    "shown",
    [
        "f(4)",
        "print(f(data))",
        "y = f(torch.rand(2))\nprint(y)",
        "for n in range(3):\n    print(n, f(n))",
        "fig, axis = plt.subplots()\naxis.set_title('f')\naxis.plot([f(n) for n in range(9)])",
        "net = nn.Linear(1, 2).eval()\nnet(torch.zeros(1))",
        "try:\n    f(None)\nexcept TypeError as error:\n    print(error)",
    ],
)
def test_what_only_shows_something_does_not_run(shown: str) -> None:
    assert not_run(F, shown, CHECK) == "a"


@pytest.mark.parametrize(
    ("shown", "later"),
    [
        ("a = 3", "def f(n):\n    return a * n"),
        ("def twice(n):\n    return 2 * n", "def f(n):\n    return twice(n)"),
        ("import math", "def f(n):\n    return math.sqrt(n)"),
        ("data.add_(1)", "x = data.sum()"),
        ("data[0] = 1", "x = data.sum()"),
        ("part = data[1:]\npart.add_(1)", "x = data.sum()"),
        ("def change(t):\n    data.add_(t)\nchange(1)", "x = data.sum()"),
        ("for data in []:\n    pass", "x = data.sum()"),
        ("with open('a.txt') as data:\n    pass", "x = data"),
        ("import numpy.random as data", "x = data"),
        ("if (data := 3):\n    pass", "x = data"),
        ("try:\n    1 / 0\nexcept ZeroDivisionError as data:\n    pass", "x = data"),
        ("match 3:\n    case data:\n        pass", "x = data"),
        ("del data", "x = data"),
        ("def change():\n    global data\n    data = 1\nchange()", "x = data"),
    ],
)
def test_what_binds_or_may_change_what_an_answer_uses_runs(shown: str, later: str) -> None:
    assert not_run(shown, answer(later), CHECK) == ""


@pytest.mark.parametrize(
    "shown",
    [
        "torch.set_default_dtype(torch.float64)",
        "torch.manual_seed(1)",
        "np.random.seed(1)",
        "plt.rcParams['font.size'] = 20",
        "plt.style.use('ggplot')",
        "torch.backends.cudnn.benchmark = True",
        "nn.Linear.extra = 1",
        "import os\nos.environ['A'] = '1'",
        "torch.save(data, 'data.pt')",
        "open('a.txt', 'w').write('a')",
        "%matplotlib inline",
        "!ls",
        "import torch\ntorch.set_default_dtype(torch.float64)",
        "from torch import set_default_dtype\nset_default_dtype(torch.float64)",
        "import torch\ntorch.backends.cudnn.benchmark = True",
        "cudnn = torch.backends.cudnn\ncudnn.benchmark = True",
        "getattr(torch, 'set_default_dtype')(torch.float64)",
        "torch.no_grad().__enter__()",
        "nn.modules.module.register_module_forward_hook(print)",
        "np.seterr(all='raise')",
        "np.savez_compressed('a.npz', a=data)",
        "data.numpy().tofile('a')",
        "plt.imsave('a.png', data)",
        "plt.switch_backend('pdf')",
        "import decimal\ndecimal.getcontext().prec = 3",
        "import logging\nlogging.getLogger().handlers.append(print)",
        "from pathlib import Path\nPath('a').replace('b')",
        "table.to_pickle('a')",
    ],
)
def test_what_may_change_settings_or_files_runs(shown: str) -> None:
    assert not_run(shown, F, CHECK) == ""


def test_a_cell_that_is_needed_needs_others() -> None:
    assert not_run("a = 1", "b = a + 1", "c = b + 1", "d = 1", answer("x = c"), CHECK) == "d"


def test_what_comes_too_late_is_not_noticed() -> None:
    assert not_run(answer("x = data.sum()"), check("value('x', x).equals(0)"), "data.add_(1)\nx.add_(1)") == "a"


def test_a_check_notices_what_it_asks_the_kernel_for_and_no_names_of_its_own() -> None:
    x = answer("x = torch.zeros(3)")
    assert not_run(x, "x.add_(1)", check("value('x', x).equals(0)")) == ""
    assert not_run(F, "data = 5\nn = 2", check("for n in (1, 2):\n    data = n\n    call(f, n).gives(2 * data)")) == "a"


def test_a_check_uses_what_an_earlier_check_has_defined() -> None:
    helper = check("def start():\n    return x", "first")
    assert not_run(answer("x = []"), helper, "x.append(1)", check("call(f, start()).gives(2)")) == ""


@pytest.mark.parametrize(
    "first",
    [
        "calls = []\ndef f(n):\n    calls.append(n)\n    return len(calls)",
        "def f(n, calls=[]):\n    calls.append(n)\n    return len(calls)",
        "def f(n):\n    f.calls = n\n    return f.calls",
        "@functools.cache\ndef f(n):\n    return 2 * n",
        "class f:\n    made = []\n    def __init__(self, n):\n        self.made.append(n)",
        "def f(n):\n    global count\n    count += 1\n    return count",
        "f = lambda n: 2 * n",
        "def f(n):\n    torch.set_default_dtype(torch.float64)\n    return 2 * n",
        "def f(n):\n    nn.Linear.count = n\n    return 2 * n",
        "def f(n):\n    data[0] += 1\n    return data.sum()",
        "def f(n):\n    return 2 * n\nf = functools.cache(f)",
        "calls = None\ncalls = []\ndef f(n):\n    calls.append(n)\n    return len(calls)",
        "import math as calls\ncalls = []\ndef f(n):\n    calls.append(n)\n    return len(calls)",
        "calls = []\ndef f(n, calls=calls):\n    calls.append(n)\n    return len(calls)",
        "calls = []\nclass f:\n    calls = calls\n    def __init__(self, n):\n        self.calls.append(n)",
        "class f:\n    made = 0\n    @classmethod\n    def one(kind):\n        kind.made += 1",
        "class f:\n    made = None\n    def __new__(kind, n):\n        kind.made = kind.made or object.__new__(kind)\n"
        "        return kind.made",
        "class f:\n    kinds = 0\n    def __init_subclass__(kind):\n        kind.kinds += 1",
        "import torch\ndef f(n):\n    torch.set_default_dtype(torch.float64)\n    return 2 * n",
        "import logging\ndef f(n):\n    logging.disable(n)\n    return 2 * n",
    ],
)
def test_an_answer_that_remembers_calls_gets_all_of_them(first: str) -> None:
    assert not_run(answer(first), "f(1)", CHECK) == ""


def test_what_one_variable_holds_of_another_counts() -> None:
    store, later = answer("store = []", "store"), answer("x = store[0]", "x")
    assert not_run(store, "a = data[:1]", "store.append(a)", "a.add_(1)", later, CHECK) == ""
    assert not_run("pair = [data, data]", "pair[0].add_(1)", answer("x = data"), CHECK) == ""


def test_what_a_student_puts_into_a_module_counts() -> None:
    first = answer("torch.calls = []\ndef f(n):\n    torch.calls.append(n)\n    return len(torch.calls)")
    assert not_run(first, "f(1)", CHECK) == ""


def test_what_a_library_keeps_that_is_not_known_counts() -> None:
    assert not_run(locked("from tools import note, total", "more"), "note(3)", answer("x = total()"), CHECK) == ""


def test_names_that_nobody_seems_to_bind_may_hold_anything() -> None:
    assert not_run("from tools import *", "box.append(1)", answer("x = box"), CHECK) == ""


def test_an_answer_that_may_be_lent_counts_too() -> None:
    lent = "def f(n):\n    return n + len(data)"
    assert not_run(F, "data = [1]", CHECK, lent=lent) == ""


@pytest.mark.parametrize(
    "words",
    [
        "globals()['data'] = 1",
        "exec('data = 1')",
        "%run other.py",
        "get_ipython().run_cell('data = 1')",
        "from IPython import get_ipython",
        "print(In[1])",
        "y = Out[3]",
        "y = _",
        "print(_i3, __)",
        "vars().update(a=1)",
        "import sys\nsys.modules['__main__'].data = 1",
        "import __main__ as notebook",
        "import inspect",
        "from helper import *",
        "y = (lambda: 0).__globals__",
        "type(data).count = 1",
        "def f(:",
        "(" * 500,
        "x = " + "-" * 40_000 + "1",
        "x = 1" + " + 1" * 20_000,
        "#" * 60_000,
        "x = '\ud800'",
        "In [1]: x = 3",
        "getattr(data, '__dict__')",
        "a\0b",
    ],
)
def test_beside_code_that_may_do_anything_all_cells_run(words: str) -> None:
    for theirs in (own(words), answer(words, "other")):
        assert not_run(F, "f(4)", CHECK, theirs) == ""


def test_in_a_notebook_longer_than_any_lab_all_cells_run() -> None:
    more = [new_code_cell("#" * 40_000, id=f"own-{number}") for number in range(3)]
    assert not_run(F, "f(4)", CHECK, *more[:2]) == "a"
    assert not_run(F, "f(4)", CHECK, *more) == ""


def test_beside_a_module_of_the_students_all_cells_run() -> None:
    assert not_run(own("import mine"), F, "f(4)", CHECK, modules="mine") == ""
    assert not_run(own("from mine.more import a"), F, "f(4)", CHECK, modules="mine") == ""
    assert not_run(own("import yours"), F, "f(4)", CHECK, modules="mine") == "a"


def test_a_cell_that_the_student_changed_runs_with_all_that_it_needs() -> None:
    assert not_run("a = 1", "f(4)", F, own("print(a)"), CHECK) == "b"


def test_underscores_that_nobody_reads_matter_to_nobody() -> None:
    assert not_run(F, own("_, b = 1, 2\nfor _ in range(b):\n    pass"), "f(4)", CHECK) == "a"


def test_where_a_person_marks_an_answer_the_exercise_runs_and_is_drawn() -> None:
    cells: list[NotebookNode | str] = [
        "size = 3",
        heading("K1"),
        F,
        "f(size)",
        CHECK,
        written("k1-why"),
        heading("K2"),
        "print(f)",
    ]
    found = left_out(*cells, answered="k1-why")
    assert found.cells == {"c"}
    assert found.figures == {"set-up", "a", "c"}
    assert left_out(*cells).cells == {"a", "b", "c"}  # nothing was written


def test_a_heading_that_a_student_wrote_ends_no_exercise() -> None:
    theirs = new_markdown_cell(HEADING.format("K2"), id="theirs")
    assert not_run(heading("K1"), theirs, F, "f(4)", CHECK, written("k1-why"), answered="k1-why") == ""


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("a = b\na + c", "b c"),
        ("a += 1", "a"),
        ("for a in b:\n    a\na", "a b"),
        ("if b:\n    a = 1\na", "a b"),
        ("while b:\n    a = 1\n    a", "b"),
        ("with b as a:\n    a", "b"),
        ("with torch.no_grad():\n    a = 1\na", "torch"),
        ("with raises(ValueError):\n    a = f()\na", "ValueError a f raises"),
        ("[a for a in b if a > c]", "b c"),
        ("def f(a, d=e):\n    g = 1\n    return a + b + g", "b e"),
        ("class A(b):\n    c = d\n    def f(self):\n        return c", "b c d"),
        ("lambda a: a + b", "b"),
        ("try:\n    a = 1\n    a\nexcept b as c:\n    c", "b"),
        ("a: b = c\na", "b c"),
        ("f'{a:{b}}'", "a b"),
        ("def f():\n    def g():\n        return a\n    a = 1\n    return g", ""),
    ],
)
def test_a_cell_uses_the_names_that_it_has_not_bound_before(source: str, uses: str) -> None:
    assert effects_of(source).uses == set(uses.split())


def test_the_labs_own_code_can_be_read(pytestconfig: pytest.Config) -> None:
    sources = Path(pytestconfig.rootpath).glob("helpers/**/*.py")
    assert all(effects_of(path.read_text()) is not OPAQUE for path in sources)
