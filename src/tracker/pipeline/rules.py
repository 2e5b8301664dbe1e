"""What a changed taxonomy would change: over everything stored, and against labelled papers. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.domain.classifier import Classifier
from tracker.domain.corrections import Corrections
from tracker.domain.evaluation import evaluate
from tracker.domain.gold import GoldPaper
from tracker.domain.record import AbstractState, Labelling
from tracker.domain.taxonomy import Taxonomy
from tracker.store.base import Store

BATCH = 500
EXAMPLES = 3  # papers shown for each label and direction
IN_SCOPE = "scope:in"


@dataclass(slots=True)
class LabelChange:
    """One label: how many records would gain and lose it, with the first few (key, title) of each."""

    added: int = 0
    removed: int = 0
    added_examples: list[tuple[str, str]] = field(default_factory=list)
    removed_examples: list[tuple[str, str]] = field(default_factory=list)

    def note(self, key: str, title: str, *, is_added: bool) -> None:
        """Count one record, and keep it as an example if there are few yet."""
        self.added += is_added
        self.removed += not is_added
        examples = self.added_examples if is_added else self.removed_examples
        if len(examples) < EXAMPLES:
            examples.append((key, title))


@dataclass(slots=True)
class RulesTrial:
    """The outcome: ``records`` compared (those with their text), how many would be ``changed``, and each label's changes.

    ``gold`` maps what is scored to F1 before and after; empty without a gold file.
    """

    records: int = 0
    changed: int = 0
    labels: dict[str, LabelChange] = field(default_factory=dict)
    gold: dict[str, tuple[float, float]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The plain form."""
        return {
            "records": self.records,
            "changed": self.changed,
            "labels": {
                name: {
                    "added": change.added,
                    "removed": change.removed,
                    "added_examples": [list(example) for example in change.added_examples],
                    "removed_examples": [list(example) for example in change.removed_examples],
                }
                for name, change in self.labels.items()
            },
            "gold_f1": {name: [round(value, 3) for value in pair] for name, pair in self.gold.items()},
        }


def try_rules(
    before: Taxonomy,
    after: Taxonomy,
    store: Store,
    *,
    corrections: Corrections | None = None,
    gold: Sequence[GoldPaper] = (),
    progress: Callable[[int], object] = id,
) -> RulesTrial:
    """Compare two taxonomies on all stored records whose text is here; *progress* is told the size of each batch done."""
    old, new, people = Classifier(before), Classifier(after), corrections or Corrections()
    trial = RulesTrial()
    found: dict[str, LabelChange] = {}
    for batch in store.stream_records(batch=BATCH):
        for stored in batch:
            if stored.record.abstract_state is not AbstractState.WITHHELD:
                was, becomes = _label_keys(people.classify(old, stored.record)), _label_keys(people.classify(new, stored.record))
                trial.records += 1
                trial.changed += was != becomes
                for name in sorted(was ^ becomes):
                    found.setdefault(name, LabelChange()).note(stored.record.key, stored.record.title, is_added=name in becomes)
        progress(len(batch))
    trial.labels = dict(sorted(found.items(), key=lambda item: (-(item[1].added + item[1].removed), item[0])))
    trial.gold = _gold_scores(gold, old, new) if gold else {}
    return trial


def _label_keys(labelling: Labelling) -> frozenset[str]:
    keys = {f"{facet}:{name}" for facet, names in labelling.labels.items() for name in names}
    return frozenset(keys | ({IN_SCOPE} if labelling.in_scope else set()))


def _gold_scores(gold: Sequence[GoldPaper], old: Classifier, new: Classifier) -> dict[str, tuple[float, float]]:
    """F1 before and after: scope, each facet (micro) and each label both taxonomies have."""
    sides = []
    for classifier in (old, new):
        labellings = [classifier.classify(title=paper.title, abstract=paper.abstract) for paper in gold]
        result = evaluate(gold, labellings, classifier.taxonomy, resamples=0)
        side = {"scope": result.scope.f1}
        for facet, scores in result.facets.items():
            side |= {facet: scores.micro.f1} | {f"{facet}:{name}": score.f1 for name, score in scores.labels.items()}
        sides.append(side)
    return {name: (value, sides[1][name]) for name, value in sides[0].items() if name in sides[1]}
