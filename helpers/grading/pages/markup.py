"""Markup that a student wrote, as a page may hold it: tables, pictures, Markdown, and nothing that a browser runs."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import unquote

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

__all__ = ["as_markdown", "safe_html", "safe_markdown", "shown_code"]

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
# A picture inside the page, or one beside it: no other host is asked for one. In <img>, no script of an SVG runs.
_PICTURE = re.compile(
    r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]*|(\./)?(?![./])[\w.,+()% /-]+\.(png|jpe?g|gif|svg)", re.IGNORECASE
)
# What takes longest to read takes time with the square of these. An answer, and a table of pandas', is far below them.
_MARKDOWN, _BACKSLASHES = 20_000, 1_000
_HTML, _ELEMENTS = 200_000, 5_000
_IN_TEXT = re.compile(r"[^<>]+(?=<)")
_highlight = Highlight2HTML(pygments_lexer="ipython3")
_DEEPEST = 100  # elements within elements: a page nested deeper cannot be written


def _attribute(tag: str, name: str, value: str) -> str | None:
    allowed = {"href": _LINK, "src": _PICTURE}.get(name)
    return value if allowed is None or allowed.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    filter_style_properties={"text-align"},  # how Markdown and pandas align columns
    set_tag_attribute_values={"table": {"class": "table-bordered table-condensed"}},  # nbgrader's pages know these
    url_schemes={"data", "http", "https", "mailto"},
)


def safe_html(markup: str) -> str:
    """HTML of which only harmless elements and attributes are left: no script, form, frame, style, class, id."""
    return _shown(markup) if len(markup) > _HTML else _cleaned(markup)


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """nbconvert's filter `markdown2html`, with a result that may stand in a page."""
    if len(source) > _MARKDOWN or source.count("\\") > _BACKSLASHES:
        return _shown(source)
    try:
        return _cleaned(MarkdownWithMath(renderer=_Renderer(context.get("cell", {}))).render(source))
    except Exception:  # whatever the Markdown of a stranger does to its reader, the page is written
        return _shown(source)


def shown_code(source: str, **options: Any) -> str:
    """nbconvert's filter `highlight_code`, with nothing in it that reads like an attribute with a value.

    An empty element stands behind each "=" of the code: nobody sees it, and markup that code quotes is markup nowhere.
    """
    return _IN_TEXT.sub(lambda text: text[0].replace("=", "=<span></span>"), _highlight(source, **options))


def as_markdown(text: str) -> str:
    """Markdown that shows a text as it is, whatever stands in it."""
    shown = re.sub(r"[^\w\s]|_", lambda found: f"&#{ord(found[0])};", text)
    return "<br>\n".join(re.sub(r"^ +", lambda found: "&nbsp;" * len(found[0]), line) for line in shown.splitlines())


def _cleaned(markup: str) -> str:
    if markup.count("<") > _ELEMENTS:
        return _shown(markup)
    clean = _CLEANER.clean(markup)
    return clean if _depth(clean) <= _DEEPEST else _shown(markup)


def _shown(source: str) -> str:
    return f"<pre>{html.escape(source[:_MARKDOWN])}</pre>"


def _depth(clean: str) -> int:
    """How deep the elements of clean HTML lie within each other."""
    depth = deepest = 0
    for closing, tag in re.findall(r"<(/?)(\w+)", clean):
        if tag not in ("br", "hr", "img"):
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest


class _Renderer(IPythonRenderer):
    """nbconvert's, but a picture that was lost leaves its name, and headings get no ids: those are the page's own."""

    def __init__(self, cell: dict[str, Any]) -> None:
        super().__init__(escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        if name == url:
            return super().image(text, url, title)
        pictures = self.attachments.get(name) or self.attachments.get(unquote(name)) or {}
        for kind, data in pictures.items():
            return f'<img src="data:{html.escape(kind)};base64,{html.escape(data)}" alt="{html.escape(text)}">'
        return f"<em>[The picture {html.escape(unquote(name))} was not handed in.]</em>"
