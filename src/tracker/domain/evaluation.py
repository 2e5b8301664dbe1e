"""How often labels are right: precision, recall and F1 with bootstrap intervals, against labelled papers.

A label given to a paper that gold keeps out of scope counts as wrong; ``in_scope_only`` figures leave those papers out.
Intervals: 95 %, percentile bootstrap over papers (Efron and Tibshirani 1993, ch. 13), seeded. Baselines stand in
:mod:`tracker.domain.baselines`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.domain.gold import GoldPaper
from tracker.domain.record import Labelling
from tracker.domain.scheme import Facet, Taxonomy

RESAMPLES = 1000
SEED = 20240321  # any number; fixed so that two runs print the same interval

Flags = NDArray[np.bool_]  # one entry a paper
NONE = "(none)"


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 (shares 0 to 1; 0 where nothing was given or nothing was there), each with its 95 % interval.

    ``n`` is the number of papers that have the label in gold.
    """

    n: int
    tp: int
    fp: int
    fn: int
    precision: float
    recall: float
    f1: float
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Rounded to three places."""
        plain: dict[str, Any] = {"n": self.n, "tp": self.tp, "fp": self.fp, "fn": self.fn}
        for name in ("precision", "recall", "f1"):
            plain[name] = round(getattr(self, name), 3)
            if name in self.intervals:
                plain[f"{name}_interval"] = [round(bound, 3) for bound in self.intervals[name]]
        return plain


def score_flags(gold: Sequence[Flags], given: Sequence[Flags], *, resamples: int = RESAMPLES) -> Score:
    """The score of one label, or of several taken together (micro): *gold* and *given* hold one array a label.

    >>> score_flags([np.array([True, True, False])], [np.array([True, False, True])], resamples=0).f1
    0.5
    """
    counts = np.sum([_outcomes(g, p) for g, p in zip(gold, given, strict=True)], axis=0)
    tp, fp, fn = (int(total) for total in counts.sum(axis=0))
    precision, recall, f1 = (float(value[0]) for value in _shares(counts.sum(axis=0)[None, :]))
    return Score(tp + fn, tp, fp, fn, precision, recall, f1, _intervals(counts, resamples))


def macro_f1(gold: Sequence[Flags], given: Sequence[Flags], *, resamples: int = RESAMPLES) -> tuple[float, tuple[float, float] | None]:
    """The plain mean of the labels' F1, and its 95 % interval: in each resample all labels are scored on the same papers.

    Without resamples, or without papers, there is no interval.
    """
    counts = [_outcomes(g, p) for g, p in zip(gold, given, strict=True)]
    value = float(np.mean([_shares(one.sum(axis=0)[None, :])[2][0] for one in counts]))
    papers = len(counts[0])
    if not resamples or not papers:
        return value, None
    draws = _draws(papers, resamples)
    low, high = np.quantile(np.mean([_shares(draws @ one)[2] for one in counts], axis=0), (0.025, 0.975))
    return value, (float(low), float(high))


def _outcomes(gold: Flags, given: Flags) -> NDArray[np.int64]:
    """For each paper whether the label was rightly given, wrongly given, wrongly left out: a row of three."""
    return np.stack([gold & given, ~gold & given, gold & ~given], axis=1).astype(np.int64)


def _draws(papers: int, resamples: int) -> NDArray[np.int64]:
    """How often each paper is drawn in each resample."""
    return np.random.default_rng(SEED).multinomial(papers, np.full(papers, 1 / papers), size=resamples)


def _shares(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Precision, recall and F1 of each row of (tp, fp, fn)."""
    tp, fp, fn = (counts[:, column].astype(np.float64) for column in range(3))
    return _divide(tp, tp + fp), _divide(tp, tp + fn), _divide(2 * tp, 2 * tp + fp + fn)


