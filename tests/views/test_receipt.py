"""What goes with a download."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.dates import PartialDate
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.table import column_names
from tracker.views.filters import Filters
from tracker.views.index import Index, Selection
from tracker.views.receipt import Origin, data_dictionary, file_name, write_receipt
from views.columns import make_columns, make_entry

NOW = datetime(2026, 11, 23, 6, 17, tzinfo=UTC)
ON = date(2026, 11, 23)


def selection_of(filters: Filters, data_version: int = 1) -> Selection:
    """Everything in one record, under *filters*."""
    index = Index(make_columns(make_entry("arxiv:1"), data_version=data_version))
    return Selection(index, filters, index.rows(filters.count).in_scope.copy())


ORIGIN = Origin(
    link="https://tracker.example/papers",
    version="0.1.0",
    as_of="23 Nov 2026",
    sources=["arXiv complete to 23 Nov 2026", "PubMed: a sample only"],
)


def test_file_name_says_what_the_file_holds() -> None:
    """Day, filter, rows, four signs, ending."""
    name = file_name(selection_of(Filters(application=("intervention",), from_=PartialDate("2024"), retracted="0")), "csv", on=ON)

    assert re.fullmatch(r"llm-mh_2026-11-23_2024-intervention-retracted-0_n1_[0-9a-f]{4}\.csv", name)
    assert file_name(selection_of(Filters()), "excel", on=ON).startswith("llm-mh_2026-11-23_all_n1_")
    assert file_name(selection_of(Filters()), "excel", on=ON).endswith("_excel.csv")


def test_file_name_changes_with_filter_and_data() -> None:
    """The same filter on the same data has the same name; anything else another."""
    first = file_name(selection_of(Filters()), "csv", on=ON)

    assert file_name(selection_of(Filters()), "csv", on=ON) == first
    assert file_name(selection_of(Filters(), data_version=2), "csv", on=ON) != first
    assert file_name(selection_of(Filters(q="x")), "csv", on=ON) != first


@given(st.text(max_size=80))
def test_file_name_is_safe_whatever_was_searched(words: str) -> None:
    """No folder, no hidden file, no sign a file system minds, of a bearable length."""
    name = file_name(selection_of(Filters(q=words)), "bibtex", on=ON)

    assert re.fullmatch(r"llm-mh_[A-Za-z0-9_.-]{1,90}\.bib", name)


def test_receipt_lets_somebody_else_get_the_same_rows(taxonomy: Taxonomy) -> None:
    """Filter in words, link, counts, sources and their state, taxonomy, how to cite, every column."""
    text = write_receipt(selection_of(Filters(risk=("opacity",))), taxonomy, ORIGIN, file="x.csv", now=NOW)

    for part in (
        "  x.csv\n",
        "1 work of 1, one row a work",
        "works in scope; risk: Opacity",
        "https://tracker.example/papers",
        "23 Nov 2026, 06:17 UTC",
        "arXiv complete to 23 Nov 2026",
        "PubMed: a sample only",
        "Mental-Health LLM Tracker 0.1.0 (2026); data of 23 Nov 2026, taxonomy 2026.1",
        "  published_precision: year, month or day",
    ):
        assert part in text


def test_every_column_is_in_the_data_dictionary(taxonomy: Taxonomy) -> None:
    """Order and names are the file's."""
    assert tuple(name for name, _ in data_dictionary(taxonomy)) == column_names(taxonomy)
