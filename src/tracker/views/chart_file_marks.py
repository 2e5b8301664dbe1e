"""The marks of a figure as SVG: bars, lines, points, words, shapes. One function a kind; anything else is an error, never left out.

What is read is what our figures use of plotly's traces ``bar`` and ``scatter``, shapes ``rect`` and ``line``, and annotations without
arrows; a figure with more of it raises ``UnsupportedFigureError``, so that no picture silently lacks a part.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.views.chart_file_axes import Axis, Value, periods_middle, values
from tracker.views.chart_file_text import TextStyle, text_element, text_width

Spec = Mapping[str, Any]
_DASHES = {"dot": "2 3", "dash": "7 5", "dashdot": "7 3 2 3", "longdash": "11 5"}
_BAR_WIDTH = 0.8  # of the room of a bar, plotly's bargap 0.2
_PAD = 4  # px between a mark and its words
_UNDRAWN = ("stackgroup", "error_x", "error_y", "texttemplate", "offset")  # of traces; these would change what is seen
_COLOUR = re.compile(r"rgba?\(([^)]*)\)")
_VALIGNS = {"top": "bottom", "bottom": "top", "middle": "middle"}  # "top center": the words stand above the point


class UnsupportedFigureError(ValueError):
    """The figure has something that no picture can be drawn of yet."""


@dataclass(slots=True)
class Plot:
    """The plot's place on the picture in px, its axes by name (``x``, ``y2``), and the SVG so far."""

    left: float
    top: float
    width: float
    height: float
    axes: Mapping[str, Axis]
    size: float
    colour: str
    ground: str
    elements: list[str] = field(default_factory=list)
    hatches: dict[tuple[str, str, float], str] = field(default_factory=dict)

    def place(self, axis: Axis, at: float) -> float:
        """The px of a place on an axis."""
        return self.along(axis, axis.fraction(at))

    def along(self, axis: Axis, fraction: float) -> float:
        """The px of a part of an axis' domain, 0 to 1 from left or from the bottom."""
        first, last = axis.domain
        part = first + fraction * (last - first)
        return self.left + part * self.width if axis.is_x else self.top + (1 - part) * self.height

    def add(self, element: str) -> None:
        """Draw on top of what is there."""
        self.elements.append(element)

    def write(self, x: float, y: float, markup: str, **style: Any) -> None:
        """Words at a place."""
        self.add(text_element(x, y, markup, TextStyle(**({"size": self.size, "colour": self.colour} | style))))

    def hatch(self, line: str, ground: str, size: float) -> str:
        """The fill of a hatched bar; defined once per kind."""
        name = self.hatches.setdefault((line, ground, size), f"hatch{len(self.hatches)}")
        return f"url(#{name})"


def draw_axes(plot: Plot) -> None:
    """Grid and ticks. Words of an x axis stand below (or above, ``side: top``) its domain, those of a y axis left of it."""
    for axis in plot.axes.values():
        if not axis.spec.get("visible", True):
            continue
        other = plot.axes.get(str(axis.spec.get("anchor") or ("y" if axis.is_x else "x")), axis)
        for at, text in axis.ticks():
            here = plot.place(axis, at)
            if axis.spec.get("showgrid", True):
                ends = [plot.along(other, 0), plot.along(other, 1)]
                plot.add(_line([(here, end) if axis.is_x else (end, here) for end in ends], str(axis.spec.get("gridcolor") or "#ddd"), 1))
            if axis.is_shown:
                _tick(plot, axis, other, here, text)
        if axis.spec.get("showline"):
            ends = [(plot.along(axis, part), plot.along(other, 0)) for part in (0, 1)]
            plot.add(_line(ends if axis.is_x else [(y, x) for x, y in ends], str(axis.spec.get("linecolor") or plot.colour), 1))


def draw_shapes(plot: Plot, shapes: Sequence[Spec], *, layer: str) -> None:
    """The shapes of one layer: grounds below the marks, frames and lines above them."""
    for shape in shapes:
        if str(shape.get("layer") or "above") != layer:
            continue
        xs = [_at(plot, str(shape.get("xref") or "x"), shape[name]) for name in ("x0", "x1")]
        ys = [_at(plot, str(shape.get("yref") or "y"), shape[name], is_y=True) for name in ("y0", "y1")]
        edge = shape.get("line") or {}
        colour, width = str(edge.get("color") or plot.colour), float(edge.get("width", 2))
        if shape["type"] == "line":
            plot.add(_line(list(zip(xs, ys, strict=True)), colour, width, dash=str(edge.get("dash") or "")))
        elif shape["type"] == "rect":
            plot.add(_rect(xs, ys, _paint("fill", str(shape.get("fillcolor") or "none")) + _paint("stroke", colour, width=width)))
        else:
            raise UnsupportedFigureError(f"a picture cannot show the shape {shape['type']!r}")


