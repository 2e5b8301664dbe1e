"""Exact sets of labels."""

from __future__ import annotations

from tracker.domain.taxonomy import Taxonomy
from tracker.views.overlaps import find_overlaps, papers_of, set_labels
from views.gap_cells import TAXONOMY, selection_of

EDUCATION, INTERVENTION = "application:education", "application:intervention"
LABELS = ([EDUCATION], [EDUCATION], [EDUCATION, INTERVENTION], [INTERVENTION], [])


def test_label_sets_are_exact(taxonomy: Taxonomy) -> None:
    """A paper with two labels is in the set of the two and in neither single one; sets beyond the limit are summed."""
    found = find_overlaps(selection_of(*LABELS), set_labels(taxonomy, "application"), limit=2)

    assert [(one.id, one.count) for one in found.sets] == [("education", 2), ("intervention", 1)]
    assert (found.rest, found.rest_sets, found.none, found.carrying) == (1, 1, 1, 4)
    assert found.joined == ()


def test_papers_of_a_set_are_those_counted(taxonomy: Taxonomy) -> None:
    """As many papers as the bar is high, of the set and no other."""
    selection, labels = selection_of(*LABELS), set_labels(taxonomy, "application")
    found = find_overlaps(selection, labels)

    papers = {one.id: papers_of(selection, labels, one).keys("oldest") for one in found.sets}

    assert papers == {"education": ["arxiv:0", "arxiv:1"], "intervention": ["arxiv:3"], "education+intervention": ["arxiv:2"]}
    assert found.joined[0].id == "education+intervention"


def test_sets_can_be_of_applications_of_risks_or_of_both() -> None:
    """The areas come first, none of those outside the founding paper."""
    both = [label.id for label in set_labels(TAXONOMY, "both")]

    assert both == [label.id for choice in ("application", "risk") for label in set_labels(TAXONOMY, choice)]
    assert both[:3] == ["education", "assessment", "intervention"]
    assert "research_tool" not in both


def test_no_labels_give_no_sets(taxonomy: Taxonomy) -> None:
    """Works without any of the labels are counted, not drawn."""
    found = find_overlaps(selection_of([], []), set_labels(taxonomy, "risk"))

    assert (found.sets, found.none, found.carrying) == ((), 2, 0)
