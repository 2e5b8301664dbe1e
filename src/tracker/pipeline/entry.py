"""One line of a file: a record, or a work told by all its records. What CSV, RIS, BibTeX and JSON Lines have in common.

A work takes its identity from its best record and what that lacks from the others: the arXiv id of the preprint, the PMID of the
article. Its date is the earliest, its labels the union, its status the worst.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.domain.dates import PartialDate, find_earliest
from tracker.domain.record import SEVERITY, EvidenceSpan, Record, Status
from tracker.store.base import StoredRecord

CONCERN = "Expression of concern"
_OPEN = re.compile(
    r"\bcreative\s+commons\b|\bcc[\s-]*(?:by|0|zero)\b|\bpublic\s+domain\b", re.IGNORECASE
)  # yes: licensed under CC BY 4.0   no: © 2024 The Authors
_RESTRICTED = re.compile(
    r"\bnon-?\s?commercial\b|\bno-?\s?deriv|\bcc[\s-]*by(?:[\s-]*sa)?[\s-]*n[cd]\b", re.IGNORECASE
)  # yes: CC BY-NC-ND   no: CC BY-SA


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is said of a record or a work. ``None`` and empty mean what they mean in :class:`~tracker.domain.record.Record`.

    ``records`` is never empty, best first. ``evidence`` pairs each span with the key of the record whose text it counts in.
    ``abstract`` is the first that may be passed on, ``None`` if none may.
    """

    records: tuple[StoredRecord, ...]
    sources: tuple[str, ...]
    arxiv_id: str | None
    pmid: str | None
    doi: str | None
    version: int | None
    published: PartialDate | None
    is_preprint: bool
    status: Status
    labels: dict[str, dict[str, int]]
    human: tuple[str, ...]
    evidence: tuple[tuple[EvidenceSpan, str], ...]
    first_seen_at: datetime
    abstract: str | None

    @property
    def best(self) -> StoredRecord:
        """The record that speaks for the entry."""
        return self.records[0]

    @property
    def record(self) -> Record:
        """What the best record's source said."""
        return self.records[0].record

    @property
    def has_concern(self) -> bool:
        """Whether an expression of concern about it was published."""
        return any(stored.record.has_concern for stored in self.records)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands before its title wherever that stands, in words: what became of it, and a concern. Empty for most."""
        became = () if self.status is Status.CURRENT else (self.status.value.capitalize(),)
        return (*became, CONCERN) if self.has_concern else became


def to_entry(records: Sequence[StoredRecord]) -> Entry:
    """The entry of one record, or of one work's records, best first."""
    facts = [stored.record for stored in records]
    preprint = next((one for one in facts if one.arxiv_id), facts[0])  # id and version go together
    return Entry(
        records=tuple(records),
        sources=tuple(dict.fromkeys(one.source for one in facts)),
        arxiv_id=preprint.arxiv_id,
        pmid=_first(one.pmid for one in facts),
        doi=_first(one.doi for one in facts),
        version=preprint.version,
        published=find_earliest(one.published for one in facts),
        is_preprint=all(one.is_preprint for one in facts),
        status=max((one.status for one in facts), key=SEVERITY.index),
        labels=_union(records),
        human=tuple(dict.fromkeys(label for stored in records for label in stored.labelling.human)),
        evidence=tuple((span, stored.record.key) for stored in records for span in stored.labelling.evidence),
        first_seen_at=min(stored.first_seen_at for stored in records),
        abstract=_first(one.abstract for one in facts if is_shareable(one)),
    )


def is_shareable(record: Record) -> bool:
    """Whether the abstract may be passed on to anybody.

    arXiv's metadata are CC0 (info.arxiv.org/help/api/tou.html). PubMed's abstracts may be their publishers' (NLM's terms of use);
    only those whose copyright notice names an open licence may: CC BY, CC BY-SA, CC0, public domain, not NC or ND.
    """
    if not record.abstract:
        return False
    if record.source == "arxiv":
        return True
    notice = record.abstract_copyright or ""
    return bool(_OPEN.search(notice)) and not _RESTRICTED.search(notice)


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _union(records: Sequence[StoredRecord]) -> dict[str, dict[str, int]]:
    """Every label any record has, at its greatest strength; in the order of the best record, then of the next."""
    union: dict[str, dict[str, int]] = {}
    for stored in records:
        for facet, labels in stored.labelling.labels.items():
            known = union.setdefault(facet, {})
            for label, strength in labels.items():
                known[label] = max(strength, known.get(label, 0))
    return union
