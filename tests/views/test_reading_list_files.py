"""What a reading list means in today's data, and the files other programs read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import bibtexparser
import pytest
import rispy

from fakes import NOW
from history import ARXIV, BEFORE, OTHER, PUBMED, History, labelled, paper
from tracker.domain.taxonomy import Taxonomy
from tracker.views.index import Index
from tracker.views.reading_list import Kept, ReadingList
from tracker.views.reading_list_files import LIST_FORMATS, list_file_name, write_list
from tracker.views.reading_list_works import Item, find_items, gone, load_items, merged

LOST = Kept("arxiv:1901.00009", "Gone =SUM(A1)", "why did it go?")


@pytest.fixture
def past(tmp_path: Path) -> Iterator[History]:
    """A preprint with its article, and another paper."""
    history = History(tmp_path)
    history.add(paper(ARXIV, doi="10.1000/a"), BEFORE, labelled("risk:opacity"))
    history.add(paper(PUBMED, doi="10.1000/a", title=paper(ARXIV).title), BEFORE)
    history.add(paper(OTHER, title="*Bold* & {braced} $5"), BEFORE)
    history.store.regroup_works(now=BEFORE)
    yield history
    history.store.close()


def index_of(past: History) -> Index:
    """The index of today's data."""
    return Index(past.store.load_index())


def lines_of(past: History, *papers: Kept) -> list[tuple[Item, object]]:
    """The lines of a list of these papers."""
    index = index_of(past)
    return list(load_items(find_items(ReadingList(papers), index), index, past.store))


def test_papers_are_found_gone_or_one_work(past: History) -> None:
    """Two papers that have become one work stand on one line, at the place of the first; what is gone is kept and named."""
    papers = (Kept(OTHER), Kept(ARXIV, note="the preprint"), LOST, Kept(PUBMED, note="the article"))

    items = find_items(ReadingList(papers), index_of(past))

    assert [[kept.key for kept in item.papers] for item in items] == [[OTHER], [ARXIV, PUBMED], [LOST.key]]
    assert items[1].note == "the preprint\nthe article"
    assert gone(items) == [LOST]
    assert merged(items) == [(papers[1], papers[3])]


def test_lines_come_with_their_works_in_the_order_of_the_list(past: History) -> None:
    """Each line has its own work, all its records, best first; what is gone has none."""
    lines = lines_of(past, LOST, Kept(OTHER), Kept(ARXIV))

    keys = [entry and [stored.record.key for stored in entry.records] for _, entry in lines]  # type: ignore[attr-defined]
    assert keys == [None, [OTHER], [PUBMED, ARXIV]]


def test_paper_that_went_after_the_index_was_made_is_gone(past: History) -> None:
    """A list opened during a refresh loses no line."""
    index = index_of(past)
    items = find_items(ReadingList((Kept(OTHER), Kept(ARXIV))), index)
    past.store.remove_records([OTHER], now=NOW)

    lines = list(load_items(items, index, past.store))

    assert [entry is None for _, entry in lines] == [True, False]


def test_files_hold_every_paper_with_its_note(past: History, taxonomy: Taxonomy) -> None:
    """Read back by the programs' own readers: all lines, all notes, also of papers that are gone."""
    lines = lines_of(past, Kept(OTHER, note="first\nsecond"), LOST)
    files = {name: write_list(name, lines, taxonomy, now=NOW).decode("utf-8-sig") for name in LIST_FORMATS}  # type: ignore[arg-type]

    table = list(csv.DictReader(io.StringIO(files["csv"], newline="")))
    assert [(row["key"], row["note"]) for row in table] == [(OTHER, "first\nsecond"), (LOST.key, LOST.note)]
    references = rispy.loads(files["ris"])
    assert [one["notes"][0] for one in references] == ["first second", LOST.note]
    entries = bibtexparser.parse_string(files["bibtex"]).entries
    assert [one.fields_dict["annote"].value for one in entries] == ["first second", LOST.note]
    assert "1. **\\*Bold\\* \\& \\{braced\\} \\$5**" in files["markdown"]
    assert "   > first\n   > second\n" in files["markdown"]
    assert "no longer in the tracker's data".replace("'", "\\'") in files["markdown"]


def test_excel_file_runs_no_formula(past: History, taxonomy: Taxonomy) -> None:
    """A note is a stranger's word to whoever opens the file."""
    lines = lines_of(past, Kept(OTHER, note="=HYPERLINK(1)"))

    rows = list(csv.DictReader(io.StringIO(write_list("excel", lines, taxonomy, now=NOW).decode("utf-8-sig"))))  # type: ignore[arg-type]

    assert rows[0]["note"] == "'=HYPERLINK(1)"


def test_file_name_says_what_it_holds() -> None:
    """Day and number of lines."""
    assert list_file_name("bibtex", 12, now=NOW) == "reading-list_2026-11-23_n12.bib"
    assert list_file_name("json", 1, now=NOW) == "reading-list_2026-11-23_n1.json"
