"""A store filled step by step: each step saves what a refresh at that time would have saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fakes import NOW, make_labelling, make_record
from tracker.domain.record import Labelling, Record
from tracker.store import open_store
from tracker.store.base import Change, Decision, Store
from tracker.views.index import Index

DAY = timedelta(days=1)
BEFORE, SINCE, AFTER = NOW - 7 * DAY, NOW, NOW + DAY
ARXIV, OTHER, PUBMED = "arxiv:2401.00001", "arxiv:2402.00002", "pubmed:38000001"
TITLES = {  # unlike enough to stay works of their own
    ARXIV: "A language model that listens: emotional support by chatbot",
    OTHER: "Screening for depression in clinical notes with generative models",
    PUBMED: "Supervising trainee counsellors: a randomised trial of simulated clients",
}


def paper(key: str = ARXIV, **changes: Any) -> Record:
    """The record of that key; what is not named is harmless."""
    source = key.partition(":")[0]
    values = {"key": key, "source": source, "title": TITLES.get(key, f"A paper called {key}"), "authors": (f"Ada Example{key[-2:]}",)}
    return make_record(**(values | changes))


def labelled(*names: str, taxonomy: str = "2026.1", strength: int = 2, **changes: Any) -> Labelling:
    """A labelling with these labels (``facet:label``)."""
    labels: dict[str, dict[str, int]] = {}
    for name in names:
        facet, _, label = name.partition(":")
        labels.setdefault(facet, {})[label] = strength
    return make_labelling(labels=labels, taxonomy=taxonomy, evidence=(), **changes)


@cache
def _empty_database() -> bytes:
    """A database without records, made once: making one takes longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tracker.db"
        open_store(f"sqlite:///{path}").close()
        return path.read_bytes()


class History:
    """A store in a file of its own and the shortest words for what happens to it."""

    def __init__(self, folder: Path) -> None:
        path = folder / "tracker.db"
        path.write_bytes(_empty_database())
        self.store: Store = open_store(f"sqlite:///{path}")

    def add(self, record: Record, at: datetime, labelling: Labelling | None = None) -> Record:
        """A record seen for the first time at *at*."""
        self._save(record, Change.NEW, at, labelling)
        return record

    def change(self, record: Record, at: datetime, labelling: Labelling | None = None, **changes: Any) -> Record:
        """The record with *changes*, as its source gave it at *at*."""
        changed = replace(record, **changes)
        self._save(changed, Change.CHANGED, at, labelling)
        return changed

    def relabel(self, record: Record, at: datetime, labelling: Labelling) -> None:
        """Other labels, with the same text."""
        self.store.save_labellings([(record.key, labelling)], now=at)

    def index(self) -> Index:
        """The index of what is stored now."""
        return Index(self.store.load_index())

    def _save(self, record: Record, change: Change, at: datetime, labelling: Labelling | None) -> None:
        labels = labelling or labelled("application:intervention")
        self.store.save_page([Decision(record, change, labels)], now=at, source=record.source)
