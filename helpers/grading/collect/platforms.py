"""Read who submitted, and when, from the names that learning platforms give to uploaded files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["PLATFORMS", "Origin", "origins"]

# A time as in ISO 8601; any separator may replace ":", which some file systems forbid.
_ISO = (
    r"(?P<date>20\d\d-?[01]\d-?[0-3]\d)[Tt _-]"
    r"(?P<clock>[0-2]\d(?P<colon>[:._-]?)[0-5]\d(?:(?P=colon)[0-5]\d)?)(?:[.,]\d{1,6})?"
    r"(?: ?(?P<zone>[Zz]|UTC|[+-]\d\d(?:[:._-]?\d\d)?))?"
)

# `student` is the student, `file` the name that the student chose; `number` distinguishes students with the same name,
# `repeat` uploads of the same file. LAB stands for the lab's name or number. If two fit equally well, the first counts.
PLATFORMS = {
    "moodle": r"(?P<student>[^/]+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_/|/|_)(?P<file>.+)",
    "blackboard": rf"(?P<number>[^/]+?)_(?P<student>[^/_]+)_attempt_(?P<time>{_ISO})(?:_|(?=\.txt$))(?P<file>.+)",
    "brightspace": r"(?P<number>\d+)-\d+ - (?P<student>[^/]+?) ?- (?P<time>[^/-]*\d{4}[^/-]*?)(?: - |/)(?P<file>.+)",
    "gradescope": r"(?P<student>submission_\d+)/(?P<file>.+)",
    "course": rf"(?P<student>[^/]+?)_(?P<time>{_ISO})_(?P<file>.+)",
    "canvas": (
        r"(?:(?:LATE_)?(?P<anonymous>anon_[^/_]+)|(?P<student>[^/]+?)(?:_LATE)?_(?P<number>\d+))"
        r"_(?:\d+_|(?=(?:text|link)\.html$))(?P<file>.+?)(?:-(?P<repeat>\d{1,9}))?(?P<suffix>(?:\.[^./-]+)*)"
    ),
    "ilias": r"(?:[^/_\d]+_){2}(?P<student>[^/]+)_(?P<number>\d+)/(?P<file>.+)",
    "github": (r"(?!LAB(?:-main|-master|-submissions)?/)LAB-(?P<student>[^/]+?)(?:-main|-master)?/(?P<file>.+)"),
}


@dataclass(frozen=True)
class Origin:
    """What the path of a file in a download says.

    Attributes:
        student: who submitted the file.
        file: its path among the student's files.
        number: distinguishes students with the same name, if the platform gives it.
        time_text: the time of the submission in the platform's words; empty if there is none.
        time: the same in UTC, without a zone. A time without a zone is taken for UTC, as nbgrader does.
        repeat: the highest one counts of several uploads of the same file.
        depth: the number of folders above those that say all this.
    """

    student: str
    file: str
    number: str = ""
    time_text: str = ""
    time: datetime | None = None
    repeat: int = 0
    depth: int = 0


def origins(path: str, lab: str, platform: str = "") -> list[Origin]:
    """Return the possible meanings of a path, the valid one first; empty if no platform gives such names.

    Platforms put their own words before the name that the student chose. So the outermost meaning counts, and of
    those the one with the longest `file`. This way no student can name a file so that it counts as someone else's.

    Args:
        platform: the one of `PLATFORMS` that named the file; any of them if empty.
    """
    chosen = [PLATFORMS[platform]] if platform else list(PLATFORMS.values())
    names = "|".join(map(re.escape, (lab, lab.split("-")[0])))
    patterns = [pattern.replace("LAB", f"(?:{names})") for pattern in chosen]
    parts = path.split("/")
    possible = (_origin("/".join(parts[depth:]), patterns, depth) for depth in range(len(parts)))
    return [origin for origin in possible if origin]


def _origin(path: str, patterns: list[str], depth: int) -> Origin | None:
    matches = [match for pattern in patterns if (match := re.fullmatch(pattern, path, re.DOTALL))]
    if not matches:
        return None
    groups = min(matches, key=lambda match: match.start("file")).groupdict("")
    time_text = groups.get("time", "")
    return Origin(
        student=groups["student"] or groups["anonymous"],
        file=groups["file"] + groups.get("suffix", ""),
        number=groups.get("number", ""),
        time_text=time_text,
        time=_time(time_text),
        repeat=int(groups.get("repeat") or 0),
        depth=depth,
    )


def _time(text: str) -> datetime | None:
    """Return the time that a platform gives; None if there is none, or it cannot be read."""
    try:
        time = _iso(text) or _twelve_hours(text)
        return time.astimezone(UTC).replace(tzinfo=None) if time and time.tzinfo else time
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    match = re.fullmatch(_ISO, text)
    if not match:
        return None
    date, clock = (re.sub(r"\D", "", match[name]) for name in ("date", "clock"))
    zone = re.sub(r"[:._]|(?<=.)-", "", match["zone"] or "").upper().replace("UTC", "Z")
    return datetime.fromisoformat(f"{date}T{clock}{zone}")


def _twelve_hours(text: str) -> datetime | None:
    """Read a time as Brightspace writes it: Jan 30, 2026 505 PM."""
    match = re.fullmatch(r"([A-Z][a-z]{2})[a-z]* (\d{1,2}),? (\d{4}) (\d{1,2}):?(\d\d) ([AP]M)", text)
    return datetime.strptime(" ".join(match.groups()), "%b %d %Y %I %M %p") if match else None
