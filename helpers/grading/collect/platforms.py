"""Who handed in, and when: read from the names that learning platforms give to what students upload."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["PLATFORMS", "Origin", "readings"]

# A time as ISO 8601 spells it, also with another sign where a file's name must have no ":".
_ISO = (
    r"(?P<date>20\d\d-?[01]\d-?[0-3]\d)[Tt _-]"
    r"(?P<clock>[0-2]\d(?P<colon>[:._-]?)[0-5]\d(?:(?P=colon)[0-5]\d)?)(?:[.,]\d{1,6})?"
    r"(?: ?(?P<zone>[Zz]|UTC|[+-]\d\d(?:[:._-]?\d\d)?))?"
)

# `student` is whose it is, `file` what the student called it; `apart` tells two students of one name apart, `repeat`
# two uploads of one file. LAB stands for the lab's name or its number. Of two that fit equally well the first counts.
PLATFORMS = {
    "moodle": r"(?P<student>[^/]+?)_(?P<apart>\d+)_assignsubmission_[a-z]+(?:_/|/|_)(?P<file>.+)",
    "blackboard": rf"(?P<apart>[^/]+?)_(?P<student>[^/_]+)_attempt_(?P<time>{_ISO})(?:_|(?=\.txt$))(?P<file>.+)",
    "brightspace": r"(?P<apart>\d+)-\d+ - (?P<student>[^/]+?) ?- (?P<time>[^/-]*\d{4}[^/-]*?)(?: - |/)(?P<file>.+)",
    "gradescope": r"(?P<student>submission_\d+)/(?P<file>.+)",
    "course": rf"(?P<student>[^/]+?)_(?P<time>{_ISO})_(?P<file>.+)",
    "canvas": (
        r"(?:(?:LATE_)?(?P<anonymous>anon_[^/_]+)|(?P<student>[^/]+?)(?:_LATE)?_(?P<apart>\d+))"
        r"_(?:\d+_|(?=(?:text|link)\.html$))(?P<file>.+?)(?:-(?P<repeat>\d{1,9}))?(?P<suffix>(?:\.[^./-]+)*)"
    ),
    "ilias": r"(?:[^/_\d]+_){2}(?P<student>[^/]+)_(?P<apart>\d+)/(?P<file>.+)",
    "github": (r"(?!LAB(?:-main|-master|-submissions)?/)LAB-(?P<student>[^/]+?)(?:-main|-master)?/(?P<file>.+)"),
}


@dataclass(frozen=True)
class Origin:
    """What the path of a file in a download says.

    Attributes:
        student: whose it is.
        file: its path among this student's files.
        apart: what tells two students of one name apart, if the platform says it.
        said: the time of the submission in the platform's words; empty if it says none.
        time: the same in UTC, without a zone. A time that names no zone is taken for UTC, as nbgrader takes it.
        repeat: of two uploads of one file the higher one counts.
        depth: how many folders lie above those that say all this.
    """

    student: str
    file: str
    apart: str = ""
    said: str = ""
    time: datetime | None = None
    repeat: int = 0
    depth: int = 0


def readings(path: str, lab: str, platform: str = "") -> list[Origin]:
    """What a path may mean, what counts first; empty if it is no platform's.

    A platform writes in front of what a student has chosen. So the outermost reading counts, and of those the one that
    leaves most of the name to the student: nobody can name a file so that it becomes somebody else's.

    Args:
        platform: the one of `PLATFORMS` that gave the name; any of them if it is empty.
    """
    chosen = [PLATFORMS[platform]] if platform else list(PLATFORMS.values())
    names = "|".join(map(re.escape, (lab, lab.split("-")[0])))
    patterns = [pattern.replace("LAB", f"(?:{names})") for pattern in chosen]
    parts = path.split("/")
    found = (_reading("/".join(parts[depth:]), patterns, depth) for depth in range(len(parts)))
    return [origin for origin in found if origin]


def _reading(path: str, patterns: list[str], depth: int) -> Origin | None:
    matches = [match for pattern in patterns if (match := re.fullmatch(pattern, path, re.DOTALL))]
    return _origin(min(matches, key=lambda match: match.start("file")), depth) if matches else None


def _origin(match: re.Match[str], depth: int) -> Origin:
    found = {name: value or "" for name, value in match.groupdict().items()}
    said = found.get("time", "")
    return Origin(
        student=found["student"] or found["anonymous"],
        file=found["file"] + found.get("suffix", ""),
        apart=found.get("apart", ""),
        said=said,
        time=_moment(said),
        repeat=int(found.get("repeat") or 0),
        depth=depth,
    )


def _moment(words: str) -> datetime | None:
    """The time that a platform says; None if it is none, or spelled in a way that nobody here knows."""
    try:
        time = _iso(words) or _twelve_hours(words)
        return time.astimezone(UTC).replace(tzinfo=None) if time and time.tzinfo else time
    except (ValueError, OverflowError):
        return None


def _iso(words: str) -> datetime | None:
    found = re.fullmatch(_ISO, words)
    if not found:
        return None
    date, clock = (re.sub(r"\D", "", found[name]) for name in ("date", "clock"))
    zone = re.sub(r"[:._]|(?<=.)-", "", found["zone"] or "").upper().replace("UTC", "Z")
    return datetime.fromisoformat(f"{date}T{clock}{zone}")


def _twelve_hours(words: str) -> datetime | None:
    """As Brightspace writes it: Jan 30, 2026 505 PM."""
    found = re.fullmatch(r"([A-Z][a-z]{2})[a-z]* (\d{1,2}),? (\d{4}) (\d{1,2}):?(\d\d) ([AP]M)", words)
    return datetime.strptime(" ".join(found.groups()), "%b %d %Y %I %M %p") if found else None
