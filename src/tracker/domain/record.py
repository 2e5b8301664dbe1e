"""One description of one paper, as one source gave it, at one version.

A preprint and its article are two records of one *work* (grouping: :mod:`tracker.domain.matching`). Nothing here is
corrected or merged: what a source said stays as it said it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tracker.domain import identifiers
from tracker.domain.dates import PartialDate


class Status(StrEnum):
    """What became of a paper; the words of the contract's ``status`` column."""

    CURRENT = "current"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"


SEVERITY = (Status.CURRENT, Status.CORRECTED, Status.WITHDRAWN, Status.RETRACTED)  # the worst of a work's records is last


class AbstractState(StrEnum):
    """Why ``Record.abstract`` is what it is: ``None`` has two meanings, and only one of them can be classified."""

    GIVEN = "given"
    ABSENT = "absent"  # the source has none: the record is classified by its title
    WITHHELD = "withheld"  # the shipped snapshot leaves abstracts out: its labels are kept, never recomputed


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record came from. ``query`` is the search in the source's own language, ``retrieved_at`` an aware UTC instant."""

    source: str
    query: str
    retrieved_at: datetime
    parser: str  # e.g. "arxiv-atom/1"; raised when the parser reads the same bytes differently


@dataclass(frozen=True, slots=True)
class Relation:
    """What a record says of another paper: PubMed's CommentsCorrections (``kind`` is its RefType, e.g. ``UpdateOf``, ``RetractionIn``).

    ``pmid`` and ``doi`` are ``None`` where the source did not give them; ``note`` is its free reference text.
    """

    kind: str
    pmid: str | None = None
    doi: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One paper as one source describes it.

    ``None`` means "not given", an empty tuple "looked and found none". Text is exactly as received (evidence offsets count
    in its code points), except that control characters XML forbids are gone. ``key`` is ours and stable:
    ``arxiv:<id>``, ``pubmed:<pmid>``, or ``doi:<doi>`` for a PubMed record of the shipped snapshot whose PMID is unknown.
    """

    key: str
    source: str
    title: str
    provenance: Provenance
    arxiv_id: str | None = None
    pmid: str | None = None
    doi: str | None = None
    version: int | None = None  # arXiv's; None for PubMed
    abstract: str | None = None
    abstract_state: AbstractState = AbstractState.GIVEN
    abstract_copyright: str | None = None  # PubMed's CopyrightInformation: shown wherever the abstract is
    authors: tuple[str, ...] = ()  # "Given Family", as the source orders them
    venue: str | None = None  # journal title; "arXiv" for a preprint there
    published: PartialDate | None = None  # first public date, at its real precision
    updated_at: datetime | None = None  # arXiv: submission of this version; PubMed: DateRevised at 00:00 UTC
    categories: tuple[str, ...] = ()  # arXiv, primary first
    mesh: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # three letters, PubMed
    comment: str | None = None
    journal_ref: str | None = None
    relations: tuple[Relation, ...] = ()
    is_preprint: bool = False
    status: Status = Status.CURRENT

    @property
    def url(self) -> str | None:
        """The record's page at its source, built from validated identifiers; ``None`` if it has none."""
        if self.arxiv_id:
            return identifiers.arxiv_url(self.arxiv_id, self.version)
        if self.pmid:
            return identifiers.pubmed_url(self.pmid)
        return identifiers.doi_url(self.doi) if self.doi else None

    @property
    def has_concern(self) -> bool:
        """Whether its journal expressed concern about it (PubMed's ``ExpressionOfConcernIn``); the notice itself has none."""
        return any(one.kind == "ExpressionOfConcernIn" for one in self.relations)

    def content_hash(self) -> str:
        """A digest of everything the source said: equal means nothing changed. Provenance is left out, it always differs."""
        said = {name: getattr(self, name) for name in self.__slots__ if name not in ("key", "provenance")}
        return hashlib.sha256(json.dumps(said, default=_plain, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:32]


def _plain(value: object) -> object:
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Relation):
        return [value.kind, value.pmid, value.doi, value.note]
    raise TypeError(f"{value!r} has no plain form")


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry that could not become a record: counted, and kept with its reason. ``entry`` is its id or its place in the answer."""

    source: str
    entry: str
    reason: str


class EvidenceSpan(NamedTuple):
    """Words that speak for a label: ``record.<field>[start:end] == text`` in code points. ``label`` is ``facet:label``."""

    label: str
    field: str
    start: int
    end: int
    text: str
    rule: str

    def to_json(self) -> dict[str, str | int]:
        """All of it by name, as the contract's JSON has it."""
        return {"label": self.label, "field": self.field, "start": self.start, "end": self.end, "text": self.text, "rule": self.rule}


class Suppressed(NamedTuple):
    """A label that would have been given but for a rule: ``by`` is the rule that masked or vetoed, ``text`` its words."""

    label: str
    by: str
    field: str
    start: int
    end: int
    text: str

    def to_json(self) -> dict[str, str | int]:
        """All of it by name, as the contract's JSON has it."""
        return {"label": self.label, "by": self.by, "field": self.field, "start": self.start, "end": self.end, "text": self.text}


NAMED, STUDIED = 1, 2  # strengths of a label, after the annotation guide


@dataclass(frozen=True, slots=True)
class Labelling:
    """What the classifier says of one record.

    ``labels`` maps each facet to its labels and their strength (``NAMED`` 1, ``STUDIED`` 2), in taxonomy order; a second-level label
    stands beside its parent. Empty facets are left out. ``human`` lists the labels (``facet:label``) a person decided.
    """

    taxonomy: str
    in_scope: bool
    scope_reason: str = ""
    labels: dict[str, dict[str, int]] = field(default_factory=dict)
    evidence: tuple[EvidenceSpan, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    human: tuple[str, ...] = ()
