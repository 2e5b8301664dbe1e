"""Opens the database a URL names and brings its schema up to date; says in one sentence why it cannot."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, delete, func, insert, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError

from tracker.domain.matching import RULES
from tracker.errors import ConfigurationError, SchemaVersionError, StoreUnavailableError
from tracker.store.backend import Backend, Database, shown
from tracker.store.base import Store
from tracker.store.schema import CURRENT, REVISIONS, meta, record
from tracker.store.sql import SqlStore
from tracker.store.sqlite import SqliteBackend

_MIGRATIONS = Path(__file__).with_name("migrations")
_FORMS = "sqlite:////folder/tracker.db or postgresql+psycopg://user:password@host/database"
_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(url: str, *, now: Callable[[], datetime] = _utc_now, migrate: bool = True, search_seconds: float | None = None) -> Store:
    """The store at *url*, its schema up to date. ``migrate=False`` opens only what is up to date already and changes nothing.

    Raises ``ConfigurationError`` for a URL nobody can open, ``StoreUnavailableError`` where the database cannot be opened,
    made or written, ``SchemaVersionError`` where a newer program wrote it. *now* dates the copy made before a migration.
    A search may take *search_seconds*, ``None`` for as long as it takes.
    """
    database = Database(_backend(url, search_seconds))
    try:
        _make_ready(database, now, migrate=migrate)
    except BaseException:
        database.backend.engine.dispose()
        raise
    return SqlStore(database)


def _make_ready(database: Database, now: Callable[[], datetime], *, migrate: bool) -> None:
    """Bring schema and links up to date; with ``migrate=False`` only look whether they are."""
    backend = database.backend
    backend.make_ready(may_create=migrate)
    revision = _revision(database)
    if revision != CURRENT and not migrate:
        raise StoreUnavailableError(f"The database {backend.url!r} is of an earlier version; any command that writes brings it up to date.")
    if revision != CURRENT:
        with backend.migration_lock():
            _migrate(database, now())
    if migrate and _rules(database) != RULES:
        with backend.migration_lock():
            _regroup(database, SqlStore(database), now())


def _backend(url: str, search_seconds: float | None) -> Backend:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # its text repeats the URL, password and all
        raise ConfigurationError(f"TRACKER_DATABASE_URL is not a database URL; write it as {_FORMS}.") from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return SqliteBackend(parsed, search_seconds)
    if parsed.drivername in ("postgresql+psycopg", "postgresql", "postgres"):
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), search_seconds)
    raise ConfigurationError(f"TRACKER_DATABASE_URL is {shown(parsed)!r}, an engine this version cannot use; write it as {_FORMS}.")


def _postgresql(url: URL, search_seconds: float | None) -> Backend:
    """Imported only where it is asked for: its driver is an extra."""
    if "@" in (url.host or ""):
        raise ConfigurationError("TRACKER_DATABASE_URL has two @; write the one in the password as %40.")
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise ConfigurationError(
            "TRACKER_DATABASE_URL names a PostgreSQL database, whose driver is missing; install it with: pip install 'psycopg[binary]'"
        ) from error
    from tracker.store.postgresql import PostgresqlBackend

    return PostgresqlBackend(url, search_seconds)


def _revision(database: Database) -> str | None:
    """The revision of the schema; ``None`` for an empty database. Raises where it is newer, or the file somebody else's."""
    with database.reading("opening it") as connection:
        tables = inspect(connection).get_table_names()
        if "alembic_version" in tables:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        elif tables:
            raise StoreUnavailableError(
                f"{database.backend.url!r} is another program's database; set TRACKER_DATABASE_URL to another database."
            )
        else:
            found = None
    if found is not None and found not in REVISIONS:
        raise SchemaVersionError(
            f"The database {database.backend.url!r} was written by a newer tracker (schema {found!r}, this one knows {CURRENT!r}); "
            "install that version here, or set TRACKER_DATABASE_URL to another database."
        )
    return found


def _migrate(database: Database, now: datetime) -> None:
    """Run the migrations that are missing, in one transaction, after a backup of what is there. The caller holds the lock."""
    revision = _revision(database)  # another process may have been first
    if revision == CURRENT:
        return
    with database.reading("opening it") as connection:
        is_empty = revision is None or connection.execute(select(func.count()).select_from(record)).scalar() == 0
    if not is_empty:
        saved = database.backend.back_up(f"{now:%Y%m%dT%H%M%SZ}-schema-{revision}")
        _log.info("Saved the database as %s before bringing its schema up to date.", saved)
    with database.writing("bringing it up to date") as connection:
        _run_alembic(connection)


def _rules(database: Database) -> int | None:
    """The rules of matching that the stored links are from; ``None`` if none were made yet."""
    with database.reading("opening it") as connection:
        found = connection.execute(select(meta.c.value).where(meta.c.name == "matching_rules")).scalar()
    return None if found is None else int(found)


def _regroup(database: Database, store: Store, now: datetime) -> None:
    """Make links and works anew under the present rules. Interrupted, it is done again: the mark is set last."""
    store.regroup_works(now=now)
    with database.writing("bringing it up to date") as connection:
        connection.execute(delete(meta).where(meta.c.name == "matching_rules"))
        connection.execute(insert(meta).values(name="matching_rules", value=RULES))


def _run_alembic(connection: Connection) -> None:
    from alembic import command  # a fifth of the program's start, and needed once a version
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
