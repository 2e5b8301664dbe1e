"""Papers with known labels, as the contract's gold files hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.scheme import Taxonomy


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPaper:
    """A paper as a reader labelled it: ``labels`` maps a facet to its labels and their strength (``None``: not graded).

    A facet that the file does not mention is absent: it was not read for. Out of scope means no labels at all.
    """

    id: str
    title: str
    abstract: str
    in_scope: bool
    labels: Mapping[str, Mapping[str, int | None]]


def parse_gold(paper: Mapping[str, Any], taxonomy: Taxonomy) -> GoldPaper:
    """The gold paper in one line's object. Raises ``ValueError`` (the rest of a sentence) if it is not one."""
    if not isinstance(paper.get("in_scope"), bool):
        raise ValueError("has no in_scope; write true or false")
    labels: dict[str, Mapping[str, int | None]] = {}
    for facet in taxonomy.facets.values():
        if facet.id not in paper:
            continue
        given = paper[facet.id]
        if not isinstance(given, dict | list):
            raise ValueError(f"has {facet.id} that is neither a list of labels nor an object of label and strength")
        unknown = [name for name in given if name not in facet.labels]
        if unknown:
            raise ValueError(f"has the {facet.id} label {unknown[0]!r}, which the taxonomy does not have")
        labels[facet.id] = dict(given) if isinstance(given, dict) else dict.fromkeys(given)
    return GoldPaper(
        id=str(paper["id"]), title=paper.get("title") or "", abstract=paper.get("abstract") or "", in_scope=paper["in_scope"], labels=labels
    )
