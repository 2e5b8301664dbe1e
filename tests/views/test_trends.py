"""Trends: which groups, which numbers, which words, and figures that keep to the house rules."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from tracker.data_files import read_taxonomy
from tracker.domain.taxonomy import Label
from tracker.settings import read_settings
from tracker.views import trend_charts, trend_findings, trend_panels, trend_tables, trends
from tracker.views.chart_file import Caption, write_svg
from tracker.views.frames import FacetCounts, LabelCount, main_labels
from tracker.views.palettes import palette
from tracker.views.periods import Comparison, Periods
from tracker.views.statistics import Growth, Share

TAXONOMY = read_taxonomy(read_settings({}))
AREAS = main_labels(TAXONOMY, "application", outside=False)
CALLS = trends.calls(TAXONOMY)
LIGHT = palette(is_dark=False)
STARTS = tuple(date(2025 + number // 4, number % 4 * 3 + 1, 1) for number in range(1, 6))  # Q2 2025 … Q2 2026
GROUPS = trends.groups("application", TAXONOMY, ["arxiv", "pubmed"], LIGHT)
CAPTION = Caption(title="t", subtitle="u", source="s", data="d")
QUARTERS = Periods(
    grain="quarter",
    starts=STARTS,
    totals=(100, 40, 10, 200, 30),
    counts={
        "application:education": (10, 0, 1, 20, 3),
        "application:assessment": (30, 20, 9, 60, 12),
        "application:intervention": (60, 30, 5, 150, 20),
    },
    open_from=date(2026, 4, 1),
    left_out=7,
    too_late=0,
)


def comparison(labels: Sequence[Label], *numbers: tuple[int, int], total: tuple[int, int] = (200, 300), months: int = 6) -> Comparison:
    """Half-years, or years, that end with July 2026."""
    after = date(2026, 2, 1) if months == 6 else date(2025, 8, 1)
    before = date(2025, 8, 1) if months == 6 else date(2024, 8, 1)
    growths = {label.key: Growth(*counts) for label, counts in zip(labels, numbers, strict=True)}
    return Comparison(before_from=before, after_from=after, after_to=date(2026, 7, 1), total=Growth(*total), labels=growths)


def lines(content: bytes) -> list[dict[str, str]]:
    """A CSV as its rows."""
    return list(csv.DictReader(content.decode().splitlines()))


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("application", ["Education", "Assessment", "Intervention"]),
        ("risk", ["Inequality and stigma", "Unethical service", "Unreliable answers", "Inaccuracy", "Opacity", "Leaving humans out"]),
        ("safeguard", ["Fine-tuned", "Equity", "Ethics", "People involved"]),
        ("source", ["arXiv", "PubMed"]),
    ],
)
def test_groups_of_each_view(by: str, names: list[str]) -> None:
    """The founding paper's areas, risks and four calls, and the sources; our own additions are not among the calls."""
    assert [group.name for group in trends.groups(by, TAXONOMY, ["arxiv", "pubmed"], LIGHT)] == names


def test_panel_of_works_has_the_counts_zeros_included() -> None:
    """A zero is a number like any other."""
    panel = trends.make_panel(QUARTERS, GROUPS[0], trends.COUNTS)

    assert (panel.values, panel.complete, panel.band) == ((10, 0, 1, 20, 3), 4, ())


def test_panel_of_shares_has_gaps_where_there_are_too_few() -> None:
    """No percentage under twenty works; the open period has no interval."""
    panel = trends.make_panel(QUARTERS, GROUPS[0], trends.SHARES)

    assert panel.values == (10.0, 0.0, None, 10.0, 10.0)
    assert [None if ends is None else round(ends[1], 1) for ends in panel.band] == [17.4, 8.8, None, 14.9]


def test_points_stand_in_the_middle_of_their_period() -> None:
    """So that a month's point is not read as its first day."""
    middles = [trends.middle(date(2026, 1, 1), grain) for grain in ("month", "quarter", "year")]

    assert middles == [date(2026, 1, 15), date(2026, 2, 15), date(2026, 7, 1)]


def figure_of(values: str, periods: Periods = QUARTERS) -> trend_panels.go.Figure:
    """The panels of the three areas."""
    days = [trends.middle(start, periods.grain) for start in periods.starts]
    shown = [trends.make_panel(periods, group, values) for group in GROUPS]
    unit, ceiling = ("%", 100.0) if values == trends.SHARES else ("", None)
    ticks = trend_tables.tick_names(periods)
    return trend_panels.panels(days, shown, tick_texts=ticks, unit=unit, ceiling=ceiling, colours=LIGHT)


