"""Years of unattended operation in fast motion: one refresh a simulated day, in one process, while things go wrong at random.

Two tiny services of our own publish a preprint and an article a day and revise old ones. On some days a service answers badly now
and then, all day long, or forbids; the clock of the machine may be wrong for a day. After each day: nothing stored is gone, what
ended as complete is complete, and the age of the data is said as it is. At the end nothing may have grown but the data.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from refreshes import World, _pmid, _title

from sources.faulty_server import HTML, Asked, FaultyServer, Reply
from sources.tiny_arxiv import FIRST, make_entry
from sources.tiny_pubmed import TinyPubmed
from tracker.pipeline.configuration import Configuration, read_configuration
from tracker.pipeline.refresh import SCHEDULE, run_refresh
from tracker.pipeline.report import RefreshReport
from tracker.settings import KNOWN_SOURCES, Settings, default_data_dir, read_settings
from tracker.store import open_store
from tracker.store.base import Store
from tracker.store.jobs import KEPT
from tracker.views.exports import write_export
from tracker.views.filters import Filters
from tracker.views.index import Index, select
from tracker.views.notices import freshness
from tracker.views.wording import date_in_words

BEFORE = 100  # papers of each service on the first day
TROUBLED_SHARE, DEAD_SHARE, WRONG_CLOCK_SHARE, REVISED_SHARE = 0.15, 0.08, 0.01, 0.2
WRONG_BY = (timedelta(days=-400), timedelta(hours=-30), timedelta(days=3), timedelta(days=1500))
BAD = (
    Reply(503, "busy"), Reply(500, "broken"), Reply(429, "slow down"), Reply(200, "<html>down</html>", HTML), Reply(200, b""),
    Reply(200, "cut", how="cut"), Reply(how="reset"),
)  # fmt: skip
FORBIDDEN = Reply(403, "go away")
LABELS = 3  # of a facet
LINES = 10  # of measurement in a whole run
CHECKED_EACH, READ_EACH = 100, 10  # days
MOST_MEMORY, MOST_HANDLES = 64 * 2**20, 8  # growth after the first tenth of the run that is no leak


@dataclass
class Services(World):
    """Both services on a simulated day. ``trouble`` is the share of bad answers by source."""

    chance: random.Random = field(default_factory=random.Random)
    trouble: dict[str, float] = field(default_factory=dict)
    bad: dict[str, tuple[Reply, ...]] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Reply:
        """As told by the day's trouble."""
        source = "arxiv" if asked.path.startswith("/api") else "pubmed"
        if self.chance.random() < self.trouble.get(source, 0.0):
            return self.chance.choice(self.bad[source])
        return super().answer(asked)

    def publish_on(self, day: datetime) -> None:
        """A preprint and an article appear; at times an old preprint is revised."""
        number = len(self.entries) + 1
        self.entries = [*self.entries, make_entry(number, submitted=day, updated=day, title=_title(str(number)))]
        if self.chance.random() < REVISED_SHARE:
            at = self.chance.randrange(number)
            self.entries[at] = replace(self.entries[at], updated=day, version=self.entries[at].version + 1)
        pmid = _pmid(len(self.pubmed.pmids))
        self.pubmed.created[pmid] = self.pubmed.revised[pmid] = f"{day:%Y/%m/%d}"
        self.pubmed.pmids = [*self.pubmed.pmids, pmid]

    def draw_troubles(self) -> None:
        """What goes wrong today."""
        for source in KNOWN_SOURCES:
            luck = self.chance.random()
            self.trouble[source] = 1.0 if luck < DEAD_SHARE else 0.4 if luck < DEAD_SHARE + TROUBLED_SHARE else 0.0
            self.bad[source] = (FORBIDDEN,) if luck < DEAD_SHARE / 20 else BAD

    def keys_of(self, source: str) -> set[str]:
        """What *source* has."""
        return {key for key in self.keys() if key.startswith(source)}


