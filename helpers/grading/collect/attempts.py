"""What a student handed in at one time: chosen out of a download, compared with what lies there, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from helpers.grading.collect.sorting import Piece, Remark
from helpers.grading.intake.files import MAX_BYTES, TIME_FILE, Files, read_folder
from helpers.grading.intake.intake import read_time
from helpers.grading.intake.reader import looks_like_notebook

__all__ = ["Attempt", "last_attempt", "lying", "why_not", "write"]


@dataclass(frozen=True)
class Attempt:
    """The files by their paths, and the time in UTC; None if nobody says it."""

    contents: Mapping[str, bytes]
    time: datetime | None

    @property
    def has_notebook(self) -> bool:
        """Whether the intake will find something to look into."""
        files = self.contents.items()
        return any(looks_like_notebook(name, content) or name.lower().endswith(".zip") for name, content in files)


def last_attempt(own: Sequence[Piece], remark: Remark) -> Attempt:
    """What counts of all that a student handed in; what else came is named."""
    when = max(piece.attempt for piece in own)
    current = sorted((one for one in own if one.attempt == when), key=lambda one: (one.origin.repeat, one.came))
    chosen = {piece.origin.file: piece for piece in current}
    contents, origin = _contents(chosen, remark), current[0].origin
    for piece in own:
        if piece is not chosen.get(piece.origin.file) and not _is_copy(piece, contents, origin.time):
            remark(piece.file.path, "not collected: a later one counts")
    if origin.said and not origin.time:
        remark(current[0].file.path, "collected without its time, which cannot be read")
    return Attempt(contents, origin.time)


def _contents(chosen: Mapping[str, Piece], remark: Remark) -> Mapping[str, bytes]:
    """The files' contents, as far as they fit; a large file costs no small one its place."""
    files = Files()
    for name, piece in sorted(chosen.items(), key=lambda item: item[1].file.size):
        through_a_file = any(str(parent) in chosen for parent in PurePosixPath(name).parents)
        files.add(name, None if through_a_file else piece.file.read(files.room))
    for name in files.left_out:
        remark(chosen[name].file.path, "not collected: a link, locked, broken, too large, too many, or in a file")
    return files.contents


def _is_copy(piece: Piece, contents: Mapping[str, bytes], time: datetime | None) -> bool:
    """Whether a file is what counts already: the same download may lie there twice."""
    content = piece.file.read(MAX_BYTES)
    return piece.origin.time == time and content is not None and content == contents.get(piece.origin.file)


def lying(place: Path) -> Attempt | None:
    """What was collected before; None if nothing was."""
    if not place.is_dir():
        return None
    contents = read_folder(place).contents
    contents.pop(TIME_FILE, None)
    return Attempt(contents, read_time(place))


def why_not(new: Attempt, old: Attempt | None) -> str:
    """Why a new attempt does not take the place of an old one; the empty string if it does."""
    if not old or not old.contents or (old.contents == new.contents and not old.time):
        return ""
    if not new.contents:
        return "nothing of it can be read, and what lies in submitted/ stays"
    if not new.time or not old.time:
        return "it differs from what lies in submitted/, and nobody says which is newer: --force takes this one"
    return f"what lies in submitted/ is newer ({old.time} UTC)" if new.time < old.time else ""


def write(attempt: Attempt, folder: Path) -> None:
    """Write an attempt into a new folder."""
    folder.mkdir()
    for name, content in attempt.contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if attempt.time:
        (folder / TIME_FILE).write_text(f"{attempt.time} UTC\n")
