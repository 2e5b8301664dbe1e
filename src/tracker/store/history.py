"""Reads what records said, and how they were labelled, before the changes since an instant. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Subquery, Table, and_, exists, func, select

from tracker.store.base import FormerLabels, FormerText
from tracker.store.schema import label_version, record_version


def load_former_texts(
    connection: Connection, since: datetime, *, after: int = 0, ids: Sequence[int] | None = None, limit: int
) -> list[FormerText]:
    """The next *limit* records with an id above *after* whose text changed, with what the first of the changes replaced."""
    first = _first_changes(record_version, since, after, ids, limit)
    columns = (record_version.c.record_id, first.c.changed_at, record_version.c.said)
    found = select(*columns).join_from(record_version, first, record_version.c.id == first.c.first_id)
    return [FormerText(*row) for row in connection.execute(found.order_by(record_version.c.record_id))]


def load_former_labels(
    connection: Connection, since: datetime, *, after: int = 0, ids: Sequence[int] | None = None, limit: int
) -> list[FormerLabels]:
    """Likewise the labels; what happened together with a change of the text is passed over."""
    with_text = exists().where(
        record_version.c.record_id == label_version.c.record_id, record_version.c.replaced_at == label_version.c.replaced_at
    )
    first = _first_changes(label_version, since, after, ids, limit, ~with_text)
    columns = (
        label_version.c.record_id,
        first.c.changed_at,
        label_version.c.taxonomy,
        label_version.c.in_scope,
        label_version.c.labels,
    )
    found = select(*columns).join_from(label_version, first, label_version.c.id == first.c.first_id)
    return [FormerLabels(*row) for row in connection.execute(found.order_by(label_version.c.record_id))]


def _first_changes(
    table: Table, since: datetime, after: int, ids: Sequence[int] | None, limit: int, *conditions: ColumnElement[bool]
) -> Subquery:
    """Per record, the row of its first change since (rows are numbered as they come) and the instant of its last."""
    wanted = and_(table.c.replaced_at >= since, table.c.record_id > after, *conditions)
    if ids is not None:
        wanted = and_(wanted, table.c.record_id.in_(ids))
    columns = (func.min(table.c.id).label("first_id"), func.max(table.c.replaced_at).label("changed_at"))
    return select(*columns).where(wanted).group_by(table.c.record_id).order_by(table.c.record_id).limit(limit).subquery()
