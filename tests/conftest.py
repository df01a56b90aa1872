"""What all tests share: the course's labs, and courses in temporary folders to grade in."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # several tests, and the kernels they start, run at once

import matplotlib
import pytest
from xdist.scheduler import LoadScopeScheduling

from helpers.grading.course import Course
from helpers.grading.demo.demo import FOR_THE_KIT
from helpers.grading.labs import Lab, find_labs
from helpers.grading.startup import quick_imports
from tests.browser import CHROMIUM

matplotlib.use("agg")  # here; kernels that tests start show their figures in the notebook, as for a student

ROOT = Path(__file__).parent.parent
LABS = find_labs(ROOT / "source")
LIGHT = "lab03-convolution"  # `make quick` tries the answers of this lab, and of no other


class ByFileAndLab(LoadScopeScheduling):
    """Tests of one file and one lab share a process, and what is made once for them."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        lab = re.search(r"\[(lab\d+)", test)
        return f"{file} {lab[1]}" if lab else file


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFileAndLab:
    return ByFileAndLab(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import all test modules in less time: each of pytest-xdist's workers does."""
    with quick_imports():
        return (yield)


@pytest.hookimpl(tryfirst=True)  # before fixtures start a browser
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a browser or root, if there is none."""
    if item.get_closest_marker("browser") and CHROMIUM is None:
        pytest.skip("needs Chromium")
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("needs root, to be another user")


def marks_of(lab: Lab) -> Sequence[pytest.MarkDecorator]:
    """Return the marks of a test that runs a lab: it is slow, except for one light lab."""
    return [] if lab.assignment == LIGHT else [pytest.mark.slow]


def each_lab() -> pytest.MarkDecorator:
    """Run a test for each lab."""
    return pytest.mark.parametrize("lab", [pytest.param(lab, id=lab.assignment, marks=marks_of(lab)) for lab in LABS])


def make_course(folder: Path, *labs: Lab) -> Path:
    """A course folder with the project's configuration and copies of some labs."""
    (folder / "source").mkdir(parents=True)
    for name in ("nbgrader_config.py", *FOR_THE_KIT):
        shutil.copy(ROOT / name, folder)
    shutil.copy(ROOT / "source" / "header.ipynb", folder / "source")
    for lab in labs:
        shutil.copytree(lab.path.parent, folder / "source" / lab.assignment)
    return folder


SMALL = find_labs(Path(__file__).parent / "grading" / "course" / "source")[0]


@pytest.fixture
def small() -> Lab:
    """The small lab of the tests: two questions, no training."""
    return SMALL


@pytest.fixture(scope="session")
def released_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which the small lab is released; for reading only. A new gradebook takes seconds: made once."""
    folder = make_course(tmp_path_factory.mktemp("released") / "course", SMALL)
    shutil.copytree(Path(__file__).parent / "grading" / "course" / "tests", folder / "tests")
    Course(folder).release(SMALL.assignment)
    return folder


@pytest.fixture
def small_course(tmp_path: Path, released_course: Path) -> Path:
    """A copy of `released_course` to write into."""
    return shutil.copytree(released_course, tmp_path / "course")
