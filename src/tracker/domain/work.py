"""One paper, seen through its records: which record speaks for it, and in what order they are shown."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.domain.record import Record


def best_first(records: Iterable[Record]) -> list[Record]:
    """The records of one work: journal before preprint, then the newest, then by key; the first speaks for the work."""
    newest_first = sorted(sorted(records, key=lambda one: one.key), key=_date_text, reverse=True)
    return sorted(newest_first, key=lambda one: one.is_preprint)


def _date_text(record: Record) -> str:
    return str(record.published or "")
