"""Turn a student's folder into a `Submission`. Nothing after the intake reads the folder again."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.utils import parse_utc

from helpers.grading.facts import FACTS_FILE
from helpers.grading.intake.files import TIME_FILE, Files, archive_kind, folders_of, read_folder, read_regular, unpack
from helpers.grading.intake.master import Master
from helpers.grading.intake.matching import Match, match_cells
from helpers.grading.intake.needed import LeftOut, find_left_out
from helpers.notebooks.reader import Cell, Draft, UnreadableError, looks_like_notebook, read_notebook
from helpers.notebooks.text import Text, line

__all__ = ["Submission", "read_time", "take_in"]

MAX_NOTEBOOKS = 20  # that are read
MAX_ARCHIVES = 20  # likewise
MAX_OWN_CELLS = 1000  # that a student added to the lab's
_MODULES = (".py", ".pyc", ".so")  # suffixes of files that Python may import
_NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class Submission:
    """What a student submitted, as text and bytes, without paths of this machine.

    Attributes:
        notebook: a clean notebook. The lab gives the order, locked cells, checks and points; the student gives the
            answers, and the cells between them.
        files: the other files, by path relative to the notebook.
        time: the time of the submission, in UTC without a zone, as in nbgrader; None if unknown.
        notes: anything unusual.
        is_readable: whether there was a notebook of this lab.
        imports: modules that the lab's own cells import.
        withheld: data sets of which the student's code may read no test image.
        names: the names that the checks may ask the student's kernel for.
        seed: for points that depend on a measurement.
        lendable: the lab's own answers that may replace a student's wrong ones, by grade id.
        left_out: what of it need not run, and what nobody looks at.
        digest: a hash of the files in the student's folder.
    """

    student: str
    notebook: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    time: datetime | None = None
    notes: tuple[Text, ...] = ()
    is_readable: bool = True
    imports: frozenset[str] = frozenset()
    withheld: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    seed: int | None = None
    lendable: Mapping[str, str] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)
    digest: str = ""


@dataclass(frozen=True)
class _Candidate:
    """A file that could be the notebook."""

    path: str
    draft: Draft
    match: Match

    def rank(self, expected: str) -> tuple[bool, int, bool, int, str]:
        """Prefer a notebook of this lab, then one with more answers, with the right name, with more of the lab."""
        match = self.match
        return match.belongs, len(match.answers), self.path == expected, len(match.grade_ids), self.path


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
    """Read what a student submitted.

    Args:
        folder: the student's folder, `submitted/<student>/<lab>/`.
        notebook: the expected name of the notebook, without its suffix.
        ignore: patterns for the names of files to skip.
        lab_files: the lab's own files, which replace the student's.
        other_labs: returns the grade ids of the other labs by name; called if the notebook is not of this lab.

    Returns:
        The submission. If it cannot be read, its answers are empty, and a note says why.
    """
    expected = f"{notebook}.ipynb"
    files = read_folder(folder, ignore)
    digest = files.digest
    time, remark = _time(files.contents.pop(TIME_FILE, None), TIME_FILE in files.left_out)
    notes = [remark] if remark else []
    candidates, broken = _candidates(files, master, notes)
    if not any(candidate.match.belongs for candidate in candidates):
        candidates += _from_archives(files, master, broken, notes)
    best = max(candidates, key=lambda candidate: candidate.rank(expected), default=None)
    if best is None or not best.match.belongs:
        notes.append(_why_none(files, best, broken, expected, other_labs))
        best = None
    else:
        notes += [*_names(best, candidates, expected), *best.draft.remarks, *best.match.remarks]
    if files.left_out:
        examples = ", ".join(map(line, files.left_out[:5]))
        notes.append(f"files left out (links, too large, too many, or broken): {examples}")
    shown = tuple(line(note, 500) for note in dict.fromkeys(notes))
    others = {path: content for path, content in files.contents.items() if path not in {c.path for c in candidates}}
    assembled, beside = _assemble(master, best, shown), _beside(best.path if best else "", others, lab_files or {})
    theirs = [PurePosixPath(path) for path in beside if path not in (lab_files or {})]
    return Submission(
        student=student,
        notebook=json.dumps(assembled),
        files=beside,
        time=time,
        notes=shown,
        is_readable=best is not None,
        imports=master.imports,
        withheld=master.withheld,
        names=master.answer_names,
        seed=master.seed,
        lendable=master.lendable,
        left_out=find_left_out(
            assembled.cells,
            given=master.other_texts,
            answered=best.match.answers if best else (),
            lent=master.lendable.values(),
            asked=master.answer_names,
            modules={path.parts[0].partition(".")[0] for path in theirs if path.suffix in _MODULES},
        ),
        digest=digest,
    )


def read_time(folder: Path) -> datetime | None:
    """Return the time of a submission in UTC; None if it is missing or unreadable."""
    return _time(read_regular(folder / TIME_FILE, 1000), False)[0]


def _time(content: bytes | None, is_left_out: bool) -> tuple[datetime | None, str]:
    """Return the time in nbgrader's file, and a remark if the file holds none."""
    if content is None:
        return None, f"{TIME_FILE} is not a regular file: the time of submission is unknown" if is_left_out else ""
    try:
        time = parse_utc(content[:1000].decode("utf-8-sig").strip())
        if 2000 <= time.year < 2100:
            return time, ""
    except Exception:  # dateutil raises many kinds of errors
        pass
    return None, f"{TIME_FILE} holds no time: the time of submission is unknown"


