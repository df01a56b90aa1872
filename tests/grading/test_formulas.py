"""Formulas become MathML: all of the labs', and of a student's nothing but mathematics."""

from __future__ import annotations

import re

import pytest
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from helpers.grading.labs import Lab
from helpers.grading.pages.formulas import as_mathml
from helpers.grading.pages.markup import markdown_html
from tests.conftest import LABS

HARMLESS = re.compile(r'</?m[a-z]+(?: (?!on|href|style|class|id)[a-z]+="[a-z0-9.-]+")*>|<wbr>|</?code>')


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.assignment)
def test_each_formula_of_a_lab_is_converted(lab: Lab) -> None:
    found = []

    class Renderer(IPythonRenderer):
        def block_math(self, body: str) -> str:
            found.append(body)
            return ""

        inline_math = block_math

    for cell in lab.read().cells:
        if cell.cell_type == "markdown":
            MarkdownWithMath(renderer=Renderer(escape=False)).render(cell.source)
            assert "$" not in re.sub(r"<code>.*?</code>", "", markdown_html(cell.source), flags=re.DOTALL)
    assert found
    assert not [latex for latex in found if "<code>" in as_mathml(latex)]


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        (r"a < b \le c", ["<mo>&lt;</mo>", "<mo>≤</mo>"]),
        (r"\left\lfloor \frac{n}{s} \right\rfloor", ["⌊", "<mfrac>", "⌋"]),
        (r"\operatorname{ReLU}(x) = \max(0, x)", ["ReLU", "max"]),
        (r"\arg\min_k \lVert x \rVert^2", ["arg", "min", "<msup>"]),
        (r"\tfrac12", ['displaystyle="false"', "<mfrac>"]),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", ["<mtable>", "<mtd>"]),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", ['columnalign="right"', 'columnalign="left"']),
        (r"\begin{equation} E = mc^2 \end{equation}", ["<msup>"]),
        (r"f = \begin{cases} 1 & \text{if } x > 0 \\ 0 \end{cases}", ["{", "if&nbsp;"]),
    ],
)
def test_what_labs_write_is_drawn(latex: str, parts: list[str]) -> None:
    shown = as_mathml(latex, display=True)
    assert not [part for part in parts if part not in shown], shown


@pytest.mark.parametrize(
    "source",
    [
        "$x^2$ and $$x^2$$",
        "\\\\(x^2\\\\) and \\\\[x^2\\\\]",
        "$x^2$\n\n\\begin{align}x^2\\end{align}",
        "<p>$x^2$</p><p>$$x^2$$</p>",
    ],
)
def test_formulas_are_found_however_they_are_marked(source: str) -> None:
    shown = markdown_html(source)
    assert shown.count("<msup>") == 2
    assert 'display="inline"' in shown
    assert 'display="block"' in shown


@pytest.mark.parametrize("source", ["`$x$`", "```\n$x$\n```", "<p><code>$x$</code></p>"])
def test_code_holds_no_formula(source: str) -> None:
    assert "$x$" in markdown_html(source)


def test_a_long_formula_may_be_broken_before_a_relation() -> None:
    assert as_mathml("a + b + c + d + e + f + g = h").count("<math") == 2
    assert as_mathml("a = b").count("<math") == 1


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<img src=x onerror=x()>}",
        r"\text{&lt;img src=x onerror=x()&gt;}",
        r"\unicode{x3c}img src=x onerror=x()\unicode{x3e}",
        r"\href{javascript:x()}{y}",
        r"\style{position:fixed}{x}",
        r"\class{x}{y}",
        r"\verb|<script>x()</script>|",
        r"\color{red\"onload=x}{y}",
        r"\rule{9999em}{9999em}\hspace{9999em}",
        r"</math><script>x()</script>",
        r"\hbox{</math><script>}",
        r"\foo<script>",
        "<img src=x onerror=x()>",
        r"\text{" + "a" * 3000 + "<b>}",
    ],
)
def test_a_formula_holds_nothing_but_mathematics(latex: str) -> None:
    shown = as_mathml(latex)
    assert not [tag for tag in re.findall(r"<[^>]*>", shown) if not HARMLESS.fullmatch(tag)], shown
    assert "9999em" not in re.sub(r">[^<]*<", "", shown)


@pytest.mark.parametrize(
    "latex",
    [
        "x" * 3000,
        r"\newcommand{\a}{\b\b}\newcommand{\b}{\c\c}\a",
        r"\def\a{x}\a",
        "{" * 900 + "}" * 900,
        r"\sqrt" * 300,
        r"\frac" * 300,
        r"\unknown{x}",
    ],
)
def test_what_is_too_long_too_deep_or_unknown_is_shown_as_code(latex: str) -> None:
    assert as_mathml(latex) == f"<code>{latex}</code>"


def test_formulas_in_attributes_stay_text() -> None:
    shown = markdown_html('![$a"b$](x.png "$<c>$") [$x$](https://example.org "$y$")')
    assert '<img src="x.png" alt="a&quot;b"' in shown
    assert shown.count("<math") == 1


def test_a_student_cannot_write_mathml_or_name_a_formula() -> None:
    hostile = "<math><mtext><img src=x onerror=x()></mtext></math> formula0n0; $x$"
    shown = markdown_html(hostile)
    assert "onerror" not in shown
    assert shown.count("<math") == 1
    assert "formula0n0;" in shown
