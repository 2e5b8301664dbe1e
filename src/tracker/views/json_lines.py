"""One entry as a line of JSON: everything the tracker knows, in the table's names where it has them.

Lists are lists, claims are booleans, instants ISO 8601 in UTC, ``null`` means "not given". ``labels`` maps each facet to its labels
and their strength (1 named, 2 studied); ``records`` holds what each source said, best first. ``abstract`` is there only if asked
for, ``null`` where it may not be passed on.
"""

from __future__ import annotations

import json
from typing import Any

from tracker.domain.dates import format_instant
from tracker.domain.record import Record
from tracker.pipeline.entry import Entry, is_shareable
from tracker.store.base import StoredRecord

_AS_IS = ("key", "source", "arxiv_id", "pmid", "doi", "version", "title", "venue", "comment", "journal_ref", "is_preprint", "url")
_LISTS = ("authors", "categories", "mesh", "keywords", "publication_types", "languages")


def to_json_line(entry: Entry, *, abstracts: bool = False) -> str:
    """The entry on one line, with its line end. Characters are kept as they are, but for line separators, which are escaped."""
    line = json.dumps(to_object(entry, abstracts=abstracts), ensure_ascii=False)
    for sign in ("\u2028", "\u2029", "\x85"):  # str.splitlines, and readers built on it, would cut the line there
        line = line.replace(sign, f"\\u{ord(sign):04x}")
    return line + "\n"


def to_object(entry: Entry, *, abstracts: bool = False) -> dict[str, Any]:
    """The entry as plain JSON."""
    return _identity(entry) | {
        "labels": entry.labels,
        "human": list(entry.human),
        "evidence": [span.to_json() | {"record": key} for span, key in entry.evidence],
        "first_seen_at": format_instant(entry.first_seen_at),
        "taxonomy": entry.best.labelling.taxonomy,
        **({"abstract": entry.abstract} if abstracts else {}),
        "records": [_stored(stored, abstracts=abstracts) for stored in entry.records],
    }


def _identity(entry: Entry) -> dict[str, Any]:
    """Which paper it is, in the table's names."""
    record, published = entry.record, entry.published
    return {
        "key": record.key,
        "work": entry.best.work,
        "source": list(entry.sources),
        "arxiv_id": entry.arxiv_id,
        "pmid": entry.pmid,
        "doi": entry.doi,
        "version": entry.version,
        "title": record.title,
        "authors": list(record.authors),
        "venue": record.venue,
        "published": str(published) if published else None,
        "published_precision": published.precision if published else None,
        "updated": format_instant(record.updated_at),
        "is_preprint": entry.is_preprint,
        "status": entry.status.value,
        "concern": entry.has_concern,
        "url": record.url,
    }


def _stored(stored: StoredRecord, *, abstracts: bool) -> dict[str, Any]:
    """One record with all that is known about it."""
    record, labelling = stored.record, stored.labelling
    return _record(record, abstracts=abstracts) | {
        "in_scope": labelling.in_scope,
        "scope_reason": labelling.scope_reason,
        "labels": labelling.labels,
        "suppressed": [one.to_json() for one in labelling.suppressed],
        "origin": stored.origin,
        "first_seen_at": format_instant(stored.first_seen_at),
        "last_changed_at": format_instant(stored.last_changed_at),
        "last_confirmed_at": format_instant(stored.last_confirmed_at),
        "gone_at": format_instant(stored.gone_at),
    }


def _record(record: Record, *, abstracts: bool) -> dict[str, Any]:
    provenance = record.provenance
    return {
        **{name: getattr(record, name) for name in _AS_IS},
        **{name: list(getattr(record, name)) for name in _LISTS},
        "published": str(record.published) if record.published else None,
        "updated": format_instant(record.updated_at),
        "status": record.status.value,
        "relations": [{"kind": one.kind, "pmid": one.pmid, "doi": one.doi, "note": one.note} for one in record.relations],
        "abstract_state": record.abstract_state.value,
        **({"abstract": record.abstract if is_shareable(record) else None} if abstracts else {}),
        "provenance": {
            "source": provenance.source,
            "query": provenance.query,
            "retrieved_at": format_instant(provenance.retrieved_at),
            "parser": provenance.parser,
        },
    }
