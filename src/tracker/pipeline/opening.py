"""Opens the tracker's database ready for use: schema up to date, and the shipped data in it if it was empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from tracker.pipeline.snapshot import load_shipped
from tracker.settings import Settings
from tracker.store.base import Store
from tracker.store.opening import open_store


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def open_tracker(settings: Settings, *, now: Callable[[], datetime] = utc_now) -> Store:
    """The database of *settings*; the caller closes it.

    Raises ``StoreUnavailableError`` or ``SchemaVersionError`` when it cannot be used, ``ConfigurationError`` when the shipped
    data are damaged.
    """
    store = open_store(settings.database_url, now=now, search_seconds=settings.search_seconds or None)
    try:
        load_shipped(settings, store, now=now())
    except BaseException:
        store.close()
        raise
    return store
