"""Counts over time: every period there, the open one marked, the undated counted apart."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from tracker.domain.dates import PartialDate
from tracker.views.filters import Filters
from tracker.views.index import Index, Selection, select
from tracker.views.periods import comparable_months, compare_years, count_periods, data_end, data_start
from views.columns import make_columns, make_entry

AS_OF = date(2026, 8, 20)


def selection_of(*published: str | None, **changes: Any) -> Selection:
    """One work per date, all alike."""
    entries = [make_entry(f"arxiv:{number}", published=on, **changes) for number, on in enumerate(published)]
    return select(Index(make_columns(*entries)), Filters(), search=lambda _: np.zeros(0, np.int64))


def test_months_are_all_there_with_zeros() -> None:
    """From the first paper to the open month; a month without papers is 0, not absent."""
    months = count_periods(selection_of("2026-05-02", "2026-05-31", "2026-07"), as_of=AS_OF)

    assert months.starts == (date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1))
    assert months.totals == (2, 0, 1, 0)
    assert (months.open_from, months.complete) == (date(2026, 8, 1), 3)


def test_dates_too_coarse_for_the_grain_are_counted_apart() -> None:
    """A bare year has no month; in a chart of years it has a place. No date has none anywhere."""
    papers = selection_of("2026", "2026-05", None)

    assert count_periods(papers, as_of=AS_OF).left_out == 2
    assert count_periods(papers, as_of=AS_OF, grain="year").left_out == 1
    assert count_periods(papers, as_of=AS_OF, grain="year").totals == (2,)


def test_dates_ahead_are_open_and_far_ahead_apart() -> None:
    """Journals date ahead: such months are drawn as open. A typing error of decades does not stretch the axis."""
    months = count_periods(selection_of("2026-07-01", "2026-10-01", "2099-01-01"), as_of=AS_OF)

    assert months.totals == (1, 0, 0, 1)
    assert (months.complete, months.too_late, months.left_out) == (1, 1, 0)


@pytest.mark.parametrize(
    ("grain", "starts", "totals"),
    [
        ("quarter", (date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)), (1, 0, 2, 1)),
        ("year", (date(2025, 1, 1), date(2026, 1, 1)), (1, 3)),
    ],
)
def test_quarters_and_years_begin_with_the_calendar(grain: str, starts: tuple[date, ...], totals: tuple[int, ...]) -> None:
    """A quarter holds its three months, a year its twelve; the one that is not over is open."""
    periods = count_periods(selection_of("2025-12-31", "2026-04-01", "2026-06-30", "2026-07-01"), as_of=AS_OF, grain=grain)

    assert (periods.starts, periods.totals) == (starts, totals)
    assert periods.open_from == starts[-1]


def test_periods_before_1970_do_not_break() -> None:
    """A scanned classic of 1969 counts in its month."""
    assert count_periods(selection_of("1969-12-31"), as_of=date(1970, 1, 5)).starts == (date(1969, 12, 1), date(1970, 1, 1))


def test_labels_are_counted_per_period_with_their_share() -> None:
    """Counts of a label stand beside the totals, which are the denominator."""
    papers = selection_of("2026-06-01", "2026-06-02", "2026-07-01", labels=["risk:opacity"])
    months = count_periods(papers, as_of=AS_OF, labels=["risk:opacity", "risk:inaccuracy"])

    assert months.counts == {"risk:opacity": (2, 1, 0), "risk:inaccuracy": (0, 0, 0)}
    assert [(share.count, share.n) for share in months.shares("risk:opacity")] == [(2, 2), (1, 1), (0, 0)]


def test_mean_leans_on_complete_months_only() -> None:
    """The centred mean of three has no value at the first and the last complete month, nor in the open one."""
    months = count_periods(selection_of("2026-04-01", "2026-04-02", "2026-06-01", "2026-07-01", "2026-08-01"), as_of=AS_OF)

    assert months.totals == (2, 0, 1, 1, 1)
    assert months.mean() == (None, 1.0, 2 / 3, None, None)


def test_nothing_dated_gives_no_periods() -> None:
    """An empty chart, not an error."""
    months = count_periods(selection_of(None), as_of=AS_OF, labels=["risk:opacity"])

    assert (months.starts, months.totals, months.counts, months.mean()) == ((), (), {"risk:opacity": ()}, ())
    assert count_periods(selection_of(), as_of=AS_OF).left_out == 0


def test_years_are_compared_without_the_open_month() -> None:
    """August 2025 to July 2026 against the twelve months before; the open month and coarse dates take no part."""
    papers = selection_of("2024-07-31", "2024-08-01", "2025-07-31", "2025-08-01", "2026-07-31", "2026-07", "2026-08-01", "2026", None)
    comparison = compare_years(papers, ["risk:opacity"], as_of=AS_OF)

    assert (comparison.total.before, comparison.total.after) == (2, 3)
    assert (comparison.before_from, comparison.after_from, comparison.after_to) == (date(2024, 8, 1), date(2025, 8, 1), date(2026, 7, 1))
    assert comparison.labels["risk:opacity"].after == 0


def test_trends_leave_out_what_was_taken_back() -> None:
    """Retracted and withdrawn works are not counted; corrected ones are."""
    statuses = ["current", "corrected", "withdrawn", "retracted"]
    entries = [make_entry(f"arxiv:{number}", status=status) for number, status in enumerate(statuses)]
    papers = select(Index(make_columns(*entries)), Filters(), search=lambda _: np.zeros(0, np.int64))

    assert papers.standing.keys() == ["arxiv:0", "arxiv:1"]
    assert papers.standing.filters == Filters(retracted="0")


def test_groups_may_be_sources() -> None:
    """A work found in two sources counts in both; a source nobody has counts nothing."""
    entries = [
        make_entry("arxiv:1", published="2026-07-01", work="a"),
        make_entry("pubmed:1", published="2026-07-01", work="a"),
        make_entry("arxiv:2", published="2026-07-01", work="b"),
    ]
    papers = select(Index(make_columns(*entries)), Filters(), search=lambda _: np.zeros(0, np.int64))
    months = count_periods(papers, as_of=AS_OF, labels=["source:arxiv", "source:pubmed", "source:other"])

    assert months.totals[0] == 2
    assert {name: counts[0] for name, counts in months.counts.items()} == {"source:arxiv": 2, "source:pubmed": 1, "source:other": 0}


def test_recent_keeps_complete_periods_since_a_day_and_the_open_one() -> None:
    """A quarter that begins before the day is partly left out, so it is not drawn; the open one comes last."""
    quarters = count_periods(selection_of("2025-02-01", "2025-11-01", "2026-02-01", "2026-07-01"), as_of=AS_OF, grain="quarter")
    recent = quarters.recent(since=date(2025, 5, 1))

    assert recent.starts == (date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1))
    assert (recent.totals, recent.complete) == ((0, 1, 1, 0, 1), 4)


def test_recent_is_cut_to_what_a_line_can_show() -> None:
    """At most two years of months, and dates ahead of the open month are not drawn."""
    recent = count_periods(selection_of("2020-01-01", "2026-10-01"), as_of=AS_OF).recent()

    assert (recent.starts[0], recent.starts[-1], recent.complete) == (date(2024, 8, 1), date(2026, 8, 1), 24)


def test_mean_does_not_lean_on_months_before_a_day() -> None:
    """The mean begins one month into the part that can be trusted."""
    months = count_periods(selection_of("2026-03-01", "2026-05-01", "2026-06-01", "2026-07-01"), as_of=AS_OF)

    assert months.mean(since=date(2026, 5, 1)) == (None, None, None, 1.0, None, None)


@pytest.mark.parametrize(("asked_for", "end"), [(None, AS_OF), ("2024", date(2025, 1, 1)), ("2026-03", date(2026, 4, 1)), ("2027", AS_OF)])
def test_data_end_at_the_filter(asked_for: str | None, end: date) -> None:
    """What the filter leaves out is no month without papers: counting ends with the filter, or with the data."""
    filters = Filters(to=PartialDate.parse(asked_for) if asked_for else None)

    assert data_end(AS_OF, filters) == end


def test_data_start_after_filter_and_thin_part() -> None:
    """The later of the two, or nothing."""
    thin, filters = date(2025, 3, 1), Filters(from_=PartialDate.parse("2025-06"))

    assert data_start(filters, thin_before=thin) == date(2025, 6, 1)
    assert data_start(Filters(), thin_before=thin) == thin
    assert data_start(Filters(), thin_before=None) is None


@pytest.mark.parametrize(
    ("since", "months"), [(None, 12), (date(2024, 8, 1), 12), (date(2024, 8, 2), 6), (date(2025, 8, 1), 6), (date(2025, 9, 1), None)]
)
def test_as_many_months_are_compared_as_there_are_twice(since: date | None, months: int | None) -> None:
    """A year if two are covered, else half a year, else nothing."""
    assert comparable_months(AS_OF, since=since) == months


def test_counts_end_with_the_filter() -> None:
    """With ``to`` in the past the last period is the filter's, it is over, and the comparison ends with it."""
    entries = [make_entry(f"arxiv:{number}", published=on) for number, on in enumerate(["2025-03-01", "2025-12-01", "2026-05-01"])]
    filters = Filters(to=PartialDate.parse("2025-12"))
    papers = select(Index(make_columns(*entries)), filters, search=lambda _: np.zeros(0, np.int64))

    quarters = count_periods(papers, as_of=AS_OF, grain="quarter")

    assert (quarters.totals, quarters.complete) == ((1, 0, 0, 1), 4)
    assert compare_years(papers, [], as_of=AS_OF).after_to == date(2025, 12, 1)
