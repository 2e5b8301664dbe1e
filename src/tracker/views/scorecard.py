"""How well the rules agree with the labelled papers: ``docs/scorecard.json`` (see ``tracker evaluate``) in words and as a table.

The file stands beside the code, not in the data folder: it speaks of the taxonomy that ships. Where it is missing or of another
taxonomy version, the page says so instead of showing figures that are not of these labels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.domain.taxonomy import Taxonomy
from tracker.views import html
from tracker.views.paper import label_badge

FILE = Path(__file__).resolve().parents[3] / "docs" / "scorecard.json"
_FACETS = ("application", "risk", "safeguard")


@dataclass(frozen=True, slots=True)
class Scorecard:
    """``evaluation`` is what ``tracker evaluate --json`` printed; ``statement`` what must be said with it, in sentences."""

    statement: tuple[str, ...]
    evaluation: Mapping[str, Any]
    expectation: str

    @property
    def taxonomy(self) -> str:
        """The version of the taxonomy that was measured."""
        return str(self.evaluation.get("taxonomy"))


def read_scorecard(path: Path = FILE) -> Scorecard | None:
    """The scorecard; ``None`` where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        expectation = str(found.get("development", {}).get("what_to_expect", ""))
        return Scorecard(tuple(map(str, found["statement"])), found["evaluation"], expectation)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def finding(card: Scorecard | None, taxonomy: Taxonomy) -> str:
    """The sentence under the title."""
    if card is None or card.taxonomy != taxonomy.version:
        return f"The labels of taxonomy {taxonomy.version} are **not yet validated**."
    scope = card.evaluation["scope"]
    return (
        f"On the {card.evaluation['papers']:,} papers the rules were made with, labelled by a language model, **{scope['precision']:.0%}** "
        f"of what is taken in belongs and **{scope['recall']:.0%}** of what belongs is found. Unseen papers fare worse, labels more so."
    )


def statement(card: Scorecard) -> str:
    """What must be read with the figures, as HTML."""
    lines = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in (*card.statement, card.expectation) if sentence)
    return f'<div class="mh"><div class="prose sub">{lines}</div></div>'


def table(card: Scorecard, taxonomy: Taxonomy) -> str:
    """Precision, recall and F1 of each label with their 95 % intervals, as HTML."""
    lines = [html.table_line([badge, *_figures(scores)], numbers=4) for badge, scores in _rows(card, taxonomy)]
    return html.table(("Label", "Papers", "Precision", "Recall", "F1"), lines, numbers=4)


def _rows(card: Scorecard, taxonomy: Taxonomy) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield html.badge("In scope", "plain"), card.evaluation["scope"]
    for facet in _FACETS:
        labels = card.evaluation.get("facets", {}).get(facet, {}).get("labels", {})
        for name, scores in labels.items():
            yield label_badge(facet, name, taxonomy), scores


def _figures(scores: Mapping[str, Any]) -> list[str]:
    return [f"{scores['n']:,}", *(_figure(scores, name) for name in ("precision", "recall", "f1"))]


def _figure(scores: Mapping[str, Any], name: str) -> str:
    value, interval = scores.get(name), scores.get(f"{name}_interval")
    if value is None:
        return "–"
    between = f' <span class="mut src">{interval[0]:.2f}–{interval[1]:.2f}</span>' if interval else ""
    return f"<b>{value:.2f}</b>{between}" if name == "f1" else f"{value:.2f}{between}"
