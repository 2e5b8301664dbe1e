"""The contract's CSV columns: from entries to rows and, for the snapshot that ships, from rows back to stored records.

Lists are joined by ``; `` (an item's own ``; `` becomes ``, ``, so that the list can be split again), instants are ISO 8601 in
UTC, claims are 0 or 1, an empty cell means "not given". ``published`` has the precision that is known. Abstracts are no column
of the table; they are an addition, at the end, and hold only what may be passed on (:func:`tracker.pipeline.entry.is_shareable`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from tracker.domain.dates import PartialDate, format_instant
from tracker.domain.record import NAMED, STUDIED, AbstractState, Labelling, Provenance, Record, Status
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.entry import Entry
from tracker.pipeline.evidence import Evidence, read_evidence, write_evidence
from tracker.store.base import StoredRecord

FACET_COLUMNS = ("application", "risk", "safeguard", "condition", "population", "study", "model")
FACETS_WITH_FLAGS = ("application", "risk", "safeguard")  # one 0/1 column per label
COLUMNS = (
    "key", "source", "arxiv_id", "pmid", "doi", "title", "authors", "venue", "published", "published_precision", "updated", "version",
    "is_preprint", "status", "url", "work", *FACET_COLUMNS, "evidence", "first_seen_at", "taxonomy",
)  # fmt: skip
ABSTRACT = "abstract"
PARSER = "snapshot-csv/1"  # raised when the same row is read differently
QUERY = "snapshot"

_JOINT = "; "
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # yes: NUL, half a surrogate pair   no: tab, line end


def column_names(taxonomy: Taxonomy, *, abstracts: bool = False) -> tuple[str, ...]:
    """The contract's columns, one per label of application, risk and safeguard in taxonomy order, and ``abstract`` if wanted."""
    flags = (f"{facet}:{label}" for facet in FACETS_WITH_FLAGS for label in taxonomy.facets[facet].labels)
    return (*COLUMNS, *flags, *((ABSTRACT,) if abstracts else ()))


def to_row(entry: Entry, names: Sequence[str]) -> list[str]:
    """The cells of *entry* under the columns *names* (see :func:`column_names`).

    Text is exact but for characters that no CSV reader survives (NUL and its like, half surrogate pairs), which are left out.
    """
    cells = {name: _FORBIDDEN.sub("", cell) for name, cell in (_facts(entry) | _label_cells(entry)).items()}
    return [cells.get(name, "0") for name in names]


def from_row(row: Mapping[str, str]) -> StoredRecord:
    """The snapshot record in a row that stands for one record; ``id`` is 0 until a store gives it one.

    The abstract is withheld, whatever the row holds: what was labelled with it keeps its labels. Raises ``ValueError`` that names
    the record and quotes the cell.
    """
    try:
        seen_at = _read_instant(row["first_seen_at"])
        return StoredRecord(
            id=0,
            record=_read_record(row, seen_at),
            labelling=_read_labelling(row),
            work=row["work"],
            origin="snapshot",
            first_seen_at=seen_at,
            last_changed_at=seen_at,
            last_confirmed_at=seen_at,
        )
    except KeyError as error:
        raise ValueError(f"there is no column {error}") from error
    except ValueError as error:
        raise ValueError(f"record {row.get('key', '')!r} cannot be read: {error}") from error


def split_list(cell: str) -> tuple[str, ...]:
    """The items of a list cell; none for an empty one."""
    return tuple(cell.split(_JOINT)) if cell else ()


def join_list(items: Iterable[str]) -> str:
    """The cell of a list.

    >>> join_list(["Ada Example", "Group A; Group B"])
    'Ada Example; Group A, Group B'
    """
    return _JOINT.join(item.replace(_JOINT, ", ") for item in items)


def _facts(entry: Entry) -> dict[str, str]:
    record = entry.record
    return {
        "key": record.key,
        "source": join_list(entry.sources),
        "arxiv_id": entry.arxiv_id or "",
        "pmid": entry.pmid or "",
        "doi": entry.doi or "",
        "title": record.title,
        "authors": join_list(record.authors),
        "venue": record.venue or "",
        "published": str(entry.published or ""),
        "published_precision": entry.published.precision if entry.published else "",
        "updated": format_instant(record.updated_at) or "",
        "version": str(entry.version or ""),
        "is_preprint": str(int(entry.is_preprint)),
        "status": entry.status.value,
        "url": record.url or "",
        "work": entry.best.work,
        "first_seen_at": format_instant(entry.first_seen_at) or "",
        "taxonomy": entry.best.labelling.taxonomy,
        ABSTRACT: entry.abstract or "",
    }


def _label_cells(entry: Entry) -> dict[str, str]:
    names = [(facet, label, strength) for facet, labels in entry.labels.items() for label, strength in labels.items()]
    evidence = Evidence(
        spans=tuple((span, None if key == entry.record.key else key) for span, key in entry.evidence),
        studied=tuple(f"{facet}:{label}" for facet, label, strength in names if strength >= STUDIED),
        by_hand=entry.human,
        also=tuple(f"{facet}:{label}" for facet, label, _ in names if facet not in FACET_COLUMNS),
    )
    return (
        {f"{facet}:{label}": "1" for facet, label, _ in names}
        | {facet: join_list(entry.labels.get(facet, ())) for facet in FACET_COLUMNS}
        | {"evidence": write_evidence(evidence)}
    )


def _read_record(row: Mapping[str, str], seen_at: datetime) -> Record:
    return Record(
        key=row["key"],
        source=row["source"],
        title=row["title"],
        provenance=Provenance(row["source"], QUERY, seen_at, PARSER),
        arxiv_id=row["arxiv_id"] or None,
        pmid=row["pmid"] or None,
        doi=row["doi"] or None,
        version=_read_version(row["version"]),
        abstract_state=AbstractState.WITHHELD,
        authors=split_list(row["authors"]),
        venue=row["venue"] or None,
        published=_read_date(row["published"]),
        updated_at=_read_instant(row["updated"]) if row["updated"] else None,
        is_preprint=_read_claim(row["is_preprint"]),
        status=Status(row["status"]),
    )


def _read_labelling(row: Mapping[str, str]) -> Labelling:
    """Labels with their strength. Words of other records (in a work's row) are passed over."""
    evidence = read_evidence(row["evidence"])
    names = [f"{facet}:{label}" for facet in FACET_COLUMNS for label in split_list(row[facet])]
    labels: dict[str, dict[str, int]] = {}
    for name in (*names, *evidence.also):
        facet, _, label = name.partition(":")
        labels.setdefault(facet, {})[label] = STUDIED if name in evidence.studied else NAMED
    return Labelling(
        taxonomy=row["taxonomy"],
        in_scope=True,
        labels=labels,
        evidence=tuple(span for span, key in evidence.spans if key is None),
        human=evidence.by_hand,
    )


def _read_date(cell: str) -> PartialDate | None:
    try:
        return PartialDate.parse(cell) if cell else None
    except ValueError as error:
        raise ValueError(f"published is {cell!r}, not YYYY, YYYY-MM or YYYY-MM-DD") from error


def _read_version(cell: str) -> int | None:
    if cell and not (cell.isascii() and cell.isdigit()):
        raise ValueError(f"version is {cell!r}, not a number")
    return int(cell) if cell else None


def _read_claim(cell: str) -> bool:
    if cell not in ("0", "1"):
        raise ValueError(f"is_preprint is {cell!r}, not 0 or 1")
    return cell == "1"


def _read_instant(cell: str) -> datetime:
    try:
        return datetime.strptime(cell, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"{cell!r} is not an instant such as 2026-11-23T06:17:00Z") from error
