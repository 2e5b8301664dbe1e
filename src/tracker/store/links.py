"""Keeps match keys and links in step with the records: compares only what is new, and only with what shares a key.

What is compared, and how two records are linked, is :mod:`tracker.domain.matching`'s business.

A key that more than :data:`BLOCK_LIMIT` records share says nothing and is passed over, so that no flood of records with one
title or one author makes a refresh quadratic. When a key crosses that limit, in either direction, all its records are
compared anew: which pairs are compared depends on what is stored, never on the order in which it came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import combinations

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from tracker.domain.matching import Profile, compare, match_keys, profile
from tracker.store.reading import chunks, load_by_ids
from tracker.store.schema import match_key, record, record_link

BLOCK_LIMIT = 200  # records; the commonest author and word of 100,000 real records stay far below

Pair = tuple[int, int]  # ids, the smaller first
Profiles = dict[int, Profile]


def relink(connection: Connection, ids: Collection[int], *, now: datetime) -> set[int]:
    """Make keys and links of these records anew; returns the ids of all whose links may have changed, partners not included."""
    profiles = _load_profiles(connection, ids)
    formerly = _keys_of(connection, ids)
    keys = {one: match_keys(found) for one, found in profiles.items()}
    involved = set().union(*formerly.values(), *keys.values())
    before = _sizes(connection, involved)
    _replace_keys(connection, keys)
    _save_slots(connection, profiles)
    after = _sizes(connection, involved)
    crowd = _members(connection, _crossing(before, after)) - profiles.keys()
    if crowd:
        profiles |= _load_profiles(connection, crowd)
        keys |= _keys_of(connection, crowd)
        after |= _sizes(connection, set().union(*(keys[one] for one in crowd)))
    _replace_links(connection, profiles, _candidates(connection, keys, after), now=now)
    return set(profiles)


def unlink(connection: Connection, ids: Collection[int]) -> set[int]:
    """Forget keys and links of records about to be removed; returns others whose blocks have become small enough to be compared."""
    involved = set().union(*_keys_of(connection, ids).values())
    before = _sizes(connection, involved)
    _replace_keys(connection, dict.fromkeys(ids, frozenset()))
    _forget_links(connection, ids)
    return _members(connection, _crossing(before, _sizes(connection, involved)))


def _load_profiles(connection: Connection, ids: Iterable[int]) -> Profiles:
    return {stored.id: profile(stored.record) for stored in load_by_ids(connection, sorted(ids), with_text=False)}


def _keys_of(connection: Connection, ids: Iterable[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for chunk in chunks(ids):
        for key, one in connection.execute(select(match_key.c.match_key, match_key.c.record_id).where(match_key.c.record_id.in_(chunk))):
            found.setdefault(one, set()).add(key)
    return {one: frozenset(keys) for one, keys in found.items()}


def _sizes(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """How many records share each of *keys*; absent keys are absent."""
    found: dict[str, int] = {}
    counted = select(match_key.c.match_key, func.count()).group_by(match_key.c.match_key)
    for chunk in chunks(keys):
        found |= dict(connection.execute(counted.where(match_key.c.match_key.in_(chunk))).all())
    return found


def _crossing(before: Mapping[str, int], after: Mapping[str, int]) -> set[str]:
    """Keys that have come to be, or ceased to be, too common to say anything."""
    return {key for key in before.keys() | after.keys() if (before.get(key, 0) > BLOCK_LIMIT) != (after.get(key, 0) > BLOCK_LIMIT)}


def _members(connection: Connection, keys: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(keys):
        found |= set(connection.execute(select(match_key.c.record_id).where(match_key.c.match_key.in_(chunk))).scalars())
    return found


def _replace_keys(connection: Connection, keys: Mapping[int, frozenset[str]]) -> None:
    for chunk in chunks(keys):
        connection.execute(delete(match_key).where(match_key.c.record_id.in_(chunk)))
    values = [{"match_key": key, "record_id": one} for one, found in keys.items() for key in sorted(found)]
    if values:
        connection.execute(insert(match_key), values)


def _save_slots(connection: Connection, profiles: Profiles) -> None:
    """Keep each record's place in its work beside it, where grouping reads it."""
    slots = [{"target": one, "slot": found.slot} for one, found in profiles.items()]
    if slots:
        connection.execute(update(record).where(record.c.id == bindparam("target")), slots)


def _candidates(connection: Connection, keys: Mapping[int, frozenset[str]], sizes: Mapping[str, int]) -> set[Pair]:
    """Pairs of ids that share a key which is not too common, at least one of *keys* in each."""
    telling = sorted(key for key in set().union(*keys.values()) if 2 <= sizes.get(key, 0) <= BLOCK_LIMIT)
    blocks: dict[str, list[int]] = {}
    for chunk in chunks(telling):
        for key, one in connection.execute(select(match_key.c.match_key, match_key.c.record_id).where(match_key.c.match_key.in_(chunk))):
            blocks.setdefault(key, []).append(one)
    return {(min(pair), max(pair)) for block in blocks.values() for pair in combinations(block, 2) if pair[0] in keys or pair[1] in keys}


def _replace_links(connection: Connection, profiles: Profiles, pairs: Collection[Pair], *, now: datetime) -> None:
    """Compare *pairs* and write their links; links of *profiles* not found again are gone, those found again keep their date."""
    known = profiles | _load_profiles(connection, {one for pair in pairs for one in pair} - profiles.keys())
    dates = _forget_links(connection, profiles)
    values = []
    for first, second in sorted(pairs):
        link = compare(known[first], known[second])
        if link is not None:
            found = {"first_id": first, "second_id": second, "verdict": link.verdict.value, "method": link.method, "score": link.score}
            values.append(found | {"linked_at": dates.get((first, second, link.verdict.value, link.method), now)})
    if values:
        connection.execute(insert(record_link), values)


def _forget_links(connection: Connection, ids: Iterable[int]) -> dict[tuple[int, int, str, str], datetime]:
    """Remove the links of these records; returns when each was made."""
    dates = {}
    for chunk in chunks(ids):
        touching = record_link.c.first_id.in_(chunk) | record_link.c.second_id.in_(chunk)
        for row in connection.execute(select(record_link).where(touching)):
            dates[row.first_id, row.second_id, row.verdict, row.method] = row.linked_at
        connection.execute(delete(record_link).where(touching))
    return dates
