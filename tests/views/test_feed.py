"""The Atom feed: valid whatever a title holds, and each paper once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from atom import GRAMMAR, find_violations
from history import AFTER, ARXIV, BEFORE, OTHER, PUBMED, TITLES, History, labelled, paper
from tracker.domain.dates import PartialDate
from tracker.domain.record import Status
from tracker.domain.taxonomy import Taxonomy
from tracker.views import feed
from tracker.views.feed import write_feed
from tracker.views.filters import Filters
from tracker.views.index import select

HOSTILE = (
    "</title><script>alert(1)</script>",
    "]]><!-- &lt; &amp;#0; <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "NUL\x00 BEL\x07 \ufffe\uffff \u202e RLO \x85 \u2028",
    '" onclick="x" \'',
    "x" * 100_000,
    "",
    "  \n\t ",
)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[History]:
    """An empty store to fill."""
    history = History(tmp_path)
    yield history
    history.store.close()


def feed_of(past: History, taxonomy: Taxonomy, filters: Filters | None = None, **options: Any) -> bytes:
    """The feed as it would be written now."""
    stream = io.BytesIO()
    selection = select(past.index(), filters or Filters(), search=past.store.search)
    write_feed(stream, selection, past.store, taxonomy, **options)
    return stream.getvalue()


def entries_of(document: bytes) -> list[Any]:
    """What a feed reader sees; a feed that it has to repair fails the test."""
    parsed = feedparser.parse(document, response_headers={"content-type": feed.MEDIA_TYPE})
    assert not parsed.bozo
    assert parsed.version == "atom10"
    return list(parsed.entries)


def test_feed_is_valid_atom_with_what_a_reader_needs(past: History, taxonomy: Taxonomy) -> None:
    """Title, authors, link, dates, labels as categories, no abstract; valid by the demands of RFC 4287."""
    past.add(paper(ARXIV, authors=("Ada Example", "Bo Sample")), BEFORE, labelled("application:intervention", "risk:opacity"))

    document = feed_of(past, taxonomy, self_link="https://tracker.example.org/feed.xml?a=1&b=2")

    assert find_violations(document) == []
    [entry] = entries_of(document)
    assert (entry.title, entry.link) == (TITLES[ARXIV], "https://arxiv.org/abs/2401.00001v1")
    assert [author.name for author in entry.authors] == ["Ada Example", "Bo Sample"]
    assert entry.id == "tag:mental-health-llm-tracker.invalid,2026:arxiv:2401.00001"
    assert (entry.published, entry.updated) == ("2026-11-16T06:17:00Z", "2026-11-16T06:17:00Z")
    assert [(tag.term, tag.label) for tag in entry.tags] == [("application:intervention", "Intervention"), ("risk:opacity", "Opacity")]
    assert entry.summary == "arXiv · 15 Jan 2024."
    assert [link.href for link in feedparser.parse(document).feed.links] == ["https://tracker.example.org/feed.xml?a=1&b=2"]


def test_feed_without_papers_is_valid(past: History, taxonomy: Taxonomy) -> None:
    """A filter that matches nothing yet has a feed to subscribe to all the same."""
    document = feed_of(past, taxonomy, Filters(q='trust & "care" <x>', risk=("opacity", "inaccuracy")))

    assert find_violations(document) == []
    assert entries_of(document) == []
    assert feedparser.parse(document).feed.id.endswith(":feed?q=trust%20%26%20%22care%22%20%3Cx%3E&risk=inaccuracy,opacity")


@pytest.mark.parametrize("text", HOSTILE)
def test_feed_with_hostile_text_stays_valid_and_shows_it_as_text(past: History, taxonomy: Taxonomy, text: str) -> None:
    """Mark-up in a title, a name, a venue or an abstract is text; what XML forbids is left out; nothing given is said so."""
    past.add(paper(title=text, authors=(text, "Ada Example"), venue=text, abstract=text), BEFORE)

    document = feed_of(past, taxonomy, abstracts=True)

    assert find_violations(document) == []
    [entry] = entries_of(document)
    assert entry.title_detail.type == "text/plain"
    assert bool(entry.title)
    assert "<script" not in document.decode()


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(exclude_categories=()), max_size=30))  # half surrogate pairs too
def test_feed_cleans_any_text(text: str) -> None:
    """Whatever characters come, the element is well-formed and the same text comes out, but for what was left out."""
    document = f"<feed xmlns='http://www.w3.org/2005/Atom'>{feed._element('title', text)}</feed>".encode()

    assert not any("not well-formed" in fault for fault in find_violations(document))


def test_feed_of_the_same_data_has_the_same_bytes(past: History, taxonomy: Taxonomy) -> None:
    """Nothing in it depends on the clock."""
    past.add(paper(ARXIV), BEFORE)
    past.add(paper(OTHER), BEFORE)

    assert feed_of(past, taxonomy) == feed_of(past, taxonomy)


def test_feed_keeps_a_papers_id_when_records_join_it(past: History, taxonomy: Taxonomy) -> None:
    """An article first, its preprint later: the work's key changes, the id does not, and there is one entry, updated."""
    past.add(paper(PUBMED, doi="10.1000/a"), BEFORE)
    [before] = entries_of(feed_of(past, taxonomy))
    past.add(paper(ARXIV, doi="10.1000/a"), AFTER)

    [after] = entries_of(feed_of(past, taxonomy))

    assert (before.id, after.id) == ("tag:mental-health-llm-tracker.invalid,2026:pubmed:38000001",) * 2
    assert (before.published, after.published, after.updated) == (before.published, before.published, "2026-11-24T06:17:00Z")


