"""Which cells have to run: what is marked, what a person looks at, and all on which that may depend.

A code cell of the lab that nobody marks, and that comes back with the lab's own text, shows a student something. In
grading it need not run, unless a later cell that runs could notice. It could

- use a name that the cell binds,
- use a variable that the cell uses too, directly or through functions, for the cell may change what it holds; variables
  that some cell uses together count as one, for one may hold the other,
- see settings of libraries or files that the cell may change: it names a way to do so, or a library that is not known
  to be quiet, or something of which no cell says what it is.

If an answer or a cell of the student's could do more than its names say (`globals()`, `exec`, magics, `Out`, a module
that was handed in), or there is more code than in any lab, all cells run. Random numbers are no such thing: checks seed
what they call, each time otherwise, so that the student's generators are in another state in each run.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from helpers.grading.intake.effects import OPAQUE, Effects, effects_of
from helpers.notebooks.cells import HEADING, is_check, is_setup
from helpers.notebooks.reader import normalised

__all__ = ["NOT_RUN", "LeftOut", "find_left_out"]

NOT_RUN = "Not run in grading: nothing that is marked depends on it."  # what such a cell shows
MOST = 100_000  # characters of code, several times a lab's: to find out what they need may take seconds
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class LeftOut:
    """The ids of cells that need not run, and of cells whose figures nobody looks at."""

    cells: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()


def find_left_out(
    cells: Sequence[NotebookNode],
    given: Collection[str],
    answered: Collection[str],
    lent: Iterable[str],
    asked: Collection[str],
    modules: Collection[str] = (),
) -> LeftOut:
    """Say what of a submission need not run.

    Args:
        cells: its cells, in the order in which they run.
        given: the normalised texts of the lab's cells that nobody marks.
        answered: the grade ids of the answers that the student gave.
        lent: the source of the lab's own answers that may be lent to a check.
        asked: the names that checks may ask the student's kernel for.
        modules: the names of modules that the student handed in: nobody knows what importing them does.
    """
    code = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]
    shown = frozenset(_looked_at(cells, answered))
    idle = {cell.id for cell in code if "nbgrader" not in cell.metadata and normalised(cell.source) in given}
    theirs = [cell for cell in code if cell.id not in idle]
    is_short = sum(len(cell.source) for cell in code if not is_check(cell)) <= MOST
    readable = is_short and all(_can_be_read(cell, modules) for cell in theirs)
    unneeded = _Names(code, lent, asked).unneeded(idle - shown) if readable else ()
    return LeftOut(frozenset(unneeded), frozenset(cell.id for cell in code) - shown)


def _looked_at(cells: Iterable[NotebookNode], answered: Collection[str]) -> Iterator[str]:
    """Yield the ids of the cells in exercises with an answer that a person marks: from heading to heading."""
    exercise: list[str] = []
    by_hand = False
    for cell in cells:
        if "nbgrader" in cell.metadata and cell.cell_type == "markdown" and HEADING.search(cell.source):
            yield from exercise if by_hand else ()
            exercise, by_hand = [], False
        exercise.append(cell.id)
        by_hand |= is_grade(cell) and is_solution(cell) and cell.metadata.nbgrader.grade_id in answered
    yield from exercise if by_hand else ()


def _can_be_read(cell: NotebookNode, modules: Collection[str]) -> bool:
    """Whether a cell names all that it may use or change. Checks reach the student's kernel by names alone."""
    effects = effects_of(cell.source)
    if is_check(cell):
        return effects is not OPAQUE
    return not effects.is_opaque and effects.modules.isdisjoint(modules)


