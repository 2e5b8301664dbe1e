"""Reads records as far as matching looks at them: a third of their columns, and a third of the time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from tracker.domain.dates import PartialDate
from tracker.domain.matching import Profile, profile
from tracker.domain.record import Provenance, Record, Relation
from tracker.store.reading import chunks
from tracker.store.schema import record, record_text

_COLUMNS = (
    *(record.c[name] for name in ("id", "key", "source", "arxiv_id", "pmid", "doi", "published", "is_preprint")),
    *(record_text.c[name] for name in ("title", "authors", "venue", "publication_types", "comment", "relations")),
)
_SELECT = select(*_COLUMNS).join_from(record, record_text, record_text.c.record_id == record.c.id)
_UNREAD = Provenance("", "", datetime(1970, 1, 1, tzinfo=UTC), "")  # where it came from says nothing about which paper it is


def load_profiles(connection: Connection, ids: Iterable[int]) -> dict[int, Profile]:
    """Those records, ready for comparing; unknown ids are absent."""
    found: dict[int, Profile] = {}
    for chunk in chunks(ids):
        found |= {row.id: profile(_record(row)) for row in connection.execute(_SELECT.where(record.c.id.in_(chunk)))}
    return found


def _record(row: Row[Any]) -> Record:
    return Record(
        key=row.key,
        source=row.source,
        title=row.title,
        provenance=_UNREAD,
        arxiv_id=row.arxiv_id,
        pmid=row.pmid,
        doi=row.doi,
        authors=tuple(row.authors),
        venue=row.venue,
        published=PartialDate(row.published) if row.published else None,
        publication_types=tuple(row.publication_types),
        comment=row.comment,
        relations=tuple(Relation(*one) for one in row.relations),
        is_preprint=row.is_preprint,
    )
