"""A paper as a row of a list: title, authors, venue, date and badges, as HTML; and the entries such rows are made of.

Titles, authors and venues are text from outside: they go through :mod:`tracker.views.html` and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from tracker.domain.record import Record
from tracker.domain.taxonomy import Label, Taxonomy
from tracker.pipeline.entry import Entry
from tracker.store.base import Store
from tracker.views import citations, html
from tracker.views.exports import stream_entries
from tracker.views.index import Selection
from tracker.views.notices import SOURCE_NAMES
from tracker.views.wording import date_in_words

BADGE_FACETS = ("application", "risk", "safeguard")
_SHOWN_AUTHORS = 2


def load_entries(store: Store, selection: Selection, order: str = "newest", start: int = 0, stop: int | None = None) -> list[Entry]:
    """The rows *start* to *stop* of *selection* in *order*, each with all its records; one question to the store for all."""
    return list(stream_entries(store, selection.members(order, start, stop)))


def paper_address(key: str, query: str = "") -> str:
    """The address of one paper, relative to any page of the app; the filters go along, so that the way back keeps them."""
    return f"papers?paper={quote(key, safe=':/.')}" + (f"&{query}" if query else "")


def rows(entries: Iterable[Entry], taxonomy: Taxonomy, *, query: str = "", small: bool = False) -> str:
    """The entries one under the other; *small* leaves the badges out."""
    lines = "".join(row(entry, taxonomy, query=query, small=small) for entry in entries)
    return f'<div class="mh"><div class="rows{" small" if small else ""}">{lines}</div></div>'


def row(entry: Entry, taxonomy: Taxonomy, *, query: str = "", small: bool = False, under: str = "") -> str:
    """One entry: date, title as a link to its own page, authors, venue, badges; *under* is HTML to stand below."""
    href = html.escape(paper_address(entry.record.key, query))
    title = f'<a class="title" href="{href}">{html.escape(entry.record.title) or "(no title)"}</a>'
    when = html.escape(date_in_words(entry.published))
    if small:
        by = f'<p class="mut by">{when} · {html.escape(venue(entry.record))}</p>'
        return f'<div class="row"><div>{warnings(entry)}{title}{by}</div></div>'
    by = html.escape(" · ".join(part for part in (authors(entry.record), venue(entry.record)) if part))
    return (
        f'<div class="row"><div class="when mut">{when}</div><div>{warnings(entry)}{title}'
        f'<p class="mut by">{by}</p><div>{badges(entry.labels, taxonomy)}</div>{under}</div></div>'
    )


def row_of(entry: Entry | None, key: str, title: str, taxonomy: Taxonomy, *, query: str = "") -> str:
    """The row of one paper of a reader's list; of one that is gone what the list remembers: *title* and *key*."""
    if entry:
        return f'<div class="mh"><div class="rows one">{row(entry, taxonomy, query=query)}</div></div>'
    lost = html.badge("No longer in the data", "bad")
    return (
        f'<div class="mh"><div class="rows one"><div class="row"><div class="when mut"></div><div>{lost}<b>{html.escape(title or key)}</b>'
        f'<p class="mut by">{html.link(key, citations.address_of(key))}</p></div></div></div></div>'
    )


def authors(record: Record, shown: int = _SHOWN_AUTHORS) -> str:
    """The first *shown* authors and how many more; plain text, empty if none is given."""
    names = list(record.authors[:shown])
    more = len(record.authors) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def venue(record: Record) -> str:
    """Where it appeared: the journal, or arXiv with its first category. Plain text."""
    if record.source == "arxiv":
        return f"arXiv {record.categories[0]}" if record.categories else "arXiv"
    return record.venue or SOURCE_NAMES.get(record.source, record.source)


def badges(labels: Mapping[str, Mapping[str, int]], taxonomy: Taxonomy, facets: Sequence[str] = BADGE_FACETS) -> str:
    """The level-1 labels as badges, in the order of the taxonomy; labels it no longer has stand under their id."""
    shown = []
    for facet in facets:
        for name in labels.get(facet, {}):
            label = find_label(taxonomy, facet, name)
            if label is None or label.level == 1:
                shown.append(label_badge(facet, name, taxonomy))
    return "".join(shown)


def label_badge(facet: str, name: str, taxonomy: Taxonomy, *, note: str = "") -> str:
    """One label as a badge in the colour of its area."""
    return html.badge(label_name(facet, name, taxonomy), label_style(facet, name, taxonomy), note=note)


def label_name(facet: str, name: str, taxonomy: Taxonomy) -> str:
    """The short name; the id where the taxonomy no longer has the label."""
    label = find_label(taxonomy, facet, name)
    return label.short_name if label else name


def label_style(facet: str, name: str, taxonomy: Taxonomy) -> str:
    """The class of a label: a narrower one has its parent's."""
    label = find_label(taxonomy, facet, name)
    return html.label_style(facet, (label.parent or label.id) if label else name)


def find_label(taxonomy: Taxonomy, facet: str, name: str) -> Label | None:
    """The label, or ``None`` where the taxonomy in force does not have it: stored labels may be of an earlier one."""
    known = taxonomy.facets.get(facet)
    return known.labels.get(name) if known else None


def warnings(entry: Entry) -> str:
    """What became of the paper, as red badges before its title; nothing for a current one."""
    return "".join(html.badge(words, "bad") for words in entry.warnings)