class _Names:
    """What the cells of a notebook do to names. Those that checks bind stay in the clean room.

    Args:
        cells: the code cells, in the order in which they run.
        lent: the source of more code that may bind names.
        asked: the names that checks may ask the student's kernel for.
    """

    def __init__(self, cells: Sequence[NotebookNode], lent: Iterable[str], asked: Collection[str]) -> None:
        self._cells = [(cell, effects_of(cell.source)) for cell in cells]
        self._asked = frozenset(asked)
        kernel = [*(one for cell, one in self._cells if not is_check(cell)), *map(effects_of, lent)]
        room = [one for cell, one in self._cells if is_check(cell) or is_setup(cell)]
        self._definers, self._in_room = _definers(kernel), _definers(room)
        touched = _union(one.fields | one.sets for one in kernel)
        written = _union(one.sets for cell, one in self._cells if not is_setup(cell) and not is_check(cell))
        unknown = _union(one.uses for one in kernel) - _union(one.binds for one in kernel) - _BUILTINS
        self._libraries = _union(one.libraries for one in kernel)
        self._strange = _union(one.strange for one in kernel) | unknown
        self._variables = _union(_kept(one) - (one.definitions - touched) for one in kernel) | written | unknown
        self._together = self._groups()

    def unneeded(self, idle: Collection[str]) -> Iterator[str]:
        """Yield those of these cells that no later cell that runs can notice."""
        wanted: set[str] = set()
        everything = False
        for cell, effects in reversed(self._cells):
            used = self._used(cell)
            if cell.id in idle and not everything and not self._is_noticed(effects, used, wanted):
                yield cell.id
            else:
                everything |= effects.is_opaque and not is_check(cell)
                wanted |= used.union(*{self._together[name] for name in used & self._together.keys()})

    def _is_noticed(self, effects: Effects, used: frozenset[str], wanted: set[str]) -> bool:
        if not wanted.isdisjoint(effects.binds) or not wanted.isdisjoint(self._variables.intersection(used)):
            return True
        called = [definer for name in used for definer in self._definers.get(name, ())]
        does_more = effects.seeds or effects.is_opaque or bool(effects.strange)
        return does_more or any(map(self._reaches_out, [effects, *called]))

    def _reaches_out(self, effects: Effects) -> bool:
        settled = effects.sets | effects.settles
        return bool(effects.reaches_out or self._libraries & settled or self._strange & effects.names)

    def _used(self, cell: NotebookNode) -> frozenset[str]:
        """Return the names of the student's kernel that a cell uses, directly or through what has bound them."""
        names = effects_of(cell.source).uses
        if is_check(cell):
            names = _reached(names, self._in_room) & self._asked
        return _reached(names, self._definers)

    def _groups(self) -> dict[str, frozenset[str]]:
        """Return, for each variable, those that belong to it: some cell uses one and binds or uses the other."""
        groups: dict[str, frozenset[str]] = {}
        cells = [cell for cell, _ in self._cells if not is_check(cell)]
        used = _union(effects_of(cell.source).uses for cell in cells)
        for cell in cells:
            names = self._variables & used & (effects_of(cell.source).binds | self._used(cell))
            group = names.union(*{groups[name] for name in names & groups.keys()})
            groups |= dict.fromkeys(group, group)
        return groups


def _kept(effects: Effects) -> frozenset[str]:
    """Return the names that a cell binds to what has a content of its own: no libraries, numbers and texts."""
    return effects.binds - effects.values


def _definers(cells: Iterable[Effects]) -> dict[str, list[Effects]]:
    """Return what binds each name."""
    definers: dict[str, list[Effects]] = defaultdict(list)
    for effects in cells:
        for name in _kept(effects):
            definers[name].append(effects)
    return definers


def _reached(names: frozenset[str], definers: Mapping[str, Sequence[Effects]]) -> frozenset[str]:
    """Return these names, and those that whatever binds them uses, and so on."""
    reached, waiting, seen = set(names), list(names), set[int]()
    while waiting:
        for definer in definers.get(waiting.pop(), ()):
            if id(definer) not in seen:
                seen.add(id(definer))
                waiting += definer.uses - reached
                reached |= definer.uses
    return frozenset(reached)


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
