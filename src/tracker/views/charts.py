"""Figures: plain sequences in, ``go.Figure`` out; no Streamlit, no store.

``plotly.graph_objects`` only: ``plotly.express`` costs 100 ms a chart where this costs 2 to 8. House rules: transparent ground,
y from zero, no legend (names stand on the marks), no turned ticks, at most 200 marks, and a second sign beside every colour.
Titles, subtitles and sources stand outside the figure, where they wrap and screen readers find them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from tracker.views.frames import FacetCounts
from tracker.views.gaps import SMALL_CELL

AREA_COLOURS = {"education": "#0072B2", "assessment": "#D55E00", "intervention": "#009E73"}  # Okabe-Ito, 3:1 on both grounds
AREA_SYMBOLS = {"education": "circle", "assessment": "square", "intervention": "diamond"}
PLAIN = "#7C8894"
CALL = "#9A7400"
GRID = "rgba(128,128,128,.22)"
GHOST = "rgba(128,128,128,.38)"
HEAT_STEPS = (10, 25, 60, 100)  # lower ends of the classes 2 to 5, in works
_MONTHS_BETWEEN_TICKS = 6
_FONT = 13


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours that depend on the theme. ``heat`` and ``heat_text`` are the five classes of the gap map and their text."""

    ink: str
    ground: str
    text: str
    muted: str
    risk: str
    heat: tuple[str, str, str, str, str]
    heat_text: tuple[str, str, str, str, str]
    thin: str


_LIGHT = Palette(
    ink="#44525F", ground="#FDFCFA", text="#1D2733", muted="#56606B", risk="#803E79",
    heat=("#F6EDF4", "#E8D0E2", "#D3A9CA", "#8A4683", "#561A54"),
    heat_text=("#1D2733", "#1D2733", "#1D2733", "#FFFFFF", "#FFFFFF"), thin="rgba(68,82,95,.08)",
)  # fmt: skip
_DARK = Palette(
    ink="#AAB4BE", ground="#12171C", text="#E9E7E2", muted="#A9B2BC", risk="#D08BC2",
    heat=("#241C2A", "#3B2540", "#57335A", "#B87BB0", "#E6B6DA"),
    heat_text=("#E9E7E2", "#E9E7E2", "#E9E7E2", "#1A1020", "#1A1020"), thin="rgba(170,180,190,.10)",
)  # fmt: skip


def palette(*, is_dark: bool) -> Palette:
    """The colours for one theme."""
    return _DARK if is_dark else _LIGHT


def area_colours(areas: FacetCounts) -> list[str]:
    """The colour of each area of application."""
    return [AREA_COLOURS.get(one.label.id, PLAIN) for one in areas.labels]


def month_bars(
    months: Sequence[date],
    counts: Sequence[int],
    *,
    mean: Sequence[float | None],
    open_from: date | None,
    thin_before: date | None,
    colours: Palette,
) -> go.Figure:
    """Bars of *months* (first days, every month present, zeros included).

    Bars from *open_from* on are hatched: those months are not over. ``mean`` is drawn where it is not ``None``. Months before
    *thin_before* stand on a shaded ground.
    """
    is_open = [bool(open_from and month >= open_from) for month in months]
    # In fillmode "replace" the hatch takes marker.color and the ground stands in bgcolor; other ways plotly draws no hatch.
    bars = go.Bar(
        x=list(months), y=list(counts), xperiod="M1", xperiodalignment="middle", hovertemplate="%{x|%b %Y}: %{y}<extra></extra>",
        marker={
            "color": colours.ink, "line": {"width": [1 if one else 0 for one in is_open], "color": colours.ink},
            "pattern": {"shape": ["/" if one else "" for one in is_open], "size": 6, "solidity": 0.3,
                        "bgcolor": [colours.ground if one else colours.ink for one in is_open]},
        },
    )  # fmt: skip
    line = go.Scatter(
        x=list(months), y=list(mean), mode="lines", xperiod="M1", xperiodalignment="middle", connectgaps=False, hoverinfo="skip",
        line={"color": colours.text, "width": 2, "shape": "spline", "smoothing": 0.6},
    )  # fmt: skip
    figure = go.Figure([bars, line])
    _shade_thin_months(figure, months, thin_before, colours)
    for month, count, one in zip(months, counts, is_open, strict=True):
        if one:
            middle = month.replace(day=15).isoformat()
            figure.add_annotation(x=middle, y=count, text="open", yshift=9, showarrow=False, font={"size": 12, "color": colours.muted})
    _settle(figure, colours, height=260)
    figure.update_xaxes(tickvals=_month_ticks(months), tickformat="%b<br>%Y", showgrid=False, range=_month_range(months))
    return figure


