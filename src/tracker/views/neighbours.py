"""Works that are most like one work, by our own labels and by the words of their titles; no service is asked.

Two measures from 0 to 1, averaged. *Labels*: the cosine of the two sets, each label weighted by how rare it is (its inverse document
frequency, Spärck Jones 1972), so that a shared rare risk says more than a shared main area. *Words*: the shared part of the titles'
words (Dice), without those that nearly every title of this field has. Only the works nearest by labels are compared by words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.domain.search import split_words
from tracker.store.base import Store
from tracker.views.index import Index
from tracker.views.rows import WORKS, Positions, Rows

LEAST_SCORE = 0.2  # below it two works have little more in common than the field
_CANDIDATES = 60  # nearest by labels, whose titles are read
_SHORTEST_WORD = 4  # letters; shorter ones join sentences
_COMMON = frozenset(
    ("large", "language", "model", "models", "llms", "mental", "health", "using", "study", "based", "toward", "towards", "with", "from",
     "that", "this", "into", "their", "approach", "artificial", "intelligence", "generative", "chatgpt", "about", "across", "among",
     "between", "beyond", "does", "more", "over", "than", "through", "under", "versus", "what", "when", "where", "which", "within",
     "without")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A work like the one asked about: its key, its best record's store id, how like it is (0 to 1), and the labels they share.

    ``shared`` is ordered by how rare the labels are, the rarest first; ``words`` are the telling words of both titles, in the order
    of the alphabet.
    """

    key: str
    id: int
    score: float
    shared: tuple[str, ...]
    words: tuple[str, ...] = ()


def find_neighbours(index: Index, store: Store, work: str, *, limit: int = 5) -> list[Neighbour]:
    """The works in scope most like *work* (its key), nearest first, equal ones by key; empty if there is none or nothing is like it."""
    rows = index.rows(WORKS)
    found = np.flatnonzero(rows.keys == work)
    if not len(found):
        return []
    row = int(found[0])
    own = sorted(
        (label for label, carrying in rows.labels.items() if _holds(carrying, row)), key=lambda label: (-rows.rarity[label], label)
    )
    likeness = _likeness(rows, row, own)
    nearest = np.argsort(-likeness, kind="stable")[:_CANDIDATES]
    nearest = nearest[likeness[nearest] > 0]
    words = _title_words(store, index.columns.ids[rows.best[np.append(nearest, row)]])
    asked = words.get(int(index.columns.ids[rows.best[row]]), frozenset())
    neighbours = []
    for one in nearest:
        record_id = int(index.columns.ids[rows.best[one]])
        own_words = words.get(record_id, frozenset())
        score = (float(likeness[one]) + _dice(asked, own_words)) / 2
        shared = tuple(label for label in own if _holds(rows.labels[label], int(one)))
        neighbours.append(Neighbour(str(rows.keys[one]), record_id, score, shared, tuple(sorted(asked & own_words))))
    like = [neighbour for neighbour in neighbours if neighbour.score >= LEAST_SCORE]
    return sorted(like, key=lambda neighbour: (-neighbour.score, neighbour.key))[:limit]


def _likeness(rows: Rows, row: int, own: list[str]) -> NDArray[np.float64]:
    """For every row the cosine of its labels with those of *row*; 0 out of scope and for *row* itself."""
    product = np.zeros(len(rows))
    for label in own:
        product[rows.labels[label]] += rows.rarity[label] ** 2
    lengths = rows.label_lengths * rows.label_lengths[row]
    cosine = np.divide(product, lengths, out=np.zeros(len(rows)), where=lengths > 0)
    cosine[row] = 0
    return np.where(rows.in_scope, cosine, 0)


def _holds(carrying: Positions, row: int) -> bool:
    place = int(np.searchsorted(carrying, row))
    return place < len(carrying) and int(carrying[place]) == row


def _title_words(store: Store, ids: NDArray[np.int64]) -> dict[int, frozenset[str]]:
    """The telling words of the titles, by record id."""
    records = store.load_records(ids.tolist(), with_text=False)
    return {stored.id: frozenset(_telling(stored.record.title)) for stored in records}


def _telling(title: str) -> list[str]:
    words = (word.casefold() for word in split_words(title))
    return [word for word in words if len(word) >= _SHORTEST_WORD and word not in _COMMON]


def _dice(first: frozenset[str], second: frozenset[str]) -> float:
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0
