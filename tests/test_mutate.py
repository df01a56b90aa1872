"""Operators make the faults that they name, where a fault counts and nowhere else."""

from __future__ import annotations

import ast

import pytest

from tests.mutate import OPERATORS, mutate


def solved(*lines: str) -> str:
    return "\n".join(["### BEGIN SOLUTION", *lines, "### END SOLUTION"])


def faults(line: str) -> dict[str, set[str]]:
    """What becomes of a line, by operator."""
    found: dict[str, set[str]] = {}
    for mutant in mutate(solved(line)):
        found.setdefault(mutant.operator, set()).add(mutant.after)
    return found


@pytest.mark.parametrize(
    ("operator", "line", "after"),
    [
        ("arithmetic", "y = a + b", {"y = a - b"}),
        ("arithmetic", "y += x", {"y -= x"}),
        ("arithmetic", "y = a @ b // c", {"y = a * b // c", "y = a @ b / c"}),
        ("comparison", "y = a < b", {"y = a <= b", "y = a > b"}),
        ("comparison", "y = a is None", {"y = a is not None"}),
        ("sign or not", "y = -x", {"y = x"}),
        ("sign or not", "y = not x", {"y = x"}),
        ("sign or not", "y = a if x else b", {"y = a if not x else b"}),
        ("condition", "y = a if x else b", {"y = a if True else b", "y = a if False else b"}),
        ("condition", "y = [a for a in x if a]", {"y = [a for a in x]"}),
        ("condition", "y = a and b", {"y = a or b", "y = a", "y = b"}),
        ("constant", "y = 0", {"y = 1"}),
        ("constant", "y = 1", {"y = 2", "y = 0"}),
        ("constant", "y = x[..., 2]", {"y = x[..., 3]"}),
        ("constant", "y = f(x, bias=False)", {"y = f(x, bias=True)"}),
        ("argument dropped", "y = f(a, b, keepdim=k)", {"y = f(a, keepdim=k)", "y = f(a, b)"}),
        ("order", "y = f(a, b)", {"y = f(b, a)"}),
        ("order", "y = (a, b, c)", {"y = (b, a, c)", "y = (a, c, b)"}),
        ("statement dropped", "optimizer.zero_grad()", {"pass"}),
        ("neighbour", "y = x.argmax(d).min()", {"y = x.argmin(d).min()", "y = x.argmax(d).max()"}),
        ("neighbour", "y = f('same')", {"y = f('valid')"}),
        ("index moved", "y = x[i]", {"y = x[i + 1]"}),
        ("index moved", "y = x[:, i:]", {"y = x[:, i + 1:]", "y = x[:, :]"}),
        ("call left out", "y = x.clone()", {"y = x"}),
        ("call left out", "y = F.relu(x)", {"y = x"}),
        ("call left out", "y = relu(x)", {"y = x"}),
    ],
)
def test_an_operator_makes_what_it_names(operator: str, line: str, after: set[str]) -> None:
    assert faults(line)[operator] == after


def test_every_operator_says_what_it_does() -> None:
    assert all(operator.__doc__ for operator in OPERATORS)


@pytest.mark.parametrize(
    "line",
    ["'''A docstring, 1 line.'''", "print(1 + 2)", "f'{a + b}'"],
)
def test_what_is_only_read_has_no_fault(line: str) -> None:
    assert faults(line).keys() <= {"statement dropped"}


def test_an_error_can_be_left_out_but_its_text_stays() -> None:
    assert faults("raise ValueError(f'give {1 + 1}', 1)") == {"statement dropped": {"pass"}}


def test_looks_and_annotations_stay() -> None:
    assert "constant" not in faults("plt.subplots(figsize=(9, 3))")
    assert faults("y: Literal[1] = x") == {}


def test_prints_behind_a_condition_stay() -> None:
    assert mutate(solved("if k % 100 == 99:", "    print(k)")) == []


def test_a_call_left_out_as_a_whole_is_made_once() -> None:
    assert faults("optimizer.zero_grad()") == {"statement dropped": {"pass"}}


def test_only_the_solution_changes() -> None:
    answer = "def f(x, y=1):\n    x = x + 1\n    " + solved("return x").replace("\n", "\n    ")
    assert mutate(answer) == []


def test_mutants_differ_from_the_solution_and_from_each_other() -> None:
    answer = solved("y = F.pad(x, (p, p))", "y = y * 1 + 0")
    sources = [mutant.source for mutant in mutate(answer)]
    assert len(set(sources)) == len(sources)
    assert ast.unparse(ast.parse(answer)) not in sources


def test_a_mutant_says_which_lines_changed() -> None:
    (mutant,) = [one for one in mutate(solved("x = a", "if x:", "    y = b - c")) if one.operator == "arithmetic"]
    assert (mutant.before, mutant.after) == ("y = b - c", "y = b + c")
    assert mutant.source == "x = a\nif x:\n    y = b + c"
