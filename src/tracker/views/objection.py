"""*Wrong label?*: what a reader says of one label of one paper, as rows of ``corrections.csv`` and as the text of an issue.

A work carries a label if one of its records does, so *no* is said of every record that has it and *yes* of the one that speaks
for the work. Nothing here writes: that is :mod:`tracker.pipeline.corrections`' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tracker.domain.corrections import IN, SCOPE, Correction, tidied
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.corrections import written_now
from tracker.pipeline.entry import Entry

SCOPE_NAME = "Is it about language models in mental health at all?"


def facet_names(taxonomy: Taxonomy) -> Mapping[str, str]:
    """Facet id → name, as a reader chooses from them; the question of scope last."""
    return {**{facet.id: facet.name for facet in taxonomy.facets.values()}, SCOPE: "Scope"}


def label_names(entry: Entry, facet: str, taxonomy: Taxonomy) -> Mapping[str, str]:
    """Label id → name with whether the paper has it; a narrower label behind an arrow."""
    if facet == SCOPE:
        return {IN: SCOPE_NAME}
    labels = taxonomy.facets[facet].labels.values()
    return {one.id: f"{'↳ ' if one.parent else ''}{one.name}{' (has it)' if has_label(entry, facet, one.id) else ''}" for one in labels}


def has_label(entry: Entry, facet: str, name: str) -> bool:
    """Whether any record of the entry carries the label; of ``scope:in`` whether one is in scope."""
    if facet == SCOPE:
        return any(stored.labelling.in_scope for stored in entry.records)
    return name in entry.labels.get(facet, {})


def make_rows(entry: Entry, facet: str, name: str, verdict: bool, *, note: str, who: str, now: datetime) -> list[Correction]:
    """The rows that make it so. Raises ``ConfigurationError`` for a note or a name too long to be meant."""
    carrying = [
        stored.record.key
        for stored in entry.records
        if (stored.labelling.in_scope if facet == SCOPE else name in stored.labelling.labels.get(facet, {}))
    ]
    keys = [entry.record.key] if verdict or not carrying else carrying
    at = written_now(now)
    return [tidied(Correction(key=key, facet=facet, label=name, verdict=verdict, note=note, who=who, when=at)) for key in keys]


def correction_rows(rows: Iterable[Correction]) -> str:
    """The lines of ``data/corrections.csv``, exactly."""
    return "".join(row.to_row() for row in rows)


def issue_text(entry: Entry, rows: Sequence[Correction], taxonomy: Taxonomy) -> str:
    """Title and body of an issue for whoever keeps the tracker: paper, label, what the rules said, the rows."""
    row = rows[0]
    known = taxonomy.facets[row.facet].labels[row.label].name if row.facet in taxonomy.facets else SCOPE_NAME
    said = ", ".join(f"{facet}:{name}" for facet, names in entry.labels.items() for name in names) or "none"
    words = [f'"{span.text}" ({span.rule})' for span, _ in entry.evidence if span.label == row.label_key]
    lines = [
        f"Wrong label: {row.label_key} on {row.key}",
        "",
        f"Paper: {' '.join(entry.record.title.split())}",
        f"Key: {row.key} {entry.record.url or ''}".rstrip(),
        f"Label: {known} ({row.label_key})",
        f"Should be: {'yes' if row.verdict else 'no'}",
        f"Labels now: {said}",
        f"Words that gave it: {', '.join(dict.fromkeys(words)) or 'none'}",
        f"Taxonomy: {entry.best.labelling.taxonomy}",
        f"Why: {row.note or '(not said)'}",
        "",
        "Row for data/corrections.csv:",
        "",
        *(f"    {line}" for line in correction_rows(rows).splitlines()),
    ]
    return "\n".join(lines)