def _divide(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _intervals(counts: NDArray[np.int64], resamples: int) -> dict[str, tuple[float, float]]:
    papers = len(counts)
    if not resamples or not papers:
        return {}
    bounds = [np.quantile(values, (0.025, 0.975)) for values in _shares(_draws(papers, resamples) @ counts)]
    return {name: (float(low), float(high)) for name, (low, high) in zip(("precision", "recall", "f1"), bounds, strict=True)}


@dataclass(frozen=True, slots=True)
class FacetScores:
    """Scores of a facet: per label, all together (``micro``), and the plain mean of the labels' F1 (``macro``, with its interval).

    ``paper_three`` is the micro score of the founding paper's areas alone, in the facet that has labels outside them.
    """

    labels: Mapping[str, Score]
    micro: Score
    macro: float
    macro_interval: tuple[float, float] | None
    in_scope_only: Score
    paper_three: Score | None = None

    def to_json(self) -> dict[str, Any]:
        """The plain form, three places."""
        plain: dict[str, Any] = {
            "micro": self.micro.to_json(),
            "macro_f1": round(self.macro, 3),
            "micro_in_scope_only": self.in_scope_only.to_json(),
        }
        if self.macro_interval is not None:
            plain["macro_f1_interval"] = [round(bound, 3) for bound in self.macro_interval]
        if self.paper_three is not None:
            plain["micro_paper_three"] = self.paper_three.to_json()
        return plain | {"labels": {name: score.to_json() for name, score in self.labels.items()}}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one taxonomy does on one gold file. ``confusion[gold][given]`` counts papers; ``(none)`` stands for no area."""

    taxonomy: str
    papers: int
    scope: Score
    facets: Mapping[str, FacetScores]
    confusion: Mapping[str, Mapping[str, int]]
    strength: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """The plain form, three places."""
        return {
            "taxonomy": self.taxonomy,
            "papers": self.papers,
            "scope": self.scope.to_json(),
            "facets": {name: scores.to_json() for name, scores in self.facets.items()},
            "application_confusion": {gold: dict(given) for gold, given in self.confusion.items()},
            "risk_strength": {name: round(value, 3) for name, value in self.strength.items()},
        }


def evaluate(gold: Sequence[GoldPaper], labellings: Sequence[Labelling], taxonomy: Taxonomy, *, resamples: int = RESAMPLES) -> Evaluation:
    """The scores of *labellings* (one a paper, same order) against *gold*. Facets no paper was read for are left out."""
    given_scope = np.array([labelling.in_scope for labelling in labellings], dtype=bool)
    gold_scope = np.array([paper.in_scope for paper in gold], dtype=bool)
    facets = {}
    for facet in taxonomy.facets.values():
        if any(facet.id in paper.labels for paper in gold):
            facets[facet.id] = _score_facet(facet, gold, labellings, gold_scope, resamples)
    confusion = _confusion(taxonomy.facets["application"], gold, labellings) if "application" in facets else {}
    return Evaluation(
        taxonomy=taxonomy.version,
        papers=len(gold),
        scope=score_flags([gold_scope], [given_scope], resamples=resamples),
        facets=facets,
        confusion=confusion,
        strength=_strength(gold, labellings),
    )


def gold_flags(gold: Sequence[GoldPaper], facet: str, label: str) -> Flags:
    """Which papers have *label* in gold; none that is out of scope does."""
    return np.array([paper.in_scope and label in paper.labels.get(facet, {}) for paper in gold], dtype=bool)


def scored_labels(facet: Facet, gold: Sequence[GoldPaper]) -> list[str]:
    """The facet's level-1 labels, and those of level 2 that gold uses."""
    used = {label for paper in gold for label in paper.labels.get(facet.id, {})}
    return [name for name, label in facet.labels.items() if label.level == 1 or name in used]


def _score_facet(facet: Facet, gold: Sequence[GoldPaper], labellings: Sequence[Labelling], in_scope: Flags, resamples: int) -> FacetScores:
    names = scored_labels(facet, gold)
    wanted = [gold_flags(gold, facet.id, name) for name in names]
    given = [np.array([name in labelling.labels.get(facet.id, {}) for labelling in labellings], dtype=bool) for name in names]
    scores = {name: score_flags([w], [g], resamples=resamples) for name, w, g in zip(names, wanted, given, strict=True)}
    of_three = [place for place, name in enumerate(names) if not facet.labels[name].outside_paper_three]
    three = (
        score_flags([wanted[p] for p in of_three], [given[p] for p in of_three], resamples=resamples)
        if len(of_three) < len(names)
        else None
    )
    macro, macro_interval = macro_f1(wanted, given, resamples=resamples)
    return FacetScores(
        labels=scores,
        micro=score_flags(wanted, given, resamples=resamples),
        macro=macro,
        macro_interval=macro_interval,
        in_scope_only=score_flags([w[in_scope] for w in wanted], [g[in_scope] for g in given], resamples=resamples),
        paper_three=three,
    )


def _confusion(facet: Facet, gold: Sequence[GoldPaper], labellings: Sequence[Labelling]) -> dict[str, dict[str, int]]:
    """Papers with each pair of gold and given level-1 area; a paper with several counts in several cells."""
    names = [name for name, label in facet.labels.items() if label.level == 1]
    table = {row: dict.fromkeys([*names, NONE], 0) for row in [*names, NONE]}
    for paper, labelling in zip(gold, labellings, strict=True):
        wanted = [name for name in names if paper.in_scope and name in paper.labels.get(facet.id, {})] or [NONE]
        given = [name for name in names if name in labelling.labels.get(facet.id, {})] or [NONE]
        for row in wanted:
            for column in given:
                table[row][column] += 1
    return table


def _strength(gold: Sequence[GoldPaper], labellings: Sequence[Labelling]) -> dict[str, float]:
    """Of the risks that both name and grade: how many, and the share graded alike (1 named, 2 studied)."""
    pairs = [
        (strength, labelling.labels["risk"][name])
        for paper, labelling in zip(gold, labellings, strict=True)
        for name, strength in paper.labels.get("risk", {}).items()
        if paper.in_scope and strength is not None and name in labelling.labels.get("risk", {})
    ]
    return {"n": len(pairs), "agreement": float(np.mean([wanted == given for wanted, given in pairs]))} if pairs else {}
