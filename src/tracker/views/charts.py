"""Figures of time and of labels: plain sequences in, ``go.Figure`` out; no Streamlit, no store. (The gap map: :mod:`.gap_chart`.)

``plotly.graph_objects`` only, and each figure built in one piece: ``plotly.express`` costs 100 ms a chart, every ``update_…`` one
to five, this two to eight. House rules: transparent ground, y from zero, no legend (names stand on the marks), no turned ticks, at
most 200 marks. Titles, subtitles and sources stand outside the figure, where they wrap and screen readers find them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go

from tracker.views.frames import FacetCounts
from tracker.views.palettes import AREA_COLOURS, GRID, PLAIN, Palette

_MONTHS_BETWEEN_TICKS = 6
_FONT = 13  # px
_NAME = {"size": 14}
_FULL_WIDTH = 12  # months; fewer take only their part of the width, so that one month is not a wall
_HEADROOM = 1.14


def figure(
    traces: Sequence[Any], colours: Palette, *, height: int, xaxis: Mapping[str, Any], yaxis: Mapping[str, Any], **layout: Any
) -> go.Figure:
    """A figure with what all figures share; *xaxis* and *yaxis* are the first axes', everything else goes into the layout."""
    ticks = {"fixedrange": True, "zeroline": False, "ticks": "", "tickfont": {"color": colours.text}}
    counts = {"rangemode": "tozero", "gridcolor": GRID, "nticks": 5, "automargin": True}
    shared = {
        "height": height, "margin": {"l": 0, "r": 8, "t": 8, "b": 0}, "showlegend": False, "dragmode": False, "bargap": 0.2,
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "font": {"size": _FONT, "color": colours.text},
        "hoverlabel": {"font": {"size": _FONT}}, "xaxis": ticks | dict(xaxis), "yaxis": ticks | counts | dict(yaxis),
    }  # fmt: skip
    # Plotly's check of every property takes as long as the whole rest: the tests check each page's figures instead.
    return go.Figure(list(traces), shared | layout, _validate=False)


def area_colours(areas: FacetCounts) -> list[str]:
    """The colour of each area of application."""
    return [AREA_COLOURS.get(one.label.id, PLAIN) for one in areas.labels]


def month_bars(
    months: Sequence[date],
    counts: Sequence[int],
    *,
    mean: Sequence[float | None],
    open_from: date | None,
    thin_before: date | None,
    colours: Palette,
) -> go.Figure:
    """Bars of *months* (first days, every month present, zeros included; at least one).

    Bars from *open_from* on are hatched: those months are not over. ``mean`` is drawn where it is not ``None``. Months before
    *thin_before* stand on a shaded ground.
    """
    is_open = [bool(open_from and month >= open_from) for month in months]
    starts = [month.isoformat() for month in months]
    # In fillmode "replace" the hatch takes marker.color and the ground stands in bgcolor; other ways plotly draws no hatch.
    bars = {
        "type": "bar", "x": starts, "y": list(counts), "xperiod": "M1", "xperiodalignment": "middle",
        "hovertemplate": "%{x|%b %Y}: %{y}<extra></extra>",
        "marker": {
            "color": colours.ink, "line": {"width": [int(one) for one in is_open], "color": colours.ink},
            "pattern": {"shape": ["/" if one else "" for one in is_open], "size": 6, "solidity": 0.3,
                        "bgcolor": [colours.ground if one else colours.ink for one in is_open]},
        },
    }  # fmt: skip
    line = {
        "type": "scatter", "x": starts, "y": list(mean), "mode": "lines", "xperiod": "M1", "xperiodalignment": "middle",
        "connectgaps": False, "hoverinfo": "skip", "line": {"color": colours.text, "width": 2, "shape": "spline", "smoothing": 0.6},
    }  # fmt: skip
    shading, notes = _thin_months(months, thin_before, colours)
    for part in _open_months(months, is_open, colours):
        shading, notes = [*shading, part[0]], [*notes, part[1]]
    axis = {"tickvals": _month_ticks(months), "tickformat": "%b<br>%Y", "showgrid": False, "range": _month_range(months),
            "domain": [0, min(1.0, len(months) / _FULL_WIDTH)], "tickangle": 0}  # fmt: skip
    scale = {"range": [0, max(1, *counts) * _HEADROOM]}
    return figure([bars, line], colours, height=260, xaxis=axis, yaxis=scale, shapes=shading, annotations=notes)


def label_bars(
    names: Sequence[str], counts: Sequence[int], texts: Sequence[str], *, bar_colours: Sequence[str], colours: Palette
) -> go.Figure:
    """A bar a label, its name above it and *texts* at its end; so it needs no left margin and works at 390 px."""
    rows = list(range(len(names)))
    bars = {
        "type": "bar", "x": list(counts), "y": rows, "orientation": "h", "width": 0.42, "marker": {"color": list(bar_colours)},
        "text": list(texts), "textposition": "outside", "textfont": _NAME | {"color": colours.text}, "cliponaxis": False,
        "hoverinfo": "skip",
    }  # fmt: skip
    place = {"x": 0, "xanchor": "left", "yanchor": "bottom", "yshift": 11, "showarrow": False, "font": _NAME, "align": "left"}
    notes = [place | {"y": row, "text": name} for row, name in zip(rows, names, strict=True)]
    xaxis = {"visible": False, "range": [0, max([*counts, 1]) * 1.3]}
    yaxis = {"visible": False, "range": [len(rows) - 0.5, -0.72]}
    return figure([bars], colours, height=48 * len(rows) + 16, xaxis=xaxis, yaxis=yaxis, annotations=notes)


def _thin_months(months: Sequence[date], thin_before: date | None, colours: Palette) -> tuple[list[Any], list[Any]]:
    """The shaded ground behind the thin months and the words on it; nothing where there are none."""
    if thin_before is None or months[0] >= thin_before:
        return [], []
    ground = {
        "type": "rect", "x0": months[0].isoformat(), "x1": thin_before.isoformat(), "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
        "fillcolor": colours.thin, "line": {"width": 0},
    }  # fmt: skip
    words = {
        "x": months[0].isoformat(), "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top", "xshift": 8, "yshift": -4,
        "align": "left",
        "showarrow": False, "text": "Thin sample:<br>heights say little", "font": {"size": 12, "color": colours.muted},
    }  # fmt: skip
    return [ground], [words]


def _open_months(months: Sequence[date], is_open: Sequence[bool], colours: Palette) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The shaded ground behind the months that are not over, and the word on it; nothing where all are."""
    if not any(is_open):
        return []
    start, end = months[list(is_open).index(True)].isoformat(), _month_range(months)[1]
    ground = {
        "type": "rect", "x0": start, "x1": end, "y0": 0, "y1": 1, "yref": "paper", "layer": "below", "fillcolor": colours.thin,
        "line": {"width": 0},
    }  # fmt: skip
    word = {
        "x": end, "y": 1, "yref": "paper", "xanchor": "right", "yanchor": "top", "text": "open", "showarrow": False,
        "font": {"size": 12, "color": colours.muted},
    }  # fmt: skip
    return [(ground, word)]


def _month_ticks(months: Sequence[date]) -> list[str]:
    """The middle of every January and July; of every month where there are few."""
    step = _MONTHS_BETWEEN_TICKS if len(months) > 2 * _MONTHS_BETWEEN_TICKS else max(1, len(months) // 4)
    return [month.replace(day=15).isoformat() for month in months if (month.month - 1) % step == 0]


def _month_range(months: Sequence[date]) -> list[str]:
    last = months[-1]
    after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return [months[0].isoformat(), after.isoformat()]
