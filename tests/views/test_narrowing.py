"""A cell as filters: exactly its papers, or nothing."""

from __future__ import annotations

import itertools

import pytest

from tracker.views import narrowing
from tracker.views.filters import Filters
from tracker.views.index import any_label
from views.gap_cells import TAXONOMY, selection_of
from views.test_index import no_search

OPACITY = {"application": ["education"], "risk": ["opacity"]}
WORDS = ("education", "assessment", "intervention", "monitoring", "therapy_chatbot")


def test_free_facets_take_the_labels() -> None:
    """Filters of other facets stay."""
    narrowed = narrowing.narrow(Filters(source=("arxiv",), retracted="0"), OPACITY, TAXONOMY)

    assert narrowed == Filters(source=("arxiv",), retracted="0", application=("education",), risk=("opacity",))
    assert narrowing.address(narrowed) == "papers?source=arxiv&application=education&risk=opacity&retracted=0"


@pytest.mark.parametrize(
    ("given", "wanted", "said"),
    [
        (("education", "assessment"), "education", ("education",)),  # one of those asked for
        (("monitoring",), "assessment", ("monitoring",)),  # narrower than what is wanted: already so
        (("monitoring", "severity_measurement"), "assessment", ("monitoring", "severity_measurement")),
        (("education",), "assessment", None),  # "and" within a facet cannot be said
        (("education", "monitoring"), "assessment", None),
    ],
)
def test_facet_already_filtered_is_narrowed_where_it_can_be(given: tuple[str, ...], wanted: str, said: tuple[str, ...] | None) -> None:
    """Values of one facet are joined by OR: what that cannot say is not pretended."""
    narrowed = narrowing.narrow(Filters(application=given), {"application": [wanted]}, TAXONOMY)

    assert (narrowed.application if narrowed else None) == said
    assert narrowing.address(None) is None


@pytest.mark.parametrize("given", [given for size in range(3) for given in itertools.combinations(WORDS, size)])
@pytest.mark.parametrize("wanted", [["education"], ["assessment"], ["intervention", "education"]])
def test_narrowed_filters_find_exactly_the_papers_meant(given: tuple[str, ...], wanted: list[str]) -> None:
    """Whatever is filtered already: the papers that match it and carry a label wanted, no others."""
    parents = {"monitoring": "assessment", "therapy_chatbot": "intervention"}
    carried = [set(some) for size in range(4) for some in itertools.combinations(WORDS, size)]
    labels = [sorted({*some, *(parents[name] for name in some if name in parents)}) for some in carried]
    papers = selection_of(*([f"application:{name}" for name in some] for some in labels), filters=Filters(application=given))
    meant = papers.mask & any_label(papers.rows, [f"application:{name}" for name in wanted])

    narrowed = narrowing.narrow(papers.filters, {"application": wanted}, TAXONOMY)

    if narrowed is not None:
        assert papers.index.select(narrowed, no_search).mask.tolist() == meant.tolist()
