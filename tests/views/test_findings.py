"""Sentences say what the data say, and nothing where there is too little."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.data_files import read_taxonomy
from tracker.settings import read_settings
from tracker.views import findings
from tracker.views.association import Chance
from tracker.views.frames import Cards, FacetCounts, LabelCount, main_labels
from tracker.views.gaps import Cell
from tracker.views.periods import Comparison, Periods
from tracker.views.statistics import Growth, Share

TAXONOMY = read_taxonomy(read_settings({}))
AREAS = main_labels(TAXONOMY, "application", outside=False)
RISKS = main_labels(TAXONOMY, "risk")


def counts(*numbers: int, n: int = 100) -> FacetCounts:
    """Counts of the three areas."""
    return FacetCounts(tuple(LabelCount(label, Share(number, n)) for label, number in zip(AREAS, numbers, strict=True)), 0)


def cards(total: int = 100) -> Cards:
    """Cards in which four of ten works name a risk."""
    risk = Share(total * 4 // 10, total)
    return Cards(total=total, in_journals=risk, month=None, month_count=0, month_before=None, any_risk=risk, trials=Share(0, total))


def comparison(before: int, after: int) -> Comparison:
    """Two half-years."""
    return Comparison(
        before_from=date(2025, 8, 1), after_from=date(2026, 2, 1), after_to=date(2026, 7, 1), total=Growth(before, after), labels={}
    )


PERIODS = Periods(
    grain="month",
    starts=(date(2026, 7, 1), date(2026, 8, 1)),
    totals=(34, 2),
    counts={},
    open_from=date(2026, 8, 1),
    left_out=0,
    too_late=0,
)


def test_overview_names_the_leader_and_the_last() -> None:
    """Leader with its number, last with its own, share that names a risk."""
    assert findings.overview(counts(10, 30, 60), cards(), "work") == (
        "Most works are about **intervention** (60 of 100); only **10** are about education. **40%** name at least one risk."
    )


def test_overview_without_a_majority_and_with_a_zero() -> None:
    """Under half is not most; none is a word."""
    assert findings.overview(counts(0, 30, 40), cards(), "work").startswith(
        "The largest area is **intervention** (40 of 100); none is about education."
    )


def test_overview_of_few_works_gives_no_share() -> None:
    """Under twenty works there are counts only."""
    assert findings.overview(counts(1, 2, 3, n=7), cards(7), "work") == "**7 works**: too few for shares."


def test_applications_that_tie_lead_together() -> None:
    """A tie is said, not broken."""
    assert findings.applications(counts(1, 5, 5), "work") == "Assessment and intervention lead"
    assert findings.applications(counts(5, 5, 5), "work") == "The areas of application are level"


def test_few_works_lead_nowhere() -> None:
    """Under twenty works nothing leads, and nothing is named most: the headings say what is shown."""
    assert findings.applications(counts(1, 0, 0, n=1), "work") == "1 work by area of application"
    assert findings.applications(counts(9, 5, 3, n=19), "record") == "19 records by area of application"
    assert findings.risks(counts(1, 0, 0, n=1), "work") == "1 work by the risks it names"
    assert findings.risks(counts(9, 5, 3, n=19), "work") == "19 works by the risks they name"
    assert findings.risks(counts(0, 0, 0, n=1), "work") == "No work here names a risk"


def test_level_areas_of_one_work_each_are_singular() -> None:
    """One is no plural."""
    assert findings.overview(counts(1, 1, 1), cards(), "work").startswith("Each area of application has 1 work. ")


def test_months_compare_half_years_only_beyond_chance() -> None:
    """Up and down need an interval that leaves "same" out; a sample compares nothing."""
    up = findings.months(PERIODS, comparison(120, 300), "work")
    level = findings.months(PERIODS, comparison(120, 126), "work")
    sample = findings.months(PERIODS, None, "work")

    assert up == "50 works a month in Feb–Jul 2026, up from 20 in the half-year before"
    assert level == "About 21 works a month in Feb–Jul 2026, much as in the half-year before (20)"
    assert sample == "34 works in Jul 2026, the last full month"


def test_months_without_a_full_one_say_what_is_shown() -> None:
    """Nothing to compare: the heading names the figure."""
    assert findings.months(replace(PERIODS, open_from=date(2026, 7, 1)), comparison(0, 0), "work") == "Works per month"


def test_widest_gap_says_none_in_words() -> None:
    """Zero is none, one is singular."""
    none = Cell(AREAS[0], RISKS[4], Share(0, 78), Chance(3.0, 2.0))
    one = Cell(AREAS[0], RISKS[4], Share(1, 78), Chance(3.0, 2.0))

    assert findings.widest_gap(none, "work") == ("Widest gap: opacity in education", "None of 78 works in education names it.")
    assert findings.widest_gap(one, "work")[1] == "1 of 78 works in education names it."


def test_calls_say_how_many_heed_none() -> None:
    """As a share where there are enough, as numbers where there are few, and in words where there are none."""
    assert findings.calls(replace(counts(40, 20, 10), without=49), "work") == "49% of works heed none of the four calls"
    assert findings.calls(replace(counts(2, 1, 0, n=7), without=5), "work") == "5 of 7 works heed none of the four calls"
    assert findings.calls(replace(counts(0, 0, 0, n=1), without=1), "work") == "1 of 1 work heeds none of the four calls"
    assert findings.calls(counts(100, 100, 100), "work") == "Every work heeds one of the four calls"
