"""Reads the columns that filters and counts work on: all records at once, as numpy arrays.

Lists of ids come from the engine as one text each: one row a record would be a million Python objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, Text, cast, func, select, type_coerce

from tracker.store.base import NO_DAY, IndexColumns
from tracker.store.schema import label, meta, record, record_label

_MICROSECONDS = 1_000_000
_PRECISION = np.zeros(11, np.int8)  # by length of the written date: none, year, month, day
_PRECISION[[4, 7, 10]] = 1, 2, 3
BLOCK = 20_000  # rows read at a time

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
_KINDS: tuple[Any, ...] = (
    np.int64, np.str_, np.int32, np.int32, np.int8, np.str_, np.str_, np.bool_, np.bool_, np.str_, np.str_, np.int64, np.int64,
)  # fmt: skip


def load_data_version(connection: Connection) -> int:
    """See ``Store.data_version``."""
    return int(connection.execute(select(meta.c.value).where(meta.c.name == "data_version")).scalar_one())


def load_index(connection: Connection) -> IndexColumns:
    """See ``Store.load_index``."""
    ids, keys, first, last, length, source, status, preprint, in_scope, origin, work, seen, changed = _load_columns(connection)
    sources, source_codes = _coded(source)
    statuses, status_codes = _coded(status)
    work_keys, work_codes = np.unique(work, return_inverse=True)
    return IndexColumns(
        data_version=load_data_version(connection),
        ids=ids,
        keys=keys,
        published_first=first,
        published_last=last,
        precision=_PRECISION[length],
        source=source_codes,
        sources=sources,
        status=status_codes,
        statuses=statuses,
        is_preprint=preprint,
        in_scope=in_scope,
        from_snapshot=origin == "snapshot",
        work=work_codes.astype(np.int32),
        work_keys=work_keys,
        first_seen=seen // _MICROSECONDS,
        changed=changed // _MICROSECONDS,
        labels=_label_positions(connection, ids, least_strength=1),
        studied=_label_positions(connection, ids, least_strength=2),
    )


def _load_columns(connection: Connection) -> list[NDArray[Any]]:
    """One array a column of ``_COLUMNS``, read a block of rows at a time: as Python objects, a million rows would take a gigabyte."""
    found = connection.execution_options(yield_per=BLOCK).execute(select(*_COLUMNS).order_by(record.c.id))
    blocks = [_to_arrays(rows) for rows in found.partitions()]
    return [np.concatenate(parts) for parts in zip(*blocks, strict=True)] if blocks else _to_arrays([])


def _to_arrays(rows: Sequence[Sequence[Any]]) -> list[NDArray[Any]]:
    """One array a column of ``_COLUMNS``."""
    values = zip(*rows, strict=True) if rows else ((),) * len(_COLUMNS)
    return [np.array(column, kind) for column, kind in zip(values, _KINDS, strict=True)]


def _coded(values: NDArray[np.str_]) -> tuple[tuple[str, ...], NDArray[np.int8]]:
    """The distinct values, sorted, and each row's number among them."""
    names, numbers = np.unique(values, return_inverse=True)
    return tuple(str(name) for name in names), numbers.astype(np.int8)


def _label_positions(connection: Connection, ids: NDArray[np.int64], *, least_strength: int) -> dict[str, NDArray[np.int32]]:
    listed = func.aggregate_strings(cast(record_label.c.record_id, Text), ",")
    statement = select(label.c.name, listed).join_from(record_label, label).where(record_label.c.strength >= least_strength)
    found = {}
    for name, text in connection.execute(statement.group_by(label.c.name).order_by(label.c.name)):
        carriers = np.sort(np.fromstring(text, dtype=np.int64, sep=","))
        found[name] = np.searchsorted(ids, carriers).astype(np.int32)
    return found
