"""The evidence ladder: which rungs a work stands on, and of how many."""

from __future__ import annotations

from tracker.views import ladder, narrowing
from tracker.views.filters import Filters
from tracker.views.index import Selection
from views.gap_cells import TAXONOMY, selection_of
from views.test_index import no_search

AREA = "application:education"
EDUCATION = TAXONOMY.label(AREA)


def papers() -> Selection:
    """One work for each way to stand on a rung, one of unknown kind, one of another area."""
    return selection_of(
        [AREA, "study:perspective_policy"],
        [AREA, "study:model_method"],
        [AREA, "study:simulation"],
        [AREA, "study:llm_evaluation", "population:clinicians_trainees"],
        [AREA, "study:qualitative_user"],
        [AREA, "study:qualitative_user", "population:patients"],
        [AREA, "study:trial", "study:model_method"],
        [AREA, "study:review", "population:patients"],
        [AREA],
        ["study:trial"],
    )


def test_work_stands_on_every_rung_its_labels_give_it() -> None:
    """A trial that also builds a model stands on both; patients count where a study is of people; unknown kinds are apart."""
    one = ladder.find_ladders(papers(), [EDUCATION], TAXONOMY)[0]

    by_rung = {rung.id: share.count for rung, share in zip(ladder.RUNGS, one.rungs, strict=True)}
    assert by_rung == {"opinion": 2, "benchmark": 3, "simulated": 1, "raters": 1, "asked": 2, "clinical": 1, "trial": 1}
    assert {share.n for share in one.rungs} == {8}
    assert (one.known, one.unknown, one.top.count) == (8, 1, 2)


def test_every_rung_is_a_list_of_papers_a_filter_can_show() -> None:
    """The link of a rung finds exactly its count."""
    selection = papers()
    one = ladder.find_ladders(selection, [EDUCATION], TAXONOMY)[0]

    links = [narrowing.narrow(Filters(), {"application": ["education"], **rung.wanted}, TAXONOMY) for rung in ladder.RUNGS]

    found = [selection.index.select(link, no_search).count for link in links if link]
    assert found == [share.count for share in one.rungs]


def test_rungs_are_made_of_labels_the_taxonomy_has() -> None:
    """A renamed label must not empty a rung in silence; the kinds of study stand on one rung at least."""
    named = {name for rung in ladder.RUNGS for name in rung.study}

    assert named == set(TAXONOMY.facets["study"].labels)
    assert {rung.population for rung in ladder.RUNGS} - {""} <= set(TAXONOMY.facets["population"].labels)


def test_ladder_of_no_papers_is_empty() -> None:
    """Nothing to count, nothing to divide by."""
    one = ladder.find_ladders(selection_of([]), [EDUCATION], TAXONOMY)[0]

    assert (one.known, one.unknown, {share.share for share in one.rungs}) == (0, 0, {0.0})
