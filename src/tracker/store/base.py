"""The store's contract, documented once, here. Every engine behind it passes ``tests/store/test_contract.py``.

* One writer at a time, many readers; a reader sees the last commit and never a half-written page.
* Writing is idempotent: the same page twice changes nothing but ``last_confirmed_at``.
* Instants are aware UTC; ``now`` is always an argument.
* Every method may raise ``StoreUnavailableError``; nothing half-written remains.
* ``data_version`` grows with every commit that can change a screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tracker.domain.links import PersonLink
from tracker.domain.matching import Verdict
from tracker.domain.record import Labelling, Record, Rejected
from tracker.domain.search import SearchNode


class Change(StrEnum):
    """What a harvested record means for the store."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ENRICHED = "enriched"  # known from the shipped snapshot only, now confirmed by a harvest, with its text


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one record: the pipeline decides, the store obeys.

    ``labelling`` is ``None`` for unchanged records, whose labels stay. ``replaces`` is the key of the stored record that this
    one is another name of (a snapshot record known by its DOI, now seen with its PMID): it is renamed, not doubled.
    """

    record: Record
    change: Change
    labelling: Labelling | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What decide needs to know of a stored record."""

    key: str
    content_hash: str
    version: int | None
    taxonomy: str
    from_snapshot: bool  # never confirmed by a harvest of this database
    in_scope: bool = True  # what its present labels say


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestState:
    """What the store remembers of one source between runs. ``None`` = never.

    ``address`` is the service asked (so that a test server's watermark is never used against the real one);
    ``breaker_until`` is the instant before which ``schedule`` does not ask it again.
    """

    source: str
    address: str = ""
    state: str | None = None  # of the last run: a SourceState
    watermark: datetime | None = None
    last_success_at: datetime | None = None  # last run that ended complete or unchanged
    last_full_at: datetime | None = None
    last_run_at: datetime | None = None
    last_total: int | None = None
    cursor: Mapping[str, Any] | None = None
    breaker_until: datetime | None = None
    query_hash: str | None = None  # a changed query asks for a full harvest


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record with what the tracker knows about it. ``work`` is the key of its work; ``origin`` is ``harvest`` or ``snapshot``."""

    id: int
    record: Record
    labelling: Labelling
    work: str
    origin: str
    first_seen_at: datetime
    last_changed_at: datetime
    last_confirmed_at: datetime
    gone_at: datetime | None = None  # the service no longer lists it, since


@dataclass(frozen=True, slots=True)
class FormerText:
    """What a record said before it changed, as in ``Store.load_versions``; ``changed_at`` is the *last* change in the time asked for."""

    record_id: int
    changed_at: datetime
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FormerLabels:
    """How a record was labelled before it was labelled anew; ``changed_at`` is the *last* relabelling in the time asked for."""

    record_id: int
    changed_at: datetime
    taxonomy: str
    in_scope: bool
    labels: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class StoredLink:
    """Why two records (by key, the smaller first) are, may be, or are not one paper.

    ``method`` is ``person`` where somebody said so, else what speaks for it: ``arxiv_id``, ``pubmed_update``, ``doi``, ``successor``,
    ``title_authors``, ``title``. ``score`` runs from 0 to 1; ``note`` is the person's reason.
    """

    first: str
    second: str
    verdict: Verdict
    method: str
    score: float
    linked_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One refresh, recorded for every process to see. ``state``: running, done, failed, cancelled, lost.

    ``progress`` is plain JSON per source (``{"arxiv": {"received": 500, "expected": 1271, "message": "…"}}``); ``report`` the
    run report once it ended; a running job whose ``heartbeat_at`` is too old is lost.
    """

    id: int
    state: str
    trigger: str  # app, cli, schedule
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None = None
    pid: int | None = None
    host: str | None = None
    cancel_requested: bool = False
    exit_code: int | None = None
    message: str | None = None
    progress: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class IndexColumns:
    """What filters and counts read, one row a record, ordered by ``id`` ascending; built once per data version.

    ``published_first``/``published_last`` are days since 1970-01-01 the partial date can mean (int32; ``NO_DAY`` where no date
    is known); ``precision`` 0 none, 1 year, 2 month, 3 day; ``source`` and ``status`` index ``sources`` and ``statuses``;
    ``work`` numbers works from 0 in the order of ``work_keys``. ``labels`` maps ``facet:label`` to the *positions* (not ids)
    of the records that carry it, ascending int32; ``studied`` likewise, for strength 2 only. ``first_seen`` and ``changed``
    are seconds since 1970 (int64).
    """

    data_version: int
    ids: NDArray[np.int64]
    keys: NDArray[np.str_]
    published_first: NDArray[np.int32]
    published_last: NDArray[np.int32]
    precision: NDArray[np.int8]
    source: NDArray[np.int8]
    sources: tuple[str, ...]
    status: NDArray[np.int8]
    statuses: tuple[str, ...]
    is_preprint: NDArray[np.bool_]
    in_scope: NDArray[np.bool_]
    from_snapshot: NDArray[np.bool_]
    work: NDArray[np.int32]
    work_keys: NDArray[np.str_]
    first_seen: NDArray[np.int64]
    changed: NDArray[np.int64]
    labels: Mapping[str, NDArray[np.int32]]
    studied: Mapping[str, NDArray[np.int32]]


