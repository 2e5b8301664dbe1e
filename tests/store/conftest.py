"""An empty store on every engine; a test that asks for ``store``, ``new_store``, ``new_url`` or ``url`` runs once on each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tracker.store import open_store
from tracker.store.base import Store

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with tables and no records; copying it is a hundred times quicker than making one."""
    path = tmp_path_factory.mktemp("empty") / "tracker.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def new_sqlite_url(tmp_path: Path, empty_sqlite: Path) -> Callable[[], str]:
    """Makes URLs of empty SQLite databases."""
    made: list[Path] = []

    def make() -> str:
        made.append(tmp_path / f"tracker-{len(made)}.db")
        shutil.copy(empty_sqlite, made[-1])
        return f"sqlite:///{made[-1]}"

    return make


@pytest.fixture(params=ENGINES)
def new_url(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes URLs of empty databases, all of one engine."""
    if request.param == "sqlite":
        make: Callable[[], str] = request.getfixturevalue("new_sqlite_url")
        return make
    server = request.getfixturevalue("postgresql")
    return lambda: server.new_database()


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    """The URL of one empty database."""
    return new_url()


@pytest.fixture
def new_store(new_url: Callable[[], str]) -> Iterator[Callable[[], Store]]:
    """Opens stores on databases of their own; closes them all."""
    opened: list[Store] = []

    def make() -> Store:
        opened.append(open_store(new_url()))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    """One empty store."""
    return new_store()
