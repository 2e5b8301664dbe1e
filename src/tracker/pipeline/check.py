"""Looks at everything a tracker works by and names every fault at once: settings, files, database."""

from __future__ import annotations

from contextlib import closing

from tracker.pipeline.configuration import gather, read_configuration
from tracker.pipeline.snapshot_file import read_snapshot
from tracker.settings import Settings, read_places, read_settings
from tracker.store.opening import open_store


def find_faults() -> list[str]:
    """One sentence per fault, each with its place; empty if all is well.

    The database is opened and, as with every command, brought up to date; nothing else is written.
    """
    faults: list[str] = []
    settings = gather(faults, read_settings) or gather(faults, read_places)
    if settings:
        gather(faults, lambda: read_configuration(settings))
        gather(faults, lambda: _look_at_shipped(settings))
        gather(faults, lambda: _look_at_database(settings, faults))
    return list(dict.fromkeys(faults))


def _look_at_shipped(settings: Settings) -> None:
    if settings.snapshot_path.exists():
        read_snapshot(settings.snapshot_path)


def _look_at_database(settings: Settings, faults: list[str]) -> None:
    with closing(open_store(settings.database_url)) as store:
        faults += [f"database {store.url}: {fault}" for fault in store.check()]
