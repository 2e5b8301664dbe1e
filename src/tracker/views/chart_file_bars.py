"""Bars as SVG: where each one stands, with the colour or the hatch it has, and the words at its end or in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.views.chart_file_axes import Axis, values
from tracker.views.chart_file_plot import Plot, Spec, axis_name, each, one, paint, rect_element, starts
from tracker.views.chart_file_text import text_width

_BAR_WIDTH = 0.8  # of the room of a bar, plotly's bargap 0.2
_PAD = 4  # px between a bar and its words


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in the axes' units: from *base* to *end*, *middle* and *width* across."""

    base: float
    end: float
    middle: float
    width: float


def bar_rows(axes: Mapping[str, Axis], trace: Spec, bars: Sequence[Spec], layout: Spec, stacks: dict[Any, float]) -> list[Bar | None]:
    """The bars of *trace* in its order, ``None`` for gaps; *stacks* remembers how high earlier ones reach."""
    is_level = trace.get("orientation") == "h"
    across, along = ("y", "x") if is_level else ("x", "y")
    places = [axes[axis_name(trace, across)].number(one) for one in starts(trace, across)]
    lengths = [axes[axis_name(trace, along)].number(one) for one in values(trace.get(along))]
    mode = str(layout.get("barmode") or "group")
    room = _room([place for place in places if place is not None]) * (1 - float(layout.get("bargap", 1 - _BAR_WIDTH)))
    widths, bases = each(trace.get("width"), len(places)), each(trace.get("base"), len(places))
    made: list[Bar | None] = []
    for place, length, own, base in zip(places, lengths, widths, bases, strict=True):
        if place is None or length is None:
            made.append(None)
            continue
        width = float(own) if own is not None else room
        middle = place
        if mode == "group" and len(bars) > 1:
            width /= len(bars)
            middle += (bars.index(trace) - (len(bars) - 1) / 2) * width
        key = (axis_name(trace, across), place)
        foot = float(base) if base is not None else (stacks.get(key, 0.0) if mode in ("stack", "relative") else 0.0)
        stacks[key] = foot + length
        made.append(Bar(foot, foot + length, middle, width))
    return made


def draw_bars(plot: Plot, bars: Sequence[Bar | None], trace: Spec) -> None:
    """Bars with their colour or hatch, and the words at their end or in them."""
    is_level = trace.get("orientation") == "h"
    x_axis, y_axis = plot.axes[axis_name(trace, "x")], plot.axes[axis_name(trace, "y")]
    marker, texts = trace.get("marker") or {}, each(trace.get("text"), len(bars))
    for number, (bar, text) in enumerate(zip(bars, texts, strict=True)):
        if bar is None:
            continue
        sides = (bar.middle - bar.width / 2, bar.middle + bar.width / 2)
        xs = [plot.place(x_axis, at) for at in ((bar.base, bar.end) if is_level else sides)]
        ys = [plot.place(y_axis, at) for at in (sides if is_level else (bar.base, bar.end))]
        plot.add(rect_element(xs, ys, _bar_paint(plot, marker, number)))
        if text:
            _bar_words(plot, xs, ys, str(text), trace, number)


def _bar_paint(plot: Plot, marker: Spec, number: int) -> str:
    colour, pattern, edge = str(one(marker.get("color", plot.colour), number)), marker.get("pattern") or {}, marker.get("line") or {}
    if one(pattern.get("shape", ""), number):
        ground = str(one(pattern.get("bgcolor", plot.ground), number))
        fill = paint("fill", plot.hatch(colour, ground, float(one(pattern.get("size", 8), number))))
    else:
        fill = paint("fill", colour)
    width = float(one(edge.get("width", 0), number) or 0)
    return fill + (paint("stroke", str(one(edge.get("color", colour), number)), width=width) if width else "")


def _bar_words(plot: Plot, xs: Sequence[float], ys: Sequence[float], text: str, trace: Spec, number: int) -> None:
    """Words outside the bar's end, or in its middle (at its foot with ``insidetextanchor: start``) where they fit."""
    font = plot.font((trace.get("insidetextfont") or {}) | (trace.get("textfont") or {}), number)
    is_level, where = trace.get("orientation") == "h", str(one(trace.get("textposition", "auto"), number))
    if where == "none":
        return
    if where == "outside":
        x, y = (xs[1] + _PAD, sum(ys) / 2) if is_level else (sum(xs) / 2, min(ys) - 1)
        plot.write(x, y, text, font, anchor="left" if is_level else "center", valign="middle" if is_level else "bottom")
    elif trace.get("insidetextanchor") == "start" and is_level:
        plot.write(xs[0] + _PAD, sum(ys) / 2, text, font)
    elif where == "inside" or text_width(text, font[0]) < abs(xs[1] - xs[0]):
        plot.write(sum(xs) / 2, sum(ys) / 2, text, font, anchor="center")


def _room(places: Sequence[float]) -> float:
    """The room of one bar: the least distance between two, or one unit."""
    apart = [later - first for first, later in zip(sorted(set(places)), sorted(set(places))[1:], strict=False)]
    return min(apart, default=1.0)
