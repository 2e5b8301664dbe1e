"""Counts over time: months, quarters, years, and how one year compares with the one before.

Every period is there, zeros included. The period that holds *as_of* (the day the data speak of) is open: it and what comes after
are never part of a comparison. A paper whose date is too coarse for the grain (2024 in a chart of months) is counted apart, never
given a month of its own. What was retracted or withdrawn is the caller's business: ``selection.standing`` leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tracker.views.bits import Counts, Words
from tracker.views.filters import Filters
from tracker.views.index import Selection
from tracker.views.rows import UNDATED, Rows
from tracker.views.statistics import Difference, Growth, Share

MONTH, QUARTER, YEAR = "month", "quarter", "year"
GRAINS = {MONTH: 1, QUARTER: 3, YEAR: 12}  # months in a period
SHOWN = {MONTH: 24, QUARTER: 12, YEAR: 8}  # points of a line
COMPARED = (12, 6)  # months against as many before them: the year, or half of it where the data are too young
SMOOTHED = 3  # periods in the centred mean
_SOURCE = "source:"
NO_PERIOD = UNDATED  # before every period
_FURTHEST_AHEAD = 12  # months after *as_of* that are still drawn; a typing error in a date must not stretch the axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """Counts per period, oldest first. ``counts`` has the same for each ``facet:label`` or ``source:name`` asked for.

    ``starts`` are first days; periods from ``open_from`` on are not over. ``left_out`` papers have no date or one too coarse,
    ``too_late`` ones a date more than a year ahead.
    """

    grain: str
    starts: tuple[date, ...]
    totals: tuple[int, ...]
    counts: Mapping[str, tuple[int, ...]]
    open_from: date
    left_out: int
    too_late: int

    @property
    def complete(self) -> int:
        """How many periods, from the first on, are over."""
        return sum(start < self.open_from for start in self.starts)

    def shares(self, label: str) -> tuple[Share, ...]:
        """For each period, the share of its papers that carry the label; a multi-label facet may add up to more than 1."""
        return tuple(Share(count, n) for count, n in zip(self.counts[label], self.totals, strict=True))

    def recent(self, *, since: date | None = None) -> Periods:
        """The newest ``SHOWN`` of those that are over and begin on *since* or later, and the one that is open after them."""
        first = max(self.complete - SHOWN[self.grain], sum(start < since for start in self.starts) if since else 0, 0)
        cut = slice(min(first, self.complete), self.complete + 1)
        counts = {label: found[cut] for label, found in self.counts.items()}
        return replace(self, starts=self.starts[cut], totals=self.totals[cut], counts=counts)

    def mean(self, *, since: date | None = None) -> tuple[float | None, ...]:
        """The centred mean of three periods' totals, over complete periods from *since* on; ``None`` at the ends and elsewhere."""
        whole = self.totals[: self.complete]
        reach = SMOOTHED // 2
        first = reach + (sum(start < since for start in self.starts) if since else 0)
        means = [
            sum(whole[place - reach : place + reach + 1]) / SMOOTHED if first <= place < len(whole) - reach else None
            for place in range(len(self.starts))
        ]
        return tuple(means)


