"""Keeps match keys and links in step with the records: compares only what is new, and only with what shares a key.

What is compared, and how two records are linked, is :mod:`tracker.domain.matching`'s business.

A key that more than :data:`BLOCK_LIMIT` records share says nothing and is passed over, so that no flood of records with one
title or one author makes a refresh quadratic. When a key crosses that limit, in either direction, all its records are
compared anew: which pairs are compared depends on what is stored, never on the order in which it came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, delete, func, select, update

from tracker.domain.matching import Profile, compare, is_identifier, match_keys, may_be_alike
from tracker.domain.record import Record
from tracker.store.many import among, insert_many
from tracker.store.profiles import NOTHING, load_profiles
from tracker.store.schema import match_key, match_title, record, record_link

BLOCK_LIMIT = 60  # records; among 34,000 real ones no key is shared by 50, and a pair shares several keys

Pair = tuple[int, int]  # ids, the smaller first
Profiles = dict[int, Profile]


def relink(connection: Connection, ids: Collection[int], *, now: datetime, at_hand: Mapping[int, Record] = NOTHING) -> set[int]:
    """Make keys and links of these records anew; returns the ids of all whose links may have changed, partners not included."""
    profiles = load_profiles(connection, ids, at_hand=at_hand)
    crowd = _save_keys(connection, {one: match_keys(found) for one, found in profiles.items()}) - profiles.keys()
    profiles |= load_profiles(connection, crowd)
    _save_derived(connection, profiles)
    pairs = _worth_comparing(connection, profiles, _candidates(connection, profiles.keys()))
    _replace_links(connection, profiles, pairs, now=now)
    return set(profiles)


def unlink(connection: Connection, ids: Collection[int]) -> set[int]:
    """Forget keys and links of records about to be removed; returns others whose blocks have become small enough to be compared."""
    crowd = _save_keys(connection, dict.fromkeys(ids, frozenset()))
    _forget_links(connection, ids)
    return crowd


def _save_keys(connection: Connection, keys: Mapping[int, frozenset[str]]) -> set[int]:
    """Replace the keys of records where they differ; returns the ids in blocks that crossed the limit by it."""
    formerly = _keys_of(connection, keys)
    differing = {one: found for one, found in keys.items() if found != formerly.get(one, frozenset())}
    gained = Counter(key for one, found in differing.items() for key in found - formerly.get(one, frozenset()))
    lost = Counter(key for one, found in differing.items() for key in formerly.get(one, frozenset()) - found)
    before = _sizes(connection, gained.keys() | lost.keys())
    connection.execute(delete(match_key).where(among(connection, match_key.c.record_id, differing.keys() & formerly.keys())))
    values = [{"match_key": key, "record_id": one} for one, found in differing.items() for key in sorted(found)]
    insert_many(connection, match_key, values)
    after = {key: before.get(key, 0) + gained[key] - lost[key] for key in gained.keys() | lost.keys()}
    return _members(connection, {key for key, size in after.items() if (before.get(key, 0) > BLOCK_LIMIT) != (size > BLOCK_LIMIT)})


def _keys_of(connection: Connection, ids: Iterable[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    mine = among(connection, match_key.c.record_id, ids)
    for key, one in connection.execute(select(match_key.c.match_key, match_key.c.record_id).where(mine)):
        found.setdefault(one, set()).add(key)
    return {one: frozenset(keys) for one, keys in found.items()}


def _sizes(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """How many records share each of *keys*; absent keys are absent."""
    counted = select(match_key.c.match_key, func.count()).group_by(match_key.c.match_key)
    return dict(connection.execute(counted.where(among(connection, match_key.c.match_key, keys))).all())


def _members(connection: Connection, keys: Iterable[str]) -> set[int]:
    return set(connection.execute(select(match_key.c.record_id).where(among(connection, match_key.c.match_key, keys))).scalars())


def _save_derived(connection: Connection, profiles: Profiles) -> None:
    """Keep beside each record what grouping (its slot) and dismissing (its title's words) read, where they differ."""
    slots = _read(connection, select(record.c.id, record.c.slot), record.c.id, profiles)
    titles = _read(connection, select(match_title.c.record_id, match_title.c.words), match_title.c.record_id, profiles)
    changed = [{"target": one, "slot": found.slot} for one, found in profiles.items() if found.slot != slots[one]]
    if changed:
        connection.execute(update(record).where(record.c.id == bindparam("target")), changed)
    renewed = {one: found.title.text for one, found in profiles.items() if found.title.text != titles.get(one)}
    connection.execute(delete(match_title).where(among(connection, match_title.c.record_id, renewed.keys() & titles.keys())))
    insert_many(connection, match_title, [{"record_id": one, "words": words} for one, words in renewed.items()])


def _read(connection: Connection, statement: Select[Any], key: Column[int], ids: Iterable[int]) -> dict[int, str]:
    return dict(connection.execute(statement.where(among(connection, key, ids))).all())


def _candidates(connection: Connection, ids: Collection[int]) -> dict[Pair, bool]:
    """Pairs that share a key which is not too common, at least one of *ids* in each, and whether an identifier is among the keys."""
    telling = select(match_key.c.match_key).group_by(match_key.c.match_key).having(func.count().between(2, BLOCK_LIMIT))
    mine = select(match_key.c.match_key).where(among(connection, match_key.c.record_id, ids))
    shared = match_key.c.match_key.in_(telling.where(match_key.c.match_key.in_(mine)))
    blocks: dict[str, set[int]] = {}
    for key, one in connection.execute(select(match_key.c.match_key, match_key.c.record_id).where(shared)):
        blocks.setdefault(key, set()).add(one)
    pairs: dict[Pair, bool] = {}
    for key, block in blocks.items():
        by_identifier = is_identifier(key)
        for pair in combinations(sorted(block), 2):
            if pair[0] in ids or pair[1] in ids:
                pairs[pair] = by_identifier or pairs.get(pair, False)
    return pairs


def _worth_comparing(connection: Connection, profiles: Profiles, pairs: Mapping[Pair, bool]) -> list[Pair]:
    """Those of *pairs* that share an identifier or whose titles may be alike; nineteen of twenty are dismissed here."""
    partners = {one for pair, by_identifier in pairs.items() if not by_identifier for one in pair} - profiles.keys()
    titles = {one: found.title.text for one, found in profiles.items()}
    titles |= _read(connection, select(match_title.c.record_id, match_title.c.words), match_title.c.record_id, partners)
    return sorted(
        (first, second)
        for (first, second), by_identifier in pairs.items()
        if by_identifier or first not in titles or second not in titles or may_be_alike(titles[first], titles[second])
    )


def _replace_links(connection: Connection, profiles: Profiles, pairs: Sequence[Pair], *, now: datetime) -> None:
    """Compare *pairs* and write their links; links of *profiles* not found again are gone, those found again keep their date."""
    known = profiles | load_profiles(connection, {one for pair in pairs for one in pair} - profiles.keys())
    dates = _forget_links(connection, profiles)
    values = []
    for first, second in pairs:
        link = compare(known[first], known[second])
        if link is not None:
            found = {"first_id": first, "second_id": second, "verdict": link.verdict.value, "method": link.method, "score": link.score}
            values.append(found | {"linked_at": dates.get((first, second, link.verdict.value, link.method), now)})
    insert_many(connection, record_link, values)


def _forget_links(connection: Connection, ids: Iterable[int]) -> dict[tuple[int, int, str, str], datetime]:
    """Remove the links of these records; returns when each was made."""
    touching = among(connection, record_link.c.first_id, ids) | among(connection, record_link.c.second_id, ids)
    found = connection.execute(select(record_link).where(touching)).all()
    connection.execute(delete(record_link).where(touching))
    return {(row.first_id, row.second_id, row.verdict, row.method): row.linked_at for row in found}
