"""The ``evidence`` column: the words behind each label, for people to read and for the snapshot to be read back from.

Parts are joined by ``; ``:

* ``risk:opacity "black box" (abstract 120-129, opacity.s1)``: label, words (a JSON string), field, half-open offsets in code
  points, rule. In a work's row, words of a record other than the one the row is named after carry its key before the field.
* ``studied: risk:opacity, application:education``: labels of strength 2; all others are only named.
* ``by hand: risk:opacity``: labels that a person decided.
* ``also: language:english``: labels of facets that have no column of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.domain.record import EvidenceSpan

STUDIED, BY_HAND, ALSO = "studied", "by hand", "also"

_LABELS = re.compile(rf"({STUDIED}|{BY_HAND}|{ALSO}): ([a-z0-9_]+:[a-z0-9_]+(?:, [a-z0-9_]+:[a-z0-9_]+)*)(?:; |$)")
_LABEL = re.compile(r"([a-z0-9_]+:[a-z0-9_]+) (?=\")")  # yes: risk:opacity "   no: studied: risk:opacity
_PLACE = re.compile(r" \((?:(\S+) )?([\w.]+) (\d+)-(\d+), (.+?)\)(?:; |$)")  # yes:  (abstract 120-129, opacity.s1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the column says. ``spans`` pairs each span with the key of another record, ``None`` for the row's own."""

    spans: tuple[tuple[EvidenceSpan, str | None], ...] = ()
    studied: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def write_evidence(evidence: Evidence) -> str:
    """The cell; ``""`` for nothing."""
    parts = [_span_text(span, key) for span, key in evidence.spans]
    named: Mapping[str, Iterable[str]] = {STUDIED: evidence.studied, BY_HAND: evidence.by_hand, ALSO: evidence.also}
    parts += [f"{name}: {', '.join(labels)}" for name, labels in named.items() if labels]
    return "; ".join(parts)


def read_evidence(cell: str) -> Evidence:
    """What :func:`write_evidence` wrote. Raises ``ValueError`` that quotes the place it cannot read."""
    spans: list[tuple[EvidenceSpan, str | None]] = []
    named: dict[str, tuple[str, ...]] = {}
    place = 0
    while place < len(cell):
        labels = _LABELS.match(cell, place)
        if labels:
            named[labels[1]] = tuple(labels[2].split(", "))
            place = labels.end()
        else:
            span, key, place = _read_span(cell, place)
            spans.append((span, key))
    return Evidence(tuple(spans), named.get(STUDIED, ()), named.get(BY_HAND, ()), named.get(ALSO, ()))


def _span_text(span: EvidenceSpan, key: str | None) -> str:
    words = json.dumps(span.text, ensure_ascii=False)
    return f"{span.label} {words} ({f'{key} ' if key else ''}{span.field} {span.start}-{span.end}, {span.rule})"


def _read_span(cell: str, place: int) -> tuple[EvidenceSpan, str | None, int]:
    label = _LABEL.match(cell, place)
    try:
        words, after = json.JSONDecoder().raw_decode(cell, label.end()) if label else ("", place)
    except ValueError:
        label = None
        words, after = "", place
    found = _PLACE.match(cell, after)
    if not label or not found:
        raise ValueError(f"the evidence cannot be read from {cell[place : place + 40]!r}")
    key, field, start, end, rule = found.groups()
    return EvidenceSpan(label[1], field, int(start), int(end), words, rule), key, found.end()
