"""What changes a database, each operation interrupted at any step: killed, on a full disk, a failing one, beside a writer that holds on.

Run as a program (``operations.py NAME FOLDER STEP…``) it interrupts one operation at each step, forking for each, and prints one JSON
object a step: how the interrupted process ended, what it said, and every fault found afterwards. A step is the number of a statement
of SQL, a commit, or a file taking its name, and the process is killed there; or

``count``        nothing goes wrong, and the number of steps is said
``full:N``       no file may grow beyond N bytes
``locked``       somebody else writes all the time
``disk:N``       a real disk with N kB left
``read-only``    a disk that takes nothing
``read-only:N``  a disk that fails at step N and takes nothing from there on
``power:N``      the plug is pulled at step N, or at the end if that comes first

The last four need the right to mount: see :mod:`disks`.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import Engine, event

import small_corpus
from crash import disks
from fake_source import make_records
from fakes import NOW, make_labelling
from small_taxonomy import make_taxonomy
from store.test_opening import store_of_revision
from tracker.data_files import read_queries
from tracker.domain.corrections import Correction, Corrections
from tracker.errors import SourceError, TrackerError
from tracker.pipeline import ahead, snapshot
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.corrections import add_correction
from tracker.pipeline.reclassify import reclassify
from tracker.pipeline.refresh import run_refresh
from tracker.pipeline.snapshot import load_snapshot, save_snapshot
from tracker.settings import Settings
from tracker.sources.base import HarvestOutcome, HarvestPage, HarvestPlan, Traffic
from tracker.store import open_store
from tracker.store.schema import REVISIONS
from tracker.store.sql import SqlStore

# Exit codes of the interrupted process: done; refused in one sentence, by the database or a file; anything else.
WHOLE, REFUSED, BROKEN = 0, (1, 2), 70
CORRECTED = "arxiv:2401.00003"
PAGES, PAGE_SIZE = 4, 10
_readers: list[sqlite3.Connection] = []


@dataclass(frozen=True)
class Operation:
    """``prepare`` fills a data folder, ``act`` does it; both are given the settings of that folder."""

    prepare: Callable[[Settings], None]
    act: Callable[[Settings, str], None]


def settings_of(folder: Path) -> Settings:
    """The tracker in *folder*."""
    return Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'tracker.db'}")


@cache
def configuration() -> Configuration:
    """Labels without rules, which are ready at once: what they would find is of no interest here."""
    queries = read_queries(Settings(data_dir=small_corpus.default_data_dir(), database_url=""))
    return Configuration(taxonomy=make_taxonomy(), queries=queries, corrections=Corrections(()))


def _fill(settings: Settings) -> None:
    """The small corpus, with labels that the rules would not give."""
    small_corpus.fill(settings, [(record, make_labelling()) for record, _ in small_corpus.make_papers()])


def _migrate(settings: Settings, url: str) -> None:
    open_store(url, now=lambda: NOW).close()


def _reclassify(settings: Settings, url: str) -> None:
    with closing(open_store(url)) as store:
        reclassify(settings, configuration(), store, now=lambda: NOW)


def _prepare_snapshot(settings: Settings) -> None:
    """A snapshot beside a database that holds one paper, of another source."""
    snapshot.read_taxonomy = lambda _: configuration().taxonomy
    _fill(settings)
    with closing(open_store(settings.database_url)) as store:
        save_snapshot(settings, store, settings.data_dir / "saved.csv", now=NOW)
        store.remove_records(sorted(store.known_keys("arxiv")), now=NOW)


def _load_snapshot(settings: Settings, url: str) -> None:
    with closing(open_store(url)) as store:
        load_snapshot(store, settings.data_dir / "saved.csv", now=NOW)


def _correct(settings: Settings, url: str) -> None:
    row = Correction(key=CORRECTED, facet="risk", label="opacity", verdict=True, note="said so", who="", when="2026-11-23T06:17:00Z")
    with closing(open_store(url)) as store:
        add_correction(settings, store, configuration().taxonomy, row, now=NOW)


class PagedSource:
    """Pages of records that go on from the cursor."""

    def __init__(self, name: str) -> None:
        self.name, self.traffic = name, Traffic()

    def harvest(self, plan: HarvestPlan) -> Any:
        """See ``Source``."""
        total = PAGES * PAGE_SIZE
        for page in range(plan.cursor["page"] if plan.cursor else 0, PAGES):
            words = f"Page {page} of a language model that counsels. " * 20
            records = make_records(PAGE_SIZE, source=self.name, first=page * PAGE_SIZE + 1, abstract=words)
            yield HarvestPage(url="", records=records, expected=total, cursor={"page": page + 1})
        return HarvestOutcome(expected=total, watermark=NOW, total=total)


def _prepare_refresh(settings: Settings) -> None:
    """An empty database."""
    open_store(settings.database_url).close()


def _refresh(settings: Settings, url: str) -> None:
    ahead.STORED_TOGETHER = PAGE_SIZE  # each page by itself
    with closing(open_store(url)) as store:
        report = run_refresh(settings, store, configuration=configuration(), open_source=PagedSource, now=lambda: NOW)
    if report.exit_code:
        raise SourceError("both", report.in_words())


OPERATIONS = {
    "refresh": Operation(_prepare_refresh, _refresh),
    "migration": Operation(lambda settings: store_of_revision(settings.data_dir / "tracker.db", REVISIONS[0]), _migrate),
    "reclassify": Operation(_fill, _reclassify),
    "snapshot": Operation(_prepare_snapshot, _load_snapshot),
    "correction": Operation(_fill, _correct),
}


def interrupt(name: str, folder: Path, step: str) -> dict[str, Any]:
    """Prepare, interrupt at *step*, look, do it again undisturbed, look again. Empty ``faults``: nothing was lost."""
    operation, settings = OPERATIONS[name], settings_of(folder)
    folder.mkdir()
    said, acknowledged = folder.with_suffix(".said"), folder.with_suffix(".acknowledged")
    with _disk_for(step, folder):
        for file in ("taxonomy.yaml", "queries.yaml"):
            shutil.copy(small_corpus.default_data_dir() / file, folder)
        operation.prepare(settings)
        keys = _keys(folder)
        with _failing_disk(step, folder):
            ended = _in_a_child(lambda: _disturbed(operation, settings, step, acknowledged), said)
        faults = _faults_of_words(ended, said.read_text())
        keys |= set(acknowledged.read_text().split()) if acknowledged.exists() else set()
        faults += _faults_of_file(folder, keys)
        done = _held(settings) if ended == WHOLE else None
        operation.act(settings, settings.database_url)
        with closing(open_store(settings.database_url)) as store:
            faults += store.check()
        held = _held(settings)
    if done not in (None, held):
        faults.append("what was said to be done was not")
    return {"step": step, "ended": ended, "said": said.read_text(), "faults": faults, "held": held}


def _disk_for(step: str, folder: Path) -> AbstractContextManager[None]:
    """What *folder* is while *step* is tried."""
    if step.startswith("disk:") or step == "read-only":
        return disks.memory_disk(folder)
    return disks.file_disk(folder) if step.startswith(("read-only:", "power:")) else nullcontext()


@contextmanager
def _failing_disk(step: str, folder: Path) -> Iterator[None]:
    """The disk as *step* says; a sound one afterwards."""
    if step.startswith("disk:"):
        disks.leave_room(folder, int(step[5:]))
    elif step == "read-only":
        disks.make_read_only(folder)
    elif step.startswith("power:"):
        disks.flush(folder)  # what was prepared is old
    yield
    if step.startswith("disk:") or step == "read-only":
        disks.mend(folder)
    elif step.startswith("power:"):
        disks.cut_power(folder)
        disks.start_again(folder)
    elif step.startswith("read-only:"):
        disks.start_again(folder)


def _faults_of_words(ended: int, said: str) -> list[str]:
    """A process that was killed says nothing, one that refuses says one line."""
    if ended == -signal.SIGKILL or ended == WHOLE:
        return []
    lines = said.strip().splitlines()
    return [] if ended in REFUSED and len(lines) == 1 else [f"ended with {ended}, saying {said[-2000:]!r}"]


def _faults_of_file(folder: Path, keys: set[str]) -> list[str]:
    with closing(sqlite3.connect(folder / "tracker.db")) as connection:
        faults = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
    return faults + [f"{key} is gone" for key in keys - _keys(folder)]


def _disturbed(operation: Operation, settings: Settings, step: str, acknowledged: Path) -> None:
    """The operation, with what *step* says going wrong."""
    url, (kind, _, number) = settings.database_url, step.partition(":")
    _tell_when_stored(acknowledged)
    if kind == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(number), resource.RLIM_INFINITY))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    elif kind == "locked":
        holder = sqlite3.connect(settings.data_dir / "tracker.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        url += "?timeout=0.05"
    elif kind == "power":
        _open_too(settings.data_dir / "tracker.db")
        _at_step(int(number), lambda: (disks.cut_power(settings.data_dir), _die()))
    elif kind == "read-only" and number:
        _at_step(int(number), lambda: disks.fail(settings.data_dir))
    elif kind.isdecimal():
        _at_step(int(step), _die)
    elif kind == "count":
        left = _at_step(sys.maxsize, _die)
    operation.act(settings, url)
    if kind == "count":
        sys.stderr.write(str(sys.maxsize - left[0]))


def _open_too(path: Path) -> None:
    """Be a reader besides, for ever: or SQLite would write its log back into the file, for good, at the end of each call."""
    _readers.append(sqlite3.connect(path))
    _readers[-1].execute("SELECT count(*) FROM sqlite_master").fetchone()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _tell_when_stored(acknowledged: Path) -> None:
    """Write to a file on another disk which records the store has said to hold."""
    save = SqlStore.save_page

    def save_and_tell(store: SqlStore, decisions: Any, **more: Any) -> None:
        save(store, decisions, **more)
        with acknowledged.open("a") as file:
            file.write("".join(f"{one.record.key}\n" for one in decisions))

    SqlStore.save_page = save_and_tell  # type: ignore[method-assign]


def _at_step(number: int, act: Callable[[], object]) -> list[int]:
    """Let this process *act* when it comes to its *number*-th step; how many are left until then."""
    left = [number]

    def count(*_: Any, **__: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            act()

    for moment in ("before_cursor_execute", "commit"):
        event.listen(Engine, moment, count)
    replace = Path.replace
    Path.replace = lambda one, target: (count(), replace(one, target))[1]  # type: ignore[method-assign]
    return left


def _in_a_child(act: Callable[[], None], said: Path) -> int:
    """How a copy of this process ends that does *act*: its exit code, or the signal, negative. What it says goes to *said*."""
    said.touch()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = BROKEN
    try:
        os.dup2(os.open(said, os.O_WRONLY), sys.stderr.fileno())
        act()
        code = WHOLE
    except TrackerError as error:  # as the program's own edge does
        code = error.exit_code
        sys.stderr.write(f"{error}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _keys(folder: Path) -> set[str]:
    """The records in the file, whatever its schema."""
    with closing(sqlite3.connect(folder / "tracker.db")) as connection:
        return {key for (key,) in connection.execute("SELECT key FROM record")}


def _held(settings: Settings) -> list[str]:
    """What a tracker holds: its records, how far its sources are, its corrections, each once however often it was written."""
    with closing(open_store(settings.database_url)) as store:
        held = [f"{one.record.key} {one.record.title} {one.labelling} {one.work}" for batch in store.stream_records() for one in batch]
        held += [f"{one.source} {one.watermark} {one.last_success_at}" for one in store.load_harvest_states().values()]
    corrections = settings.corrections_path
    return sorted(held) + (sorted(set(corrections.read_text().splitlines())) if corrections.exists() else [])


def main() -> None:
    """See the module."""
    name, folder, *steps = sys.argv[1:]
    for number, step in enumerate(steps):
        sys.stdout.write(json.dumps(interrupt(name, Path(folder) / str(number), step)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
