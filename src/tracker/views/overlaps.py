"""Which labels occur together: exact sets, as an UpSet figure shows them (Lex et al. 2014). Each paper is counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.domain.taxonomy import Label, Taxonomy
from tracker.views.frames import main_labels
from tracker.views.index import Selection

SHOWN_SETS = 15  # more bars say less; what is rarer is summed
CHOICES: Mapping[str, tuple[str, ...]] = {"application": ("application",), "risk": ("risk",), "both": ("application", "risk")}


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Papers with exactly these of the labels asked for; ``code`` has bit *i* set for the label at *i*."""

    labels: tuple[Label, ...]
    count: int
    code: int

    @property
    def id(self) -> str:
        """The set in a word, ``assessment+inaccuracy``."""
        return "+".join(label.id for label in self.labels)


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The most frequent sets first; ``rest`` papers are in ``rest_sets`` rarer ones, ``none`` carry none of ``labels``."""

    labels: tuple[Label, ...]
    sets: tuple[LabelSet, ...]
    rest: int
    rest_sets: int
    none: int

    @property
    def carrying(self) -> int:
        """Papers with at least one of the labels."""
        return sum(one.count for one in self.sets) + self.rest

    @property
    def joined(self) -> tuple[LabelSet, ...]:
        """The sets of two labels or more."""
        return tuple(one for one in self.sets if len(one.labels) > 1)


def set_labels(taxonomy: Taxonomy, choice: str) -> list[Label]:
    """The labels of one of ``CHOICES``: the founding paper's areas, its risks, or both."""
    return [label for facet in CHOICES[choice] for label in main_labels(taxonomy, facet, outside=False)]


def find_overlaps(selection: Selection, labels: Sequence[Label], *, limit: int = SHOWN_SETS) -> Overlaps:
    """Which of *labels* occur together in the papers of *selection*."""
    none, *counts = np.bincount(_codes(selection, labels)[selection.mask], minlength=1 << len(labels)).tolist()
    ranked = sorted(((code, count) for code, count in enumerate(counts, 1) if count), key=lambda item: (-item[1], item[0]))
    sets = tuple(LabelSet(_labels_of(code, labels), count, code) for code, count in ranked[:limit])
    return Overlaps(tuple(labels), sets, sum(count for _, count in ranked[limit:]), len(ranked[limit:]), none)


def papers_of(selection: Selection, labels: Sequence[Label], chosen: LabelSet) -> Selection:
    """The papers of one set. Its filters are those in force: the filter language cannot leave a label out."""
    return Selection(selection.index, selection.filters, selection.mask & (_codes(selection, labels) == chosen.code))


def _codes(selection: Selection, labels: Sequence[Label]) -> NDArray[np.int64]:
    codes = np.zeros(len(selection.rows), np.int64)
    for bit, label in enumerate(labels):
        codes[selection.with_label(label.key)] |= 1 << bit
    return codes


def _labels_of(code: int, labels: Sequence[Label]) -> tuple[Label, ...]:
    return tuple(label for bit, label in enumerate(labels) if code >> bit & 1)
