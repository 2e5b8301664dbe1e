"""Figures keep to the house rules whatever they are given."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.views import charts, gap_chart
from tracker.views.palettes import palette

LIGHT = palette(is_dark=False)
MONTHS = [date(2026, month, 1) for month in range(1, 9)]


def test_open_month_is_hatched_on_the_ground_and_named() -> None:
    """Only the month that is not over is hatched; the word says why."""
    figure = charts.month_bars(MONTHS, range(8), mean=[None] * 8, open_from=MONTHS[-1], thin_before=None, colours=LIGHT)

    pattern = figure.data[0].marker.pattern
    assert list(pattern.shape) == [""] * 7 + ["/"]
    assert pattern.bgcolor[-1] == LIGHT.ground
    assert [note.text for note in figure.layout.annotations] == ["open"]


def test_thin_months_are_shaded_and_named() -> None:
    """A thin part of the sample stands on its own ground, below the bars."""
    figure = charts.month_bars(MONTHS, range(8), mean=[None] * 8, open_from=None, thin_before=MONTHS[3], colours=LIGHT)

    assert [shape.layer for shape in figure.layout.shapes] == ["below"]
    assert "Thin sample" in figure.layout.annotations[0].text


def test_bars_start_at_zero_and_have_their_names_above() -> None:
    """Names stand above the bars, so that a telephone needs no margin for them."""
    figure = charts.label_bars(["One", "Two"], [3, 0], ["3", "0"], bar_colours=["#000", "#000"], colours=LIGHT)

    assert figure.layout.xaxis.range[0] == 0
    assert [note.text for note in figure.layout.annotations] == ["One", "Two"]
    assert figure.layout.margin.l == 0


def test_panels_share_their_scale_and_number_the_last_point() -> None:
    """One scale for all panels; only the last point is marked and numbered."""
    series = [("A", [1, 2, 30], "#000", "circle"), ("B", [0, 0, 0], "#000", "square")]
    figure = charts.small_multiples(MONTHS[:3], series, tick_texts=("Q1", "Q3"), colours=LIGHT)

    own = [trace for trace in figure.data if trace.mode == "lines+markers+text"]
    assert [trace.text[-1] for trace in own] == ["<b>30</b>", "<b>0</b>"]
    assert figure.layout.yaxis2.matches == "y"


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (9, 0), (10, 1), (24, 1), (25, 2), (60, 3), (100, 4), (5000, 4)])
def test_cell_has_one_of_five_classes(count: int, expected: int) -> None:
    """Five classes, since a number must be readable on every ground."""
    assert gap_chart.heat_class(count) == expected


def test_gap_map_hatches_small_cells_and_gives_back_the_cell_clicked() -> None:
    """A cell under five is hatched; each bar carries its two labels; the chosen one is framed."""
    keys = [[("education", "opacity"), ("assessment", "opacity")]]
    figure = gap_chart.gap_map(["Opacity"], ["E", "A"], [[4, 5]], [["4", "5"]], keys, chosen=(0, 1), colours=LIGHT)

    bars = figure.data[0]
    assert list(bars.marker.pattern.shape) == ["/", ""]
    assert [tuple(one) for one in bars.customdata] == keys[0]
    assert bars.hoverinfo == "none"
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (0.52, 1.48)


@pytest.mark.parametrize("is_dark", [False, True])
def test_text_on_every_class_of_the_map_can_be_read(is_dark: bool) -> None:
    """At least 4.5 to 1 between number and ground, in both themes."""
    colours = palette(is_dark=is_dark)

    assert min(_contrast(ground, text) for ground, text in zip(colours.heat, colours.heat_text, strict=True)) >= 4.5


def _contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
