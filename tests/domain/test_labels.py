"""Every label catches what it must and leaves its near misses alone (``fixtures/labels.yaml``, ``fixtures/wordings.yaml``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from tracker.domain.classifier import Classifier
from tracker.domain.record import Labelling
from tracker.domain.taxonomy import parse_taxonomy

ROOT = Path(__file__).resolve().parents[2]
CASES = yaml.safe_load((ROOT / "tests" / "fixtures" / "labels.yaml").read_text(encoding="utf-8"))
WORDINGS = yaml.safe_load((ROOT / "tests" / "fixtures" / "wordings.yaml").read_text(encoding="utf-8"))
LABELS = [(facet, label) for facet, labels in CASES.items() for label in labels]
SENTENCES = [
    (facet, label, kind, sentence)
    for facet, labels in WORDINGS.items()
    for label, kinds in labels.items()
    for kind, sentences in kinds.items()
    for sentence in sentences
]


@cache
def classifier() -> Classifier:
    """The shipped taxonomy, compiled once."""
    return Classifier(parse_taxonomy((ROOT / "data" / "taxonomy.yaml").read_text(encoding="utf-8"), place="taxonomy.yaml"))


def classify(sentence: str) -> Labelling:
    """*sentence* as an abstract, or as a title after ``T:``, of a paper that is in scope."""
    if sentence.startswith("T: "):
        return classifier().classify(title=sentence[3:], in_scope=True)
    return classifier().classify(title="A study", abstract=sentence, in_scope=True)


def test_every_label_has_two_sentences_of_each_kind() -> None:
    """No label of the shipped taxonomy goes untested."""
    counted = {(facet, label): (len(case["catch"]), len(case["miss"])) for facet, labels in CASES.items() for label, case in labels.items()}

    assert counted == {(label.facet, label.id): (2, 2) for label in classifier().taxonomy.labels()}


@pytest.mark.parametrize(("facet", "label"), LABELS, ids=[f"{facet}:{label}" for facet, label in LABELS])
def test_label_catches_its_sentences_and_not_its_near_misses(facet: str, label: str) -> None:
    """Two sentences each way."""
    case = CASES[facet][label]

    caught = [label in classify(sentence).labels.get(facet, {}) for sentence in [*case["catch"], *case["miss"]]]

    assert caught == [True, True, False, False]


def test_every_risk_and_safeguard_is_worded_in_many_ways() -> None:
    """No level-1 label of the two facets is left out, and each has near misses too."""
    worded = {(facet, label) for facet, labels in WORDINGS.items() for label, kinds in labels.items() if min(map(len, kinds.values())) > 1}

    assert worded == {
        (label.facet, label.id) for label in classifier().taxonomy.labels() if label.facet in ("risk", "safeguard") and label.level == 1
    }


@pytest.mark.parametrize(("facet", "label", "kind", "sentence"), SENTENCES, ids=[f"{label}-{text[:40]}" for _, label, _, text in SENTENCES])
def test_label_is_given_whatever_the_wording(facet: str, label: str, kind: str, sentence: str) -> None:
    """Sentences of many authors' making: what says it is caught, what only sounds like it is not."""
    assert (label in classify(sentence).labels.get(facet, {})) == (kind == "catch")
