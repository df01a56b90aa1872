"""`course kit`: what students get, as a folder, an archive and a repository."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import nbformat
import pytest

from helpers.cli import main
from helpers.grading.course import Course
from helpers.notebooks.cells import rewrite_parameters
from tests.conftest import ROOT, SMALL

LAB = SMALL.assignment
SECOND = "lab01-second"


@pytest.fixture
def root(small_course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with a released lab, in which kits can be made."""
    for name in ("pyproject.toml", "requirements.txt", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, small_course)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")
    monkeypatch.chdir(small_course)
    return small_course


def add_second(root: Path) -> None:
    """Write and release a second lab."""
    shutil.copytree(root / "source" / LAB, root / "source" / SECOND)
    Course(root).release(SECOND)


def change_source(root: Path, cell: int, text: str) -> None:
    path = root / "source" / LAB / SMALL.path.name
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[cell].source = text
    nbformat.write(notebook, path)


def titles(kit: Path) -> list[str]:
    log = ["git", "-C", str(kit), "log", "--reverse", "--format=%s"]
    return subprocess.run(log, check=True, capture_output=True, text=True).stdout.splitlines()


def test_a_kit_has_the_released_labs_and_the_same_versions(root: Path, tmp_path: Path) -> None:
    kit = tmp_path / "my labs"
    assert main(["kit", "--to", str(kit)]) == 0
    released = root / "release" / LAB / SMALL.path.name
    assert (kit / LAB / SMALL.path.name).read_bytes() == released.read_bytes()
    lines = (kit / "requirements.txt").read_text().splitlines()
    assert lines[-1] == "."
    assert set(lines) - {"."} <= {*(ROOT / "requirements.txt").read_text().splitlines(), *lines[:2]}
    assert f"| A small lab | `{LAB}/{SMALL.path.name}` |" in (kit / "README.md").read_text()


def test_a_lab_that_is_not_released_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(root / "source" / LAB, root / "source" / SECOND)
    assert main(["kit", SECOND]) == 2
    assert f"{SECOND} is not released. Run `nbgrader generate_assignment {SECOND}`" in capsys.readouterr().err
    assert main(["kit", "lab7"]) == 2
    assert f"there is no lab lab7; there are {LAB}, {SECOND}" in capsys.readouterr().err
    assert not (root / "build").exists()


def test_a_change_that_students_would_see_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_source(root, 0, "# A small lab, with a better title")
    assert main(["kit"]) == 2
    assert f"is not what source/ gives ({SMALL.path.name})" in capsys.readouterr().err


def test_a_change_that_students_do_not_see_is_none(root: Path) -> None:
    hidden = '# Other numbers.\n### BEGIN HIDDEN TESTS\nwith question("K1"):\n    call(double, 6).gives(12)\n'
    change_source(root, 7, f"{hidden}### END HIDDEN TESTS")
    assert main(["kit"]) == 0


def test_an_instructors_network_and_a_strange_file_in_release_stay_out(root: Path) -> None:
    (root / "release" / LAB / "trained.safetensors").write_bytes(b"weights")
    assert main(["kit"]) == 0
    assert not (root / "build/cnn-labs" / LAB / "trained.safetensors").exists()
    (root / "release" / LAB / "solutions.txt").write_text("42")
    assert main(["kit"]) == 2