def test_only_the_last_complete_period_is_numbered() -> None:
    """The open period has no number, a hollow mark and a dotted line on a shaded ground."""
    figure = figure_of(trends.COUNTS)

    own = [trace for trace in figure.data if trace.mode == "lines+markers+text"]
    hollow = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [list(trace.text) for trace in own] == [["", "", "", f"<b>{last}</b>"] for last in (20, 60, 150)]
    assert [(trace.line.dash, list(trace.y), trace.marker.color) for trace in hollow] == [
        ("dot", [20, 3], LIGHT.ground),
        ("dot", [60, 12], LIGHT.ground),
        ("dot", [150, 20], LIGHT.ground),
    ]
    assert [(shape.layer, shape.fillcolor) for shape in figure.layout.shapes] == [("below", LIGHT.thin)] * 3


def test_panels_have_one_scale_from_zero_and_no_share_over_a_hundred() -> None:
    """Panels can be compared with each other; shares are never stacked and their scale ends at 100 %."""
    counts, shares = figure_of(trends.COUNTS), figure_of(trends.SHARES)

    assert {axis.range for axis in (counts.layout.yaxis, counts.layout.yaxis2, counts.layout.yaxis3)} == {(0, 186.0)}
    assert shares.layout.yaxis.range[1] <= 104
    assert [trace for trace in shares.data if trace.stackgroup] == []
    assert next(list(trace.y) for trace in shares.data if trace.mode == "lines+markers+text") == [10.0, 0.0, None, 10.0]


def test_panels_without_an_open_period_have_no_shaded_ground() -> None:
    """A filter that ends in the past leaves nothing open."""
    figure = figure_of(trends.COUNTS, replace(QUARTERS, open_from=date(2026, 7, 1)))

    assert figure.layout.shapes == ()
    assert len([trace for trace in figure.data if trace.mode == "lines+markers"]) == 0


def test_six_panels_stand_in_two_rows() -> None:
    """Three side by side at most, so that a telephone can show them; long names break into two lines."""
    groups = trends.groups("risk", TAXONOMY, [], LIGHT)
    counts = {group.key: (1, 2, 3, 4, 5) for group in groups}
    risks = replace(QUARTERS, counts=counts)
    shown = [trends.make_panel(risks, group, trends.COUNTS) for group in groups]
    figure = trend_panels.panels(STARTS, shown, tick_texts=("a", "b"), unit="", ceiling=None, colours=LIGHT)

    tops = [axis.domain[1] for axis in (figure.layout.yaxis, figure.layout.yaxis3, figure.layout.yaxis4, figure.layout.yaxis6)]
    assert tops[0] == tops[1] > tops[2] == tops[3]
    assert figure.layout.annotations[0].text == "<b>Inequality</b><br><b>and stigma</b>"
    assert figure.layout.yaxis2.showticklabels is False
    assert [trace.line.width for trace in figure.data if trace.mode == "lines"] == []


