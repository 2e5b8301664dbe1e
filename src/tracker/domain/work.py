"""One paper, seen through its records: which speaks for it, and when what happened.

Records stay as they came; everything here is worked out from them on the way to a screen or a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.domain.dates import PartialDate
from tracker.domain.record import Record, Status


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a work. ``kind``: ``preprint``, ``v2`` and so on, ``published``, ``concern``, or a status but current.

    ``on`` is ``None`` where the source does not say when; ``key`` is the record that tells of it.
    """

    kind: str
    on: PartialDate | None
    key: str


def best_first(records: Iterable[Record]) -> list[Record]:
    """The records of one work: article before preprint, then the newest, then by key. The first speaks for the work."""
    newest_first = sorted(sorted(records, key=lambda one: one.key), key=lambda one: str(one.published or ""), reverse=True)
    return sorted(newest_first, key=lambda one: one.is_preprint)


def timeline(records: Iterable[Record]) -> list[Event]:
    """What happened to the work, oldest first; what nobody dated stands last."""
    events = [event for one in records for event in _events(one)]
    return sorted(events, key=lambda event: (event.on is None, str(event.on or ""), event.key, event.kind))


def _events(record: Record) -> Iterable[Event]:
    yield Event("preprint" if record.is_preprint else "published", record.published, record.key)
    revised_on = PartialDate.of(record.updated_at.date()) if record.updated_at else None
    if record.version and record.version > 1:
        yield Event(f"v{record.version}", revised_on, record.key)
    if record.status is not Status.CURRENT:
        # arXiv dates a withdrawal by the version that says so; PubMed does not date a retraction
        yield Event(record.status.value, revised_on if record.arxiv_id else None, record.key)
    if record.has_concern:
        yield Event("concern", None, record.key)
