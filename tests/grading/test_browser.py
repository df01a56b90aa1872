"""In a browser, no script of a student runs: in feedback, in the report, in formgrader inside JupyterLab."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from rich.console import Console

from helpers.cli import main
from helpers.grading.course import Course
from helpers.grading.feedback.writing import write_feedback
from helpers.grading.report.report import report
from tests.browser import CHROMIUM, JupyterLab
from tests.conftest import SMALL

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAB, NOTEBOOK, STUDENT = SMALL.assignment, SMALL.notebook, "mallory"
OFF = ("background-networking", "component-update", "sync", "gpu")
PAGES = ["submission", "file", "submissions", "students", "student", "student's lab", "notebooks"]


def runs(name: str) -> str:
    """Return a script that leaves an attribute in the page if it runs. Its source does not look like the attribute."""
    return f"document.documentElement.dataset[`ran_${{'{name.replace('-', '_')}'}}`]=1"


def tag(name: str) -> str:
    return f'<img src=x onerror="{runs(name)}">'


WHO = f'{tag("student")}";{runs("student-script")};"'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{runs("svg")}"><script>{runs("svg-script")}</script></svg>'
ANSWER = f"""
def double(n):
    raise RuntimeError({tag("message")!r} + {f"[x](javascript:{runs('message-link')})"!r})
"""
OWN = f"""
from IPython.display import HTML, display
display(HTML({tag("shown")!r}))
display({{"application/javascript": {runs("shown-script")!r}}}, raw=True)
"""
WORDS = f"""{tag("words")} <script>{runs("words-script")}</script> [x](javascript:{runs("words-link")})
<svg onload="{runs("words-svg")}"></svg><iframe srcdoc='<script>parent.{runs("words-frame")}</script>'></iframe>
$$\\href{{javascript:{runs("mathematics")}}}{{x}} {tag("mathematics-tag")}$$
<script type="text/x-mathjax-config">{runs("mathematics-settings")}</script>

```mermaid
{tag("mermaid")}
```

![x](attachment:a.svg) ![y" onerror="{runs("alt")}](attachment:b.png) ![z](attachment:c.png)
<form action="javascript:{runs("form")}"><input autofocus onfocus="{runs("focus")}"></form>
"""
DATA = {
    "text/html": f"{tag('html')}<script>{runs('html-script')}</script>",
    "text/markdown": WORDS.replace("words", "markdown"),
    "text/latex": f"</div>{tag('latex')}",
    "text/plain": f"\x1b[31m{tag('plain')}\x1b]0;x\x07",
    "image/svg+xml": SVG,
    "image/png": f'" onerror="{runs("png")}',
    "image/jpeg": base64.b64encode(SVG.encode()).decode(),
    "application/javascript": runs("javascript"),
    "application/pdf": "x",
    "application/vnd.jupyter.widget-view+json": {"model_id": f"</script>{tag('widget')}", "version_major": 2},
    f"text/x{tag('kind')}": "x",
}


def hostile(notebook: NotebookNode) -> NotebookNode:
    """Add to a graded notebook everything that nobody has cleaned."""
    displays = [{"output_type": "display_data", "metadata": {}, "data": {kind: data}} for kind, data in DATA.items()]
    words = {"ename": tag("ename"), "evalue": tag("evalue"), "traceback": [f"\x1b[31m{tag('traceback')}\x1b[0m"]}
    notebook.cells += [
        new_code_cell(tag("source")),
        new_markdown_cell(WORDS.replace("words", "own"), attachments={"a.svg": {"image/svg+xml": SVG}}),
        new_raw_cell(tag("raw")),
        new_raw_cell(tag("raw-plain")),
    ]
    notebook.cells[-2].metadata["raw_mimetype"] = "text/html"
    notebook.cells[-4].metadata |= {"tags": [f'" {tag("tag")}'], "magics_language": tag("magics")}
    notebook.cells[-4].metadata["alt"] = f'" onerror="{runs("alt-words")}" {tag("alt-tag")}'
    notebook.cells[-4].outputs = [
        nbformat.from_dict(output)
        for output in [
            {"output_type": "stream", "name": "stdout", "text": f"\x1b[1m{tag('stdout')}\x1b]8;;javascript:x\x07"},
            {"output_type": "stream", "name": "stderr", "text": f"</pre>{tag('stderr')}"},
            {"output_type": "error"} | words,
            {
                "output_type": "display_data",
                "data": {"image/png": "iVBORw0KGgo="},
                "metadata": {
                    "filenames": {"image/png": f'" onerror="{runs("filename")}'},
                    "width": f"1 {tag('width')}",
                },
            },
            {
                "output_type": "display_data",
                "data": {"text/html": tag("isolated")},
                "metadata": {"text/html": {"isolated": True}},
            },
            *displays,
        ]
    ]
    notebook.metadata |= {
        "title": f"</title>{tag('title')}",
        "language_info": {"name": f'">{tag("language")}', "pygments_lexer": f'">{tag("lexer")}'},
        "kernelspec": {"name": tag("kernel"), "display_name": tag("kernel-shown")},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"version": f"</script>{tag('widget-state')}"}},
    }
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, released_course: Path) -> Course:
    """A course with a graded submission of a hostile student."""
    course = Course(shutil.copytree(released_course, tmp_path_factory.mktemp("hostile") / "course"))
    notebook = nbformat.read(course.root / "release" / LAB / f"{NOTEBOOK}.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = {"k1-double": ANSWER, "k1-double-why": WORDS}.get(name, cell.source)
    notebook.cells.append(new_code_cell(OWN))
    folder = course.folder("submitted", STUDENT, LAB)
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{NOTEBOOK}.ipynb")
    (folder / "page.html").write_text(f"<script>{runs('file')}</script>{tag('file-tag')}")
    assert main(["--course", str(course.root), "autograde", LAB]) == 0
    with course.gradebook() as gradebook:
        gradebook.add_student(WHO, first_name=WHO, last_name=WHO)
        comment = gradebook.find_comment("k1-double-why", NOTEBOOK, LAB, STUDENT)
        comment.manual_comment = WORDS.replace("words", "by-hand")
        gradebook.find_student(STUDENT).last_name = gradebook.find_student(STUDENT).first_name = WHO
        gradebook.db.commit()
    return course


@pytest.fixture(scope="module")
def graded(course: Course) -> NotebookNode:
    """The notebook after grading."""
    return nbformat.read(course.folder("autograded", STUDENT, LAB) / f"{NOTEBOOK}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def worst(course: Course, graded: NotebookNode) -> Course:
    """The course with a hostile graded notebook, as an older version or a person may have left it."""
    path = course.folder("autograded", STUDENT, LAB) / f"{NOTEBOOK}.ipynb"
    path.chmod(0o644)
    path.write_text(nbformat.writes(hostile(nbformat.from_dict(graded))), encoding="utf-8")
    write_feedback(course, LAB)
    return course


@pytest.fixture(scope="module")
def pages(worst: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Each page, as it is in the browser after all scripts ran."""
    home = tmp_path_factory.mktemp("home")
    with worst.gradebook() as gradebook:
        number = gradebook.find_submission_notebook(NOTEBOOK, LAB, STUDENT).id
    control = home / "control.html"
    control.write_text(f"<!doctype html><body>{tag('control')}")
    scores = report(worst, home / "report", Console(quiet=True))
    addresses = {
        "control": control.as_uri(),
        "feedback": (worst.folder("feedback", STUDENT, LAB) / f"{NOTEBOOK}.html").as_uri(),
        "report": scores.as_uri(),
    }
    with JupyterLab(worst.root, home) as server:
        at = {
            "submission": f"submissions/{number}/",
            "file": f"submissions/{number}/page.html",
            "submissions": f"gradebook/{LAB}/{NOTEBOOK}",
            "students": "manage_students",
            "student": f"manage_students/{quote(WHO, safe='')}",
            "student's lab": f"manage_students/{quote(WHO, safe='')}/{LAB}",
            "notebooks": f"manage_submissions/{LAB}",
        }
        addresses |= {
            name: f"{server}/login?token=secret&next={quote(f'/formgrader/{path}', safe='')}"
            for name, path in at.items()
        }
        with ThreadPoolExecutor(2) as pool:
            yield dict(
                zip(addresses, pool.map(lambda name: _browse(addresses[name], home / name), addresses), strict=True)
            )


