"""Pictures of figures: every word and every mark is in them, and what cannot be drawn is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import plotly.graph_objects as go
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tracker.views import charts
from tracker.views.chart_file import Caption, data_line, write_png, write_svg
from tracker.views.chart_file_plot import UnsupportedFigureError
from tracker.views.palettes import palette

SVG = "{http://www.w3.org/2000/svg}"
LIGHT, DARK = palette(is_dark=False), palette(is_dark=True)
MONTHS = [date(2026, month, 1) for month in range(1, 9)]
CAPTION = Caption(title="Up **5** & more", subtitle="Works per month", source="n = 9 works", data="Tracker · made 23 Nov 2026")


def drawn(figure: go.Figure, caption: Caption = CAPTION) -> Element:
    """The picture as a tree."""
    return fromstring(write_svg(figure, caption))


def words(picture: Element) -> list[str]:
    """Every line of text in the picture."""
    return ["".join(line.itertext()) for text in picture.iter(f"{SVG}text") for line in text.findall(f"{SVG}tspan")]


def bars(counts: Sequence[int], **trace: Any) -> go.Figure:
    """Upright bars."""
    return go.Figure({"type": "bar", "x": list(range(len(counts))), "y": list(counts)} | trace, {"height": 200})


def test_data_line_names_project_sources_day_filters_and_taxonomy() -> None:
    """Whoever finds the picture later knows what it shows and where it is from."""
    line = data_line(
        sources="arXiv, PubMed", as_of=date(2026, 8, 20), filters="works in scope", taxonomy="2026.1", made_on=date(2026, 11, 23)
    )

    assert line == (
        "Mental-Health LLM Tracker · arXiv, PubMed · data as of 20 Aug 2026 · works in scope · taxonomy 2026.1 · made 23 Nov 2026"
    )


def test_picture_carries_title_subtitle_source_and_date_as_text() -> None:
    """The words that stand around a figure on the screen are inside its picture, and can be found in the file."""
    said = words(drawn(bars([1, 2])))

    assert said[:2] == ["Up 5 & more", "Works per month"]
    assert said[-2:] == ["n = 9 works", "Tracker · made 23 Nov 2026"]


def test_long_words_wrap_inside_the_picture() -> None:
    """No line leaves the picture, not even one long word."""
    said = words(drawn(bars([1]), Caption(title="word " * 60, subtitle="x" * 400, source="s", data="d")))

    assert said.count("word") == 0
    assert sum(line.count("word") for line in said) == 60
    assert max(len(line) for line in said if line.startswith("x")) < 200


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_any_words_make_a_picture_that_can_be_read(text: str) -> None:
    """Whatever was searched for: the file is well-formed and holds no markup but ours."""
    picture = drawn(bars([1]), Caption(title=text, subtitle=text, source=text, data=f"<script>{text}</script><br><b>"))

    assert picture.find(f".//{SVG}script") is None
    assert "<script>" in "".join(words(picture))


def test_bars_have_the_heights_of_their_counts() -> None:
    """Bars begin at zero; a count twice as large is twice as high; zero is drawn as nothing, in its place."""
    found = [float(one.get("height", 0)) for one in drawn(bars([2, 4, 0])).iter(f"{SVG}rect")][1:]

    assert found[1] == pytest.approx(2 * found[0], abs=0.2)
    assert found[2] == 0


def test_stacked_bars_stand_on_each_other_and_grouped_ones_side_by_side() -> None:
    """``barmode`` means what it means on the screen."""
    traces = [{"type": "bar", "x": ["a"], "y": [1]}, {"type": "bar", "x": ["a"], "y": [3]}]
    stacked, grouped = (
        [one.attrib for one in drawn(go.Figure(traces, {"barmode": mode, "height": 200})).iter(f"{SVG}rect")][1:]
        for mode in ("stack", "group")
    )

    assert float(stacked[1]["y"]) + float(stacked[1]["height"]) == pytest.approx(float(stacked[0]["y"]), abs=0.2)
    assert stacked[0]["x"] == stacked[1]["x"]
    assert float(grouped[0]["x"]) + float(grouped[0]["width"]) == pytest.approx(float(grouped[1]["x"]), abs=0.2)


def test_open_month_is_hatched_and_named() -> None:
    """Hatch, word and mean are in the picture as in the figure; months stand in words below."""
    figure = charts.month_bars(MONTHS, range(8), mean=[None, *[2.0] * 6, None], open_from=MONTHS[-1], thin_before=MONTHS[2], colours=LIGHT)
    picture = drawn(figure)

    assert len(picture.findall(f".//{SVG}pattern")) == 1
    assert {"open", "Thin sample:", "heights say little"} <= set(words(picture))
    assert [word for word in words(picture) if word in ("Jan", "2026")][:2] == ["Jan", "2026"]
    assert len(picture.findall(f".//{SVG}polyline")) >= 1


def test_gap_in_a_line_stays_a_gap() -> None:
    """What was not measured is not joined up."""
    figure = go.Figure({"type": "scatter", "mode": "lines", "x": [0, 1, 2, 3, 4], "y": [1, 2, None, 2, 1]}, {"height": 200})
    plain = {"xaxis": {"showgrid": False}, "yaxis": {"showgrid": False}}

    assert len(drawn(figure.update_layout(plain)).findall(f".//{SVG}polyline")) == 2


def test_pictures_are_printed_on_the_light_ground() -> None:
    """A reader with the dark theme saves the same picture as one with the light theme."""
    light, dark = (
        write_svg(charts.label_bars(["A"], [3], ["<b>3</b>"], bar_colours=[colours.risk], colours=colours), CAPTION)
        for colours in (LIGHT, DARK)
    )

    assert dark == light
    assert LIGHT.risk.encode() in light


def test_numpy_values_are_read() -> None:
    """Plotly packs arrays; the picture shows the same marks."""
    packed = bars([1], y=np.array([1.0, 2.0]), x=np.array([0, 1]))

    assert write_svg(packed, CAPTION) == write_svg(bars([1, 2]), CAPTION)


def test_log_axis_places_powers_evenly() -> None:
    """Half, same and double are equally far apart."""
    axis = {"type": "log", "range": [-0.5, 0.5], "tickvals": [0.5, 1, 2], "ticktext": ["half", "same", "double"], "showgrid": False}
    layout = {"height": 200, "xaxis": axis, "yaxis": {"visible": False}}
    picture = drawn(go.Figure({"type": "scatter", "mode": "markers", "x": [0.5, 1, 2], "y": [0, 0, 0]}, layout))
    places = [float(dot.get("cx", 0)) for dot in picture.iter(f"{SVG}circle")]

    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.2)
    assert {"half", "same", "double"} <= set(words(picture))


@pytest.mark.parametrize(
    "trace",
    [
        {"type": "pie", "values": [1]},
        {"type": "scatter", "y": [1], "stackgroup": "one"},
        {"type": "scatter", "y": [1], "marker": {"symbol": "star"}, "mode": "markers"},
    ],
)
def test_what_cannot_be_drawn_is_refused(trace: dict[str, Any]) -> None:
    """A picture never silently lacks a part of its figure."""
    with pytest.raises(UnsupportedFigureError, match="a picture cannot show"):
        write_svg(go.Figure(trace), CAPTION)


def test_png_is_the_same_picture_with_twice_the_pixels() -> None:
    """Drawn without a browser and with the font that comes along: there is ink where the title stands."""
    figure = bars([1, 2])
    height = float(re.search(rb'height="(\d+)"', write_svg(figure, CAPTION))[1])  # type: ignore[index]

    image = Image.open(io.BytesIO(write_png(figure, CAPTION))).convert("L")

    assert image.size == (1800, 2 * height)
    assert image.crop((56, 56, 400, 120)).getextrema()[0] < 80
