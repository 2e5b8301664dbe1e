"""One pass over all sources, side by side: harvest, decide, classify, write, report.

The refresh holds the database's one refresh lock and is recorded as a job that every process can see. It decides nothing
itself: what to ask for is :mod:`tracker.pipeline.plan`'s business, what came is :mod:`tracker.pipeline.decide`'s.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from tracker.domain.dates import format_instant
from tracker.errors import ConfigurationError, RefreshRunningError, StoreError, TrackerError
from tracker.pipeline.configuration import Configuration, read_configuration
from tracker.pipeline.harvest import Harvest
from tracker.pipeline.labeller import Labeller
from tracker.pipeline.late_corrections import LateCorrections
from tracker.pipeline.opening import utc_now
from tracker.pipeline.plan import CLOCK_SLACK, Task, plan_harvest
from tracker.pipeline.report import RefreshReport, SourceReport, progress_json
from tracker.pipeline.services import address_of, open_source_for
from tracker.pipeline.synthetic import refuse_synthetic
from tracker.settings import KNOWN_SOURCES, Settings
from tracker.sources.base import Source
from tracker.store.base import HarvestState, Store
from tracker.threads import build_thread

APP, SCHEDULE = "app", "schedule"
TRIGGERS = ("cli", APP, SCHEDULE)
# Two a second is what other processes can use; each is one short write.
BEAT_SECONDS = 0.5
# A thread may sit in a request for minutes; who stops a refresh by hand does not want to wait for that, and need not: every
# page is one transaction.
STOP_SECONDS = 3.0
STOPPED_EXIT_CODE = 130

Progress = Callable[[Mapping[str, SourceReport]], None]
OpenSource = Callable[[str], Source]


def run_refresh(
    settings: Settings,
    store: Store,
    *,
    sources: Sequence[str] | None = None,
    full: bool = False,
    trigger: str = "cli",
    configuration: Configuration | None = None,
    open_source: OpenSource | None = None,
    now: Callable[[], datetime] = utc_now,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> RefreshReport:
    """Refresh from *sources* (all of the settings by default) and report.

    ``trigger`` is ``cli``, ``app`` or ``schedule``; only the last waits out a source that refused lately. *progress* is called
    at most twice a second and once at the end, always in the calling thread. Setting *cancelled* stops it at the next page.

    Raises ``ConfigurationError`` before anything is asked or written, ``RefreshRunningError`` when another refresh holds the
    lock, ``StoreError`` when the database refuses. Trouble with a source is no error here: it is the report's content.
    """
    configuration = configuration or read_configuration(settings)
    names = _chosen(settings, sources)
    refuse_synthetic(store)
    with store.refresh_lock() as is_ours:
        if not is_ours:
            raise RefreshRunningError(_running_in_words(store))
        refresh = _Refresh(settings, store, configuration, trigger=trigger, now=now, cancelled=cancelled or threading.Event())
        refresh.plan(names, full=full, open_source=open_source or partial(open_source_for, settings, configuration.queries))
        try:
            if open_source is None:  # who brings sources of their own brings few records
                refresh.start_helper()
            return refresh.run(progress or _no_progress)
        finally:
            refresh.end_helper()


class _Refresh:
    """A refresh under way; the caller holds the lock."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        configuration: Configuration,
        *,
        trigger: str,
        now: Callable[[], datetime],
        cancelled: threading.Event,
    ) -> None:
        self._settings, self._store, self._configuration = settings, store, configuration
        self._trigger, self._now, self._cancelled = trigger, now, cancelled
        self._report = RefreshReport(started_at=now(), taxonomy=configuration.taxonomy.version, trigger=trigger)
        self._labeller = Labeller(configuration.taxonomy, configuration.corrections)
        self._write_lock = threading.Lock()
        self._harvests: list[Harvest] = []
        self._store_errors: list[StoreError] = []
        self._expects_many = False

    def plan(self, names: Sequence[str], *, full: bool, open_source: OpenSource) -> None:
        """Prepare one harvest per source in *names*; the other sources of the settings stand in the report as skipped."""
        states = self._store.load_harvest_states()
        late = LateCorrections(self._settings, self._configuration.taxonomy, self._configuration.corrections)
        harvest = partial(Harvest, store=self._store, classify=self._labeller.label, late=late, write_lock=self._write_lock, now=self._now)
        for name in dict.fromkeys([*self._settings.sources, *names]):
            report = self._report.sources[name] = SourceReport(source=name)
            state = states.get(name, HarvestState(source=name))
            report.watermark = state.watermark
            if name in names and not self._must_rest(state, report):
                self._expects_many |= state.watermark is None
                self._harvests.append(harvest(open_source(name), self._task(state, full=full), report=report))

    def start_helper(self) -> None:
        """Label in a helper process, if a source is harvested for the first time: only then there is much to label."""
        if self._expects_many:
            self._labeller.start()

    def end_helper(self) -> None:
        """End it, if it was started."""
        self._labeller.close()

    def _must_rest(self, state: HarvestState, report: SourceReport) -> bool:
        now = self._now()
        if self._trigger != SCHEDULE or state.breaker_until is None or state.breaker_until <= now:
            return False
        if state.last_run_at and state.last_run_at - now > CLOCK_SLACK:
            return False  # the clock was wrong when the service refused, and the rest would last as long as it was ahead
        report.error = f"{state.source} refused lately and is not asked again before {format_instant(state.breaker_until)}"
        return True

    def _task(self, state: HarvestState, *, full: bool) -> Task:
        return plan_harvest(
            state,
            query=self._configuration.queries.query_for(state.source),
            address=address_of(state.source, self._settings),
            now=self._now(),
            full=full,
            known=_Known(self._store, state.source),
            is_cancelled=self._cancelled.is_set,
        )

    def run(self, progress: Progress) -> RefreshReport:
        """Do it, recorded as a job from beginning to end."""
        started = time.monotonic()
        job = self._store.start_job(trigger=self._trigger, now=self._now(), pid=os.getpid(), host=socket.gethostname())
        threads = [build_thread(partial(self._harvest, one)) for one in self._harvests]
        try:
            self._store.save_person_links(self._configuration.links, now=self._now())
            for thread in threads:
                thread.start()
            self._watch(threads, job.id, progress)
            self._finish(job.id, time.monotonic() - started)
        except BaseException as error:
            self._stop(threads, job.id, error)
            raise
        return self._report

    def _harvest(self, harvest: Harvest) -> None:
        try:
            harvest.run()
        except StoreError as error:
            self._store_errors.append(error)
            self._cancelled.set()  # a store that refuses one source refuses the others too

    def _watch(self, threads: Sequence[threading.Thread], job_id: int, progress: Progress) -> None:
        """Until all threads have ended: tell the store and the terminal how far they are, hear whether to stop."""
        while running := [thread for thread in threads if thread.is_alive()]:
            running[0].join(BEAT_SECONDS)
            self._beat(job_id)
            progress(self._report.sources)
        if self._store_errors:
            raise self._store_errors[0]

    def _beat(self, job_id: int) -> None:
        if not self._write_lock.acquire(blocking=False):
            return  # a page is being written: that is sign of life enough, and the database takes one writer at a time
        try:
            if self._store.beat_job(job_id, now=self._now(), progress=progress_json(self._report.sources)):
                self._report.cancelled = True
                self._cancelled.set()
        finally:
            self._write_lock.release()

    def _finish(self, job_id: int, seconds: float) -> None:
        report = self._report
        report.seconds, report.records, report.works = seconds, self._store.count_records(), self._store.count_works()
        report.cancelled = report.cancelled or self._cancelled.is_set()
        self._store.finish_job(
            job_id,
            now=self._now(),
            state="cancelled" if report.cancelled else "failed" if report.exit_code else "done",
            exit_code=report.exit_code,
            report=report.to_json(),
            message=report.trouble_in_words(),
        )

    def _stop(self, threads: Sequence[threading.Thread], job_id: int, error: BaseException) -> None:
        """Bring the threads to an end before the lock is freed, and record why."""
        self._cancelled.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            if thread.is_alive():  # not where the trouble came before they were started
                thread.join(max(0.0, deadline - time.monotonic()))
        by_hand = isinstance(error, KeyboardInterrupt)
        with suppress(StoreError):  # what broke the refresh may keep its end from being written too; heartbeats tell then
            self._store.finish_job(
                job_id,
                now=self._now(),
                state="cancelled" if by_hand else "failed",
                exit_code=error.exit_code if isinstance(error, TrackerError) else STOPPED_EXIT_CODE if by_hand else 1,
                report=None,
                message="stopped from the keyboard or by the system"
                if by_hand
                else str(error)
                if isinstance(error, TrackerError)
                else type(error).__name__,
            )


class _Known:
    """What the store holds of one source, asked when a source wants to know."""

    def __init__(self, store: Store, source: str) -> None:
        self._store, self._source = store, source

    def count(self) -> int:
        return len(self.keys())

    def keys(self) -> set[str]:
        return self._store.known_keys(self._source)

    def confirmed_since(self, moment: datetime) -> set[str]:
        return self._store.known_keys(self._source, confirmed_since=moment)


def _chosen(settings: Settings, sources: Sequence[str] | None) -> tuple[str, ...]:
    unknown = [name for name in sources or () if name not in KNOWN_SOURCES]
    if unknown:
        raise ConfigurationError(f"There is no source {', '.join(map(repr, unknown))}; known are {', '.join(KNOWN_SOURCES)}.")
    return tuple(dict.fromkeys(sources or settings.sources))


def _running_in_words(store: Store) -> str:
    job = store.latest_job()
    since = f" (process {job.pid} on {job.host}, since {format_instant(job.started_at)})" if job and job.state == "running" else ""
    return f"Another refresh of this database is running{since}; wait for it to end, `tracker status` shows how far it is."


def _no_progress(_: Mapping[str, SourceReport]) -> None:
    """Nobody watches."""
