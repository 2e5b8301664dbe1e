"""What differs between two descriptions of one paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakes import make_record
from tracker.domain.differences import Difference, Piece, compare_words, find_differences

TEXTS = st.text(st.sampled_from("ab \n\t<é漢"), max_size=40)


def test_find_differences_names_each_field_a_reader_sees() -> None:
    """Every field in its order; what is not known of the past is passed over, nothing and empty are the same."""
    said = {"title": "Old", "authors": ["A", "B"], "venue": "arXiv", "journal_ref": "", "doi": None, "version": 1}

    found = find_differences(said, make_record(title="New", authors=("A",), journal_ref=None, doi="10.1000/x", version=2))

    assert found == (
        Difference("title", "Old", "New"),
        Difference("authors", "A; B", "A"),
        Difference("doi", None, "10.1000/x"),
        Difference("version", "1", "2"),
    )


@given(before=TEXTS, after=TEXTS)
def test_compare_words_loses_nothing(before: str, after: str) -> None:
    """Without what was removed the pieces are the new text, without what was added the words of the old."""
    pieces = compare_words(before, after)

    assert " ".join(piece.text for piece in pieces if piece.kind != "removed").split() == after.split()
    assert " ".join(piece.text for piece in pieces if piece.kind != "added").split() == before.split()
    assert all(piece.text for piece in pieces)


def test_compare_words_of_a_very_long_text_takes_it_as_a_whole() -> None:
    """A text of hostile length is not compared word by word."""
    before, after = "word " * 5_000, "other " * 5_000

    assert compare_words(before, after) == (Piece("removed", before.strip()), Piece("added", after.strip()))