def test_an_archive_has_the_same_bytes_wherever_it_is_made(root: Path, tmp_path: Path) -> None:
    for place in ("here", "there"):
        assert main(["kit", "--zip", "--to", str(tmp_path / place / "labs")]) == 0
    here, there = ((tmp_path / place / "labs.zip").read_bytes() for place in ("here", "there"))
    assert here == there
    with zipfile.ZipFile(tmp_path / "here" / "labs.zip") as archive:
        names = set(archive.namelist())
    folder = tmp_path / "here" / "labs"
    files = {f"labs/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()}
    assert names == files - {"labs/.course-kit"}


def test_a_folder_of_somebody_else_is_left_alone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kit", "--to", "source"]) == 2
    assert "`course kit` did not make it" in capsys.readouterr().err
    assert {path.name for path in (root / "source").iterdir()} == {LAB, "header.ipynb"}
    assert main(["kit", "--to", "requirements.txt"]) == 2
    (root / "labs.zip").write_text("a letter")
    assert main(["kit", "--zip", "--to", "labs"]) == 2
    assert (root / "labs.zip").read_text() == "a letter"


def test_an_update_replaces_its_own_files_only(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kit = root / "build" / "cnn-labs"
    assert main(["kit"]) == 0
    (kit / "syllabus.pdf").write_text("the instructor's")
    (kit / "helpers" / "gone.py").write_text("of an earlier version")
    with (kit / ".course-kit").open("a") as manifest:
        manifest.write("helpers/gone.py\n../../requirements.txt\n/etc/hostname\n")
    assert main(["kit"]) == 0
    assert (kit / "syllabus.pdf").exists()
    assert not (kit / "helpers" / "gone.py").exists()
    assert (root / "requirements.txt").exists()
    (kit / SECOND).mkdir()
    (kit / SECOND / SMALL.path.name).write_text("a student's")
    add_second(root)
    assert main(["kit", SECOND]) == 2
    assert "is in the way, and `course kit` did not write it" in capsys.readouterr().err
    assert (kit / SECOND / SMALL.path.name).read_text() == "a student's"


def test_each_change_is_a_commit_that_says_what_it_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kit = root / "labs"
    assert main(["kit", "--git", "--to", "labs", LAB]) == 0
    assert main(["kit", "--git", "--to", "labs", LAB]) == 0
    assert "Nothing to commit" in capsys.readouterr().out
    add_second(root)
    assert main(["kit", "--git", "--to", "labs", SECOND]) == 0
    assert (kit / LAB).is_dir(), "labs that were handed out stay"
    change_source(root, 0, "# A better title")
    Course(root).release(LAB)
    assert main(["kit", "--git", "--to", "labs"]) == 0
    assert titles(kit) == ["Lab 0", "Lab 1", "Lab 0: changed"]
    status = ["git", "-C", str(kit), "status", "--porcelain"]
    assert subprocess.run(status, check=True, capture_output=True, text=True).stdout == ""


def test_git_says_itself_what_it_lacks(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME"), monkeypatch.delenv(f"GIT_{name}_EMAIL")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly"), monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    monkeypatch.setenv("HOME", str(root))
    assert main(["kit", "--git", "--to", "labs"]) == 2
    assert "git commit failed" in capsys.readouterr().err


def install_cell(notebook: Path) -> str:
    cells = json.loads(notebook.read_text())["cells"]
    code = next(cell for cell in cells if cell["cell_type"] == "code")
    assert code["id"] == "install"
    return "".join(code["source"])


def test_the_first_code_cell_installs_the_kit_where_it_is_missing(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "https://example.org/cnn-labs.zip"
    (root / "course.toml").write_text(f'[course]\nname = "Vision"\nkit = "{address}"\n')
    assert main(["kit"]) == 0
    kit = root / "build" / "cnn-labs"
    assert (kit / "README.md").read_text().startswith("# Vision\n")
    source = install_cell(kit / LAB / SMALL.path.name)
    asked: list[str] = []

    class Shell:
        def run_line_magic(self, name: str, line: str) -> None:
            asked.append(f"%{name} {line}")

    capsys.readouterr()
    exec(source, {"get_ipython": Shell})
    assert asked == []
    assert capsys.readouterr().out == "", "helpers is installed here"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    exec(source, {"get_ipython": Shell})
    assert asked == [f"%pip install --quiet --no-deps {address}"]
    exec(rewrite_parameters(source, {"KIT": ""}), {"get_ipython": Shell})
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("text", ["[course]\nkit = 7", '[course]\nkit = "a b"', "[course", '[course]\nkit = "{x}"'])
def test_a_wrong_address_is_refused(text: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "course.toml").write_text(text)
    assert main(["kit"]) == 2
    assert "course.toml" in capsys.readouterr().err
    assert not (root / "build").exists()