NO_DAY = np.int32(-(2**31))


class Store(Protocol):
    """See the module's text. Opened by :func:`tracker.store.open_store`, which also brings the schema up to date."""

    url: str  # without password, safe to show

    # -- life -----------------------------------------------------------------------------------------------------------
    def close(self) -> None:
        """Give back connections and file handles."""
        ...

    def check(self) -> list[str]:
        """Every broken invariant in one sentence each; empty = whole (integrity, orphans, counts, search index in step)."""
        ...

    def copy_from(self, source: Store, *, progress: Callable[[int, int], None]) -> int:
        """Fill this unused store with everything *source* holds (history, runs, watermarks and links too), in one transaction.

        Returns how many records that are; *progress* hears how many rows of how many are copied. Raises ``ConfigurationError``
        if this store is in use.
        """
        ...

    def data_version(self) -> int:
        """Grows with every commit that can change a screen; costs under a millisecond."""
        ...

    # -- records --------------------------------------------------------------------------------------------------------
    def find_known(self, keys: Sequence[str]) -> dict[str, KnownRecord]:
        """What is stored under *keys*; absent keys are absent."""
        ...

    def find_by_doi(self, source: str, dois: Sequence[str]) -> dict[str, str]:
        """DOI → key of *source*'s snapshot record known only by that DOI (key ``doi:…``)."""
        ...

    def known_keys(self, source: str, *, confirmed_since: datetime | None = None) -> set[str]:
        """Keys of *source* that a harvest of this database brought or confirmed; with *confirmed_since*, at or after that instant."""
        ...

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
        """Write one harvested page in one transaction: records, labels, search index, works touched, rejects, resume cursor.

        The watermark is not touched. New records get ``first_seen_at = now``; changed ones ``last_changed_at = now`` and keep
        what they said before in the history; enriched ones are written in full and keep both instants, without history of text
        or labels (the snapshot only held less of the same), unless their status differs, which makes them changed ones; all
        get ``last_confirmed_at = now`` and ``origin = harvest``.
        """
        ...

    def save_labellings(self, labellings: Sequence[tuple[str, Labelling]], *, now: datetime) -> int:
        """Replace the labels of the records with these keys, in one transaction; returns how many records' labels differ.

        What was replaced is kept in the label history with its taxonomy version. Records are otherwise untouched.
        """
        ...

    def load_snapshot(self, records: Iterable[StoredRecord], *, now: datetime, about: Mapping[str, Any]) -> int:
        """Add snapshot records that are not stored yet, in one transaction; returns how many were added."""
        ...

    def remove_records(self, keys: Sequence[str], *, now: datetime) -> int:
        """Remove records with their history, in one transaction, and regroup those they leave; returns how many were there."""
        ...

    def regroup_works(self, *, now: datetime) -> int:
        """Compare and group all records anew, in one transaction; returns how many are in another work than before."""
        ...

    def save_person_links(self, links: Sequence[PersonLink], *, now: datetime) -> int:
        """Replace all verdicts of people on pairs of records and regroup what they concern; returns how many pairs differ.

        A verdict wins over everything else, also on records that are stored later.
        """
        ...

    def load_links(self, work: str) -> list[StoredLink]:
        """The links of the records of one work, among themselves and (only ``possible``, or passed over) to others; strongest first."""
        ...

    def load_record(self, key: str) -> StoredRecord | None:
        """Everything about one record; ``None`` if there is none."""
        ...

    def load_records(self, ids: Sequence[int], *, with_text: bool = True) -> list[StoredRecord]:
        """Those records, in the order of *ids*; unknown ids are left out. ``with_text=False`` leaves ``abstract`` and evidence out."""
        ...

    def load_work(self, work: str) -> list[StoredRecord]:
        """The records of one work, best first (journal over preprint, then newest)."""
        ...

    def stream_records(
        self, ids: Sequence[int] | None = None, *, batch: int = 1000, with_text: bool = True
    ) -> Iterator[list[StoredRecord]]:
        """All records (by id) or those of *ids* (in their order), in batches: constant memory whatever the size."""
        ...

    def load_index(self) -> IndexColumns:
        """The columns that filters and counts read."""
        ...

    def search(self, query: SearchNode) -> NDArray[np.int64]:
        """Ids of the records whose title, abstract, authors, venue or keywords match, ascending.

        Raises ``SearchTooLongError`` where the store was opened with a limit and the search reached it.
        """
        ...

    def count_records(self) -> int:
        """All stored records, out-of-scope ones included."""
        ...

    def count_works(self) -> int:
        """All works with at least one in-scope record… of records in scope, each work once."""
        ...

    # -- harvest state, rejects, history ---------------------------------------------------------------------------------
    def load_harvest_states(self) -> dict[str, HarvestState]:
        """Per source that was ever asked."""
        ...

    def save_harvest_state(self, state: HarvestState) -> None:
        """Replace what is remembered of one source. Called last: the watermark moves after the data."""
        ...

    def load_rejected(self, *, limit: int = 200) -> list[tuple[datetime, Rejected]]:
        """The newest rejects, newest first."""
        ...

    def count_rejected(self) -> int:
        """How many entries ever came that could not become a record; an entry that comes again counts once."""
        ...

    def load_label_history(self, key: str) -> list[tuple[datetime, str, dict[str, dict[str, int]]]]:
        """Earlier labels of a record: when they were replaced, under which taxonomy, what they were; newest first."""
        ...

    def load_versions(self, key: str) -> list[tuple[datetime, Mapping[str, Any]]]:
        """What a record said before each change (title, abstract, authors, version, status), newest first.

        What the shipped snapshot leaves out (abstract, journal reference) is absent from what a record of it said.
        """
        ...

    def stream_former_texts(self, since: datetime, *, ids: Sequence[int] | None = None, batch: int = 500) -> Iterator[list[FormerText]]:
        """What each record that changed at or after *since* said until then, by record id, in batches; *ids* asks for those only.

        Of a record that changed several times: what the first of these changes replaced.
        """
        ...

    def stream_former_labels(self, since: datetime, *, ids: Sequence[int] | None = None, batch: int = 500) -> Iterator[list[FormerLabels]]:
        """Likewise the labels of records labelled anew at or after *since*.

        Relabellings at the instant of a change of the record's text are left out: the new text explains them.
        """
        ...

    def load_about(self) -> dict[str, Any]:
        """Facts about the data as a whole: the snapshot loaded (``snapshot`` → its about file), plain JSON; empty if none."""
        ...

    # -- jobs -----------------------------------------------------------------------------------------------------------
    def refresh_lock(self) -> AbstractContextManager[bool]:
        """Try to take the one refresh lock of this database, without waiting; the value says whether it was taken.

        Held by the process, freed by its death. Works across processes (SQLite: a lock file; PostgreSQL: an advisory lock).
        """
        ...

    def is_refreshing(self) -> bool:
        """Whether some process holds the refresh lock now."""
        ...

    def start_job(self, *, trigger: str, now: datetime, pid: int, host: str) -> Job:
        """Record a refresh that begins. The caller holds the lock; running jobs left by dead processes become ``lost``."""
        ...

    def beat_job(self, job_id: int, *, now: datetime, progress: Mapping[str, Any], message: str | None = None) -> bool:
        """Say that the job lives and how far it is; returns whether somebody asked to cancel it."""
        ...

    def finish_job(
        self, job_id: int, *, now: datetime, state: str, exit_code: int, report: Mapping[str, Any] | None, message: str | None = None
    ) -> None:
        """Record how the job ended."""
        ...

    def cancel_job(self, job_id: int) -> None:
        """Ask a running job to stop at the next page."""
        ...

    def latest_job(self) -> Job | None:
        """The newest job; ``None`` if there never was one."""
        ...

    def load_jobs(self, *, limit: int = 100) -> list[Job]:
        """The newest jobs, newest first."""
        ...