@dataclass
class Life:
    """One tracker over all its days."""

    settings: Settings
    store: Store
    services: Services
    log: Path
    configuration: Configuration
    now: datetime
    had: set[str] = field(default_factory=set)
    succeeded_at: dict[str, datetime] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)

    def live_a_day(self, number: int) -> None:
        """Publish, spoil, refresh, look."""
        self.now += timedelta(days=1)
        self.services.publish_on(self.now)
        self.services.draw_troubles()
        wrong_by = self.services.chance.choice(WRONG_BY) if self.services.chance.random() < WRONG_CLOCK_SHARE else timedelta(0)
        clock = self.now + wrong_by
        report = run_refresh(self.settings, self.store, trigger=SCHEDULE, configuration=self.configuration, now=lambda: clock)
        for source, one in report.sources.items():
            self.ended[one.state.value if hasattr(one.state, "value") else str(one.state)] += 1
            if one.state in ("complete", "unchanged"):
                self.succeeded_at[source] = clock
        self._look(f"day {number}", report, clock)
        if number % READ_EACH == 0:
            self._read()
        if number % CHECKED_EACH == 0:
            self.losses += [f"day {number}: {fault}" for fault in self.store.check()]

    def _look(self, day: str, report: RefreshReport, clock: datetime) -> None:
        keys = {source: self.store.known_keys(source) for source in KNOWN_SOURCES}
        everything = set().union(*keys.values())
        if gone := self.had - everything:
            self.losses.append(f"{day}: {len(gone)} stored records are gone")
        self.had = everything
        states = {source: str(one.state) for source, one in report.sources.items()}
        self.losses += [
            f"{day}: {source} says {states[source]} and lacks {len(self.services.keys_of(source) - keys[source])}"
            for source in KNOWN_SOURCES
            if states[source] in ("complete", "unchanged") and keys[source] != self.services.keys_of(source)
        ]
        for one in freshness(self.store.load_harvest_states(), KNOWN_SOURCES, now=clock):
            self._believe(day, states[one.source], one.source, one.sentence)

    def _believe(self, day: str, state: str, source: str, sentence: str) -> None:
        """The sentence on every page names the day of the last success, wherever it names one."""
        succeeded_at = self.succeeded_at.get(source)
        expected = date_in_words(succeeded_at.date()) if succeeded_at else "never gathered completely"
        if state in ("complete", "unchanged", "failed") and expected not in sentence:
            self.losses.append(f"{day}: {source} {state}, last success {expected}, but the page says {sentence!r}")

    def _read(self) -> None:
        """What a visitor asks for: a search and a file of all that is stored."""
        index = Index(self.store.load_index())
        selection = select(index, Filters(q="chatbot OR model", scope="all"), search=self.store.search)
        write_export(BytesIO(), "csv", selection, self.store, self.configuration.taxonomy)


@dataclass(frozen=True)
class Measured:
    """The process and its files: bytes, and numbers of open handles and threads. ``logged`` is the size of the log so far."""

    memory: int
    handles: int
    threads: int
    stored: int
    logged: int