def label_bars(
    names: Sequence[str], counts: Sequence[int], texts: Sequence[str], *, bar_colours: Sequence[str], colours: Palette
) -> go.Figure:
    """A bar a label, its name above it and *texts* at its end; so it needs no left margin and works at 390 px."""
    rows = list(range(len(names)))
    widest = max([*counts, 1])
    figure = go.Figure(
        go.Bar(
            x=list(counts), y=rows, orientation="h", width=0.42, marker={"color": list(bar_colours)},
            text=list(texts), textposition="outside",
            cliponaxis=False, hoverinfo="skip", textfont={"size": 14, "color": colours.text},
        )
    )  # fmt: skip
    for row, name in zip(rows, names, strict=True):
        figure.add_annotation(
            x=0, y=row, text=name, xanchor="left", yanchor="bottom", yshift=11, showarrow=False, font={"size": 14}, align="left"
        )
    _settle(figure, colours, height=48 * len(rows) + 16)
    figure.update_xaxes(visible=False, range=[0, widest * 1.3])
    figure.update_yaxes(visible=False, range=[len(rows) - 0.5, -0.72])
    return figure


def small_multiples(
    starts: Sequence[date], series: Sequence[tuple[str, Sequence[int], str, str]], *, tick_texts: tuple[str, str], colours: Palette
) -> go.Figure:
    """One panel a series (name, counts, colour, symbol), the others as grey ghosts behind; one y scale for all.

    ``starts`` are the periods' first days, only complete periods; *tick_texts* name the first and the last.
    """
    from plotly.subplots import make_subplots  # 30 ms, wanted by one page

    count = len(series)
    figure = make_subplots(rows=1, cols=count, shared_yaxes=True, horizontal_spacing=0.08)
    for panel in range(1, count + 1):
        _add_panel(figure, panel, starts, series)
    top = max([1, *(max(values, default=0) for _, values, _, _ in series)])
    _settle(figure, colours, height=250)
    figure.update_layout(margin={"l": 0, "r": 18, "t": 26, "b": 0})
    figure.update_yaxes(range=[0, top * 1.22], nticks=4)
    figure.update_xaxes(
        showgrid=False, tickvals=[starts[0].isoformat(), starts[-1].isoformat()], ticktext=list(tick_texts), tickangle=0, automargin=True
    )
    return figure


def gap_map(
    rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]], texts: Sequence[Sequence[str]],
    keys: Sequence[Sequence[tuple[str, str]]], *, chosen: tuple[int, int] | None, colours: Palette,
) -> go.Figure:  # fmt: skip
    """Cells of *counts* (row by row), each a bar, because a heat map can neither be hatched nor clicked in Streamlit.

    (``hoverinfo`` is ``none`` and not ``skip``, which would make plotly deaf to clicks as well.)

    Cells under ``SMALL_CELL`` are hatched. *keys* come back as ``customdata`` of a click; *chosen* (row, column) is framed.
    """
    cells = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
    classes = [heat_class(counts[row][column]) for row, column in cells]
    is_small = [counts[row][column] < SMALL_CELL for row, column in cells]
    grounds = [colours.ground if small else colours.heat[one] for one, small in zip(classes, is_small, strict=True)]
    hatches = [colours.heat[3] if small else colours.heat[one] for one, small in zip(classes, is_small, strict=True)]
    figure = go.Figure(
        go.Bar(
            x=[0.95] * len(cells), base=[column - 0.475 for _, column in cells], y=[row for row, _ in cells], width=0.92, orientation="h",
            customdata=[list(keys[row][column]) for row, column in cells], hoverinfo="none",
            marker={
                "color": hatches,
                "line": {"width": 0},
                "pattern": {"shape": ["/" if small else "" for small in is_small], "size": 7, "solidity": 0.14, "bgcolor": grounds},
            },
            unselected={"marker": {"opacity": 1}}, selected={"marker": {"opacity": 1}},
        )
    )  # fmt: skip
    figure.add_trace(_cell_texts(cells, classes, is_small, texts, colours))
    if chosen:
        row, column = chosen
        figure.add_shape(
            type="rect", x0=column - 0.48, x1=column + 0.48, y0=row - 0.47, y1=row + 0.47, line={"color": colours.text, "width": 2.5}
        )
    _settle(figure, colours, height=58 * len(rows) + 52)
    figure.update_layout(barmode="overlay", margin={"l": 0, "r": 0, "t": 44, "b": 0}, clickmode="event+select")
    figure.update_xaxes(
        side="top", tickvals=list(range(len(columns))), ticktext=list(columns), tickangle=0, showgrid=False, zeroline=False,
        range=[-0.5, len(columns) - 0.5],
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=list(rows), showgrid=False, zeroline=False, automargin=True, range=[len(rows) - 0.5, -0.5]
    )
    return figure


