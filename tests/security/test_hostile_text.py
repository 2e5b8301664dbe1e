"""Hostile text in every field: harmless in the store, on the pages, in every file that leaves, and in the log."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import bibtexparser
import feedparser
import pytest
import rispy
from lxml import etree

import hostile_corpus
from app_pages.conftest import open_page, said
from hostile_corpus import HOSTILE, LONGEST, key_of
from small_corpus import HARVESTED_AT
from tracker.data_files import read_taxonomy
from tracker.domain.search import parse_search
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import SearchSyntaxError
from tracker.settings import KNOWN_SOURCES, Settings, read_settings
from tracker.store import open_store
from tracker.store.base import Store
from tracker.views.changes import find_changes
from tracker.views.digest import write_digest
from tracker.views.exports import write_export
from tracker.views.feed import write_feed
from tracker.views.filters import Filters
from tracker.views.index import Index, Selection, select
from tracker.views.shell import PAGES
from views.test_digest import kinds_of, links_of

KEYS = {record.key for record, _ in hostile_corpus.make_papers()}
# What no page may hold of them as HTML: an element, a handler or an address of their making. As text they may stand there.
ELEMENT = r"<(?:script|img|svg|iframe|form|object|embed|base|link|meta)\b"
LIVE = re.compile(rf"{ELEMENT}|<[^>]*\son\w+\s*=|(?:href|src)=[\"']?\s*(?:javascript|data):", re.IGNORECASE)


@pytest.fixture
def store(attacked: Settings) -> Iterator[Store]:
    """The attacked database, open."""
    with closing(open_store(attacked.database_url)) as opened:
        yield opened


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    """The taxonomy in force."""
    return read_taxonomy(read_settings({}))


@pytest.fixture
def everything(store: Store) -> Selection:
    """All that is stored."""
    return select(Index(store.load_index()), Filters(), search=store.search)


def file_of(format_name: str, everything: Selection, store: Store, taxonomy: Taxonomy) -> bytes:
    """A download of everything."""
    stream = io.BytesIO()
    write_export(stream, format_name, everything, store, taxonomy)
    return stream.getvalue()


def test_store_keeps_hostile_text_to_the_letter_and_whole(store: Store) -> None:
    """Nothing of it reaches SQL: every paper comes back as it was, and the database is sound."""
    stored = {one.record.key: one.record for batch in store.stream_records() for one in batch}

    assert stored == {record.key: record for record, _ in hostile_corpus.make_papers()}
    assert store.check() == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_search_for_hostile_text_finds_or_refuses(store: Store, text: str) -> None:
    """Neither SQL nor the index's own language is spoken by who types: papers are found, or the search refused in a sentence."""
    for words in (text, f'"{text}"'):
        try:
            tree = parse_search(words[:200])
        except SearchSyntaxError:
            continue
        if tree is not None:
            assert len(store.search(tree)) <= len(KEYS)

    assert store.count_records() == len(KEYS)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("attacked")
def test_page_shows_hostile_text_as_text(name: str) -> None:
    """No element, no address and no handler of a stranger's making is in what a page puts together."""
    app = open_page(name, view="list") if name == "papers" else open_page(name)

    assert not app.exception
    assert LIVE.findall(said(app)) == []
    assert "\u202e" not in said(app)


@pytest.mark.parametrize("name", ["script", "control", "bibtex", "accents"])
@pytest.mark.usefixtures("attacked")
def test_paper_of_hostile_text_is_shown_in_full(name: str) -> None:
    """Its own page, with citations, nearest papers and objection, shows it as text."""
    app = open_page("papers", paper=key_of(name))

    assert not app.exception
    assert LIVE.findall(said(app)) == []


@pytest.mark.parametrize("format_name", ["csv", "excel"])
def test_table_reads_back_row_by_row(format_name: str, everything: Selection, store: Store, taxonomy: Taxonomy) -> None:
    """As many rows as papers; the plain one to the letter (a NUL has no place in a text file), the other without a formula."""
    text = file_of(format_name, everything, store, taxonomy).decode("utf-8-sig")
    csv.field_size_limit(2 * LONGEST)

    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert {row["key"] for row in rows} == KEYS
    assert max(len(row["title"]) for row in rows) == LONGEST
    if format_name == "csv":
        assert {row["title"] for row in rows} >= {HOSTILE[name] for name in ("script", "formula", "sql", "ris", "json", "right to left")}
    else:
        assert [cell for row in rows for cell in row.values() if cell.lstrip()[:1] in ("=", "+", "@")] == []


def test_references_read_back_one_by_one(everything: Selection, store: Store, taxonomy: Taxonomy) -> None:
    """One RIS entry and one BibTeX entry a paper, none forged."""
    ris = rispy.loads(file_of("ris", everything, store, taxonomy).decode())
    bibtex = bibtexparser.parse_string(file_of("bibtex", everything, store, taxonomy).decode())

    assert (len(ris), len(bibtex.entries), len(bibtex.failed_blocks)) == (len(KEYS), len(KEYS), 0)
    assert "forged" not in {entry.key for entry in bibtex.entries}


def test_json_lines_read_back_to_the_letter(everything: Selection, store: Store, taxonomy: Taxonomy) -> None:
    """One object a line, and each title as it was."""
    lines = [json.loads(line) for line in file_of("jsonl", everything, store, taxonomy).decode().splitlines()]

    assert {line["key"]: line["title"] for line in lines} == {record.key: record.title for record, _ in hostile_corpus.make_papers()}


def test_feed_and_digest_hold_hostile_text_as_text(everything: Selection, store: Store, taxonomy: Taxonomy) -> None:
    """The feed is well-formed XML of as many entries as papers; the digest has no element and no link of a stranger's."""
    feed, digest = io.BytesIO(), io.BytesIO()
    write_feed(feed, everything, store, taxonomy)
    changes = find_changes(Index(store.load_index()), Filters(), store, since=HARVESTED_AT - timedelta(days=1))
    write_digest(digest, changes, store, taxonomy, KNOWN_SOURCES)

    etree.fromstring(feed.getvalue(), etree.XMLParser(resolve_entities=False, huge_tree=True))
    assert len(feedparser.parse(feed.getvalue()).entries) == len(KEYS)
    assert b"<script" not in feed.getvalue()
    assert {"html_inline", "html_block", "image", "code_inline", "fence"} & kinds_of(digest.getvalue().decode()) == set()
    assert {link.partition("/abs/")[0] for link in links_of(digest.getvalue().decode())} == {"https://arxiv.org"}
