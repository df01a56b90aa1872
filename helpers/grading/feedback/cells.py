"""Turn the cells of a graded notebook into HTML. Whatever a student wrote is escaped or cleaned."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import unquote

from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from helpers.grading.pages.markup import TAG, markdown_html, safe_html
from helpers.notebooks.cells import error_message
from helpers.notebooks.pictures import PICTURES
from helpers.notebooks.text import plain

__all__ = ["CellWriter"]

_MOST, _PICTURES = 500_000, 64 << 20  # characters of a page's cells: text, and pictures in base64
_CODE, _TEXT, _TABLE = 50_000, 20_000, 200_000  # characters that are shown of a cell, of a text, of an HTML output
_ALIGNED = re.compile(r' style="text-align:(left|right|center)"')
_NO_WORDS = re.compile(r"<th(?: [^<>]*)?>\s*</th>")
_FIRST_LEVEL = 3  # of headings in cells: the page itself has two

_lexer, _formatter = PythonLexer(), HtmlFormatter(nowrap=True)


@lru_cache(512)  # each student's page holds the lab's cells
def _code(source: str) -> str:
    return highlight(source, _lexer, _formatter) if len(source) <= _TEXT else html.escape(source)


@lru_cache(512)
def _markdown(source: str) -> str:
    return markdown_html(source)


class CellWriter:
    """Writes the cells of one page.

    Args:
        picture: returns the URL of a picture beside the notebook, which holds the picture; empty if there is none.
    """

    def __init__(self, picture: Callable[[str], str]) -> None:
        self._picture = picture
        self._room, self._room_for_pictures = _MOST, _PICTURES
        self._above: list[int] = []  # the headings that the next one may stand below, by their levels in Markdown

    def markdown(self, source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
        """Return Markdown as HTML."""
        source = self._cut(source, _CODE)
        return self._finished(markdown_html(source, attachments) if attachments else _markdown(source))

    def code(self, source: str) -> str:
        """Return code with its words in colours."""
        return f'<pre class="code"><code>{_code(self._cut(source, _CODE))}</code></pre>' if source.strip() else ""

    def outputs(self, cell: NotebookNode) -> str:
        """Return what a cell showed. Of an error, its message alone: a traceback may show other code."""
        return "".join(self._output(output, cell.metadata.get("alt", "")) for output in cell.get("outputs", []))

    def _output(self, output: NotebookNode, alt: str) -> str:
        if output.output_type == "stream":
            return self._pre(output.text)
        if output.output_type == "error":
            return self._pre(error_message(output), "error")
        if "text/html" in output.data:
            table = safe_html(self._cut(output.data["text/html"], _TABLE))
            return f'<div class="output">{self._finished(table)}</div>'
        for kind in PICTURES:
            if kind in output.data:
                words = html.escape(alt or "A picture that this cell drew; nobody has described it.")
                return f'<p class="output"><img src="data:{kind};base64,{output.data[kind]}" alt="{words}"></p>'
        if "text/markdown" in output.data:
            return f'<div class="output">{self.markdown(output.data["text/markdown"])}</div>'
        return self._pre(output.data.get("text/plain", ""))

    def _pre(self, text: str, kind: str = "output") -> str:
        shown = plain(self._cut(text, _TEXT), _TEXT).rstrip()
        return f'<pre class="{kind}">{html.escape(shown)}</pre>' if shown else ""

    def _cut(self, text: str, limit: int) -> str:
        """Cut a text to what may be shown of it, and of the whole page."""
        limit = max(min(limit, self._room), 0)
        self._room -= min(len(text), limit)
        return text if len(text) <= limit else f"{text[:limit]}\n… (The rest is not shown here.)"

    def _finished(self, clean: str) -> str:
        """Fit clean HTML into the page: headings below the page's own, tables that scroll, pictures inside the page."""
        self._tables = 0
        return TAG.sub(self._tag, _NO_WORDS.sub("<td></td>", clean))

    def _tag(self, match: re.Match[str]) -> str:
        tag = _ALIGNED.sub(r' align="\1"', match[0])
        name = re.match(r"</?(\w*)", tag)[0]  # type: ignore[index]  # every tag begins like this
        if re.fullmatch(r"</?h[1-6]", name):
            return self._heading(name)
        if name in ("<table", "</table"):
            return self._table(tag)
        if name == "<img":
            return self._image(tag)
        if tag == '<math display="block">':
            return f'<span class="formula" tabindex="0">{tag}'
        return f"{tag}</span>" if tag == "</math>" and self._in_display(match) else tag

    def _in_display(self, match: re.Match[str]) -> bool:
        start = match.string.rfind("<math", 0, match.start())
        return match.string.startswith('<math display="block"', start)

    def _heading(self, name: str) -> str:
        """Return the tag of a heading one level below the one that it stands under, whatever levels are left out."""
        level = int(name[-1])
        if name.startswith("<h"):
            self._above = [*(above for above in self._above if above < level), level]
        return f"{name[:-1]}{min(len(self._above) + _FIRST_LEVEL - 1, 6)}>"

    def _table(self, tag: str) -> str:
        """Put the outermost tables into boxes in which they can be scrolled, also by keys."""
        is_end = tag == "</table>"
        self._tables += -1 if is_end else 1
        if is_end:
            return tag if self._tables else f"{tag}</div>"
        return tag if self._tables > 1 else f'<div class="wide" tabindex="0" role="group" aria-label="Table">{tag}'

    def _image(self, tag: str) -> str:
        source, alt = (re.search(rf' {name}="([^"]*)"', tag) for name in ("src", "alt"))
        path = html.unescape(source[1]) if source else ""
        url = path if path.startswith("data:") else self._picture(unquote(path).removeprefix("./"))
        self._room_for_pictures -= len(url)
        if self._room_for_pictures < 0:
            return "<em>[A picture is not shown: there are too many.]</em>"
        if not url:
            return f"<em>[{f'The picture {html.escape(unquote(path))}' if path else 'A picture'} is not here.]</em>"
        return f'<img src="{html.escape(url)}" alt="{alt[1] if alt else ""}">'
