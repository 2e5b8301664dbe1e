"""``tracker evaluate``: how often the labels are right, against papers that a reader labelled."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracker.commands._output import write_json, write_line
from tracker.commands._papers import open_lines, read_papers
from tracker.data_files import read_taxonomy
from tracker.domain.baselines import SCOPE, BaselineScore, baseline_scores
from tracker.domain.classifier import Classifier
from tracker.domain.evaluation import NONE, Evaluation, FacetScores, Score, evaluate
from tracker.domain.gold import GoldPaper, parse_gold
from tracker.domain.record import Labelling
from tracker.domain.scheme import Taxonomy
from tracker.errors import ConfigurationError
from tracker.settings import read_settings

_MEASURES = (("P", "precision"), ("R", "recall"), ("F1", "f1"))

HELP = "precision, recall and F1 of the labels, with intervals, against labelled papers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which papers, and what to print."""
    parser.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="JSON Lines: id, title, abstract, in_scope and labels by facet")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")
    parser.add_argument("--no-baselines", action="store_true", help="leave out the baselines, which take a few seconds")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; a line that is not a labelled paper ends the command with its number, code 2."""
    taxonomy = read_taxonomy(read_settings())
    gold = read_gold(arguments.gold, taxonomy)
    result = evaluate(gold, classify_gold(gold, taxonomy), taxonomy)
    baselines = {} if arguments.no_baselines else baseline_scores(gold, taxonomy)
    if arguments.json:
        write_json(_to_json(arguments.gold, result, baselines))
    else:
        for line in _in_words(result, baselines):
            write_line(line)
    return 0


def read_gold(path: Path, taxonomy: Taxonomy) -> list[GoldPaper]:
    """The labelled papers of a file. Raises ``ConfigurationError`` with the line that is not one, or if there are none."""
    gold = []
    with open_lines(path) as (lines, name):
        for number, paper in read_papers(lines, name):
            try:
                gold.append(parse_gold(paper, taxonomy))
            except ValueError as error:
                raise ConfigurationError(f"Line {number} of {name} {error}.") from error
    if not gold:
        raise ConfigurationError(f"{path} holds no papers; give a file of labelled papers, one a line.")
    return gold


def classify_gold(gold: list[GoldPaper], taxonomy: Taxonomy) -> list[Labelling]:
    """What the taxonomy says of each paper, from title and abstract alone, as the annotators read them."""
    classifier = Classifier(taxonomy)
    return [classifier.classify(title=paper.title, abstract=paper.abstract) for paper in gold]


def _to_json(path: Path, result: Evaluation, baselines: Mapping[str, Mapping[str, BaselineScore]]) -> dict[str, Any]:
    return {
        "gold": path.name,
        "evaluated_on": datetime.now(UTC).date().isoformat(),
        **result.to_json(),
        "baselines": {name: {group: score.to_json() for group, score in scores.items()} for name, scores in baselines.items()},
    }


def _in_words(result: Evaluation, baselines: Mapping[str, Mapping[str, BaselineScore]]) -> list[str]:
    lines = [f"{result.papers} papers, taxonomy {result.taxonomy}; in brackets 95 % intervals", "", _line("in scope", result.scope)]
    for facet, scores in result.facets.items():
        lines += ["", _line(f"{facet} (micro)", scores.micro), _macro_line(facet, scores)]
        if scores.paper_three is not None:
            lines.append(_line(f"{facet} (the paper's three)", scores.paper_three))
        lines.append(_line(f"{facet} (papers in scope only)", scores.in_scope_only))
        lines += [_line(f"  {name}", score) for name, score in scores.labels.items()]
    if result.strength:
        lines += ["", f"strength of risks: {result.strength['agreement']:.0%} of {result.strength['n']:.0f} graded alike"]
    lines += ["", *_confusion_lines(result.confusion)] if result.confusion else []
    lines += ["", *_baseline_lines(baselines)] if baselines else []
    return lines


def _line(name: str, score: Score) -> str:
    parts = [f"{short} {getattr(score, what):.2f} {_range(score.intervals[what])}" for short, what in _MEASURES]
    return f"{name:34} {'  '.join(parts)}  n {score.n}"


def _macro_line(facet: str, scores: FacetScores) -> str:
    interval = f" {_range(scores.macro_interval)}" if scores.macro_interval else ""
    return f"{facet + ' (macro)':34} {'':38}F1 {scores.macro:.2f}{interval}"


def _range(interval: tuple[float, float]) -> str:
    return f"({interval[0]:.2f} to {interval[1]:.2f})"


def _confusion_lines(table: Mapping[str, Mapping[str, int]]) -> list[str]:
    columns = list(table)
    head = "gold ↓ given →".ljust(24) + " ".join(name[:10].rjust(10) for name in columns)
    rows = [row.ljust(24) + " ".join(str(table[row][column]).rjust(10) for column in columns) for row in table]
    return [f"Areas of application, papers in each pair of gold and given ({NONE} for no area):", head, *rows]


def _baseline_lines(baselines: Mapping[str, Mapping[str, BaselineScore]]) -> list[str]:
    lines = ["Baselines, cross-validated on the same papers (F1, micro; macro):"]
    for name, scores in baselines.items():
        lines.append(f"  {name:28} " + "  ".join(_baseline(group, score) for group, score in scores.items()))
    if "tfidf_logistic_regression" not in baselines:
        lines.append("  tfidf_logistic_regression    left out: scikit-learn is not installed (pip install -r requirements-dev.txt)")
    return lines


def _baseline(group: str, score: BaselineScore) -> str:
    return f"{group} {score.micro.f1:.2f}" + ("" if group == SCOPE else f"; {score.macro:.2f}")
