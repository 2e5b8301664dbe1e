"""What one database engine does in its own way; everything else is common (:mod:`tracker.store.sql`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from tracker.domain.search import SearchNode
from tracker.errors import StoreError

WRITES = "tracker_writes"  # execution option of a connection that is going to write


class Backend(Protocol):
    """One open database. Implemented by :class:`tracker.store.sqlite.SqliteBackend`."""

    url: str  # without password, safe to show
    engine: Engine

    def explain(self, error: DBAPIError, doing: str) -> StoreError:
        """The error for people: what happened to which database while *doing* something, and what to do."""
        ...

    def find_matches(self, connection: Connection, query: SearchNode) -> NDArray[np.int64]:
        """Ids of the records that match, ascending."""
        ...

    def find_damage(self, connection: Connection) -> Iterator[str]:
        """What the engine itself finds wrong with the file and the search index, one sentence each."""
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
    def reading(self, doing: str) -> Iterator[Connection]:
        """One consistent view of the last commit."""
        with self._explained(doing), self.backend.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, doing: str) -> Iterator[Connection]:
        """The one write transaction; committed at the end of the block, undone by any error in it."""
        with (
            self._explained(doing),
            self.backend.engine.connect().execution_options(**{WRITES: True}) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self.backend.explain(error, doing) from error
