"""Keeps works in step with links: regroups only what a change touches.

How links make works is :mod:`tracker.domain.grouping`'s business; this module finds the records that belong together and writes
the names of their works.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from tracker.domain.grouping import Strength, Tie, group_works
from tracker.domain.links import PersonLink
from tracker.domain.matching import Verdict
from tracker.domain.record import Record
from tracker.store import links, writing
from tracker.store.base import StoredLink
from tracker.store.many import among, insert_many
from tracker.store.profiles import NOTHING
from tracker.store.reading import chunks, find_ids
from tracker.store.schema import person_link, record, record_link

BATCH = 1000  # records compared at a time: bounds the memory of a regrouping of everything
_FIRST, _SECOND = record.alias("first"), record.alias("second")


def regroup(connection: Connection, touched: Sequence[int], *, now: datetime, at_hand: Mapping[int, Record] = NOTHING) -> int:
    """Link the records *touched* (new, changed or renamed) anew and bring the works they were or are part of up to date.

    *at_hand* are those of them that were written just now. Returns how many records are in another work than before.
    """
    moved = 0
    for batch in chunks(touched, BATCH):
        former = _members_of_works(connection, batch)
        relinked = links.relink(connection, batch, now=now, at_hand=at_hand)
        former |= _members_of_works(connection, relinked - set(batch))
        moved += _group(connection, relinked | former)
    return moved


def remove(connection: Connection, ids: Collection[int], *, now: datetime) -> None:
    """Remove records with their links, and regroup those they leave behind."""
    former = _members_of_works(connection, ids) - set(ids)
    released = links.unlink(connection, ids) - set(ids)
    writing.delete_records(connection, list(ids))
    _group(connection, former)
    regroup(connection, sorted(released), now=now)


def save_person_links(connection: Connection, said: Sequence[PersonLink], *, now: datetime) -> int:
    """Replace all that people said of pairs of records, and regroup what that concerns; returns how many pairs differ."""
    stored = {(row.first_key, row.second_key): row for row in connection.execute(select(person_link))}
    before = {pair: (row.verdict, row.note) for pair, row in stored.items()}
    names = _present_names(connection, {key for one in said for key in one.pair})
    pairs = [tuple(sorted(names.get(key, key) for key in one.pair)) for one in said]
    after = {(pair[0], pair[1]): (one.verdict.value, one.note) for pair, one in zip(pairs, said, strict=True)}
    differing = {pair for pair in before.keys() | after.keys() if before.get(pair) != after.get(pair)}
    values = [
        {"first_key": pair[0], "second_key": pair[1], "verdict": verdict, "note": note}
        | {"linked_at": stored[pair].linked_at if pair in stored and pair not in differing else now}
        for pair, (verdict, note) in sorted(after.items())
    ]
    former = _members_of_works(connection, find_ids(connection, sorted({key for pair in differing for key in pair})).values())
    connection.execute(delete(person_link))
    insert_many(connection, person_link, values)
    _group(connection, former)
    return len(differing)


def rename_in_links(connection: Connection, old: str, new: str) -> None:
    """Let what people said of a record follow it to its new key."""
    for row in connection.execute(select(person_link).where((person_link.c.first_key == old) | (person_link.c.second_key == old))).all():
        first, second = sorted(new if key == old else key for key in (row.first_key, row.second_key))
        here = (person_link.c.first_key == row.first_key) & (person_link.c.second_key == row.second_key)
        connection.execute(update(person_link).where(here).values(first_key=first, second_key=second))


def _present_names(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """The key that a record known to people by its DOI (``doi:…``) has by now, where it has another."""
    dois = {key.removeprefix("doi:"): key for key in keys if key.startswith("doi:")}
    named = select(record.c.doi, record.c.key).where(among(connection, record.c.doi, dois), record.c.pmid.is_not(None))
    return {dois[doi]: key for doi, key in connection.execute(named.order_by(record.c.key.desc()))}


def load_links(connection: Connection, work: str) -> list[StoredLink]:
    """See ``Store.load_links``."""
    found = select(_FIRST.c.key, _SECOND.c.key, record_link.c.verdict, record_link.c.method, record_link.c.score, record_link.c.linked_at)
    found = found.join_from(record_link, _FIRST, _FIRST.c.id == record_link.c.first_id)
    found = found.join(_SECOND, _SECOND.c.id == record_link.c.second_id).where((_FIRST.c.work == work) | (_SECOND.c.work == work))
    made = [
        StoredLink(min(one, other), max(one, other), Verdict(verdict), method, score, linked_at)
        for one, other, verdict, method, score, linked_at in connection.execute(found)
    ]
    keys = select(record.c.key).where(record.c.work == work)
    touching = select(person_link).where(person_link.c.first_key.in_(keys) | person_link.c.second_key.in_(keys))
    said = [
        StoredLink(row.first_key, row.second_key, Verdict(row.verdict), "person", 1.0, row.linked_at, row.note)
        for row in connection.execute(touching)
    ]
    return sorted([*made, *said], key=lambda one: (one.method != "person", -one.score, one.first, one.second))


def _members_of_works(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Ids of all records that share a work with one of *ids*, those included."""
    names = select(record.c.work).where(among(connection, record.c.id, ids))
    return set(connection.execute(select(record.c.id).where(record.c.work.in_(names))).scalars())


