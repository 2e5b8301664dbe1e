"""Writes one harvested page: obeys the decisions, row by row, and is idempotent because it looks at what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from tracker.domain.record import Labelling, Rejected
from tracker.store import works, writing
from tracker.store.base import Change, Decision, StoredRecord
from tracker.store.many import among
from tracker.store.reading import chunks, find_ids, load_by_keys
from tracker.store.schema import harvest_state, record, rejected

LONGEST_NAME = 200  # code points kept of what a rejected entry calls itself: PostgreSQL indexes 2,704 bytes at most
INSERTED_TOGETHER = 500  # records; more take memory and no less time


@dataclass(slots=True)
class _Plan:
    """The decisions of a page, sorted by what they ask of the tables."""

    added: list[Decision] = field(default_factory=list)
    rewritten: list[tuple[StoredRecord, Decision]] = field(default_factory=list)
    relabelled: list[tuple[StoredRecord, Labelling]] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)  # ids of all that were stored before, rewritten or not
    returned: bool = False  # one of them came back, or was known from the snapshot only


def save_page(connection: Connection, decisions: Sequence[Decision], *, now: datetime) -> bool:
    """Write the records of a page and group their works; returns whether a screen can look different now."""
    latest = {one.record.key: one for one in decisions}
    renamed = _rename(connection, [one for one in latest.values() if one.replaces], now=now)
    plan = _plan(connection, latest)
    added: list[int] = []
    for chunk in chunks(plan.added, INSERTED_TOGETHER):
        added += writing.insert_records(connection, [(one.record, _labels(one), _harvested(now)) for one in chunk])
    _rewrite(connection, plan.rewritten, now=now)
    relabelled = [(old, new) for old, new in plan.relabelled if old.labelling != new]
    writing.replace_labels(connection, relabelled, now=now, unremarked={one.record.key for one in decisions if _is_enriched(one)})
    writing.touch_records(connection, plan.confirmed, last_confirmed_at=now, origin="harvest", gone_at=None)
    touched = [*added, *(old.id for old, _ in plan.rewritten), *renamed]
    at_hand = {one: decision.record for one, decision in zip(added, plan.added, strict=True)}
    works.regroup(connection, touched, now=now, at_hand=at_hand)
    return bool(touched or relabelled or plan.returned)


def save_rejected(connection: Connection, entries: Sequence[Rejected], *, now: datetime) -> None:
    """Remember entries that could not become a record: one row an entry, dated anew each time it comes."""
    for entry in entries:
        name = entry.entry[:LONGEST_NAME]
        connection.execute(delete(rejected).where(rejected.c.source == entry.source, rejected.c.entry == name))
        values = {"source": entry.source, "entry": name, "reason": entry.reason, "rejected_at": now}
        connection.execute(insert(rejected).values(**values))


def mark_gone(connection: Connection, keys: Sequence[str], *, now: datetime) -> bool:
    """Date the disappearance of records that the service no longer lists; returns whether any was still there."""
    there = update(record).where(among(connection, record.c.key, keys), record.c.gone_at.is_(None))
    return connection.execute(there.values(gone_at=now)).rowcount > 0


def save_cursor(connection: Connection, source: str, cursor: Mapping[str, Any]) -> None:
    """Remember where *source* can resume; all else that is known of it stays."""
    if connection.execute(select(harvest_state.c.source).where(harvest_state.c.source == source)).scalar() is None:
        connection.execute(insert(harvest_state).values(source=source, address=""))
    connection.execute(update(harvest_state).where(harvest_state.c.source == source).values(cursor=dict(cursor)))


def _plan(connection: Connection, decisions: Mapping[str, Decision]) -> _Plan:
    marks = _marks(connection, list(decisions))
    plan = _Plan(
        added=[one for key, one in decisions.items() if key not in marks],
        confirmed=[mark.id for mark in marks.values()],
        returned=any(mark.origin == "snapshot" or mark.gone_at for mark in marks.values()),
    )
    rewritten = [key for key, mark in marks.items() if _rewrites(decisions[key], mark)]
    relabelled = [key for key in marks if decisions[key].labelling is not None]
    stored = load_by_keys(connection, sorted({*rewritten, *relabelled}))
    plan.rewritten = [(stored[key], decisions[key]) for key in rewritten]
    plan.relabelled = [(stored[key], _labels(decisions[key])) for key in relabelled]
    return plan


def _rewrites(decision: Decision, mark: Row[Any]) -> bool:
    return decision.change is not Change.UNCHANGED and decision.record.content_hash() != mark.content_hash


def _marks(connection: Connection, keys: Sequence[str]) -> dict[str, Row[Any]]:
    """The little that an unchanged record is known by, for those of *keys* that are stored."""
    columns = [record.c.key, record.c.id, record.c.content_hash, record.c.origin, record.c.gone_at]
    return {row.key: row for row in connection.execute(select(*columns).where(among(connection, record.c.key, keys)))}


def _rewrite(connection: Connection, rewritten: Sequence[tuple[StoredRecord, Decision]], *, now: datetime) -> None:
    """Overwrite records; changed ones, unlike enriched ones, keep a history and get a new date of change.

    A status that differs is a change in any case: a retraction learned with the first harvest is news.
    """
    changed = [old for old, new in rewritten if not _is_enriched(new) or old.record.status is not new.record.status]
    writing.keep_versions(connection, changed, now=now)
    writing.update_records(connection, [(old.id, decision.record) for old, decision in rewritten])
    writing.touch_records(connection, [old.id for old in changed], last_changed_at=now)


def _is_enriched(decision: Decision) -> bool:
    return decision.change is Change.ENRICHED


def _rename(connection: Connection, decisions: Sequence[Decision], *, now: datetime) -> list[int]:
    """Give stored records their new key; where that key is stored already, the old record goes and its first date stays."""
    pairs = [(str(one.replaces), one.record.key) for one in decisions if one.replaces != one.record.key]
    ids = find_ids(connection, [key for pair in pairs for key in pair])
    renamed = []
    for old, new in pairs:
        if old not in ids:
            continue  # the same page again: it was renamed the first time
        if new in ids:
            first_seen = min(connection.execute(select(record.c.first_seen_at).where(record.c.id.in_([ids[old], ids[new]]))).scalars())
            works.remove(connection, [ids[old]], now=now)
            writing.touch_records(connection, [ids[new]], first_seen_at=first_seen)
        else:
            writing.touch_records(connection, [ids[old]], key=new)
            works.rename_in_links(connection, old, new)
            renamed.append(ids[old])
    return renamed


def _labels(decision: Decision) -> Labelling:
    if decision.labelling is None:
        raise ValueError(f"{decision.record.key!r} is not stored yet and comes without labels")
    return decision.labelling


def _harvested(now: datetime) -> dict[str, Any]:
    return {"origin": "harvest", "first_seen_at": now, "last_changed_at": now, "last_confirmed_at": now}


def add_snapshot(connection: Connection, records: Sequence[StoredRecord]) -> list[int]:
    """Add what is not stored yet, neither under its key nor, if it is known by its DOI only, under that DOI; returns the ids."""
    latest = {one.record.key: one for one in records}
    known = set(find_ids(connection, list(latest)))
    by_doi = {one.record.doi: key for key, one in latest.items() if key.startswith("doi:")}
    rows = connection.execute(select(record.c.doi, record.c.source).where(among(connection, record.c.doi, filter(None, by_doi))))
    known |= {by_doi[doi] for doi, source in rows if latest[by_doi[doi]].record.source == source}
    added = [(one.record, one.labelling, _shipped(one)) for key, one in latest.items() if key not in known]
    return writing.insert_records(connection, added)


def _shipped(stored: StoredRecord) -> dict[str, Any]:
    instants = {name: getattr(stored, name) for name in ("first_seen_at", "last_changed_at", "last_confirmed_at")}
    return {"origin": "snapshot"} | instants
