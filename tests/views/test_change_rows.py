"""Changed papers as rows: what a reader is told of each kind of change, and that text from outside stays text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from history import AFTER, ARXIV, BEFORE, OTHER, PUBMED, SINCE, History, labelled, paper
from tracker.domain.record import Status
from tracker.domain.taxonomy import Taxonomy
from tracker.views import change_rows
from tracker.views.change_details import stream_changed
from tracker.views.changes import find_changes
from tracker.views.filters import Filters


@pytest.fixture
def past(tmp_path: Path) -> Iterator[History]:
    """An empty store to fill."""
    history = History(tmp_path)
    yield history
    history.store.close()


def shown(past: History, name: str, taxonomy: Taxonomy) -> str:
    """The list *name* as the page shows it now."""
    changes = find_changes(past.index(), Filters(), past.store, since=SINCE)
    return change_rows.rows(stream_changed(changes, name, past.store), name, taxonomy)


def test_version_shows_the_words_that_went_and_came(past: History, taxonomy: Taxonomy) -> None:
    """Struck through and underlined, field by field."""
    record = past.add(paper(ARXIV, title="A small test", abstract="one two three"), BEFORE)
    past.change(record, AFTER, title="A larger test", abstract="one three four", authors=("Ada Example", "Cy New"), version=2)

    page = shown(past, "versions", taxonomy)

    assert "<b>Title:</b> A <del>small</del> <ins>larger</ins> test" in page
    assert "<b>Abstract:</b> one <del>two</del> three <ins>four</ins>" in page
    assert "<b>Authors:</b> Ada <del>Example01</del> <ins>Example; Cy New</ins>" in page
    assert "<b>Version:</b> <del>1</del> → <ins>2</ins>" in page


def test_version_with_hostile_text_shows_it_as_text(past: History, taxonomy: Taxonomy) -> None:
    """What came and what went is escaped, and characters that turn the line are gone."""
    record = past.add(paper(ARXIV, title="<b>old</b> title"), BEFORE)
    past.change(record, AFTER, title='<img src=x onerror="x"> title \u202e')

    page = shown(past, "versions", taxonomy)

    assert "<del>&lt;b&gt;old&lt;/b&gt;</del>" in page
    assert not any(live in page for live in ("<img", "<b>old", "\u202e"))


def test_long_passages_that_stayed_are_cut_in_the_middle() -> None:
    """Some words around each difference are enough to find it."""
    same = " ".join(str(number) for number in range(40))

    assert change_rows.words(f"{same} old", f"{same} new") == ("0 1 2 3 4 5 6 7 … 32 33 34 35 36 37 38 39 <del>old</del> <ins>new</ins>")


def test_published_preprint_names_both_places(past: History, taxonomy: Taxonomy) -> None:
    """Where it was, and where it is now."""
    past.add(paper(ARXIV, doi="10.1000/a"), BEFORE)
    past.add(paper(PUBMED, doi="10.1000/a", venue="JMIR Mental Health"), AFTER)

    assert "arXiv cs.CL, 15 Jan 2024 → JMIR Mental Health, 15 Jan 2024." in shown(past, "published", taxonomy)


def test_retracted_paper_says_what_it_was_before(past: History, taxonomy: Taxonomy) -> None:
    """Known as current until then, or never otherwise."""
    record = past.add(paper(ARXIV), BEFORE)
    past.change(record, AFTER, status=Status.WITHDRAWN)
    past.add(paper(OTHER, status=Status.RETRACTED), AFTER)

    page = shown(past, "retracted", taxonomy)

    assert "Was current before." in page
    assert "Already so when first seen." in page
    assert page.index("Withdrawn") < page.index(paper(ARXIV).title)


def test_relabelled_paper_shows_before_and_after_and_why(past: History, taxonomy: Taxonomy) -> None:
    """Each label that differs, and the taxonomies it differs between."""
    record = past.add(paper(ARXIV), BEFORE, labelled("risk:opacity"))
    past.relabel(record, AFTER, labelled("risk:inaccuracy", taxonomy="2026.2"))

    page = shown(past, "relabelled", taxonomy)

    assert "Inaccuracy</span>not given → studied" in page
    assert "Opacity</span>studied → not given" in page
    assert "(taxonomy 2026.1 → 2026.2)" in page
