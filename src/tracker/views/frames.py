"""The numbers pages show of a selection, each small and documented; charts and sentences are made from them.

Counts are of works or records, whichever the selection counts. A paper may carry several labels of a facet: shares are "% of papers
with the label" and may add up to more than 100 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tracker.domain.taxonomy import Label, Taxonomy
from tracker.views.bits import count_bits
from tracker.views.index import Selection
from tracker.views.periods import count_periods
from tracker.views.statistics import Share

TRIAL = "study:trial"
_MONTHS_BEFORE = 3  # that the last full month is compared with


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many papers carry one label, of how many."""

    label: Label
    share: Share


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The labels of one facet in taxonomy order; ``without`` papers carry none of the facet's labels."""

    labels: tuple[LabelCount, ...]
    without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The four numbers at the top. ``month`` is the first day of the last full month, ``None`` if no paper is dated to the month.

    ``month_before`` is the mean of the three months before it; ``None`` if they are not all within the data.
    """

    total: int
    in_journals: Share
    month: date | None
    month_count: int
    month_before: float | None
    any_risk: Share
    trials: Share


def main_labels(taxonomy: Taxonomy, facet: str, *, outside: bool = True) -> list[Label]:
    """The labels of the first level in taxonomy order; *outside* with those that are not among the founding paper's three areas."""
    labels = taxonomy.facets[facet].labels.values()
    return [label for label in labels if label.level == 1 and (outside or not label.outside_paper_three)]


def count_labels(selection: Selection, labels: Sequence[Label]) -> FacetCounts:
    """How many of *selection* carry each of *labels* (of one facet), and how many none of them."""
    counts = [LabelCount(label, Share(selection.label_count(label.key), selection.count)) for label in labels]
    return FacetCounts(tuple(counts), selection.count - _carrying(selection, labels))


def find_cards(selection: Selection, taxonomy: Taxonomy, *, as_of: date) -> Cards:
    """The metric cards. *as_of* is the day the data speak of; the month that holds it is not full."""
    months = count_periods(selection, as_of=as_of)
    whole = months.totals[: months.complete]
    before = whole[-_MONTHS_BEFORE - 1 : -1]
    in_journals = int(np.count_nonzero(selection.mask & ~selection.rows.is_preprint))
    return Cards(
        total=selection.count,
        in_journals=Share(in_journals, selection.count),
        month=months.starts[months.complete - 1] if whole else None,
        month_count=whole[-1] if whole else 0,
        month_before=sum(before) / _MONTHS_BEFORE if len(before) == _MONTHS_BEFORE else None,
        any_risk=Share(_carrying(selection, list(taxonomy.facets["risk"].labels.values())), selection.count),
        trials=Share(selection.label_count(TRIAL), selection.count),
    )


def _carrying(selection: Selection, labels: Sequence[Label]) -> int:
    return count_bits(selection.any_bits(label.key for label in labels) & selection.bits)
