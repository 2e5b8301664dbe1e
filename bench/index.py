"""How long the index takes: build it, select, page and count labels, at 100,000 synthetic records.

    python bench/index.py [RECORDS]

Prints one line per operation: median and worst of the repetitions, in milliseconds. Filters are measured without the memory of
earlier selections.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from tracker.domain.dates import PartialDate
from tracker.store.base import IndexColumns
from tracker.views.filters import Filters
from tracker.views.index import Index, select

LABELS = {
    f"{facet}:l{number}": 0.02 + 0.2 / (number + 1) for facet in ("application", "risk", "safeguard", "condition") for number in range(20)
}
REPETITIONS = 15


def synthetic_columns(count: int) -> IndexColumns:
    """Columns with 80 labels, 8 % of the records second versions of a work; the same on every run."""
    random = np.random.default_rng(20261123)
    work = np.concatenate([np.arange(count - count * 8 // 100), random.integers(0, count - count * 8 // 100, count * 8 // 100)])
    days = random.integers(17_500, 20_780, count).astype(np.int32)
    seen = 86_400 * (days.astype(np.int64) + 3)
    labels = {name: np.flatnonzero(random.random(count) < share).astype(np.int32) for name, share in LABELS.items()}
    return IndexColumns(
        data_version=1,
        ids=np.arange(1, count + 1, dtype=np.int64),
        keys=np.array([f"arxiv:{number:07}" for number in range(count)], np.str_),
        published_first=days,
        published_last=days,
        precision=np.full(count, 3, np.int8),
        source=random.integers(0, 2, count).astype(np.int8),
        sources=("arxiv", "pubmed"),
        status=(random.random(count) < 0.002).astype(np.int8),
        statuses=("current", "retracted"),
        is_preprint=random.random(count) < 0.6,
        in_scope=random.random(count) < 0.8,
        from_snapshot=np.zeros(count, np.bool_),
        work=work.astype(np.int32),
        work_keys=np.array([f"work:{number:07}" for number in range(work.max() + 1)], np.str_),
        first_seen=seen,
        changed=seen,
        labels=labels,
        studied={name: found[::2] for name, found in labels.items()},
    )


def milliseconds(action: Callable[[], object]) -> list[float]:
    """Times of *REPETITIONS* runs of *action*."""
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return times


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    columns = synthetic_columns(count)
    found = np.flatnonzero(np.random.default_rng(1).random(count) < 0.055).astype(np.int64) + 1
    wide = Filters(
        from_=PartialDate("2020"), to=PartialDate("2025-06"), application=("l0", "l3"), risk=("l1",), preprints="0", retracted="0"
    )
    searched = Filters(q="stigma", risk=("l0", "l1"))
    print(f"{count:,} records, {len(columns.work_keys):,} works, {len(LABELS)} labels: median ms (worst)")
    index = Index(columns)
    index.rows("works").ordered("newest")

    def forgetful(filters: Filters) -> Callable[[], object]:
        return lambda: (index.forget(), select(index, filters, search=lambda _: found).count)

    selection = select(index, wide, search=lambda _: found)
    operations: dict[str, Callable[[], object]] = {
        "build the index": lambda: Index(columns),
        "select everything": forgetful(Filters()),
        "select by dates, three facets": forgetful(wide),
        "select by a word and a facet": forgetful(searched),
        "select again (remembered)": lambda: select(index, wide, search=lambda _: found),
        "first page of 50": lambda: selection.ids("newest", 0, 50),
        "80 label counts": lambda: [selection.label_count(label) for label in LABELS],
    }
    for name, action in operations.items():
        times = milliseconds(action)
        print(f"  {name:32} {statistics.median(times):8.2f} ({max(times):.2f})")


if __name__ == "__main__":
    main()
