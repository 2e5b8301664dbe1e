"""A figure as a picture to keep or to print: SVG and PNG with title, finding, source and date inside, made without a browser.

On the screen those words stand around the figure, where they wrap and screen readers find them; a saved picture must carry them
itself. The picture is drawn from the figure's own data (:mod:`.chart_file_marks`), always on the light ground, and its words are text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go
import resvg_py

from tracker.views import html
from tracker.views.chart_file_axes import Axis
from tracker.views.chart_file_bars import bar_rows
from tracker.views.chart_file_marks import draw_axes, draw_notes, draw_shapes, draw_traces, points
from tracker.views.chart_file_plot import Plot, axis_name
from tracker.views.chart_file_text import FAMILY, FONT_FOLDER, LINE, TextStyle, text_element, text_height, text_width, wrap
from tracker.views.palettes import palette, printed
from tracker.views.wording import date_in_words

WIDTH = 900  # px of an SVG; a PNG has twice as many
_SCALE = 2
_EDGE = 28  # px of empty ground around everything
_GAP = 14  # px between title, plot and source
_TITLE, _SUBTITLE, _SOURCE = 22, 15, 13  # px
_TICK_PAD = 6  # px beside the words of an axis
PROJECT = "Mental-Health LLM Tracker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """The words of a picture. ``source`` is the figure's own source line, ``data`` what the whole page rests on."""

    title: str
    subtitle: str
    source: str
    data: str


def data_line(*, sources: str, as_of: date, filters: str, taxonomy: str, made_on: date) -> str:
    """``Mental-Health LLM Tracker · arXiv, PubMed · data as of 20 Aug 2026 · works in scope · taxonomy 2026.1 · made 23 Nov 2026``."""
    known, made = date_in_words(as_of), date_in_words(made_on)
    return " · ".join([PROJECT, sources, f"data as of {known}", filters, f"taxonomy {taxonomy}", f"made {made}"])


def write_svg(figure: go.Figure, caption: Caption) -> bytes:
    """The picture as SVG, UTF-8. Raises ``UnsupportedFigureError`` where the figure has what no picture can show."""
    spec = printed(figure.to_plotly_json())
    layout, traces = spec["layout"], spec["data"]
    light = palette(is_dark=False)
    head, below = _header(caption, light.text, light.muted)
    height = float(layout.get("height") or 360)
    plot = _plot(layout, traces, below, height, text=light.text, ground=light.ground)
    draw_shapes(plot, layout.get("shapes") or (), layer="below")
    draw_axes(plot)
    draw_traces(plot, traces, layout)
    draw_shapes(plot, layout.get("shapes") or (), layer="above")
    draw_notes(plot, layout.get("annotations") or ())
    foot, end = _footer(caption, below + height + _GAP, light.muted)
    body = [*_definitions(plot), *head, *plot.elements, *foot]
    return _document(body, end + _EDGE - _GAP, caption, light.ground).encode()


def write_png(figure: go.Figure, caption: Caption) -> bytes:
    """The same picture as PNG, with the font that comes along."""
    drawing = write_svg(figure, caption).decode()
    fonts = [str(FONT_FOLDER / f"TrackerSans-{weight}.ttf") for weight in ("Regular", "Bold")]
    png = resvg_py.svg_to_bytes(
        svg_string=drawing,
        skip_system_fonts=True,
        font_files=fonts,
        font_family="Tracker Sans",
        sans_serif_family="Tracker Sans",
        zoom=_SCALE,
    )
    return bytes(png)


def _document(body: Sequence[str], height: float, caption: Caption, ground: str) -> str:
    words = html.escape(f"{caption.subtitle} {caption.source} {caption.data}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'xml:space="preserve" font-family="{FAMILY}"><title>{html.escape(_plain(caption.title))}</title><desc>{words}</desc>'
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="{ground}"/>{"".join(body)}</svg>\n'
    )


def _header(caption: Caption, text: str, muted: str) -> tuple[list[str], float]:
    """Title and subtitle, and where they end."""
    room = WIDTH - 2 * _EDGE
    title = wrap(_plain(caption.title), _TITLE, room, is_bold=True)
    drawn, end = _block(title, _EDGE, TextStyle(size=_TITLE, colour=text, is_bold=True, valign="top"))
    under, end = _block(wrap(_plain(caption.subtitle), _SUBTITLE, room), end + 2, TextStyle(size=_SUBTITLE, colour=muted, valign="top"))
    return drawn + under, end + _GAP


def _footer(caption: Caption, top: float, muted: str) -> tuple[list[str], float]:
    lines = [line for part in (caption.source, caption.data) for line in wrap(_plain(part), _SOURCE, WIDTH - 2 * _EDGE)]
    return _block(lines, top, TextStyle(size=_SOURCE, colour=muted, valign="top"))


