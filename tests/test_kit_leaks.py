"""Nothing that students must not see is in the kit of this course: not in its files, its zip archive, its history."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.grading.course import Course
from helpers.grading.kit.kit import make_kit
from tests.conftest import LABS, ROOT
from tests.leaks import archive_texts, folder_texts, history_texts, leaks, public_runs, secrets_of

ANSWERS = ROOT / "tests" / "answers"
SECRETS = secrets_of(LABS, ANSWERS)
PUBLIC = public_runs(LABS)


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit of all labs, made in two steps, so that its history has two commits."""
    folder = tmp_path_factory.mktemp("kit") / "cnn-labs"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{name}_NAME", "Ada")
            patch.setenv(f"GIT_{name}_EMAIL", "ada@example.org")
        make_kit(Course(ROOT), [LABS[0].assignment], folder, git=True)
        make_kit(Course(ROOT), [], folder, archive=True, git=True)
    return folder


def test_each_secret_would_be_found_where_it_is() -> None:
    found = leaks(SECRETS, PUBLIC, [*folder_texts(ROOT / "source"), *folder_texts(ANSWERS)])
    assert SECRETS.keys() - found.keys() == set()
    assert len(SECRETS) > 400


@pytest.mark.slow
def test_no_secret_is_in_the_kit(kit: Path) -> None:
    assert leaks(SECRETS, PUBLIC, folder_texts(kit)) == {}
    assert leaks(SECRETS, PUBLIC, archive_texts(kit.with_name("cnn-labs.zip"))) == {}
    assert leaks(SECRETS, PUBLIC, history_texts(kit)) == {}


@pytest.mark.slow
def test_the_kit_holds_what_students_need_and_nothing_else(kit: Path) -> None:
    names = {path.name for path in kit.iterdir()} - {".git", ".gitignore", ".course-kit"}
    texts = {"README.md", "LICENSE", "LICENSE-TEXT", "requirements.txt", "environment.yml", "pyproject.toml"}
    assert names == {lab.assignment for lab in LABS} | texts | {"helpers"}
    files = [path for path in kit.rglob("*") if path.is_file() and ".git" not in path.parts]
    assert {path.suffix for path in files if path.parent != kit} == {".ipynb", ".svg", ".py", ".pth", ".json"}
    assert not (kit / "helpers" / "grading").exists()
    assert [name for name, text in folder_texts(kit) if "### BEGIN " in text] == []
