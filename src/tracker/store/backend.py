"""What one database engine does in its own way; everything else is common (:mod:`tracker.store.sql`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import URL, Column, ColumnElement, Connection, Engine, Table, Text, cast, func
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from tracker.domain.search import SearchNode
from tracker.errors import SearchTooLongError, StoreError, StoreUnavailableError

WRITES = "tracker_writes"  # execution option of a connection that is going to write


class Backend(Protocol):
    """One open database. Implemented by :class:`tracker.store.sqlite.SqliteBackend` and
    :class:`tracker.store.postgresql.PostgresqlBackend`.

    The options are those of a connection that is going to read, or to write (:data:`WRITES` among them).
    """

    url: str  # without password, safe to show
    engine: Engine
    reading_options: Mapping[str, Any]
    writing_options: Mapping[str, Any]

    def make_ready(self, *, may_create: bool) -> None:
        """Look whether the database can be used, with *may_create* after preparing it for use.

        Raises ``StoreUnavailableError`` where it cannot, ``ConfigurationError`` where the URL is to blame.
        """
        ...

    def explain(self, error: DBAPIError, doing: str) -> StoreError:
        """The error for people: what happened to which database while *doing* something, and what to do."""
        ...

    def find_matches(self, connection: Connection, query: SearchNode) -> NDArray[np.int64]:
        """Ids of the records that match, ascending. Raises ``SearchTooLongError`` where that takes longer than it may."""
        ...

    def find_damage(self, connection: Connection) -> Iterator[str]:
        """What the engine itself finds wrong with the file and the search index, one sentence each."""
        ...

    def finish_writing(self, connection: Connection) -> None:
        """The last thing in each write transaction: bring what the engine derives from the tables in step with them."""
        ...

    def insert_rows(self, connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        """Add *rows*, values in the order of the columns of *table*, streaming; no type of ours converts them."""
        ...

    def load_counters(self, connection: Connection) -> dict[str, int]:
        """Table → the highest number that a row of it ever had, removed ones included; for tables whose numbers are not used twice."""
        ...

    def set_counters(self, connection: Connection, highest: Mapping[str, int]) -> None:
        """After rows came with their numbers: new ones get higher ones, also higher than *highest*."""
        ...

    def turn(self) -> AbstractContextManager[None]:
        """The turn of a short read among those of this process, on an engine where they hold each other up. Not to be nested."""
        ...

    def back_up(self, name: str) -> str:
        """Save a copy of the whole database before a migration; returns where."""
        ...

    def migration_lock(self) -> AbstractContextManager[None]:
        """Wait for, then hold, the right to change the schema."""
        ...

    def refresh_lock(self) -> AbstractContextManager[bool]:
        """See ``Store.refresh_lock``."""
        ...

    def is_refreshing(self) -> bool:
        """See ``Store.is_refreshing``."""
        ...


class Database:
    """Opens transactions on a backend and turns the driver's errors into the store's.

    A connection lives as long as one call and belongs to one thread.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    @contextmanager
    def reading(self, doing: str, *, is_brief: bool = False) -> Iterator[Connection]:
        """One consistent view of the last commit; a *brief* one, of milliseconds, awaits its turn among those of other threads."""
        options = self.backend.reading_options
        turn = self.backend.turn() if is_brief else nullcontext()
        with turn, self._explained(doing), self.backend.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, doing: str) -> Iterator[Connection]:
        """The one write transaction; committed at the end of the block, undone by any error in it."""
        options = self.backend.writing_options
        with self._explained(doing), self.backend.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
            self.backend.finish_writing(connection)

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self.backend.explain(error, doing) from error
        except PoolTimeoutError as error:
            reason = "too many calls at once are waiting for it; try again when fewer people use it"
            raise StoreUnavailableError(f"The database {self.backend.url!r} failed while {doing}: {reason}.") from error


def too_long(seconds: float) -> SearchTooLongError:
    """The error for a search that was stopped after *seconds*."""
    return SearchTooLongError(
        f"This search took longer than {seconds:g} seconds and was stopped; use rarer words, or fewer that end in *, and try again."
    )


def shown(url: URL) -> str:
    """*url* without password and without the driver's options, which may hold one too."""
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database).render_as_string()


def listed(ids: Column[int]) -> ColumnElement[str]:
    """All *ids* as one text, commas between them: a hundred times fewer Python objects than rows. See :func:`to_ids`."""
    return func.aggregate_strings(cast(ids, Text), ",")


def to_ids(text: str | None) -> NDArray[np.int64]:
    """The ids of :func:`listed`, ascending."""
    return np.sort(np.fromstring(text, dtype=np.int64, sep=",")) if text else np.empty(0, np.int64)
