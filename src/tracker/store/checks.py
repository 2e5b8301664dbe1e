"""Looks for what must never be: the invariants of the tables, each as one query and one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, exists, select

from tracker.errors import StoreUnavailableError
from tracker.store import works
from tracker.store.backend import Database
from tracker.store.reading import load_after
from tracker.store.rows import to_label_names
from tracker.store.schema import label, labelling, meta, record, record_label, record_text

_SHOWN = 3  # keys named in one sentence


def find_faults(database: Database) -> list[str]:
    """Every broken invariant in one sentence each; empty = whole. Writes nothing; the engine's own checks ask for the write lock."""
    faults: list[str] = []
    try:
        with database.writing("checking it") as connection:
            faults += database.backend.find_damage(connection)
        with database.reading("checking it") as connection:
            for find in (_find_orphans, _find_wrong_works, _find_wrong_labels):
                faults += find(connection)
    except StoreUnavailableError as error:  # so damaged that it cannot be read any further
        faults.append(str(error))
    return faults


def _find_orphans(connection: Connection) -> Iterator[str]:
    """Records without one of their halves, and a database without its version."""
    for table, what in ((record_text, "text"), (labelling, "labels")):
        lonely = select(record.c.key).where(~exists().where(table.c.record_id == record.c.id)).order_by(record.c.key)
        yield from _sentence(list(connection.execute(lonely).scalars()), f"no {what}")
    if connection.execute(select(meta.c.value).where(meta.c.name == "data_version")).scalar() is None:
        yield "The database has lost its data version."


def _find_wrong_works(connection: Connection) -> Iterator[str]:
    """Records in another work than their links make."""
    ids = list(connection.execute(select(record.c.id)).scalars())
    wrong = sorted(key for key, _ in works.find_misplaced(connection, ids).values())
    yield from _sentence(wrong, "a work that is not the one that their links make")


def _find_wrong_labels(connection: Connection) -> Iterator[str]:
    """Records whose labels in the index of labels are not those they carry."""
    indexed: dict[int, Counter[str]] = {}
    rows = connection.execute(select(record_label.c.record_id, label.c.name, record_label.c.strength).join_from(record_label, label))
    for record_id, name, strength in rows:
        indexed.setdefault(record_id, Counter())[name] = strength
    wrong = []
    last_id = 0
    while batch := load_after(connection, last_id, limit=1000, with_text=False):
        wrong += [one.record.key for one in batch if Counter(dict(to_label_names(one.labelling))) != indexed.get(one.id, Counter())]
        last_id = batch[-1].id
    yield from _sentence(wrong, "labels that the index of labels does not know")


def _sentence(keys: list[str], fault: str) -> Iterator[str]:
    if keys:
        shown = ", ".join(keys[:_SHOWN]) + (", …" if len(keys) > _SHOWN else "")
        yield f"{len(keys)} record{'s have' if len(keys) > 1 else ' has'} {fault}: {shown}."
