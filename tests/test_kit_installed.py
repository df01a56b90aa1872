"""A student who has only the kit: installs it, works in JupyterLab, checks and packs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from helpers.grading.course import Course
from helpers.grading.kit.kit import make_kit
from tests.browser import CHROMIUM, JupyterLab
from tests.conftest import LABS, LIGHT, ROOT

pytestmark = pytest.mark.slow

WAIT = 120_000  # milliseconds: a kernel that imports PyTorch on a busy machine
LAB = next(lab for lab in LABS if lab.assignment == LIGHT)
WRONG = "def conv_output_size(n, kernel, stride=1, padding=0, dilation=1):\n    return (n - kernel) / stride + 1"
MESSAGE = "E-size: conv_output_size(28, 5, stride=2): expected 12, got 12.5"


@dataclass(frozen=True)
class Student:
    """A student's copy of the kit, and the environment in which it is installed."""

    kit: Path
    environment: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the kit's folder."""
        program = str(self.environment / "bin" / command[0])
        return subprocess.run([program, *command[1:]], cwd=self.kit, capture_output=True, text=True)


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Student:
    """Follow the kit's README, without this repository on Python's path, and from uv's cache alone."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("needs uv")
    folder = tmp_path_factory.mktemp("student") / "my documents"
    kit, environment = folder / "cnn labs", folder / "environment"
    make_kit(Course(ROOT), [LIGHT], kit)
    subprocess.run([uv, "venv", "--quiet", str(environment)], check=True)
    install = [uv, "pip", "install", "--quiet", "--offline", "--python", str(environment), "-r", "requirements.txt"]
    done = subprocess.run(install, cwd=kit, capture_output=True, text=True)
    if "network" in done.stderr and done.returncode:
        pytest.skip(f"needs the packages in uv's cache: {done.stderr[:300]}")
    assert done.returncode == 0, done.stderr
    return Student(kit, environment)


@pytest.fixture(autouse=True)
def no_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)


def test_the_installed_helpers_are_the_kits_and_hold_no_grading(student: Student) -> None:
    where = student.run("python", "-I", "-c", "import helpers; print(helpers.__file__)").stdout.strip()
    assert Path(where).is_relative_to(student.environment)
    assert "ModuleNotFoundError" in student.run("python", "-I", "-c", "import helpers.grading").stderr
    commands = re.findall(r"^    (\w+) ", student.run("course", "--help").stdout, re.MULTILINE)
    assert commands == ["check", "pack"]


def test_installing_leaves_nothing_beside_the_labs(student: Student) -> None:
    listed = (student.kit / ".course-kit").read_text().splitlines()
    tops = {path.split("/")[0] for path in listed}
    assert {path.name for path in student.kit.iterdir()} == tops | {".course-kit"}


def write(page: Page, source: str) -> None:
    """Replace the answer to E-size."""
    cell = page.locator(".jp-CodeCell").filter(has_text="def conv_output_size").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def validate(page: Page) -> Locator:
    """Press Validate, and wait for what it says."""
    page.get_by_role("button", name="Validate").click()
    results = page.locator(".jp-Dialog").filter(has_text="Validation Results")
    expect(results).to_be_visible(timeout=WAIT)
    return results


@pytest.mark.browser
def test_a_student_answers_checks_validates_and_packs(student: Student, tmp_path: Path) -> None:
    notebook = f"{LIGHT}/{LAB.path.name}"
    right = LAB.solutions()["e-size"].replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "")
    with (
        JupyterLab(student.kit, tmp_path, str(student.environment / "bin" / "python")) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}/lab/tree/{notebook}?token=secret", timeout=WAIT)
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=WAIT)
        for words in ("Nbgrader", "Create Assignment", "Jupyter news"):
            expect(page.get_by_text(words)).to_have_count(0)
        assert page.request.get(f"{address}/formgrader?token=secret").status == 404
        write(page, WRONG)
        run_all(page)
        expect(page.get_by_text(MESSAGE)).to_be_visible(timeout=WAIT)
        results = validate(page)
        expect(results).to_contain_text(MESSAGE)
        results.get_by_role("button", name="Ok").click()
        write(page, right)
        run_all(page)
        expect(page.get_by_text(MESSAGE)).to_have_count(0, timeout=WAIT)
        results = validate(page)
        expect(results).to_contain_text("T-size is not done yet.")
        expect(results).not_to_contain_text("E-size")
        results.get_by_role("button", name="Ok").click()
        page.keyboard.press("Control+s")
        expect(page.locator(".jp-mod-dirty")).to_have_count(0, timeout=WAIT)
        browser.close()
    checked = student.run("course", "check", "--json", LIGHT)
    (result,) = json.loads(checked.stdout)
    passed = [check["check"] for check in result["checks"] if check["points"] == check["possible"]]
    assert (checked.returncode, passed, result["unanswered"]) == (1, ["e-size-check"], ["l1-shapes-why"])
    packed = student.run("course", "pack", notebook)
    assert packed.returncode == 0, packed.stderr
    with zipfile.ZipFile(student.kit / f"{LIGHT}.zip") as archive:
        assert archive.namelist() == [LAB.path.name]
        assert archive.read(LAB.path.name) == (student.kit / notebook).read_bytes()
