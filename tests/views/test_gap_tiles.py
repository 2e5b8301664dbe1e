"""What stands in a cell of the map, and on which ground."""

from __future__ import annotations

import pytest

from tracker.views.gap_tiles import RATIO, SHARE, WORKS, Tile, make_scale
from tracker.views.gaps import Cell
from views.gap_cells import make_cell


@pytest.mark.parametrize(("count", "ground"), [(0, 0), (9, 0), (10, 1), (24, 1), (25, 2), (60, 3), (100, 4), (500, 4)])
def test_cell_has_one_of_five_grounds(count: int, ground: int) -> None:
    """Five and not a gradient, since a number must be readable on every ground."""
    assert make_scale(WORKS, [make_cell(count, 600)]).tile(make_cell(count, 600)).heat == ground


@pytest.mark.parametrize(
    ("show", "cell", "tile"),
    [
        (WORKS, make_cell(24, 114), Tile("<b>24</b>  21%", 1, False)),
        (WORKS, make_cell(4, 114), Tile("<b>4</b>  4%", 0, True)),
        (WORKS, make_cell(0, 114), Tile("<b>0</b>", 0, True)),
        (WORKS, make_cell(6, 19), Tile("<b>6</b>", 0, False)),  # no percentage of fewer than twenty
        (SHARE, make_cell(24, 114), Tile("<b>21%</b><br>15–29%", 4, False)),
        (SHARE, make_cell(6, 19), Tile("too few", 0, True)),
        (RATIO, make_cell(20, 200), Tile("1.0×<br>0.69–1.45", 2, False)),
        (RATIO, make_cell(40, 200), Tile("<b>2.0×</b><br>1.54–2.60", 4, False)),
        (RATIO, make_cell(6, 200), Tile("<b>0.3×</b><br>0.15–0.58", 0, False)),
        (RATIO, make_cell(2, 200), Tile("<b>0.1×</b><br>0.03–0.31", 0, True)),
        (RATIO, make_cell(9, 40), Tile("too few", 0, True)),  # four expected
        (RATIO, make_cell(20, 200, total=200), Tile("–", 0, True)),  # all papers carry the label: nothing to compare with
    ],
)
def test_tile_says_what_may_be_said(show: str, cell: Cell, tile: Tile) -> None:
    """Count, share with interval, ratio with interval; "too few" where one may not be given; hatched where nothing can be judged."""
    assert make_scale(show, [cell]).tile(cell) == tile


def test_key_names_each_ground_in_the_unit_that_is_shown() -> None:
    """The words under the map follow what it shows; no ground is without a name."""
    cells = [make_cell(115, 577)]

    assert make_scale(WORKS, cells).names == ("under 10", "10–24", "25–59", "60–99", "100 or more")
    assert make_scale(SHARE, cells).names == ("under 2%", "2 to under 5%", "5 to under 10%", "10 to under 20%", "20% or more")
    assert make_scale(RATIO, cells).names == ("under 0.5×", "0.5 to under 0.8×", "0.8 to under 1.25×", "1.25 to under 2×", "2× or more")


@pytest.mark.parametrize(("top", "highest"), [(0, 100), (999, 100), (1000, 1000), (9999, 1000), (45_000, 10_000)])
def test_grounds_grow_with_the_corpus(top: int, highest: int) -> None:
    """In a corpus of 100,000 works not every cell is of the darkest ground."""
    assert make_scale(WORKS, [make_cell(top, 50_000, column_total=50_000, total=100_000)]).steps[-1] == highest