def test_long_lines_have_their_last_number_beside_the_name() -> None:
    """A line of many points would run through a number at its end."""
    starts = tuple(date(2024 + month // 12, month % 12 + 1, 1) for month in range(14))
    months = replace(QUARTERS, grain="month", starts=starts, totals=(30,) * 14, open_from=starts[-1],
                     counts={group.key: tuple(range(14)) for group in GROUPS})  # fmt: skip
    figure = figure_of(trends.COUNTS, months)

    assert [note.text for note in figure.layout.annotations][:1] == ["<b>Education</b>  12"]
    assert {text for trace in figure.data if trace.text for text in trace.text} == {""}


def test_growth_is_filled_only_beyond_chance_and_few_are_said() -> None:
    """A hollow point for what may be luck; words in place of a ratio where there are too few or none before."""
    rows = [Growth(100, 200), Growth(100, 110), Growth(10, 12), Growth(0, 50)]
    figure = trend_charts.growth_intervals(
        [trend_charts.GrowthLine(f"L{number}", growth, "#112233") for number, growth in enumerate(rows)], colours=LIGHT
    )

    points = figure.data[0]
    assert list(points.marker.color[1::4]) == ["#112233", LIGHT.ground]
    assert list(points.x[1::4]) == pytest.approx([2.0, 1.1])
    assert list(points.marker.size[:4]) == [0, 11, 0, 0]
    assert points.x[3] is None
    assert [(note.y, note.text) for note in figure.layout.annotations] == [(2, "too few to say"), (3, "none before")]
    assert figure.layout.yaxis.ticktext[0] == "L0<br><b>100 → 200</b>"
    assert list(figure.layout.xaxis.ticktext) == ["half", "same", "double"]


def test_shares_by_area_give_point_interval_and_number() -> None:
    """Under a call's name each area with its share; too few are said with their numbers."""
    rows = [
        trend_charts.ShareRow("Education", Share(10, 40), "#112233", "circle"),
        trend_charts.ShareRow("Other", Share(1, 9), "#445566", "square"),
    ]
    figure = trend_charts.shares_by_area([("Ethics", rows)], colours=LIGHT)

    assert [note.text for note in figure.layout.annotations] == ["<b>Ethics</b>", "<b>25%</b>  Education", "Other: 1 of 9, too few"]
    assert [list(trace.x) for trace in figure.data] == [[pytest.approx(14.19, abs=0.01), 25.0, pytest.approx(40.19, abs=0.01), None]]


def test_every_figure_of_the_trends_can_be_saved() -> None:
    """Panels, growth and shares have pictures."""
    growth = trend_charts.growth_intervals([trend_charts.GrowthLine("A", Growth(50, 90), "#112233")], colours=LIGHT)
    shares = trend_charts.shares_by_area([("C", [trend_charts.ShareRow("A", Share(10, 40), "#112233", "diamond")])], colours=LIGHT)

    pictures = [write_svg(figure, CAPTION) for figure in (figure_of(trends.COUNTS), figure_of(trends.SHARES), growth, shares)]

    assert [b"150" in pictures[0], b"10%" in pictures[1], b"double" in pictures[2], b"25%" in pictures[3]] == [True] * 4


def test_page_sentence_gives_ratio_interval_and_how_many_moved() -> None:
    """The whole first, with its interval, then the labels; too little says so."""
    moved = comparison(AREAS, (20, 60), (100, 110), (5, 6))

    assert trend_findings.page(moved, "work", standing=600) == (
        "**200 → 300** works from one half-year to the next (1.50×, 95% interval 1.25 to 1.79). "
        "1 of 2 labels with enough works moved by more than chance."
    )
    assert trend_findings.page(comparison([], total=(10, 20), months=12), "work", standing=30) == (
        "**10 → 20** works from one year to the next: too few to say more."
    )
    assert trend_findings.page(comparison([], total=(0, 50)), "work", standing=50) == (
        "**50** works in the last half-year, none in the one before."
    )
    assert trend_findings.page(None, "work", standing=12).startswith("**12 works**; too short a time")


def test_panels_title_speaks_of_the_largest_group_now() -> None:
    """First and last complete period, with their names; as numbers or as shares."""
    assert trend_findings.panels(QUARTERS, GROUPS, trends.COUNTS, "work") == "Intervention: 60 works in Q2 2025, 150 in Q1 2026"
    assert trend_findings.panels(QUARTERS, GROUPS, trends.SHARES, "work") == "Intervention: 60% of works in Q2 2025, 75% in Q1 2026"


def test_panels_title_of_zeros_and_few_says_so() -> None:
    """Nothing in the last period is no leader; few give no share."""
    none = replace(QUARTERS, counts={group.key: (1, 1, 1, 0, 1) for group in GROUPS})
    few = replace(QUARTERS, totals=(100, 40, 10, 19, 30))

    assert trend_findings.panels(none, GROUPS, trends.COUNTS, "work") == "No work of Q1 2026 is in any of these groups"
    assert trend_findings.panels(few, GROUPS, trends.SHARES, "work") == "Too few works in Q1 2026 for shares"


def test_panels_subtitle_names_denominator_and_open_period() -> None:
    """What a share is of, of how many, and what the shaded ground means."""
    assert trend_findings.panels_subtitle(QUARTERS, "application", trends.SHARES, "work") == (
        "% of all works of the quarter (n = 10 to 200), with 95% interval. A work can be in several. No share under 20 works. "
        "Shaded: Q2 2026 is not over and in no number."
    )
    assert trend_findings.panels_subtitle(QUARTERS, "source", trends.COUNTS, "work", has_ghosts=True) == (
        "Works per quarter. A work found in both is in both. Grey: the others. Shaded: Q2 2026 is not over and in no number."
    )


def test_growth_title_counts_what_rose_and_fell() -> None:
    """Beyond chance only, among labels with enough works."""
    assert trend_findings.growth(comparison(AREAS, (20, 60), (90, 40), (1, 2)), "work") == "1 of 2 labels rose beyond chance, 1 fell"
    assert trend_findings.growth(comparison(AREAS, (50, 55), (50, 50), (1, 2)), "work") == "None of 2 labels moved beyond chance"
    assert trend_findings.growth(comparison(AREAS, (1, 2), (1, 2), (1, 2)), "work") == "Too few works of any label to compare"


def test_growth_subtitle_names_both_spans() -> None:
    """Months by name, over the turn of the year too."""
    assert trend_findings.span_in_words(comparison([])) == "Feb–Jul 2026 against Aug 2025–Jan 2026"
    assert trend_findings.span_in_words(comparison([], months=12)) == "Aug 2025–Jul 2026 against Aug 2024–Jul 2025"


def test_calls_sentence_gives_each_share_and_how_many_heed_none() -> None:
    """Most heeded first; under twenty works no shares."""
    counts = FacetCounts(tuple(LabelCount(call, Share(number, 100)) for call, number in zip(CALLS, (24, 8, 13, 18), strict=True)), 49)

    assert trend_findings.calls(counts, 100, "work") == (
        "Of 100 works, **49%** show no sign of any of the four calls. "
        "Heeded: fine-tuned **24%**, people involved **18%**, ethics **13%** and equity **8%** of works."
    )
    assert trend_findings.calls(counts, 19, "work") == "**19 works**: too few for shares."


def test_calls_change_names_only_what_moved_beyond_chance() -> None:
    """A share that rose is given with both ends; else it is said that none moved."""
    rose = comparison(CALLS, (10, 60), (10, 15), (20, 30), (20, 30))
    level = comparison(CALLS, (20, 30), (10, 15), (20, 30), (20, 30))

    assert trend_findings.calls_change(rose, CALLS, "work") == "Fine-tuned rose from 5% to 20%"
    assert trend_findings.calls_change(level, CALLS, "work") == "No call's share moved beyond chance from one half-year to the next"
    assert trend_findings.calls_change(None, CALLS, "work") == "The four calls over time, % of works"
    assert trend_findings.calls_change(comparison(CALLS, *[(1, 1)] * 4, total=(9, 9)), CALLS, "work").startswith("Too few works")


def test_calls_by_area_name_the_widest_difference() -> None:
    """The pair of areas that differ most, if by more than chance."""
    education, assessment, _ = AREAS
    apart = {CALLS[0]: {education: Share(36, 100), assessment: Share(14, 100)}}
    level = {CALLS[0]: {education: Share(16, 100), assessment: Share(14, 100)}}

    assert trend_findings.calls_by_area(apart) == "Fine-tuned: 36% in education, 14% in assessment"
    assert trend_findings.calls_by_area(level) == "No call is heeded more in one area than in another, beyond chance"


def test_too_short_a_time_says_what_is_covered_and_what_to_do() -> None:
    """In place of a line."""
    short = replace(QUARTERS, open_from=date(2025, 7, 1), left_out=0)

    assert trend_findings.too_short(short, "work") == (
        "Too few whole quarters for a line",
        "A line takes 3; 1 is covered, with 100 works. Try a shorter period, or widen the dates.",
    )


def test_csv_of_periods_has_counts_and_shares_with_intervals() -> None:
    """Every period, open ones marked; no share where it would rest on too few."""
    rows = lines(trend_tables.periods_csv(QUARTERS, GROUPS[:1], "work"))

    assert list(rows[0]) == [
        "quarter_start", "complete", "works",
        "application:education", "application:education_share", "application:education_low", "application:education_high",
    ]  # fmt: skip
    assert list(rows[0].values()) == ["2025-04-01", "1", "100", "10", "0.1000", "0.0552", "0.1744"]
    assert list(rows[2].values()) == ["2025-10-01", "1", "10", "1", "", "", ""]
    assert [row["complete"] for row in rows] == ["1", "1", "1", "1", "0"]


def test_csv_of_growth_leaves_ratios_of_few_empty() -> None:
    """Counts always, ratio and interval where there are enough."""
    rows = lines(trend_tables.growth_csv(comparison(AREAS[:1], (5, 6))))

    assert list(rows[0].values()) == ["All", "2025-08-01", "2026-02-01", "2026-07-01", "200", "300", "1.5000", "1.2546", "1.7935"]
    assert list(rows[1].values())[-3:] == ["", "", ""]


def test_table_of_growth_says_too_few() -> None:
    """The same numbers as the figure, for who cannot see it; bold beyond chance."""
    table = trend_tables.growth_table(comparison(AREAS, (20, 60), (100, 110), (5, 6)), AREAS, "work")

    assert "<b>3.00× (1.82 to 4.95)</b>" in table
    assert "1.10× (0.84 to 1.44)" in table
    assert "too few to say" in table


def test_panels_in_words_name_both_ends() -> None:
    """What a reader who cannot see the figure hears."""
    assert trend_tables.panels_in_words(QUARTERS, GROUPS, trends.SHARES, "work") == (
        "Share of works per quarter, from Q2 2025 to Q1 2026: Education 10% to 10%, Assessment 30% to 30% and Intervention 60% to 75%."
    )
