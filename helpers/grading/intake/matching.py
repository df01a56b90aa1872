"""Find the lab's cells in a submission: by their nbgrader metadata, their ids, or their text."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from helpers.grading.intake.master import Master
from helpers.notebooks.cells import is_setup
from helpers.notebooks.names import names_defined
from helpers.notebooks.reader import Cell

__all__ = ["Match", "match_cells"]


@dataclass
class Match:
    """Which cells of a submission are the lab's. Cells are identified by their positions in the submission.

    Attributes:
        grade_ids: the grade id of each cell that is one of the lab's, by position.
        copies: the positions of further copies of locked cells, in which nothing is the student's.
        answers: the answers by grade id, without those that are missing.
        belongs: whether the notebook holds anything that only this lab has. All labs have a set-up.
        remarks: anything unusual, in words.
    """

    grade_ids: dict[int, str] = field(default_factory=dict)
    copies: set[int] = field(default_factory=set)
    answers: dict[str, Cell] = field(default_factory=dict)
    belongs: bool = False
    remarks: list[str] = field(default_factory=list)

    def anchors(self, master: Master) -> dict[int, int]:
        """Return the position in the lab of those of its cells that are in the lab's order in the submission.

        They are the increasing sequence of the greatest weight. Answers weigh most, so that what a student wrote
        around an answer stays around it. The lab's other cells move to their positions alone.
        """
        chains: list[tuple[int, list[tuple[int, int]]]] = [(0, [])]  # weight, and positions here and in the lab
        for here, grade_id in sorted(self.grade_ids.items()):
            there = master.positions[grade_id]
            shorter = [chain for chain in reversed(chains) if not chain[1] or chain[1][-1][1] < there]
            weight, links = max(shorter, key=itemgetter(0))
            chains.append((weight + (1000 if master.is_answer(grade_id) else 1), [*links, (here, there)]))
        return dict(max(chains, key=itemgetter(0))[1])


def match_cells(cells: Sequence[Cell], master: Master) -> Match:
    """Find the lab's cells in a submission.

    If several cells claim to be one answer, the last one that is more than the placeholder counts; of written answers
    all are kept, so that a person can choose. Cells without metadata and ids are recognised by their text: locked
    cells by the whole text, answers by the names they define or by following their question.
    """
    result = Match()
    claims = _claims(cells, master)
    for grade_id, positions in claims.items():
        if master.is_answer(grade_id):
            _choose(result, grade_id, positions, cells, master)
        else:
            result.grade_ids[positions[-1]] = grade_id
            result.copies |= {k for k in positions[:-1] if cells[k].normalised in master.by_text}
    claimed = {position for positions in claims.values() for position in positions}
    _find_by_content(result, [k for k in range(len(cells)) if k not in claimed], cells, master)
    known = any(not is_setup(master.cells[master.positions[grade_id]]) for grade_id in claims)
    result.belongs = known or len(result.answers) > len(master.defines) / 2  # a few names alone may be any lab's
    marked = {name for cell in cells if isinstance(name := cell.marks.get("grade_id"), str)}
    strange = sorted(marked - master.positions.keys())
    if len(strange) > len(master.positions) / 4:
        result.remarks.append(f"its cells have the nbgrader metadata of another notebook ({', '.join(strange[:3])}, …)")
    elif not any(cell.marks for cell in cells) and result.grade_ids:
        result.remarks.append("its cells have no nbgrader metadata of this lab; they were recognised by id or text")
    return result


def _claims(cells: Sequence[Cell], master: Master) -> dict[str, list[int]]:
    """Return the positions of cells that claim, by a locked cell's text or by a name, to be a cell of the lab."""
    claims: dict[str, list[int]] = defaultdict(list)
    for position, cell in enumerate(cells):
        names = (master.by_text.get(cell.normalised), *cell.names)
        if grade_id := next((name for name in names if name in master.positions), None):
            claims[grade_id].append(position)
    return claims


def _choose(result: Match, grade_id: str, positions: list[int], cells: Sequence[Cell], master: Master) -> None:
    """Choose among cells that claim to be the same answer."""
    written = [position for position in positions if not master.is_placeholder(grade_id, cells[position])]
    result.grade_ids[(written or positions)[-1]] = grade_id
    if not written:
        return
    different = list({cells[position].normalised: position for position in written}.values())
    if len(different) > 1 and master.is_code(grade_id):
        result.remarks.append(f"the answer {grade_id} occurs {len(different)} times; the last one counts")
    _add_answer(result, grade_id, [cells[position] for position in different], master)


def _add_answer(result: Match, grade_id: str, candidates: Sequence[Cell], master: Master) -> None:
    """Add the last candidate if the answer is code, all of them if it is text."""
    answer = candidates[-1]
    if len(candidates) > 1 and not master.is_code(grade_id):
        pictures = {name: bundle for cell in candidates for name, bundle in cell.pictures.items()}
        answer = replace(answer, source="\n\n---\n\n".join(cell.source for cell in candidates), pictures=pictures)
        result.remarks.append(
            f"{grade_id}: {len(candidates)} cells could be the answer; all are kept, for a person to decide"
        )
    result.answers[grade_id] = answer


def _find_by_content(result: Match, free: list[int], cells: Sequence[Cell], master: Master) -> None:
    """Look for missing answers among the cells that claim nothing."""
    recognised: list[str] = []
    free = [k for k in free if cells[k].source.strip() and cells[k].normalised not in master.other_texts]
    defined = {k: names_defined(cells[k].source) for k in free if cells[k].kind == "code"}
    for grade_id in master.positions:
        if not master.is_answer(grade_id) or grade_id in result.answers:
            continue
        if master.is_code(grade_id):
            code = [k for k in free if k in defined and not master.is_placeholder(grade_id, cells[k])]
            chosen = [k for k in code if defined[k] & master.defines[grade_id]]
            chosen = (chosen or _below_the_question(code, grade_id, result.grade_ids, master))[-1:]
        else:
            texts = [k for k in free if k not in defined]
            chosen = _below_the_question(texts, grade_id, result.grade_ids, master)
        if not chosen:
            continue
        others = {k: other for k, other in result.grade_ids.items() if other != grade_id}  # without the placeholder
        result.grade_ids = {**others, chosen[-1]: grade_id}
        free = [k for k in free if k not in chosen]
        _add_answer(result, grade_id, [cells[k] for k in chosen], master)
        recognised.append(grade_id)
    if recognised:
        result.remarks.append(f"answers without metadata, recognised by their content: {', '.join(recognised)}")


def _below_the_question(free: Iterable[int], grade_id: str, grade_ids: dict[int, str], master: Master) -> list[int]:
    """Return the cells that directly follow the question or the placeholder of an answer."""
    expected, known = master.positions[grade_id], sorted(grade_ids)
    above = {k: bisect(known, k) - 1 for k in free}
    return [
        k
        for k, number in above.items()
        if number >= 0 and master.positions[grade_ids[known[number]]] in (expected - 1, expected)
    ]
