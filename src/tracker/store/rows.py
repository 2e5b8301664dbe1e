"""Records, labels and jobs as rows and back. What goes in comes out equal; nothing is interpreted on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import starmap
from typing import Any

from sqlalchemy import Row

from tracker.domain.dates import PartialDate
from tracker.domain.record import (
    AbstractState,
    EvidenceSpan,
    Labelling,
    Provenance,
    Record,
    Relation,
    Status,
    Suppressed,
)
from tracker.store.base import StoredRecord

_EPOCH = date(1970, 1, 1)
_LISTS = ("authors", "categories", "mesh", "keywords", "publication_types", "languages")
_TEXTS = ("title", "abstract", "abstract_copyright", "venue", "comment", "journal_ref")
_FACTS = ("key", "source", "arxiv_id", "pmid", "doi", "version", "updated_at", "is_preprint")


def to_record_row(record: Record) -> dict[str, Any]:
    """The columns of table ``record`` that come from the source."""
    published = record.published
    return {name: getattr(record, name) for name in _FACTS} | {
        "published": str(published) if published else None,
        "published_first": (published.first_day() - _EPOCH).days if published else None,
        "published_last": (published.last_day() - _EPOCH).days if published else None,
        "status": record.status.value,
        "content_hash": record.content_hash(),
    }


def to_text_row(record: Record) -> dict[str, Any]:
    """The columns of table ``record_text``, without the keys to other tables."""
    return (
        {name: getattr(record, name) for name in _TEXTS}
        | {name: list(getattr(record, name)) for name in _LISTS}
        | {
            "abstract_state": record.abstract_state.value,
            "relations": [[one.kind, one.pmid, one.doi, one.note] for one in record.relations],
            "retrieved_at": record.provenance.retrieved_at,
        }
    )


def to_labelling_row(labelling: Labelling) -> dict[str, Any]:
    """The columns of table ``labelling``; taxonomy and scope stand with the record."""
    return {
        "scope_reason": labelling.scope_reason,
        "labels": labelling.labels,
        "human": list(labelling.human),
        "evidence": [[one.label, one.field, one.start, one.end, one.text, one.rule] for one in labelling.evidence],
        "suppressed": [[one.label, one.by, one.field, one.start, one.end, one.text] for one in labelling.suppressed],
    }


def to_label_names(labelling: Labelling) -> Iterator[tuple[str, int]]:
    """``facet:label`` and strength of each label."""
    for facet, labels in labelling.labels.items():
        for name, strength in labels.items():
            yield f"{facet}:{name}", strength


def to_said(record: Record) -> dict[str, Any]:
    """What is kept of a record when a later version replaces it; what a shipped record cannot say is left out."""
    shipped = record.abstract_state is AbstractState.WITHHELD
    return ({} if shipped else {"abstract": record.abstract, "journal_ref": record.journal_ref}) | {
        "title": record.title,
        "authors": list(record.authors),
        "version": record.version,
        "status": record.status.value,
        "updated_at": record.updated_at.isoformat() if record.updated_at else None,
        "venue": record.venue,
        "doi": record.doi,
    }


def from_row(row: Row[Any]) -> StoredRecord:
    """The record in a joined row of ``record``, ``record_text``, ``provenance`` and ``labelling`` (see ``reading.SELECT``)."""
    values = row._mapping
    return StoredRecord(
        id=values["id"],
        record=_record(values),
        labelling=_labelling(values),
        work=values["work"],
        origin=values["origin"],
        first_seen_at=values["first_seen_at"],
        last_changed_at=values["last_changed_at"],
        last_confirmed_at=values["last_confirmed_at"],
        gone_at=values["gone_at"],
    )


def _record(values: Any) -> Record:
    plain: dict[str, Any] = {name: values[name] for name in (*_FACTS, *_TEXTS)}
    lists: dict[str, Any] = {name: tuple(values[name]) for name in _LISTS}
    return Record(
        **plain,
        **lists,
        abstract_state=AbstractState(values["abstract_state"]),
        published=PartialDate(values["published"]) if values["published"] else None,
        relations=tuple(starmap(Relation, values["relations"])),
        status=Status(values["status"]),
        provenance=Provenance(values["provenance_source"], values["query"], values["retrieved_at"], values["parser"]),
    )


def _labelling(values: Any) -> Labelling:
    return Labelling(
        taxonomy=values["taxonomy"],
        in_scope=values["in_scope"],
        scope_reason=values["scope_reason"],
        labels=values["labels"],
        evidence=tuple(starmap(EvidenceSpan, values["evidence"] or ())),
        suppressed=tuple(starmap(Suppressed, values["suppressed"] or ())),
        human=tuple(values["human"]),
    )