def years(_: Path | None, days: int, chance: random.Random, *, minutes: float = 10.0) -> list[str]:
    """Live up to *days* days, no longer than *minutes*."""
    began, measured = time.monotonic(), list[tuple[int, Measured]]()
    with _life(chance) as life:
        number = 0
        while number < days and time.monotonic() - began < minutes * 60:
            number += 1
            life.live_a_day(number)
            if number % max(1, days // LINES) == 0 or number == days // (LINES * 2):
                measured.append((number, _measure(life)))
                print(f"day {number}: {len(life.had)} records; {measured[-1][1]}; {dict(sorted(life.ended.items()))}", flush=True)
        measured.append((number, _measure(life)))
        print(f"{number} days in {(time.monotonic() - began) / 60:.1f} minutes: {len(life.had)} records; {measured[-1][1]}", flush=True)
        _end_well(life)
        return life.losses + _grown(measured) + _outgrown(life)


def _end_well(life: Life) -> None:
    """A day without trouble after all that: everything is there."""
    life.now += timedelta(days=60)  # past any rest that a service asked for
    life.services.trouble.clear()
    report = run_refresh(life.settings, life.store, trigger=SCHEDULE, configuration=life.configuration, now=lambda: life.now)
    keys = set().union(*(life.store.known_keys(source) for source in KNOWN_SOURCES))
    if report.exit_code or keys != life.services.keys():
        life.losses.append(f"the last refresh: exit {report.exit_code}, {len(life.services.keys() - keys)} records lacking")
    life.losses += life.store.check()


def _grown(measured: list[tuple[int, Measured]]) -> list[str]:
    """What grew after the first measurement though it should not; the log is compared by bytes a day."""
    (first_day, first), (last_day, last) = measured[0], measured[-1]
    found = []
    if last.memory - first.memory > MOST_MEMORY:
        found.append(f"memory grew by {last.memory - first.memory:,} bytes")
    if last.handles - first.handles > MOST_HANDLES or last.threads - first.threads > MOST_HANDLES:
        found.append(f"handles {first.handles} → {last.handles}, threads {first.threads} → {last.threads}")
    if last_day > first_day and (last.logged - first.logged) / (last_day - first_day) > 2 * first.logged / first_day:
        found.append(f"the log grew from {first.logged / first_day:.0f} to more than twice as many bytes a day")
    return found


def _outgrown(life: Life) -> list[str]:
    """The database against one that is filled today."""
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    with closing(open_store(f"sqlite:///{folder / 'tracker.db'}")) as fresh:
        run_refresh(life.settings, fresh, configuration=life.configuration, now=lambda: life.now)
        fresh_size, size = _bytes_of(folder), _bytes_of(life.settings.data_dir)
    shutil.rmtree(folder)
    print(f"database {size:,} bytes with {len(life.store.load_jobs(limit=10 * KEPT))} jobs; filled today {fresh_size:,} bytes")
    return [f"the database is {size / fresh_size:.1f} times as large as one filled today"] if size > 2 * fresh_size else []


def _measure(life: Life) -> Measured:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Measured(
        memory=pages * os.sysconf("SC_PAGE_SIZE"),
        handles=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        threads=threading.active_count(),
        stored=_bytes_of(life.settings.data_dir),
        logged=life.log.stat().st_size,
    )


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("tracker.db*"))


def _configuration(settings: Settings) -> Configuration:
    """A few labels of each facet will do: a day is to take a second, and each refresh makes its own classifier."""
    whole = read_configuration(settings)
    facets = {name: replace(one, labels=dict(islice(one.labels.items(), LABELS))) for name, one in whole.taxonomy.facets.items()}
    return replace(whole, taxonomy=replace(whole.taxonomy, facets=facets))


@contextmanager
def _life(chance: random.Random) -> Iterator[Life]:
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    for name in ("taxonomy.yaml", "queries.yaml"):
        shutil.copy(default_data_dir() / name, folder)
    log = folder / "tracker.log"
    handler = logging.FileHandler(log)
    logging.getLogger("tracker").addHandler(handler)
    logging.getLogger("tracker").setLevel(logging.INFO)
    server = FaultyServer()
    services = Services(server.url, chance=chance, pubmed=TinyPubmed([]))
    services.entries = []
    server.service = lambda asked: (server.asked.clear(), services.answer(asked))[1]  # what was asked must not fill the memory
    for number in range(1, BEFORE + 1):
        services.publish_on(FIRST + timedelta(days=number))
    environment = {
        "TRACKER_DATA_DIR": str(folder), "TRACKER_ARXIV_URL": f"{server.url}/api/query",
        "TRACKER_EUTILS_URL": f"{server.url}/entrez/eutils", "TRACKER_PACE": "0.0005",
    }  # fmt: skip
    settings = read_settings(environment)
    with closing(open_store(settings.database_url)) as store:
        yield Life(settings, store, services, log, _configuration(settings), FIRST + timedelta(days=BEFORE, hours=6))
    server.close()
    logging.getLogger("tracker").removeHandler(handler)
    shutil.rmtree(folder)
