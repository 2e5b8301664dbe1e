"""The store's contract in SQLAlchemy Core, for every engine: each method is one transaction over the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, distinct, func, insert, select

from tracker.domain.links import PersonLink
from tracker.domain.record import Labelling, Rejected
from tracker.domain.search import SearchNode
from tracker.store import checks, copying, history, index, jobs, pages, reading, works, writing
from tracker.store.backend import Database
from tracker.store.base import (
    Decision,
    FormerLabels,
    FormerText,
    HarvestState,
    IndexColumns,
    Job,
    KnownRecord,
    Store,
    StoredLink,
    StoredRecord,
)
from tracker.store.many import among
from tracker.store.schema import harvest_state, label_version, meta, record, record_version, rejected

_FEW = 100  # records that are read in one turn: a page shows 50, a download takes many turns
Former = TypeVar("Former", FormerText, FormerLabels)


class SqlStore:
    """Implements :class:`tracker.store.base.Store`, where each method is documented."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._backend = database.backend
        self._reading, self._writing = database.reading, database.writing
        self.url = database.backend.url

    # -- life -----------------------------------------------------------------------------------------------------------
    def close(self) -> None:
        """See ``Store``."""
        self._backend.engine.dispose()

    def check(self) -> list[str]:
        """See ``Store``."""
        return checks.find_faults(self._database)

    def copy_from(self, source: Store, *, progress: Callable[[int, int], None]) -> int:
        """See ``Store``."""
        if not isinstance(source, SqlStore):
            raise TypeError(f"{source!r} holds no tables")
        return copying.copy_everything(source._database, self._database, progress=progress)

    def data_version(self) -> int:
        """See ``Store``."""
        with self._reading("reading its version", is_brief=True) as connection:
            return index.load_data_version(connection)

    # -- records --------------------------------------------------------------------------------------------------------
    def find_known(self, keys: Sequence[str]) -> dict[str, KnownRecord]:
        """See ``Store``."""
        with self._reading("looking up records") as connection:
            return reading.find_known(connection, keys)

    def find_by_doi(self, source: str, dois: Sequence[str]) -> dict[str, str]:
        """See ``Store``."""
        wanted = [f"doi:{doi}" for doi in dois]
        with self._reading("looking up DOIs") as connection:
            known = select(record.c.key).where(among(connection, record.c.key, wanted), record.c.source == source)
            found = {key.removeprefix("doi:"): key for key in connection.execute(known).scalars()}
        return {doi: found[doi] for doi in dois if doi in found}

    def known_keys(self, source: str, *, confirmed_since: datetime | None = None) -> set[str]:
        """See ``Store``."""
        wanted = select(record.c.key).where(record.c.source == source, record.c.origin == "harvest")
        if confirmed_since is not None:
            wanted = wanted.where(record.c.last_confirmed_at >= confirmed_since)
        with self._reading("listing records") as connection:
            return set(connection.execute(wanted).scalars())

    def save_page(
        self,
        decisions: Sequence[Decision],
        *,
        now: datetime,
        source: str,
        rejected: Sequence[Rejected] = (),
        gone: Sequence[str] = (),
        cursor: Mapping[str, Any] | None = None,
    ) -> None:
        """See ``Store``."""
        with self._writing("saving a page of records") as connection:
            is_visible = pages.save_page(connection, decisions, now=now)
            is_visible |= pages.mark_gone(connection, gone, now=now)
            pages.save_rejected(connection, rejected, now=now)
            if cursor is not None:
                pages.save_cursor(connection, source, cursor)
            if is_visible:
                writing.raise_data_version(connection)

    def save_labellings(self, labellings: Sequence[tuple[str, Labelling]], *, now: datetime) -> int:
        """See ``Store``."""
        with self._writing("saving labels") as connection:
            stored = reading.load_by_keys(connection, [key for key, _ in labellings])
            changes = [(stored[key], labels) for key, labels in labellings if key in stored]
            differing = writing.replace_labels(connection, changes, now=now)
            if any(old.labelling != new for old, new in changes):
                writing.raise_data_version(connection)
        return differing

    def load_snapshot(self, records: Iterable[StoredRecord], *, now: datetime, about: Mapping[str, Any]) -> int:
        """See ``Store``."""
        with self._writing("loading the snapshot") as connection:
            added: list[int] = []
            for batch in reading.chunks(records, 1000):
                added += pages.add_snapshot(connection, batch)
            works.regroup(connection, added, now=now)
            self._save_about(connection, {"snapshot": dict(about)})
            writing.raise_data_version(connection)
        return len(added)

    def remove_records(self, keys: Sequence[str], *, now: datetime) -> int:
        """See ``Store``."""
        with self._writing("removing records") as connection:
            ids = list(reading.find_ids(connection, keys).values())
            works.remove(connection, ids, now=now)
            if ids:
                writing.raise_data_version(connection)
        return len(ids)

    def regroup_works(self, *, now: datetime) -> int:
        """See ``Store``."""
        with self._writing("grouping works") as connection:
            ids = list(connection.execute(select(record.c.id).order_by(record.c.id)).scalars())
            moved = works.regroup(connection, ids, now=now)
            if moved:
                writing.raise_data_version(connection)
        return moved

    def save_person_links(self, links: Sequence[PersonLink], *, now: datetime) -> int:
        """See ``Store``."""
        with self._writing("saving links between records") as connection:
            differing = works.save_person_links(connection, links, now=now)
            if differing:
                writing.raise_data_version(connection)
        return differing

    def load_links(self, work: str) -> list[StoredLink]:
        """See ``Store``."""
        with self._reading("reading the links of a work", is_brief=True) as connection:
            return works.load_links(connection, work)

    def load_record(self, key: str) -> StoredRecord | None:
        """See ``Store``."""
        with self._reading("reading a record", is_brief=True) as connection:
            return reading.load_by_keys(connection, [key]).get(key)

    def load_records(self, ids: Sequence[int], *, with_text: bool = True) -> list[StoredRecord]:
        """See ``Store``."""
        if len(ids) <= _FEW:
            with self._reading("reading records", is_brief=True) as connection:
                return reading.load_by_ids(connection, ids, with_text=with_text)
        found: list[StoredRecord] = []
        with self._reading("reading records") as connection:
            for some in reading.chunks(ids, _FEW):
                with self._backend.turn():
                    found += reading.load_by_ids(connection, some, with_text=with_text)
        return found

    def load_work(self, work: str) -> list[StoredRecord]:
        """See ``Store``."""
        with self._reading("reading a work", is_brief=True) as connection:
            return reading.load_work(connection, work)

    def stream_records(
        self, ids: Sequence[int] | None = None, *, batch: int = 1000, with_text: bool = True
    ) -> Iterator[list[StoredRecord]]:
        """See ``Store``. Each batch is a view of its own: a long download keeps no writer from tidying its log."""
        if ids is not None:
            for chunk in reading.chunks(ids, batch):
                yield self.load_records(chunk, with_text=with_text)
            return
        last_id = 0
        while True:
            with self._reading("reading records") as connection:
                found = reading.load_after(connection, last_id, limit=batch, with_text=with_text)
            if not found:
                return
            yield found
            last_id = found[-1].id

    def load_index(self) -> IndexColumns:
        """See ``Store``."""
        with self._reading("reading the index") as connection:
            return index.load_index(connection)

    def search(self, query: SearchNode) -> NDArray[np.int64]:
        """See ``Store``."""
        with self._reading("searching") as connection:
            return self._backend.find_matches(connection, query)

    def count_records(self) -> int:
        """See ``Store``."""
        with self._reading("counting records") as connection:
            return connection.execute(select(func.count()).select_from(record)).scalar_one()

    def count_works(self) -> int:
        """See ``Store``."""
        with self._reading("counting works") as connection:
            return connection.execute(select(func.count(distinct(record.c.work))).where(record.c.in_scope)).scalar_one()

    # -- harvest state, rejects, history ---------------------------------------------------------------------------------
    def load_harvest_states(self) -> dict[str, HarvestState]:
        """See ``Store``."""
        with self._reading("reading the state of the sources", is_brief=True) as connection:
            return {row.source: HarvestState(**row._mapping) for row in connection.execute(select(harvest_state))}

    def save_harvest_state(self, state: HarvestState) -> None:
        """See ``Store``."""
        values = {column.name: getattr(state, column.name) for column in harvest_state.c}
        with self._writing("saving the state of a source") as connection:
            connection.execute(delete(harvest_state).where(harvest_state.c.source == state.source))
            connection.execute(insert(harvest_state).values(**values))

    def load_rejected(self, *, limit: int = 200) -> list[tuple[datetime, Rejected]]:
        """See ``Store``."""
        newest = select(rejected).order_by(rejected.c.rejected_at.desc(), rejected.c.source, rejected.c.entry).limit(limit)
        with self._reading("reading rejected entries") as connection:
            return [(row.rejected_at, Rejected(row.source, row.entry, row.reason)) for row in connection.execute(newest)]

    def count_rejected(self) -> int:
        """See ``Store``."""
        with self._reading("counting rejected entries") as connection:
            return int(connection.execute(select(func.count()).select_from(rejected)).scalar_one())

    def load_label_history(self, key: str) -> list[tuple[datetime, str, dict[str, dict[str, int]]]]:
        """See ``Store``."""
        columns = select(label_version.c.replaced_at, label_version.c.taxonomy, label_version.c.labels).join_from(label_version, record)
        with self._reading("reading earlier labels", is_brief=True) as connection:
            found = connection.execute(columns.where(record.c.key == key).order_by(label_version.c.id.desc()))
            return [(replaced_at, taxonomy, labels) for replaced_at, taxonomy, labels in found]

    def load_versions(self, key: str) -> list[tuple[datetime, Mapping[str, Any]]]:
        """See ``Store``."""
        columns = select(record_version.c.replaced_at, record_version.c.said).join_from(record_version, record)
        with self._reading("reading earlier versions", is_brief=True) as connection:
            found = connection.execute(columns.where(record.c.key == key).order_by(record_version.c.id.desc()))
            return [(replaced_at, said) for replaced_at, said in found]

    def stream_former_texts(self, since: datetime, *, ids: Sequence[int] | None = None, batch: int = 500) -> Iterator[list[FormerText]]:
        """See ``Store``."""
        yield from self._stream_former(history.load_former_texts, since, ids, batch)

    def stream_former_labels(self, since: datetime, *, ids: Sequence[int] | None = None, batch: int = 500) -> Iterator[list[FormerLabels]]:
        """See ``Store``."""
        yield from self._stream_former(history.load_former_labels, since, ids, batch)

    def _stream_former(
        self, load: Callable[..., list[Former]], since: datetime, ids: Sequence[int] | None, batch: int
    ) -> Iterator[list[Former]]:
        """Each batch is a view of its own, as in ``stream_records``."""
        for chunk in [None] if ids is None else reading.chunks(sorted({int(one) for one in ids}), batch):
            last_id = 0
            while True:
                with self._reading("reading the history") as connection:
                    found = load(connection, since, after=last_id, ids=chunk, limit=batch)
                if found:
                    yield found
                if len(found) < batch:
                    break
                last_id = found[-1].record_id

    def load_about(self) -> dict[str, Any]:
        """See ``Store``."""
        with self._reading("reading about the data", is_brief=True) as connection:
            return connection.execute(select(meta.c.value).where(meta.c.name == "about")).scalar() or {}

    @staticmethod
    def _save_about(connection: Connection, about: Mapping[str, Any]) -> None:
        connection.execute(delete(meta).where(meta.c.name == "about"))
        connection.execute(insert(meta).values(name="about", value=dict(about)))

    # -- jobs -----------------------------------------------------------------------------------------------------------
    def refresh_lock(self) -> AbstractContextManager[bool]:
        """See ``Store``."""
        return self._backend.refresh_lock()

    def is_refreshing(self) -> bool:
        """See ``Store``."""
        return self._backend.is_refreshing()

    def start_job(self, *, trigger: str, now: datetime, pid: int, host: str) -> Job:
        """See ``Store``."""
        with self._writing("recording a refresh") as connection:
            return jobs.start(connection, trigger=trigger, now=now, pid=pid, host=host)

    def beat_job(self, job_id: int, *, now: datetime, progress: Mapping[str, Any], message: str | None = None) -> bool:
        """See ``Store``."""
        with self._writing("recording the progress of a refresh") as connection:
            return jobs.beat(connection, job_id, now=now, progress=progress, message=message)

    def finish_job(
        self, job_id: int, *, now: datetime, state: str, exit_code: int, report: Mapping[str, Any] | None, message: str | None = None
    ) -> None:
        """See ``Store``."""
        outcome = {"exit_code": exit_code, "report": None if report is None else dict(report), "message": message}
        with self._writing("recording the end of a refresh") as connection:
            jobs.finish(connection, job_id, now=now, state=state, **outcome)

    def cancel_job(self, job_id: int) -> None:
        """See ``Store``."""
        with self._writing("cancelling a refresh") as connection:
            jobs.cancel(connection, job_id)

    def latest_job(self) -> Job | None:
        """See ``Store``."""
        return next(iter(self.load_jobs(limit=1)), None)

    def load_jobs(self, *, limit: int = 100) -> list[Job]:
        """See ``Store``."""
        with self._reading("reading past refreshes", is_brief=True) as connection:
            return jobs.load(connection, limit=limit)
