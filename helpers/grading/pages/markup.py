"""Clean a student's markup for a page: tables, pictures and Markdown stay, nothing that a browser runs does."""

from __future__ import annotations

import html
import re
from itertools import accumulate
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
# A picture inside the page or in a file beside it, never from another host. Scripts in an SVG do not run in <img>.
_PICTURE = re.compile(
    r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]*|(\./)?(?![./])[\w.,+()% /-]+\.(png|jpe?g|gif|svg)", re.IGNORECASE
)
# In the worst case, parsing takes quadratic time in these. Answers, and tables of pandas, are far below.
_MARKDOWN, _BACKSLASHES = 20_000, 1_000
_HTML, _ELEMENTS = 200_000, 5_000
_IN_TEXT = re.compile(r"[^<>]+(?=<)")
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
    return _shown(markup) if len(markup) > _HTML else _cleaned(markup)


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """Convert Markdown to safe HTML; replaces nbconvert's filter `markdown2html`."""
    if len(source) > _MARKDOWN or source.count("\\") > _BACKSLASHES:
        return _shown(source)
    try:
        return _cleaned(MarkdownWithMath(renderer=_Renderer(context.get("cell", {}))).render(source))
    except Exception:  # the page has to be written, whatever Markdown breaks the parser
        return _shown(source)


def shown_code(source: str, **options: Any) -> str:
    """Highlight code, without anything that looks like an attribute with a value; replaces `highlight_code`.

    An invisible empty element follows each "=" of the code, so that markup in its strings is never parsed as markup.
    """
    return _IN_TEXT.sub(lambda text: text[0].replace("=", "=<span></span>"), _highlight(source, **options))


def as_markdown(text: str) -> str:
    """Return Markdown that shows a text exactly as it is."""
    shown = re.sub(r"[^\w\s]|_", lambda match: f"&#{ord(match[0])};", text)
    return "<br>\n".join(re.sub(r"^ +", lambda match: "&nbsp;" * len(match[0]), line) for line in shown.splitlines())


def _cleaned(markup: str) -> str:
    if markup.count("<") > _ELEMENTS:
        return _shown(markup)
    clean = _CLEANER.clean(markup)
    return clean if _depth(clean) <= _MAX_DEPTH else _shown(markup)


def _shown(source: str) -> str:
    return f"<pre>{html.escape(source[:_MARKDOWN])}</pre>"


def _depth(clean: str) -> int:
    """Return how deep the elements of clean HTML are nested."""
    tags = re.findall(r"<(/?)(\w+)", clean)
    steps = (-1 if slash else 1 for slash, name in tags if name not in ("br", "hr", "img"))
    return max(accumulate(steps, initial=0))


class _Renderer(IPythonRenderer):
    """Like nbconvert's, but name missing pictures, and give headings no ids, which might clash with the page's."""

    def __init__(self, cell: dict[str, Any]) -> None:
        super().__init__(escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        if name == url:
            return super().image(text, url, title)
        pictures = self.attachments.get(name) or self.attachments.get(unquote(name)) or {}
        for kind, data in pictures.items():
            return f'<img src="data:{html.escape(kind)};base64,{html.escape(data)}" alt="{html.escape(text)}">'
        return f"<em>[The picture {html.escape(unquote(name))} was not submitted.]</em>"
