"""Graded notebooks hold only text, pictures and tables, whatever the student's code showed."""

from __future__ import annotations

import base64
import copy
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.grading.pages.harmless import make_safe
from helpers.grading.pages.markup import safe_html, safe_markdown, shown_code

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and so on").decode()
JPEG = base64.b64encode(b"\xff\xd8\xff and so on").decode()


def shown(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> Any:
    """What remains of an output."""
    notebook = new_notebook(cells=[new_code_cell("")])
    output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
    notebook.cells[0].outputs = [nbformat.from_dict(output)]
    make_safe(notebook)
    again = copy.deepcopy(notebook)
    make_safe(again)
    assert again == notebook, "a second time changed something"
    return notebook.cells[0].outputs[0]


def rendered(source: str, attachments: dict[str, Any] | None = None) -> str:
    context: Any = {"cell": {"attachments": attachments or {}}}
    return safe_markdown(context, source)


def test_the_description_of_a_picture_is_text() -> None:
    notebook = new_notebook(cells=[new_code_cell("", metadata={"alt": ["a", "\ud800b"], "other": 1})])
    make_safe(notebook)
    assert notebook.cells[0].metadata == {"alt": "a\ufffdb"}


def test_pictures_and_text_stay() -> None:
    output = shown({"image/png": PNG, "image/jpeg": [JPEG, "\n"], "text/plain": "<Figure>"})
    assert output.data == {"image/png": PNG, "image/jpeg": JPEG, "text/plain": "<Figure>"}


def test_a_picture_keeps_its_size() -> None:
    output = shown(
        {"image/png": PNG}, {"image/png": {"width": 300, "height": "9 onload=x"}, "filenames": {"image/png": "x"}}
    )
    assert output.metadata == {"image/png": {"width": 300}}


@pytest.mark.parametrize(
    "data", [base64.b64encode(b"<svg onload=x>").decode(), '" onerror="x', "%%%", 5, None, ["a", 5]]
)
def test_invalid_pictures_are_left_out(data: Any) -> None:
    assert "image/png" not in shown({"image/png": data, "text/plain": "x"}).data


@pytest.mark.parametrize(
    "kind",
    [
        "image/svg+xml",
        "application/javascript",
        "application/pdf",
        "application/vnd.jupyter.widget-view+json",
        "text/latex",
        "text/vnd.mermaid",
        "text/html; charset=utf-8",
        "TEXT/HTML",
    ],
)
def test_other_outputs_are_left_out_and_named(kind: str) -> None:
    assert shown({kind: "<script>x</script>", "text/plain": "words"}).data == {"text/plain": "words"}
    assert shown({kind: "<script>x</script>"}).data == {"text/plain": f"(not shown: {kind})"}


def test_a_table_stays_a_table() -> None:
    pandas = '<style>x</style><table border="1" id="x"><tr style="text-align: right"><td colspan="2">3.5'
    (table,) = shown({"text/html": pandas}).data.values()
    assert table.startswith('<table class="table-bordered table-condensed"><tbody>')
    assert table.endswith('<tr style="text-align:right"><td colspan="2">3.5</td></tr></tbody></table>')


def test_only_metadata_that_grading_needs_stay() -> None:
    lab = new_markdown_cell("x", metadata={"tags": ["parameters"], "nbgrader": {"grade_id": "x"}, "transient": 5})
    own = new_markdown_cell("x", metadata={"tags": ["mine"], "transient": 5, "alt": "<b>"})
    notebook = new_notebook(cells=[lab, own])
    notebook.metadata |= {"widgets": {}, "title": "<script>", "language_info": 5, "course": {"problem": "x"}}
    make_safe(notebook)
    assert set(notebook.metadata) == {"language_info"}
    assert notebook.metadata.language_info.name == "python"
    assert [set(cell.metadata) for cell in notebook.cells] == [{"tags", "nbgrader"}, {"alt"}]


def test_attachments_that_are_pictures_stay() -> None:
    bundles = {"a.png": {"image/png": PNG}, "b.svg": {"image/svg+xml": "<svg>"}, "c.png": {"image/png": "<svg>"}}
    notebook = new_notebook(cells=[new_markdown_cell("x", attachments=bundles)])
    make_safe(notebook)
    assert notebook.cells[0].attachments == {"a.png": {"image/png": PNG}, "b.svg": {}, "c.png": {}}


def test_a_notebook_with_unpaired_surrogates_can_be_written() -> None:
    half = "\ud83d"
    error = new_output("error", ename=half, evalue=half, traceback=[half])
    outputs = [new_output("stream", text=half), error, new_output("display_data", data={"text/html": half})]
    notebook = new_notebook(cells=[new_code_cell(half, outputs=outputs), new_markdown_cell(half)])
    make_safe(notebook)
    assert nbformat.writes(notebook).encode()


@pytest.mark.parametrize("broken", [{"traceback": 5}, {"traceback": None}, {"output_type": "strange"}])
def test_an_invalid_output_does_not_stop_grading(broken: dict[str, Any]) -> None:
    output = nbformat.from_dict({"output_type": "error", "ename": "x", "evalue": "x", "traceback": []} | broken)
    notebook = new_notebook(cells=[new_code_cell("")])
    notebook.cells[0].outputs = [output]
    make_safe(notebook)
    nbformat.validate(notebook)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>x()</script>",
        "<img src=x onerror=x()>",
        "[a](javascript:x())",
        "[a](JaVa\tScript:x())",
        "[a](evil.html)",
        "[a](//host.example/x)",
        "![a](https://host.example/x.png)",
        "![a](/api/x.png)",
        "![a](../../x.png)",
        '![a](x.png" onload="x)',
        '<p class="x" id="k1-comment" style="position:fixed" onclick="x()">',
        "<iframe src=x></iframe><object data=x></object><embed src=x><base href=x><link href=x><meta http-equiv=x>",
        "<form action=x><input name=x><button>x</button><textarea></form>",
        "<svg onload=x()><a xlink:href=javascript:x()>x</a></svg><math href=javascript:x()>x</math>",
        "<noscript><p title='</noscript><img src=x onerror=x()>'>",
        "```mermaid\n<img src=x onerror=x()>\n```",
        "# Heading\n\n## k1-comment",
    ],
)
def test_markdown_neither_runs_code_nor_loads_from_another_host(hostile: str) -> None:
    page = rendered(hostile)
    tags = ["script", "iframe", "object", "embed", "base", "link", "meta", "form", "input", "button", "svg", "math"]
    for tag in tags:
        assert f"<{tag}" not in page
    for attribute in (" on", " id=", " class=", " href=", " src=", "position"):
        assert not [tag for tag in page.split("<")[1:] if attribute in tag.split(">")[0]], page


