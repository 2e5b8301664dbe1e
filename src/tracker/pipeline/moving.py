"""Moves a whole tracker from one database into another: from SQLite to PostgreSQL when a team outgrows one machine, and back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tracker.errors import RefreshRunningError
from tracker.store.base import Store
from tracker.store.opening import open_store

_SQLITE_HEADER = b"SQLite format 3\x00"  # the first bytes of every SQLite file: sqlite.org/fileformat.html, section 1.3


def find_database_url(place: str) -> str | None:
    """The URL of the database that *place* is, a URL or a SQLite file; ``None`` if it is anything else, or nothing."""
    if "://" in place:
        return place
    try:
        with Path(place).open("rb") as file:
            is_database = file.read(len(_SQLITE_HEADER)) == _SQLITE_HEADER
    except OSError:
        return None
    return f"sqlite:///{Path(place).absolute()}" if is_database else None


def move_tracker(store: Store, source_url: str, *, progress: Callable[[int, int], None]) -> int:
    """Copy everything in the database at *source_url* into the unused *store*; returns how many records came.

    The source is read as it stands and left as it is. *progress* hears how many rows of how many are copied. Raises
    ``ConfigurationError`` if *store* is in use, ``StoreError`` where a database refuses, ``RefreshRunningError`` while a refresh
    writes to one of the two.
    """
    with closing(open_store(source_url, migrate=False)) as source, store.refresh_lock() as is_ours:
        for one, is_busy in ((source, source.is_refreshing()), (store, not is_ours)):
            if is_busy:
                raise RefreshRunningError(f"A refresh is running in {one.url!r}; wait for it to end, then copy.")
        return store.copy_from(source, progress=progress)
