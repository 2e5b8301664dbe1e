"""Whether a new snapshot may take the place of an old one: read whole, complete, and not suddenly smaller.

A service that answers short with a smile, or a change that drops records, would otherwise be published as if papers had vanished.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracker.data_files import read_text
from tracker.errors import ConfigurationError
from tracker.pipeline.snapshot import about_path
from tracker.pipeline.snapshot_file import read_about, read_snapshot
from tracker.pipeline.table import COLUMNS
from tracker.sources.base import SourceState
from tracker.store.base import StoredRecord

LEAST_SHARE = 0.98  # of the records before, in all and of each source; sources do remove some, but never one in fifty in a day

_ALL_CAME = (SourceState.COMPLETE.value, SourceState.UNCHANGED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two snapshots side by side. ``counts`` maps each source to its records before and now; ``problems`` is empty if all is well."""

    counts: Mapping[str, tuple[int, int]]
    added: int
    lost: int
    problems: tuple[str, ...] = field(default=())

    def in_words(self) -> str:
        """One line: ``pubmed 1000 → 1010; arxiv 812 → 815; 15 records added, 2 no longer there``."""
        parts = [f"{source} {before} → {now}" for source, (before, now) in self.counts.items()]
        return "; ".join([*parts, f"{self.added} records added, {self.lost} no longer there"])


def compare_snapshots(old: Path, new: Path, *, report: Path | None = None) -> Comparison:
    """Compare the snapshot *new* with *old*, and with the *report* of the refresh it comes from (``refresh --json``), if given.

    Raises ``ConfigurationError`` if one of the files cannot be read or is damaged.
    """
    before, now = read_snapshot(old), read_snapshot(new)
    counts = _count(before, now)
    problems = [*_find_columns(new), *_find_losses(counts), *_find_about(new, len(now)), *(_find_short(report) if report else ())]
    keys_before, keys_now = ({stored.record.key for stored in records} for records in (before, now))
    return Comparison(counts=counts, added=len(keys_now - keys_before), lost=len(keys_before - keys_now), problems=tuple(problems))


def _count(before: Sequence[StoredRecord], now: Sequence[StoredRecord]) -> dict[str, tuple[int, int]]:
    old, new = (Counter(stored.record.source for stored in records) for records in (before, now))
    return {source: (old[source], new[source]) for source in sorted({*old, *new})}


def _find_columns(path: Path) -> Iterator[str]:
    header = next(csv.reader(read_text(path, "the snapshot").splitlines()[:1]), [])
    if tuple(header[: len(COLUMNS)]) != COLUMNS:
        yield f"{path.name} does not begin with the columns {', '.join(COLUMNS[:3])}, … in their order"


def _find_losses(counts: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    total = (sum(before for before, _ in counts.values()), sum(now for _, now in counts.values()))
    for what, (before, now) in {**counts, "all sources": total}.items():
        if now < before * LEAST_SHARE:
            yield f"{what}: {now} records, before there were {before}; more than {1 - LEAST_SHARE:.0%} are missing"


def _find_about(path: Path, count: int) -> Iterator[str]:
    about = about_path(path)
    said = read_about(about).get("records")
    if said is None:
        yield f"{about.name} beside {path.name} is missing, or does not say how many records there are"
    elif said != count:
        yield f"{about.name} speaks of {said} records, {path.name} holds {count}"


def _find_short(path: Path) -> Iterator[str]:
    sources = _read_report(path)
    if not sources:
        yield f"{path.name} tells of no source"
    for name, source in sources.items():
        state = source.get("state") if isinstance(source, dict) else None
        if state not in _ALL_CAME:
            yield f"{name} ended {state!r}, not complete: {source.get('error') if isinstance(source, dict) else source}"


def _read_report(path: Path) -> dict[str, Any]:
    try:
        report = json.loads(read_text(path, "the report"))
    except ValueError as error:
        raise ConfigurationError(f"The report {path} is not JSON ({error}); give it what `tracker refresh --json` printed.") from error
    sources = report.get("sources") if isinstance(report, dict) else None
    return sources if isinstance(sources, dict) else {}
