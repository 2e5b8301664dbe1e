"""Moves a whole tracker from one database to another, of whatever engine: every row of every table, with its number.

Rows go from engine to engine as they are kept, never as records: nothing is interpreted, so nothing can be lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, delete, func, select, update
from sqlalchemy.types import TypeDecorator

from tracker.errors import ConfigurationError
from tracker.store.backend import Database
from tracker.store.columns import to_keepable
from tracker.store.index import load_data_version
from tracker.store.schema import harvest_state, job, meta, metadata, person_link, record, rejected

_BATCH = 2000  # rows in memory at a time
_TELLING = (record, job, harvest_state, rejected, person_link)  # a database with a row in one of these has been used
_NUL = "\x00"

Progress = Callable[[int, int], None]


def copy_everything(source: Database, target: Database, *, progress: Progress) -> int:
    """Fill the empty *target* with all that *source* holds, in one transaction; returns how many records that are.

    *progress* hears how many rows of how many are copied. Raises ``ConfigurationError`` if *target* is in use.
    """
    with source.reading("copying it") as origin, target.writing("copying another database into it") as connection:
        _require_unused(connection, target.backend.url)
        version = max(load_data_version(origin), load_data_version(connection)) + 1
        connection.execute(delete(meta))
        _copy_tables(origin, connection, target, progress)
        connection.execute(update(meta).where(meta.c.name == "data_version").values(value=version))
        target.backend.set_counters(connection, source.backend.load_counters(origin))
        return connection.execute(select(func.count()).select_from(record)).scalar_one()


def _require_unused(connection: Connection, url: str) -> None:
    for table in _TELLING:
        count = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if count:
            raise ConfigurationError(
                f"{url!r} is in use (table {table.name!r} holds {count} rows), and a whole tracker is copied into an unused database only; "
                "set TRACKER_DATABASE_URL to a new one."
            )


def _copy_tables(origin: Connection, connection: Connection, target: Database, progress: Progress) -> None:
    tables = [_as_kept(table) for table in metadata.sorted_tables]  # what others point at comes first
    total = sum(origin.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
    done = 0

    def count(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        nonlocal done
        for row in rows:
            yield row
            done += 1
            if done % _BATCH == 0:
                progress(done, total)

    for table in tables:
        target.backend.insert_rows(connection, table, count(_read(origin, table)))
    progress(done, total)


def _as_kept(table: Table) -> Table:
    """*table* with the columns as the engine knows them, without our conversions."""
    columns = [Column(one.name, one.type.impl if isinstance(one.type, TypeDecorator) else one.type) for one in table.c]
    return Table(table.name, MetaData(), *columns)


def _read(origin: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """The rows of *table*, streaming. A NUL that an earlier version of this program wrote is written as today's does."""
    for row in origin.execution_options(yield_per=_BATCH).execute(select(table)):
        yield [to_keepable(value) if isinstance(value, str) and _NUL in value else value for value in row]
