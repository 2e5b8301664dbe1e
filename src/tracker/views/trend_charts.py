"""Figures beside the trends: ratios with their intervals, shares side by side. House rules: :mod:`.charts`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from tracker.views.charts import figure
from tracker.views.palettes import GRID, Palette
from tracker.views.statistics import Growth, Share

_NAME = {"size": 14}
_SMALL = {"size": 13}
_ROW = 38  # px of a label's interval
RATIOS: Mapping[float, str] = {1 / 8: "⅛", 1 / 4: "quarter", 1 / 2: "half", 1.0: "same", 2.0: "double", 4.0: "×4", 8.0: "×8"}
_WIDEST = 8.0  # ratios beyond it (and below 1/8) are drawn at the edge


@dataclass(frozen=True, slots=True)
class GrowthLine:
    """One line of the figure of growth."""

    name: str
    growth: Growth
    colour: str


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One call in one area: the area's name, colour and symbol, and the share of its works."""

    area: str
    share: Share
    colour: str
    symbol: str


def growth_intervals(lines: Sequence[GrowthLine], *, colours: Palette) -> go.Figure:
    """For each label its ratio and interval on a log scale: filled where the interval leaves "same" out, words where there are too few."""
    rows = range(len(lines))
    drawn = [(row, line) for row, line in enumerate(lines) if line.growth.is_enough and line.growth.before]
    ends = [(_within(line.growth.low), _within(line.growth.high)) for _, line in drawn]
    traces = [_growth_trace(colour, drawn, ends, colours) for colour in dict.fromkeys(line.colour for _, line in drawn)]
    low = min([0.45, *(low for low, _ in ends)])
    high = max([2.2, *(high for _, high in ends)])
    ticks = [ratio for ratio in RATIOS if low <= ratio <= high]
    notes = [_note(row, line) for row, line in enumerate(lines) if not (line.growth.is_enough and line.growth.before)]
    same = {"type": "line", "x0": 1, "x1": 1, "y0": -0.5, "y1": len(lines) - 0.5, "line": {"color": colours.text, "width": 1},
            "layer": "below"}  # fmt: skip
    xaxis = {"type": "log", "range": [math.log10(low) - 0.03, math.log10(high) + 0.03], "tickvals": ticks,
             "gridcolor": GRID, "showgrid": True, "ticktext": [RATIOS[ratio] for ratio in ticks], "tickangle": 0}  # fmt: skip
    yaxis = {"range": [len(lines) - 0.5, -0.5], "showgrid": False, "tickvals": list(rows),
             "ticktext": [_growth_name(line) for line in lines]}  # fmt: skip
    return figure(
        traces, colours, height=_ROW * len(lines) + 34, xaxis=xaxis, yaxis=yaxis, shapes=[same], annotations=notes,
    )  # fmt: skip


def shares_by_area(calls: Sequence[tuple[str, Sequence[ShareRow]]], *, colours: Palette) -> go.Figure:
    """Under each call's name one line an area: its share as a point on its interval, its name and numbers beside it."""
    places: dict[str, list[tuple[float, ShareRow]]] = {}  # an area's lines, drawn as one trace
    notes: list[dict[str, Any]] = []
    at = 0.0
    for name, rows in calls:
        notes.append(_heading(name, at))
        for row in rows:
            at += 1
            places.setdefault(row.area, []).append((at, row))
            notes.append(_share_note(row, at))
        at += 1.35
    highest = max([10.0, *(row.share.high * 100 for _, rows in calls for row in rows if row.share.is_enough)])
    ticks = _percents(highest)
    xaxis = {"range": [-0.02 * highest, highest * 1.75], "tickvals": ticks, "ticktext": [f"{tick}%" for tick in ticks], "gridcolor": GRID,
             "showgrid": True, "tickangle": 0}  # fmt: skip
    yaxis = {"visible": False, "range": [at - 0.6, -0.75]}
    traces = [_share_trace([(at, row) for at, row in rows if row.share.is_enough]) for rows in places.values()]
    return figure(
        [trace for trace in traces if trace], colours, height=round(29 * (at + 1)) + 20, xaxis=xaxis, yaxis=yaxis, annotations=notes
    )


def _growth_trace(
    colour: str, drawn: Sequence[tuple[int, GrowthLine]], ends: Sequence[tuple[float, float]], colours: Palette
) -> dict[str, Any]:
    """All lines of one colour in one trace, a gap between them: from the interval's low end over the point to its high end."""
    own = [(row, line.growth, *reach) for (row, line), reach in zip(drawn, ends, strict=True) if line.colour == colour]
    fills = [colour if growth.is_beyond_chance else colours.ground for _, growth, _, _ in own]
    spans = [(low, _within(growth.ratio), high) for _, growth, low, high in own]
    return _intervals(spans, [row for row, _, _, _ in own], colour=colour, fills=fills, symbol="circle", size=11)


def _intervals(
    spans: Sequence[tuple[float, float, float]], rows: Sequence[float], *, colour: str, fills: Sequence[str], symbol: str, size: int
) -> dict[str, Any]:
    """Low end, point, high end and a gap for each span; only the point has a mark."""
    return {
        "type": "scatter", "mode": "lines+markers", "hoverinfo": "skip", "line": {"color": colour, "width": 2.5},
        "x": [place for span in spans for place in (*span, None)], "y": [place for row in rows for place in (row, row, row, None)],
        "marker": {"symbol": symbol, "opacity": 1, "size": [0, size, 0, 0] * len(spans), "line": {"width": 2, "color": colour},
                   "color": [fill for fill in fills for _ in range(4)]},
    }  # fmt: skip


def _growth_name(line: GrowthLine) -> str:
    return f"{line.name}<br><b>{line.growth.before:,} → {line.growth.after:,}</b>"


def _note(row: int, line: GrowthLine) -> dict[str, Any]:
    words = "none before" if line.growth.is_enough else "too few to say"
    return {"x": 0, "y": row, "xanchor": "left", "xshift": 8, "text": words, "showarrow": False, "font": _SMALL}


def _share_trace(rows: Sequence[tuple[float, ShareRow]]) -> dict[str, Any]:
    """One area's shares in one trace; nothing where all rest on too few."""
    if not rows:
        return {}
    spans = [(100 * row.share.low, 100 * row.share.share, 100 * row.share.high) for _, row in rows]
    colour, symbol = rows[0][1].colour, rows[0][1].symbol
    return _intervals(
        spans, [at for at, _ in rows], colour=colour, fills=[colour] * len(rows), symbol=symbol, size=9,
    )  # fmt: skip


def _share_note(row: ShareRow, at: float) -> dict[str, Any]:
    """The area and its numbers, to the right of its interval; that there are too few, where there are."""
    share = row.share
    numbers = f"<b>{share.share * 100:.0f}%</b>  {row.area}" if share.is_enough else f"{row.area}: {share.count:,} of {share.n:,}, too few"
    return {"x": share.high * 100 if share.is_enough else 0, "y": at, "xanchor": "left", "xshift": 8, "text": numbers, "showarrow": False,
            "font": _SMALL}  # fmt: skip


def _heading(name: str, at: float) -> dict[str, Any]:
    return {"x": 0, "y": at, "xref": "paper", "xanchor": "left", "text": f"<b>{name}</b>", "showarrow": False, "font": _NAME}


def _percents(highest: float) -> list[int]:
    step = 10 if highest <= 40 else 20
    return list(range(0, int(highest) + 1, step))


def _within(ratio: float) -> float:
    return min(max(ratio, 1 / _WIDEST), _WIDEST)
