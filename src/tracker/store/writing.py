"""Writes records and labels inside a transaction that the caller opened. Decides nothing but whether a row differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from tracker.domain.record import Labelling, Record
from tracker.store import rows
from tracker.store.base import StoredRecord
from tracker.store.many import among, insert_many
from tracker.store.reading import find_ids
from tracker.store.schema import (
    label,
    label_version,
    labelling,
    match_key,
    match_title,
    meta,
    provenance,
    record,
    record_label,
    record_link,
    record_text,
    record_version,
)


def insert_records(connection: Connection, records: Sequence[tuple[Record, Labelling, Mapping[str, Any]]]) -> list[int]:
    """Add records that are not stored yet, each with its labels and the tracker's own columns (origin, instants); returns their ids.

    Each is a work of its own until works are grouped.
    """
    if not records:
        return []
    facts = [
        rows.to_record_row(one) | _label_facts(labels) | {"work": one.key, "gone_at": None} | dict(own) for one, labels, own in records
    ]
    insert_many(connection, record, facts)
    ids = find_ids(connection, [one.key for one, _, _ in records])
    sources = _provenance_ids(connection, [one for one, _, _ in records])
    texts = [rows.to_text_row(one) | {"record_id": ids[one.key], "provenance_id": sources[_source_of(one)]} for one, _, _ in records]
    insert_many(connection, record_text, texts)
    insert_many(connection, labelling, [{"record_id": ids[one.key]} | rows.to_labelling_row(labels) for one, labels, _ in records])
    _insert_label_rows(connection, {ids[one.key]: labels for one, labels, _ in records})
    return [ids[one.key] for one, _, _ in records]


def update_records(connection: Connection, changes: Sequence[tuple[int, Record]]) -> None:
    """Overwrite what the source said of stored records; the tracker's own columns, labels and history are left alone."""
    if not changes:
        return
    _update(connection, record, record.c.id, [{"target": one} | rows.to_record_row(new) for one, new in changes])
    sources = _provenance_ids(connection, [new for _, new in changes])
    texts = [{"target": one} | rows.to_text_row(new) | {"provenance_id": sources[_source_of(new)]} for one, new in changes]
    _update(connection, record_text, record_text.c.record_id, texts)


def keep_versions(connection: Connection, replaced: Iterable[StoredRecord], *, now: datetime) -> None:
    """Put what these records said until now into their history."""
    insert_many(
        connection, record_version, [{"record_id": old.id, "replaced_at": now, "said": rows.to_said(old.record)} for old in replaced]
    )


def touch_records(connection: Connection, ids: Iterable[int], **values: Any) -> None:
    """Set columns of table ``record`` to the same *values* for all of *ids*."""
    connection.execute(update(record).where(among(connection, record.c.id, ids)).values(**values))


def replace_labels(
    connection: Connection, changes: Sequence[tuple[StoredRecord, Labelling]], *, now: datetime, unremarked: Collection[str] = ()
) -> int:
    """Write labellings that differ from the stored ones; returns for how many records a label or the scope differs.

    Those keep their former labels in the history, but for the keys *unremarked*, labelled anew only because their text came at
    last; where only evidence or the taxonomy's version differs, there is none to keep.
    """
    written = [(old, new) for old, new in changes if old.labelling != new]
    differing = [(old, new) for old, new in written if _labels_differ(old.labelling, new)]
    if differing:
        insert_many(connection, label_version, [_label_version(old, now) for old, _ in differing if old.record.key not in unremarked])
        connection.execute(delete(record_label).where(among(connection, record_label.c.record_id, (old.id for old, _ in differing))))
        _insert_label_rows(connection, {old.id: new for old, new in differing})
    if written:
        _update(connection, record, record.c.id, [{"target": old.id} | _label_facts(new) for old, new in written])
        _update(connection, labelling, labelling.c.record_id, [{"target": old.id} | rows.to_labelling_row(new) for old, new in written])
    return len(differing)


def delete_records(connection: Connection, ids: Sequence[int]) -> None:
    """Remove records with all that hangs on them. Texts go first and by name: the search index forgets what it is told to."""
    owned = (record_text, labelling, record_label, record_version, label_version, match_key, match_title)
    for table in owned:
        connection.execute(delete(table).where(among(connection, table.c.record_id, ids)))
    for end in (record_link.c.first_id, record_link.c.second_id):
        connection.execute(delete(record_link).where(among(connection, end, ids)))
    connection.execute(delete(record).where(among(connection, record.c.id, ids)))


def raise_data_version(connection: Connection) -> None:
    """Tell every reader that what it shows is out of date."""
    version = connection.execute(select(meta.c.value).where(meta.c.name == "data_version")).scalar()
    connection.execute(update(meta).where(meta.c.name == "data_version").values(value=int(version or 0) + 1))


def _labels_differ(old: Labelling, new: Labelling) -> bool:
    return old.labels != new.labels or old.in_scope != new.in_scope


def _label_facts(labels: Labelling) -> dict[str, Any]:
    return {"taxonomy": labels.taxonomy, "in_scope": labels.in_scope}


def _label_version(old: StoredRecord, now: datetime) -> dict[str, Any]:
    return {"record_id": old.id, "replaced_at": now, "labels": old.labelling.labels} | _label_facts(old.labelling)


def _update(connection: Connection, table: Table, key: Any, values: list[dict[str, Any]]) -> None:
    """One UPDATE a row; each of *values* holds columns to set and, as ``target``, the value of *key*."""
    connection.execute(update(table).where(key == bindparam("target")), values)


def _source_of(one: Record) -> tuple[str, str, str]:
    return one.provenance.source, one.provenance.query, one.provenance.parser


def _provenance_ids(connection: Connection, records: Sequence[Record]) -> dict[tuple[str, str, str], int]:
    """Row of table ``provenance`` for each source, query and parser among *records*, made where missing. A page has one or two."""
    found: dict[tuple[str, str, str], int] = {}
    for wanted in sorted({_source_of(one) for one in records}):
        values = dict(zip(("source", "query", "parser"), wanted, strict=True))
        matches = select(provenance.c.id).where(*(provenance.c[name] == value for name, value in values.items()))
        known = connection.execute(matches).scalar()
        if known is None:
            connection.execute(insert(provenance).values(**values))
            known = connection.execute(matches).scalar_one()
        found[wanted] = known
    return found


def _insert_label_rows(connection: Connection, labellings: Mapping[int, Labelling]) -> None:
    names = sorted({name for labels in labellings.values() for name, _ in rows.to_label_names(labels)})
    ids = {name: one for one, name in connection.execute(select(label.c.id, label.c.name))}
    missing = [{"name": name} for name in names if name not in ids]
    if missing:
        insert_many(connection, label, missing)
        ids = {name: one for one, name in connection.execute(select(label.c.id, label.c.name))}
    carried = [
        {"label_id": ids[name], "record_id": record_id, "strength": strength}
        for record_id, labels in labellings.items()
        for name, strength in rows.to_label_names(labels)
    ]
    insert_many(connection, record_label, carried)
