"""The gap map: two facets crossed, every cell with its number.

Each cell is a bar of one trace, because a ``go.Heatmap`` can neither be hatched nor clicked in Streamlit 1.67
(github.com/streamlit/streamlit/issues/8760).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from tracker.views.charts import figure
from tracker.views.gap_tiles import Tile
from tracker.views.palettes import Palette

_HATCH = 2  # the ground whose colour the hatching has: a number on it must be readable
_ROW, _LOW_ROW, _MANY = 58, 52, 8  # px; with many rows they are lower
_LINE = 19  # px of a line in a column's name

Place = tuple[int, int]  # row, column


def gap_map(
    rows: Sequence[str], columns: Sequence[str], tiles: Sequence[Sequence[Tile]], keys: Sequence[Sequence[tuple[str, str]]], *,
    chosen: Place | None, colours: Palette,
) -> go.Figure:  # fmt: skip
    """*tiles* row by row. *keys* come back as ``customdata`` of a click; *chosen* is framed."""
    places = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
    flat = [tiles[row][column] for row, column in places]
    bars = _bars(places, flat, colours) | {"customdata": [list(keys[row][column]) for row, column in places]}
    tints = [colours.text if tile.is_hatched else colours.heat_text[tile.heat] for tile in flat]
    labels = [(place, tile.text, tint) for place, tile, tint in zip(places, flat, tints, strict=True)]
    xaxis = {"side": "top", "tickvals": list(range(len(columns))), "ticktext": list(columns), "tickangle": 0, "showgrid": False,
             "range": [-0.5, len(columns) - 0.5]}  # fmt: skip
    yaxis = {"tickvals": list(range(len(rows))), "ticktext": list(rows), "showgrid": False, "range": [len(rows) - 0.5, -0.5]}
    top = _LINE * max(name.count("<br>") + 1 for name in columns) + 6
    return figure(
        [bars, *(_numbers(labels, tint) for tint in dict.fromkeys(tints))], colours, xaxis=xaxis, yaxis=yaxis,
        height=(_ROW if len(rows) < _MANY else _LOW_ROW) * len(rows) + top, margin={"l": 0, "r": 0, "t": top, "b": 0},
        barmode="overlay", clickmode="event+select", shapes=_frame(chosen, colours),
    )  # fmt: skip


def _bars(places: Sequence[Place], tiles: Sequence[Tile], colours: Palette) -> dict[str, Any]:
    """``hoverinfo`` is ``none`` and not ``skip``, which would make plotly deaf to clicks as well."""
    return {
        "type": "bar", "orientation": "h", "hoverinfo": "none", "x": [0.95] * len(places), "width": 0.92,
        "base": [column - 0.475 for _, column in places], "y": [row for row, _ in places],
        "marker": {
            "color": [colours.heat[_HATCH if tile.is_hatched else tile.heat] for tile in tiles], "line": {"width": 0},
            "pattern": {"shape": ["/" if tile.is_hatched else "" for tile in tiles], "size": 7, "solidity": 0.14,
                        "bgcolor": [colours.ground if tile.is_hatched else colours.heat[tile.heat] for tile in tiles]},
        },
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def _numbers(labels: Sequence[tuple[Place, str, str]], tint: str) -> dict[str, Any]:
    """The numbers of one colour: a trace each, since a click would give all texts of a trace the colour of "unselected"."""
    own = [(row, column, text) for (row, column), text, colour in labels if colour == tint]
    same = {"textfont": {"color": tint}}
    return {
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "textfont": {"size": 14, "color": tint}, "selected": same,
        "unselected": same,
        "x": [column for _, column, _ in own], "y": [row for row, _, _ in own], "text": [text for _, _, text in own],
    }  # fmt: skip


def _frame(chosen: Place | None, colours: Palette) -> list[dict[str, Any]]:
    if chosen is None:
        return []
    row, column = chosen
    edge = {"color": colours.text, "width": 2.5}
    return [{"type": "rect", "x0": column - 0.48, "x1": column + 0.48, "y0": row - 0.47, "y1": row + 0.47, "line": edge}]
