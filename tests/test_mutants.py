"""The checks notice small faults in the labs' own solutions: here a sample of them; `make mutants` tries all."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.grading.labs import Lab
from tests.conftest import each_lab
from tests.grading.rehearsal import Rehearsal
from tests.mutants import (
    SEED,
    Case,
    cases_of,
    complaints,
    listed_of,
    read_listed,
    rehearse,
    sample,
    survives,
    table,
    unharmed,
)
from tests.mutate import Mutant

SAMPLE = 5  # mutants a lab


@pytest.fixture(autouse=True)
def _same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_LABS_SEED", str(SEED))


@pytest.mark.slow
@each_lab()
def test_the_checks_notice_a_sample_of_small_faults(lab: Lab) -> None:
    rehearsal, listed = rehearse(lab), read_listed(listed_of(lab))
    known = [key for entries in listed.values() for key in entries]
    cases = sample([case for case in cases_of(lab, rehearsal.checks) if case.key not in known], SAMPLE)
    assert len(cases) == SAMPLE
    assert not complaints([case for case in cases if survives(rehearsal, case)], {})


@pytest.mark.slow
@each_lab()
def test_what_is_listed_can_still_be_made(lab: Lab) -> None:
    listed = [key for entries in read_listed(listed_of(lab)).values() for key in entries]
    made = {case.key for case in cases_of(lab, {exercise for exercise, _, _ in listed})}
    assert not [key for key in listed if key not in made]


# The tool itself, on the small lab.


def case(after: str) -> Case:
    return Case("k1-double", Mutant("by hand", "return 2 * n", after, f"def double(n):\n    {after}"))


FAULT, NO_FAULT, HANGS = case("return 3 * n"), case("return n + n"), case("while True: pass")


@pytest.fixture
def rehearsal(small: Lab) -> Rehearsal:
    return Rehearsal(small)


def test_a_fault_is_noticed_and_what_is_none_survives(rehearsal: Rehearsal) -> None:
    assert not survives(rehearsal, FAULT)
    assert survives(rehearsal, NO_FAULT)


def test_the_solution_itself_survives(rehearsal: Rehearsal, small: Lab) -> None:
    assert all(survives(rehearsal, unharmed(small, exercise)) for exercise in rehearsal.checks)


def test_what_hangs_is_ended_and_noticed(rehearsal: Rehearsal) -> None:
    assert rehearsal.notices(HANGS.exercise, HANGS.mutant.source, cpu=1)


def test_an_unlisted_survivor_is_shown_with_its_difference() -> None:
    (complaint,) = complaints([NO_FAULT], {})
    assert complaint == "no check notices: k1-double (by hand)\n- return 2 * n\n+ return n + n"


@pytest.mark.parametrize("heading", ["no-fault", "open"])
def test_a_listed_survivor_is_accepted(heading: str, tmp_path: Path) -> None:
    assert not complaints([NO_FAULT], read_listed(written(tmp_path, heading)))


@pytest.mark.parametrize("heading", ["no-fault", "open"])
def test_an_entry_that_is_killed_or_gone_is_out_of_date(heading: str, tmp_path: Path) -> None:
    (complaint,) = complaints([], read_listed(written(tmp_path, heading)))
    assert complaint.startswith("out of date")


def test_only_what_is_no_fault_leaves_the_score_alone(small: Lab, tmp_path: Path) -> None:
    cases = [FAULT, NO_FAULT]
    scores = {
        heading: list(table(small, cases, [NO_FAULT], read_listed(written(tmp_path, heading))).columns[-1].cells)
        for heading in ("no-fault", "open")
    }
    assert scores == {"no-fault": ["100%", "100%"], "open": ["50%", "50%"]}


def test_an_entry_must_give_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"mutants\.toml: an entry has no 'why'"):
        read_listed(written(tmp_path, "no-fault", reason="missing"))


def test_a_sample_stays_the_same_whatever_the_order() -> None:
    cases = [case(f"return {n} * n") for n in range(3, 20)]
    assert sample(cases, 4) == sample(cases[::-1], 4)


def written(folder: Path, heading: str, reason: str = "") -> Path:
    """A list with one entry."""
    exercise, before, after = NO_FAULT.key
    reason = reason or {"no-fault": "why", "open": "missing"}[heading]
    path = folder / "mutants.toml"
    entry = f'exercise = "{exercise}"\nbefore = "{before}"\nafter = "{after}"\n{reason} = "as it is"'
    path.write_text(f"[[{heading}]]\n{entry}\n")
    return path
