"""A refresh killed with SIGKILL, at any point of it, followed by a normal one: as if nothing had happened."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fake_source import Clock, make_records
from fakes import NOW
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.refresh import run_refresh
from tracker.settings import Settings
from tracker.sources.base import HarvestOutcome, HarvestPage, HarvestPlan, Traffic
from tracker.store.base import Store
from tracker.store.opening import open_store

PAGES, PAGE_SIZE = 4, 3
MOMENTS = ["before page 0", "before page 1", "while page 2 is written", "before the watermark moves"]

KILLED = """
import os, signal, sys
sys.path[:0] = {tests!r}
from test_kill import PAGE_SIZE, PagedSource, kill_at
from fake_source import Clock
from tracker.pipeline import ahead
from tracker.pipeline.refresh import run_refresh
from tracker.settings import read_settings
from tracker.store.opening import open_store

ahead.STORED_TOGETHER = PAGE_SIZE  # or "page 2" might be written with others
settings = read_settings({{"TRACKER_DATA_DIR": {data!r}, "TRACKER_ARXIV_URL": {url!r}}})
store = open_store(settings.database_url)
source = PagedSource()
kill_at({moment!r}, source, store)
run_refresh(settings, store, sources=["arxiv"], open_source=lambda _: source, now=Clock())
"""


class PagedSource:
    """Pages of three records; goes on from its cursor, and remembers which pages it was asked for."""

    name = "arxiv"

    def __init__(self) -> None:
        self.traffic, self.asked, self.before_page = Traffic(), list[int](), lambda _: None

    def harvest(self, plan: HarvestPlan) -> Any:
        """See ``Source``."""
        for page in range(plan.cursor["page"] if plan.cursor else 0, PAGES):
            self.before_page(page)
            self.asked.append(page)
            records = make_records(PAGE_SIZE, first=page * PAGE_SIZE + 1)
            yield HarvestPage(url="", records=records, expected=PAGES * PAGE_SIZE, cursor={"page": page + 1})
        return HarvestOutcome(expected=PAGES * PAGE_SIZE, watermark=NOW, total=PAGES * PAGE_SIZE)


def kill_at(moment: str, source: PagedSource, store: Store) -> None:
    """Arrange that this process dies at *moment*, without warning and without clean-up."""

    def die(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGKILL)

    if moment.startswith("before page"):
        source.before_page = lambda page: die() if page == int(moment[-1]) else None
    elif moment == "while page 2 is written":
        from tracker.store import pages

        group = pages.works.regroup
        written = [0]

        def regroup(*arguments: Any, **named: Any) -> Any:
            written[0] += 1
            return die() if written[0] == 3 else group(*arguments, **named)

        pages.works.regroup = regroup  # type: ignore[assignment]  # records are in, works are not, nothing is committed
    else:
        store.save_harvest_state = die  # type: ignore[method-assign]


def dump(store: Store) -> list[Any]:
    """What a store holds, but for instants and row numbers."""
    held: list[Any] = [(one.record, one.labelling, one.work, one.origin, one.gone_at) for batch in store.stream_records() for one in batch]
    states = [(one.source, one.state, one.watermark, one.cursor, one.last_total) for one in store.load_harvest_states().values()]
    return [*sorted(held, key=lambda one: one[0].key), *states]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_refresh_leaves_nothing_that_the_next_one_does_not_mend(
    moment: str, settings: Settings, store: Store, configuration: Configuration, tmp_path: Path
) -> None:
    """The database ends identical to an undisturbed one, the lock is free, and no stored page is asked for twice."""
    undisturbed = open_store(f"sqlite:///{tmp_path / 'undisturbed.db'}")
    run_refresh(settings, undisturbed, sources=["arxiv"], configuration=configuration, open_source=lambda _: PagedSource(), now=Clock())
    tests = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    script = KILLED.format(tests=tests, data=str(settings.data_dir), url=settings.arxiv_url, moment=moment)

    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    stored_pages = store.count_records() // PAGE_SIZE
    source = PagedSource()
    report = run_refresh(settings, store, sources=["arxiv"], configuration=configuration, open_source=lambda _: source, now=Clock())

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert source.asked == list(range(stored_pages, PAGES))
    assert (report.exit_code, report.sources["arxiv"].resumed) == (0, stored_pages * PAGE_SIZE)
    assert dump(store) == dump(undisturbed)
    assert store.check() == []
    undisturbed.close()
