"""Sums: what counts, what a mask takes, and which labels need no sum at all."""

from __future__ import annotations

import pytest

from tracker.domain.classifier import Classifier
from tracker.domain.patterns import parse_pattern
from tracker.domain.scheme import FACETS, Facet, Label, Rule, Scope, Scored, Taxonomy
from tracker.domain.scoring import make_sheet, score
from tracker.domain.text import Document


def rule(name: str, weight: float = 1.0, *, title: float = 0.0, again: float = 0.0, often: float = 0.0) -> Rule:
    """A rule whose only pattern is its name."""
    return Rule(id=name, weight=weight, patterns=(parse_pattern(name),), title=title, again=again, often=often)


DOCUMENT = Document([("title", "One harm."), ("abstract", "Two harm. Three harm. Four.")])
PLACES = [DOCUMENT.folded.index("harm", start) for start in (0, 8, 22)]
MATCHES = [((place, place + 4),) for place in PLACES]


@pytest.mark.parametrize(
    ("found", "extra", "points"),
    [
        (MATCHES[1:2], {"title": 2.0, "again": 4.0, "often": 8.0}, 1.0),
        (MATCHES[:1], {"title": 2.0, "again": 4.0}, 3.0),
        (MATCHES[1:], {"title": 2.0, "again": 4.0}, 5.0),
        (MATCHES, {"title": 2.0, "again": 4.0, "often": 8.0}, 7.0),
    ],
)
def test_points_grow_with_title_and_sentences(found: list[tuple[tuple[int, int], ...]], extra: dict[str, float], points: float) -> None:
    """The weight once; more in the title, from two sentences, from four."""
    sheet = make_sheet(Scored(id="risk", threshold=1.0, rules=(rule("harm", **extra),)), {"harm": 5})

    outcome = score(sheet, {5: found}, {}, [], DOCUMENT)

    assert (outcome.points, outcome.is_given) == (points, True)


def test_masked_rule_gives_no_points_and_names_its_mask() -> None:
    """All its words covered: not given, and the mask with its place stands in ``taken_by``."""
    sheet = make_sheet(Scored(id="risk", threshold=1.0, rules=(rule("harm"),)), {"harm": 0})
    mask = ("risk.reduction", (PLACES[1] - 4, PLACES[1] + 4))

    outcome = score(sheet, {0: MATCHES[1:2]}, {}, [mask], DOCUMENT)

    assert (outcome.points, outcome.is_given, outcome.taken_by) == (0.0, False, (mask,))


def test_negative_rule_is_named_only_if_it_made_the_difference() -> None:
    """Short of the threshold without it, it took nothing away."""
    rules = (rule("harm", 1.0), rule("two", -1.0))
    numbers = {"harm": 0, "two": 1}
    found = {0: MATCHES[:1], 1: [((11, 14),)]}

    taken = [
        score(make_sheet(Scored(id="risk", threshold=threshold, rules=rules), numbers), found, {}, [], DOCUMENT).taken_by
        for threshold in (1.0, 2.0)
    ]

    assert taken == [(("two", (11, 14)),), ()]


def test_label_is_studied_in_the_title_or_in_two_sentences() -> None:
    """Words of one sentence of the abstract name it only."""
    sheet = make_sheet(Scored(id="risk", threshold=1.0, rules=(rule("harm"),)), {"harm": 0})

    studied = [score(sheet, {0: found}, {}, [], DOCUMENT).is_studied(DOCUMENT) for found in (MATCHES[:1], MATCHES[1:2], MATCHES[1:])]

    assert studied == [True, False, True]


def test_level_2_label_speaks_with_its_own_parts_only() -> None:
    """Given by the parts that matched, with their words; by none of its parent's other rules."""
    parent = Label(
        id="risk1", facet="risk", name="r", short_name="r", definition="r", threshold=1.0, rules=(rule("harm"), rule("two"), rule("loss"))
    )
    parts = {"mixed": ("two", "loss"), "absent": ("loss",)}
    children = [
        Label(id=name, facet="risk", name="r", short_name="r", definition="r", level=2, parent="risk1", threshold=0, rules=(), parts=some)
        for name, some in parts.items()
    ]
    labels = {label.id: label for label in (parent, *children)}
    facets = {name: Facet(id=name, name=name, definition=name, labels=labels if name == "risk" else {}) for name in FACETS}
    classifier = Classifier(Taxonomy(version="2026.1", scope=Scope(earliest_year=0, signals=(), names={}), facets=facets))

    found = classifier.classify(title="One harm. Two harms.", in_scope=True)

    assert list(found.labels["risk"]) == ["risk1", "mixed"]
    assert [(span.text, span.rule) for span in found.evidence if span.label == "risk:mixed"] == [("Two", "two")]


def test_label_out_of_reach_is_not_summed() -> None:
    """Rules that could not reach the threshold with all their extras leave their label out; those that could bring it in."""
    labels = {
        name: Label(id=name, facet="risk", name=name, short_name=name, definition=name, threshold=threshold, rules=(one,))
        for name, threshold, one in (("near", 3.0, rule("harm", 1.0, title=2.0, again=-1.0)), ("far", 3.0, rule("loss", 1.0, title=1.0)))
    }
    facets = {name: Facet(id=name, name=name, definition=name, labels=labels if name == "risk" else {}) for name in FACETS}
    classifier = Classifier(Taxonomy(version="2026.1", scope=Scope(earliest_year=0, signals=(), names={}), facets=facets))

    reached = classifier.within_reach([classifier.rule_numbers["harm"], classifier.rule_numbers["loss"]])

    assert [label.id for label, _ in reached] == ["near"]
