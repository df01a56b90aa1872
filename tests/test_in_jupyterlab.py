"""What a student does with a lab in JupyterLab, in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import is_grade
from playwright.sync_api import Page, expect, sync_playwright

from helpers.notebooks.cells import error_message, is_setup
from tests.browser import CHROMIUM, JupyterLab
from tests.conftest import SMALL

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAIT = 120_000  # milliseconds: a kernel that imports PyTorch on a busy machine


def run_all(page: Page, address: str) -> None:
    """Open the small lab, run all its cells and save it."""
    page.goto(f"{address}/lab/tree/release/{SMALL.assignment}/{SMALL.path.name}?token=secret", timeout=WAIT)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=WAIT)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text(re.compile(r"\d"), timeout=WAIT)
    page.keyboard.press("Control+s")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0, timeout=WAIT)


def test_run_all_goes_on_past_what_is_not_answered(small_course: Path, tmp_path: Path) -> None:
    with JupyterLab(small_course, tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        run_all(browser.new_page(), address)
        browser.close()
    notebook = nbformat.read(small_course / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    for cell in code:
        errors = [error_message(output) for output in cell.outputs if output.output_type == "error"]
        if is_setup(cell):
            assert not errors, cell.id
        elif is_grade(cell) and "hidden" not in cell.id:
            assert re.match(r"K\d\b", errors[0]), cell.id
