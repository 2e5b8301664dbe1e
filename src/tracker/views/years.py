"""The years there are, and the filters of dates seen as a range of them."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.domain.dates import PartialDate
from tracker.domain.taxonomy import Taxonomy
from tracker.store.base import NO_DAY
from tracker.views.filters import Filters
from tracker.views.index import Selection

Years = tuple[int, int]  # first and last, both included


def find_years(selection: Selection, taxonomy: Taxonomy, *, until: int) -> Years | None:
    """First and last year with a paper in the same scope, whatever else is filtered; ``None`` if none is dated.

    Not before the scope's first year and not after *until*: a typing error in a date must not stretch a slider.
    """
    rows = selection.rows
    years = 1970 + rows.months[(rows.published_first != NO_DAY) & rows.in_scope] // 12
    known = years[(years >= taxonomy.scope.earliest_year) & (years <= until)]
    return (int(known.min()), int(known.max())) if len(known) else None


def years_of(filters: Filters, span: Years) -> Years:
    """The years the filters ask for, within *span*."""
    first = filters.from_.year if filters.from_ else span[0]
    last = filters.to.year if filters.to else span[1]
    return min(max(first, span[0]), span[1]), max(min(last, span[1]), span[0])


def with_years(filters: Filters, chosen: Sequence[int], span: Years) -> Filters:
    """The filters for the years *chosen* of *span*.

    An end that was not moved keeps its filter, which may be a month or a day; one at the end of *span* asks for nothing.
    """
    shown = years_of(filters, span)
    for name, year, before, end in zip(("from", "to"), chosen, shown, span, strict=True):
        if year != before:
            filters = filters.having(name, PartialDate.parse(str(year)) if year != end else None)
    return filters
