"""What only SQLite does: write-ahead log, FTS5, lock files, its own words for errors.

Authorities: sqlite.org/wal.html, /fts5.html, /rescode.html. In WAL mode readers never wait and one writer at a time writes;
a second writer waits up to ``timeout`` seconds (URL parameter, 30 by default). Needs a local disk: WAL does not work over
network file systems.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, select, text
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import NullPool

from tracker.domain.search import SearchNode
from tracker.errors import ConfigurationError, StoreError, StoreUnavailableError
from tracker.store.backend import WRITES, listed, to_ids, too_long
from tracker.store.fts5 import to_fts5
from tracker.store.one_by_one import OneByOne
from tracker.store.schema import metadata, record

WAIT_SECONDS = 30.0  # for another writer; a large page on a busy machine takes seconds
MIGRATION_WAIT_SECONDS = 600.0  # another process may be migrating a large database
LOCK_TRY_SECONDS = 0.25  # is_refreshing holds the lock for some microseconds; a real refresh holds it for minutes
_STEPS = 1000  # of SQLite's machine between two looks at the clock; well under a millisecond
# FULL: what is committed survives a power cut. With NORMAL a whole refresh went if a reader was there all the time, as the app may be.
_WRITER_PRAGMAS = ("PRAGMA foreign_keys=ON", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-16000")  # 16 MB
_EXPLANATIONS = {  # primary result codes, sqlite.org/rescode.html
    sqlite3.SQLITE_FULL: "the disk is full; free some space and try again",
    sqlite3.SQLITE_READONLY: "it is read-only; make the file and its folder writable, or set TRACKER_DATABASE_URL to another place",
    sqlite3.SQLITE_PERM: "access is denied; make the file and its folder readable and writable",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened or made; make its folder exist and writable, or set TRACKER_DATABASE_URL",
    sqlite3.SQLITE_BUSY: "another program has been writing to it for too long; wait until that one is done and try again",
    sqlite3.SQLITE_LOCKED: "another program holds it; wait until that one is done and try again",
    sqlite3.SQLITE_NOTADB: "the file is not a tracker database; move it away or set TRACKER_DATABASE_URL to another file",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a copy, or move it away and refresh anew",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write; see that it has space and is healthy, then try again",
}
_READS = OneByOne()  # of all databases that the process has open: what they wait for is the interpreter


class SqliteBackend:
    """One SQLite file. Implements :class:`tracker.store.backend.Backend`."""

    reading_options: Mapping[str, Any] = {}
    writing_options: Mapping[str, Any] = {WRITES: True}

    def __init__(self, url: URL, search_seconds: float | None = None) -> None:
        self._search_seconds = search_seconds
        self.path = _path_of(url)
        self.url = f"sqlite:///{self.path}"
        self.engine = _create_engine(url.set(database=str(self.path)))

    def explain(self, error: DBAPIError, doing: str) -> StoreError:
        """See ``Backend``; the sentence comes from SQLite's primary result code."""
        code = getattr(error.orig, "sqlite_errorcode", None)
        reason = _EXPLANATIONS.get(code & 0xFF, "") if code is not None else ""
        return self._unavailable(doing, reason or f"SQLite says: {error.orig}; `tracker check` may tell more")

    def make_ready(self, *, may_create: bool) -> None:
        """See ``Backend``: turns on the write-ahead log, which the file remembers."""
        if not may_create:
            if not self.path.exists():
                raise StoreUnavailableError(f"There is no database {str(self.path)!r}; a refresh makes one.")
            return
        if not self.path.parent.is_dir():
            reason = f"the folder {str(self.path.parent)!r} does not exist; make it, or set TRACKER_DATABASE_URL to another place"
            raise self._unavailable("opening it", reason)
        try:
            connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise self.explain(DatabaseError("", None, error), "opening it") from error

    def find_matches(self, connection: Connection, query: SearchNode) -> NDArray[np.int64]:
        """See ``Backend``."""
        expression, is_complement = to_fts5(query)
        statement = text("SELECT group_concat(rowid) FROM record_fts WHERE record_fts MATCH :query")
        with self._limited(connection):
            found = to_ids(connection.execute(statement, {"query": expression}).scalar())
        if not is_complement:
            return found
        return np.setdiff1d(to_ids(connection.execute(select(listed(record.c.id))).scalar()), found, assume_unique=True)

    @contextmanager
    def _limited(self, connection: Connection) -> Iterator[None]:
        """Stop SQLite in what it does when the time for a search is over (sqlite.org/c3ref/progress_handler.html)."""
        seconds, driver = self._search_seconds, connection.connection.dbapi_connection
        if seconds is None or driver is None:
            yield
            return
        end = time.monotonic() + seconds
        driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            yield
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise too_long(seconds) from error
            raise
        finally:
            driver.set_progress_handler(None, 0)

    def find_damage(self, connection: Connection) -> Iterator[str]:
        """See ``Backend``."""
        for (sentence,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if sentence != "ok":
                yield f"SQLite finds the file damaged: {sentence}."
        for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"Row {row} of table {table!r} points at a row of {parent!r} that does not exist."
        try:
            connection.exec_driver_sql("INSERT INTO record_fts (record_fts, rank) VALUES ('integrity-check', 1)")
        except DatabaseError:
            yield "The search index does not agree with the records; restore the database from a copy, or fill a new one."

    def finish_writing(self, connection: Connection) -> None:
        """See ``Backend``: triggers have done it."""

    def insert_rows(self, connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        """See ``Backend``."""
        names, marks = ", ".join(f'"{column.name}"' for column in table.c), ", ".join("?" * len(table.c))
        cursor: Any = connection.connection.cursor()  # which takes any iterable, whatever DB-API says
        cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names

    def load_counters(self, connection: Connection) -> dict[str, int]:
        """See ``Backend``: sqlite.org/autoinc.html."""
        return {row.name: row.seq for row in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")}

    def set_counters(self, connection: Connection, highest: Mapping[str, int]) -> None:
        """See ``Backend``; SQLite itself keeps count of what is there."""
        present = self.load_counters(connection)
        for name in highest.keys() & {table.name for table in metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]}:
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            row = (name, max(highest[name], present.get(name, 0)))
            connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", row)

    def turn(self) -> AbstractContextManager[None]:
        """See ``Backend``."""
        return _READS.turn()

    def back_up(self, name: str) -> str:
        """See ``Backend``: a whole copy beside the file, made with SQLite's own backup so that the log is in it."""
        target = self.path.with_name(f"{self.path.name}.{name}.bak")
        partial = target.with_suffix(".part")
        try:
            source, copy = sqlite3.connect(self.path), sqlite3.connect(partial)
            try:
                source.backup(copy)
            finally:
                source.close()
                copy.close()
            partial.replace(target)
        except (sqlite3.Error, OSError) as error:
            partial.unlink(missing_ok=True)
            raise self._unavailable("backing it up before a migration", f"the copy {target.name!r} cannot be written ({error})") from error
        return str(target)

    @contextmanager
    def migration_lock(self) -> Iterator[None]:
        """See ``Backend``: a lock file, freed by the death of the process."""
        try:
            with FileLock(self._beside("migrate.lock"), timeout=MIGRATION_WAIT_SECONDS, thread_local=False):
                yield
        except Timeout as error:
            raise self._unavailable(
                "bringing it up to date", "another process has been doing so for too long; wait and try again"
            ) from error
        except OSError as error:
            raise self._unavailable("bringing it up to date", f"its folder is not writable ({error.strerror})") from error

    @contextmanager
    def refresh_lock(self) -> Iterator[bool]:
        """See ``Store.refresh_lock``."""
        lock = FileLock(self._beside("refresh.lock"), thread_local=False)
        try:
            lock.acquire(timeout=LOCK_TRY_SECONDS, poll_interval=0.02)
        except Timeout:
            yield False
            return
        except OSError as error:
            raise self._unavailable("starting a refresh", f"its folder is not writable ({error.strerror})") from error
        try:
            with ExitStack() as held:
                self._stay_open(held)
                yield True
        finally:
            lock.release()

    def _stay_open(self, held: ExitStack) -> None:
        """Keep one connection open until *held* ends, so that none is the last to close: that one empties the log, and readers wait.

        Only as long as a refresh writes: at rest there is no log, and who copies the file has everything.
        """
        with suppress(sqlite3.Error):  # who writes next will say what is wrong
            connection = held.enter_context(closing(sqlite3.connect(self.path, check_same_thread=False)))
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def is_refreshing(self) -> bool:
        """See ``Store.is_refreshing``."""
        if not Path(self._beside("refresh.lock")).exists():
            return False
        lock = FileLock(self._beside("refresh.lock"), thread_local=False)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            return True
        lock.release()
        return False

    def _beside(self, suffix: str) -> str:
        return f"{self.path}.{suffix}"

    def _unavailable(self, doing: str, reason: str) -> StoreUnavailableError:
        return StoreUnavailableError(f"The database {str(self.path)!r} failed while {doing}: {reason}.")


def _path_of(url: URL) -> Path:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ConfigurationError("TRACKER_DATABASE_URL names no SQLite file; write it as sqlite:////folder/tracker.db.")
    return Path(url.database).expanduser().absolute()


def _create_engine(url: URL) -> Engine:
    """Connections are opened for each call: SQLite does so in well under a millisecond, and none is ever shared by threads."""
    timeout = {} if "timeout" in url.query else {"timeout": WAIT_SECONDS}
    engine = create_engine(url, poolclass=NullPool, connect_args=timeout)

    @event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for DDL and for consistent reads

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        for statement in (*_WRITER_PRAGMAS, "BEGIN IMMEDIATE") if writes else ("BEGIN",):
            connection.exec_driver_sql(statement)

    return engine
