"""Figures keep to the house rules whatever they are given."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.views import charts
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
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [("2026-08-01", "2026-09-01")]


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


def test_single_month_is_no_wall() -> None:
    """Few months take only their part of the width; the scale begins at zero and has room above."""
    figure = charts.month_bars(MONTHS[:1], [1], mean=[None], open_from=None, thin_before=None, colours=LIGHT)

    assert figure.layout.xaxis.domain == (0, 1 / 12)
    assert figure.layout.yaxis.range == (0, 1.14)


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
