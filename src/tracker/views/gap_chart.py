"""The gap map: two facets crossed, every cell with its number.

Each cell is a bar of one trace, because a ``go.Heatmap`` can neither be hatched nor clicked in Streamlit 1.67
(github.com/streamlit/streamlit/issues/8760). Five classes and not a gradient: a number must be readable on every ground.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from tracker.views.charts import figure
from tracker.views.gaps import SMALL_CELL
from tracker.views.palettes import Palette

HEAT_STEPS = (10, 25, 60, 100)  # lower ends of the classes 2 to 5, in works
_HATCH = 3  # the class whose colour the hatching has


def gap_map(
    rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]], texts: Sequence[Sequence[str]],
    keys: Sequence[Sequence[tuple[str, str]]], *, chosen: tuple[int, int] | None, colours: Palette,
) -> go.Figure:  # fmt: skip
    """Cells of *counts* (row by row) with *texts* in them; cells under ``SMALL_CELL`` are hatched.

    *keys* come back as ``customdata`` of a click; *chosen* (row, column) is framed.
    """
    cells = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
    classes = [heat_class(counts[row][column]) for row, column in cells]
    is_small = [counts[row][column] < SMALL_CELL for row, column in cells]
    bars = _bars(cells, classes, is_small, colours) | {"customdata": [list(keys[row][column]) for row, column in cells]}
    tints = [colours.text if small else colours.heat_text[one] for one, small in zip(classes, is_small, strict=True)]
    labels = [(cell, texts[cell[0]][cell[1]], tint) for cell, tint in zip(cells, tints, strict=True)]
    xaxis = {"side": "top", "tickvals": list(range(len(columns))), "ticktext": list(columns), "tickangle": 0, "showgrid": False,
             "range": [-0.5, len(columns) - 0.5]}  # fmt: skip
    yaxis = {"tickvals": list(range(len(rows))), "ticktext": list(rows), "showgrid": False, "range": [len(rows) - 0.5, -0.5]}
    return figure(
        [bars, *(_numbers(labels, tint) for tint in dict.fromkeys(tints))], colours, height=58 * len(rows) + 52, xaxis=xaxis, yaxis=yaxis,
        barmode="overlay", margin={"l": 0, "r": 0, "t": 44, "b": 0}, clickmode="event+select", shapes=_frame(chosen, colours),
    )  # fmt: skip


def heat_class(count: int) -> int:
    """Which of the five classes a cell is in, 0 to 4."""
    return sum(count >= step for step in HEAT_STEPS)


def _bars(cells: Sequence[tuple[int, int]], classes: Sequence[int], is_small: Sequence[bool], colours: Palette) -> dict[str, Any]:
    """``hoverinfo`` is ``none`` and not ``skip``, which would make plotly deaf to clicks as well."""
    kinds = list(zip(classes, is_small, strict=True))
    return {
        "type": "bar", "orientation": "h", "hoverinfo": "none", "x": [0.95] * len(cells), "width": 0.92,
        "base": [column - 0.475 for _, column in cells], "y": [row for row, _ in cells],
        "marker": {
            "color": [colours.heat[_HATCH if small else one] for one, small in kinds], "line": {"width": 0},
            "pattern": {"shape": ["/" if small else "" for small in is_small], "size": 7, "solidity": 0.14,
                        "bgcolor": [colours.ground if small else colours.heat[one] for one, small in kinds]},
        },
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def _numbers(labels: Sequence[tuple[tuple[int, int], str, str]], tint: str) -> dict[str, Any]:
    """The numbers of one colour: a trace each, since a click would give all texts of a trace the colour of "unselected"."""
    own = [(row, column, text) for (row, column), text, colour in labels if colour == tint]
    same = {"textfont": {"color": tint}}
    return {
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "textfont": {"size": 14, "color": tint}, "selected": same,
        "unselected": same,
        "x": [column for _, column, _ in own], "y": [row for row, _, _ in own], "text": [text for _, _, text in own],
    }  # fmt: skip


def _frame(chosen: tuple[int, int] | None, colours: Palette) -> list[dict[str, Any]]:
    if chosen is None:
        return []
    row, column = chosen
    edge = {"color": colours.text, "width": 2.5}
    return [{"type": "rect", "x0": column - 0.48, "x1": column + 0.48, "y0": row - 0.47, "y1": row + 0.47, "line": edge}]