def _candidates(files: Files, master: Master, notes: list[str]) -> tuple[list[_Candidate], dict[str, str]]:
    """Return the files that may be the notebook, and why others that look like notebooks cannot be read."""
    candidates, broken = [], {}
    likely = [path for path, content in files.contents.items() if looks_like_notebook(path, content)]
    likely.sort(key=lambda path: (not path.lower().endswith(".ipynb"), path.count("/"), path))
    if len(likely) > MAX_NOTEBOOKS:
        notes.append(f"only {MAX_NOTEBOOKS} of {len(likely)} notebooks were looked at")
    for path in likely[:MAX_NOTEBOOKS]:
        try:
            draft = read_notebook(files.contents[path])
        except UnreadableError as error:
            broken[path] = str(error)
        else:
            candidates.append(_Candidate(path, draft, match_cells(draft.cells, master)))
    return candidates, broken


def _from_archives(files: Files, master: Master, broken: dict[str, str], notes: list[str]) -> list[_Candidate]:
    """Return the notebooks in archives. If one is of this lab, add the archives' members to the files."""
    members = Files()
    kinds = {path: archive_kind(content) for path, content in files.contents.items()}
    notes += [f"{line(path)} is {kind}; only zip archives are opened" for path, kind in kinds.items() if kind]
    archives = [path for path, kind in kinds.items() if path.lower().endswith(".zip") and not kind]
    if len(archives) > MAX_ARCHIVES:
        notes.append(f"only {MAX_ARCHIVES} of {len(archives)} archives were opened")
    for path in archives[:MAX_ARCHIVES]:
        unpack(path, files.contents[path], members)
    nested = [path for path in members.contents if path.lower().endswith(".zip")]
    if nested:
        notes.append(f"an archive in an archive is not opened: {', '.join(map(line, nested[:5]))}")
    candidates, also_broken = _candidates(members, master, notes)
    broken.update(also_broken)
    files.left_out += members.left_out
    if any(candidate.match.belongs for candidate in candidates):
        files.contents |= members.contents
    return candidates