def find_misplaced(connection: Connection, start: Collection[int]) -> dict[int, tuple[str, str]]:
    """Of the records that links lead to from *start*: id → key and right work of those that stand in another."""
    ties = _ties(connection, start)
    ids = {*start, *(one for pair in ties for one in pair)}
    places = select(record.c.id, record.c.key, record.c.slot, record.c.work).where(among(connection, record.c.id, ids))
    present = {one: (key, slot, work) for one, key, slot, work in connection.execute(places)}
    named = [Tie(present[first][0], present[second][0], *weight) for (first, second), weight in ties.items()]
    slots = {key: slot for key, slot, _ in present.values()}
    grouped = group_works(slots, named, _apart(connection, slots))
    return {one: (key, grouped[key]) for one, (key, _, work) in present.items() if grouped[key] != work}


def _group(connection: Connection, start: Collection[int]) -> int:
    """Give all records that links lead to from *start* the works that those links make; returns how many moved."""
    moved = [{"target": one, "work": work} for one, (_, work) in find_misplaced(connection, start).items()]
    if moved:
        connection.execute(update(record).where(record.c.id == bindparam("target")), moved)
    return len(moved)


def _ties(connection: Connection, start: Iterable[int]) -> dict[links.Pair, tuple[Strength, float]]:
    """Every tie between records that ties lead to from *start*."""
    ties: dict[links.Pair, tuple[Strength, float]] = {}
    seen: set[int] = set()
    frontier = set(start)
    while frontier:
        seen |= frontier
        ties = _strongest(_made_ties(connection, frontier), _strongest(_person_ties(connection, frontier), ties))
        frontier = {one for pair in ties for one in pair} - seen
    return ties


def _strongest(
    found: Mapping[links.Pair, tuple[Strength, float]], known: dict[links.Pair, tuple[Strength, float]]
) -> dict[links.Pair, tuple[Strength, float]]:
    """*known* with *found* added where nothing as strong is known of a pair."""
    return known | {pair: weight for pair, weight in found.items() if pair not in known or weight[0] < known[pair][0]}


def _made_ties(connection: Connection, ids: Collection[int]) -> dict[links.Pair, tuple[Strength, float]]:
    ends = select(record_link.c.first_id, record_link.c.second_id, record_link.c.method, record_link.c.score)
    ends = ends.where(record_link.c.verdict == Verdict.SAME.value)
    found = {}
    for end in (record_link.c.first_id, record_link.c.second_id):
        for first, second, method, score in connection.execute(ends.where(among(connection, end, ids))):
            found[first, second] = (Strength.LIKENESS if method.startswith("title") else Strength.IDENTIFIER, score)
    return found


def _person_ties(connection: Connection, ids: Collection[int]) -> dict[links.Pair, tuple[Strength, float]]:
    ends = select(_FIRST.c.id, _SECOND.c.id).join_from(person_link, _FIRST, _FIRST.c.key == person_link.c.first_key)
    ends = ends.join(_SECOND, _SECOND.c.key == person_link.c.second_key).where(person_link.c.verdict == Verdict.SAME.value)
    found = {}
    for end in (_FIRST.c.id, _SECOND.c.id):
        for first, second in connection.execute(ends.where(among(connection, end, ids))):
            found[min(first, second), max(first, second)] = (Strength.PERSON, 1.0)
    return found


def _apart(connection: Connection, keys: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs among *keys* that a person called different."""
    apart = select(person_link).where(person_link.c.verdict != Verdict.SAME.value, among(connection, person_link.c.first_key, keys))
    return [(row.first_key, row.second_key) for row in connection.execute(apart)]
