"""An Atom feed of the newest papers that match a filter (RFC 4287): for feed readers, without accounts or mail.

* An entry's id is a ``tag:`` URI (RFC 4151) of the record by which the tracker first knew the paper: a new version, an article that
  joins its preprint or a changed title never make a second entry. The authority is a name under ``.invalid``, which nobody can own.
* The newest by the day the tracker first saw them: what has left the feed never comes back, so a reader sees each paper once.
* The same data give the same bytes: no clock, no program version. Text from outside is plain text (``type="text"``), on one line,
  without the characters XML forbids. Abstracts are left out unless asked for, and then only those that may be passed on are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from tracker.domain.dates import format_instant
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.entry import Entry
from tracker.store.base import Store
from tracker.views.citations import one_line
from tracker.views.exports import stream_entries
from tracker.views.filters import Filters
from tracker.views.index import Selection
from tracker.views.wording import date_in_words

TITLE = "Mental-Health LLM Tracker"
UNTITLED = "(no title)"
MEDIA_TYPE = "application/atom+xml"
ENTRIES = 100  # newest first; some weeks of this field, and a file of about 200 kB

_AUTHORITY = "tag:mental-health-llm-tracker.invalid,2026:"
_MOST_AUTHORS = 50
_LONGEST_NAME = 200  # characters; readers are not built for more, some of their regular expressions take the square of it
_LONGEST_TEXT = 10_000
_NOT_XML = re.compile("[\ufffe\uffff]")  # the only characters left that XML 1.0 forbids, once the text is on one line
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_feed(
    stream: IO[bytes], selection: Selection, store: Store, taxonomy: Taxonomy, *, self_link: str | None = None, abstracts: bool = False
) -> int:
    """Write the newest ``ENTRIES`` of *selection* to a binary *stream*; returns how many entries there are.

    *self_link* is the address the feed will be read at, ``None`` if that is not known.
    """
    entries = _newest(selection, store)
    updated = max((_updated_at(entry) for entry in entries), default=_EPOCH)
    for piece in (*_head(selection.filters, taxonomy, updated, self_link), *_entries(entries, taxonomy, abstracts=abstracts), "</feed>\n"):
        stream.write(piece.encode())
    return len(entries)


def entry_id(entry: Entry) -> str:
    """The ``tag:`` URI of a paper: that of its record seen first, of several the one with the smallest key.

    It stays when records join the paper, whatever their keys.
    """
    first = min(entry.records, key=lambda stored: (stored.first_seen_at, stored.record.key))
    return f"{_AUTHORITY}{quote(first.record.key, safe=':/')}"


def _newest(selection: Selection, store: Store) -> list[Entry]:
    """The rows first seen last, in that order; of those seen together the newest papers first."""
    rows = selection.rows
    by_date = selection.ordered("newest")
    chosen = by_date[np.argsort(-rows.first_seen[by_date], kind="stable")][:ENTRIES]
    mask = np.zeros(len(rows), np.bool_)
    mask[chosen] = True
    members = Selection(selection.index, selection.filters, mask).members()
    return sorted(stream_entries(store, members), key=lambda entry: entry.first_seen_at, reverse=True)  # stable: newest papers first


def _updated_at(entry: Entry) -> datetime:
    return max(max(stored.first_seen_at, stored.last_changed_at) for stored in entry.records)


def _head(filters: Filters, taxonomy: Taxonomy, updated: datetime, self_link: str | None) -> Iterator[str]:
    query = filters.to_query()
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
    yield _element("id", f"{_AUTHORITY}feed{'?' if query else ''}{query}")
    yield _element("title", TITLE)
    yield _element("subtitle", f"New papers on large language models in mental health: {filters.in_words(taxonomy)}")
    yield f"<updated>{format_instant(updated)}</updated>\n"
    yield f"<author><name>{TITLE}</name></author>\n"
    if self_link:
        yield f'<link rel="self" type="{MEDIA_TYPE}" href={_attribute(self_link)}/>\n'


def _entries(entries: Iterable[Entry], taxonomy: Taxonomy, *, abstracts: bool) -> Iterator[str]:
    for entry in entries:
        yield from ("<entry>\n", *_entry(entry, taxonomy, abstracts=abstracts), "</entry>\n")


def _entry(entry: Entry, taxonomy: Taxonomy, *, abstracts: bool) -> Iterator[str]:
    warning = f"{', '.join(entry.warnings)}: " if entry.warnings else ""
    yield f"<id>{entry_id(entry)}</id>\n"
    yield _element("title", f"{warning}{_clean(entry.record.title) or UNTITLED}")
    yield f"<published>{format_instant(entry.first_seen_at)}</published>\n"
    yield f"<updated>{format_instant(_updated_at(entry))}</updated>\n"
    for author in filter(None, (_clean(name, _LONGEST_NAME) for name in entry.record.authors[:_MOST_AUTHORS])):
        yield f"<author><name>{escape(author)}</name></author>\n"
    if entry.record.url:
        yield f'<link rel="alternate" href={_attribute(entry.record.url)}/>\n'
    yield from _categories(entry, taxonomy)
    # RFC 4287, 4.1.2: an entry without a link to the paper has to hold its content itself.
    yield _element("summary" if entry.record.url else "content", _summary(entry, abstracts=abstracts), ' type="text"')


def _categories(entry: Entry, taxonomy: Taxonomy) -> Iterator[str]:
    for facet, labels in entry.labels.items():
        for label in labels:
            name = f"{facet}:{label}"
            known = taxonomy.facets[facet].labels.get(label) if facet in taxonomy.facets else None
            words = f" label={_attribute(known.name)}" if known else ""
            yield f'<category scheme="{_AUTHORITY}taxonomy" term={_attribute(name)}{words}/>\n'


def _summary(entry: Entry, *, abstracts: bool) -> str:
    line = " · ".join(fact for fact in (entry.record.venue, date_in_words(entry.published)) if fact) + "."
    return f"{line} {entry.abstract}" if abstracts and entry.abstract else line


def _element(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(_clean(text))}</{name}>\n"


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str, longest: int = _LONGEST_TEXT) -> str:
    """*text* on one line, without what XML forbids; what is longer is cut and ends in ``…``."""
    clean = _NOT_XML.sub("", one_line(text))
    return clean if len(clean) <= longest else f"{clean[: longest - 1]}…"
