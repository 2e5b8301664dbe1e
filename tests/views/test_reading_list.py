"""A reader's list survives being saved, loaded, joined, and files of people who mean no good."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import ReadingListError
from tracker.views.reading_list import FORMAT, MAX_NOTE, MAX_PAPERS, Kept, ReadingList, parse_reading_list

ONE = Kept("arxiv:2401.00001", "First", "read first", "2026-11-23T07:00:00Z")
TWO = Kept("pubmed:38000001", "Second")


def saved(**changes: Any) -> bytes:
    """A file with one paper, but for *changes*."""
    paper = {"key": ONE.key, "title": ONE.title, "note": ONE.note, "added_at": ONE.added_at}
    return json.dumps({"format": FORMAT, "version": 1, "papers": [paper]} | changes).encode()


def test_list_comes_back_from_its_file_as_it_was() -> None:
    """Order, notes of several lines and any language are kept."""
    reading = ReadingList((TWO, Kept(ONE.key, "Ärzte 🧠", "one\ntwo “three”")))

    assert parse_reading_list(reading.to_json(saved_at="2026-11-23T07:00:00Z").encode()) == reading


def test_list_of_a_thousand_comes_back() -> None:
    """A thousand papers with notes are no burden."""
    reading = ReadingList(tuple(Kept(f"arxiv:2401.{number:05}", f"Paper {number}", "note " * 100) for number in range(1000)))

    loaded = parse_reading_list(reading.to_json().encode())

    assert (len(loaded), loaded.keys, loaded.noted_count) == (1000, reading.keys, 1000)


def test_file_of_another_editor_is_read_too() -> None:
    """A byte-order mark is no part of the text; papers without note or title are papers."""
    assert parse_reading_list(b"\xef\xbb\xbf" + saved(papers=[{"key": ONE.key}])) == ReadingList((Kept(ONE.key),))


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"[1, 2]", "not a reading list"),
        (b'{"papers": []}', "not a reading list"),
        (saved(version=2), "saved as version 2"),
        (saved(version=True), "saved as version True"),
        (saved(version=None), "saved as version None"),
        (saved(papers={"key": "arxiv:2401.00001"}), "names no papers"),
        (saved(papers=["arxiv:2401.00001"]), "paper 1 is not written"),
        (saved(papers=[{"key": "arxiv:2401.00001", "note": 5}]), "paper 1 is not written"),
        (saved(papers=[{"title": "no key"}]), "paper 1 has the key ''"),
        (saved(papers=[{"key": "<script>"}]), "which is none such as"),
        (saved(papers=[{"key": f"arxiv:{number}"} for number in range(MAX_PAPERS + 1)]), "at most 2,000 papers"),
        (b" " * 5_000_001, r"5\.0 MB"),
    ],
)
def test_file_that_is_no_list_is_refused_in_one_sentence(data: bytes, complaint: str) -> None:
    """Old, foreign or hostile: what is wrong, in a line, and no list."""
    with pytest.raises(ReadingListError, match=complaint) as caught:
        parse_reading_list(data)

    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_no_file_at_all_breaks_the_reader(data: bytes) -> None:
    """Whatever bytes come: a list, or the one error."""
    with suppress(ReadingListError):
        parse_reading_list(data)


def test_unseen_signs_are_left_out() -> None:
    """Half surrogates, controls and overrides of direction would break the files made of the list."""
    reading = parse_reading_list(saved(papers=[{"key": ONE.key, "title": "a\ud800b\u202ec", "note": "x\x00y\r\nz"}]))

    assert reading.papers == (Kept(ONE.key, "abc", "xy\nz"),)


def test_lists_are_joined_without_doubles_and_without_losing_a_note() -> None:
    """The present order stays; differing notes on one paper are both kept, equal ones once."""
    mine = ReadingList((ONE, TWO))

    joined = mine.joined([Kept(TWO.key, "Second", "from the file"), Kept(ONE.key, "First", "read first"), Kept("doi:10.1/x", "Third")])

    assert [kept.key for kept in joined] == [ONE.key, TWO.key, "doi:10.1/x"]
    assert [kept.note for kept in joined] == ["read first", "from the file", ""]
    assert mine.joined([Kept(ONE.key, "First", "other")]).papers[0].note == "read first\nother"


def test_note_is_changed_and_cut() -> None:
    """Only on the paper meant; a note has an end."""
    noted = ReadingList((ONE, TWO)).noted(TWO.key, " " + "x" * 3_000)

    assert (noted.papers[0], len(noted.papers[1].note), noted.noted_count) == (ONE, MAX_NOTE, 2)


def test_papers_are_taken_out_by_any_of_their_keys() -> None:
    """A work is known by the key of each of its records."""
    assert ReadingList((ONE, TWO)).without([TWO.key, "doi:10.1/y"]) == ReadingList((ONE,))
    assert ReadingList((ONE, TWO)).find(["doi:10.1/y", TWO.key]) == TWO
