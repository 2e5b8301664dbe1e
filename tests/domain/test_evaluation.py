"""Scores are what a reader would count by hand, and intervals contain them."""

from __future__ import annotations

import numpy as np
import pytest

from small_taxonomy import make_taxonomy
from tracker.domain.baselines import baseline_scores
from tracker.domain.evaluation import evaluate, macro_f1, score_flags
from tracker.domain.gold import GoldPaper, parse_gold
from tracker.domain.record import Labelling


def paper(number: int, *, in_scope: bool = True, text: str = "", **labels: dict[str, int | None]) -> GoldPaper:
    """A gold paper read for application and risk."""
    found: dict[str, dict[str, int | None]] = {"application": {}, "risk": {}}
    return GoldPaper(id=f"own:{number}", title=text, abstract="", in_scope=in_scope, labels=found | labels)


def labelling(*, in_scope: bool = True, **labels: dict[str, int]) -> Labelling:
    """What a classifier might say."""
    return Labelling("2026.1", in_scope, labels=labels)


GOLD = [
    paper(1, application={"intervention": None}, risk={"opacity": 2}),
    paper(2, application={"assessment": None, "intervention": None}, risk={"opacity": 1}),
    paper(3, application={}, risk={}),
    paper(4, in_scope=False),
]
GIVEN = [
    labelling(application={"intervention": 2}, risk={"opacity": 1}),
    labelling(application={"assessment": 1}, risk={"opacity": 1, "inaccuracy": 1}),
    labelling(in_scope=False),
    labelling(application={"assessment": 1}),
]


def test_counts_are_those_of_a_reader() -> None:
    """True and false positives and negatives of a label, a facet and scope."""
    result = evaluate(GOLD, GIVEN, make_taxonomy(), resamples=0)
    assessment, micro = result.facets["application"].labels["assessment"], result.facets["application"].micro

    assert (result.scope.tp, result.scope.fp, result.scope.fn) == (2, 1, 1)
    assert (assessment.n, assessment.tp, assessment.fp, assessment.fn) == (1, 1, 1, 0)
    assert (micro.tp, micro.fp, micro.fn) == (2, 1, 1)
    assert (micro.precision, micro.recall, micro.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))


def test_papers_out_of_scope_count_unless_left_out() -> None:
    """A label on an out-of-scope paper is wrong; the in-scope figures do not see it."""
    result = evaluate(GOLD, GIVEN, make_taxonomy(), resamples=0)

    assert (result.facets["application"].micro.fp, result.facets["application"].in_scope_only.fp) == (1, 0)


def test_confusion_counts_each_pair_of_areas() -> None:
    """Gold by row, given by column, with a place for no area at all."""
    table = evaluate(GOLD, GIVEN, make_taxonomy(), resamples=0).confusion

    assert table["intervention"] == {"education": 0, "assessment": 1, "intervention": 1, "(none)": 0}
    assert table["(none)"] == {"education": 0, "assessment": 1, "intervention": 0, "(none)": 1}


def test_strength_agreement_is_counted_where_both_name_the_risk() -> None:
    """One of two is graded alike."""
    assert evaluate(GOLD, GIVEN, make_taxonomy(), resamples=0).strength == {"n": 2, "agreement": 0.5}


def test_interval_holds_the_value_and_is_the_same_every_time() -> None:
    """A percentile bootstrap with a fixed seed."""
    gold, given = [np.arange(60) % 3 == 0], [np.arange(60) % 4 == 0]

    first, second = score_flags(gold, given), score_flags(gold, given)

    low, high = first.intervals["f1"]
    assert low < first.f1 < high
    assert first == second


def test_nothing_to_find_scores_zero_without_a_division() -> None:
    """No positives in gold and none given."""
    score = score_flags([np.zeros(3, dtype=bool)], [np.zeros(3, dtype=bool)])

    assert (score.n, score.precision, score.recall, score.f1) == (0, 0.0, 0.0, 0.0)


def test_baselines_find_the_telling_word() -> None:
    """A word that decides is found by the single word and the text classifier, not by the majority."""
    pytest.importorskip("sklearn")
    gold = [
        paper(n, text=f"opaque model number {n}" if n % 3 == 0 else f"clear water {n}", risk={"opacity": None} if n % 3 == 0 else {})
        for n in range(60)
    ]

    scores = baseline_scores(gold, make_taxonomy())

    assert (scores["majority"]["risk"].micro.f1, scores["single_word"]["risk"].micro.f1) == (0.0, 1.0)
    assert scores["tfidf_logistic_regression"]["risk"].micro.f1 == 1.0
    assert scores["majority"]["scope"].micro.f1 == 1.0
    assert 0 < scores["single_word"]["risk"].macro < 1  # one risk of several is there at all


def test_macro_is_the_mean_over_labels_with_an_interval_over_papers() -> None:
    """A label found always and one found never give a half, however many papers have each."""
    always, never = np.array([True] * 30 + [False] * 10), np.array([False] * 39 + [True])

    value, interval = macro_f1([always, never], [always, np.zeros(40, dtype=bool)])

    assert value == 0.5
    assert interval is not None
    assert interval == pytest.approx((0.5, 0.5))
    assert macro_f1([always], [always], resamples=0) == (1.0, None)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ({"id": "a"}, "has no in_scope"),
        ({"id": "a", "in_scope": True, "risk": "opacity"}, "neither a list"),
        ({"id": "a", "in_scope": True, "risk": ["opaqueness"]}, "'opaqueness', which the taxonomy does not have"),
    ],
)
def test_line_that_is_not_gold_says_why(line: dict[str, object], complaint: str) -> None:
    """The rest of a sentence that begins with the line's number."""
    with pytest.raises(ValueError, match=complaint):
        parse_gold(line, make_taxonomy())


def test_gold_keeps_the_strength_of_risks() -> None:
    """An object gives strengths, a list none."""
    gold = parse_gold({"id": "a", "title": None, "in_scope": True, "risk": {"opacity": 2}, "application": ["assessment"]}, make_taxonomy())

    assert gold.labels == {"application": {"assessment": None}, "risk": {"opacity": 2}}
