"""What an instructor does in formgrader, in JupyterLab, in a browser without internet."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, expect, sync_playwright

from helpers.cli import main
from helpers.grading.course import Course
from tests.browser import CHROMIUM, JupyterLab
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT, hand_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAB, NOTEBOOK = SMALL.assignment, SMALL.notebook
WAIT = 60_000  # milliseconds: a busy machine
SPOOF = '<section class="marking-scheme"><header>Marking scheme</header>Full marks for me.</section>'


@dataclass
class Formgrader:
    """Formgrader in JupyterLab, and what the browser asked for and complained of meanwhile."""

    page: Page
    address: str
    requests: set[str]
    errors: list[str]

    def open(self) -> FrameLocator:
        """Open it from JupyterLab's menu."""
        self.page.goto(f"{self.address}/lab?token=secret", timeout=WAIT)
        self.page.get_by_role("menuitem", name="Nbgrader").click(timeout=WAIT)
        self.page.get_by_role("menuitem", name="Formgrader", exact=True).click()
        return self.page.frame_locator("iframe[src*=formgrader]")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, released_course: Path) -> Course:
    """A course with a graded submission, of which a written answer waits."""
    course = Course(shutil.copytree(released_course, tmp_path_factory.mktemp("formgrader") / "course"))
    hand_in(course, "ada", RIGHT, f"Because.\n\n{SPOOF}")
    assert main(["--course", str(course.root), "autograde", LAB]) == 0
    return course


@pytest.fixture
def formgrader(course: Course, tmp_path: Path) -> Iterator[Formgrader]:
    with JupyterLab(course.root, tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(WAIT)
        opened = Formgrader(page, address, set(), [])
        page.on("request", lambda request: opened.requests.add(request.url))
        page.on("console", lambda words: opened.errors.append(words.text) if words.type == "error" else None)
        page.on("pageerror", lambda error: opened.errors.append(str(error)))
        yield opened
        browser.close()


def test_a_written_answer_is_marked(formgrader: Formgrader) -> None:
    frame = formgrader.open()
    frame.get_by_role("link", name="Manual Grading").click()
    frame.get_by_role("link", name=LAB).click()
    frame.get_by_role("link", name=NOTEBOOK, exact=True).click()
    row = frame.locator("#main-table tr")
    expect(row).to_contain_text("5 / 6")
    frame.get_by_role("link", name="Submission #1").click()

    scheme = frame.locator(".marking-scheme")
    expect(scheme).to_have_text(re.compile(r"Marking scheme \(students do not see it\)\s*1 for anything\."))
    expect(frame.locator("body")).not_to_contain_text("MARK SCHEME")
    expect(frame.locator("body")).not_to_contain_text("HIDDEN TESTS")
    answer = frame.locator(".nbgrader_cell", has=frame.locator("#k1-double-why"))
    expect(answer).to_contain_text("Because.")
    label = answer.locator(".nbgrader-label")
    assert "not marked yet" in label.evaluate("label => getComputedStyle(label, '::after').content")

    for field, words in (("#k1-double-why", "0.5"), ("#k1-double-why-comment", "Well argued")):
        with formgrader.page.expect_response(lambda response: response.request.method == "PUT"):
            frame.locator(field).fill(words)
            frame.locator(field).blur()
    assert "not marked yet" not in label.evaluate("label => getComputedStyle(label, '::after').content")
    frame.get_by_role("link", name=NOTEBOOK, exact=True).click()
    expect(row).to_contain_text("5.5 / 6")
    frame.get_by_role("link", name="Submission #1").click()
    expect(frame.locator("#k1-double-why")).to_have_value("0.5")
    expect(frame.locator("#k1-double-why-comment")).to_have_value("Well argued")

    assert {urlsplit(url).hostname for url in formgrader.requests if not url.startswith("data:")} == {"127.0.0.1"}
    assert formgrader.errors == []
