"""How late papers come: days from a paper's date to the day the tracker first had it, as this database measured it itself.

What was there when the tracker began says nothing of lateness: only papers count that are dated to the day, are dated after the
source's first harvest here, and have been watched for ``WATCHED`` days since their date. A paper that is later still is not in the
measure yet, so the slowest are a little underrated. Under ``TOO_FEW`` such papers there is no number, and the screen says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tracker.store.base import NO_DAY, HarvestState, IndexColumns
from tracker.views.index import day_number
from tracker.views.notices import SOURCE_NAMES
from tracker.views.statistics import TOO_FEW
from tracker.views.wording import count_in_words

WATCHED = 30  # days
_TO_THE_DAY = 3  # the index's precision of a date known to the day
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Lag:
    """Lateness of one source's records in days: half came within ``half``, nine of ten within ``most``; ``None`` if ``n`` are too few.

    A journal that dates ahead is early: its days are counted as 0.
    """

    source: str
    n: int
    half: int | None
    most: int | None


def measure_lags(columns: IndexColumns, states: Mapping[str, HarvestState], sources: Sequence[str]) -> list[Lag]:
    """The lag of each of *sources*, in that order."""
    return [_measure(columns, states.get(source), source) for source in sources]


def in_words(lags: Sequence[Lag], *, is_sample: bool) -> str:
    """What the measure says, source by source, or why it cannot be made."""
    if is_sample and not any(lag.n for lag in lags):
        return "Indexing lag: not measurable on this sample, which was loaded at once and knows dates to the month at best."
    return f"Indexing lag, measured here: {'; '.join(_said(lag) for lag in lags)}."


def _said(lag: Lag) -> str:
    name = SOURCE_NAMES.get(lag.source, lag.source)
    if lag.half is None:
        watched = f"{lag.n} of the {TOO_FEW} papers it takes, dated to the day and watched for {WATCHED} days"
        return f"{name}, not measurable yet ({watched})"
    return f"{name}, half within {_days(lag.half)} of their date, nine of ten within {_days(lag.most or 0)} (n = {lag.n:,})"


def _days(count: int) -> str:
    return "a day" if count <= 1 else count_in_words(count, "day")


def _measure(columns: IndexColumns, state: HarvestState | None, source: str) -> Lag:
    late = _late(columns, state.last_success_at.date() if state and state.last_success_at else None, source)
    if len(late) < TOO_FEW:
        return Lag(source, len(late), None, None)
    half, most = (int(np.quantile(late, part, method="inverted_cdf")) for part in (0.5, 0.9))
    return Lag(source, len(late), half, most)


def _late(columns: IndexColumns, until: date | None, source: str) -> NDArray[np.int64]:
    """Days of lateness of every record that can be measured."""
    if until is None or source not in columns.sources:
        return np.zeros(0, np.int64)
    own = (columns.source == columns.sources.index(source)) & ~columns.from_snapshot & (columns.published_first != NO_DAY)
    if not own.any():
        return np.zeros(0, np.int64)
    seen, dated = columns.first_seen // _SECONDS_A_DAY, columns.published_first.astype(np.int64)
    is_watched = (dated > seen[own].min()) & (dated <= day_number(until) - WATCHED)
    counted = own & (columns.precision == _TO_THE_DAY) & is_watched
    late: NDArray[np.int64] = np.maximum(0, seen[counted] - dated[counted])
    return late
