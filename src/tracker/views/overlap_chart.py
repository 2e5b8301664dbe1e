"""The UpSet figure: a bar for each set of labels, under it the dots that say which labels these are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from tracker.domain.taxonomy import Label
from tracker.views.charts import figure
from tracker.views.overlaps import LabelSet, Overlaps
from tracker.views.palettes import AREA_COLOURS, GRID, Palette

_BARS, _DOT_ROW, _GAP = 190, 27, 14  # px
_TRACK = "rgba(128,128,128,.07)"  # the ground of a column: low bars can be clicked as well as high ones


def upset(overlaps: Overlaps, *, chosen: str, colours: Palette) -> go.Figure:
    """Sets from left to right, most frequent first. A click gives the set's ``id``; the *chosen* one is darker and framed.

    Bars count papers with exactly the set. Axis ``y`` are the bars, ``y2`` the labels.
    """
    sets, rows = overlaps.sets, len(overlaps.labels)
    height = _BARS + _GAP + _DOT_ROW * rows
    split = (_DOT_ROW * rows) / height
    top = max(one.count for one in sets) * 1.16
    names = {"domain": [0, split], "range": [rows - 0.5, -0.5], "tickvals": list(range(rows)), "showgrid": False, "zeroline": False,
             "ticktext": [label.short_name for label in overlaps.labels], "fixedrange": True, "ticks": "", "automargin": True,
             "tickfont": {"color": colours.text}}  # fmt: skip
    return figure(
        [_tracks(sets, top), _bars(sets, colours), *_dots(overlaps, colours)], colours, height=height,
        xaxis={"visible": False, "range": [-0.5, max(len(sets), 4) - 0.5], "anchor": "y2"},
        yaxis={"visible": False, "domain": [split + _GAP / height, 1], "range": [0, top]}, yaxis2=names,
        barmode="overlay", clickmode="event+select", margin={"l": 0, "r": 0, "t": 4, "b": 0}, shapes=_frame(sets, chosen, colours),
    )  # fmt: skip


def _tracks(sets: Sequence[LabelSet], top: float) -> dict[str, Any]:
    still = {"marker": {"opacity": 1}}
    return {
        "type": "bar", "x": list(range(len(sets))), "y": [top] * len(sets), "width": 0.92, "marker": {"color": _TRACK}, "hoverinfo": "none",
        "customdata": [[one.id] for one in sets], "selected": still, "unselected": still,
    }  # fmt: skip


def _bars(sets: Sequence[LabelSet], colours: Palette) -> dict[str, Any]:
    same = {"marker": {"opacity": 1}, "textfont": {"color": colours.text}}
    return {
        "type": "bar", "x": list(range(len(sets))), "y": [one.count for one in sets], "width": 0.56, "marker": {"color": colours.ink},
        "text": [f"{one.count:,}" for one in sets], "textposition": "outside", "cliponaxis": False, "hoverinfo": "none",
        "textfont": {"color": colours.text}, "customdata": [[one.id] for one in sets], "selected": same, "unselected": same,
    }  # fmt: skip


def _dots(overlaps: Overlaps, colours: Palette) -> list[dict[str, Any]]:
    """Lines first, then pale dots everywhere, then the dots of the sets in the colours of their labels."""
    rows = {label.key: row for row, label in enumerate(overlaps.labels)}
    filled = [(at, rows[label.key], label) for at, one in enumerate(overlaps.sets) for label in one.labels]
    line_x: list[float | None] = []
    line_y: list[float | None] = []
    for at, one in enumerate(overlaps.sets):
        places = [rows[label.key] for label in one.labels]
        line_x += [at, at, None]
        line_y += [min(places), max(places), None]
    common = {"type": "scatter", "yaxis": "y2", "hoverinfo": "skip", "unselected": {"marker": {"opacity": 1}}}
    every = [(at, row) for at in range(len(overlaps.sets)) for row in range(len(rows))]
    return [
        common | {"mode": "lines", "x": line_x, "y": line_y, "line": {"color": colours.ink, "width": 2}},
        common | {"mode": "markers", "x": [at for at, _ in every], "y": [row for _, row in every], "marker": {"size": 11, "color": GRID}},
        common | {"mode": "markers", "x": [at for at, _, _ in filled], "y": [row for _, row, _ in filled],
                  "marker": {"size": 12, "opacity": 1, "color": [_colour(label, colours) for _, _, label in filled]}},
    ]  # fmt: skip


def _colour(label: Label, colours: Palette) -> str:
    return AREA_COLOURS.get(label.id, colours.risk)


def _frame(sets: Sequence[LabelSet], chosen: str, colours: Palette) -> list[dict[str, Any]]:
    at = next((place for place, one in enumerate(sets) if one.id == chosen), None)
    if at is None:
        return []
    edge = {"color": colours.text, "width": 2}
    return [{"type": "rect", "x0": at - 0.47, "x1": at + 0.47, "yref": "paper", "y0": 0, "y1": 1, "line": edge}]