def draw_notes(plot: Plot, notes: Sequence[Spec]) -> None:
    """Annotations: names of panels and bars, "open", "too few to say"."""
    for note in notes:
        if note.get("showarrow", True):
            raise UnsupportedFigureError("a picture cannot show an annotation with an arrow")
        font = note.get("font") or {}
        x = _at(plot, str(note.get("xref") or "x"), note["x"], is_power=True) + float(note.get("xshift") or 0)
        y = _at(plot, str(note.get("yref") or "y"), note["y"], is_y=True, is_power=True) - float(note.get("yshift") or 0)
        valign = {"auto": "middle"}.get(str(note.get("yanchor") or "middle"), str(note.get("yanchor") or "middle"))
        anchor = {"auto": "center"}.get(str(note.get("xanchor") or "center"), str(note.get("xanchor") or "center"))
        style = {"size": float(font.get("size") or plot.size), "colour": str(font.get("color") or plot.colour)}
        plot.write(x, y, str(note.get("text") or ""), anchor=anchor, valign=valign, **style)


def draw_traces(plot: Plot, traces: Sequence[Spec], layout: Spec) -> None:
    """All traces in their order; *layout* says how bars stand to each other (``barmode``)."""
    stacks: dict[Any, float] = {}
    earlier: list[tuple[float, float]] = []  # points of the trace before, which a band reaches down to
    bars = [trace for trace in traces if trace.get("type") == "bar"]
    for trace in traces:
        kind = trace.get("type", "scatter")
        unknown = [name for name in _UNDRAWN if trace.get(name)]
        if unknown:
            raise UnsupportedFigureError(f"a picture cannot show a trace's {unknown[0]}")
        if kind == "bar":
            draw_bars(plot, bar_rows(plot.axes, trace, bars, layout, stacks), trace)
        elif kind in ("scatter", "scattergl"):
            earlier = _scatter(plot, trace, earlier)
        else:
            raise UnsupportedFigureError(f"a picture cannot show a trace of type {kind!r}")


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
    places = [axes[axis_name(trace, across)].number(one) for one in _starts(trace, across)]
    lengths = [axes[axis_name(trace, along)].number(one) for one in values(trace.get(along))]
    mode = str(layout.get("barmode") or "group")
    room = _room([place for place in places if place is not None]) * (1 - float(layout.get("bargap", 1 - _BAR_WIDTH)))
    widths, bases = _each(trace.get("width"), len(places)), _each(trace.get("base"), len(places))
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
    marker, texts = trace.get("marker") or {}, _each(trace.get("text"), len(bars))
    for number, (bar, text) in enumerate(zip(bars, texts, strict=True)):
        if bar is None:
            continue
        sides = (bar.middle - bar.width / 2, bar.middle + bar.width / 2)
        xs = [plot.place(x_axis, at) for at in ((bar.base, bar.end) if is_level else sides)]
        ys = [plot.place(y_axis, at) for at in (sides if is_level else (bar.base, bar.end))]
        plot.add(_rect(xs, ys, _bar_paint(plot, marker, number)))
        if text:
            _bar_words(plot, xs, ys, str(text), trace, number)


def axis_name(trace: Spec, letter: str) -> str:
    """The name of the axis that *trace* is drawn on."""
    return str(trace.get(f"{letter}axis") or letter)


def points(axes: Mapping[str, Axis], trace: Spec) -> list[tuple[Value, Value]]:
    """The points of a scatter trace in the axes' units."""
    xs = [axes[axis_name(trace, "x")].number(one) for one in _starts(trace, "x")]
    ys = [axes[axis_name(trace, "y")].number(one) for one in values(trace.get("y"))]
    return list(zip(xs, ys, strict=False))


def _starts(trace: Spec, letter: str) -> list[Any]:
    """Where the marks stand; counted from 0 where the trace does not say."""
    given = trace.get(letter)
    places = values(given) if given is not None else list(range(len(values(trace.get("y" if letter == "x" else "x")))))
    return periods_middle(places, trace.get(f"{letter}period"), trace.get(f"{letter}periodalignment"))


