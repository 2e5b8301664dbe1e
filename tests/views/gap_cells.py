"""Cells, works and labels for the tests of the gap map's page, with the taxonomy that ships."""

from __future__ import annotations

from typing import Any

from tracker.data_files import read_taxonomy
from tracker.settings import read_settings
from tracker.views.association import Chance
from tracker.views.filters import Filters
from tracker.views.gaps import Cell
from tracker.views.index import Index, Selection, select
from tracker.views.statistics import Share
from views.columns import make_columns, make_entry
from views.test_index import no_search

TAXONOMY = read_taxonomy(read_settings({}))


def selection_of(*labels: list[str], filters: Filters | None = None, **changes: Any) -> Selection:
    """One work per list of labels."""
    entries = [make_entry(f"arxiv:{number}", labels=given, **changes) for number, given in enumerate(labels)]
    return select(Index(make_columns(*entries)), filters or Filters(), search=no_search)


def make_cell(
    count: int, n: int, *, column_total: int = 100, total: int = 1000, studied: int | None = None, row: str = "application:education",
    column: str = "risk:opacity",
) -> Cell:  # fmt: skip
    """*count* of the *n* papers with the row's label; *column_total* of *total* carry the column's."""
    return Cell(TAXONOMY.label(row), TAXONOMY.label(column), Share(count, n), Chance.of(n, column_total, total), studied)
