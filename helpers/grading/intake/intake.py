"""The border: whatever a student's folder holds becomes a `Submission`. Nothing later looks at the folder again."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell, writes
from nbgrader.utils import parse_utc

from helpers.grading.facts import FACTS_FILE
from helpers.grading.intake.files import TIME_FILE, Files, read_folder, read_regular, unpack
from helpers.grading.intake.master import Master
from helpers.grading.intake.matching import Match, match
from helpers.grading.intake.reader import Cell, Draft, UnreadableError, looks_like_notebook, read_notebook
from helpers.grading.text import Text, line

__all__ = ["Submission", "read_time", "take_in"]

MOST_NOTEBOOKS = 20  # that are looked into
MOST_ARCHIVES = 20  # likewise
MOST_OWN_CELLS = 1000  # of a student's own, beside answers
_OWN = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class Submission:
    """What a student handed in, as everything else sees it: text and bytes, no paths of this machine.

    Attributes:
        notebook: a clean one. Order, locked cells, checks and points are the lab's; answers, and cells of their own
            between them, are the student's.
        files: what came beside the notebook, by path.
        time: when it was handed in, in UTC without a zone, as nbgrader keeps it; None if nobody says.
        notes: what was out of the ordinary.
        is_readable: whether there was a notebook of this lab at all.
        withheld: data sets of which the student's code may read no test image.
        names: those that the checks may ask the student's kernel for.
        seed: of marks that are a measurement.
        lendable: the lab's own answers, by grade id: what is lent where a student's is wrong.
        digest: what tells these files, as they lay there, from all others.
    """

    student: str
    notebook: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    time: datetime | None = None
    notes: tuple[Text, ...] = ()
    is_readable: bool = True
    withheld: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    seed: int | None = None
    lendable: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True)
class _Candidate:
    """A file that could be the notebook."""

    path: str
    draft: Draft
    match: Match

    def rank(self, expected: str) -> tuple[bool, int, bool, int, str]:
        """What speaks for this file: that it is of this lab, the work in it, its name, how much of the lab it holds."""
        found = self.match
        return found.belongs, len(found.answers), self.path == expected, len(found.homes), self.path


def take_in(
    student: str,
    folder: Path,
    master: Master,
    notebook: str,
    *,
    ignore: Sequence[str] = (),
    lab_files: Mapping[str, bytes] | None = None,
    other_labs: Callable[[], Mapping[str, frozenset[str]]] = dict,
) -> Submission:
    """Take in what a student handed in.

    Args:
        folder: where it lies: `submitted/<student>/<lab>/`.
        notebook: the name that the lab's notebook should have, without its suffix.
        ignore: patterns for names of files that do not count.
        lab_files: the lab's own, which take the place of the student's.
        other_labs: gives the grade ids of each other lab, by its name; asked if this lab's are not found.

    Returns:
        The submission. One that cannot be read has an empty notebook, and a note that says why.
    """
    found = read_folder(folder, ignore)
    digest = found.digest
    notes: list[str] = []
    time, remark = _time(found.contents.pop(TIME_FILE, None), TIME_FILE in found.left_out)
    notes += [remark] if remark else []
    candidates, broken = _candidates(found, master)
    if not any(one.match.belongs for one in candidates):
        candidates += _unpacked(found, master, broken)
    best = max(candidates, key=lambda one: one.rank(f"{notebook}.ipynb"), default=None)
    if best is None or not best.match.belongs:
        notes.append(_why_none(found, best, broken, notebook, other_labs))
        best = None
    else:
        notes += [*_names(best, candidates, notebook), *best.draft.remarks, *best.match.remarks]
    if found.left_out:
        some = ", ".join(map(line, found.left_out[:5]))
        notes.append(f"files left out (links, too large, too many, or broken): {some}")
    shown = tuple(line(note, 500) for note in dict.fromkeys(notes))
    return Submission(
        student=student,
        notebook=writes(_assembled(master, best, shown)),
        files=_beside(found, best.path if best else "", {one.path for one in candidates}, lab_files or {}),
        time=time,
        notes=shown,
        is_readable=best is not None,
        withheld=master.withheld,
        names=master.answer_names,
        seed=master.seed,
        lendable=master.lendable,
        digest=digest,
    )


def read_time(folder: Path) -> datetime | None:
    """When something was handed in, in UTC; None if nobody says, or says it so that it cannot be read."""
    return _time(read_regular(folder / TIME_FILE, 1000), False)[0]


def _time(content: bytes | None, is_strange: bool) -> tuple[datetime | None, str]:
    """The time in nbgrader's file, and a remark if there is none in it."""
    if content is None:
        return None, f"{TIME_FILE} is no plain file: nobody knows when this came" if is_strange else ""
    try:
        time = parse_utc(content[:1000].decode("utf-8-sig").strip())
        if 2000 <= time.year < 2100:
            return time, ""
    except Exception:  # dateutil raises whatever it likes
        pass
    return None, f"{TIME_FILE} holds no time: nobody knows when this came"


def _candidates(found: Files, master: Master) -> tuple[list[_Candidate], dict[str, str]]:
    """Files that may be notebooks, and why others that look like one cannot be read."""
    candidates, broken = [], {}
    likely = [path for path, content in found.contents.items() if looks_like_notebook(path, content)]
    likely.sort(key=lambda path: (not path.lower().endswith(".ipynb"), path.count("/"), path))
    for path in likely[:MOST_NOTEBOOKS]:
        try:
            draft = read_notebook(found.contents[path])
        except UnreadableError as error:
            broken[path] = str(error)
        else:
            candidates.append(_Candidate(path, draft, match(draft.cells, master)))
    return candidates, broken


