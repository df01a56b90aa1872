"""A mistake costs once: answers that use wrong ones are checked with right ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
import pytest
from traitlets.config import Config

from helpers.grading.cleanroom.client import Loan, Verdict
from helpers.grading.cleanroom.room import run_cell
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.pipeline.evidence import Evidence
from helpers.grading.pipeline.execute import ExecuteSubmission
from helpers.grading.pipeline.lending import Lender
from tests.conftest import SMALL
from tests.grading.rooms import SETUP, room

pytestmark = pytest.mark.slow

SOLUTIONS = {
    "size": "def size(n, k): return n - k + 1",
    "twice": "def twice(n, k):\n    size_ = size(n, k)\n    return size(size_, k)",
    "net": "class Net(nn.Module):\n    def __init__(self): super().__init__(); self.fc = nn.Linear(3, size(3, 2))",
    "out": "net = Net()\noutputs = net.fc.out_features",
}
NOT_DONE = "def size(n, k): raise NotImplementedError"
NAMES: dict[str, Any] = {"__name__": "__main__"}
run_cell(SETUP, NAMES)


@pytest.fixture
def lender() -> Lender:
    """Knows right answers to all but the first."""
    lender = Lender(SOLUTIONS)
    for name, source in (SOLUTIONS | {"size": NOT_DONE}).items():
        lender.take(name, source)
    lender.note_wrong("size", "E-size")
    return lender


def test_what_is_used_is_lent_and_the_lab_s_own_answers_come_along(lender: Lender) -> None:
    assert lender.loan("twice", "") == Loan({"size": "E-size"}, [SOLUTIONS["size"]], SOLUTIONS["twice"])
    assert lender.loan("out", "") == Loan({"size": "E-size"}, [SOLUTIONS["size"]], SOLUTIONS["out"])  # by way of Net
    lender.note_wrong("net", "K26")
    loan = lender.loan("out", "")
    assert loan is not None
    assert loan.names == {"Net": "K26"}
    assert loan.sources == [SOLUTIONS["size"], SOLUTIONS["net"]]


def test_nothing_is_lent_that_is_not_used_or_is_right_or_the_answer_itself(lender: Lender) -> None:
    lender.take("twice", "def twice(size, k): return size - k")  # a name of its own
    assert lender.loan("twice", "") is None
    assert lender.loan("size", "call(size, 3, 2)") is None
    assert Lender(SOLUTIONS).loan("twice", "") is None
    lender.take("net", "what is (no Python")
    assert lender.loan("net", "") is None
    assert lender.loan("net", "call(size, 3, 2)") is not None  # the check uses it


def test_who_uses_an_answer_is_known_in_the_labs_order(lender: Lender) -> None:
    assert lender.users("size") == ["twice", "net", "out"]
    assert lender.users("out") == []


def on_loan(lender: Lender, cells: dict[str, str], student: str) -> list[Verdict]:
    """The verdicts on checks of some answers, each with what is lent for it."""
    verdicts = []
    with room(f"from torch import nn\n{student}", NAMES) as inside:
        for answer, check in cells.items():
            loan = lender.loan(answer, check)
            verdicts.append(inside.run(check, True, 60, asdict(loan) if loan else None))
    return verdicts


def test_functions_classes_and_what_is_made_of_them_are_right_while_it_is_lent(lender: Lender) -> None:
    student = "\n".join([NOT_DONE, SOLUTIONS["twice"], SOLUTIONS["net"], "net, outputs = None, 0"])
    cells = {
        "twice": 'with question("B"): call(twice, 5, 2).gives(3)',
        "net": 'with question("C"): value("out", Net().fc.out_features).equals(2)',
        "out": 'with question("D"): value("outputs", outputs).equals(2)',
        "size": 'with question("A"): call(size, 5, 2).gives(4)',
    }
    *others, own = on_loan(lender, cells, student)
    assert [verdict.message for verdict in others] == ["", "", ""]
    assert own.message == "A is not done yet."


def test_a_network_of_a_lent_class_learns_in_the_students_process(lender: Lender) -> None:
    solutions = {"net": "class Net(nn.Module):\n    def __init__(self): super().__init__(); self.fc = nn.Linear(1, 1)"}
    train = """def train():
        net = Net()
        before = net.fc.weight.item()
        net.fc(torch.ones(1)).sum().backward()
        torch.optim.SGD(net.parameters(), lr=1).step()
        return before - net.fc.weight.item()"""
    lender = Lender({**solutions, "train": train})
    lender.take("train", train)
    lender.note_wrong("net", "K26")
    cells = {"train": 'with question("D"): call(train).gives(1.0, rtol=1e-4, atol=1e-4)'}
    (verdict,) = on_loan(lender, cells, f"import torch\nNet = None\n{train}")
    assert verdict.passed, verdict.message


def test_what_right_ones_have_made_stays_only_if_the_check_passed(lender: Lender) -> None:
    look = 'with question("D"): value("outputs", outputs).equals({})'
    student = "\n".join([NOT_DONE, SOLUTIONS["net"], "outputs = 0"])
    bare = Lender({})
    for expected, after in ((2, 2), (5, 0)):
        with room(f"from torch import nn\n{student}", NAMES) as inside:
            loan = lender.loan("out", "")
            assert loan is not None
            assert inside.run(look.format(expected), True, 60, asdict(loan)).passed is (expected == 2)
            assert inside.run(look.format(after), True, 60).passed
            assert inside.run('with question("A"): call(size, 5, 2).gives(4)', True, 60).message == "A is not done yet."
    assert bare.loan("out", "") is None


def test_the_labs_own_answer_that_does_not_run_is_pointed_out() -> None:
    loan = Loan({"size": "E-size"}, ["def size(: pass"], "")
    with room("size = 1", NAMES) as inside:
        verdict = inside.run("x = 1", True, 60, asdict(loan))
        assert (verdict.passed, verdict.fault) == (False, "")
        assert "the lab's own answer did not run" in verdict.remark
        assert inside.run('with question("A"): value("size", size).equals(1)', True, 60).passed


@pytest.mark.parametrize("again", ["raise SystemExit", "%no_such_magic", "size = 3\nsize ="])
def test_what_was_lent_is_taken_back_however_the_answer_ends(again: str) -> None:
    loan = Loan({"size": "E-size"}, ["size = 2"], again)
    with room("size = 1", NAMES) as inside:
        assert not inside.run("assert size == 5", True, 60, asdict(loan)).passed
        assert inside.run("assert size == 1", True, 60).passed


def test_an_answer_that_runs_for_ever_on_loan_ends_with_its_time() -> None:
    loan = Loan({"size": "E-size"}, ["size = 2"], "while size == 2: pass")
    with room("size = 1", NAMES) as inside:
        assert not inside.run("assert size == 2", True, 1, asdict(loan)).passed
        assert inside.run("assert size == 1", True, 60).passed


HARD = ["x=" + "-" * 5000 + "1", "1+" * 20_000 + "1", "not " * 20_000 + "1", "lambda: " * 1500 + "1", "x;" * 500_000]


@pytest.mark.parametrize("text", HARD, ids=[text[:5] for text in HARD])
def test_whatever_a_student_writes_is_looked_into_or_left_alone(text: str, lender: Lender) -> None:
    lender.take("twice", text)
    assert lender.loan("twice", "") is None


def test_what_is_measured_is_never_lent() -> None:
    lender = Lender(SOLUTIONS | {"size": ""})
    for name, source in SOLUTIONS.items():
        lender.take(name, source)
    lender.note_wrong("size", "E-size")
    assert lender.loan("twice", "") is None


@pytest.fixture
def run(small_course: Path, tmp_path: Path) -> Callable[..., dict[str, Evidence]]:
    """What the checks of the small lab have shown of some answers; the second uses the first."""
    released = nbformat.read(small_course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    (tmp_path / "files").mkdir()

    def run(answers: dict[str, str], **settings: Any) -> dict[str, Evidence]:
        execute = ExecuteSubmission(config=Config(ExecuteSubmission=settings))
        facts = {"metadata": {"path": str(tmp_path / "files")}, "lendable": SMALL.lendable()}
        ran, resources = execute.preprocess(fill_in(released, answers), facts)
        said = [output.text for cell in ran.cells for output in cell.get("outputs", []) if "text" in output]
        return {**resources["evidence"], "said": Evidence(0, "".join(said))}

    return run


USES = "x = [double(EPOCHS) // 2, SIZE]"


def test_a_right_answer_that_uses_a_wrong_one_earns_all_and_the_page_says_so(run: Any) -> None:
    found = run({"k1-double": "def double(n): return 3 * n", "k2-x": USES})
    words = "Checked with a right `double`, since K1 is not right yet."
    assert found["k1-double-check"].points == 0
    assert found["k2-x-check"] == Evidence(1, words)
    assert f"K2: 1 check passed.\n{words}\n" in found["said"].message


def test_what_is_left_to_mend_is_the_answers_own(run: Any) -> None:
    found = run({"k2-x": "x = [double(EPOCHS), SIZE]"})
    assert found["k2-x-check"].points == 0
    assert found["k2-x-check"].message == (
        "K2: x: expected 9, got 18. Checked with a right `double`, since K1 is not right yet."
    )


def test_nothing_is_lent_to_who_has_written_nothing_or_where_the_instructor_says_so(run: Any) -> None:
    assert run({})["k2-x-check"].points == 0
    assert run({"k2-x": USES}, lend=False)["k2-x-check"].points == 0
