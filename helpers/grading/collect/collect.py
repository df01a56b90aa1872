"""Collect the last attempt of each student. This decides who submitted and when; the intake reads what it is."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.grading.collect.attempts import Attempt, attempts_in, read_attempt, write_attempt
from helpers.grading.collect.collected import Collected
from helpers.grading.collect.due import DueDates
from helpers.grading.collect.kept import is_kept, keep
from helpers.grading.collect.platforms import PLATFORMS
from helpers.grading.collect.students import open_uploads
from helpers.grading.collect.times import read_times
from helpers.grading.collect.uncollected import write_uncollected
from helpers.grading.collect.uploads import Upload, with_time
from helpers.grading.course import Course
from helpers.grading.intake.files import replace_folder
from helpers.grading.intake.intake import read_time
from helpers.grading.labs import choose_labs, find_labs
from helpers.grading.term.roster import Roster, enter_people
from helpers.grading.term.rules import Rules
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["collect"]


def collect(
    course: Course,
    lab: str,
    downloads: Sequence[Path] = (),
    *,
    platform: str = "",
    force: bool = False,
    last_in_time: bool = False,
    groups: bool = False,
    times: Path | None = None,
) -> Collected:
    """Put submissions into `submitted/<student>/<lab>/`, and other attempts into `downloaded/<lab>/attempts/`.

    Args:
        downloads: archives, folders and files; by default all in `downloaded/<lab>/archive/`.
        platform: the one of `PLATFORMS` that named the files; if empty, each name is tried with all.
        force: whether to replace submissions collected before, whatever their time.
        last_in_time: whether a student's last attempt before the due date counts, if there is one.
        groups: whether the platform wrote the name of a group before the name of each student, as Moodle does.
        times: a table with the times of submission, for a platform whose downloads have none; see `read_times`.

    Raises:
        ValueError: if the lab or the platform is unknown.
        CourseError: if there is nothing to collect, or it or the roster cannot be read.
    """
    if platform and platform not in PLATFORMS:
        raise ValueError(f"there is no platform {line(platform)}; there are {', '.join(PLATFORMS)}")
    choose_labs(find_labs(course.root / "source"), [lab])
    archive = course.root / "downloaded" / lab / "archive"
    paths = downloads or [archive]
    try:
        for path in paths:
            if not path.exists() or (path.is_dir() and not any(path.iterdir())):
                raise CourseError(
                    f"{path} is {'empty' if path.exists() else 'missing'}. Put the downloads of your learning platform "
                    f"into {archive}, or name them: `course collect {lab} FILE`."
                )
        with course.alone("collect", lab):
            for left in course.root.glob(f".collecting-{lab}-*"):  # by a run that was killed
                shutil.rmtree(left, ignore_errors=True)
            return _Collecting(course, lab, platform, force, last_in_time, groups, times).run(paths)
    except OSError as error:
        raise CourseError(f"{error.filename}: {error.strerror}. Collecting needs to read and write there.") from None


@dataclass
class _Collecting:
    """One run of the command."""

    course: Course
    lab: str
    platform: str
    force: bool
    last_in_time: bool
    groups: bool
    table: Path | None
    result: Collected = field(default_factory=Collected)

    def __post_init__(self) -> None:
        self.roster, self.rules = Roster.load(self.course.root), Rules.load(self.course.root)
        self.times = read_times(self.table, self.roster, self.rules.timezone) if self.table else {}

    @cached_property
    def due(self) -> DueDates:
        return DueDates(self.course, self.lab, self.rules)

    def run(self, paths: Sequence[Path]) -> Collected:
        with open_uploads(
            self.course, self.lab, paths, self.result, platform=self.platform, groups=self.groups
        ) as students:
            for student, own in sorted(students.items()):
                try:
                    self._collect_student(student, own)
                except OSError as error:  # go on with the rest of the class
                    self.result.refuse(own[0].file.path, own[0].source, error.strerror or str(error), student)
        write_uncollected(self.course, self.lab, self.result.uncollected, paths)
        self._note_unknown_times()
        if self.roster.people:
            self._compare_with_roster()
        return self.result

    def _collect_student(self, student: str, uploads: Sequence[Upload]) -> None:
        """Move a student's last attempt to `submitted/`, unless the one there is or may be newer; keep the others."""
        target = self.course.folder("submitted", student, self.lab)
        if time := self.times.get(student):
            uploads = with_time(uploads, time)
        attempts, old = attempts_in(student, uploads, self.result), read_attempt(target)
        new = self._choose(student, attempts)
        if new.contents and not new.has_notebook:
            self.result.note(student, f"no notebook in {new.names}")
        if old and new.contents == old.contents and new.time in (None, old.time):
            self.result.unchanged.append(line(student))
        elif reason := self._reason_to_stay(student, old, new):
            if new.contents and new.time and old and old.time:  # it is known which one counts, and the other is kept
                self.result.note(student, f"not collected: {reason}")
            else:
                self.result.refuse(uploads[-1].file.path, uploads[-1].source, reason, student)
        else:
            self._replace(student, target, old, new)
        counts = read_attempt(target)
        for attempt in attempts:
            if not counts or not attempt.is_same(counts):
                keep(self.course, self.lab, student, attempt)

    def _choose(self, student: str, attempts: Sequence[Attempt]) -> Attempt:
        """Return the attempt that counts; one in which nothing can be read only if there is no other."""
        readable = [attempt for attempt in attempts if attempt.contents] or attempts[:1]
        chosen = max(readable, key=partial(self._rank, student))
        if len(readable) > 1:
            self._explain(student, readable, chosen)
        if chosen.is_late and not chosen.time:
            self.result.note(
                student, "the platform says that it is late, but not when it came: no penalty without --times"
            )
        return chosen

    def _rank(self, student: str, attempt: Attempt) -> tuple[bool, datetime]:
        """Return a key: the greatest counts. Of attempts without a time, the first counts."""
        return self.last_in_time and self._is_in_time(student, attempt), attempt.time or datetime.min

    def _is_in_time(self, student: str, attempt: Attempt) -> bool:
        due = self.due.of(student)
        return attempt.time is not None and (due is None or attempt.time <= due)

    def _explain(self, student: str, attempts: Sequence[Attempt], chosen: Attempt) -> None:
        """Note which of several attempts counts, if lateness makes a difference."""
        in_time = [attempt for attempt in attempts if self._is_in_time(student, attempt)]
        if in_time and chosen not in in_time:
            words = (
                f"the last attempt ({chosen.time} UTC) is late; --last-in-time takes the one of {in_time[0].time} UTC"
            )
            self.result.note(student, words)
        elif chosen is not attempts[0]:
            self.result.note(
                student, f"the attempt of {chosen.time} UTC counts, for that of {attempts[0].time} is late"
            )

    def _reason_to_stay(self, student: str, old: Attempt | None, new: Attempt) -> str:
        """Say why a new attempt does not replace an old one; the empty string if it does."""
        if not old or not old.contents or (old.contents == new.contents and not old.time):
            return ""
        if not new.contents:
            return "nothing in it can be read, so the submission in submitted/ stays"
        if self.force:
            return ""
        if not new.time or not old.time:
            return (
                "it differs from the submission in submitted/, and it is unknown which is newer: --force takes this one"
            )
        if self._rank(student, new) < self._rank(student, old):
            return f"the submission in submitted/ is {'in time' if self.last_in_time else 'newer'} ({old.time} UTC)"
        if not self.last_in_time and is_kept(self.course, self.lab, student, new):
            return f"it was put aside before: --force takes it in place of the submission of {old.time} UTC"
        return ""

    def _replace(self, student: str, target: Path, old: Attempt | None, new: Attempt) -> None:
        # Written next to `submitted/`, on the same file system, so that it can be moved in one step.
        with TemporaryDirectory(prefix=f".collecting-{self.lab}-", dir=self.course.root) as staging:
            write_attempt(new, Path(staging) / "attempt")
            if old and old.contents != new.contents:
                keep(self.course, self.lab, student, old)
                self.result.note(student, f"replaces the submission in submitted/ ({old.time or 'without a time'})")
            replace_folder(Path(staging) / "attempt", target)
        self.result.students.append(line(student))

    def _note_unknown_times(self) -> None:
        """Say whose time of submission is unknown, if the lab is due: nbgrader takes them to be in time."""
        students = [*self.result.students, *self.result.unchanged]
        folders = {student: self.course.folder("submitted", student, self.lab) for student in students}
        without = [student for student, folder in folders.items() if not read_time(folder)]
        try:
            without = [student for student in without if self.due.of(student)]
        except CourseError as error:  # what was collected counts even so
            self.result.note("gradebook", f"whether a time of submission is missing is unknown. ({error})")
            return
        if without:
            who = f"{len(without)} of {len(students)} submissions: {', '.join(sorted(without))}"
            self.result.note(who, "no time is known, so they count as in time. --times FILE tells the times")

    def _compare_with_roster(self) -> None:
        """Enter the people into the gradebook, and say who is missing and who is unknown."""
        known, submitted = self.roster.people, set(self.course.submitted(self.lab))
        self.result.missing = [line(person) for person in known.values() if person.id not in submitted]
        for student in sorted(submitted - known.keys()):
            self.result.note(student, "has a submission in submitted/, but is not in roster.csv")
        try:
            with self.course.gradebook() as gradebook:
                enter_people(gradebook, self.roster)
        except CourseError as error:
            self.result.note("gradebook", f"the people of roster.csv were not entered. Collect again. ({error})")
