"""Read who submitted, and when, from the names that learning platforms give to uploaded files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

__all__ = ["PLATFORMS", "Origin", "in_utc", "origins"]

# A time as in ISO 8601; any separator may replace ":", which some file systems forbid.
_ISO = (
    r"(?P<date>20\d\d-?[01]\d-?[0-3]\d)[Tt _-]"
    r"(?P<clock>[0-2]\d(?P<colon>[:._-]?)[0-5]\d(?:(?P=colon)[0-5]\d)?)(?:[.,]\d{1,6})?"
    r"(?: ?(?P<zone>[Zz]|UTC|[+-]\d\d(?:[:._-]?\d\d)?))?"
)

# `student` is the student, `name` another name of the same, `file` the name that the student chose. `number`
# distinguishes students with the same name, and is called `account` if it is the same in all labs. `repeat`
# distinguishes uploads of one file. `notice` is the platform's own file about an attempt. LAB stands for the lab's name
# or number. If two patterns fit equally well, the first counts.
PLATFORMS = {
    "moodle": r"(?P<student>[^/]+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_/|/|_)(?P<file>.+)",
    "blackboard": rf"[^/]+?_(?P<student>[^/_]+)_attempt_(?P<time>{_ISO})(?:_(?P<file>.+)|(?P<notice>\.txt))",
    "brightspace": r"(?P<account>\d+)-\d+ - (?P<student>[^/]+?) ?- (?P<time>[^/-]*\d{4}[^/-]*?)(?: - |/)(?P<file>.+)",
    "gradescope": r"(?P<student>submission_\d+)/(?P<file>.+)",
    "course": rf"(?P<student>[^/]+?)_(?P<time>{_ISO})_(?P<file>.+)",
    "canvas": (
        r"(?:(?P<late>LATE_)?(?P<anonymous>anon_[^/_]+)|(?P<student>[^/]+?)(?P<late_>_LATE)?_(?P<account>\d+))"
        r"_(?:\d+_|(?=(?:text|link)\.html$))(?P<file>.+?)(?:-(?P<repeat>\d{1,9}))?(?P<suffix>(?:\.[^./-]+)*)"
    ),
    "ilias": (  # "__" stands for letters that ILIAS cannot write: then nobody knows how many names there are
        r"(?!multi_feedback_)(?P<name>(?![^/]*__)(?:[^/_\d]+_){2}|(?=[^/]*__)[^/]*_)"
        r"(?P<student>[^/]+?)_(?P<account>\d+)/(?P<file>.+)"
    ),
    "github": r"(?!LAB(?:-main|-master|-submissions)?/)LAB-(?P<student>[^/]+?)(?:-main|-master)?/(?P<file>.+)",
}


@dataclass(frozen=True)
class Origin:
    """What the path of a file in a download says.

    Attributes:
        student: who submitted the file.
        file: its path among the student's files; empty if it is not the student's, but the platform's own.
        number: distinguishes students with the same name, if the platform gives it.
        account: the same, if it is the student's number on the platform, in all labs.
        known_as: other names of the student that the platform gives.
        is_late: whether the platform says that the submission is late.
        time_text: the time of the submission in the platform's words; empty if there is none.
        time: the same in UTC, without a zone.
        repeat: the highest one counts of several uploads of the same file.
        depth: the number of folders above those that say all this.
    """

    student: str
    file: str
    number: str = ""
    account: str = ""
    known_as: tuple[str, ...] = ()
    is_late: bool = False
    time_text: str = ""
    time: datetime | None = None
    repeat: int = 0
    depth: int = 0


def origins(path: str, lab: str, platform: str = "", zone: tzinfo = UTC) -> list[Origin]:
    """Return the possible meanings of a path, the valid one first; empty if no platform gives such names.

    Platforms put their own words before the name that the student chose. So the outermost meaning counts, and of
    those the one with the longest `file`. This way no student can name a file so that it counts as someone else's.

    Args:
        platform: the one of `PLATFORMS` that named the file; any of them if empty.
        zone: the time zone of times without one.
    """
    chosen = [PLATFORMS[platform]] if platform else list(PLATFORMS.values())
    names = "|".join(map(re.escape, (lab, lab.split("-")[0])))
    patterns = [pattern.replace("LAB", f"(?:{names})") for pattern in chosen]
    parts = path.split("/")
    possible = (_origin("/".join(parts[depth:]), patterns, depth, zone) for depth in range(len(parts)))
    return [origin for origin in possible if origin]


def _origin(path: str, patterns: list[str], depth: int, zone: tzinfo) -> Origin | None:
    matches = [match for pattern in patterns if (match := re.fullmatch(pattern, path, re.DOTALL))]
    if not matches:
        return None
    groups = min(matches, key=_start_of_file).groupdict("")
    time_text = groups.get("time", "")
    return Origin(
        student=groups["student"] or groups["anonymous"],
        file=groups["file"] + groups.get("suffix", ""),
        number=groups.get("number") or groups.get("account", ""),
        account=groups.get("account", ""),
        known_as=tuple(filter(None, [groups.get("name")])),
        is_late=bool(groups.get("late") or groups.get("late_")),
        time_text=time_text,
        time=_time(time_text, zone),
        repeat=int(groups.get("repeat") or 0),
        depth=depth,
    )


def _start_of_file(match: re.Match[str]) -> int:
    """Return where the student's words begin; at the end, if all are the platform's."""
    return match.start("file") if match["file"] else match.end()


def _time(text: str, zone: tzinfo) -> datetime | None:
    """Return the time that a platform gives, in UTC; None if there is none, or it cannot be read."""
    try:
        time = _iso(text) or _twelve_hours(text)
        return in_utc(time, zone) if time else None
    except (ValueError, OverflowError):
        return None


def in_utc(time: datetime, zone: tzinfo) -> datetime:
    """Return a time in UTC, without a zone, as nbgrader stores it; `zone` is its own if it names none."""
    return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)


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
