"""Reads the columns of a large index in a helper process: a second for 100,000 records, which would hold up every session here."""

from __future__ import annotations

from contextlib import closing

from tracker.aside import Aside
from tracker.store.base import IndexColumns
from tracker.store.opening import open_store

LARGE = 30_000  # records: fewer are read here in less time than a helper takes to start
_MOST_SECONDS = 600.0  # ten millions would take two minutes


def read_aside(url: str) -> IndexColumns | None:
    """The columns of the database at *url*, read by a helper that stands back behind the readers; ``None`` if it could not."""
    helper = Aside([__name__], seconds=_MOST_SECONDS, yields=True)
    helper.start()
    try:
        return helper.try_call(_read, url)
    finally:
        helper.close()


def _read(url: str) -> IndexColumns:
    with closing(open_store(url, migrate=False)) as store:
        return store.load_index()
