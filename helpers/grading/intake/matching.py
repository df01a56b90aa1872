"""Which cell of a submission is which cell of the lab: by its marks, by its id, or by what it holds."""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from helpers.grading.intake.master import Master
from helpers.grading.intake.reader import Cell
from helpers.grading.labs import is_setup

__all__ = ["Answer", "Match", "match", "names_defined"]


@dataclass
class Answer:
    """What the student wrote for one solution cell."""

    source: str
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Match:
    """Which of the student's cells are the lab's.

    Attributes:
        homes: grade id of each cell that stands for one of the lab's, by its place in the submission.
        copies: places of further cells with the text of a locked one: nothing in them is the student's.
        answers: what counts as an answer, by grade id; those not given are missing.
        belongs: whether the notebook holds anything of this lab alone. All labs have a set-up.
        remarks: what was out of the ordinary, in words.
    """

    homes: dict[int, str] = field(default_factory=dict)
    copies: set[int] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    belongs: bool = False

    def anchors(self, master: Master) -> dict[int, int]:
        """Of the lab's cells those that nobody has moved: place in the submission, and place in the lab.

        They are the heaviest ones that stand in the lab's order. Answers weigh most: what a student wrote around them
        stays around them. All others go home, and leave the student's own cells where these are.
        """
        order = sorted((here, master.places[name]) for here, name in self.homes.items())
        best: list[tuple[int, int]] = []  # weight of the heaviest chain that ends here, and the link before it
        for number, (_, place) in enumerate(order):
            before = [(best[k][0], k) for k in range(number) if order[k][1] < place]
            weight, link = max(before, default=(0, -1))
            best.append((weight + (1000 if master.cells[place].metadata.nbgrader.solution else 1), link))
        found: dict[int, int] = {}
        at = max(range(len(best)), key=lambda k: best[k][0], default=-1)
        while at >= 0:
            found[order[at][0]] = order[at][1]
            at = best[at][1]
        return found


def match(cells: Sequence[Cell], master: Master) -> Match:
    """Find the lab's cells in a submission.

    Of several cells that claim to be one answer, the last counts that is more than the placeholder; of written
    answers all are kept, for a person to choose. What no mark and no id tells is found by its text: locked cells by
    theirs, answers by what they define, or by standing where the question asks for them.
    """
    found = Match()
    claims = _claims(cells, master)
    for name, places in claims.items():
        if master.is_answer(name):
            _choose(found, name, places, cells, master)
        else:
            found.homes[places[-1]] = name
            found.copies |= {k for k in places[:-1] if cells[k].squeezed in master.by_text}
    claimed = {place for places in claims.values() for place in places}
    _find_by_content(found, [k for k in range(len(cells)) if k not in claimed], cells, master)
    known = any(not is_setup(master.cells[master.places[name]]) for name in claims)
    found.belongs = known or len(found.answers) > len(master.defines) / 2  # a few names alone may be any lab's
    marks = {mark for cell in cells if isinstance(mark := cell.marks.get("grade_id"), str)}
    strange = sorted(marks - master.places.keys())
    if len(strange) > len(master.places) / 4:
        some = ", ".join(strange[:3])
        found.remarks.append(f"its cells carry marks of another notebook ({some}, …)")
    elif not any(cell.marks for cell in cells) and found.homes:
        found.remarks.append("its cells carry no marks of this lab; they were recognised by their ids or texts")
    return found


def _claims(cells: Sequence[Cell], master: Master) -> dict[str, list[int]]:
    """The places of the cells that say, or whose locked text says, which cell of the lab they are."""
    claims: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        name = master.by_text.get(cell.squeezed) or next((n for n in cell.names if n in master.places), None)
        if name:
            claims[name].append(place)
    return claims


def _choose(found: Match, name: str, places: list[int], cells: Sequence[Cell], master: Master) -> None:
    written = [place for place in places if not master.is_placeholder(name, cells[place])]
    found.homes[(written or places)[-1]] = name
    if not written:
        return
    texts = list({cells[place].squeezed: place for place in written}.values())
    if len(texts) > 1 and master.is_code(name):
        found.remarks.append(f"the answer {name} is there {len(texts)} times; the last one counts")
    _answer(found, name, texts, cells, master)


def _answer(found: Match, name: str, places: Sequence[int], cells: Sequence[Cell], master: Master) -> None:
    """Take the last of these cells for an answer in code, all of them for one in words."""
    last = cells[places[-1]]
    if master.is_code(name) or len(places) == 1:
        found.answers[name] = Answer(last.source, last.pictures)
        return
    texts = [cells[place].source for place in places]
    pictures = {file: kinds for place in places for file, kinds in cells[place].pictures.items()}
    found.answers[name] = Answer("\n\n---\n\n".join(texts), pictures)
    found.remarks.append(f"{name}: {len(places)} cells could be the answer; all are kept, for a person to look at")


def _find_by_content(found: Match, free: list[int], cells: Sequence[Cell], master: Master) -> None:
    """Look among the cells that nobody knows for the answers that are missing."""
    recognised: list[str] = []
    free = [k for k in free if cells[k].source.strip() and cells[k].squeezed not in master.other_texts]
    defined = {k: names_defined(cells[k].source) for k in free if cells[k].kind == "code"}
    for name in (one for one in master.places if master.is_answer(one) and one not in found.answers):
        if master.is_code(name):
            code = [k for k in free if k in defined and not master.is_placeholder(name, cells[k])]
            chosen = [k for k in code if defined[k] & master.defines[name]]
            chosen = (chosen or _below_the_question(code, name, found.homes, master))[-1:]
        else:
            texts = [k for k in free if k not in defined]
            chosen = _below_the_question(texts, name, found.homes, master)
        if not chosen:
            continue
        for stub in [place for place, home in found.homes.items() if home == name]:
            del found.homes[stub]
        found.homes[chosen[-1]] = name
        free = [k for k in free if k not in chosen]
        _answer(found, name, chosen, cells, master)
        recognised.append(name)
    if recognised:
        found.remarks.append(f"answers without marks, recognised by what they hold: {', '.join(recognised)}")


def _below_the_question(free: Iterable[int], name: str, homes: dict[int, str], master: Master) -> list[int]:
    """Those cells that stand where the answer should: after its question, or after its empty stub."""
    wanted, known = master.places[name], sorted(homes)
    above = {place: bisect(known, place) - 1 for place in free}
    return [
        place
        for place, number in above.items()
        if number >= 0 and master.places[homes[known[number]]] in (wanted - 1, wanted)
    ]


# What stands at the beginning of a line: `def name`, `class name`, `name =`, `a, b =`, `name: int =`. A stranger's
# source is not parsed here, and the possessive quantifiers let no text take long.
_DEFINITION = re.compile(
    r"^(?:async +)?(?:def|class) ++(\w++)|^(\w++(?:, *+\w++)*+)(?: *+:[^=\n]++)?+ *+=(?!=)", re.MULTILINE
)


def names_defined(source: str) -> set[str]:
    """The names that a cell defines."""
    names: set[str] = set()
    for one, several in _DEFINITION.findall(source):
        names.update([one] if one else several.replace(" ", "").split(","))
    return names
