"""``tracker classify``: label papers given as JSON Lines; touches no database."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from tracker.commands._output import add_output, open_output
from tracker.commands._papers import Paper, open_lines, read_papers
from tracker.data_files import read_taxonomy
from tracker.domain.classifier import Classifier
from tracker.domain.record import Labelling
from tracker.settings import read_settings

HELP = "label papers given as JSON Lines (id, title, abstract), one line out for each line in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to read and where to write."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="JSON Lines to read; standard input if none is given")
    add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; a line that cannot be read ends the command with its number, code 2."""
    classifier = Classifier(read_taxonomy(read_settings()))
    with open_lines(arguments.file) as (lines, name), open_output(arguments.output) as output:
        for _, paper in read_papers(lines, name):
            output.write(json.dumps(to_json(paper["id"], classify_paper(classifier, paper))).encode() + b"\n")
    return 0


def classify_paper(classifier: Classifier, paper: Paper) -> Labelling:
    """The labelling of one paper as it stands in a line."""
    types = paper.get("publication_types", ())
    return classifier.classify(
        title=paper.get("title"),
        abstract=paper.get("abstract"),
        keywords=paper.get("keywords", ()),
        mesh=paper.get("mesh", ()),
        publication_types=(types,) if isinstance(types, str) else types,
    )


def to_json(paper_id: str, labelling: Labelling) -> dict[str, Any]:
    """The contract's line: labels by facet, evidence with offsets in code points of the text as given.

    In addition: why it is in scope or not, the strength of each label (1 named, 2 studied), and what masks and vetoes took.
    An item of a list field is named by its place, ``keywords.2``.
    """
    return {
        "id": paper_id,
        "in_scope": labelling.in_scope,
        "taxonomy": labelling.taxonomy,
        "labels": {facet: list(labels) for facet, labels in labelling.labels.items()},
        "evidence": [span.to_json() for span in labelling.evidence],
        "scope_reason": labelling.scope_reason,
        "strength": labelling.labels,
        "suppressed": [one.to_json() for one in labelling.suppressed],
    }
