"""Hidden images stay hidden: a student's code cannot read what marks rest on, wherever the data lie."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from helpers.datasets.files import read_open
from helpers.datasets.sources import KINDS
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.labs import Lab
from helpers.grading.sandbox.datasets import shown_data
from helpers.grading.term.marks import read_marks
from helpers.notebooks.cells import is_parameters
from tests.conftest import LABS, SMALL, make_course
from tests.grading.conftest import RIGHT
from tests.grading.test_attacks import COMMAND
from tests.helpers.test_data import fill, small_cifar10, small_mnist

pytestmark = pytest.mark.slow

# K1 is answered rightly if the box shows `WANTED`: bytes of an image, in any file of the data or by `load`.
SEARCH = """
import gzip, os, subprocess
from pathlib import Path
from helpers.data import hidden_images, load

def contents():
    folders = [os.environ.get("CNN_LABS_DATA"), os.path.join(os.environ["XDG_CACHE_HOME"], "cnn-labs")]
    for path in [path for folder in folders if folder for path in Path(folder).rglob("*") if path.is_file()]:
        subprocess.run(["chmod", "a+r", path], capture_output=True)
        content = path.read_bytes()
        yield gzip.decompress(content) if content[:2] == b"\\x1f\\x8b" else content
    for find in (lambda: load("mnist", train=False), lambda: hidden_images("mnist")):
        try:
            yield find().images.numpy().tobytes()
        except RuntimeError:
            pass

found = any(WANTED in content for content in contents())

def double(n):
    return 2 * n if found else n
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small MNIST in a cache, packed and not, and other copies beside it."""
    folder = tmp_path / "cache" / "cnn-labs"
    whole = small_mnist()
    raw = fill(folder / "MNIST" / "raw", whole)
    shutil.make_archive(str(folder / "backup"), "tar", folder, "MNIST")
    shutil.copy(raw / "t10k-images-idx3-ubyte", folder / "copy.bin")
    for one in (tmp_path, *tmp_path.parents[:2], tmp_path / "cache", folder, folder / "MNIST", raw):
        one.chmod(0o755)  # the box's user is another one, where root grades
    return folder


def image_bytes(number: int) -> bytes:
    images = small_mnist()["t10k-images-idx3-ubyte"][16:]
    return images[784 * number : 784 * (number + 1)]


@pytest.mark.parametrize("where", ["folder", "cache"])
@pytest.mark.parametrize("withheld", [[], ["mnist"]], ids=["fifth", "all"])
def test_a_submission_reads_no_test_image_that_marks_rest_on(
    where: str, withheld: list[str], data: Path, released_course: Path, tmp_path: Path
) -> None:
    course = shutil.copytree(released_course, tmp_path / "course")
    source = course / "source" / SMALL.assignment / SMALL.path.name
    notebook = nbformat.read(source, as_version=4)
    next(filter(is_parameters, notebook.cells)).metadata.course["withheld"] = withheld
    nbformat.write(notebook, source)
    released = nbformat.read(course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    for student, number in (("looks-for-a-fifth", 4), ("looks-for-another", 3)):
        folder = course / "submitted" / student / SMALL.assignment
        folder.mkdir(parents=True)
        answer = {"k1-double": f"WANTED = {image_bytes(number)!r}\n{SEARCH}"}
        handed_in = fill_in(released, RIGHT | answer)
        handed_in.metadata["course"] = {"withheld": []}  # not the student's to say
        nbformat.write(handed_in, folder / SMALL.path.name)
    environment = {name: value for name, value in os.environ.items() if name != "CNN_LABS_DATA"}
    environment |= {"CNN_LABS_DATA": str(data)} if where == "folder" else {"XDG_CACHE_HOME": str(data.parent)}
    subprocess.run(COMMAND, cwd=course, env=environment, check=True, capture_output=True, timeout=300)
    points = {score.student: score.points for score in read_marks(Course(course))}
    assert points == {"looks-for-a-fifth": 2, "looks-for-another": 2 if withheld else 5}


class TestShownData:
    def test_training_files_and_the_open_part_of_the_test_images(self, data: Path, tmp_path: Path) -> None:
        fill(data / "cifar-10-batches-py", small_cifar10())
        shown = shown_data(data, [], tmp_path)
        names = {Path(place).relative_to(data).as_posix() for place in shown}
        batches = {f"cifar-10-batches-py/data_batch_{k}" for k in range(1, 6)}
        training = {f"MNIST/raw/train-{kind}-ubyte" for kind in ("images-idx3", "labels-idx1")}
        assert names == batches | training | {"mnist-open-test.npy", "cifar10-open-test.npy"}
        assert shown_data(data, ["cifar10"], tmp_path).keys() == shown.keys() - {str(data / "cifar10-open-test.npy")}
        _, labels = read_open(Path(shown[str(data / "mnist-open-test.npy")]), size=None)
        assert labels.tolist() == [0, 1, 2, 3, 5, 6, 7]

    def test_nothing_of_a_set_that_is_broken_or_not_there_in_full(self, data: Path, tmp_path: Path) -> None:
        (data / "MNIST" / "raw" / "t10k-images-idx3-ubyte").write_bytes(b"broken")
        (data / "MNIST" / "raw" / "train-labels-idx1-ubyte").unlink()
        assert shown_data(data, [], tmp_path) == {}


CHECK = """
from helpers.checks import class_seed, point_out, question, value
from helpers.data import hidden_images
with question("K1"):
    value("x", 1).equals(1)
    print("seed", class_seed(), "images", len(hidden_images("cifar10")), "students know", double(2))
    point_out("a figure that\\nno network reaches")
