"""How many small faults in the labs' own solutions do the checks notice?

    python -m tests.mutants [lab03-convolution …]

Every mutant of a solution (`tests/mutate.py`) is graded in the solution's place. One that no check notices is a
survivor, and stands in `tests/answers/<lab>/mutants.toml`: under `no-fault`, with the reason why it is as right as the
solution, or under `open`, with what a check would have to try. One that stands nowhere is an error, and so is an entry
that is out of date.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from helpers.grading.answers import files_beside
from helpers.grading.labs import Lab, choose_labs
from tests.conftest import LABS, ROOT
from tests.grading.rehearsal import Rehearsal
from tests.mutate import Mutant, mutate

CPU_SECONDS = 30  # of the processor's time for one mutant; solutions need five at most, and what hangs is noticed
SEED = 1  # of the numbers that checks draw: a run can be repeated
HEADINGS = {"no-fault": "why", "open": "missing"}  # what an entry must say besides what changed

Key = tuple[str, str, str]  # exercise, lines before, lines after


@dataclass(frozen=True)
class Case:
    """A mutant of the solution to an exercise."""

    exercise: str
    mutant: Mutant

    @property
    def key(self) -> Key:
        return self.exercise, self.mutant.before, self.mutant.after

    def __str__(self) -> str:
        lines = textwrap.indent(self.mutant.before, "- ") + "\n" + textwrap.indent(self.mutant.after, "+ ")
        return f"{self.exercise} ({self.mutant.operator})\n{lines}"


Listed = dict[str, dict[Key, str]]  # heading -> survivor -> what is said of it


def read_listed(path: Path) -> Listed:
    """The survivors that are known, from a file `mutants.toml`; none if there is no such file.

    Raises:
        ValueError: if an entry lacks something; the message names the file.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    try:
        return {
            heading: {(e["exercise"], e["before"], e["after"]): e[word] for e in content.get(heading, [])}
            for heading, word in HEADINGS.items()
        }
    except KeyError as error:
        raise ValueError(f"{path}: an entry has no {error}") from None


def listed_of(lab: Lab) -> Path:
    """Where the lab's known survivors stand."""
    return ROOT / "tests" / "answers" / lab.assignment / "mutants.toml"


def cases_of(lab: Lab, exercises: Iterable[str]) -> list[Case]:
    """All mutants of the solutions to some exercises."""
    solutions = lab.solutions()
    return [Case(exercise, mutant) for exercise in exercises for mutant in mutate(solutions[exercise])]


def sample(cases: list[Case], number: int) -> list[Case]:
    """So many of the mutants, the same ones as long as their solutions stay as they are."""
    return sorted(cases, key=lambda case: hashlib.sha256(repr(case.key).encode()).digest())[:number]


def rehearse(lab: Lab) -> Rehearsal:
    """The lab with its cells run."""
    with _folder(files_beside(listed_of(lab).parent)):
        return Rehearsal(lab)


def survives(rehearsal: Rehearsal, case: Case) -> bool:
    """Whether no check notices the mutant."""
    torch.manual_seed(SEED)
    with _folder(files_beside(listed_of(rehearsal.lab).parent)):
        return not rehearsal.notices(case.exercise, case.mutant.source, CPU_SECONDS)


def unharmed(lab: Lab, exercise: str) -> Case:
    """The solution without a fault, written as its mutants are."""
    return Case(exercise, Mutant("nothing changed", "", "", ast.unparse(ast.parse(lab.solutions()[exercise]))))


@contextlib.contextmanager
def _folder(files: list[Path]) -> Iterator[None]:
    """Work in a new folder that holds copies of these files."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        for path in files:
            shutil.copy(path, name)
        yield


def complaints(survivors: list[Case], listed: Listed) -> list[str]:
    """What is wrong, in words, with survivors and the list of them."""
    found = {case.key for case in survivors}
    known = [key for entries in listed.values() for key in entries]
    return [
        *(f"no check notices: {case}" for case in survivors if case.key not in known),
        *(f"out of date, for there is no such survivor: {key}" for key in known if key not in found),
        *(f"listed twice: {key}" for key in set(known) if known.count(key) > 1),
    ]


def table(lab: Lab, cases: list[Case], survivors: list[Case], listed: Listed) -> Table:
    """A row an exercise: mutants, those that are no fault, those of the others that are noticed, and their share."""
    grid = Table("exercise", "mutants", "no fault", "killed", "score", title=lab.assignment)
    for exercise in [*dict.fromkeys(case.exercise for case in cases), None]:
        faults = [case for case in cases if exercise in (None, case.exercise) and case.key not in listed["no-fault"]]
        every = sum(exercise in (None, case.exercise) for case in cases)
        killed = sum(case not in survivors for case in faults)
        numbers = [every, every - len(faults), killed]
        score = f"{killed / len(faults):.0%}" if faults else "-"
        grid.add_row(exercise or "all", *map(str, numbers), score)
    return grid


_rehearsal: Rehearsal  # of the lab that is tried now; the processes that try mutants are forked with it


def _take(rehearsal: Rehearsal) -> None:
    global _rehearsal
    _rehearsal = rehearsal


def _survives(case: Case) -> bool:
    return survives(_rehearsal, case)


def find_survivors(rehearsal: Rehearsal, cases: list[Case]) -> list[Case]:
    """Those of the mutants that no check notices, tried on all cores."""
    forking = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count(), forking, _take, (rehearsal,)) as pool:
        return [case for case, survived in zip(cases, pool.map(_survives, cases), strict=True) if survived]


def try_lab(lab: Lab, console: Console) -> list[str]:
    """Try all mutants of a lab, and tell of them; gives the complaints."""
    listed, rehearsal = read_listed(listed_of(lab)), rehearse(lab)
    cases = cases_of(lab, rehearsal.checks)
    right = [unharmed(lab, exercise) for exercise in rehearsal.checks]
    survivors = find_survivors(rehearsal, right + cases)
    harmed = [f"the solution itself loses points: {case}" for case in right if case not in survivors]
    survivors = [case for case in survivors if case not in right]
    console.print(table(lab, cases, survivors, listed))
    for case in survivors:
        if missing := listed["open"].get(case.key):
            console.print(escape(f"open, {missing}: {case}"), soft_wrap=True)
    return harmed + complaints(survivors, listed)


def main(names: list[str]) -> int:
    os.environ["CNN_LABS_SEED"] = str(SEED)
    torch.set_num_threads(1)  # a process that is forked has one thread, and would wait for the others for ever
    console, found = Console(), []
    for lab in choose_labs(LABS, names):
        found += (words := try_lab(lab, console))
        console.print(*map(escape, words), sep="\n", soft_wrap=True)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
