"""Read Blackboard's own file about an attempt: `Lab 3_oscar1_attempt_2026-01-30-17-05-00.txt`.

It begins like this, in the language of the server:

    Name: Oscar Ortiz (oscar1)
    Assignment: Lab 3
    Date Submitted: Friday, January 30, 2026 5:05:12 PM CET
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from helpers.grading.collect.collected import Collected
from helpers.grading.collect.platforms import Origin, in_utc
from helpers.grading.collect.uploads import Upload

__all__ = ["without_notices"]

MAX_NOTICE = 1 << 20  # bytes
# Hours ahead of UTC. Abbreviations that several zones share, such as CST and IST, are not here.
_ZONES = {"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}
_ZONES |= {"EST": -5, "EDT": -4, "CDT": -5, "MDT": -6, "PDT": -7, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13}


def without_notices(uploads: Sequence[Upload], result: Collected) -> Iterator[Upload]:
    """Yield what students uploaded, with the names and times that Blackboard's own files give."""
    notices = {_attempt(upload.origin): upload for upload in uploads if not upload.origin.file}
    used = set()
    for upload in uploads:
        if upload.origin.file:
            notice = notices.get(_attempt(upload.origin))
            used.add(_attempt(upload.origin))
            yield replace(upload, origin=_completed(upload.origin, notice)) if notice else upload
    for notice in (notices[attempt] for attempt in notices.keys() - used):
        reason = "an attempt without a file. If the student wrote something instead, it stands in here"
        result.refuse(notice.file.path, notice.source, reason)


def _attempt(origin: Origin) -> tuple[str, str]:
    return origin.student, origin.time_text


def _completed(origin: Origin, notice: Upload) -> Origin:
    """Add the student's name and, if the zone is certain, the exact time."""
    head = (notice.file.read(MAX_NOTICE) or b"").decode("utf-8-sig", "replace")[:4096]
    name = re.match(r"Name: (.+) \(", head)
    time = re.search(r"^Date Submitted: \w+, (\w+ \d+, \d{4} \d+:\d\d:\d\d [AP]M) ([A-Z]{3,4})\s*$", head, re.MULTILINE)
    return replace(
        origin,
        known_as=(name[1],) if name else (),
        time=(_time(time[1], time[2]) if time and time[2] in _ZONES else None) or origin.time,
    )


def _time(text: str, zone: str) -> datetime | None:
    try:
        time = datetime.strptime(text, "%B %d, %Y %I:%M:%S %p")
    except ValueError:
        return None
    return in_utc(time, timezone(timedelta(hours=_ZONES[zone])))
