"""What only PostgreSQL does: advisory locks, search by ``tsvector``, copies, its own words for errors.

Authorities: postgresql.org/docs/current, sections 13.3.5 (advisory locks), 13.2 (isolation), 34.1.2 (connection parameters).
Each call takes a connection from a pool. A reader's transaction is ``REPEATABLE READ READ ONLY``: one view of one commit. A
writer first takes the advisory lock of writers and waits for it up to ``lock_timeout`` (URL option, 30 s by default): one
writer at a time, as everywhere. The lock of a refresh belongs to a connection of its own and dies with it, so every write
of that refresh makes sure that this connection still lives. Sessions are needed: a pooler must not share them by transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from tracker.domain.search import SearchNode
from tracker.errors import ConfigurationError, StoreError, StoreUnavailableError
from tracker.store import tsvector
from tracker.store.backend import WRITES, listed, shown, to_ids, too_long
from tracker.store.positive import to_positive
from tracker.store.postgresql_faults import find_setting_fault, reason_of
from tracker.store.schema import metadata, record

WAIT_SECONDS = 30  # for another writer; a large page on a busy machine takes seconds
MIGRATION_WAIT_SECONDS = 600  # another process may be migrating a large database
_CANCELLED = "57014"  # SQLSTATE of a statement that took longer than it may
OLDEST_SERVER = 12  # generated columns
# First half of an advisory lock's number; the second is the schema's, so that trackers in one database do not meet.
_WRITING, _REFRESHING, _MIGRATING = 0x74726B01, 0x74726B02, 0x74726B03  # "trk" and a number
_SCHEMA = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_LOCK = f"((CAST(:kind AS bigint) << 32) | CAST({_SCHEMA} AS bigint))"
_COUNT_HOLDERS = text(  # pg_locks shows the two halves of the number
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"  # noqa: S608 - our own words only
    f" AND classid = CAST(CAST(:kind AS bigint) AS oid) AND objid = {_SCHEMA}"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
# A machine that lost its power says nothing any more: either side finds out within a minute or so, not in two hours.
_CLIENT_OPTIONS = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "application_name": "mental-health-llm-tracker",
    "client_encoding": "utf8",  # whatever the environment says
}
_SESSION_OPTIONS = ("tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")


class PostgresqlBackend:
    """One schema of one PostgreSQL database. Implements :class:`tracker.store.backend.Backend`."""

    reading_options: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    writing_options: Mapping[str, Any] = {"isolation_level": "READ COMMITTED", WRITES: True}

    def __init__(self, url: URL, search_seconds: float | None = None) -> None:
        self._search_seconds = search_seconds
        self.url = shown(url)
        self.engine = self._create_engine(url)
        self._refreshing: Connection | None = None  # what holds the refresh lock, if this process does
        self._refreshing_guard = threading.Lock()  # pages, heartbeats and the holder itself are threads of their own

    def explain(self, error: DBAPIError, doing: str) -> StoreError:
        """See ``Backend``; the sentence comes from the server's SQLSTATE."""
        return self._unavailable(doing, reason_of(error.orig))

    def make_ready(self, *, may_create: bool) -> None:
        """See ``Backend``: looks whether a server answers that can do what is asked of it; the database itself must be there."""
        try:
            with self.engine.connect() as connection:
                self._require_capable(connection)
        except DBAPIError as error:
            if fault := find_setting_fault(error.orig):
                raise ConfigurationError(f"TRACKER_DATABASE_URL ({self.url}) is refused by the server: {fault}.") from error
            raise self.explain(error, "opening it") from error

    def _require_capable(self, connection: Connection) -> None:
        version = connection.exec_driver_sql("SELECT version()").scalar_one()
        if "CockroachDB" in version:  # it accepts advisory locks and holds none: two refreshes would run at once
            raise self._unavailable("opening it", "CockroachDB keeps no advisory locks, which the tracker needs; use PostgreSQL")
        number, encoding, schema = connection.exec_driver_sql(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_schema()"
        ).one()
        if number < OLDEST_SERVER * 10_000:
            raise self._unavailable("opening it", f"the server is {version.split(',')[0]}; version {OLDEST_SERVER} or newer is needed")
        if encoding != "UTF8":
            raise self._unavailable("opening it", f"its encoding is {encoding}; make a database with ENCODING 'UTF8'")
        if schema is None:
            raise self._unavailable("opening it", "no schema of its search_path exists; make one, or correct the search_path")

    def find_matches(self, connection: Connection, query: SearchNode) -> NDArray[np.int64]:
        """See ``Backend``."""
        positive, is_complement = to_positive(query)
        wanted = select(listed(tsvector.record_search.c.record_id)).where(tsvector.to_condition(positive))
        with self._limited(connection):
            found = to_ids(connection.execute(wanted).scalar())
        if not is_complement:
            return found
        return np.setdiff1d(to_ids(connection.execute(select(listed(record.c.id))).scalar()), found, assume_unique=True)

    @contextmanager
    def _limited(self, connection: Connection) -> Iterator[None]:
        """Let the server stop a statement of this transaction when the time for a search is over."""
        seconds = self._search_seconds
        if seconds is not None:
            connection.execute(select(func.set_config("statement_timeout", f"{max(1, round(seconds * 1000))}ms", True)))
        try:
            yield
        except DBAPIError as error:
            if seconds is not None and getattr(error.orig, "sqlstate", None) == _CANCELLED:
                raise too_long(seconds) from error
            raise

    def find_damage(self, connection: Connection) -> Iterator[str]:
        """See ``Backend``; that tables are whole is the server's own business (``pg_amcheck``)."""
        stale = tsvector.count_stale(connection)
        if stale:
            are = "s are" if stale > 1 else " is"
            yield f"The search index does not agree with the records: {stale} record{are} not in it as written."

    def finish_writing(self, connection: Connection) -> None:
        """See ``Backend``."""
        tsvector.index_pending(connection)

    def insert_rows(self, connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        """See ``Backend``: by COPY, ten times as quick as INSERT."""
        names = ", ".join(connection.dialect.identifier_preparer.quote(column.name) for column in table.c)
        cursor = connection.connection.cursor()
        try:
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        finally:
            cursor.close()

    def load_counters(self, connection: Connection) -> dict[str, int]:
        """See ``Backend``."""
        highest = {}
        for name, counter in self._counters(connection).items():
            statement = f"SELECT last_value - (NOT is_called)::int FROM {counter}"  # noqa: S608 - a name, quoted by the server
            highest[name] = connection.exec_driver_sql(statement).scalar_one()
        return highest

    def set_counters(self, connection: Connection, highest: Mapping[str, int]) -> None:
        """See ``Backend``; besides, the planner learns what there is now."""
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f"ANALYZE {table.name}")
        for name, counter in self._counters(connection).items():
            present = connection.execute(select(func.max(metadata.tables[name].c.id))).scalar() or 0
            connection.execute(select(func.setval(counter, max(present, highest.get(name, 0)) + 1, False)))

    @staticmethod
    def _counters(connection: Connection) -> dict[str, str]:
        """Table → its sequence, for tables that number their rows."""
        numbered = [table.name for table in metadata.sorted_tables if "id" in table.c]
        return {name: connection.execute(select(func.pg_get_serial_sequence(name, "id"))).scalar_one() for name in numbered}

    def turn(self) -> AbstractContextManager[None]:
        """See ``Backend``: none is needed, an answer comes in one piece."""
        return nullcontext()

    def back_up(self, name: str) -> str:
        """See ``Backend``: a schema beside this one with a copy of every table, made on the server."""
        schema = f"tracker_{name.replace('-', '_')}".lower()
        try:
            with self.engine.begin() as connection:
                connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
                tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").scalars().all()
                for table in tables:
                    connection.exec_driver_sql(f"CREATE TABLE {schema}.{table} AS TABLE {table}")
        except DBAPIError as error:
            raise self.explain(error, "backing it up before a migration") from error
        return f"schema {schema}"

    @contextmanager
    def migration_lock(self) -> Iterator[None]:
        """See ``Backend``: an advisory lock, freed by the death of the connection."""
        with self._alone("bringing it up to date") as connection:
            connection.exec_driver_sql(f"SET lock_timeout = '{MIGRATION_WAIT_SECONDS}s'")
            connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"), {"kind": _MIGRATING})
            try:
                yield
            finally:
                self._unlock(connection, _MIGRATING)

    @contextmanager
    def refresh_lock(self) -> Iterator[bool]:
        """See ``Store.refresh_lock``."""
        with self._alone("starting a refresh") as connection:
            if not connection.execute(text(f"SELECT pg_try_advisory_lock({_LOCK})"), {"kind": _REFRESHING}).scalar_one():
                yield False
                return
            self._refreshing = connection
            try:
                yield True
            finally:
                with self._refreshing_guard:
                    self._refreshing = None
                    self._unlock(connection, _REFRESHING)

    def is_refreshing(self) -> bool:
        """See ``Store.is_refreshing``; looks without touching, so that no refresh that starts meanwhile is turned away."""
        try:
            with self.engine.connect() as connection:
                return bool(connection.execute(_COUNT_HOLDERS, {"kind": _REFRESHING}).scalar_one())
        except DBAPIError as error:
            raise self.explain(error, "looking for a refresh") from error

    @contextmanager
    def _alone(self, doing: str) -> Iterator[Connection]:
        """A connection that no other call uses, outside any transaction, really closed at the end."""
        try:
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            raise self.explain(error, doing) from error
        connection.detach()
        try:
            yield connection
        finally:
            connection.close()

    @staticmethod
    def _unlock(connection: Connection, kind: int) -> None:
        """Free a lock at once; where its connection is gone, the lock is gone with it."""
        if not connection.invalidated:
            with suppress(DBAPIError):
                connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"), {"kind": kind})

    def _take_turn(self, connection: Connection) -> None:
        """Wait for the writers' lock, which the end of the transaction frees; refuse where the lock of our refresh is lost."""
        with self._refreshing_guard:
            if self._refreshing is not None and not _is_alive(self._refreshing):
                reason = "the connection that held its lock is lost; refresh again, it goes on where this one stopped"
                raise self._unavailable("refreshing", reason)
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"), {"kind": _WRITING})

    def _create_engine(self, url: URL) -> Engine:
        options = {name: value for name, value in _CLIENT_OPTIONS.items() if name not in url.query}
        # A connection that died while nobody used it is replaced before it is handed out.
        engine = create_engine(url, connect_args=options, pool_pre_ping=True, pool_size=5, max_overflow=20)

        @event.listens_for(engine, "connect")
        def _set_up(connection: Any, _: object) -> None:
            connection.autocommit = True
            for option in _SESSION_OPTIONS:
                connection.execute(f"SET {option}")
            connection.execute(f"SELECT set_config('lock_timeout', '{WAIT_SECONDS}s', false) WHERE current_setting('lock_timeout') = '0'")
            connection.autocommit = False

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            if connection.get_execution_options().get(WRITES, False):
                self._take_turn(connection)

        return engine

    def _unavailable(self, doing: str, reason: str) -> StoreUnavailableError:
        return StoreUnavailableError(f"The database {self.url!r} failed while {doing}: {reason}.")


def _is_alive(connection: Connection) -> bool:
    """Whether it is still the connection it was; one found broken would quietly be replaced, but its locks would not."""
    if connection.invalidated:
        return False
    try:
        connection.exec_driver_sql("SELECT 1")
    except DBAPIError:
        return False
    return True
