"""Write the pages that have changed, several at once, each in one step.

A page holds a digest of all that it shows. So it is written again when points, comments, the notebook, the lab or this
package have changed, and stays as it is otherwise.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import astuple, dataclass, field, replace
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

import nbformat

from helpers.cores import usable_cores
from helpers.grading.course import Course
from helpers.grading.facts import read_facts
from helpers.grading.feedback.grades import read_grades
from helpers.grading.feedback.lab import GivenLab, read_lab
from helpers.grading.feedback.page import Submission, make_page
from helpers.grading.intake.files import TIME_FILE, read_regular, replace_file
from helpers.grading.term.penalties import apply_rules, person_of
from helpers.grading.term.roster import Roster
from helpers.grading.term.rules import Rules
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["Written", "write_feedback"]

_FEW = 8  # pages that are written in this process
_MAX_PAGE = 512 << 20  # bytes of a graded notebook
_BESIDE = (TIME_FILE, "submission_secret.txt")  # what `nbgrader release_feedback` reads beside a page
_DIGEST = re.compile(rb'<meta name="course-feedback" content="([0-9a-f]{64})">')


@dataclass
class Written:
    """What became of the pages of a lab, by student.

    Attributes:
        written: whose pages are new.
        unchanged: whose pages show what they should.
        waiting: who has answers that a person has yet to mark.
        failed: why a page could not be written.
    """

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Job:
    """A page to write: plain data, for another process."""

    student: str
    release: Path
    lab: str  # the digest of what is in it
    notebook: str
    submission: Submission
    page: Path
    mode: int


def write_feedback(
    course: Course,
    assignment: str,
    students: Sequence[str] = (),
    *,
    force: bool = False,
    finished: Callable[[str], None] = lambda student: None,
) -> Written:
    """Write the pages of a lab into `feedback/<student>/<lab>/`.

    Args:
        students: whose; everybody's whose submission is graded if nobody is named.
        force: whether to write again what has not changed.
        finished: is called with each student whose page is done.

    Raises:
        CourseError: if the lab was not released, nobody's submission is graded, or a named student's is not.
    """
    with course.alone("feedback", assignment):
        return _write_feedback(course, assignment, students, force, finished)


def _write_feedback(
    course: Course, assignment: str, students: Sequence[str], force: bool, finished: Callable[[str], None]
) -> Written:
    notebook = _notebook(course, assignment)
    lab = read_lab(course.folder("release", ".", assignment), notebook)
    graded = course.graded(assignment)
    if unknown := sorted(set(students) - set(graded)):
        raise CourseError(f"{', '.join(unknown)}: no submission to {assignment} is graded.")
    if not graded:
        raise CourseError(f"No submission to {assignment} is graded. Run `course autograde {assignment}`.")
    rules, roster = Rules.load(course.root), Roster.load(course.root)
    apply_rules(course, rules)
    grades, result, jobs = read_grades(course, assignment), Written(), []
    title = rules.name or course.coursedir.course_id
    for student in sorted(students) or graded:
        if student not in grades:
            result.failed[student] = f"the gradebook does not know it: run `course autograde {assignment} --force`"
            continue
        shown = Submission(
            name=line(person_of(roster, student).name or student),
            course=line(title),
            folder=course.folder("autograded", student, assignment),
            is_readable=read_facts(course.folder("autograded", student, assignment)).is_readable,
            grades=grades[student],
        )
        job = _job(course, lab, notebook, student, shown)
        if job.submission.is_readable and grades[student].waiting:
            result.waiting.append(student)
        if force or _digest_in(job.page) != job.submission.digest:
            jobs.append(job)
        else:
            result.unchanged.append(student)
            finished(student)
    for student, problem in _write_all(jobs):
        if problem:
            result.failed[student] = problem
        else:
            result.written.append(student)
        finished(student)
    return result


def _notebook(course: Course, assignment: str) -> str:
    folder = course.folder("release", ".", assignment)
    notebooks = sorted(folder.glob("*.ipynb"))
    if len(notebooks) != 1:
        problem = f"holds {len(notebooks)} notebooks; a lab has one" if notebooks else "was not released"
        raise CourseError(f"{assignment} {problem}. Run `nbgrader generate_assignment {assignment}`.")
    return notebooks[0].stem


def _job(course: Course, lab: GivenLab, notebook: str, student: str, submission: Submission) -> _Job:
    graded = sha256(read_regular(submission.folder / f"{notebook}.ipynb", _MAX_PAGE) or b"").hexdigest()
    shown = [_version(), lab.digest, graded, repr(astuple(replace(submission, folder=Path())))]
    return _Job(
        student=student,
        release=course.folder("release", ".", lab.assignment),
        lab=lab.digest,
        notebook=notebook,
        submission=replace(submission, digest=sha256("\n".join(shown).encode()).hexdigest()),
        page=course.folder("feedback", student, lab.assignment) / f"{notebook}.html",
        mode=0o664 if course.coursedir.groupshared else 0o644,
    )


@cache
def _version() -> str:
    """A hash of the code that writes pages."""
    here = Path(__file__).parent
    files = [*sorted(here.glob("*.*")), *sorted((here.parent / "pages").glob("*.py"))]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _digest_in(page: Path) -> str:
    """Return the digest in a page; empty if there is no page, or another program wrote it."""
    try:
        with page.open("rb") as stream:
            found = _DIGEST.search(stream.read(1000))
    except OSError:
        return ""
    return found[1].decode() if found else ""


def _write_all(jobs: Sequence[_Job]) -> Iterator[tuple[str, str]]:
    """Write pages. Yields each student, and why the page could not be written (empty if it was)."""
    workers = min(usable_cores(), len(jobs))
    # A process with threads, as Jupyter's server is, must not be forked; and others would first import for seconds.
    if len(jobs) <= _FEW or workers == 1 or threading.active_count() > 1:
        yield from map(_write, jobs)
        return
    yield _write(jobs[0])  # what is made once for all pages is then there after the fork
    left = {job.student: job for job in jobs[1:]}
    with _processes(workers) as pool:
        futures = [pool.submit(_write, job) for job in left.values()]
        for future in as_completed(futures):
            with suppress(BrokenProcessPool):
                student, problem = future.result()
                del left[student]
                yield student, problem
    for student, job in left.items():  # a page ended a process, and with it the others: each once more, by itself
        with _processes(1) as pool:
            try:
                yield pool.submit(_write, job).result()
            except BrokenProcessPool:
                yield student, "the process that wrote it was ended, perhaps because memory ran out"


def _processes(number: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("fork"))


@lru_cache(1)
def _lab(release: Path, notebook: str, digest: str) -> GivenLab:
    """Read the lab once for all pages; it may change while Jupyter's server runs."""
    return read_lab(release, notebook)


def _write(job: _Job) -> tuple[str, str]:
    """Write a page. One that cannot be written costs no other."""
    try:
        notebook = nbformat.read(job.submission.folder / f"{job.notebook}.ipynb", as_version=4)
        text = make_page(_lab(job.release, job.notebook, job.lab), job.submission, notebook)
        job.page.parent.mkdir(parents=True, exist_ok=True)
        for name in _BESIDE:
            content = read_regular(job.submission.folder / name, 10_000)
            if content is not None:
                replace_file(job.page.with_name(name), content, job.mode)
        replace_file(job.page, text.encode("utf-8", "replace"), job.mode)
    except Exception as error:  # whatever a graded notebook holds
        return job.student, line(f"{type(error).__name__}: {error}", 300)
    return job.student, ""
