"""A page of feedback: what it says, what it never says, and that nothing in it runs."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from playwright.sync_api import sync_playwright

from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.feedback.grades import Grade, Grades
from helpers.grading.feedback.lab import GivenLab, read_lab
from helpers.grading.feedback.page import Submission, make_page
from helpers.grading.intake.needed import NOT_RUN
from helpers.grading.pipeline.evidence import show_not_run
from helpers.notebooks.errors import CourseError
from tests.browser import CHROMIUM
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT

LAB, NOTEBOOK = SMALL.assignment, SMALL.notebook
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and so on").decode()
FULL = {
    "k1-double-check": Grade(1, 1),
    "k1-double-hidden": Grade(2, 2),
    "k1-double-why": Grade(1, 1),
    "k2-x-check": Grade(1, 1),
    "k2-x-hidden": Grade(1, 1),
}
XSS = "\"'><img src=x onerror=x()><script>x()</script>"


@pytest.fixture(scope="session")
def lab(released_course: Path) -> GivenLab:
    return read_lab(released_course / "release" / LAB, NOTEBOOK)


@pytest.fixture
def notebook(released_course: Path) -> NotebookNode:
    """A graded notebook, with what the instructor's version of the lab says in it."""
    graded = fill_in(SMALL.read(), RIGHT, words="Since I think so.")
    for cell in graded.cells:
        cell.outputs = [] if cell.cell_type == "code" else cell.get("outputs")
    return nbformat.from_dict(graded)


def page(lab: GivenLab, notebook: NotebookNode, folder: Path = Path("nowhere"), **changes: Any) -> str:
    known = {name: changes.pop(name) for name in ("name", "course", "is_readable") if name in changes}
    grades = Grades(**{"cells": FULL, "messages": {}, "comments": {}, **changes})
    submission = Submission("Ada Lovelace", "CNNs", folder, is_readable=True, grades=grades)
    return make_page(lab, replace(submission, **known), notebook)


