"""The page shows figures only where they are of the labels on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tracker.data_files import read_taxonomy
from tracker.domain.taxonomy import Taxonomy
from tracker.settings import read_settings
from tracker.views import scorecard

SCORES = {"n": 10, "precision": 0.9, "precision_interval": [0.7, 1.0], "recall": 0.5, "recall_interval": [0.3, 0.7], "f1": None}


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    """The taxonomy in force."""
    return read_taxonomy(read_settings({}))


def write_card(path: Path, version: str) -> Path:
    """A scorecard with one label."""
    evaluation = {"taxonomy": version, "papers": 12, "scope": SCORES, "facets": {"risk": {"labels": {"opacity": SCORES}}}}
    path.write_text(json.dumps({"statement": ["No expert <b>confirmed</b> them."], "evaluation": evaluation}), encoding="utf-8")
    return path


def test_scorecard_of_this_taxonomy_is_shown(tmp_path: Path, taxonomy: Taxonomy) -> None:
    """Precision and recall with their intervals, a dash for what is unknown, and whose reading the gold labels are."""
    card = scorecard.read_scorecard(write_card(tmp_path / "card.json", taxonomy.version))

    assert card
    assert "**90%** of what is taken in belongs" in scorecard.finding(card, taxonomy)
    assert "labelled by a language model" in scorecard.finding(card, taxonomy)
    assert '0.50 <span class="mut src">0.30–0.70</span></td><td class="num">–</td>' in scorecard.table(card, taxonomy)
    assert "&lt;b&gt;confirmed" in scorecard.statement(card)


def test_scorecard_of_another_taxonomy_validates_nothing(tmp_path: Path, taxonomy: Taxonomy) -> None:
    """Figures of other labels are not shown as if they were of these."""
    card = scorecard.read_scorecard(write_card(tmp_path / "card.json", "1999.1"))

    assert "not yet validated" in scorecard.finding(card, taxonomy)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"statement": 1, "evaluation": {}}', "{broken"])
def test_scorecard_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    """A damaged file breaks no page."""
    (tmp_path / "card.json").write_text(text, encoding="utf-8")

    assert scorecard.read_scorecard(tmp_path / "card.json") is None


def test_scorecard_that_is_missing_is_none(tmp_path: Path) -> None:
    """Not yet validated is a state of its own."""
    assert scorecard.read_scorecard(tmp_path / "none.json") is None


def test_scorecard_that_ships_can_be_read(taxonomy: Taxonomy) -> None:
    """The file beside the code has the form this module reads."""
    card = scorecard.read_scorecard()

    assert card
    assert scorecard.table(card, taxonomy).count("<tr>") > 10
