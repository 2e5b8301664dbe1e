"""The life of one paper, as HTML: its versions with what changed, its publication, its retraction, oldest first.

What a source says of a retraction, correction or concern is quoted in its own words; a notice PubMed knows is linked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.domain import identifiers
from tracker.domain.dates import PartialDate
from tracker.domain.differences import Difference, find_differences
from tracker.domain.record import Record
from tracker.domain.work import Event, timeline
from tracker.pipeline.entry import CONCERN, Entry
from tracker.views import change_rows, html
from tracker.views.change_details import field_in_words
from tracker.views.paper import venue
from tracker.views.wording import any_of, date_in_words

Versions = Mapping[str, Sequence[tuple[datetime, Mapping[str, Any]]]]  # key → what the store kept, newest first

_WORDS = {"preprint": "Preprint", "published": "Published", "concern": CONCERN}
_TOLD_BY = {  # what happened → the publication types and relations of PubMed that say so
    "retracted": ("Retracted Publication", "RetractionIn", "RetractedandRepublishedIn"),
    "corrected": ("ErratumIn", "CorrectedandRepublishedIn"),
    "concern": ("ExpressionOfConcernIn",),
}


@dataclass(frozen=True, slots=True)
class Revision:
    """A change of one record that the tracker saw at ``seen_at``; ``version`` is the one it brought, ``None`` if the same one."""

    key: str
    version: int | None
    seen_at: datetime
    differences: tuple[Difference, ...]


def life(entry: Entry, versions: Versions) -> str:
    """The timeline of the work's records, with every change the tracker saw. *versions* as ``Store.load_versions`` gives them."""
    records = {stored.record.key: stored.record for stored in entry.records}
    revisions = [one for key, record in records.items() for one in find_revisions(record, versions.get(key, ()))]
    lines = [_event(event, records[event.key], revisions) for event in timeline(records.values())]
    seen = {(event.key, event.kind) for event in timeline(records.values())}
    others = [one for one in revisions if (one.key, f"v{one.version}") not in seen]
    title = html.heading("What happened to this work", "Oldest first; what its source does not date stands last.")
    return f'<div class="mh">{title}<ol class="life">{"".join([*lines, *map(_other, others)])}</ol></div>'


def find_revisions(record: Record, kept: Sequence[tuple[datetime, Mapping[str, Any]]]) -> list[Revision]:
    """What each change of *record* changed, oldest first, from what was *kept* (newest first); changes no reader sees are passed over."""
    found = []
    after: Record | Mapping[str, Any] = record
    for seen_at, said in kept:
        version = after.get("version") if isinstance(after, Mapping) else after.version
        differences = find_differences(said, after)
        if differences:
            found.append(Revision(record.key, version if version != said.get("version") else None, seen_at, differences))
        after = said
    return found[::-1]


def record_name(key: str) -> str:
    """A record as readers know it: ``arXiv 2401.00001``, ``PubMed 38000001``, ``doi 10.1000/x``. Plain text."""
    source, _, number = key.partition(":")
    name = {"arxiv": "arXiv", "pubmed": "PubMed"}.get(source, source)
    return f"{name} {number}"


def source_words(kind: str, record: Record) -> str:
    """Why *record* counts as *kind* (``retracted``, ``withdrawn``, ``corrected``, ``concern``), in its source's words, as HTML."""
    told = _TOLD_BY.get(kind, ())
    said = [f"<q>{html.escape(one)}</q>" for one in record.publication_types if one in told]
    said += [_relation(one.kind, one.note, one.pmid) for one in record.relations if one.kind in told]
    if kind == "withdrawn" and record.comment:
        said.append(f"<q>{html.escape(record.comment)}</q>")
    return "; ".join(said)


def _relation(kind: str, note: str, pmid: str | None) -> str:
    url = identifiers.pubmed_url(pmid) if pmid else None
    notice = f", {html.link(f'PubMed {pmid}', url)}" if url else ""
    return f"<q>{html.escape(kind)}</q>{f': {html.escape(note)}' if note else ''}{notice}"


def _event(event: Event, record: Record, revisions: Iterable[Revision]) -> str:
    is_status = event.kind == record.status.value or event.kind == "concern"
    when = date_in_words(event.on) if event.on else "date not given"
    what = _WORDS.get(event.kind, f"Version {event.kind[1:]}" if event.kind.startswith("v") else event.kind.capitalize())
    where = f"{venue(record)} · {record_name(event.key)}"
    quoted = source_words(event.kind, record) if is_status else ""
    changed = "".join(_changed(one) for one in revisions if (one.key, f"v{one.version}") == (event.key, event.kind))
    said = f'<p class="diff">{quoted}</p>' if quoted else ""
    return f"<li{' class=bad' if is_status else ''}><b>{what}</b> · {html.escape(when)} {_muted(where)}{said}{changed}</li>"


def _other(one: Revision) -> str:
    """A change without a version of its own, or of a version that another has followed."""
    what = f"Version {one.version}" if one.version else "Changed at its source"
    when = f"seen {date_in_words(PartialDate.of(one.seen_at.date()))}"
    return f"<li><b>{what}</b> · {html.escape(when)} {_muted(record_name(one.key))}{_changed(one)}</li>"


def _changed(one: Revision) -> str:
    fields = html.escape(any_of([field_in_words(difference.field) for difference in one.differences], "and"))
    return f'<details class="diff"><summary>What changed: {fields}</summary>{change_rows.differences(one.differences)}</details>'


def _muted(text: str) -> str:
    return f'<span class="mut">{html.escape(text)}</span>'
