"""Index columns from a few words per record: what a store would give, without a store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from tracker.domain.dates import PartialDate
from tracker.store.base import NO_DAY, IndexColumns

STATUSES = ("corrected", "current", "retracted", "withdrawn")  # a store's own order, not by severity
SEEN = datetime(2026, 11, 1, tzinfo=UTC)


def make_entry(key: str, **changes: Any) -> dict[str, Any]:
    """One record in scope, a preprint from arXiv unless its key says otherwise, a work of its own."""
    values: dict[str, Any] = {
        "key": key,
        "source": key.partition(":")[0],
        "published": "2024-03-15",
        "status": "current",
        "is_preprint": key.startswith("arxiv"),
        "in_scope": True,
        "from_snapshot": False,
        "work": key,
        "first_seen": SEEN,
        "changed": SEEN,
        "labels": (),
        "studied": (),
    }
    return values | changes


def make_columns(*entries: dict[str, Any], data_version: int = 1) -> IndexColumns:
    """The columns of these records; their ids are 10, 20, 30, … in the order given."""
    sources = tuple(sorted({entry["source"] for entry in entries}))
    works = sorted({entry["work"] for entry in entries})
    days = [_days(entry["published"]) for entry in entries]
    return IndexColumns(
        data_version=data_version,
        ids=np.arange(1, len(entries) + 1, dtype=np.int64) * 10,
        keys=np.array([entry["key"] for entry in entries], np.str_),
        published_first=np.array([first for first, _, _ in days], np.int32),
        published_last=np.array([last for _, last, _ in days], np.int32),
        precision=np.array([precision for _, _, precision in days], np.int8),
        source=np.array([sources.index(entry["source"]) for entry in entries], np.int8),
        sources=sources,
        status=np.array([STATUSES.index(entry["status"]) for entry in entries], np.int8),
        statuses=STATUSES,
        is_preprint=np.array([entry["is_preprint"] for entry in entries], np.bool_),
        in_scope=np.array([entry["in_scope"] for entry in entries], np.bool_),
        from_snapshot=np.array([entry["from_snapshot"] for entry in entries], np.bool_),
        work=np.array([works.index(entry["work"]) for entry in entries], np.int32),
        work_keys=np.array(works, np.str_),
        first_seen=np.array([entry["first_seen"].timestamp() for entry in entries], np.int64),
        changed=np.array([entry["changed"].timestamp() for entry in entries], np.int64),
        labels=_postings([[*entry["labels"], *entry["studied"]] for entry in entries]),
        studied=_postings([entry["studied"] for entry in entries]),
    )


def _days(published: str | None) -> tuple[int, int, int]:
    if published is None:
        return int(NO_DAY), int(NO_DAY), 0
    known = PartialDate.parse(published)
    epoch = date(1970, 1, 1).toordinal()
    return known.first_day().toordinal() - epoch, known.last_day().toordinal() - epoch, ["year", "month", "day"].index(known.precision) + 1


def _postings(labels: list[list[str]]) -> dict[str, np.ndarray[Any, np.dtype[np.int32]]]:
    names = sorted({label for given in labels for label in given})
    return {name: np.array([place for place, given in enumerate(labels) if name in given], np.int32) for name in names}
