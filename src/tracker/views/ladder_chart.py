"""The evidence ladder as a figure: a panel for each area, a bar for each rung, on a track that is all works of known kind."""

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
_PANEL_GAP = 0.04
_BAR_AT, _WORDS_AT = -0.23, 0.22  # where in its row a bar and its numbers stand
_REACH = 1.0  # a track is 100 %
_TRACK = "rgba(128,128,128,.10)"


def ladder(ladders: Sequence[Ladder], *, chosen: tuple[str, str], colours: Palette) -> go.Figure:
    """Rungs from the trial at the top down to the opinion. A click gives (area, rung); that cell is framed.

    A bar is the share of the works whose kind of study is known; hatched below ``SMALL_CELL`` works.
    """
    width = (1 - _PANEL_GAP * (len(ladders) - 1)) / len(ladders)
    axes: dict[str, Any] = {}
    for panel in range(len(ladders)):
        start = panel * (width + _PANEL_GAP)
        axes[f"xaxis{_number(panel)}"] = {
            "domain": [start, start + width], "range": [0, _REACH], "visible": False, "fixedrange": True, "anchor": "y",
        }  # fmt: skip
    names = {"tickvals": list(range(len(RUNGS))), "ticktext": [rung.name for rung in RUNGS], "showgrid": False,
             "range": [-0.5, len(RUNGS) - 0.5]}  # fmt: skip
    traces = [trace for panel, one in enumerate(ladders) for trace in _panel(panel, one, colours)]
    return figure(
        traces, colours, height=_ROW * len(RUNGS) + _TOP, xaxis=axes.pop("xaxis"), yaxis=names, barmode="overlay", bargap=0,
        clickmode="event+select", margin={"l": 0, "r": 2, "t": _TOP, "b": 0}, shapes=_frame(ladders, chosen, colours),
        annotations=[_name(panel, one) for panel, one in enumerate(ladders)], **axes,
    )  # fmt: skip


def rung_text(share: Share) -> str:
    """A rung's count and, where there are enough for one, its share; ``none`` for none."""
    if not share.count:
        return "none"
    return f"<b>{share.count:,}</b>  {percent(share.share)}" if share.is_enough else f"<b>{share.count:,}</b>"


def _panel(panel: int, one: Ladder, colours: Palette) -> list[dict[str, Any]]:
    rows = list(range(len(RUNGS)))
    keys = [[one.label.id, rung.id] for rung in RUNGS]
    axes = {"type": "bar", "orientation": "h", "xaxis": f"x{_number(panel)}", "yaxis": "y", "hoverinfo": "none"}
    same = {"marker": {"opacity": 1}, "textfont": {"color": colours.text}}
    still = {"customdata": keys, "selected": same, "unselected": same}
    colour = AREA_COLOURS.get(one.label.id, PLAIN)
    is_small = [share.count < SMALL_CELL for share in one.rungs]
    bars = {
        "x": [share.share for share in one.rungs], "y": [row + _BAR_AT for row in rows], "width": 0.3,
        "marker": {"color": colour, "line": {"width": [int(small) for small in is_small], "color": colour},
                   "pattern": {"shape": ["/" if small else "" for small in is_small], "size": 5, "solidity": 0.3,
                               "bgcolor": [colours.ground if small else colour for small in is_small]}},
    }  # fmt: skip
    words = {
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "xaxis": f"x{_number(panel)}", "yaxis": "y",
        "y": [row + _WORDS_AT for row in rows],
        "x": [0.02] * len(rows), "textposition": "middle right", "text": [rung_text(share) for share in one.rungs],
        "textfont": {"size": 14, "color": colours.text}, "selected": {"textfont": {"color": colours.text}},
        "unselected": {"textfont": {"color": colours.text}},
    }  # fmt: skip
    track = axes | still | {"x": [_REACH] * len(rows), "y": rows, "width": 0.9, "marker": {"color": _TRACK}}
    return [track, axes | still | bars, words]


def _name(panel: int, one: Ladder) -> dict[str, Any]:
    few = "" if one.top.is_enough else ", too few for shares"
    return {
        "x": 0, "y": 1, "xref": f"x{_number(panel)} domain", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": 4,
        "text": f"<b>{one.label.short_name}</b><br>n = {one.known:,}{few}", "align": "left", "showarrow": False, "font": {"size": 14},
    }  # fmt: skip


def _frame(ladders: Sequence[Ladder], chosen: tuple[str, str], colours: Palette) -> list[dict[str, Any]]:
    places = [(panel, row) for panel, one in enumerate(ladders) for row, rung in enumerate(RUNGS) if (one.label.id, rung.id) == chosen]
    edge = {"color": colours.text, "width": 2}
    return [
        {"type": "rect", "xref": f"x{_number(panel)}", "yref": "y", "x0": 0, "x1": _REACH, "y0": row - 0.47, "y1": row + 0.47, "line": edge}
        for panel, row in places
    ]


def _number(panel: int) -> str:
    """Plotly's axes are called x, x2, x3."""
    return str(panel + 1) if panel else ""