def test_feed_shows_a_reader_each_paper_once_over_time(past: History, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that forgets what has left the feed meets no paper twice, though old papers change all the time."""
    monkeypatch.setattr(feed, "ENTRIES", 2)
    shown: list[str] = []
    window: set[str] = set()
    for day in range(6):
        at = AFTER + timedelta(days=day)
        past.add(paper(f"arxiv:2405.0000{day}"), at)
        for old in range(day):
            past.change(paper(f"arxiv:2405.0000{old}"), at, title=f"Version of day {day}, paper {old}")
        present = {entry.id for entry in entries_of(feed_of(past, taxonomy))}
        shown += sorted(present - window)
        window = present

    assert [one[-1] for one in shown] == ["0", "1", "2", "3", "4", "5"]


def test_feed_names_what_was_taken_back(past: History, taxonomy: Taxonomy) -> None:
    """A retracted paper says so before its title."""
    past.add(paper(PUBMED, status=Status.RETRACTED), BEFORE)

    [entry] = entries_of(feed_of(past, taxonomy))

    assert entry.title == f"Retracted: {TITLES[PUBMED]}"


def test_feed_gives_only_abstracts_that_may_be_passed_on(past: History, taxonomy: Taxonomy) -> None:
    """Asked for, arXiv's abstract is in the summary, a publisher's is not."""
    past.add(paper(ARXIV, abstract="Open words."), BEFORE)
    past.add(paper(PUBMED, abstract="Closed words.", published=PartialDate.parse("2023")), BEFORE)

    plain, with_abstracts = feed_of(past, taxonomy), feed_of(past, taxonomy, abstracts=True)

    assert b"words" not in plain
    assert [entry.summary for entry in entries_of(with_abstracts)] == ["arXiv · 15 Jan 2024. Open words.", "JMIR Mental Health · 2023."]


def test_feed_entry_without_an_address_holds_its_content_itself(past: History, taxonomy: Taxonomy) -> None:
    """Atom asks an entry without a link for content."""
    past.add(paper(key="pubmed:38000009", pmid=None), BEFORE)

    document = feed_of(past, taxonomy)

    assert find_violations(document) == []
    assert entries_of(document)[0].content[0].value == "JMIR Mental Health · 15 Jan 2024."


RIGHT = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>A</title><updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>'
    '<entry><id>urn:b</id><title type="html">B</title><updated>2026-01-01T00:00:00Z</updated><link href="https://a.example/b"/></entry></feed>'
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("<id>urn:b</id>", ""),
        ("<title>A</title>", "<title>A</title><title>A</title>"),
        ("<link ", '<link color="red" '),
        ('type="html"', 'type="markdown"'),
        ("</entry>", "<sumary/></entry>"),
        ("2026-01-01T00:00:00Z</updated><link", "1 January</updated><link"),
        ('href="https://a.example/b"', 'href="/b"'),
    ],
)
def test_grammar_takes_what_is_right_and_nothing_else(right: str, wrong: str) -> None:
    """The grammar of Atom passes a small feed, and none in which one thing is wrong."""
    assert GRAMMAR.validate(etree.fromstring(RIGHT.replace(right, wrong).encode())) is (right == wrong)


def test_violations_are_found() -> None:
    """The list of demands does find what is wrong."""
    faulty = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><id>not an IRI</id><title type="text/plain">x</title><updated>today</updated>'
        b"<entry><id>tag:x,1:y</id><title>x</title><updated>2026-01-01T00:00:00Z</updated></entry></feed>"
    )

    assert len(find_violations(faulty)) >= 7
    assert find_violations(b"<feed>") != []
