"""Small multiples of the trends: a panel a group, one scale for all, the open period apart.

Same house rules as :mod:`.charts`. The other groups stand behind each panel as grey ghosts. What is not over is hollow, joined by
dots and on a shaded ground, and no number is written at it. Where a share would rest on too few works the line has a gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go

from tracker.views.charts import figure
from tracker.views.palettes import GHOST, GRID, Palette
from tracker.views.trends import MOST_GHOSTS, Panel

_NAME = {"size": 14}
_PANEL_HEIGHT, _NAME_ROOM, _TICK_ROOM = 138, 46, 46  # px
_NAME_LENGTHS = {1: 40, 2: 20, 3: 12}  # signs of a name on one line on a telephone, by panels side by side
_NUMBERED = 12  # points of a line that has its last number at its end; at more of them the line would run through it
_BETWEEN = 0.09  # panels, as a part of the width


def panels(
    days: Sequence[date], shown: Sequence[Panel], *, tick_texts: tuple[str, str], unit: str, ceiling: float | None, colours: Palette
) -> go.Figure:
    """A panel each of *shown*, two or three side by side.

    *days* are where the periods' points stand. *unit* is ``%`` for shares, else empty; *tick_texts* name the first and the last
    complete period; *ceiling* is the highest value the scale may end at (100 for shares).
    """
    columns = 3 if len(shown) in (3, 5, 6) else min(2, len(shown))
    rows = -(-len(shown) // columns)
    height = rows * (_PANEL_HEIGHT + _NAME_ROOM + _TICK_ROOM)
    places = [_place(number, columns, rows, height) for number in range(len(shown))]
    scale = {"range": [0, _top(shown, ceiling)], "nticks": 4, "ticksuffix": unit, "gridcolor": GRID}
    axes: dict[str, Any] = {}
    for number, (across, along) in enumerate(places):
        axes[f"xaxis{_suffix(number)}"] = _time_axis(days, shown[0].complete, tick_texts, colours) | {
            "domain": across, "anchor": f"y{_suffix(number)}",
        }  # fmt: skip
        axes[f"yaxis{_suffix(number)}"] = scale | {
            "domain": along, "anchor": f"x{_suffix(number)}", "showticklabels": across[0] == 0, "zeroline": False, "fixedrange": True,
            "ticks": "", "tickfont": {"color": colours.text}, "automargin": True,
        }  # fmt: skip
    traces = [trace for number in range(len(shown)) for trace in _panel_traces(number, days, shown, unit, colours)]
    return figure(
        traces, colours, height=height, xaxis=axes.pop("xaxis"), yaxis=axes.pop("yaxis"), annotations=_names(shown, columns, unit),
        shapes=_open_grounds(days, shown, colours), margin={"l": 0, "r": 22, "t": 0, "b": 0}, **axes,
    )  # fmt: skip


def _place(number: int, columns: int, rows: int, height: int) -> tuple[list[float], list[float]]:
    """Where a panel stands: its domains across and along, row after row from the top."""
    row, column = divmod(number, columns)
    width = (1 - _BETWEEN * (columns - 1)) / columns
    left = column * (width + _BETWEEN)
    usable = height - _TICK_ROOM  # the last row's ticks stand below the plot
    step = (_PANEL_HEIGHT + _NAME_ROOM + _TICK_ROOM) / usable
    top = 1 - row * step - _NAME_ROOM / usable
    return [left, min(1.0, left + width)], [max(0.0, top - _PANEL_HEIGHT / usable), top]


def _top(shown: Sequence[Panel], ceiling: float | None) -> float:
    """The end of the scale: above the highest value, and above the intervals as far as they do not crush the lines."""
    highest = max([1.0, *(value for panel in shown for value in panel.values if value is not None)])
    bands = max([0.0, *(ends[1] for panel in shown for ends in panel.band if ends)])
    top = max(highest * 1.24, min(bands, highest * 1.6))
    return min(top, ceiling * 1.04) if ceiling else top


def _time_axis(days: Sequence[date], complete: int, tick_texts: tuple[str, str], colours: Palette) -> dict[str, Any]:
    step = (days[-1] - days[0]) / max(1, len(days) - 1) / 2
    return {
        "showgrid": False, "zeroline": False, "fixedrange": True, "ticks": "", "tickangle": 0, "automargin": True, "type": "date",
        "tickvals": [days[0].isoformat(), days[complete - 1].isoformat()], "ticktext": list(tick_texts),
        "tickfont": {"color": colours.text}, "range": [(days[0] - step).isoformat(), (days[-1] + step).isoformat()],
    }  # fmt: skip


def _panel_traces(number: int, days: Sequence[date], shown: Sequence[Panel], unit: str, colours: Palette) -> list[dict[str, Any]]:
    """Ghosts, the interval's band, the dots to the open period, then the panel's own line with its last point marked and numbered."""
    own, whole = shown[number], shown[number].complete
    starts = [day.isoformat() for day in days]
    axes = {"type": "scatter", "xaxis": f"x{_suffix(number)}", "yaxis": f"y{_suffix(number)}", "hoverinfo": "skip"}
    others = [other for place, other in enumerate(shown) if place != number and not own.band and len(shown) <= MOST_GHOSTS]
    ghosts = axes | {
        "mode": "lines", "line": {"color": GHOST, "width": 1}, "x": [*starts[:whole], None] * len(others),
        "y": [value for other in others for value in (*other.values[:whole], None)],
    }  # fmt: skip
    return [
        *([ghosts] if others else []),
        *_band(own, starts, axes),
        *_open_end(own, starts, axes, colours),
        _own_line(own, starts, axes, unit),
    ]


def _own_line(own: Panel, starts: Sequence[str], axes: Mapping[str, Any], unit: str) -> dict[str, Any]:
    """The panel's own line over complete periods; a lone point between gaps keeps a small mark."""
    whole = own.complete
    last = _last(own)
    number = "" if whole > _NUMBERED else _number(own, unit)
    texts = [f"<b>{number}</b>" if number and place == last else "" for place in range(whole)]
    return dict(axes) | {
        "mode": "lines+markers+text", "x": list(starts[:whole]), "y": list(own.values[:whole]), "hoverinfo": "x+y", "cliponaxis": False,
        "hovertemplate": f"%{{x|%b %Y}}: %{{y:,.0f}}{unit}<extra></extra>", "line": {"color": own.group.colour, "width": 2.5},
        "marker": {"color": own.group.colour, "symbol": own.group.symbol, "opacity": 1,
                   "size": [9 if place == last else 3 for place in range(whole)]},
        "text": texts, "textposition": "top center", "textfont": _NAME,
    }  # fmt: skip


