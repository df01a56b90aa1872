"""Text from students is cleaned so that no terminal obeys it."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.notebooks.text import line, plain

ANYTHING = st.text(st.characters(categories=None, exclude_categories=()), max_size=300)


@pytest.mark.parametrize(
    "words", ["", "expected 12, got 12.5", "Größe ≤ 3 – 学生", "a\n\tb", "\u0645\u06cc\u200c\u062e\u0648", "👩\u200d🔬"]
)
def test_ordinary_text_is_unchanged(words: str) -> None:
    assert plain(words) == words


@pytest.mark.parametrize(
    "hostile",
    [
        "a\x1b[2J\x1b[1;31mb",  # clear the screen, red
        "a\x1b]0;title\x07b",  # the terminal's title
        "a\x1b]8;;https://example.org\x1b\\b",  # a link
        "a\x9b2Jb",
        "a\x1bcb",  # reset
        "a\u202eb\u2066",  # written from right to left
        "a\u200b\x00\x7f\x08b",
        "a\U000e0041b",  # tags
    ],
)
def test_escape_sequences_and_invisible_characters_are_removed(hostile: str) -> None:
    assert plain(hostile) == "ab"


def test_an_unfinished_escape_sequence_hides_nothing() -> None:
    assert plain("\x1b]0;honest words") == "0;honest words"


def test_unpaired_surrogates_are_replaced() -> None:
    assert plain("a\ud800b").encode() == "a\ufffdb".encode()


def test_long_text_is_cut_and_marked() -> None:
    assert plain("x" * 10_000, 10) == "x" * 9 + "…"
    assert plain("\x1b[m" * 10_000 + "end", 10) == "…"
    assert plain("x" * 10, 10) == "x" * 10


def test_line_returns_one_line() -> None:
    assert line("sketch.png\r\nhonest:\u2028 graded\x85!") == "sketch.png honest: graded !"
    assert len(line("a " * 10_000, 50)) <= 50


def test_any_value_can_be_cleaned() -> None:
    class Liar(str):
        def __str__(self) -> str:
            raise RuntimeError

    class Late(str):
        def __getitem__(self, _: object) -> str:
            raise RuntimeError

    assert plain(12.5) == "12.5"
    assert plain(Liar()) == "Liar"
    assert type(plain(Late("words"))) is str
    assert plain(Late("words")) == "words"


@given(ANYTHING, st.integers(1, 100))
def test_plain_keeps_its_promises_for_any_text(words: str, most: int) -> None:
    clean = plain(words, most)
    assert len(clean) <= most
    assert json.loads(json.dumps(clean).encode()) == clean
    assert not [c for c in clean if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert "\n" not in line(words, most)
