"""Formulas: LaTeX becomes MathML, which browsers draw without a script and without internet.

The LaTeX may be a student's. So it is limited in length, macros are refused (a few lines of them could stand for
gigabytes), and the result is limited in length and depth and keeps only what lays out mathematics.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

import nh3
from latex2mathml.converter import Converter

__all__ = ["as_mathml"]

_LENGTH = 2_000  # characters of LaTeX: a fifth of a second at worst
_MATHML_LENGTH, _MATHML_DEPTH = 100_000, 60  # characters, elements inside each other
_BREAKABLE = 15  # parts: an inline formula with more of them may be broken across lines

_REFUSED = re.compile(r"\\(?:(?:re|provide)?newcommand|newenvironment|e?def|gdef|let|providecommand|DeclareMath\w*)\b")
_ALIGNED = re.compile(r"\\(begin|end)\{(?:align|aligned|eqnarray|gather|gathered|multline|alignat\*?|split)\*?\}")
_WRAPPER = re.compile(r"\\(?:begin|end)\{(?:equation|displaymath|math)\*?\}")

_ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom", "mfrac", "msqrt", "mroot"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"),
}
_OPERATOR = {"accent", "fence", "form", "largeop", "maxsize", "minsize", "movablelimits", "stretchy", "symmetric"}
_SCRIPTS = {name: {"accent", "accentunder"} for name in ("munder", "mover", "munderover")}
_SMALL = re.compile(r"[a-z]+|-?\d{1,2}(\.\d{1,3})?(em)?")  # words and short lengths
_CLEANER = nh3.Cleaner(
    tags=_ELEMENTS,
    attributes={
        "math": {"display"},
        "mfrac": {"linethickness"},
        "mi": {"mathvariant"},
        "mo": _OPERATOR,
        "mspace": {"width"},
        "mstyle": {"displaystyle", "scriptlevel"},
        "mtd": {"columnalign"},
        **_SCRIPTS,
    },
    attribute_filter=lambda tag, name, value: value if _SMALL.fullmatch(value) else None,
    link_rel=None,
)
_RELATIONS = frozenset("=≠≈≡∼<>≤≥→←↦⟶⟵⟼⇒∈")


def as_mathml(latex: str, *, display: bool = False) -> str:
    """Return a formula as MathML; as code if it is not known how to draw it.

    Args:
        latex: the formula, without `$`.
        display: whether it stands on a line of its own.
    """
    return _converted(latex, display) or f"<code>{html.escape(latex)}</code>"


@lru_cache(4096)  # the formulas of a lab are on each student's page
def _converted(latex: str, display: bool) -> str:
    """Return MathML; empty if the formula cannot be converted."""
    if len(latex) > _LENGTH or _REFUSED.search(latex):
        return ""
    try:
        math = Converter(display="block" if display else "inline").convert_to_element(_usual(latex))
        if _has_unknown(math):
            return ""
        pieces = [math] if display else _pieces(math)
        markup = "<wbr>".join(tostring(piece, encoding="unicode") for piece in pieces)
    except Exception:  # the page has to be written, whatever LaTeX breaks the parser
        return ""
    if len(markup) > _MATHML_LENGTH:
        return ""
    return "<wbr>".join(_CLEANER.clean(piece) for piece in markup.split("<wbr>"))


def _usual(latex: str) -> str:
    """Name things as the converter knows them. Equations get no numbers, for nothing refers to them."""
    return re.sub(r"\\arg\b", r"\\operatorname{arg}", _ALIGNED.sub(r"\\\1{align*}", _WRAPPER.sub("", latex)))


def _has_unknown(math: Element) -> bool:
    """Mend what browsers would not draw well, and tell whether a command was not known, or it is too deep."""
    for element in math.iter():
        element.text = html.unescape(element.text or "")  # the converter writes character references
        if element.text.startswith("\\") and len(element.text) > 1:
            return True
        if element.tag == "mo" and element.text in ("|", "‖", "∥"):
            element.attrib.setdefault("stretchy", "false")  # or it takes the height of its own exponent
    return _height(math) > _MATHML_DEPTH


def _height(element: Element) -> int:
    """Return how many elements are inside each other: browsers and parsers have limits."""
    level, height = [element], 0
    while level:
        level, height = [child for parent in level for child in parent], height + 1
    return height


def _pieces(math: Element) -> list[Element]:
    """Break a long inline formula before its relations, as TeX does: MathML itself never breaks."""
    (row,) = math
    if len(list(row.iter())) < _BREAKABLE:
        return [math]
    return list(_between_relations(row))


def _between_relations(row: Element) -> Iterator[Element]:
    piece = _new_piece()
    for child in row:
        if child.tag == "mo" and child.text in _RELATIONS and len(piece[0]):
            yield piece
            piece = _new_piece()
        piece[0].append(child)
    yield piece


def _new_piece() -> Element:
    math = Element("math", {"display": "inline"})
    math.append(Element("mrow"))
    return math
