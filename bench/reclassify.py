"""Does relabelling stream? Peak memory and rate of ``tracker reclassify`` on a small and a large database.

    python bench/reclassify.py [--sizes 10000 100000]

The records are synthetic (the papers of ``bench/classify.py``), stored without labels in an SQLite file in a temporary folder, so
that every one in scope is written anew. Each size is filled in one process and relabelled in another, whose peak memory is
reported: if it grew with the database, the large one would show it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from classify import ROOT, synthetic_papers

from tracker.domain.record import Labelling, Provenance, Record
from tracker.settings import read_settings
from tracker.store.base import Change, Decision
from tracker.store.opening import open_store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = 1000  # records in one transaction


def main() -> int:
    """Print peak memory and records per second for each size, and the growth between the first and the last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    sizes = parser.parse_args().sizes
    peaks = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("taxonomy.yaml", "queries.yaml"):
                (Path(folder) / name).write_bytes((ROOT / "data" / name).read_bytes())
            filling = multiprocessing.get_context("spawn").Process(target=fill, args=(folder, size))
            filling.start()
            filling.join()
            if filling.exitcode:
                raise SystemExit(f"The database of {size} records could not be filled; the reason stands above.")
            seconds, peak, report = relabel(folder)
        peaks.append(peak)
        print(f"{size:8,} records: {peak:6.1f} MB at most, {size / seconds:7,.0f} records/s, {report['changed']:,} changed", flush=True)
    print(f"growth: {peaks[-1] / peaks[0]:.2f} times the memory for {sizes[-1] / sizes[0]:.0f} times the records")
    return 0


def fill(folder: str, size: int) -> None:
    """Store *size* records without labels."""
    os.environ["TRACKER_DATA_DIR"] = folder
    with closing(open_store(read_settings().database_url)) as store:
        for page in pages(size):
            store.save_page(page, now=NOW, source="arxiv")


def pages(size: int) -> Iterator[list[Decision]]:
    """New records, a page at a time; the abstracts repeat after a page, the records do not."""
    papers = synthetic_papers(PAGE)
    unlabelled = Labelling("", in_scope=False)
    for first in range(0, size, PAGE):
        page = []
        for number in range(first, min(size, first + PAGE)):
            title, abstract = papers[number % PAGE]
            page.append(Decision(_record(number, f"{title} ({number})", abstract), Change.NEW, unlabelled))
        yield page


def _record(number: int, title: str, abstract: str) -> Record:
    name = f"{2401 + number // 90_000}.{10_000 + number % 90_000}"
    provenance = Provenance(source="arxiv", query="synthetic", retrieved_at=NOW, parser="none")
    return Record(key=f"arxiv:{name}", source="arxiv", title=title, provenance=provenance, arxiv_id=name, version=1, abstract=abstract)


def relabel(folder: str) -> tuple[float, float, dict[str, int]]:
    """Seconds, peak memory in MB, and the report of ``tracker reclassify`` as a process of its own."""
    start = time.perf_counter()
    command = [sys.executable, "-c", RELABEL]
    done = subprocess.run(command, env=os.environ | {"TRACKER_DATA_DIR": folder}, stdout=subprocess.PIPE, check=True, text=True)
    report, _, peak = done.stdout.strip().rpartition("\n")
    return time.perf_counter() - start, float(peak) / 1024, json.loads(report)


RELABEL = """
import resource, sys
from tracker.cli import main
main(["reclassify", "--json"])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


if __name__ == "__main__":
    raise SystemExit(main())
