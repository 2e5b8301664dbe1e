"""A work in full: what happened to its records, why they are one, which papers they may also be, and who gave each label."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fakes import NOW
from history import AFTER, ARXIV, BEFORE, DAY, OTHER, PUBMED, History, labelled, paper
from tracker.domain.links import PersonLink, parse_links
from tracker.domain.matching import Verdict
from tracker.domain.record import Relation, Status
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.entry import Entry, to_entry
from tracker.store.base import StoredLink
from tracker.views import paper_detail, work_life, work_links

POSSIBLE = StoredLink(ARXIV, "doi:10.1000/a,b", Verdict.POSSIBLE, "title_authors", 0.871, NOW)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[History]:
    """An empty store to fill."""
    history = History(tmp_path)
    yield history
    history.store.close()


def work_of(past: History, key: str) -> Entry:
    """The whole work of a record."""
    stored = past.store.load_record(key)
    assert stored
    return to_entry(past.store.load_work(stored.work))


def life_of(past: History, key: str) -> str:
    """Its timeline as the page shows it."""
    return work_life.life(work_of(past, key), {one: past.store.load_versions(one) for one in (ARXIV, PUBMED)})


def test_life_shows_versions_with_what_changed_then_publication_and_retraction(past: History) -> None:
    """v1, both later versions with their differences, the article, and the retraction in PubMed's own words."""
    first = past.add(paper(ARXIV, doi="10.1000/a", title="A small test"), BEFORE)
    second = past.change(first, BEFORE + DAY, title="A larger test", version=2, updated_at=NOW - timedelta(days=90))
    past.change(second, AFTER, title="The larger test", version=3, updated_at=NOW - timedelta(days=60))
    notice = Relation("RetractionIn", "38000009", None, "J Examples. 2026;1:2")
    article = paper(PUBMED, doi="10.1000/a", relations=(notice,), publication_types=("Retracted Publication",), status=Status.RETRACTED)
    past.add(article, AFTER)

    page = life_of(past, ARXIV)

    places = [page.index(words) for words in ("<b>Preprint</b>", "<b>Version 3</b>", "<b>Retracted</b>", "<b>Version 2</b>")]
    assert places == sorted(places)
    assert "A <del>small</del> <ins>larger</ins> test" in page
    assert "<q>Retracted Publication</q>; <q>RetractionIn</q>: J Examples. 2026;1:2, <a href=" in page
    assert page.count("<li class=bad>") == 1


def test_life_quotes_why_a_preprint_was_withdrawn(past: History) -> None:
    """arXiv says it in the authors' comment, which is text from outside."""
    past.add(paper(ARXIV, status=Status.WITHDRAWN, comment="Withdrawn <b>by us</b>"), BEFORE)

    assert "<q>Withdrawn &lt;b&gt;by us&lt;/b&gt;</q>" in life_of(past, ARXIV)


def test_life_tells_a_change_without_a_version_by_the_day_it_was_seen(past: History) -> None:
    """PubMed has no versions: what changed is shown all the same."""
    article = past.add(paper(PUBMED), BEFORE)
    past.change(article, AFTER, venue="J Other")

    assert "<b>Changed at its source</b> · seen 24 Nov 2026" in life_of(past, PUBMED)


def test_links_inside_a_work_say_method_score_and_date(past: History) -> None:
    """Why the records are one paper, a person's note included."""
    past.add(paper(ARXIV, doi="10.1000/a"), BEFORE)
    past.add(paper(PUBMED, doi="10.1000/a"), BEFORE)
    past.store.save_person_links([PersonLink(ARXIV, PUBMED, Verdict.SAME, "read both")], now=AFTER)

    page = work_links.inside(past.store.load_links(ARXIV), {ARXIV, PUBMED})

    assert "arXiv 2401.00001 and PubMed 38000001" in page
    assert "a person said so: read both" in page
    assert "<td>the same DOI</td><td>16 Nov 2026</td>" in page
    assert work_links.inside([], {ARXIV}) == ""


def test_possible_pair_is_shown_with_the_other_paper_and_the_lines_that_decide() -> None:
    """Never merged: a link to the other paper, and rows that the reader of the file accepts."""
    [found] = work_links.outward([POSSIBLE, StoredLink(ARXIV, OTHER, Verdict.SAME, "doi", 1.0, NOW)], {ARXIV, OTHER})
    page = work_links.others([found], {ARXIV}, {"doi:10.1000/a,b": "Alike <i>"}, query="risk=opacity")
    copied = work_links.link_rows(found)

    assert "<b>Possibly the same:</b>" in page
    assert 'href="papers?paper=doi:10.1000/a%2Cb&amp;risk=opacity">Alike &lt;i&gt;</a>' in page
    assert "Title and authors · score 0.87 · 23 Nov 2026." in page
    header, same, different = copied.splitlines()
    for line, verdict in ((same, Verdict.SAME), (different, Verdict.DIFFERENT)):
        [read] = parse_links(f"{header}\n{line}\n", place="links.csv")
        assert (read.pair, read.verdict) == ((ARXIV, "doi:10.1000/a,b"), verdict)


def test_labels_of_several_records_name_the_record_they_came_from(past: History, taxonomy: Taxonomy) -> None:
    """The union, each label with who carries it; a work of one record has nothing to name."""
    past.add(paper(ARXIV, doi="10.1000/a"), BEFORE, labelled("application:intervention", "risk:opacity"))
    past.add(paper(OTHER), BEFORE, labelled("risk:opacity"))
    alone = paper_detail.why(work_of(past, OTHER), taxonomy)
    past.add(paper(PUBMED, doi="10.1000/a", abstract=None), BEFORE, labelled("application:intervention"))

    both = paper_detail.why(work_of(past, ARXIV), taxonomy)

    assert 'Intervention</span> <span class="mut src">from PubMed 38000001 and arXiv 2401.00001</span>' in both
    assert '<small>studied</small></span> <span class="mut src">from arXiv 2401.00001</span>' in both
    assert "from arXiv" not in alone
    assert "From arXiv 2401.00001; PubMed 38000001 has none here." in paper_detail.abstract(work_of(past, ARXIV), taxonomy)
