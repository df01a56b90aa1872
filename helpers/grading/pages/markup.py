"""Clean a student's markup for a page: tables, pictures and Markdown stay, nothing that a browser runs does."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Mapping
from itertools import accumulate
from typing import Any
from urllib.parse import unquote

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from helpers.grading.pages.formulas import as_mathml

__all__ = ["TAG", "markdown_html", "safe_html", "safe_markdown", "shown_code"]

TAG = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')  # of clean HTML, where each value is in double quotes

_TAGS = nh3.ALLOWED_TAGS - {"area", "bdo", "map"} | {"tfoot"}
_CELL = {"align", "colspan", "rowspan", "style"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "details": {"open"},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start"},
    "td": _CELL,
    "th": _CELL | {"scope"},
    "tr": {"style"},
}
_LINK = re.compile(r"(https?://|mailto:)\S*", re.IGNORECASE)
# A picture inside the page or in a file beside it, never from another host. Scripts in an SVG do not run in <img>.
_PICTURE = re.compile(
    r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]*|(\./)?(?![./])[\w.,+()% /-]+\.(png|jpe?g|gif|svg)", re.IGNORECASE
)
# In the worst case, parsing takes quadratic time in these. Answers, and tables of pandas, are far below.
_MARKDOWN, _BACKSLASHES = 20_000, 1_000
_HTML, _ELEMENTS = 200_000, 5_000
_ATTACHED = 32 << 20  # characters of base64 of the pictures in a text
_IN_TEXT = re.compile(r"[^<>]+(?=<)")
# Formulas in the text of HTML inside Markdown, which Markdown's own parser leaves alone; not those in code.
_IN_HTML = re.compile(
    r"<(?P<code>code|pre)>.{,2000}?</(?P=code)>|<[^<>]*>|\$\$(?P<display>[^$]+)\$\$|\$(?P<inline>[^$\n]+)\$", re.DOTALL
)
_highlight = Highlight2HTML(pygments_lexer="ipython3")
_MAX_DEPTH = 100  # nested elements: nbconvert cannot write deeper ones


def _attribute(tag: str, name: str, value: str) -> str | None:
    allowed = {"href": _LINK, "src": _PICTURE}.get(name)
    return value if allowed is None or allowed.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    filter_style_properties={"text-align"},  # Markdown and pandas align columns with it
    set_tag_attribute_values={"table": {"class": "table-bordered table-condensed"}},  # as nbgrader's pages style them
    url_schemes={"data", "http", "https", "mailto"},
)


def safe_html(markup: str) -> str:
    """Keep only harmless elements and attributes of HTML: no script, form, frame, style, class, id."""
    clean = _cleaned(markup) if len(markup) <= _HTML else None
    return _shown(markup) if clean is None else clean


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """Convert Markdown to safe HTML; replaces nbconvert's filter `markdown2html`."""
    return markdown_html(source, context.get("cell", {}).get("attachments", {}))


def markdown_html(source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Convert Markdown to safe HTML, and formulas to MathML."""
    if len(source) > _MARKDOWN or source.count("\\") > _BACKSLASHES:
        return _shown(source)
    try:
        renderer = _Renderer(attachments or {})
        clean = _cleaned(MarkdownWithMath(renderer=renderer).render(source))
        return _shown(source) if clean is None else renderer.with_formulas(clean)
    except Exception:  # the page has to be written, whatever Markdown breaks the parser
        return _shown(source)


def shown_code(source: str, **options: Any) -> str:
    """Highlight code, without anything that looks like an attribute with a value; replaces `highlight_code`.

    An invisible empty element follows each "=" of the code, so that markup in its strings is never parsed as markup.
    """
    return _IN_TEXT.sub(lambda text: text[0].replace("=", "=<span></span>"), _highlight(source, **options))


def _cleaned(markup: str) -> str | None:
    """Return clean HTML; None if it has too many elements, or too deep ones."""
    if markup.count("<") > _ELEMENTS:
        return None
    clean = _CLEANER.clean(markup)
    return clean if _depth(clean) <= _MAX_DEPTH else None


def _shown(source: str) -> str:
    return f"<pre>{html.escape(source[:_MARKDOWN])}</pre>"


def _depth(clean: str) -> int:
    """Return how deep the elements of clean HTML are nested."""
    tags = re.findall(r"<(/?)(\w+)", clean)
    steps = (-1 if slash else 1 for slash, name in tags if name not in ("br", "hr", "img"))
    return max(accumulate(steps, initial=0))


class _Renderer(IPythonRenderer):
    """Like nbconvert's, but name missing pictures, and give headings no ids, which might clash with the page's.

    Formulas are kept apart from the HTML until that is clean, so that a student's own HTML may hold no MathML. A word
    that nobody can guess stands in for each.
    """

    def __init__(self, attachments: Mapping[str, Mapping[str, str]]) -> None:
        known = {name: dict(bundle) for name, bundle in attachments.items()}
        super().__init__(escape=False, attachments=known, exclude_anchor_links=True)
        self._word = f"formula{secrets.token_hex(8)}n"
        self._formulas: list[tuple[str, bool]] = []
        self._room = _ATTACHED

    def block_math(self, body: str) -> str:
        return self._stand_in(body, True)

    def inline_math(self, body: str) -> str:
        return self._stand_in(body, False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._stand_in(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    def block_html(self, markup: str) -> str:
        return str(super().block_html(_IN_HTML.sub(self._in_html, markup)))

    def _in_html(self, match: re.Match[str]) -> str:
        latex = match["display"] or match["inline"]
        return self._stand_in(html.unescape(latex), bool(match["display"])) if latex else match[0]

    def _stand_in(self, latex: str, display: bool) -> str:
        self._formulas.append((latex, display))
        return f"{self._word}{len(self._formulas) - 1};"

    def with_formulas(self, clean: str) -> str:
        """Put MathML into the text of clean HTML, and LaTeX into its attributes."""
        if not self._formulas:
            return clean
        parts, end = [], 0
        for tag in TAG.finditer(clean):
            parts += [self._filled(clean[end : tag.start()], in_tag=False), self._filled(tag[0], in_tag=True)]
            end = tag.end()
        return "".join([*parts, self._filled(clean[end:], in_tag=False)])

    def _filled(self, text: str, in_tag: bool) -> str:
        def formula(match: re.Match[str]) -> str:
            latex, display = self._formulas[int(match[1])]
            return html.escape(latex) if in_tag else as_mathml(latex, display=display)

        return re.sub(rf"{self._word}(\d+);", formula, text)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        if name == url:
            return super().image(text, url, title)
        pictures = self.attachments.get(name) or self.attachments.get(unquote(name)) or {}
        for kind, data in pictures.items():
            self._room -= len(data)
            if self._room < 0:  # the same picture a thousand times
                return "<em>[A picture is not shown: there are too many.]</em>"
            return f'<img src="data:{html.escape(kind)};base64,{html.escape(data)}" alt="{html.escape(text)}">'
        return f"<em>[The picture {html.escape(unquote(name))} was not submitted.]</em>"
