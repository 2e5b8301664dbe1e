"""Where research stands and where it is missing: two facets crossed, each cell with what chance alone would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.domain.taxonomy import Label, Taxonomy
from tracker.views.association import Chance
from tracker.views.bits import count_bits
from tracker.views.frames import main_labels
from tracker.views.index import Selection
from tracker.views.statistics import Share

SMALL_CELL = 5  # papers; below it a cell is hatched

Table = list[list["Cell"]]


@dataclass(frozen=True, slots=True)
class GapMap:
    """Two facets that can be crossed. Shares are of the papers with a label of ``of``; ``name`` is the map's in the address.

    ``is_turned``: the labels of ``of`` stand as columns, because they are few.
    """

    name: str
    title: str
    of: str
    by: str
    is_turned: bool


MAPS: Mapping[str, GapMap] = {
    one.name: one
    for one in (
        GapMap("risk", "Application × risk", "application", "risk", True),
        GapMap("call", "Application × call", "application", "safeguard", True),
        GapMap("population", "Population × risk", "population", "risk", False),
    )
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Papers with both labels. ``share`` is of the papers with the row's label; ``chance`` what unrelated labels would give.

    ``studied`` of them study the risk and do not only name it; ``None`` where the column is no risk.
    """

    row: Label
    column: Label
    share: Share
    chance: Chance
    studied: int | None = None

    @property
    def count(self) -> int:
        """Papers with both labels."""
        return self.share.count

    @property
    def expected(self) -> float:
        """Papers with both labels if the two were unrelated."""
        return self.chance.expected

    @property
    def ratio(self) -> float | None:
        """Observed ÷ expected; ``None`` where none is expected."""
        return self.count / self.expected if self.expected else None

    @property
    def is_small(self) -> bool:
        """Whether it is hatched: a paper more or less would change the picture."""
        return self.count < SMALL_CELL

    @property
    def can_compare(self) -> bool:
        """Whether there are enough to say anything: only then observed ÷ expected is shown, and few papers are called a gap."""
        return self.chance.is_enough

    @property
    def is_rarer(self) -> bool:
        """Whether there are fewer than chance alone explains."""
        return self.can_compare and self.chance.interval(self.count)[1] < 1

    @property
    def is_commoner(self) -> bool:
        """Whether there are more than chance alone explains."""
        return self.can_compare and self.chance.interval(self.count)[0] > 1


def map_labels(taxonomy: Taxonomy, facet: str, *, in_detail: bool = False) -> list[Label]:
    """The labels of one side of a map, in taxonomy order: the first level, *in_detail* each followed by its narrower ones.

    Of the applications only the founding paper's three areas and what belongs to them.
    """
    main = main_labels(taxonomy, facet, outside=False)
    if not in_detail:
        return main
    known = taxonomy.facets[facet].labels.values()
    return [label for first in main for label in (first, *(one for one in known if one.parent == first.id))]


def cross(selection: Selection, rows: Sequence[Label], columns: Sequence[Label]) -> Table:
    """A list of cells for each of *rows*, one cell for each of *columns*."""
    totals = [selection.label_count(column.key) for column in columns]
    return [_cross_row(selection, row, columns, totals) for row in rows]


def turned(cells: Sequence[Sequence[Cell]]) -> Table:
    """The same cells with rows as columns."""
    return [list(row) for row in zip(*cells, strict=True)]


def find_widest_gap(selection: Selection, taxonomy: Taxonomy) -> Cell | None:
    """The risk that the papers of an area name least, by its share of them; ``None`` if none has enough papers to say.

    Over the founding paper's three areas and six risks. Of equal shares the one in the larger area.
    """
    areas, risks = main_labels(taxonomy, "application", outside=False), main_labels(taxonomy, "risk")
    cells = [cell for row in cross(selection, areas, risks) for cell in row if cell.share.is_enough and cell.can_compare]
    return min(cells, key=lambda cell: (cell.share.share, -cell.share.n), default=None)


def _cross_row(selection: Selection, row: Label, columns: Sequence[Label], totals: Sequence[int]) -> list[Cell]:
    carrying = selection.label_bits(row.key) & selection.bits
    size, studied_bits = count_bits(carrying), selection.rows.studied_bits
    cells = []
    for column, total in zip(columns, totals, strict=True):
        count = count_bits(carrying & selection.label_bits(column.key))
        studied = studied_bits.get(column.key, selection.rows.layout.nothing)
        among = count_bits(carrying & studied) if column.facet == "risk" else None
        cells.append(Cell(row, column, Share(count, size), Chance.of(size, total, selection.count), among))
    return cells
