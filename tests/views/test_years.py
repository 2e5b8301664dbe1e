"""Years and the filters of dates."""

from __future__ import annotations

import pytest

from tracker.domain.dates import PartialDate
from tracker.domain.taxonomy import Taxonomy
from tracker.views.filters import Filters
from tracker.views.index import Index, select
from tracker.views.years import find_years, with_years, years_of
from views.columns import make_columns, make_entry
from views.gap_cells import selection_of
from views.test_index import no_search

SPAN = (2019, 2026)


def test_years_are_those_of_dated_papers_in_scope(taxonomy: Taxonomy) -> None:
    """Neither a typing error in a date nor a paper out of scope stretches the slider; the filters do not shrink it."""
    dates = ["2020-05", "2024", None, "1914", "2099"]
    entries = [make_entry(f"arxiv:{number}", published=published) for number, published in enumerate(dates)]
    index = Index(make_columns(*entries, make_entry("arxiv:9", published="2019", in_scope=False)))
    narrowed = select(index, Filters(source=("pubmed",)), search=no_search)

    assert find_years(narrowed, taxonomy, until=2026) == (2020, 2024)
    assert find_years(selection_of([], published=None), taxonomy, until=2026) is None


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (Filters(), (2019, 2026)),
        (Filters(from_=PartialDate.parse("2024-05"), to=PartialDate.parse("2025")), (2024, 2025)),
        (Filters(from_=PartialDate.parse("1990"), to=PartialDate.parse("2099")), (2019, 2026)),
    ],
)
def test_range_shows_what_the_filters_ask_for(filters: Filters, shown: tuple[int, int]) -> None:
    """Finer dates by their year, and nothing outside of what there is."""
    assert years_of(filters, SPAN) == shown


def test_range_changes_only_the_end_that_was_moved() -> None:
    """A month is not coarsened to its year by moving the other end; an end at the range's own end asks for nothing."""
    filters = Filters(from_=PartialDate.parse("2024-05"))

    assert with_years(filters, (2024, 2025), SPAN) == Filters(from_=PartialDate.parse("2024-05"), to=PartialDate.parse("2025"))
    assert with_years(filters, (2020, 2026), SPAN) == Filters(from_=PartialDate.parse("2020"))
    assert with_years(filters, (2019, 2026), SPAN) == Filters()
