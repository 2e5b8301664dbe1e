"""The taxonomy file: the shipped one is valid and complete; a wrong one names every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.domain.taxonomy import FACETS, Taxonomy, parse_taxonomy
from tracker.errors import TaxonomyError

ROOT = Path(__file__).resolve().parents[2]

SMALL = """\
version: "2026.1"
scope:
  earliest_year: 2018
  signals:
    any:
      name: Anything
      threshold: 1
      rules:
        word: ["model*"]
facets:
""" + "".join(f"  {facet}: {{name: {facet}, definition: d, labels: {{}}}}\n" for facet in FACETS if facet != "risk")

RISK = """\
  risk:
    name: Risk
    definition: d
    labels:
      opacity:
        name: Opacity
        definition: d
        origin: paper
        threshold: 2
        rules:
          box: {weight: 2, any: ["black-box*"]}
"""


def shipped() -> Taxonomy:
    """The taxonomy in ``data/``."""
    path = ROOT / "data" / "taxonomy.yaml"
    return parse_taxonomy(path.read_text(encoding="utf-8"), place=path.name)


def problems(text: str) -> list[str]:
    """What is wrong with *text*."""
    with pytest.raises(TaxonomyError) as caught:
        parse_taxonomy(text, place="rules.yaml")
    return list(caught.value.problems)


def test_shipped_taxonomy_has_the_papers_areas_and_risks_first() -> None:
    """Three areas of application and six risks are level 1 with origin paper; the other areas say they are outside."""
    taxonomy = shipped()
    level_1 = {facet: [one for one in taxonomy.facets[facet].labels.values() if one.level == 1] for facet in ("application", "risk")}

    assert [one.id for one in level_1["application"] if not one.outside_paper_three] == ["education", "assessment", "intervention"]
    assert [one.short_name for one in level_1["risk"]] == [
        "Inequality and stigma",
        "Unethical service",
        "Unreliable answers",
        "Inaccuracy",
        "Opacity",
        "Leaving humans out",
    ]
    assert {one.origin for one in level_1["risk"]} == {"paper"}


def test_shipped_taxonomy_has_every_facet_in_order() -> None:
    """The contract's facets, and language."""
    assert tuple(shipped().facets) == FACETS


def test_level_2_labels_stand_after_their_parent() -> None:
    """So that screens can indent them."""
    for facet in shipped().facets.values():
        seen: set[str] = set()
        for label in facet.labels.values():
            assert label.parent is None or label.parent in seen
            seen.add(label.id)


def test_rule_ids_are_unique() -> None:
    """Evidence, screens and corrections point to rules by id."""
    ids = [rule.id for rule in shipped().rules()]

    assert len(ids) == len(set(ids))


def test_small_taxonomy_is_read() -> None:
    """The least file that is valid."""
    taxonomy = parse_taxonomy(SMALL + RISK, place="rules.yaml")

    assert taxonomy.label("risk:opacity").rules[0].id == "opacity.box"


def test_all_faults_are_named_at_once_with_line_and_place() -> None:
    """Five mistakes, five problems, in the order of their lines."""
    text = SMALL.replace('"2026.1"', "draft") + RISK.replace("origin: paper", "origin: us").replace("threshold: 2", "treshold: 2").replace(
        '"black-box*"', '"black-(box*"'
    ).replace("weight: 2", "weight: two")

    found = problems(text)

    assert [problem.split(":")[0] for problem in found] == sorted((p.split(":")[0] for p in found), key=lambda p: int(p.split()[-1]))
    for words in ("'draft' is not a version", "'us' should be one of", "treshold: is not known here", "a number", "is not closed"):
        assert any(words in problem for problem in found), words


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty"),
        ("a: [", "not YAML"),
        ("- a", "mapping"),
        (SMALL, "risk is missing"),
        (SMALL + RISK.replace("opacity:", "Opacity:"), "is not an id"),
        (SMALL + RISK + "      opacity:\n        name: x\n", "appears twice"),
        (SMALL + RISK.replace("threshold: 2", "threshold: 2\n        level: 2"), "level 2 needs a parent"),
        (SMALL + RISK.replace("threshold: 2", "threshold: 2\n        parent: nobody\n        level: 2"), "'nobody' is not a level-1 label"),
        (SMALL + RISK.replace("rules:", "parts: [box]\n        rules:"), "only a level-2 label"),
        (SMALL + RISK.replace('["black-box*"]', "[]"), "has no pattern"),
        (SMALL + RISK.replace('["black-box*"]', "[3]"), "a pattern in quotes"),
        (SMALL + RISK.replace("name: Opacity", 'name: ""'), "is empty"),
        (SMALL.replace("earliest_year: 2018", "earliest_year: soon") + RISK, "a number"),
    ],
)
def test_fault_is_named(text: str, complaint: str) -> None:
    """Each kind of mistake is said, with its line."""
    found = problems(text)

    assert any(complaint in problem and problem.startswith("rules.yaml line ") for problem in found), found
