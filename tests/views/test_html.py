"""Text from outside stays text, wherever it is put."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.views import html
from tracker.views.html import Mark


@given(st.text())
def test_escape_leaves_nothing_that_could_be_markup(text: str) -> None:
    """Whatever comes in, no bracket or quote goes out, nothing invisible, and one line."""
    escaped = html.escape(text)

    assert not set("<>\"'") & set(escaped)
    assert not any(char in escaped for char in "\u202e\u200b\x00\n")


@given(st.text(), st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60))))
def test_marked_text_without_its_marks_is_the_escaped_text(text: str, places: list[tuple[int, int]]) -> None:
    """Marks add only tags: cut at the offsets as received, escaped piece by piece."""
    marked = html.marked(text, [Mark(start, end, "L", "risk") for start, end in places])

    assert re.sub(r"<sup>L</sup></mark>|<mark class=\"c-risk\">", "", marked) == html.escape_piece(text)


def test_overlapping_marks_keep_the_strong_one() -> None:
    """Of marks that overlap, the strong rule's stays."""
    kept = html.merge_marks([Mark(0, 9, "weak", "plain", is_strong=False), Mark(5, 8, "strong", "risk")], 20)

    assert [mark.name for mark in kept] == ["strong"]


def test_neighbouring_marks_of_one_label_become_one() -> None:
    """Two spans that touch read as one."""
    assert html.merge_marks([Mark(0, 4, "L", "risk"), Mark(4, 9, "L", "risk")], 20) == [Mark(0, 9, "L", "risk")]


def test_at_most_two_marks_of_a_label_are_shown() -> None:
    """More marks would drown the text; strong ones go first."""
    marks = [Mark(number, number + 1, "L", "risk", is_strong=number == 8) for number in range(0, 10, 2)]

    assert [mark.start for mark in html.limit_marks(marks)] == [8, 0]


def test_accents_without_end_are_cut() -> None:
    """A letter cannot climb over other lines."""
    assert html.visible("Z" + "\u0301" * 50) == "Z" + "\u0301" * 4


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://arxiv.org/abs/1", "//evil", ""])
def test_link_to_anything_but_https_is_refused(url: str) -> None:
    """Only addresses that the identifiers made become links."""
    with pytest.raises(ValueError, match="https"):
        html.link("text", url)


def test_link_opens_apart_and_tells_nothing() -> None:
    """Outside pages get neither a handle on this one nor its address."""
    assert html.link("a<b", "https://arxiv.org/abs/2401.00001") == (
        '<a href="https://arxiv.org/abs/2401.00001" target="_blank" rel="noopener noreferrer">a&lt;b</a>'
    )


@given(st.text(alphabet="`*_{}[]()#+-.!|~<>$:&\"'=^@/\\ab"))
def test_markdown_is_escaped_sign_by_sign(text: str) -> None:
    """In widget labels, which take markdown, every sign that means something stands behind a backslash."""
    escaped = html.escape_markdown(text)

    assert re.sub(r"\\(.)", r"\1", escaped) == html.one_line(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_\[\]$<>:`]", escaped.replace("\\\\", ""))
