"""What can be had without a taxonomy, on the same gold: the majority, the best single word, a trained text classifier.

All by five-fold cross-validation, so that no baseline is scored on papers it has seen. The classifier (TF-IDF of words and
word pairs, logistic regression) needs scikit-learn, a development dependency; without it, it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.domain.evaluation import SEED, Flags, Score, gold_flags, macro_f1, score_flags, scored_labels
from tracker.domain.gold import GoldPaper
from tracker.domain.scheme import Taxonomy

FOLDS = 5
MIN_PAPERS = 3  # a word must stand in as many training papers to be chosen
_WORD = re.compile(r"[a-z][a-z-]+")  # yes "self-harm", no "4", "a"
SCOPE = "scope"
Predictor = Callable[[Flags, NDArray[np.int64]], Flags]  # gold flags and folds in, cross-validated guesses out


@dataclass(frozen=True, slots=True)
class BaselineScore:
    """All labels of a group taken together, and the plain mean of their F1; the same for ``scope``, which has one."""

    micro: Score
    macro: float

    def to_json(self) -> dict[str, Any]:
        """The plain form, three places."""
        return self.micro.to_json() | {"macro_f1": round(self.macro, 3)}


def baseline_scores(gold: Sequence[GoldPaper], taxonomy: Taxonomy) -> dict[str, dict[str, BaselineScore]]:
    """Baseline → what is scored (``scope`` and each facet read for) → score, without intervals."""
    groups = _groups(gold, taxonomy)
    folds = np.random.default_rng(SEED).permutation(len(gold)) % FOLDS
    texts = [f"{paper.title}. {paper.abstract}" for paper in gold]
    predictors: dict[str, Predictor] = {"majority": _majority, "single_word": _single_word(texts)}
    if find_spec("sklearn") is not None:
        predictors["tfidf_logistic_regression"] = _logistic(texts, folds)
    return {
        name: {group: _score(wanted, [predict(flags, folds) for flags in wanted]) for group, wanted in groups.items()}
        for name, predict in predictors.items()
    }


def _score(wanted: list[Flags], given: list[Flags]) -> BaselineScore:
    return BaselineScore(score_flags(wanted, given, resamples=0), macro_f1(wanted, given, resamples=0)[0])


def _groups(gold: Sequence[GoldPaper], taxonomy: Taxonomy) -> dict[str, list[Flags]]:
    groups = {SCOPE: [np.array([paper.in_scope for paper in gold], dtype=bool)]}
    for facet in taxonomy.facets.values():
        if any(facet.id in paper.labels for paper in gold):
            groups[facet.id] = [gold_flags(gold, facet.id, name) for name in scored_labels(facet, gold)]
    return groups


def _majority(wanted: Flags, folds: NDArray[np.int64]) -> Flags:
    """For each fold, what most papers of the others have."""
    guesses = np.zeros(len(wanted), dtype=bool)
    for fold in range(FOLDS):
        guesses[folds == fold] = wanted[folds != fold].mean() > 0.5
    return guesses


def _single_word(texts: Sequence[str]) -> Predictor:
    """For each fold, the papers with the one word that had the best F1 on the others."""
    words = [frozenset(_WORD.findall(text.lower())) for text in texts]
    vocabulary = sorted(set().union(*words)) if words else []
    has = np.array([[word in paper for word in vocabulary] for paper in words], dtype=bool).reshape(len(texts), len(vocabulary))

    def predict(wanted: Flags, folds: NDArray[np.int64]) -> Flags:
        guesses = np.zeros(len(wanted), dtype=bool)
        for fold in range(FOLDS):
            train, test = folds != fold, folds == fold
            seen = has[train]
            both = (seen & wanted[train][:, None]).sum(axis=0)
            f1 = np.where(seen.sum(axis=0) >= MIN_PAPERS, 2 * both / np.maximum(1, seen.sum(axis=0) + wanted[train].sum()), 0.0)
            guesses[test] = has[test][:, int(f1.argmax())] if f1.any() else False
        return guesses

    return predict


def _logistic(texts: Sequence[str], folds: NDArray[np.int64]) -> Predictor:
    """TF-IDF of words and pairs, logistic regression with balanced classes; the features of each fold are built once."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    features = []
    for fold in range(FOLDS):
        vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        train = vectorizer.fit_transform([text for text, place in zip(texts, folds, strict=True) if place != fold])
        features.append((train, vectorizer.transform([text for text, place in zip(texts, folds, strict=True) if place == fold])))

    def predict(wanted: Flags, folds: NDArray[np.int64]) -> Flags:
        guesses = np.zeros(len(wanted), dtype=bool)
        for fold, (train, test) in enumerate(features):
            if len(set(wanted[folds != fold].tolist())) == 2:
                model = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(train, wanted[folds != fold])
                guesses[folds == fold] = model.predict(test)
        return guesses

    return predict