def count_periods(selection: Selection, *, as_of: date, grain: str = MONTH, labels: Sequence[str] = ()) -> Periods:
    """Counts of *selection* per month, quarter or year, from its first dated paper to *as_of* (or to later dates, up to a year).

    They end with the filter ``to``: what a filter leaves out must not look like months without papers.
    """
    now, until = _number(data_end(as_of, selection.filters), grain), selection.filters.to
    numbers, blocks = _period_numbers(selection.rows, grain), _count_blocks(selection, labels)
    is_dated = numbers != NO_PERIOD
    is_drawn = is_dated & (numbers <= now + _FURTHEST_AHEAD // GRAINS[grain]) & (blocks[0] > 0)
    drawn = numbers[is_drawn]
    first, last = (int(drawn.min()), max(now, int(drawn.max()))) if len(drawn) else (now, now - 1)
    size = (min(last, _number(until.last_day(), grain)) if until else last) - first + 1
    totals, *counts = [_sum_up(counted[is_drawn], drawn - first, size) for counted in blocks]
    dated = int(blocks[0][is_dated].sum())
    return Periods(
        grain=grain,
        starts=tuple(_start(number, grain) for number in range(first, first + size)),
        totals=totals,
        counts=dict(zip(labels, counts, strict=True)),
        open_from=_start(now, grain),
        left_out=selection.count - dated,
        too_late=dated - int(blocks[0][is_drawn].sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The last complete months against as many before them. ``before_from``, ``after_from``, ``after_to`` are months' first days."""

    before_from: date
    after_from: date
    after_to: date
    total: Growth
    labels: Mapping[str, Growth]

    @property
    def months(self) -> int:
        """How many months are compared with as many before."""
        return _number(self.after_from, MONTH) - _number(self.before_from, MONTH)

    def difference(self, label: str) -> Difference:
        """How the share of papers with the label changed."""
        one = self.labels[label]
        return Difference(Share(one.before, self.total.before), Share(one.after, self.total.after))


def data_end(as_of: date, filters: Filters) -> date:
    """The day that is not over: *as_of*, or the one after the filter ``to`` if that is earlier."""
    return min(as_of, filters.to.last_day() + timedelta(days=1)) if filters.to else as_of


def data_start(filters: Filters, *, thin_before: date | None) -> date | None:
    """The first day from which counts can be compared: after the filter ``from`` and after the thin part of a sample."""
    days = [day for day in (filters.from_.first_day() if filters.from_ else None, thin_before) if day]
    return max(days, default=None)


def comparable_months(as_of: date, *, since: date | None, wanted: Sequence[int] = COMPARED) -> int | None:
    """The first of *wanted* numbers of complete months of which as many before are not earlier than *since*; ``None`` if none is."""
    return next((months for months in wanted if since is None or _start(_number(as_of, MONTH) - 2 * months, MONTH) >= since), None)


def compare_years(selection: Selection, labels: Sequence[str], *, as_of: date, months: int = 12) -> Comparison:
    """How many papers, in all and with each label, in the last *months* complete months and in as many before them.

    Only papers dated to the month are counted.
    """
    numbers = _period_numbers(selection.rows, MONTH)
    end = _number(data_end(as_of, selection.filters), MONTH)  # the open month, left out
    after = (numbers >= end - months) & (numbers < end)
    before = (numbers >= end - 2 * months) & (numbers < end - months)
    total, *growths = [Growth(int(one[before].sum()), int(one[after].sum())) for one in _count_blocks(selection, labels)]
    return Comparison(
        before_from=_start(end - 2 * months, MONTH),
        after_from=_start(end - months, MONTH),
        after_to=_start(end - 1, MONTH),
        total=total,
        labels=dict(zip(labels, growths, strict=True)),
    )


def _count_blocks(selection: Selection, groups: Sequence[str]) -> Counts:
    """Papers in each block of the rows' layout: all that match, then those of each of *groups*."""
    masks = [selection.bits, *(_group_bits(selection, group) & selection.bits for group in groups)]
    return selection.rows.layout.count_blocks(masks)


def _group_bits(selection: Selection, group: str) -> Words:
    """All rows of the unit that belong to *group*: ``facet:label``, or ``source:name`` for what that source has."""
    if not group.startswith(_SOURCE):
        return selection.label_bits(group)
    name, rows = group.removeprefix(_SOURCE), selection.rows
    bit = 1 << rows.sources.index(name) if name in rows.sources else 0
    return rows.layout.pack((rows.source_bits & bit) != 0)


def _period_numbers(rows: Rows, grain: str) -> NDArray[np.int64]:
    """For each block of the rows' layout the number of its period, ``NO_PERIOD`` where the date is too coarse or unknown."""
    blocks = rows.layout.blocks
    is_known = (blocks != UNDATED) & ((blocks % 2 == 1) | (grain == YEAR))  # odd: known to the month
    return np.where(is_known, blocks // 2 // GRAINS[grain], NO_PERIOD)


def _sum_up(counts: NDArray[np.int64], places: NDArray[np.int64], size: int) -> tuple[int, ...]:
    """*counts* summed up by place, of which there are *size*."""
    summed = np.zeros(size, np.int64)
    np.add.at(summed, places, counts)
    return tuple(summed.tolist())


def _number(day: date, grain: str) -> int:
    return ((day.year - 1970) * 12 + day.month - 1) // GRAINS[grain]


def _start(number: int, grain: str) -> date:
    months = number * GRAINS[grain]
    return date(1970 + months // 12, months % 12 + 1, 1)
