"""Many refreshes in a row on one database, each killed by chance, while new papers keep appearing at two tiny services.

After every kill the lock must be free; nothing stored may go; what a fresh harvest of the same day holds must be there in the end.
The database may hold more rows than that fresh one only of ``job``, whose number is limited.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from world import Tracker

from sources.faulty_server import Asked, FaultyServer, Reply
from sources.tiny_arxiv import Entry, TinyArxiv, make_entries, make_entry
from sources.tiny_pubmed import TinyPubmed
from tracker.store import open_store
from tracker.store.jobs import KEPT

FIRST = 800  # records of each service before the first refresh; arXiv has one a day, and none of the future
KILLED_SHARE, FULL_SHARE, NEWS_SHARE = 0.4, 0.15, 0.3
UNBOUNDED = ("job", "sqlite_sequence")  # compared by KEPT, or not at all
EACH = 20  # rounds between two lines of measurement


@dataclass
class World:
    """Both services behind one address, and how many papers each has."""

    address: str
    entries: list[Entry] = field(default_factory=lambda: [replace(entry, title=_title(entry.id)) for entry in make_entries(FIRST)])
    pubmed: TinyPubmed = field(default_factory=lambda: _make_pubmed())

    def answer(self, asked: Asked) -> Reply:
        """The service that *asked* is meant for."""
        return TinyArxiv(self.entries)(asked) if asked.path.startswith("/api") else self.pubmed(asked)

    def publish(self) -> None:
        """A preprint and an article appear now."""
        now = datetime.now(UTC).replace(microsecond=0)
        self.entries = [*self.entries, make_entry(len(self.entries) + 1, submitted=now, updated=now, title=_title(str(now)))]
        pmid = _pmid(len(self.pubmed.pmids))
        self.pubmed.created[pmid] = self.pubmed.revised[pmid] = f"{now:%Y/%m/%d}"
        self.pubmed.pmids = [*self.pubmed.pmids, pmid]

    def keys(self) -> set[str]:
        """What a harvest should have stored."""
        return {f"arxiv:{entry.id}" for entry in self.entries} | {f"pubmed:{pmid}" for pmid in self.pubmed.pmids}


def refreshes(_: Path | None, rounds: int, chance: random.Random) -> list[str]:
    """Refresh, kill, look."""
    losses: list[str] = []
    with _world() as world:
        tracker, had, ended = Tracker(world), set[str](), Counter[str]()
        for number in range(1, rounds + 1):
            if chance.random() < NEWS_SHARE:
                world.publish()
            ended[_refresh(tracker, chance)] += 1
            with closing(open_store(_url(tracker))) as store:
                if store.is_refreshing():
                    losses.append(f"round {number}: the lock is left behind")
                keys = store.known_keys("arxiv") | store.known_keys("pubmed")
            if had - keys:
                losses.append(f"round {number}: {len(had - keys)} stored records are gone")
            had = keys
            if number % EACH == 0:
                print(f"round {number}: {len(keys)} records; {_size(tracker):,} bytes; {dict(sorted(ended.items()))}", flush=True)
        code, _report = tracker.refresh()
        losses += [f"the last refresh: exit {code}"] if code else []
        losses += [] if set(tracker.facts()) == world.keys() else ["the last refresh: not what the services hold"]
        losses += _compare(tracker, world)
        tracker.remove()
    losses += [f"exit code {name}" for name in ended if name not in ("killed", "0")]
    return losses


def _make_pubmed() -> TinyPubmed:
    pmids = [_pmid(number) for number in range(FIRST)]
    days = dict.fromkeys(pmids, "2025/06/15")
    return TinyPubmed(pmids, created=days, revised=dict(days))


def _pmid(number: int) -> str:
    return str(38_000_000 + number)


def _title(of: str) -> str:
    """In scope, so that labels are written too; no two alike, or all preprints would be one work."""
    return f"A large language model counsels people with depression: {hashlib.sha256(of.encode()).hexdigest()}"


@contextmanager
def _world() -> Iterator[World]:
    server = FaultyServer()
    world = World(server.url)
    server.service = world.answer
    yield world
    server.close()


def _refresh(tracker: Tracker, chance: random.Random) -> str:
    """One refresh as a process of its own; returns how it ended: ``killed``, or the exit code."""
    process = tracker.start(*(["--full"] if chance.random() < FULL_SHARE else []))
    if chance.random() < KILLED_SHARE:
        time.sleep(chance.uniform(0.2, 3.0))
        process.kill()
    process.communicate(timeout=600)
    return "killed" if process.returncode == -9 else str(process.returncode)


def _compare(tracker: Tracker, world: World) -> list[str]:
    """Rows and bytes, against a tracker that starts now."""
    fresh = Tracker(world)
    fresh.refresh()
    rows, expected = _rows(tracker), _rows(fresh)
    losses = [f"{name}: {rows[name]} rows, {expected[name]} in a fresh database" for name in expected if rows[name] != expected[name]]
    losses += [] if tracker.facts() == fresh.facts() else ["the records differ from those of a fresh harvest"]
    jobs, size, fresh_size = _job_rows(tracker), _size(tracker), _size(fresh)
    print(f"at the end {size:,} bytes with {jobs} jobs (at most {KEPT} are kept), a fresh database {fresh_size:,} bytes; tables: {rows}")
    fresh.remove()
    return losses + ([f"{jobs} jobs"] if jobs > KEPT else [])


def _rows(tracker: Tracker) -> dict[str, int]:
    """Rows of every table but the full-text index's own, which merges its pieces when it likes."""
    with closing(sqlite3.connect(tracker.folder / "tracker.db")) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in names if name not in UNBOUNDED and "fts" not in name and "search" not in name]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in kept}


def _job_rows(tracker: Tracker) -> int:
    with closing(sqlite3.connect(tracker.folder / "tracker.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM job").fetchone()[0])


def _size(tracker: Tracker) -> int:
    """Bytes on the disk, the journal's included."""
    return sum(path.stat().st_size for path in tracker.folder.glob("tracker.db*"))


def _url(tracker: Tracker) -> str:
    return f"sqlite:///{tracker.folder / 'tracker.db'}"
