"""What changes a database apart from refreshes, each interrupted at any step: killed, on a full disk, beside a writer that holds on.

Run as a program (``operations.py NAME FOLDER STEP…``) it interrupts one operation at each step, forking for each, and prints one JSON
object a step: how the interrupted process ended, and every fault found afterwards. A step is a statement of SQL, a commit, or a
file taking its name; ``full:N`` lets no file grow beyond N bytes, ``locked`` lets somebody else write all the time.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import Engine, event

import small_corpus
from fakes import NOW, make_labelling
from store.test_opening import store_of_revision
from tracker.domain.corrections import Correction
from tracker.errors import TrackerError
from tracker.pipeline.configuration import Configuration, read_configuration
from tracker.pipeline.corrections import add_correction
from tracker.pipeline.reclassify import reclassify
from tracker.pipeline.snapshot import load_snapshot, save_snapshot
from tracker.settings import Settings
from tracker.store import open_store
from tracker.store.base import Store
from tracker.store.schema import REVISIONS

WHOLE, REFUSED, BROKEN = 0, 3, 1  # exit codes of the interrupted process: done, refused in one sentence, anything else
CORRECTED = "arxiv:2401.00003"


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
    """Taxonomy and queries as they ship, read once."""
    return read_configuration(Settings(data_dir=small_corpus.default_data_dir(), database_url=""))


def _fill(settings: Settings) -> None:
    """The small corpus, with labels that the rules would not give."""
    small_corpus.fill(settings, [(record, make_labelling()) for record, _ in small_corpus.make_papers()])


def _migrate(settings: Settings, url: str) -> None:
    open_store(url, now=lambda: NOW).close()


def _reclassify(settings: Settings, url: str) -> None:
    with closing(open_store(url)) as store:
        reclassify(configuration(), store, now=lambda: NOW)


def _prepare_snapshot(settings: Settings) -> None:
    """A snapshot beside a database that holds one paper, of another source."""
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


OPERATIONS = {
    "migration": Operation(lambda settings: store_of_revision(settings.data_dir / "tracker.db", REVISIONS[0]), _migrate),
    "reclassify": Operation(_fill, _reclassify),
    "snapshot": Operation(_prepare_snapshot, _load_snapshot),
    "correction": Operation(_fill, _correct),
}


def interrupt(name: str, folder: Path, step: str) -> dict[str, Any]:
    """Prepare, interrupt at *step*, look, do it again undisturbed, look again. Empty ``faults``: nothing was lost."""
    operation, settings = OPERATIONS[name], settings_of(folder)
    folder.mkdir()
    for file in ("taxonomy.yaml", "queries.yaml"):
        shutil.copy(small_corpus.default_data_dir() / file, folder)
    operation.prepare(settings)
    keys = _keys(folder)
    ended = _in_a_child(lambda: _disturbed(operation, settings, step))
    faults = [] if ended in (-signal.SIGKILL, WHOLE, REFUSED) else [f"ended with {ended}"]
    with sqlite3.connect(folder / "tracker.db") as connection:
        faults += [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
    connection.close()
    faults += [f"{key} is gone" for key in keys - _keys(folder)]
    operation.act(settings, settings.database_url)
    with closing(open_store(settings.database_url)) as store:
        faults += store.check()
        held = _dump(store)
    return {"step": step, "ended": ended, "faults": faults, "held": held}


def _disturbed(operation: Operation, settings: Settings, step: str) -> None:
    """The operation, with what *step* says going wrong."""
    url = settings.database_url
    if step.startswith("full:"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(step[5:]), resource.RLIM_INFINITY))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    elif step == "locked":
        holder = sqlite3.connect(settings.data_dir / "tracker.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        url += "?timeout=0.05"
    else:
        _die_at(int(step))
    operation.act(settings, url)


def _die_at(number: int) -> None:
    """SIGKILL this process when it comes to its *number*-th step."""
    left = [number]

    def count(*_: Any, **__: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "commit"):
        event.listen(Engine, moment, count)
    replace = Path.replace
    Path.replace = lambda one, target: (count(), replace(one, target))[1]  # type: ignore[method-assign]


def _in_a_child(act: Callable[[], None]) -> int:
    """How a copy of this process ends that does *act*: its exit code, or the signal, negative."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = BROKEN
    try:
        act()
        code = WHOLE
    except TrackerError as error:
        sys.stderr.write(f"{error}\n")
        code = REFUSED
    finally:
        os._exit(code)


def _keys(folder: Path) -> set[str]:
    """The records in the file, whatever its schema."""
    with closing(sqlite3.connect(folder / "tracker.db")) as connection:
        return {key for (key,) in connection.execute("SELECT key FROM record")}


def _dump(store: Store) -> list[str]:
    """What a store holds, instants apart."""
    return sorted(f"{one.record.key} {one.record.title} {one.labelling} {one.work}" for batch in store.stream_records() for one in batch)


def main() -> None:
    """See the module."""
    name, folder, *steps = sys.argv[1:]
    if name in ("reclassify", "correction"):
        configuration()  # once, before forking
    for number, step in enumerate(steps):
        sys.stdout.write(json.dumps(interrupt(name, Path(folder) / str(number), step)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