def test_ordinary_markdown_is_unchanged() -> None:
    assert rendered("a *b* `c` [d](https://example.org)") == (
        '<p>a <em>b</em> <code>c</code> <a href="https://example.org" rel="noopener noreferrer">d</a></p>\n'
    )
    assert "<mo>&lt;</mo>" in rendered("$a < b$")
    assert '<th style="text-align:right">a</th>' in rendered("| a | b |\n|--:|---|\n| 1 | 2 |\n")
    for beside in ("images/a.svg", "./my-sketch.png", "Bild%20%C3%A4.jpg"):
        assert f'<img src="{beside}" alt="x">' in rendered(f"![x]({beside})")


def test_pasted_pictures_are_shown_and_missing_ones_named() -> None:
    bundles = {"my sketch.png": {"image/png": PNG}}
    assert f'<img src="data:image/png;base64,{PNG}" alt="x">' in rendered("![x](attachment:my%20sketch.png)", bundles)
    assert "The picture a&lt;b.png was not submitted" in rendered("![x](attachment:a<b.png)", bundles)


@pytest.mark.parametrize(
    "markup", ["<div>" * 4_999, "<div>" * 50_000, "<b>" * 500, ">" * 19_000, "\\\\[" * 6_000, "x" * 10**6]
)
def test_markup_that_would_take_long_to_parse_is_shown_as_text(markup: str) -> None:
    for page in (rendered(markup), safe_html(markup)):
        assert page.startswith(("<pre>", "<blockquote>", "&gt;", "\\"))
        assert len(page) < 250_000


def test_markup_in_a_string_of_code_has_no_attributes() -> None:
    page = shown_code("page = \"<svg onload='run()'>\"", metadata={})
    assert "onload=" not in page.replace("onload=<span></span>", "")
    assert "onload=<span></span>" in page
    assert "&lt;svg" in page
    assert 'class="s2"' in page  # the page's own attributes stay
