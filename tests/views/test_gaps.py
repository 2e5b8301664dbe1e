"""Two facets crossed: counts, shares, what chance would give, and the years there are."""

from __future__ import annotations

from tracker.domain.taxonomy import Taxonomy
from tracker.views.filters import Filters
from tracker.views.frames import main_labels
from tracker.views.gaps import cross, find_widest_gap, map_labels, turned
from tracker.views.index import Index, select
from views.columns import make_columns, make_entry
from views.gap_cells import TAXONOMY, make_cell, selection_of
from views.test_index import no_search


def test_crossed_labels_have_count_share_and_what_chance_would_give(taxonomy: Taxonomy) -> None:
    """Of 8 papers 4 are on education and 2 name opacity: one in both is what chance would give; two are twice that."""
    papers = selection_of(*[["application:education", "risk:opacity"]] * 2, *[["application:education"]] * 2, *[[]] * 4)

    cells = cross(papers, [taxonomy.label("application:education")], main_labels(taxonomy, "risk"))
    cell = cells[0][2]

    assert (cell.row.id, cell.column.id) == ("education", "opacity")
    assert (cell.count, cell.share.n, cell.expected, cell.ratio, cell.is_small) == (2, 4, 1.0, 2.0, True)
    assert (cells[0][0].count, cells[0][0].ratio) == (0, None)


def test_crossed_risk_says_how_many_study_it() -> None:
    """A risk that is studied is not the same as one that is named; a call has no such difference."""
    named = make_entry("arxiv:1", labels=["application:education", "risk:opacity", "safeguard:people_involved"])
    studied = make_entry("arxiv:2", labels=["application:education"], studied=["risk:opacity"])
    papers = select(Index(make_columns(named, studied)), Filters(), search=no_search)
    columns = [TAXONOMY.label("risk:opacity"), TAXONOMY.label("safeguard:people_involved")]

    risk, call = cross(papers, [TAXONOMY.label("application:education")], columns)[0]

    assert (risk.count, risk.studied) == (2, 1)
    assert (call.count, call.studied) == (1, None)


def test_cell_is_rarer_or_commoner_only_beyond_chance_and_with_enough_expected() -> None:
    """Too few expected: neither, however far from it; enough: only where the interval leaves 1 out."""
    rare, common, few, even = make_cell(2, 200), make_cell(40, 200), make_cell(0, 20), make_cell(20, 200)

    assert [(cell.is_rarer, cell.is_commoner) for cell in (rare, common, few, even)] == [
        (True, False),
        (False, True),
        (False, False),
        (False, False),
    ]
    assert few.expected == 2.0


def test_turned_cells_keep_what_they_are() -> None:
    """Rows become columns; a cell still knows of what its share is."""
    first, second, third, fourth = (make_cell(count, 10) for count in range(4))

    assert turned([[first, second], [third, fourth]]) == [[first, third], [second, fourth]]


def test_map_in_detail_has_narrower_labels_behind_their_parents(taxonomy: Taxonomy) -> None:
    """The first level alone, or each label with what belongs to it."""
    assert [label.id for label in map_labels(taxonomy, "application")] == ["education", "assessment", "intervention"]
    assert [label.id for label in map_labels(taxonomy, "application", in_detail=True)] == [
        "education",
        "assessment",
        "detection_screening",
        "intervention",
    ]


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


def test_widest_gap_is_none_that_the_map_calls_too_few_to_say(taxonomy: Taxonomy) -> None:
    """A risk so rare that under five would be expected in the area is passed over, as on the map; without another there is no gap."""
    rare = [["application:intervention"]] * 90 + [["risk:opacity"]] * 3
    common = [["application:intervention", "risk:inaccuracy"]] * 10 + [["risk:inaccuracy"]] * 20

    gap = find_widest_gap(selection_of(*rare, *common), taxonomy)

    assert gap is not None
    assert gap.can_compare
    assert (gap.row.id, gap.column.id) == ("intervention", "inaccuracy")
    assert find_widest_gap(selection_of(*rare), taxonomy) is None
