"""The dataset that ships: written from a database and read into an empty one, without network, in seconds.

``FILE`` holds the records in scope in the contract's CSV columns, without abstracts (they are other people's text); beside it
``FILE`` with the ending ``.json`` says what the data are: when taken, from which harvests, what was left out. What is loaded
from it is marked as a snapshot's and labelled as it was; the first harvest that brings a record completes it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from tracker.data_files import read_taxonomy
from tracker.domain.dates import PartialDate, format_instant
from tracker.domain.record import Record
from tracker.pipeline.entry import to_entry
from tracker.pipeline.snapshot_file import read_about, read_snapshot
from tracker.pipeline.synthetic import refuse_synthetic
from tracker.pipeline.table import column_names, to_row
from tracker.pipeline.whole_file import open_whole
from tracker.settings import Settings
from tracker.store.base import Store, StoredRecord

# PMIDs are below 50 million and grow by 1.5 million a year: from here on they are placeholders of test servers.
FIRST_PLACEHOLDER_PMID = 90_000_000


@dataclass(slots=True)
class Saved:
    """What a snapshot came to hold: ``records`` written, and how many were ``left_out`` for which reason."""

    records: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str, count: int = 1) -> None:
        """Count what is not written."""
        self.left_out[reason] = self.left_out.get(reason, 0) + count


def save_snapshot(
    settings: Settings,
    store: Store,
    path: Path,
    *,
    now: datetime,
    sample: str | None = None,
    thin_before: PartialDate | None = None,
    month_precision: bool = False,
) -> Saved:
    """Write the records in scope to *path* and the about file beside it; each appears only when it is whole.

    *sample* says in words that the data are a sample, and which; it is thin before *thin_before*. *month_precision* cuts dates
    of publication to the month and leaves update and version empty, for harvests whose days are not facts. Raises
    ``ConfigurationError`` if *path* cannot be written.
    """
    names = column_names(read_taxonomy(settings))
    saved = Saved()
    with _written(path) as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(names)
        for stored in _publishable(store, saved):
            writer.writerow(to_row(to_entry([_to_month(stored) if month_precision else stored]), names))
            saved.records += 1
    about = _about(store, saved, taxonomy=read_taxonomy(settings).version, now=now)
    about |= {"sample": sample, "thin_before": str(thin_before) if thin_before else None, "month_precision": month_precision}
    with _written(about_path(path)) as stream:
        stream.write(json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    return saved


def load_snapshot(store: Store, path: Path, *, now: datetime) -> int:
    """Add the records of *path* that are not stored yet, in one transaction; returns how many were added.

    Everything is checked first: raises ``ConfigurationError`` with every fault and its row, and nothing is loaded then.
    """
    refuse_synthetic(store)
    records = read_snapshot(path)
    return store.load_snapshot(records, now=now, about=read_about(about_path(path)))


def load_shipped(settings: Settings, store: Store, *, now: datetime) -> int:
    """Load the shipped snapshot into a database that has never held anything; returns how many records were added.

    Two processes may do it at once: the second finds the records there and adds none.
    """
    if "snapshot" in store.load_about() or store.count_records() or not settings.snapshot_path.exists():
        return 0
    return load_snapshot(store, settings.snapshot_path, now=now)


def about_path(path: Path) -> Path:
    """Where the about file of the snapshot *path* stands."""
    return path.with_suffix(".json")


def _publishable(store: Store, saved: Saved) -> Iterator[StoredRecord]:
    """The records in scope by key, placeholders renamed; what cannot be published is counted in *saved*."""
    index = store.load_index()
    chosen = np.flatnonzero(index.in_scope)
    saved.leave_out("out_of_scope", len(index.ids) - len(chosen))
    ordered = index.ids[chosen[np.argsort(index.keys[chosen], kind="stable")]]
    written: set[str] = set()
    for batch in store.stream_records([int(one) for one in ordered]):
        for stored in batch:
            named = _without_placeholder(stored)
            if named is None:
                saved.leave_out("placeholder_without_doi")
            elif named.record.key in written:
                saved.leave_out("same_doi")
            else:
                written.add(named.record.key)
                yield named


def _without_placeholder(stored: StoredRecord) -> StoredRecord | None:
    """*stored* under a name that is a fact; ``None`` if it has none. A work named after a placeholder goes by this record."""
    work = stored.record.key if _is_placeholder(stored.work.removeprefix("pubmed:")) else stored.work
    if not _is_placeholder(stored.record.pmid):
        return replace(stored, work=work)
    if not stored.record.doi:
        return None
    key = f"doi:{stored.record.doi}"
    return replace(stored, record=replace(stored.record, key=key, pmid=None), work=key if work == stored.record.key else work)


def _is_placeholder(pmid: str | None) -> bool:
    return bool(pmid and pmid.isdecimal() and int(pmid) >= FIRST_PLACEHOLDER_PMID)


def _to_month(stored: StoredRecord) -> StoredRecord:
    record: Record = stored.record
    published = record.published.to_month() if record.published else None
    return replace(stored, record=replace(record, published=published, updated_at=None, version=None))


def _about(store: Store, saved: Saved, *, taxonomy: str, now: datetime) -> dict[str, Any]:
    states = store.load_harvest_states()
    successes = [state.last_success_at for state in states.values() if state.last_success_at]
    return {
        "taken_at": format_instant(now),
        # The data are as complete as their least complete source.
        "as_of": format_instant(min(successes, default=None)),
        "taxonomy": taxonomy,
        "records": saved.records,
        "left_out": saved.left_out,
        "sources": {
            name: {"last_success_at": format_instant(state.last_success_at), "watermark": format_instant(state.watermark)}
            for name, state in states.items()
        },
    }


@contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    """A text file, UTF-8 with the line ends given, that takes its name only once everything is in it."""
    with open_whole(path) as stream, io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
        yield text
