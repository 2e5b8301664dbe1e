"""The shared data: the newest that is ready, never a wait for what can be shown later."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes import NOW, make_labelling, make_record
from tracker.errors import StoreUnavailableError
from tracker.store.base import Change, Decision, IndexColumns, Store
from tracker.store.opening import open_store
from tracker.views import live
from tracker.views.index import Index
from tracker.views.live import Live


class SlowStore:
    """The real store, whose index comes when the test lets it, at a cost the test sets."""

    def __init__(self, store: Store, clock: list[float]) -> None:
        self._store, self._clock = store, clock
        self.may_load = threading.Event()
        self.loaded = 0
        self.cost = 0.0
        self.error: Exception | None = None
        self.may_load.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def load_index(self) -> IndexColumns:
        """See ``Store``."""
        assert self.may_load.wait(10)
        self._clock[0] += self.cost
        self.loaded += 1
        if self.error:
            raise self.error
        return self._store.load_index()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    made = open_store(f"sqlite:///{tmp_path / 'tracker.db'}")
    yield made
    made.close()


@pytest.fixture
def clock() -> list[float]:
    """Seconds, set by hand."""
    return [0.0]


@pytest.fixture
def slow(store: Store, clock: list[float]) -> SlowStore:
    """A store whose index can be held back."""
    return SlowStore(store, clock)


@pytest.fixture
def shared(slow: SlowStore, clock: list[float]) -> Iterator[Live]:
    """What the sessions share."""
    made = Live(slow, clock=lambda: clock[0])  # type: ignore[arg-type]
    yield made
    slow.may_load.set()
    made.close()


def add(store: SlowStore, number: int) -> None:
    """One more record."""
    store.save_page([Decision(make_record(key=f"arxiv:2401.0000{number}"), Change.NEW, make_labelling())], now=NOW, source="arxiv")


def test_index_is_made_once_per_data_version(slow: SlowStore, shared: Live) -> None:
    """All that ask for the same version get the same thing; a new version gets a new one at once where that is quick."""
    add(slow, 1)
    first = shared.current()
    assert shared.current() is first

    add(slow, 2)

    assert len(shared.current().index.columns.ids) == 2
    assert slow.loaded == 2


def test_old_data_serve_while_newer_are_made(slow: SlowStore, shared: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits; the page knows that it is behind, and has the newer data when they are ready."""
    monkeypatch.setattr(live, "PATIENCE", 0.001)
    add(slow, 1)
    first = shared.current()
    slow.may_load.clear()
    add(slow, 2)

    assert shared.current() is first
    assert shared.is_behind(first)

    slow.may_load.set()
    monkeypatch.setattr(live, "PATIENCE", 10)
    newer = shared.current()
    assert len(newer.index.columns.ids) == 2
    assert not shared.is_behind(newer)


def test_costly_index_is_not_made_for_every_page_of_a_refresh(slow: SlowStore, shared: Live, clock: list[float]) -> None:
    """After an index that took two seconds, the next one is not begun for eight."""
    slow.cost = 2.0
    add(slow, 1)
    first = shared.current()

    add(slow, 2)
    assert shared.current() is first
    clock[0] += 7.9
    assert shared.current() is first
    clock[0] += 0.2
    assert len(shared.current().index.columns.ids) == 2


def test_large_data_are_read_aside_and_nobody_waits(slow: SlowStore, clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first version is read here; each later one by the helper, and again here where that fails."""
    monkeypatch.setattr(live, "LARGE", 1)
    monkeypatch.setattr(live, "PATIENCE", 1e6)  # who waited would wait for ever
    may_read, answers = threading.Event(), [lambda: Index(slow._store.load_index()), lambda: None]

    def read() -> Index | None:
        assert may_read.wait(10)
        return answers.pop(0)()

    shared = Live(slow, read_aside=read, clock=lambda: clock[0])  # type: ignore[arg-type]
    add(slow, 1)
    first = shared.current()
    add(slow, 2)
    assert shared.current() is first
    may_read.set()
    await_newer(shared, first)
    assert (slow.loaded, answers) == (1, answers[-1:])
    add(slow, 3)

    await_newer(shared, shared.current())

    assert (len(shared.current().index.columns.ids), slow.loaded, answers) == (3, 2, [])
    shared.close()


def await_newer(shared: Live, shown: object) -> None:
    """Ask until something newer than *shown* is there."""
    deadline = time.monotonic() + 10
    while shared.current() is shown:
        assert time.monotonic() < deadline


def test_one_index_is_made_for_all_who_wait(slow: SlowStore, shared: Live) -> None:
    """Ten sessions at the first start read the database once."""
    add(slow, 1)
    slow.may_load.clear()
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(shared.current())) for _ in range(10)]
    for thread in threads:
        thread.start()
    slow.may_load.set()
    for thread in threads:
        thread.join()

    assert len({id(one) for one in found}) == 1
    assert slow.loaded == 1


def test_database_that_cannot_be_read_is_an_error_and_tried_again(slow: SlowStore, shared: Live) -> None:
    """Neither an empty page nor a failure for ever."""
    slow.error = StoreUnavailableError("The database is gone.")
    with pytest.raises(StoreUnavailableError):
        shared.current()
    slow.error = None
    add(slow, 1)

    assert len(shared.current().index.columns.ids) == 1
