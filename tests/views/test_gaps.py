"""Crossed labels, the evidence ladder, label sets."""

from __future__ import annotations

from typing import Any

from tracker.domain.taxonomy import Taxonomy
from tracker.views.filters import Filters
from tracker.views.frames import main_labels
from tracker.views.gaps import cross, find_label_sets, find_ladders, find_widest_gap
from tracker.views.index import Index, Selection, select
from views.columns import make_columns, make_entry
from views.test_index import no_search


def selection_of(*labels: list[str], **changes: Any) -> Selection:
    """One work per list of labels."""
    entries = [make_entry(f"arxiv:{number}", labels=given, **changes) for number, given in enumerate(labels)]
    return select(Index(make_columns(*entries)), Filters(), search=no_search)


def test_crossed_labels_have_count_share_and_what_chance_would_give(taxonomy: Taxonomy) -> None:
    """Of 8 papers 4 are on education and 2 name opacity: one in both is what chance would give; two are twice that."""
    papers = selection_of(*[["application:education", "risk:opacity"]] * 2, *[["application:education"]] * 2, *[[]] * 4)

    cells = cross(papers, [taxonomy.label("application:education")], main_labels(taxonomy, "risk"))
    cell = cells[0][2]

    assert (cell.row.id, cell.column.id) == ("education", "opacity")
    assert (cell.count, cell.share.n, cell.expected, cell.ratio, cell.is_small) == (2, 4, 1.0, 2.0, True)
    assert (cells[0][0].count, cells[0][0].ratio) == (0, None)


def test_cell_counts_equal_what_its_link_opens(taxonomy: Taxonomy) -> None:
    """A click on a cell filters by both labels and finds exactly its count."""
    papers = selection_of(["application:education", "risk:opacity"], ["application:education"], ["risk:opacity"])

    cell = cross(papers, [taxonomy.label("application:education")], [taxonomy.label("risk:opacity")])[0][0]
    opened = papers.index.select(papers.filters.having("application", cell.row.id).having("risk", cell.column.id), no_search)

    assert cell.count == opened.count == 1


def test_widest_gap_needs_enough_papers(taxonomy: Taxonomy) -> None:
    """An area with under 20 papers is no gap, however empty; among the others the smallest share is."""
    papers = selection_of(
        *[["application:intervention", "risk:opacity", "risk:inaccuracy", "risk:inequality_stigma"]] * 19,
        ["application:intervention", "risk:opacity", "risk:inaccuracy"],
        *[["application:education"]] * 19,
    )

    gap = find_widest_gap(papers, taxonomy)

    assert gap is not None
    assert (gap.row.id, gap.column.id, gap.count, gap.share.n) == ("intervention", "inequality_stigma", 19, 20)
    assert find_widest_gap(selection_of(["application:education"]), taxonomy) is None


def test_paper_stands_once_on_its_highest_rung(taxonomy: Taxonomy) -> None:
    """A trial that is also a method counts as a trial; patients who are asked are a clinical sample; no study type is unknown."""
    area = "application:education"
    papers = selection_of(
        [area, "study:model_method", "study:trial"],
        [area, "study:review"],
        [area, "study:qualitative_user"],
        [area, "study:qualitative_user", "population:patients"],
        [area, "study:model_method", "population:patients"],
        [area, "study:simulation"],
        [area],
        ["study:trial"],
    )

    ladder = find_ladders(papers, [taxonomy.label(area)])[0]

    assert [rung.count for rung in ladder.rungs] == [1, 1, 1, 1, 1, 1]
    assert (ladder.known, ladder.unknown, ladder.rungs[0].n) == (6, 1, 6)


def test_label_sets_are_exact(taxonomy: Taxonomy) -> None:
    """A paper with two labels is in the set of the two and in neither single one; sets beyond the limit are summed."""
    education, intervention = "application:education", "application:intervention"
    papers = selection_of([education], [education], [education, intervention], [intervention], [])

    found = find_label_sets(papers, main_labels(taxonomy, "application"), limit=2)

    assert [([label.id for label in labels], count) for labels, count in found.sets] == [(["education"], 2), (["intervention"], 1)]
    assert (found.rest, found.none) == (1, 1)
