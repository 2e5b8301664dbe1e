"""The project's own labelled papers: every label right. A change of rules that breaks one fails the build."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracker.domain.classifier import Classifier
from tracker.domain.evaluation import evaluate
from tracker.domain.gold import parse_gold
from tracker.domain.taxonomy import parse_taxonomy

ROOT = Path(__file__).resolve().parents[2]
TAXONOMY = parse_taxonomy((ROOT / "data" / "taxonomy.yaml").read_text(encoding="utf-8"), place="taxonomy.yaml")
CLASSIFIER = Classifier(TAXONOMY)
PAPERS = [json.loads(line) for line in (ROOT / "tests" / "fixtures" / "gold" / "own.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("paper", PAPERS, ids=[paper["id"] for paper in PAPERS])
def test_own_paper_gets_exactly_its_labels(paper: dict[str, Any]) -> None:
    """Scope, and the level-1 labels of every facet the paper was read for."""
    labelling = CLASSIFIER.classify(title=paper["title"], abstract=paper["abstract"])
    expected, given = {}, {}
    for facet in TAXONOMY.facets.values():
        if facet.id in paper:
            expected[facet.id] = set(paper[facet.id])
            level_1 = {name for name in labelling.labels.get(facet.id, {}) if facet.labels[name].level == 1}
            given[facet.id] = level_1 if facet.id in ("application", "risk", "safeguard") else level_1 & expected[facet.id]

    assert (labelling.in_scope, given) == (paper["in_scope"], expected)


def test_evaluation_of_own_papers_is_perfect_on_the_graded_facets() -> None:
    """The same through ``evaluate``: F1 is 1."""
    gold = [parse_gold(paper, TAXONOMY) for paper in PAPERS]
    labellings = [CLASSIFIER.classify(title=paper.title, abstract=paper.abstract) for paper in gold]

    result = evaluate(gold, labellings, TAXONOMY, resamples=0)

    assert (result.scope.f1, [result.facets[facet].micro.f1 for facet in ("application", "risk", "safeguard")]) == (1.0, [1.0, 1.0, 1.0])
