"""Reads the columns that filters and counts work on: all records at once, as numpy arrays.

One row a record would be a million Python objects; so lists of ids come from the engine as one text each.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, Text, cast, func, select, type_coerce

from tracker.store.base import NO_DAY, IndexColumns
from tracker.store.schema import label, meta, record, record_label

_MICROSECONDS = 1_000_000
_PRECISION = {0: 0, 4: 1, 7: 2, 10: 3}  # by length of the written date

_COLUMNS = (
    record.c.id,
    record.c.key,
    func.coalesce(record.c.published_first, int(NO_DAY)),
    func.coalesce(record.c.published_last, int(NO_DAY)),
    func.coalesce(func.length(record.c.published), 0),
    record.c.source,
    record.c.status,
    record.c.is_preprint,
    record.c.in_scope,
    record.c.origin,
    record.c.work,
    type_coerce(record.c.first_seen_at, BigInteger),
    type_coerce(record.c.last_changed_at, BigInteger),
)


def load_data_version(connection: Connection) -> int:
    """See ``Store.data_version``."""
    return int(connection.execute(select(meta.c.value).where(meta.c.name == "data_version")).scalar_one())


def load_index(connection: Connection) -> IndexColumns:
    """See ``Store.load_index``."""
    rows = connection.execute(select(*_COLUMNS).order_by(record.c.id)).all()
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * len(_COLUMNS)
    ids, keys, first, last, length, source, status, preprint, in_scope, origin, work, seen, changed = columns
    positions = np.array(ids, np.int64)
    sources, source_codes = _coded(source)
    statuses, status_codes = _coded(status)
    work_keys, work_codes = np.unique(np.array(work, np.str_), return_inverse=True)
    return IndexColumns(
        data_version=load_data_version(connection),
        ids=positions,
        keys=np.array(keys, np.str_),
        published_first=np.array(first, np.int32),
        published_last=np.array(last, np.int32),
        precision=np.array([_PRECISION[one] for one in length], np.int8),
        source=source_codes,
        sources=sources,
        status=status_codes,
        statuses=statuses,
        is_preprint=np.array(preprint, np.bool_),
        in_scope=np.array(in_scope, np.bool_),
        from_snapshot=np.array([one == "snapshot" for one in origin], np.bool_),
        work=work_codes.astype(np.int32),
        work_keys=work_keys,
        first_seen=np.array(seen, np.int64) // _MICROSECONDS,
        changed=np.array(changed, np.int64) // _MICROSECONDS,
        labels=_label_positions(connection, positions, least_strength=1),
        studied=_label_positions(connection, positions, least_strength=2),
    )


def _coded(values: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.int8]]:
    """The distinct values, sorted, and each row's number among them."""
    names = sorted(set(values))
    numbers = {name: number for number, name in enumerate(names)}
    return tuple(names), np.array([numbers[one] for one in values], np.int8)


def _label_positions(connection: Connection, ids: NDArray[np.int64], *, least_strength: int) -> dict[str, NDArray[np.int32]]:
    listed = func.aggregate_strings(cast(record_label.c.record_id, Text), ",")
    statement = select(label.c.name, listed).join_from(record_label, label).where(record_label.c.strength >= least_strength)
    found = {}
    for name, text in connection.execute(statement.group_by(label.c.name).order_by(label.c.name)):
        carriers = np.sort(np.fromstring(text, dtype=np.int64, sep=","))
        found[name] = np.searchsorted(ids, carriers).astype(np.int32)
    return found