def _scatter(plot: Plot, trace: Spec, earlier: list[tuple[float, float]]) -> list[tuple[float, float]]:
    x_axis, y_axis = plot.axes[axis_name(trace, "x")], plot.axes[axis_name(trace, "y")]
    known = points(plot.axes, trace)
    at = [None if x is None or y is None else (plot.place(x_axis, x), plot.place(y_axis, y)) for x, y in known]
    mode, line = str(trace.get("mode") or "lines"), trace.get("line") or {}
    runs = _runs(at, joined=bool(trace.get("connectgaps")))
    drawn = [point for run in runs for point in run]
    if trace.get("fill") in ("tonexty", "tozeroy", "toself") and drawn:
        edge = {"tonexty": earlier[::-1], "toself": [], "tozeroy": [(x, plot.place(y_axis, 0)) for x, _ in (drawn[-1], drawn[0])]}
        outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*drawn, *edge[str(trace["fill"])]])
        plot.add(f'<polygon points="{outline}"{_paint("fill", str(trace.get("fillcolor") or "#ccc"))}/>')
    if "lines" in mode and float(line.get("width", 2)):
        for run in runs:
            plot.add(_line(run, str(line.get("color") or plot.colour), float(line.get("width", 2)), dash=str(line.get("dash") or "")))
    _marks(plot, trace, at, mode)
    return drawn


def _marks(plot: Plot, trace: Spec, at: Sequence[tuple[float, float] | None], mode: str) -> None:
    marker = trace.get("marker") or {}
    fonts, sides = trace.get("textfont") or {}, _each(trace.get("textposition") or "middle center", len(at))
    for number, (point, text, side) in enumerate(zip(at, _each(trace.get("text"), len(at)), sides, strict=True)):
        if point is None:
            continue
        size = float(_one(marker.get("size", 6), number)) if "markers" in mode else 0.0
        if size:
            plot.add(_symbol(point, size, marker, number, plot))
        if text and "text" in mode:
            upright, level = str(side).split()
            shift = {"left": -1, "center": 0, "right": 1}[level] * (size / 2 + _PAD)
            rise = {"top": -1, "middle": 0, "bottom": 1}[upright] * (size / 2 + 1)
            style = {
                "size": float(_one(fonts.get("size", plot.size), number)),
                "colour": str(_one(fonts.get("color", plot.colour), number)),
            }
            anchor = {"left": "right", "right": "left", "center": "center"}[level]
            plot.write(point[0] + shift, point[1] + rise, str(text), anchor=anchor, valign=_VALIGNS[upright], **style)


def _symbol(point: tuple[float, float], size: float, marker: Spec, number: int, plot: Plot) -> str:
    """A point's mark; ``-open`` ones are filled with the ground."""
    name, colour = str(_one(marker.get("symbol", "circle"), number)), str(_one(marker.get("color", plot.colour), number))
    edge = marker.get("line") or {}
    ring, width = str(_one(edge.get("color", colour), number)), float(_one(edge.get("width", 0), number) or 0)
    kind, _, is_open = name.partition("-open")
    fill = plot.ground if is_open or name.endswith("-open") else colour
    paint = _paint("fill", fill) + _paint("stroke", ring if width else colour, width=width or (2 if name.endswith("-open") else 0))
    (x, y), half = point, size / 2
    shapes: dict[str, Callable[[], str]] = {
        "circle": lambda: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:.1f}"{paint}/>',
        "square": lambda: _rect([x - half, x + half], [y - half, y + half], paint),
        "diamond": lambda: _polygon(x, y, [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)], half, paint),
        "triangle-up": lambda: _polygon(x, y, [(0, -1.2), (1.1, 0.8), (-1.1, 0.8)], half, paint),
        "x": lambda: _polygon(x, y, [(-1, -0.6), (-0.6, -1), (0.6, 1), (1, 0.6)], half, paint),
    }
    if kind not in shapes:
        raise UnsupportedFigureError(f"a picture cannot show the symbol {name!r}")
    return shapes[kind]()


def _bar_paint(plot: Plot, marker: Spec, number: int) -> str:
    colour, pattern, edge = str(_one(marker.get("color", plot.colour), number)), marker.get("pattern") or {}, marker.get("line") or {}
    if _one(pattern.get("shape", ""), number):
        ground = str(_one(pattern.get("bgcolor", plot.ground), number))
        fill = _paint("fill", plot.hatch(colour, ground, float(_one(pattern.get("size", 8), number))))
    else:
        fill = _paint("fill", colour)
    width = float(_one(edge.get("width", 0), number) or 0)
    return fill + (_paint("stroke", str(_one(edge.get("color", colour), number)), width=width) if width else "")


