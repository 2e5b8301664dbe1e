"""An empty store on every engine; a test that asks for ``store`` or ``new_store`` runs once on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tracker.store import open_store
from tracker.store.base import Store

ENGINES = ("sqlite",)


@pytest.fixture(params=ENGINES)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes URLs of databases that do not exist yet, all of one engine."""
    made: list[str] = []

    def make() -> str:
        made.append(f"sqlite:///{tmp_path / f'tracker-{len(made)}.db'}")
        return made[-1]

    assert request.param == "sqlite"
    return make


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