"""
ANSWER = "import os\ndef double(n):\n    return [name for name in os.environ if name.startswith('CNN_LABS_')]"


@pytest.fixture
def measuring(tmp_path: Path) -> Path:
    """A course whose check measures on hidden images, and two submissions that look for settings."""
    course = make_course(tmp_path / "course", SMALL)
    source = course / "source" / SMALL.assignment / SMALL.path.name
    notebook = nbformat.read(source, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "k1-double-hidden").source = CHECK
    nbformat.write(notebook, source)
    Course(course).release(SMALL.assignment)
    released = nbformat.read(course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    for student in ("anna", "ben"):
        folder = course / "submitted" / student / SMALL.assignment
        folder.mkdir(parents=True)
        nbformat.write(fill_in(released, {"k1-double": ANSWER}), folder / SMALL.path.name)
    return course


def said(course: Path) -> set[str]:
    """What the check printed."""
    found = set()
    for graded in course.glob(f"autograded/*/{SMALL.assignment}/{SMALL.path.name}"):
        cells = nbformat.read(graded, as_version=4).cells
        found.add(next(one for one in cells if one.id == "k1-double-hidden").outputs[0].text)
    return found


def test_a_class_has_one_seed_a_lab_and_what_a_check_points_out_is_told(measuring: Path) -> None:
    every = set()
    for options in ([], ["--force"]):
        command = [*COMMAND, *options]
        done = subprocess.run(command, cwd=measuring, check=True, capture_output=True, text=True)
        assert done.stdout.count("a figure that no network reaches") == 2
        every |= said(measuring)
    assert len(every) == 1
    assert "seed " in every.pop()


def test_an_instructors_own_images_are_for_the_checks_alone(measuring: Path, tmp_path: Path) -> None:
    for name in KINDS["cifar10"].classes:
        (tmp_path / "own" / "cifar10" / name).mkdir(parents=True)
        Image.new("RGB", (40, 40)).save(tmp_path / "own" / "cifar10" / name / "one.png")
    environment = os.environ | {"CNN_LABS_HIDDEN": str(tmp_path / "own")}
    subprocess.run(COMMAND, cwd=measuring, env=environment, check=True, capture_output=True)
    (words,) = said(measuring)
    assert "images 10 " in words
    assert "CNN_LABS_OFFLINE" in words
    assert "CNN_LABS_HIDDEN" not in words
    assert "CNN_LABS_CLASS_SEED" not in words


def test_images_that_are_not_there_cost_nobody_a_point(measuring: Path, tmp_path: Path) -> None:
    environment = os.environ | {"CNN_LABS_HIDDEN": str(tmp_path / "misspelt")}
    done = subprocess.run(COMMAND, cwd=measuring, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "CNN_LABS_HIDDEN names" in " ".join(done.stdout.split())
    assert "Traceback" not in done.stdout + done.stderr
    assert said(measuring) == set()


def test_a_lab_that_withholds_nothing_says_so(tmp_path: Path) -> None:
    assert SMALL.settings().withheld == ()
    notebook = SMALL.read()
    next(filter(is_parameters, notebook.cells)).metadata.course["withheld"] = ["mnist"]
    nbformat.write(notebook, tmp_path / "lab.ipynb")
    assert Lab("lab", tmp_path / "lab.ipynb").settings().withheld == ["mnist"]


def test_a_lab_that_marks_on_more_than_a_fifth_withholds_all_test_images() -> None:
    for lab in LABS:
        wants_more = any("every=" in cell.source for cell in lab.read().cells if "hidden_images(" in cell.source)
        assert lab.settings().withheld == (["cifar10"] if wants_more else ()), lab.assignment
