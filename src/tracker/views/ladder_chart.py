"""The evidence ladder as a figure: a panel for each area, a bar for each rung, on a track that is all works of known kind.

The panels share one axis, each 1 long with a gap behind it: three traces in all, since every trace costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from tracker.views.charts import figure
from tracker.views.gaps import SMALL_CELL
from tracker.views.ladder import RUNGS, Ladder
from tracker.views.palettes import AREA_COLOURS, PLAIN, Palette
from tracker.views.statistics import Share
from tracker.views.wording import percent

_ROW, _TOP = 44, 46  # px
_STEP = 1.12  # from the beginning of one panel to the next; a panel is 1 (all works of known kind) long
_BAR_AT, _WORDS_AT = -0.23, 0.22  # where in its row a bar and its numbers stand
_TRACK = "rgba(128,128,128,.10)"

Cell = tuple[float, int, str, Share]  # where its panel begins, row, colour, share


def ladder(ladders: Sequence[Ladder], *, chosen: tuple[str, str], colours: Palette) -> go.Figure:
    """Rungs from the trial at the top down to the opinion. A click gives (area, rung); that cell is framed.

    A bar is the share of the works whose kind of study is known; hatched below ``SMALL_CELL`` works.
    """
    cells = [
        (panel * _STEP, row, AREA_COLOURS.get(one.label.id, PLAIN), share)
        for panel, one in enumerate(ladders)
        for row, share in enumerate(one.rungs)
    ]
    keys = [(one.label.id, rung.id) for one in ladders for rung in RUNGS]
    clicks = {"type": "bar", "orientation": "h", "hoverinfo": "none", "customdata": [list(key) for key in keys]}
    names = {"tickvals": list(range(len(RUNGS))), "ticktext": [rung.name for rung in RUNGS], "showgrid": False,
             "range": [-0.5, len(RUNGS) - 0.5]}  # fmt: skip
    return figure(
        [clicks | _tracks(cells), clicks | _bars(cells, colours), _words(cells, colours)], colours, height=_ROW * len(RUNGS) + _TOP,
        xaxis={"visible": False, "range": [0, _STEP * (len(ladders) - 1) + 1]}, yaxis=names, barmode="overlay",
        clickmode="event+select", margin={"l": 0, "r": 2, "t": _TOP, "b": 0}, shapes=_frame(cells, keys, chosen, colours),
        annotations=[_name(panel, one) for panel, one in enumerate(ladders)],
    )  # fmt: skip


def rung_text(share: Share) -> str:
    """A rung's count and, where there are enough for one, its share; ``none`` for none."""
    if not share.count:
        return "none"
    return f"<b>{share.count:,}</b>  {percent(share.share)}" if share.is_enough else f"<b>{share.count:,}</b>"


def _tracks(cells: Sequence[Cell]) -> dict[str, Any]:
    """The ground of every rung: a short bar, or none, can be clicked as well as a long one."""
    still = {"marker": {"opacity": 1}}
    return {
        "x": [1.0] * len(cells), "base": [start for start, _, _, _ in cells], "y": [row for _, row, _, _ in cells], "width": 0.9,
        "marker": {"color": _TRACK}, "selected": still, "unselected": still,
    }  # fmt: skip


def _bars(cells: Sequence[Cell], colours: Palette) -> dict[str, Any]:
    still = {"marker": {"opacity": 1}}
    is_small = [share.count < SMALL_CELL for _, _, _, share in cells]
    own = [colour for _, _, colour, _ in cells]
    return {
        "x": [share.share for _, _, _, share in cells], "base": [start for start, _, _, _ in cells],
        "y": [row + _BAR_AT for _, row, _, _ in cells], "width": 0.3, "selected": still, "unselected": still,
        "marker": {"color": own, "line": {"width": [int(small) for small in is_small], "color": own},
                   "pattern": {"shape": ["/" if small else "" for small in is_small], "size": 5, "solidity": 0.3,
                               "bgcolor": [colours.ground if small else colour for small, colour in zip(is_small, own, strict=True)]}},
    }  # fmt: skip


def _words(cells: Sequence[Cell], colours: Palette) -> dict[str, Any]:
    same = {"textfont": {"color": colours.text}}
    return {
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "textposition": "middle right", "selected": same, "unselected": same,
        "x": [start + 0.02 for start, _, _, _ in cells], "y": [row + _WORDS_AT for _, row, _, _ in cells],
        "text": [rung_text(share) for _, _, _, share in cells], "textfont": {"size": 14, "color": colours.text},
    }  # fmt: skip


def _name(panel: int, one: Ladder) -> dict[str, Any]:
    few = "" if one.top.is_enough else ", too few for shares"
    return {
        "x": panel * _STEP, "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": 4,
        "text": f"<b>{one.label.short_name}</b><br>n = {one.known:,}{few}", "align": "left", "showarrow": False, "font": {"size": 14},
    }  # fmt: skip


def _frame(cells: Sequence[Cell], keys: Sequence[tuple[str, str]], chosen: tuple[str, str], colours: Palette) -> list[dict[str, Any]]:
    edge = {"color": colours.text, "width": 2}
    return [
        {"type": "rect", "x0": start, "x1": start + 1, "y0": row - 0.47, "y1": row + 0.47, "line": edge}
        for (start, row, _, _), key in zip(cells, keys, strict=True)
        if key == chosen
    ]
