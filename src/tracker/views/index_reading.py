"""Makes a large index in a helper process: more than a second for 100,000 records, which would hold up every session here."""

from __future__ import annotations

from contextlib import closing

from tracker.aside import Aside
from tracker.store.opening import open_store
from tracker.views.index import Index

LARGE = 30_000  # records: fewer are read here in less time than a helper takes to start
_MOST_SECONDS = 600.0  # ten millions would take two minutes


def read_aside(url: str) -> Index | None:
    """The index of the database at *url*, made and warmed by a helper that stands back behind the readers; ``None`` if it could not."""
    helper = Aside([__name__], seconds=_MOST_SECONDS, yields=True)
    helper.start()
    try:
        return helper.try_call(_read, url)
    finally:
        helper.close()


def _read(url: str) -> Index:
    with closing(open_store(url, migrate=False)) as store:
        index = Index(store.load_index())
    index.warm()
    return index
