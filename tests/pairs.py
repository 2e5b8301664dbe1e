"""Labelled pairs of records as records: what the tests and the benchmark of matching read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakes import make_record
from tracker.domain.dates import PartialDate
from tracker.domain.matching import Verdict
from tracker.domain.record import Record, Relation

PAIRS = Path(__file__).parent / "fixtures" / "pairs" / "pairs.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, what people say of them, and which pitfall they show."""

    first: Record
    second: Record
    verdict: Verdict
    pitfall: str


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs of a JSON Lines file."""
    return list(_pairs(path.read_text(encoding="utf-8").splitlines()))


def _pairs(lines: list[str]) -> Iterator[Pair]:
    for number, line in enumerate(lines):
        values = json.loads(line)
        first, second = (_record(values[name], number * 2 + place) for place, name in enumerate(("first", "second")))
        yield Pair(first, second, Verdict(values["verdict"]), values["pitfall"])


def _record(values: Mapping[str, Any], number: int) -> Record:
    """The record of *values*; where they name no identifier, one that no other pair has."""
    given = dict(values)
    if given["source"] == "arxiv":
        given["key"] = f"arxiv:{given.pop('arxiv_id', f'1901.{number:05}')}"
    else:
        given["key"] = f"pubmed:{given.pop('pmid', str(31_000_000 + number))}"
    published = given.pop("published")
    relations = tuple(Relation(*one) for one in given.pop("relations", ()))
    lists = {name: tuple(given.pop(name, ())) for name in ("authors", "publication_types")}
    return make_record(**given, **lists, relations=relations, published=PartialDate.parse(published) if published else None)
