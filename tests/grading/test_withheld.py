"""Hidden images stay hidden: a student's code cannot read what a lab withholds, wherever the data lie."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from torchvision.datasets import CIFAR10

from helpers.grading.course import Course
from helpers.grading.labs import Lab, is_parameters
from helpers.grading.scores import read_scores
from helpers.grading.students import fill_in
from tests.conftest import LABS, SMALL
from tests.grading.test_attacks import COMMANDS, RIGHT

WITHHELD = ["images/test"]
# K1 is answered rightly where the file can be found and read, by whatever way.
SEARCH = """
import os, subprocess
from pathlib import Path

def secrets():
    folders = [os.environ.get("CNN_LABS_DATA"), os.path.join(os.environ["XDG_CACHE_HOME"], "cnn-labs")]
    for path in [Path(folder, "images", NAME) for folder in folders if folder]:
        try:
            yield path.read_text()
        except OSError:
            yield subprocess.run(["cat", path], capture_output=True, text=True).stdout
        for trick in ("chmod 600", "chattr -i", "umount"):
            subprocess.run([*trick.split(), path], capture_output=True)
            yield subprocess.run(["cat", path], capture_output=True, text=True).stdout

found = any("the labels" in text for text in secrets())

def double(n):
    return 2 * n if found else n
"""


@pytest.fixture
def course(released_course: Path, tmp_path: Path) -> Path:
    """A course whose lab withholds a file, and two hand-ins: one looks for that file, one for a file beside it."""
    folder = shutil.copytree(released_course, tmp_path / "course")
    source = folder / "source" / SMALL.assignment / SMALL.path.name
    notebook = nbformat.read(source, as_version=4)
    next(filter(is_parameters, notebook.cells)).metadata.course["withheld"] = WITHHELD
    nbformat.write(notebook, source)
    released = nbformat.read(folder / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    for student, name in (("mallory", "test"), ("alice", "train")):
        place = folder / "submitted" / student / SMALL.assignment
        place.mkdir(parents=True)
        handed_in = fill_in(released, RIGHT | {"k1-double": f"NAME = {name!r}\n{SEARCH}"})
        handed_in.metadata["course"] = {"withheld": []}  # not the student's to say
        nbformat.write(handed_in, place / SMALL.path.name)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ["folder", "cache"])
def test_a_hand_in_cannot_read_what_its_lab_withholds(place: str, command: str, course: Path, tmp_path: Path) -> None:
    data = tmp_path / "cache" / "cnn-labs"
    (data / "images").mkdir(parents=True)
    for folder in (tmp_path, *tmp_path.parents[:2], tmp_path / "cache", data, data / "images"):
        folder.chmod(0o755)  # the box's user is another one, where root grades
    for name in ("train", "test"):
        (data / "images" / name).write_text("the labels")
    environment = {name: value for name, value in os.environ.items() if name != "CNN_LABS_DATA"}
    environment |= {"CNN_LABS_DATA": str(data)} if place == "folder" else {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run(COMMANDS[command], cwd=course, env=environment, check=True, capture_output=True, timeout=300)
    points = {score.student: score.points for score in read_scores(Course(course))}
    assert points == {"mallory": 2, "alice": 5}


def test_labs_that_mark_on_test_images_withhold_them_by_their_right_names() -> None:
    names = {lab.assignment: lab.withheld() for lab in LABS if lab.withheld()}
    for assignment, withheld in names.items():
        assert set(withheld) == {f"{CIFAR10.base_folder}/{CIFAR10.test_list[0][0]}", CIFAR10.filename}, assignment
    assert "lab10-classifier" in names


def test_a_lab_that_withholds_nothing_says_so(tmp_path: Path) -> None:
    assert SMALL.withheld() == []
    notebook = SMALL.read()
    next(filter(is_parameters, notebook.cells)).metadata.course["withheld"] = WITHHELD
    nbformat.write(notebook, tmp_path / "lab.ipynb")
    assert Lab("lab", tmp_path / "lab.ipynb").withheld() == WITHHELD
