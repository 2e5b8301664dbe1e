"""Works: what links make of records. The same records and links give the same works, in whatever order they come.

Links are taken strongest first: a person's word, then identifiers, then likeness of titles. A link is passed over where it would
join two records that a person called different, or, if only titles speak for it, where it would give a work a second article
or a second arXiv preprint: a survey written anew each year and a preprint split in two stay papers of their own.

The name of a work is the smallest key among its records, by code point: stable, whatever arrives first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum


class Strength(IntEnum):
    """What speaks for a link, strongest first."""

    PERSON = 0
    IDENTIFIER = 1
    LIKENESS = 2


@dataclass(frozen=True, slots=True)
class Tie:
    """Two records (by key) that are one paper, and what says so. ``score`` runs from 0 to 1."""

    first: str
    second: str
    strength: Strength
    score: float = 1.0


def group_works(slots: Mapping[str, str], ties: Iterable[Tie], apart: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """The work of each record. *slots* gives each key its place (``matching.slot``); *apart* are pairs a person called different.

    >>> group_works({"b": "", "c": "", "a": ""}, [Tie("b", "c", Strength.LIKENESS)])
    {'a': 'a', 'b': 'b', 'c': 'b'}
    >>> group_works({"a": "", "b": "", "c": ""}, [Tie("a", "b", Strength.LIKENESS), Tie("b", "c", Strength.LIKENESS)], [("a", "c")])
    {'a': 'a', 'b': 'a', 'c': 'c'}
    """
    works = _Works(slots, apart)
    for tie in sorted(ties, key=lambda one: (one.strength, -one.score, *sorted((one.first, one.second)))):
        works.join(tie)
    return {key: works.find(key) for key in sorted(slots)}


class _Works:
    """Disjoint sets of keys that know what may not come together."""

    def __init__(self, slots: Mapping[str, str], apart: Iterable[tuple[str, str]]) -> None:
        self._root = {key: key for key in slots}
        self._members = {key: {key} for key in slots}
        self._slots = slots
        self._apart: dict[str, set[str]] = {}
        for first, second in apart:
            self._apart.setdefault(first, set()).add(second)
            self._apart.setdefault(second, set()).add(first)

    def find(self, key: str) -> str:
        """The smallest key of the set that *key* is in."""
        while self._root[key] != key:
            self._root[key] = self._root[self._root[key]]
            key = self._root[key]
        return key

    def join(self, tie: Tie) -> None:
        """Make one set of two, if nothing speaks against it."""
        low, high = sorted((self.find(tie.first), self.find(tie.second)))
        if low == high or self._are_apart(low, high) or (tie.strength is Strength.LIKENESS and self._collide(low, high)):
            return
        self._root[high] = low
        self._members[low] |= self._members.pop(high)

    def _are_apart(self, low: str, high: str) -> bool:
        return any(not self._apart.get(key, set()).isdisjoint(self._members[high]) for key in self._members[low])

    def _collide(self, low: str, high: str) -> bool:
        """Whether the two sets hold different records for one place."""
        mine, theirs = ({self._slots[key] for key in self._members[root]} for root in (low, high))
        return any(one != other and _kind(one) == _kind(other) for one in mine if one for other in theirs if other)


def _kind(slot: str) -> str:
    return slot.split(" ", 1)[0]
