"""Author names of two sources, compared: arXiv writes "June M. Liu", PubMed "Liu JM", and both write accents as they like."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.domain.folding import fold

MOST = 500  # authors read of one record
LONGEST = 200  # code points read of one name
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "md", "phd", "msc", "et", "al"}
_GROUP = re.compile(
    r"\b(?:consortium|group|collaborat|network|team|investigators|committee|society|association|initiative|task force|on behalf)",
    re.IGNORECASE,
)  # yes: The MentalHealth Consortium   no: Ada Groupin
_INITIALS = re.compile(r"[A-Z](?:[-.\s]{0,2}[A-Z]){0,2}\.?")  # yes: JM, J.-M., J. M.   no: Wei


_NO_LETTER = re.compile("[^a-z]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A person: folded family name and first initial (empty if not given); ``parts`` are all words, for names in other orders."""

    family: str
    initial: str
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two author lists agree. ``share`` is of the shorter list, 0 to 1; ``None`` of them is known where one list is empty."""

    count: int
    share: float
    at_an_end: bool  # the first authors agree, or the last ones


def read_names(authors: Sequence[str]) -> tuple[Name, ...]:
    """The persons among *authors*, in order; groups and what is no name are left out. Reads no more than the limits above."""
    return tuple(name for name in (_read_name(author[:LONGEST]) for author in authors[:MOST]) if name is not None)


def read_ends(authors: Sequence[str]) -> tuple[Name, ...]:
    """The first and the last of :func:`read_names`, for the price of two; empty where there is none, twice the same where one is all."""
    there = authors[:MOST]
    first = next((name for author in there if (name := _read_name(author[:LONGEST]))), None)
    last = next((name for author in reversed(there) if (name := _read_name(author[:LONGEST]))), None)
    return (first, last) if first and last else ()


@lru_cache(maxsize=20_000)  # authors write more than one paper; an entry takes 600 bytes
def _read_name(text: str) -> Name | None:
    if _GROUP.search(text):
        return None
    if "," in text:
        family, _, given = text.partition(",")
        text = f"{given} {family}"
    words = text.split()
    while len(words) > 2 and words[-1].strip(".").casefold() in _SUFFIXES:
        words.pop()
    # "Liu JM": initials at the end, and something longer before them
    if len(words) > 1 and _INITIALS.fullmatch(words[-1]) and not _INITIALS.fullmatch(words[0]):
        words = [words[-1], *words[:-1]]
    parts = [part for part in (_NO_LETTER.sub("", word) for word in fold(" ".join(words)).split()) if part]
    if not parts:
        return None
    return Name(parts[-1], parts[0][0] if len(parts) > 1 else "", frozenset(parts))


def is_same_person(first: Name, second: Name) -> bool:
    """Whether two names can be one person: same family name and no contradicting initial, or the same words in another order.

    >>> one, other, third = read_names(["June M. Liu", "Liu JM", "Liu K"])
    >>> is_same_person(one, other), is_same_person(one, third)
    (True, False)
    """
    if first.family == second.family:
        return not (first.initial and second.initial) or first.initial == second.initial
    return len(first.parts) > 1 and first.parts == second.parts


def find_agreement(first: Sequence[Name], second: Sequence[Name]) -> Agreement | None:
    """How far two author lists agree; ``None`` where one of them is empty, so that nothing can be said."""
    if not first or not second:
        return None
    shorter, longer = sorted((first, second), key=len)
    by_part: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(longer):
        for part in name.parts:
            by_part[part].append(place)
    taken: set[int] = set()
    for name in shorter:
        found = next((place for place in by_part[name.family] if place not in taken and is_same_person(name, longer[place])), None)
        if found is not None:
            taken.add(found)
    at_an_end = is_same_person(first[0], second[0]) or is_same_person(first[-1], second[-1])
    return Agreement(len(taken), len(taken) / len(shorter), at_an_end)
