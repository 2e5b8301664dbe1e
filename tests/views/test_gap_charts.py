"""The figures of the gap map's page: what is clicked comes back, what is small is hatched, what is chosen is framed."""

from __future__ import annotations

import re
from typing import Any

import plotly.graph_objects as go
import pytest
from PIL import ImageFont

from tracker.views import chart_file, gap_chart, gap_findings, gap_tables, ladder_chart, overlap_chart
from tracker.views.gap_tiles import Tile, make_scale
from tracker.views.gaps import cross
from tracker.views.ladder import RUNGS, find_ladders
from tracker.views.overlaps import find_overlaps
from tracker.views.palettes import AREA_COLOURS, palette
from views.gap_cells import TAXONOMY, selection_of

LIGHT = palette(is_dark=False)
AREAS = [TAXONOMY.label("application:education"), TAXONOMY.label("application:assessment")]


def framed(figure: go.Figure) -> list[tuple[Any, ...]]:
    """Where the frames are."""
    return [(shape.x0, shape.x1, shape.y0, shape.y1) for shape in figure.layout.shapes]


def sets_figure(chosen: str = "education+assessment") -> go.Figure:
    """Two works on education, one on both areas."""
    first, second = (area.key for area in AREAS)
    return overlap_chart.upset(find_overlaps(selection_of([first], [first], [first, second]), AREAS), chosen=chosen, colours=LIGHT)


def test_gap_map_hatches_small_cells_and_gives_back_the_cell_clicked() -> None:
    """Each bar carries its two labels; a hatched one stands on the page's ground; the chosen one is framed."""
    keys = [[("education", "opacity"), ("assessment", "opacity")]]
    tiles = [[Tile("4", 0, True), Tile("<b>60</b>", 3, False)]]

    figure = gap_chart.gap_map(["Opacity"], ["E", "A"], tiles, keys, chosen=(0, 1), colours=LIGHT)

    bars = figure.data[0]
    assert list(bars.marker.pattern.shape) == ["/", ""]
    assert list(bars.marker.pattern.bgcolor) == [LIGHT.ground, LIGHT.heat[3]]
    assert [tuple(one) for one in bars.customdata] == keys[0]
    assert bars.hoverinfo == "none"
    assert [(trace.text, trace.textfont.color) for trace in figure.data[1:]] == [(("4",), LIGHT.text), (("<b>60</b>",), LIGHT.heat_text[3])]
    assert framed(figure) == [(0.52, 1.48, -0.47, 0.47)]


@pytest.mark.parametrize("show", ["works", "share", "ratio"])
def test_every_figure_can_be_kept_as_a_picture(show: str) -> None:
    """The figures hold nothing that the picture's own drawing does not know, and no sign that its font lacks."""
    area, risk = AREAS[0].key, TAXONOMY.label("risk:crisis_mishandling")
    papers = selection_of(*[[area, risk.key, "study:trial"]] * 30, *[[area]] * 30, *[[]] * 30)
    cells = cross(papers, AREAS[:1], [risk])
    scale = make_scale(show, cells[0])
    figures = [
        gap_chart.gap_map(
            [gap_tables.heading(risk, None, 9)], ["<b>E</b>"], [[scale.tile(cells[0][0])]], [[("a", "b")]], chosen=(0, 0), colours=LIGHT
        ),
        ladder_chart.ladder(find_ladders(papers, AREAS, TAXONOMY), chosen=("education", "trial"), colours=LIGHT),
        sets_figure(),
    ]
    font = ImageFont.truetype(str(chart_file.FONT_FOLDER / "TrackerSans-Bold.ttf"), 32)
    missing = bytes(font.getmask("\uffff"))

    for figure in figures:
        subtitle = gap_findings.map_subtitle(cells, show, "work")
        picture = chart_file.write_svg(figure, chart_file.Caption(title="T", subtitle=subtitle, source="S", data="D")).decode()
        signs = set(re.sub("<style.*?</style>|<.*?>", "", picture, flags=re.S)) - set(" \n")
        assert {sign for sign in signs if bytes(font.getmask(sign)) == missing} == set()


@pytest.mark.parametrize(("rows", "height"), [(6, 58 * 6 + 44), (13, 52 * 13 + 44)])
def test_gap_map_of_many_rows_has_lower_ones(rows: int, height: int) -> None:
    """A map of 25 narrower labels stays within two screens."""
    tiles, keys = [[Tile("1", 0, True)]] * rows, [[("a", "b")]] * rows

    assert gap_chart.gap_map(["x"] * rows, ["<b>E</b><br>n = 1"], tiles, keys, chosen=None, colours=LIGHT).layout.height == height


def test_upset_draws_a_bar_and_the_dots_of_each_set() -> None:
    """Bars count exact sets; dots have the colours of their areas; a line joins the labels of a set."""
    figure = sets_figure()

    tracks, bars, lines, every, filled = figure.data
    assert (list(bars.y), list(bars.text)) == ([2, 1], ["2", "1"])
    assert [one[0] for one in tracks.customdata] == [one[0] for one in bars.customdata] == ["education", "education+assessment"]
    assert list(zip(filled.x, filled.y, filled.marker.color, strict=True)) == [
        (0, 0, AREA_COLOURS["education"]),
        (1, 0, AREA_COLOURS["education"]),
        (1, 1, AREA_COLOURS["assessment"]),
    ]
    assert (list(lines.x), list(lines.y)) == ([0, 0, None, 1, 1, None], [0, 0, None, 0, 1, None])
    assert len(every.x) == 4


def test_upset_frames_the_chosen_set() -> None:
    """A set that is not drawn is framed nowhere."""
    assert framed(sets_figure()) == [(0.53, 1.47, 0, 1)]
    assert framed(sets_figure("opacity")) == []


def test_ladder_has_a_panel_for_each_area_and_a_target_for_each_rung() -> None:
    """Short bars can be clicked as well: the track behind carries the rung; under five is hatched; shares are of known kinds."""
    first, second = (area.key for area in AREAS)
    papers = selection_of(*[[first, "study:trial"]] * 5, *[[first, "study:review"]] * 15, [second, "study:review"], [second])

    figure = ladder_chart.ladder(find_ladders(papers, AREAS, TAXONOMY), chosen=("assessment", "trial"), colours=LIGHT)

    tracks, bars, words = figure.data
    assert [tuple(one) for one in tracks.customdata] == [(area.id, rung.id) for area in AREAS for rung in RUNGS]
    assert (bars.x[0], bars.x[6], bars.base[0], bars.base[7]) == (0.75, 0.25, 0, 1.12)
    assert list(bars.marker.pattern.shape[:7]) == ["", "/", "/", "/", "/", "/", ""]
    assert (words.text[0], words.text[1], words.text[7]) == ("<b>15</b>  75%", "none", "<b>1</b>")  # no percentage of one
    assert [note.text.partition("<br>")[2] for note in figure.layout.annotations] == ["n = 20", "n = 1, too few for shares"]
    assert framed(figure) == [(1.12, 2.12, 5.53, 6.47)]