def words(html: str) -> str:
    """What a person reads."""
    text = re.sub(r"<(style|title|meter).*?</\1>", "", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", re.sub(r"</?(a|code|em|span|strong)\b[^>]*>", "", text))
    return " ".join(text.replace("&#39;", "'").split())


def test_the_top_says_whose_mark_it_is(lab: GivenLab, notebook: NotebookNode) -> None:
    shown = words(page(lab, notebook))
    assert shown.startswith("CNNs · Feedback A small lab Ada Lovelace 6 of 6 points")
    assert "so far" not in shown


def test_a_penalty_is_shown_with_its_reason(lab: GivenLab, notebook: NotebookNode) -> None:
    shown = words(page(lab, notebook, penalty=1.5, late_seconds=86400 + 9 * 3600))
    assert "4.5 of 6 points" in shown
    assert "6 points earned, 1.5 points taken off: handed in 1 day 9 hours late." in shown


def test_questions_have_their_names_their_points_and_what_was_missing(lab: GivenLab, notebook: NotebookNode) -> None:
    cells = FULL | {"k2-x-check": Grade(0, 1), "k2-x-hidden": Grade(0, 1)}
    html = page(lab, notebook, cells=cells, messages={"k2-x": "K2: `x<`: expected 1, got 2.\nK2: another."})
    top = words(html).partition("Your notebook")[0]
    assert top.strip().endswith("Questions K1 · Double 4 of 4 points K2 · x 0 of 2 points x&lt;: expected 1, got 2.")
    assert html.index('href="#q2"') < html.index('id="q2"') < html.index("K2: another.")


def test_what_a_person_has_yet_to_mark_is_not_zero(lab: GivenLab, notebook: NotebookNode) -> None:
    shown = words(page(lab, notebook, cells=FULL | {"k1-double-why": Grade(0, 1, waits=True)}))
    assert "5 of 6 points so far" in shown
    assert "A person has yet to mark 1 answer." in shown
    assert "K1 · Double 3 so far, of 4 points" in shown
    assert "Since I think so. not marked yet, of 1 point" in shown
    assert "0 of 1" not in shown


def test_why_it_could_not_be_read_is_at_the_very_top(lab: GivenLab, notebook: NotebookNode) -> None:
    about = new_markdown_cell(
        "**About this submission**\n\n- could not be read: it is a \\<b\\>", id="about-this-submission"
    )
    notebook.cells.insert(0, about)
    shown = words(page(lab, notebook, is_readable=False, cells=FULL | {"k1-double-why": Grade(0, 1, waits=True)}))
    assert shown.startswith("Nothing in your submission could be graded. could not be read: it is a &lt;b&gt;")
    assert "Your notebook" not in shown
    assert "yet to mark" not in shown


def test_what_was_unusual_is_said_once(lab: GivenLab, notebook: NotebookNode) -> None:
    about = new_markdown_cell("**About this submission**\n\n- found in mine.ipynb", id="about-this-submission")
    notebook.cells.insert(0, about)
    assert words(page(lab, notebook)).count("found in mine.ipynb") == 1
    notebook.cells[0].id = "own-1"
    assert 'class="about"' not in page(lab, notebook)  # no other cell says so


def test_no_hidden_test_no_scheme_no_solution_and_no_traceback(lab: GivenLab, notebook: NotebookNode) -> None:
    error = new_output("error", ename="CheckError", evalue="K1: no.", traceback=["secret(gives(10)))"])
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [error]
        cell.metadata.pop("alt", None)
    html = page(lab, notebook)
    for secret in ("HIDDEN TESTS", "MARK SCHEME", "Marking scheme", "gives(10", "hint=", "secret("):
        assert secret not in html
    assert "K1: no." in html
    assert "# Other numbers." in words(html)  # what students see of a hidden check


def test_a_cell_that_students_were_not_given_shows_no_source(lab: GivenLab, notebook: NotebookNode) -> None:
    new = next(cell for cell in notebook.cells if cell.id == "k2-x-hidden")
    new.metadata.nbgrader.grade_id, new.source = "k3-hidden", "expected = 42"
    html = page(lab, notebook, cells={**FULL, "k3-hidden": Grade(0, 1)}, messages={"k2-x": "K3: no."})
    assert "42" not in words(html)
    assert "k3-hidden 0 of 1 point" in words(html)


def test_messages_comments_and_points_stand_at_the_answer(lab: GivenLab, notebook: NotebookNode) -> None:
    cells = FULL | {"k1-double-hidden": Grade(0, 2)}
    comments = {"k1-double": "Look at **this**.", "k1-double-why": "Well argued."}
    shown = words(page(lab, notebook, cells=cells, messages={"k1-double": "K1: no."}, comments=comments))
    assert "1 of 3 points Check: 1 of 1 Hidden check: 0 of 2 K1: no. Comment Look at this. double(4)" in shown
    assert "Since I think so. ✓" not in shown
    assert "Since I think so. 1 of 1 point Comment Well argued." in shown


def test_pictures_are_in_the_page(lab: GivenLab, notebook: NotebookNode, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(base64.b64decode(PNG))
    (tmp_path / "mine.svg").write_text("<svg onload='x()'/>")
    (tmp_path / "link.png").symlink_to("/etc/hostname")
    own = "![a](mine.png) ![b](mine.svg) ![c](link.png) ![d](given.svg) ![e](../mine.png)"
    notebook.cells.append(new_markdown_cell(own))
    notebook.cells.append(new_code_cell("x", metadata={"alt": "A <curve>"}))
    notebook.cells[-1].outputs = [new_output("display_data", data={"image/png": PNG})]
    html = page(replace(lab, pictures={"given.svg": "data:image/svg+xml;base64,AA=="}), notebook, tmp_path)
    assert html.count(f"data:image/png;base64,{PNG}") == 2
    assert 'alt="A &lt;curve&gt;"' in html
    assert 'src="data:image/svg+xml;base64,AA=="' in html
    assert words(html).count("is not here.]") == 3  # and markup.py dropped the address of the last
    assert not re.findall(r'src="(?!data:)', html)


def test_a_cell_that_did_not_run_is_folded(lab: GivenLab, notebook: NotebookNode) -> None:
    cell = next(cell for cell in notebook.cells if cell.source == "double(4)")
    cell.outputs = []
    show_not_run(cell)
    html = page(lab, notebook)
    assert f"<summary>{NOT_RUN.rstrip('.')}</summary>" in html
    assert html.count("Not run in grading") == 1
    assert "double(4)" in words(html)


def test_a_huge_notebook_is_cut_and_says_so(lab: GivenLab, notebook: NotebookNode) -> None:
    notebook.cells += [new_code_cell("x = 1\n" * 20_000) for _ in range(60)]
    html = page(lab, notebook)
    assert len(html) < 5_000_000
    assert "The rest is not shown here." in html


def test_a_picture_a_thousand_times_does_not_fill_the_memory(
    lab: GivenLab, notebook: NotebookNode, tmp_path: Path
) -> None:
    large = base64.b64decode(PNG) + bytes(4 << 20)
    (tmp_path / "a.png").write_bytes(large)
    attached = {"b.png": {"image/png": base64.b64encode(large).decode()}}
    notebook.cells.append(new_markdown_cell("![](a.png)\n" * 30 + "![](attachment:b.png)\n" * 30, attachments=attached))
    html = page(lab, notebook, tmp_path)
    assert len(html) < 80 << 20
    assert "there are too many" in html


def hostile(notebook: NotebookNode) -> NotebookNode:
    """Put markup that would run into each place that a student, or an older version, may write to."""
    outputs = [
        new_output("stream", name="stdout", text=f"\x1b[31m{XSS}"),
        new_output("error", ename=XSS, evalue=XSS, traceback=[XSS]),
        new_output("display_data", data={"text/html": f"<table><tr><th></th><td>{XSS}</td></tr></table>"}),
        new_output("display_data", data={"text/markdown": f"{XSS}\n\n# {XSS}\n\n$${XSS}$$"}),
        new_output("display_data", data={"image/svg+xml": f"<svg onload='x()'>{XSS}</svg>"}),
        new_output("display_data", data={"image/png": f"{XSS}"}),
    ]
    notebook.cells += [
        new_code_cell(f'x = """{XSS}"""', outputs=outputs, metadata={"alt": XSS, "tags": [XSS]}),
        new_markdown_cell(
            f"###### {XSS}\n\n# [x](javascript:x()) ![{XSS}](x.png)\n\n<form><input autofocus onfocus=x()></form>\n\n"
            f"<div style='position:fixed' id=q1 class=alert>{XSS}</div>\n\n"
            "<details><summary>Why $x$</summary>y</details>"
        ),
        new_raw_cell(XSS),
    ]
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = XSS
    notebook.metadata = nbformat.from_dict({"title": XSS, "kernelspec": {"name": XSS, "display_name": XSS}})
    return notebook


def hostile_page(lab: GivenLab, notebook: NotebookNode) -> str:
    about: dict[str, Any] = {
        "messages": {"k1-double": XSS, "k2-x": XSS},
        "comments": {"k1-double": XSS, "k1-double-why": f"# {XSS}"},
    }
    return page(lab, hostile(notebook), name=XSS, course=XSS, cells=FULL | {"k2-x-check": Grade(0, 1)}, **about)


def test_nothing_of_a_students_is_markup(lab: GivenLab, notebook: NotebookNode) -> None:
    html = hostile_page(lab, notebook)
    tags = re.findall(r'<[a-z][^<>"]*(?:"[^"]*"[^<>"]*)*>', html)
    names = set(re.findall(r"<(\w+)", " ".join(tag.partition(" ")[0] for tag in tags)))
    assert not names & {"script", "iframe", "object", "embed", "base", "link", "form", "input", "svg", "button"}
    assert len(re.findall("<meta ", html)) == 6
    assert len(re.findall(r'id="q1"', html)) == 1
    for tag in tags:
        assert not re.search(r"\s(on\w+|style|srcdoc|formaction)=", re.sub(r'"[^"]*"', '""', tag)), tag


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_everybody_can_read_it(scheme: Any, width: int, lab: GivenLab, notebook: NotebookNode, tmp_path: Path) -> None:
    wide = "| a | b |\n|--|--|\n| " + "x" * 300 + " | $" + "x + " * 60 + "y$ |\n\n$$" + "x + " * 60 + "y$$"
    notebook.cells += [new_markdown_cell(wide), new_code_cell(f"y = '{'z' * 500}'")]
    path = tmp_path / "page.html"
    path.write_text(hostile_page(lab, notebook), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
        tab = context.new_page()
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(path.as_uri())
        assert not [url for url in asked if not url.startswith(("file:", "data:"))]
        tab.evaluate("document.querySelectorAll('details').forEach(hint => { hint.open = true })")
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        results = Axe().run(tab).response
        browser.close()
    assert len(results["passes"]) > 20
    assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in results["violations"]]


@pytest.mark.browser
def test_the_policy_allows_the_style_and_no_script(lab: GivenLab, notebook: NotebookNode, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    html = page(lab, notebook).replace("</body>", "<script>document.title = 'ran'</script></body>")
    path.write_text(html, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(path.as_uri())
        assert tab.title() == "A small lab · Ada Lovelace · Feedback"
        assert tab.evaluate("getComputedStyle(document.querySelector('.score strong')).fontSize") == "35.2px"
        tab.emulate_media(media="print")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        browser.close()


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_a_lab_that_was_not_released_is_named(content: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "lab01"
    folder.mkdir()
    if content is not None:
        (folder / "x.ipynb").write_text(content)
    with pytest.raises(CourseError, match="Run `nbgrader generate_assignment --force lab01`"):
        read_lab(folder, "x")