def _block(lines: Sequence[str], top: float, style: TextStyle) -> tuple[list[str], float]:
    """Lines one under the other, each a text of its own so that a search in the file finds it."""
    step = LINE * style.size
    drawn = [text_element(_EDGE, top + number * step, line, style, is_plain=True) for number, line in enumerate(lines)]
    return drawn, top + len(lines) * step


def _plain(text: str) -> str:
    """A sentence of ours without the stars of its bold parts, on one line."""
    return html.one_line(text.replace("**", ""))


def _plot(layout: Mapping[str, Any], traces: Sequence[Mapping[str, Any]], top: float, height: float, *, text: str, ground: str) -> Plot:
    """The empty plot with its axes settled and room for their words."""
    axes = _axes(layout, traces)
    font = layout.get("font") or {}
    size, margin = float(font.get("size") or 13), layout.get("margin") or {}
    left, right, above, below = (float(margin.get(side) or 0) for side in ("l", "r", "t", "b"))
    for axis in axes.values():
        words = [one for _, one in axis.ticks()] if axis.is_shown else []
        own = float((axis.spec.get("tickfont") or {}).get("size") or size)
        if axis.is_x:
            room = max((text_height(one, own) for one in words), default=0) + (_TICK_PAD if words else 0)
            above, below = (max(above, room), below) if axis.spec.get("side") == "top" else (above, max(below, room))
        elif axis.domain[0] >= 0 and _begins_left(axis, axes):
            left = max(left, max((text_width(one, own) for one in words), default=0) + (_TICK_PAD if words else 0))
    return Plot(
        left=_EDGE + left, top=top + above, width=WIDTH - 2 * _EDGE - left - right, height=height - above - below, axes=axes,
        size=size, colour=str(font.get("color") or text), ground=ground,
    )  # fmt: skip


def _begins_left(axis: Axis, axes: Mapping[str, Axis]) -> bool:
    other = axes.get(str(axis.spec.get("anchor") or "x"))
    return other is None or other.domain[0] == 0


def _axes(layout: Mapping[str, Any], traces: Sequence[Mapping[str, Any]]) -> dict[str, Axis]:
    """Every axis that the layout or a trace names, with its range found."""
    named = [f"{key[0]}{key[5:]}" for key in layout if key[1:5] == "axis" and key[0] in "xy"]
    names = dict.fromkeys([*named, *(axis_name(trace, letter) for trace in traces for letter in "xy")])
    axes = {name: Axis(name, layout.get(f"{name[0]}axis{name[1:]}") or {}) for name in names}
    seen: dict[str, list[float]] = {name: [] for name in axes}
    lengths: set[str] = set()
    for trace in traces:
        _look(trace, traces, layout, axes, seen, lengths)
    for name, axis in axes.items():
        shared = [*seen[name], *seen.get(str(axis.spec.get("matches") or ""), [])]
        axis.settle(shared, from_zero=name in lengths)
    for axis in axes.values():
        if str(axis.spec.get("matches")) in axes:
            axis.low, axis.high = axes[str(axis.spec["matches"])].low, axes[str(axis.spec["matches"])].high
    return axes


def _look(
    trace: Mapping[str, Any], traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], axes: Mapping[str, Axis],
    seen: dict[str, list[float]], lengths: set[str],
) -> None:  # fmt: skip
    """Note which places of its axes a trace needs; the axis along bars begins at zero."""
    x, y = axis_name(trace, "x"), axis_name(trace, "y")
    if trace.get("type") != "bar":
        for first, second in points(axes, trace):
            seen[x] += [first] if first is not None else []
            seen[y] += [second] if second is not None else []
        return
    along, across = (x, y) if trace.get("orientation") == "h" else (y, x)
    lengths.add(along)
    bars = [one for one in traces if one.get("type") == "bar"]
    for bar in bar_rows(axes, trace, bars, layout, {}):
        if bar:
            seen[along] += [bar.base, bar.end]
            seen[across] += [bar.middle - bar.width / 2, bar.middle + bar.width / 2]


def _definitions(plot: Plot) -> list[str]:
    """The hatches that bars were filled with."""
    made = [_hatch(name, line, ground, size) for (line, ground, size), name in plot.hatches.items()]
    return [f"<defs>{''.join(made)}</defs>"] if made else []


def _hatch(name: str, line: str, ground: str, size: float) -> str:
    square = f'width="{size:g}" height="{size:g}"'
    return (
        f'<pattern id="{name}" {square} patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect {square} fill="{ground}"/>'
        f'<rect width="{max(1.2, size * 0.22):.1f}" height="{size:g}" fill="{line}"/></pattern>'
    )
