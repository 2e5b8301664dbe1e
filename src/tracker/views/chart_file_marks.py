"""The marks of a figure as SVG: bars, lines, points, words, shapes. One function a kind; anything else is an error, never left out.

What is read is what our figures use of plotly's traces ``bar`` and ``scatter``, shapes ``rect`` and ``line``, and annotations without
arrows; a figure with more of it raises ``UnsupportedFigureError``, so that no picture silently lacks a part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tracker.views.chart_file_axes import Axis, Value, values
from tracker.views.chart_file_bars import bar_rows, draw_bars
from tracker.views.chart_file_plot import (
    Plot,
    Spec,
    UnsupportedFigureError,
    axis_name,
    each,
    line_element,
    one,
    paint,
    polygon_element,
    rect_element,
    starts,
)

_GRID = "#dddddd"
_PAD = 4  # px between a mark and its words
_UNDRAWN = ("stackgroup", "error_x", "error_y", "texttemplate", "offset")  # of traces; these would change what is seen
_VALIGNS = {"top": "bottom", "bottom": "top", "middle": "middle"}  # "top center": the words stand above the point


def draw_axes(plot: Plot) -> None:
    """Grid and ticks. Words of an x axis stand below (or above, ``side: top``) its domain, those of a y axis left of it."""
    for axis in plot.axes.values():
        if not axis.spec.get("visible", True):
            continue
        other = plot.axes.get(str(axis.spec.get("anchor") or ("y" if axis.is_x else "x")), axis)
        for at, text in axis.ticks():
            here = plot.place(axis, at)
            if axis.spec.get("showgrid", True):
                ends = [(here, plot.along(other, part)) if axis.is_x else (plot.along(other, part), here) for part in (0, 1)]
                plot.add(line_element(ends, str(axis.spec.get("gridcolor") or _GRID), 1))
            if axis.is_shown:
                _tick(plot, axis, other, here, text)


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
            plot.add(line_element(list(zip(xs, ys, strict=True)), colour, width, dash=str(edge.get("dash") or "")))
        elif shape["type"] == "rect":
            plot.add(rect_element(xs, ys, paint("fill", str(shape.get("fillcolor") or "none")) + paint("stroke", colour, width=width)))
        else:
            raise UnsupportedFigureError(f"a picture cannot show the shape {shape['type']!r}")


def draw_notes(plot: Plot, notes: Sequence[Spec]) -> None:
    """Annotations: names of panels and bars, "open", "too few to say"."""
    for note in notes:
        if note.get("showarrow", True):
            raise UnsupportedFigureError("a picture cannot show an annotation with an arrow")
        x = _at(plot, str(note.get("xref") or "x"), note["x"], is_power=True) + float(note.get("xshift") or 0)
        y = _at(plot, str(note.get("yref") or "y"), note["y"], is_y=True, is_power=True) - float(note.get("yshift") or 0)
        valign = {"auto": "middle"}.get(str(note.get("yanchor") or "middle"), str(note.get("yanchor") or "middle"))
        anchor = {"auto": "center"}.get(str(note.get("xanchor") or "center"), str(note.get("xanchor") or "center"))
        plot.write(x, y, str(note.get("text") or ""), plot.font(note.get("font")), anchor=anchor, valign=valign)


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


def points(axes: Mapping[str, Axis], trace: Spec) -> list[tuple[Value, Value]]:
    """The points of a scatter trace in the axes' units."""
    xs = [axes[axis_name(trace, "x")].number(one) for one in starts(trace, "x")]
    ys = [axes[axis_name(trace, "y")].number(one) for one in values(trace.get("y"))]
    return list(zip(xs, ys, strict=False))


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
        plot.add(f'<polygon points="{outline}"{paint("fill", str(trace.get("fillcolor") or "#ccc"))}/>')
    width = float(line.get("width", 2))
    if "lines" in mode and width:
        for run in runs:
            plot.add(line_element(run, str(line.get("color") or plot.colour), width, dash=str(line.get("dash") or "")))
    _marks(plot, trace, at, mode)
    return drawn


def _marks(plot: Plot, trace: Spec, at: Sequence[tuple[float, float] | None], mode: str) -> None:
    marker = trace.get("marker") or {}
    sides = each(trace.get("textposition") or "middle center", len(at))
    for number, (point, text, side) in enumerate(zip(at, each(trace.get("text"), len(at)), sides, strict=True)):
        if point is None:
            continue
        size = float(one(marker.get("size", 6), number)) if "markers" in mode else 0.0
        if size:
            plot.add(_symbol(point, size, marker, number, plot))
        if text and "text" in mode:
            upright, level = str(side).split()
            shift = {"left": -1, "center": 0, "right": 1}[level] * (size / 2 + _PAD)
            rise = {"top": -1, "middle": 0, "bottom": 1}[upright] * (size / 2 + 1)
            anchor = {"left": "right", "right": "left", "center": "center"}[level]
            font = plot.font(trace.get("textfont"), number)
            plot.write(point[0] + shift, point[1] + rise, str(text), font, anchor=anchor, valign=_VALIGNS[upright])


def _symbol(point: tuple[float, float], size: float, marker: Spec, number: int, plot: Plot) -> str:
    """A point's mark; ``-open`` ones are filled with the ground."""
    name, colour = str(one(marker.get("symbol", "circle"), number)), str(one(marker.get("color", plot.colour), number))
    edge = marker.get("line") or {}
    ring, width = str(one(edge.get("color", colour), number)), float(one(edge.get("width", 0), number) or 0)
    kind, is_open = name.removesuffix("-open"), name.endswith("-open")
    look = paint("fill", plot.ground if is_open else colour) + paint("stroke", ring, width=width or (2 if is_open else 0))
    (x, y), half = point, size / 2
    shapes: dict[str, Callable[[], str]] = {
        "circle": lambda: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:.1f}"{look}/>',
        "square": lambda: rect_element([x - half, x + half], [y - half, y + half], look),
        "diamond": lambda: polygon_element(x, y, [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)], half, look),
        "triangle-up": lambda: polygon_element(x, y, [(0, -1.2), (1.1, 0.8), (-1.1, 0.8)], half, look),
        "x": lambda: polygon_element(x, y, [(-1, -0.6), (-0.6, -1), (0.6, 1), (1, 0.6)], half, look),
    }
    if kind not in shapes:
        raise UnsupportedFigureError(f"a picture cannot show the symbol {name!r}")
    return shapes[kind]()


def _tick(plot: Plot, axis: Axis, other: Axis, here: float, text: str) -> None:
    font = plot.font(axis.spec.get("tickfont"))
    if axis.is_x:
        is_above = axis.spec.get("side") == "top"
        y = plot.along(other, 1) - _PAD if is_above else plot.along(other, 0) + _PAD
        plot.write(here, y, text, font, anchor="center", valign="bottom" if is_above else "top")
    else:
        is_right = axis.spec.get("side") == "right"
        x = plot.along(other, 1) + _PAD if is_right else plot.along(other, 0) - _PAD
        plot.write(x, here, text, font, anchor="left" if is_right else "right")


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
