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
from tracker.views.palettes import AREA_COLOURS, GHOST, GRID, PLAIN, Palette

_MONTHS_BETWEEN_TICKS = 6
_FONT = 13  # px
_NAME = {"size": 14}
_PANEL_GAP = 0.08  # between small multiples, as a part of the figure's width

Series = tuple[str, Sequence[int], str, str]  # name, counts, colour, symbol


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
    return go.Figure(list(traces), shared | layout)


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
    small = {"size": 12, "color": colours.muted}
    notes += [
        {"x": month.replace(day=15).isoformat(), "y": count, "text": "open", "yshift": 9, "showarrow": False, "font": small}
        for month, count, one in zip(months, counts, is_open, strict=True)
        if one
    ]
    axis = {"tickvals": _month_ticks(months), "tickformat": "%b<br>%Y", "showgrid": False, "range": _month_range(months)}
    return figure([bars, line], colours, height=260, xaxis=axis, yaxis={}, shapes=shading, annotations=notes)


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


def small_multiples(starts: Sequence[date], series: Sequence[Series], *, tick_texts: tuple[str, str], colours: Palette) -> go.Figure:
    """One panel a series, the others as grey ghosts behind; one y scale for all.

    ``starts`` are the periods' first days, only complete periods; *tick_texts* name the first and the last.
    """
    days = [start.isoformat() for start in starts]
    panels = range(len(series))
    width = (1 - _PANEL_GAP * (len(series) - 1)) / len(series)
    top = max([1, *(max(values, default=0) for _, values, _, _ in series)]) * 1.22
    ticks = {
        "showgrid": False, "zeroline": False, "fixedrange": True, "ticks": "", "tickvals": [days[0], days[-1]],
        "ticktext": list(tick_texts),
        "tickangle": 0, "automargin": True, "tickfont": {"color": colours.text},
    }  # fmt: skip
    counts = {"matches": "y", "showticklabels": False, "gridcolor": GRID, "zeroline": False, "fixedrange": True, "nticks": 4}
    axes: dict[str, Any] = {}
    for panel in panels:
        start = panel * (width + _PANEL_GAP)
        axes[f"xaxis{_number(panel)}"] = ticks | {"domain": [start, start + width], "anchor": f"y{_number(panel)}"}
        if panel:
            axes[f"yaxis{_number(panel)}"] = counts | {"anchor": f"x{_number(panel)}"}
    traces = [trace for panel in panels for trace in _panel_traces(panel, days, series)]
    notes = [_panel_name(panel, name) for panel, (name, _, _, _) in enumerate(series)]
    return figure(
        traces, colours, height=250, xaxis=axes.pop("xaxis"), yaxis={"range": [0, top], "nticks": 4}, annotations=notes,
        margin={"l": 0, "r": 18, "t": 26, "b": 0}, **axes,
    )  # fmt: skip


def _panel_traces(panel: int, days: list[str], series: Sequence[Series]) -> list[dict[str, Any]]:
    """The ghosts of the other series, then the panel's own with its last point marked and numbered."""
    axes = {"type": "scatter", "x": days, "xaxis": f"x{_number(panel)}", "yaxis": f"y{_number(panel)}"}
    ghost = axes | {"mode": "lines", "line": {"color": GHOST, "width": 1}, "hoverinfo": "skip"}
    _, values, colour, symbol = series[panel]
    own = axes | {
        "y": list(values), "mode": "lines+markers+text", "hovertemplate": "%{x|%b %Y}: %{y}<extra></extra>", "cliponaxis": False,
        "line": {"color": colour, "width": 2.5}, "textposition": "top center", "textfont": _NAME,
        "marker": {"color": colour, "symbol": symbol, "opacity": 1, "size": [0] * (len(values) - 1) + [9]},
        "text": [""] * (len(values) - 1) + [f"<b>{values[-1]:,}</b>"],
    }  # fmt: skip
    return [*(ghost | {"y": list(other)} for place, (_, other, _, _) in enumerate(series) if place != panel), own]


def _panel_name(panel: int, name: str) -> dict[str, Any]:
    return {
        "x": 0, "y": 1, "xref": f"x{_number(panel)} domain", "yref": f"y{_number(panel)} domain", "xanchor": "left", "yanchor": "bottom",
        "yshift": 6, "text": f"<b>{name}</b>", "showarrow": False, "font": _NAME,
    }  # fmt: skip


def _number(panel: int) -> str:
    """Plotly's axes are called x, x2, x3."""
    return str(panel + 1) if panel else ""


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


def _month_ticks(months: Sequence[date]) -> list[str]:
    """The middle of every January and July; of every month where there are few."""
    step = _MONTHS_BETWEEN_TICKS if len(months) > 2 * _MONTHS_BETWEEN_TICKS else max(1, len(months) // 4)
    return [month.replace(day=15).isoformat() for month in months if (month.month - 1) % step == 0]


def _month_range(months: Sequence[date]) -> list[str]:
    last = months[-1]
    after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return [months[0].isoformat(), after.isoformat()]
