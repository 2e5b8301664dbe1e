"""What differs between two descriptions of one paper: fields, words of a text, labels. Pure.

Only what a reader sees is compared: title, abstract, authors, venue, journal reference, DOI, version and status. Index terms and
dates of revision change often and say little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from tracker.domain.record import Record

FIELDS = ("title", "abstract", "authors", "venue", "journal_ref", "doi", "version", "status")

_MOST_WORDS = 2_000  # of a text compared word by word; an abstract has some 300

Labels = Mapping[str, Mapping[str, int]]  # facet → label → strength


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, as text; ``None`` = not given. Authors are joined by ``; ``."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Relabel:
    """One label (``facet:label``) whose strength differs: 0 absent, 1 named, 2 studied."""

    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of two texts laid over each other, with one space between words.

    All but the added pieces are the words of the old text, all but the removed those of the new, in order.
    """

    kind: Literal["same", "removed", "added"]
    text: str


def find_differences(said: Mapping[str, Any], after: Record | Mapping[str, Any]) -> tuple[Difference, ...]:
    """Where *after* (the record, or what was said of it later) differs from what was *said* before, in the order of :data:`FIELDS`.

    What one of them does not hold is passed over.
    """
    later = after if isinstance(after, Mapping) else {name: getattr(after, name) for name in FIELDS}
    pairs = ((name, _text(said[name]), _text(later[name])) for name in FIELDS if name in said and name in later)
    return tuple(Difference(name, before, after) for name, before, after in pairs if before != after)


def find_relabels(before: Labels, after: Labels) -> tuple[Relabel, ...]:
    """The labels whose presence or strength differs, in the order of *after*, then of *before*.

    >>> find_relabels({"risk": {"opacity": 1}}, {"risk": {"inaccuracy": 2}})
    (Relabel(label='risk:inaccuracy', before=0, after=2), Relabel(label='risk:opacity', before=1, after=0))
    """
    old, new = flat_labels(before), flat_labels(after)
    both = ((name, old.get(name, 0), new.get(name, 0)) for name in {**new, **old})
    return tuple(Relabel(*one) for one in both if one[1] != one[2])


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts laid over each other, word by word, white space aside; very long ones as a whole.

    >>> [(piece.kind, piece.text) for piece in compare_words("a small test", "a larger test")]
    [('same', 'a'), ('removed', 'small'), ('added', 'larger'), ('same', 'test')]
    """
    old, new = before.split(), after.split()
    if old != new and max(len(old), len(new)) > _MOST_WORDS:
        pieces = [Piece("removed", " ".join(old)), Piece("added", " ".join(new))]
    else:
        pieces = list(_pieces(old, new))
    return tuple(piece for piece in pieces if piece.text)


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield Piece("same", " ".join(new[new_start:new_end]))
        else:
            yield Piece("removed", " ".join(old[old_start:old_end]))
            yield Piece("added", " ".join(new[new_start:new_end]))


def _text(value: object) -> str | None:
    """The value as a reader sees it; nothing and an empty text are the same."""
    if isinstance(value, list | tuple):
        value = "; ".join(value)
    return str(value) if value not in (None, "") else None


def flat_labels(labels: Labels) -> dict[str, int]:
    """``facet:label`` → strength."""
    return {f"{facet}:{label}": strength for facet, found in labels.items() for label, strength in found.items()}