def _browse(address: str, profile: Path) -> str:
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--no-first-run", f"--user-data-dir={profile}"]
    command += [f"--disable-{feature}" for feature in OFF]
    command += ["--virtual-time-budget=4000", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--dump-dom"]
    home = os.environ | {"HOME": str(profile.parent)}
    return subprocess.run([*command, address], env=home, capture_output=True, timeout=120, check=True).stdout.decode()


def ran(page: str) -> set[str]:
    return set(re.findall(r"data-ran_\w+", page))


def test_the_test_notices_scripts_that_run(pages: dict[str, str]) -> None:
    assert ran(pages["control"]) == {"data-ran_control"}


@pytest.mark.parametrize("name", ["feedback", "report", *PAGES])
def test_no_script_of_a_student_runs(name: str, pages: dict[str, str]) -> None:
    assert not ran(pages[name])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("feedback", "Your answer"),
        ("report", "Scores of the class"),
        ("submission", "Full credit"),
        ("submissions", "Submission #1"),
        ("students", "Student ID"),
        ("student", "Assignment ID"),
        ("student's lab", "Notebook ID"),
        ("notebooks", STUDENT),
    ],
)
def test_each_page_is_the_expected_one(name: str, words: str, pages: dict[str, str]) -> None:
    assert words in pages[name]


def test_what_the_student_wrote_can_be_read(pages: dict[str, str]) -> None:
    for name, error in (("feedback", "evalue"), ("submission", "traceback")):
        for part in ("raw", "stdout", "stderr", error, "plain", "source"):
            assert f"'{part}'" in pages[name], (name, part)
    assert "'message'" in pages["feedback"]  # the comment
    assert "The picture c.png was not submitted" in pages["feedback"]


def test_the_graded_notebook_has_no_scripts(graded: NotebookNode) -> None:
    (shown, script) = graded.cells[-1].outputs
    assert shown.data["text/html"] == "<img>"
    assert set(script.data) == {"text/plain"}


def test_no_page_loads_a_script_from_elsewhere(pages: dict[str, str]) -> None:
    assert "<script" not in pages["feedback"]
    sources = re.findall(r'<script[^>]* src="([^"]*)"', pages["submission"])
    assert sources
    assert all(source.startswith("/formgrader/") for source in sources)


def test_formulas_need_no_script(pages: dict[str, str]) -> None:
    for name in ("feedback", "submission"):
        assert "<math" in pages[name]
        assert "javascript:" not in "".join(re.findall("<math.*?</math>", pages[name], re.DOTALL))
