"""What the pages for people say of files, names and versions is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

import helpers
from tests.conftest import ROOT

PAGES = [*ROOT.glob("*.md"), *(page for name in ("docs", "source", "tests") for page in (ROOT / name).rglob("*.md"))]
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def defined(path: Path) -> set[str]:
    """The names that a Python file defines."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for words, target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"[{words}]({target})"
        assert not anchor or anchor[1:] in anchors(path), f"{target}{anchor}: link to headings; lines move"
        if path.suffix == ".py" and (name := re.fullmatch(r"`(\w+)`", words)):
            assert name[1] in defined(path), f"{target} defines no {name[1]}"


def test_one_version_everywhere() -> None:
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == helpers.__version__
    released = re.findall(r"^## \[?(\d[\d.]*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert released[0] == helpers.__version__
