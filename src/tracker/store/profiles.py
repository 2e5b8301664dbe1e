"""Reads records as far as matching looks at them: a third of their columns, and a third of the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, select

from tracker.domain.dates import PartialDate
from tracker.domain.matching import Profile, profile
from tracker.domain.record import Provenance, Record, Relation
from tracker.store.many import among
from tracker.store.schema import record, record_text

_COLUMNS = (
    *(record.c[name] for name in ("id", "key", "source", "arxiv_id", "pmid", "doi", "published", "is_preprint")),
    *(record_text.c[name] for name in ("title", "authors", "venue", "publication_types", "comment", "relations")),
)
_SELECT = select(*_COLUMNS).join_from(record, record_text, record_text.c.record_id == record.c.id)
NOTHING: Mapping[int, Record] = MappingProxyType({})
_UNREAD = Provenance("", "", datetime(1970, 1, 1, tzinfo=UTC), "")  # where it came from says nothing about which paper it is


def load_profiles(connection: Connection, ids: Iterable[int], *, at_hand: Mapping[int, Record] = NOTHING) -> dict[int, Profile]:
    """Those records, ready for comparing; unknown ids are absent. What is stored of those *at_hand* is not read again."""
    wanted = set(ids)
    found = {one: profile(at_hand[one]) for one in wanted & at_hand.keys()}
    missing = among(connection, record.c.id, wanted - at_hand.keys())
    return found | {row.id: profile(_record(row)) for row in connection.execute(_SELECT.where(missing))}


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