def _bar_words(plot: Plot, xs: Sequence[float], ys: Sequence[float], text: str, trace: Spec, number: int) -> None:
    """Words outside the bar's end, or in its middle (at its foot with ``insidetextanchor: start``) where they fit."""
    font = (trace.get("insidetextfont") or {}) | (trace.get("textfont") or {})
    style = {"size": float(_one(font.get("size", plot.size), number)), "colour": str(_one(font.get("color", plot.colour), number))}
    is_level, where = trace.get("orientation") == "h", str(_one(trace.get("textposition", "auto"), number))
    if where == "none":
        return
    if where == "outside":
        x, y = (xs[1] + _PAD, sum(ys) / 2) if is_level else (sum(xs) / 2, min(ys) - 1)
        plot.write(x, y, text, anchor="left" if is_level else "center", valign="middle" if is_level else "bottom", **style)
    elif trace.get("insidetextanchor") == "start" and is_level:
        plot.write(xs[0] + _PAD, sum(ys) / 2, text, **style)
    elif where == "inside" or text_width(text, style["size"]) < abs(xs[1] - xs[0]):
        plot.write(sum(xs) / 2, sum(ys) / 2, text, anchor="center", **style)


def _tick(plot: Plot, axis: Axis, other: Axis, here: float, text: str) -> None:
    font = axis.spec.get("tickfont") or {}
    style = {"size": float(font.get("size") or plot.size), "colour": str(font.get("color") or plot.colour)}
    if axis.is_x:
        is_above = axis.spec.get("side") == "top"
        y = plot.along(other, 1) - _PAD if is_above else plot.along(other, 0) + _PAD
        plot.write(here, y, text, anchor="center", valign="bottom" if is_above else "top", **style)
    else:
        is_right = axis.spec.get("side") == "right"
        x = plot.along(other, 1) + _PAD if is_right else plot.along(other, 0) - _PAD
        plot.write(x, here, text, anchor="left" if is_right else "right", **style)


def _at(plot: Plot, ref: str, value: Any, *, is_y: bool = False, is_power: bool = False) -> float:
    """The px of a place given in an axis' data, in its domain (``x2 domain``) or on the whole plot (``paper``).

    *is_power*: on a log axis *value* is a power of ten already; plotly has it so for annotations, but not for shapes.
    """
    if ref == "paper":
        return plot.top + (1 - float(value)) * plot.height if is_y else plot.left + float(value) * plot.width
    name, _, domain = ref.partition(" ")
    axis = plot.axes[name]
    place = float(value) if is_power and axis.spec.get("type") == "log" else axis.number(value)
    return plot.along(axis, float(value)) if domain else plot.place(axis, 0.0 if place is None else place)


def _runs(at: Sequence[tuple[float, float] | None], *, joined: bool) -> list[list[tuple[float, float]]]:
    """Points that belong to one line: a gap ends it."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in at:
        if point is not None:
            runs[-1].append(point)
        elif not joined and runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _room(places: Sequence[float]) -> float:
    """The room of one bar: the least distance between two, or one unit."""
    apart = [later - first for first, later in zip(sorted(set(places)), sorted(set(places))[1:], strict=False)]
    return min(apart, default=1.0)


def _each(given: Any, count: int) -> list[Any]:
    """One value for each of *count* marks, whether one is given for all or a list."""
    if isinstance(given, (list, tuple)) or (isinstance(given, Mapping) and "bdata" in given):
        return (values(given) + [None] * count)[:count]
    return [given] * count


def _one(given: Any, number: int) -> Any:
    return _each(given, number + 1)[number]


def _line(run: Sequence[tuple[float, float]], colour: str, width: float, *, dash: str = "") -> str:
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
    dashes = f' stroke-dasharray="{_DASHES[dash]}"' if dash in _DASHES else ""
    return f'<polyline points="{way}" fill="none"{_paint("stroke", colour, width=width)} stroke-linejoin="round"{dashes}/>'


def _rect(xs: Sequence[float], ys: Sequence[float], paint: str) -> str:
    width, height = abs(xs[1] - xs[0]), abs(ys[1] - ys[0])
    return f'<rect x="{min(xs):.1f}" y="{min(ys):.1f}" width="{width:.1f}" height="{height:.1f}"{paint}/>'


def _polygon(x: float, y: float, corners: Sequence[tuple[float, float]], scale: float, paint: str) -> str:
    outline = " ".join(f"{x + right * scale:.1f},{y + down * scale:.1f}" for right, down in corners)
    return f'<polygon points="{outline}"{paint}/>'


def _paint(kind: str, colour: str, *, width: float | None = None) -> str:
    """A fill or stroke; ``rgba`` becomes a colour with its opacity, which every viewer of SVG knows."""
    if width is not None and not width:
        return ""
    found = _COLOUR.fullmatch(colour)
    shown, opacity = colour, ""
    if found:
        parts = [part.strip() for part in found[1].split(",")]
        shown = f"rgb({','.join(parts[:3])})"
        opacity = f' {kind}-opacity="{float(parts[3]):g}"' if len(parts) > 3 and not math.isclose(float(parts[3]), 1) else ""
    return f' {kind}="{shown}"{opacity}' + (f' stroke-width="{width:g}"' if width else "")
