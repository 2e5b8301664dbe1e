"""How long a download takes and what memory it costs, from a real SQLite store of synthetic records.

    python bench/export.py [RECORDS]

Prints per format: seconds until the first bytes leave and in all, megabytes written, and by how much the process grew while writing.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from tracker.data_files import read_taxonomy
from tracker.domain.dates import PartialDate
from tracker.domain.record import EvidenceSpan, Labelling, Provenance, Record
from tracker.settings import read_settings
from tracker.store import open_store
from tracker.store.base import Change, Decision
from tracker.views.exports import FORMATS, write_export
from tracker.views.filters import Filters
from tracker.views.index import Index, select

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ABSTRACT = "We ask whether a language model can support people who look for help, and what goes wrong when it does. " * 14
LABELS = {"application": {"intervention": 2, "assessment": 1}, "risk": {"inaccuracy": 2, "opacity": 1}, "study": {"llm_evaluation": 1}}


class Timed(io.FileIO):
    """A file that knows when the first bytes came."""

    first: float | None = None

    def write(self, data: Any, /) -> int:
        """See ``io.RawIOBase``."""
        self.first = self.first or time.perf_counter()
        return super().write(data)


def make_decision(number: int) -> Decision:
    """One record with an abstract of about 1,500 characters and six evidence spans."""
    key = f"arxiv:{2001 + number // 50_000:04}.{number % 50_000:05}"
    record = Record(
        key=key,
        source="arxiv",
        arxiv_id=key.removeprefix("arxiv:"),
        version=1,
        title=f"Paper number {number}: can a language model listen?",
        abstract=ABSTRACT,
        authors=("Ada Example", "Bo Sample", "Cleo Instance"),
        published=PartialDate.of(date(2019, 1, 1) + timedelta(days=number % 2800)),
        venue="arXiv",
        is_preprint=True,
        provenance=Provenance("arxiv", "synthetic", NOW, "synthetic/1"),
    )
    evidence = tuple(
        EvidenceSpan("risk:opacity", "abstract", 10 * n, 10 * n + 8, ABSTRACT[10 * n : 10 * n + 8], "opacity.s1") for n in range(6)
    )
    return Decision(record, Change.NEW, Labelling("2026.1", True, "", LABELS, evidence))


def main() -> None:
    """Fill a store, write every format, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    taxonomy = read_taxonomy(read_settings({}))
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/tracker.db")) as store:
        for start in range(0, count, 1000):
            store.save_page([make_decision(number) for number in range(start, min(start + 1000, count))], now=NOW, source="arxiv")
        selection = select(Index(store.load_index()), Filters(), search=store.search)
        selection.ordered()
        print(f"{selection.count:,} works")
        for name in FORMATS:
            target = Path(folder) / "download"
            before, begin = process.memory_info().rss, time.perf_counter()
            with io.BufferedWriter(file := Timed(target, "wb")) as stream:
                write_export(stream, name, selection, store, taxonomy)
            seconds, grown = time.perf_counter() - begin, process.memory_info().rss - before
            first = 1000 * ((file.first or 0.0) - begin)
            written = target.stat().st_size / 1e6
            print(f"  {name:8} first {first:4.0f} ms  all {seconds:6.1f} s  {written:7.1f} MB written  {grown / 1e6:6.1f} MB grown")


if __name__ == "__main__":
    main()