def _last(own: Panel) -> int:
    """The last complete period with a value."""
    return max((place for place, value in enumerate(own.values[: own.complete]) if value is not None), default=own.complete - 1)


def _number(own: Panel, unit: str) -> str:
    """The value there, in words."""
    value = own.values[_last(own)]
    return "" if value is None else f"{value:,.0f}{unit}"


def _band(own: Panel, starts: Sequence[str], axes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The intervals of shares, one closed shape for each run of periods with enough works."""
    runs: list[list[tuple[str, float, float]]] = [[]]
    for start, ends in zip(starts, own.band, strict=False):
        if ends is None:
            runs.append([])
        else:
            runs[-1].append((start, *ends))
    look = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": _pale(own.group.colour)}
    return [dict(axes) | look | _outline(run) for run in runs if len(run) > 1]


def _outline(run: Sequence[tuple[str, float, float]]) -> dict[str, Any]:
    """Along the lower ends and back along the upper ones."""
    days, lows, highs = zip(*run, strict=True)
    return {"x": [*days, *reversed(days)], "y": [*lows, *reversed(highs)]}


def _open_end(own: Panel, starts: Sequence[str], axes: Mapping[str, Any], colours: Palette) -> list[dict[str, Any]]:
    """Dots from the last complete period to the open one, which is hollow; nothing where there is no such period or no value."""
    whole = own.complete
    if whole >= len(own.values) or own.values[whole] is None:
        return []
    return [dict(axes) | {
        "mode": "lines+markers", "x": list(starts[whole - 1 : whole + 1]), "y": list(own.values[whole - 1 : whole + 1]),
        "line": {"color": own.group.colour, "width": 1.5, "dash": "dot"}, "hoverinfo": "x+y", "cliponaxis": False,
        "hovertemplate": "%{x|%b %Y}, not over: %{y:,.0f}<extra></extra>",
        "marker": {"size": [0, 8], "color": colours.ground, "opacity": 1, "line": {"width": 2, "color": own.group.colour}},
    }]  # fmt: skip


def _open_grounds(days: Sequence[date], shown: Sequence[Panel], colours: Palette) -> list[dict[str, Any]]:
    """The shaded ground of the open period, in every panel."""
    whole = shown[0].complete
    if whole >= len(days):
        return []
    step = (days[-1] - days[0]) / max(1, len(days) - 1) / 2
    ground = {"type": "rect", "layer": "below", "x0": (days[whole] - step).isoformat(), "x1": (days[-1] + step).isoformat(),
              "y0": 0, "y1": 1, "fillcolor": colours.thin, "line": {"width": 0}}  # fmt: skip
    return [ground | {"xref": f"x{_suffix(number)}", "yref": f"y{_suffix(number)} domain"} for number in range(len(shown))]


def _names(shown: Sequence[Panel], columns: int, unit: str) -> list[dict[str, Any]]:
    """Each panel's name over it, on two lines where it is long: three panels stand side by side on a telephone.

    Lines of more than ``_NUMBERED`` points have their last number here, where no line runs through it.
    """
    return [
        {
            "x": 0, "y": 1, "xref": f"x{_suffix(number)} domain", "yref": f"y{_suffix(number)} domain", "xanchor": "left",
            "yanchor": "bottom", "yshift": 3, "showarrow": False, "align": "left", "font": _NAME,
            "text": "<br>".join(f"<b>{line}</b>" for line in _two_lines(panel.group.name, _NAME_LENGTHS[columns]))
            + (f"  {_number(panel, unit)}" if panel.complete > _NUMBERED else ""),
        }
        for number, panel in enumerate(shown)
    ]  # fmt: skip


def _two_lines(name: str, length: int) -> list[str]:
    """A name of more than *length* signs in two lines, broken at the space nearest its middle."""
    spaces = [place for place, sign in enumerate(name) if sign == " "]
    if len(name) <= length or not spaces:
        return [name]
    at = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return [name[:at], name[at + 1 :]]


def _pale(colour: str) -> str:
    """The colour as the ground of a band, in both themes."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},.18)"


def _suffix(number: int) -> str:
    """Plotly's axes are called x, x2, x3."""
    return str(number + 1) if number else ""
