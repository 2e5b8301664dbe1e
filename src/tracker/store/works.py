"""Keeps links and works in step with the records: compares only what is new and regroups only what that touches.

What is compared, how two records are linked and how links make works is :mod:`tracker.domain.matching`'s business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from tracker.domain import matching
from tracker.domain.matching import Link, Verdict
from tracker.domain.record import Record
from tracker.store import writing
from tracker.store.reading import chunks, load_by_ids
from tracker.store.schema import match_key, record, record_link

Pair = tuple[int, int]  # ids, the smaller first


def regroup(connection: Connection, touched: Sequence[int], *, now: datetime) -> None:
    """Link the records *touched* (new, changed or renamed) anew and bring the works they were or are part of up to date."""
    if not touched:
        return
    former = _members_of_works(connection, touched)
    records = {stored.id: stored.record for stored in load_by_ids(connection, touched)}
    _replace_keys(connection, records)
    _replace_links(connection, records, now=now)
    _group(connection, _connected(connection, {*touched, *former}))


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Remove records with their links, and regroup those they leave behind."""
    former = _members_of_works(connection, ids)
    writing.delete_records(connection, ids)
    _group(connection, _connected(connection, former - set(ids)))


def _members_of_works(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Ids of all records that share a work with one of *ids*, those included."""
    found: set[int] = set()
    for chunk in chunks(ids):
        names = select(record.c.work).where(record.c.id.in_(chunk))
        found |= set(connection.execute(select(record.c.id).where(record.c.work.in_(names))).scalars())
    return found


def _replace_keys(connection: Connection, records: Mapping[int, Record]) -> None:
    for chunk in chunks(records):
        connection.execute(delete(match_key).where(match_key.c.record_id.in_(chunk)))
    values = [{"match_key": key, "record_id": one} for one, found in records.items() for key in sorted(matching.match_keys(found))]
    if values:
        connection.execute(insert(match_key), values)


def _replace_links(connection: Connection, records: Mapping[int, Record], *, now: datetime) -> None:
    """Compare *records* with all that share a key with them. A link that is found again keeps its date."""
    pairs = _candidates(connection, records)
    others = sorted({one for pair in pairs for one in pair} - records.keys())
    known = dict(records) | {stored.id: stored.record for stored in load_by_ids(connection, others)}
    dates = _forget_links(connection, records)
    values = []
    for first, second in sorted(pairs):
        link = matching.compare(known[first], known[second])
        if link is not None:
            values.append(_link_row(first, second, link, dates.get((first, second, link.verdict.value, link.method), now)))
    if values:
        connection.execute(insert(record_link), values)


def _candidates(connection: Connection, records: Iterable[int]) -> set[Pair]:
    """Pairs of ids that share a key, at least one of *records* in each."""
    mine, theirs = match_key.alias("mine"), match_key.alias("theirs")
    joined = mine.join(theirs, (theirs.c.match_key == mine.c.match_key) & (theirs.c.record_id != mine.c.record_id))
    statement = select(mine.c.record_id, theirs.c.record_id).select_from(joined).distinct()
    pairs: set[Pair] = set()
    for chunk in chunks(records):
        pairs |= {(min(pair), max(pair)) for pair in connection.execute(statement.where(mine.c.record_id.in_(chunk)))}
    return pairs


def _forget_links(connection: Connection, records: Iterable[int]) -> dict[tuple[int, int, str, str], datetime]:
    """Remove the links of *records*; returns when each was made."""
    dates = {}
    for chunk in chunks(records):
        touching = record_link.c.first_id.in_(chunk) | record_link.c.second_id.in_(chunk)
        for row in connection.execute(select(record_link).where(touching)):
            dates[row.first_id, row.second_id, row.verdict, row.method] = row.linked_at
        connection.execute(delete(record_link).where(touching))
    return dates


def _link_row(first: int, second: int, link: Link, linked_at: datetime) -> dict[str, Any]:
    return {
        "first_id": first,
        "second_id": second,
        "verdict": link.verdict.value,
        "method": link.method,
        "score": link.score,
        "linked_at": linked_at,
    }


def _connected(connection: Connection, start: Iterable[int]) -> dict[int, set[int]]:
    """Every record that links lead to from *start*, with the ids it is linked to (``same`` only)."""
    linked: dict[int, set[int]] = {}
    frontier = set(start)
    while frontier:
        linked |= {one: set() for one in frontier}
        reached: dict[int, set[int]] = defaultdict(set)
        for chunk in chunks(frontier):
            for first, second in _same_links(connection, chunk):
                reached[first].add(second)
                reached[second].add(first)
        for one in frontier:
            linked[one] = reached[one]
        frontier = reached.keys() - linked.keys()
    return linked


def _same_links(connection: Connection, ids: list[int]) -> list[Pair]:
    ends = select(record_link.c.first_id, record_link.c.second_id).where(record_link.c.verdict == Verdict.SAME.value)
    found: set[Pair] = set()
    for end in (record_link.c.first_id, record_link.c.second_id):
        found |= {(first, second) for first, second in connection.execute(ends.where(end.in_(ids)))}
    return sorted(found)


def _group(connection: Connection, linked: Mapping[int, set[int]]) -> None:
    """Give the records in *linked* the work that their links make, where it is not theirs already."""
    present: dict[int, tuple[str, str]] = {}
    for chunk in chunks(linked):
        rows = connection.execute(select(record.c.id, record.c.key, record.c.work).where(record.c.id.in_(chunk)))
        present |= {one: (key, work) for one, key, work in rows}
    pairs = [(present[one][0], present[other][0]) for one, others in linked.items() for other in others if one < other]
    grouped = matching.group_works([key for key, _ in present.values()], pairs)
    changed = [{"target": one, "work": grouped[key]} for one, (key, work) in present.items() if grouped[key] != work]
    if changed:
        connection.execute(update(record).where(record.c.id == bindparam("target")), changed)