def _unpacked(found: Files, master: Master, broken: dict[str, str]) -> list[_Candidate]:
    """The notebooks in archives; the archives' files take their place among the others."""
    packed = Files()
    archives = [path for path in found.contents if path.lower().endswith(".zip")]
    for path in archives[:MOST_ARCHIVES]:
        unpack(path, found.contents[path], packed)
    candidates, more = _candidates(packed, master)
    found.left_out += packed.left_out
    if any(one.match.belongs for one in candidates):
        found.contents = {**found.contents, **packed.contents}
    broken.update(more)
    return candidates


def _beside(found: Files, chosen: str, notebooks: set[str], lab_files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that the notebook finds: those of its own folder lie beside it, and the lab's own come before all."""
    home = PurePosixPath(chosen).parent
    theirs = {path: content for path, content in found.contents.items() if path not in notebooks}
    near = {path for path in theirs if PurePosixPath(path).is_relative_to(home)}
    files = {path: content for path, content in theirs.items() if path not in near}
    files |= {str(PurePosixPath(path).relative_to(home)): theirs[path] for path in sorted(near)}
    files.pop(FACTS_FILE, None)
    for path in [one for one in files if _is_in_the_way(one, lab_files)]:
        del files[path]
    files |= lab_files
    return {path: content for path, content in files.items() if not _leads_through_a_file(path, files)}


def _leads_through_a_file(path: str, files: Mapping[str, bytes]) -> bool:
    """Whether a path has a file for a folder, as the members of an archive have that lies there as it is."""
    return any(str(parent) in files for parent in PurePosixPath(path).parents)


def _is_in_the_way(path: str, files: Mapping[str, bytes]) -> bool:
    """Whether a file has the name of a folder that others need."""
    return any(PurePosixPath(path) in PurePosixPath(one).parents for one in files)


def _names(best: _Candidate, candidates: Sequence[_Candidate], notebook: str) -> list[str]:
    """What to say of the file that was chosen, and of those that were not."""
    remarks = []
    if best.path != f"{notebook}.ipynb":
        remarks.append(f"the notebook was found in {line(best.path)} (expected: {notebook}.ipynb)")
    others = [line(one.path) for one in candidates if one is not best]
    if others:
        remarks.append(f"another notebook was handed in too, and is not graded: {', '.join(others[:5])}")
    return remarks


def _why_none(
    found: Files,
    best: _Candidate | None,
    broken: Mapping[str, str],
    notebook: str,
    other_labs: Callable[[], Mapping[str, frozenset[str]]],
) -> str:
    """Why there is nothing to grade."""
    if best is not None:
        names = {name for cell in best.draft.cells for name in cell.names}
        similar = {lab: len(names & ids) for lab, ids in other_labs().items()}
        likely = max(similar, key=lambda lab: similar[lab], default="")
        other = f": it is a notebook of {likely}" if likely and similar[likely] else ""
        return f"{line(best.path)} holds no cell of this lab{other}"
    if broken:
        path, why = min(broken.items())
        return f"could not be read: {why}" + ("" if path == f"{notebook}.ipynb" else f" ({line(path)})")
    if f"{notebook}.ipynb" in found.left_out:
        return "could not be read: it is a link, no plain file, or too large"
    there = ", ".join(map(line, sorted([*found.contents, *found.left_out])[:5])) or "no file"
    return f"holds no {notebook}.ipynb (found: {there})"


def _assembled(master: Master, chosen: _Candidate | None, notes: Sequence[Text]) -> NotebookNode:
    """The lab's cells in the lab's order, with the student's answers, and between them the student's own cells."""
    found = chosen.match if chosen else Match()
    own = _own_cells(chosen.draft.cells if chosen else (), found, master)
    notebook = new_notebook(metadata={"kernelspec": master.kernelspec} if master.kernelspec else {})
    if notes:
        words = "\n".join(f"- {_quoted(note)}" for note in notes)
        notebook.cells.append(new_markdown_cell(f"**About this submission**\n\n{words}", id="about-this-submission"))
    notebook.cells += own[-1]
    for place, original in enumerate(master.cells):
        cell = copy.deepcopy(original)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        answer = found.answers.get(cell.metadata.nbgrader.grade_id)
        if answer is not None:
            cell.source = answer.source
            if answer.pictures and cell.cell_type == "markdown":
                cell.attachments = answer.pictures
        notebook.cells += [cell, *own[place]]
    return notebook


def _own_cells(cells: Sequence[Cell], found: Match, master: Master) -> dict[int, list[NotebookNode]]:
    """The student's own cells, by the place of the lab's cell that they follow; -1 for those before all others."""
    own: dict[int, list[NotebookNode]] = defaultdict(list)
    anchors, behind, number = found.anchors(master), -1, 0
    for here, cell in enumerate(cells):
        behind = anchors.get(here, behind)
        if here in found.homes or here in found.copies or not cell.source.strip() or number == MOST_OWN_CELLS:
            continue
        number += 1
        made = _OWN[cell.kind](cell.source, id=f"own-{number}")
        if alt := master.other_texts.get(cell.squeezed):
            made.metadata["alt"] = alt  # the lab's cell, as it was given out: its words fit its picture
        if cell.pictures and cell.kind == "markdown":
            made.attachments = cell.pictures
        own[behind].append(made)
    return own


def _quoted(note: Text) -> str:
    """A note as Markdown that says just that."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+-!|~$&" else letter for letter in note)
