"""Reads whole records. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, null, select

from tracker.domain.work import best_first
from tracker.store.base import KnownRecord, StoredRecord
from tracker.store.many import among
from tracker.store.rows import from_row
from tracker.store.schema import labelling, provenance, record, record_text

_HEAVY = {"abstract", "evidence", "suppressed"}
T = TypeVar("T")


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """*values* in lists of at most *size*."""
    chunk: list[T] = []
    for value in values:
        chunk.append(value)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _select(*, with_text: bool) -> Select[Any]:
    columns = [
        *record.c,
        *(column for column in record_text.c if column.name != "record_id"),
        provenance.c.source.label("provenance_source"),
        provenance.c.query,
        provenance.c.parser,
        *(column for column in labelling.c if column.name != "record_id"),
    ]
    kept = [column if with_text or column.name not in _HEAVY else null().label(column.name) for column in columns]
    joined = record.join(record_text, record_text.c.record_id == record.c.id)
    joined = joined.join(labelling, labelling.c.record_id == record.c.id)
    joined = joined.join(provenance, provenance.c.id == record_text.c.provenance_id)
    return select(*kept).select_from(joined)


SELECT, SELECT_LIGHT = _select(with_text=True), _select(with_text=False)


def load_by_ids(connection: Connection, ids: Sequence[int], *, with_text: bool = True) -> list[StoredRecord]:
    """Those records in the order of *ids*; unknown ids are left out."""
    statement = SELECT if with_text else SELECT_LIGHT
    wanted = [int(one) for one in ids]
    found = {row.id: from_row(row) for row in connection.execute(statement.where(among(connection, record.c.id, wanted)))}
    return [found[one] for one in wanted if one in found]


def load_by_keys(connection: Connection, keys: Sequence[str]) -> dict[str, StoredRecord]:
    """Those records by key; unknown keys are absent."""
    return {row.key: from_row(row) for row in connection.execute(SELECT.where(among(connection, record.c.key, keys)))}


def load_after(connection: Connection, last_id: int, *, limit: int, with_text: bool) -> list[StoredRecord]:
    """The next *limit* records after *last_id*, by id: quick at any depth, unlike an offset."""
    statement = (SELECT if with_text else SELECT_LIGHT).where(record.c.id > last_id).order_by(record.c.id).limit(limit)
    return [from_row(row) for row in connection.execute(statement)]


def load_work(connection: Connection, work: str) -> list[StoredRecord]:
    """The records of one work, best first."""
    members = {row.key: from_row(row) for row in connection.execute(SELECT.where(record.c.work == work))}
    return [members[one.key] for one in best_first(stored.record for stored in members.values())]


def find_known(connection: Connection, keys: Sequence[str]) -> dict[str, KnownRecord]:
    """See ``Store.find_known``."""
    columns = (record.c.key, record.c.content_hash, record.c.version, record.c.taxonomy, record.c.origin, record.c.in_scope)
    rows = connection.execute(select(*columns).where(among(connection, record.c.key, keys)))
    return {
        key: KnownRecord(key, content_hash, version, taxonomy, origin == "snapshot", in_scope)
        for key, content_hash, version, taxonomy, origin, in_scope in rows
    }


def find_ids(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Key → id of what is stored."""
    return dict(connection.execute(select(record.c.key, record.c.id).where(among(connection, record.c.key, keys))).all())
