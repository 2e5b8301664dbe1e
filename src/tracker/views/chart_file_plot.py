"""The ground that pictures of figures are drawn on: the plot with its axes, and the few shapes that every mark is made of."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.views.chart_file_axes import Axis, periods_middle, values
from tracker.views.chart_file_text import TextStyle, text_element

Spec = Mapping[str, Any]  # a part of a figure, in plotly's words
_DASHES = {"dot": "2 3", "dash": "7 5", "dashdot": "7 3 2 3", "longdash": "11 5"}
_COLOUR = re.compile(r"rgba?\(([^)]*)\)")


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

    def font(self, spec: Spec | None, number: int = 0) -> tuple[float, str]:
        """Size and colour of the text of a mark, from plotly's ``font``; the figure's own where that does not say."""
        given = spec or {}
        return float(one(given.get("size"), number) or self.size), str(one(given.get("color"), number) or self.colour)

    def write(self, x: float, y: float, markup: str, font: tuple[float, str], *, anchor: str = "left", valign: str = "middle") -> None:
        """Words at a place."""
        size, colour = font
        self.add(text_element(x, y, markup, TextStyle(size=size, colour=colour, anchor=anchor, valign=valign)))

    def hatch(self, line: str, ground: str, size: float) -> str:
        """The fill of a hatched bar; defined once per kind."""
        name = self.hatches.setdefault((line, ground, size), f"hatch{len(self.hatches)}")
        return f"url(#{name})"


def axis_name(trace: Spec, letter: str) -> str:
    """The name of the axis that *trace* is drawn on."""
    return str(trace.get(f"{letter}axis") or letter)


def starts(trace: Spec, letter: str) -> list[Any]:
    """Where the marks stand; counted from 0 where the trace does not say."""
    given = trace.get(letter)
    places = values(given) if given is not None else list(range(len(values(trace.get("y" if letter == "x" else "x")))))
    return periods_middle(places, trace.get(f"{letter}period"), trace.get(f"{letter}periodalignment"))


def each(given: Any, count: int) -> list[Any]:
    """One value for each of *count* marks, whether one is given for all or a list."""
    if isinstance(given, (list, tuple)) or (isinstance(given, Mapping) and "bdata" in given):
        return (values(given) + [None] * count)[:count]
    return [given] * count


def one(given: Any, number: int) -> Any:
    """The value for one mark, ``None`` where a list is too short."""
    return each(given, number + 1)[number]


def line_element(run: Sequence[tuple[float, float]], colour: str, width: float, *, dash: str = "") -> str:
    """A line through points in px; *dash* is plotly's word."""
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
    dashes = f' stroke-dasharray="{_DASHES[dash]}"' if dash in _DASHES else ""
    return f'<polyline points="{way}" fill="none"{paint("stroke", colour, width=width)} stroke-linejoin="round"{dashes}/>'


def rect_element(xs: Sequence[float], ys: Sequence[float], paint: str) -> str:
    """A rectangle between two x and two y, in either order."""
    width, height = abs(xs[1] - xs[0]), abs(ys[1] - ys[0])
    return f'<rect x="{min(xs):.1f}" y="{min(ys):.1f}" width="{width:.1f}" height="{height:.1f}"{paint}/>'


def polygon_element(x: float, y: float, corners: Sequence[tuple[float, float]], scale: float, paint: str) -> str:
    """A closed shape of *corners* around a point, *scale* px a unit."""
    outline = " ".join(f"{x + right * scale:.1f},{y + down * scale:.1f}" for right, down in corners)
    return f'<polygon points="{outline}"{paint}/>'


def paint(kind: str, colour: str, *, width: float | None = None) -> str:
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