def heat_class(count: int) -> int:
    """Which of the five classes a cell is in, 0 to 4."""
    return sum(count >= step for step in HEAT_STEPS)


def _cell_texts(
    cells: Sequence[tuple[int, int]], classes: Sequence[int], is_small: Sequence[bool], texts: Sequence[Sequence[str]], colours: Palette
) -> go.Scatter:
    tints = [colours.text if small else colours.heat_text[one] for one, small in zip(classes, is_small, strict=True)]
    return go.Scatter(
        x=[column for _, column in cells], y=[row for row, _ in cells], mode="text", text=[texts[row][column] for row, column in cells],
        textfont={"size": 14, "color": tints}, hoverinfo="skip", unselected={"textfont": {"color": colours.text}},
    )  # fmt: skip


def _add_panel(figure: go.Figure, panel: int, starts: Sequence[date], series: Sequence[tuple[str, Sequence[int], str, str]]) -> None:
    for number, (_, values, _, _) in enumerate(series, start=1):
        if number != panel:
            ghost = go.Scatter(x=list(starts), y=list(values), mode="lines", line={"color": GHOST, "width": 1}, hoverinfo="skip")
            figure.add_trace(ghost, row=1, col=panel)
    name, values, colour, symbol = series[panel - 1]
    own = go.Scatter(
        x=list(starts), y=list(values), mode="lines+markers+text", hovertemplate="%{x|%b %Y}: %{y}<extra></extra>", cliponaxis=False,
        line={"color": colour, "width": 2.5},
        marker={"color": colour, "symbol": symbol, "opacity": 1, "size": [0] * (len(values) - 1) + [9]},
        text=[""] * (len(values) - 1) + [f"<b>{values[-1]:,}</b>"], textposition="top center", textfont={"size": 14},
    )  # fmt: skip
    figure.add_trace(own, row=1, col=panel)
    axis = "" if panel == 1 else str(panel)
    figure.add_annotation(
        x=0, y=1, xref=f"x{axis} domain", yref=f"y{axis} domain", xanchor="left", yanchor="bottom", yshift=6,
        text=f"<b>{name}</b>", showarrow=False, font={"size": 14},
    )  # fmt: skip


def _shade_thin_months(figure: go.Figure, months: Sequence[date], thin_before: date | None, colours: Palette) -> None:
    if thin_before is None or not months or months[0] >= thin_before:
        return
    figure.add_vrect(x0=months[0].isoformat(), x1=thin_before.isoformat(), layer="below", fillcolor=colours.thin, line_width=0)
    figure.add_annotation(
        x=months[0].isoformat(), y=1, yref="paper", xanchor="left", yanchor="top", xshift=8, yshift=-4, align="left", showarrow=False,
        text="Thin sample:<br>heights say little", font={"size": 12, "color": colours.muted},
    )  # fmt: skip


def _month_ticks(months: Sequence[date]) -> list[str]:
    """The middle of every January and July; of every month where there are few."""
    step = _MONTHS_BETWEEN_TICKS if len(months) > 2 * _MONTHS_BETWEEN_TICKS else max(1, len(months) // 4)
    return [month.replace(day=15).isoformat() for month in months if (month.month - 1) % step == 0]


def _month_range(months: Sequence[date]) -> list[str]:
    last = months[-1]
    after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return [months[0].isoformat(), after.isoformat()]


def _settle(figure: go.Figure, colours: Palette, *, height: int) -> None:
    """What all figures share."""
    figure.update_layout(
        height=height, margin={"l": 0, "r": 8, "t": 8, "b": 0}, showlegend=False, dragmode=False, bargap=0.2,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", font={"size": _FONT, "color": colours.text},
        hoverlabel={"font": {"size": _FONT}},
    )  # fmt: skip
    figure.update_xaxes(fixedrange=True, zeroline=False, ticks="", tickfont={"color": colours.text})
    figure.update_yaxes(
        fixedrange=True,
        rangemode="tozero",
        gridcolor=GRID,
        zeroline=False,
        nticks=5,
        automargin=True,
        ticks="",
        tickfont={"color": colours.text},
    )