def _beside(notebook: str, files: Mapping[str, bytes], lab_files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files by path relative to the notebook. Its neighbours and the lab's files win over others."""
    home = PurePosixPath(notebook).parent
    near = {path for path in files if home in PurePosixPath(path).parents}  # not the archive that is the home itself
    beside = {path: content for path, content in files.items() if path not in near}
    beside |= {str(PurePosixPath(path).relative_to(home)): files[path] for path in sorted(near)}
    for name in (FACTS_FILE, TIME_FILE):  # grading writes its own beside the graded notebook
        beside.pop(name, None)
    needed = {folder for path in lab_files for folder in folders_of(path)}
    beside = {path: content for path, content in beside.items() if path not in needed} | dict(lab_files)
    return {path: content for path, content in beside.items() if not folders_of(path) & beside.keys()}


def _names(best: _Candidate, candidates: Sequence[_Candidate], expected: str) -> list[str]:
    """Return remarks about an unexpected name of the notebook, and about other notebooks."""
    remarks = []
    folders = PurePosixPath(best.path).parts[:-1]
    is_packed = len(folders) == 1 and folders[0].lower().endswith(".zip")  # as by `course pack`
    if PurePosixPath(best.path).name != expected or (folders and not is_packed):
        remarks.append(f"the notebook was found in {line(best.path)} (expected: {expected})")
    others = [line(candidate.path) for candidate in candidates if candidate is not best]
    if others:
        remarks.append(f"another notebook was submitted too, but is not graded: {', '.join(others[:5])}")
    return remarks


def _why_none(
    files: Files,
    best: _Candidate | None,
    broken: Mapping[str, str],
    expected: str,
    other_labs: Callable[[], Mapping[str, frozenset[str]]],
) -> str:
    """Say why there is nothing to grade."""
    if best is not None:
        known = {name for cell in best.draft.cells for name in cell.names}
        shared = {lab: len(known & grade_ids) for lab, grade_ids in other_labs().items()}
        likely = max(shared, key=lambda lab: shared[lab], default="")
        other = f": it is a notebook of {likely}" if likely and shared[likely] else ""
        return f"{line(best.path)} holds no cell of this lab{other}"
    if broken:
        path, why = min(broken.items())
        return f"could not be read: {why}" + ("" if path == expected else f" ({line(path)})")
    if expected in files.left_out:
        return "could not be read: it is a link, not a regular file, or too large"
    names = ", ".join(map(line, sorted([*files.contents, *files.left_out])[:5])) or "no file"
    return f"holds no {expected} (found: {names})"


def _assemble(master: Master, chosen: _Candidate | None, notes: Sequence[Text]) -> NotebookNode:
    """Put together the lab's cells in the lab's order, the student's answers, and the student's other cells."""
    match = chosen.match if chosen else Match()
    own = _own_cells(chosen.draft.cells if chosen else (), match, master)
    notebook = new_notebook(metadata={"kernelspec": master.kernelspec} if master.kernelspec else {})
    if notes:
        words = "\n".join(f"- {_quoted(note)}" for note in notes)
        notebook.cells.append(new_markdown_cell(f"**About this submission**\n\n{words}", id="about-this-submission"))
    notebook.cells += own[-1]
    for position, original in enumerate(master.cells):
        cell = copy.deepcopy(original)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if answer := match.answers.get(cell.metadata.nbgrader.grade_id):
            cell.source = answer.source
            if answer.pictures and cell.cell_type == "markdown":
                cell.attachments = answer.pictures
        notebook.cells += [cell, *own[position]]
    return notebook


def _own_cells(cells: Sequence[Cell], match: Match, master: Master) -> dict[int, list[NotebookNode]]:
    """Return the cells that a student added, by the position of the lab's cell that they follow; -1 for the first."""
    own: dict[int, list[NotebookNode]] = defaultdict(list)
    anchors, anchor, number = match.anchors(master), -1, 0
    for position, cell in enumerate(cells):
        anchor = anchors.get(position, anchor)
        if position in match.grade_ids or position in match.copies or not cell.source.strip():
            continue
        if number == MAX_OWN_CELLS:
            break
        number += 1
        new = _NEW_CELL[cell.kind](cell.source, id=f"own-{number}")
        if alt := master.other_texts.get(cell.normalised):
            new.metadata["alt"] = alt  # the student did not change the cell, so the description fits its picture
        if cell.pictures and cell.kind == "markdown":
            new.attachments = cell.pictures
        own[anchor].append(new)
    return own


def _quoted(note: Text) -> str:
    """Escape a note so that Markdown shows it as it is."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+-!|~$&" else letter for letter in note)
