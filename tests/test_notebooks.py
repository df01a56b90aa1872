"""Every lab runs headless: papermill with the smoke values, then nbval on the executed copy."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from helpers.grading.labs import Lab
from tests.conftest import ROOT, each_lab

WIDEST_PICTURE = 860  # pixels: what JupyterLab shows in full beside its list of files, on a laptop's screen
SMALLEST_LETTERS = 15  # pixels: 11 points


@pytest.mark.slow
@each_lab()
def test_a_lab_runs_and_runs_again(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import papermill  # here, because the import takes a second

    copy = tmp_path / lab.assignment
    shutil.copytree(lab.path.parent, copy)
    executed = copy / f"{lab.notebook}-executed.ipynb"
    papermill.execute_notebook(
        copy / lab.path.name,
        executed,
        parameters=smoke_values(lab),
        cwd=copy,
        kernel_name="python3",
        progress_bar=False,
    )
    assert errors_on_stderr(executed) == []
    assert list(bad_pictures(executed)) == []
    assert_runs_again(executed)


def smoke_values(lab: Lab) -> dict[str, object]:
    """The smoke values, all of which must be set in the lab: papermill itself only warns, and runs the full lab."""
    import papermill

    values = lab.settings().smoke
    known = papermill.inspect_notebook(lab.path)
    assert set(values) <= set(known), f"{lab.assignment} sets no {', '.join(set(values) - set(known))}"
    return values


def errors_on_stderr(path: Path) -> list[str]:
    """What cells wrote to stderr; a lab warns of nothing."""
    return [
        f"{cell.id}: {output.text}"
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]


def bad_pictures(path: Path) -> Iterator[str]:
    """Pictures that are too wide, or without words for a screen reader, which nbgrader's pages take from `alt`."""
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            picture = output.get("data", {}).get("image/png")
            if picture is None:
                continue
            if len(cell.metadata.get("alt", "").split()) < 4:
                yield f"{cell.id}: say in its metadata, as `alt`, what the picture shows"
            width = int.from_bytes(base64.b64decode(picture)[16:20], "big")  # as PNG's first chunk says
            if width > WIDEST_PICTURE:
                yield f"{cell.id}: {width} pixels wide, at most {WIDEST_PICTURE}: JupyterLab would shrink its text"


def assert_runs_again(path: Path) -> None:
    """nbval: each cell runs once more, and those tagged `nbval-check-output` print the same."""
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, path.name], cwd=path.parent, env=plain, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("drawing", sorted((ROOT / "source").rglob("*.svg")), ids=lambda path: path.stem)
def test_a_drawings_letters_can_be_read(drawing: Path) -> None:
    root = ElementTree.parse(drawing).getroot()
    _, _, width, _ = map(float, root.attrib["viewBox"].split())
    assert float(root.attrib["width"]) == width <= WIDEST_PICTURE
    letters = [float(one.attrib["font-size"]) for one in root.iter() if "font-size" in one.attrib]
    assert letters
    assert min(letters) >= SMALLEST_LETTERS


@each_lab()
def test_a_lab_without_the_course_says_in_one_line_what_to_run(lab: Lab, tmp_path: Path) -> None:
    first = next(cell.source for cell in lab.read().cells if cell.cell_type == "code")
    # An empty folder as the only place to import from: as on a machine where nothing was installed.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", first], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "pip install ." in done.stderr
