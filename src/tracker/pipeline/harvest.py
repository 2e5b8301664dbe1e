"""One source's harvest inside a refresh: take a page, decide, classify, write, while the next is asked for.

Runs in a thread of its own, and asks in another. Whatever happens to this source ends here, as its state and one sentence; only
trouble with the store goes further, because it concerns every source.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from traceback import format_tb
from typing import Any

from tracker.domain.record import Labelling, Record
from tracker.errors import HarvestCancelledError, SourceError, StoreError
from tracker.pipeline.ahead import take_ahead
from tracker.pipeline.decide import Classify, PageDecisions, amend, decide
from tracker.pipeline.late_corrections import LateCorrections
from tracker.pipeline.plan import Task, state_after_success, state_after_trouble, wrap_cursor
from tracker.pipeline.report import SourceReport
from tracker.sources.base import HarvestOutcome, HarvestPage, Source, SourceState
from tracker.store.base import Store

log = logging.getLogger(__name__)
NAMED_MISSING = 5


class Harvest:
    """Harvests one source into the store and fills *report* meanwhile.

    *write_lock* lets one thread write at a time; meanwhile the other source's records are labelled. *late* knows what people decided
    while records were on their way.
    """

    def __init__(
        self,
        source: Source,
        task: Task,
        *,
        store: Store,
        classify: Classify,
        late: LateCorrections,
        report: SourceReport,
        write_lock: threading.Lock,
        now: Callable[[], datetime],
    ) -> None:
        self._source, self._task, self._store, self._classify = source, task, store, classify
        self._late = late
        self._report, self._write_lock, self._now = report, write_lock, now
        self._cursor: Mapping[str, Any] | None = task.state.cursor
        self._seen: set[str] = set()
        self._labels: dict[int, Labelling] = {}  # of records on their way to be stored, by identity

    def run(self) -> None:
        """Harvest to the end, for better or worse; the report's state says which. Raises ``StoreError`` only."""
        started = time.monotonic()
        self._report.state, self._report.is_running = SourceState.FAILED, True  # until it is known better
        self._report.full, self._report.resumed = self._task.plan.full, self._task.stored_before
        try:
            outcome = self._take_pages(self._source.harvest(self._task.plan))
            self._conclude(outcome)
        except StoreError:
            self._report.state = self._state_when_broken()
            raise
        except Exception as error:  # the edge: one source's trouble, foreseen or not, never costs the other
            self._give_up(error)
        finally:
            self._report.is_running = False
            self._report.seconds = time.monotonic() - started
            self._count_traffic()
        log.info("%s", self._report.in_words())

    def _take_pages(self, pages: Iterator[HarvestPage]) -> HarvestOutcome:
        ahead = take_ahead(self._source.name, pages, self._task.plan.is_cancelled)
        if self._task.state.watermark is None:  # nearly all will be new: a page is labelled while the one before it is stored
            ahead = take_ahead(self._source.name, self._label(ahead), is_cancelled=bool)
        with closing(ahead):
            while True:
                try:
                    page = next(ahead)
                except StopIteration as end:
                    outcome: HarvestOutcome = end.value
                    return outcome
                self._save(page)

    def _label(self, pages: Generator[HarvestPage, None, HarvestOutcome]) -> Generator[HarvestPage, None, HarvestOutcome]:
        """*pages* as they come, once the labels of their records are at hand."""
        with closing(pages):
            while True:
                try:
                    page = next(pages)
                except StopIteration as end:
                    outcome: HarvestOutcome = end.value
                    return outcome
                self._labels |= zip(map(id, page.records), self._classify(page.records), strict=True)
                yield page

    def _labels_of(self, records: Sequence[Record]) -> Sequence[Labelling]:
        """The labels of *records*, those at hand or new ones."""
        at_hand = [self._labels.get(id(record)) for record in records]
        missing = iter(self._classify([record for record, labels in zip(records, at_hand, strict=True) if labels is None]))
        return [labels or next(missing) for labels in at_hand]

    def _save(self, page: HarvestPage) -> None:
        first_time = [record for record in page.records if record.key not in self._seen]
        again = [record for record in page.records if record.key in self._seen]  # pages may overlap: written, not counted
        decided, repeated = self._decide(first_time), self._decide(again)
        cursor = wrap_cursor(self._task, page.cursor, stored=self._stored() + decided.received + len(page.rejected))
        with self._write_lock, self._late.held_off() as amended:
            decided, repeated = amend(decided, amended), amend(repeated, amended)
            self._store.save_page(
                [*decided.decisions, *repeated.decisions],
                now=self._now(),
                source=self._source.name,
                rejected=page.rejected,
                gone=page.gone,
                cursor=cursor,
            )
        self._cursor = cursor
        self._seen.update(record.key for record in first_time)
        for record in page.records:
            self._labels.pop(id(record), None)
        self._count(page, decided)

    def _decide(self, records: Sequence[Record]) -> PageDecisions:
        known = self._store.find_known([record.key for record in records])
        strangers = [record.doi for record in records if record.doi and record.key not in known]
        twins = self._store.find_by_doi(self._source.name, strangers) if strangers else {}
        return decide(records, known=known, twins=twins, classify=self._labels_of)

    def _count(self, page: HarvestPage, decided: PageDecisions) -> None:
        report = self._report
        report.received += decided.received
        report.new += decided.new
        report.enriched += decided.enriched
        report.changed += decided.changed
        report.unchanged += decided.unchanged
        report.out_of_scope += decided.out_of_scope
        report.rejected += len(page.rejected)
        report.gone += len(page.gone)
        if page.expected is not None:
            report.expected = max(page.expected - report.resumed, report.received + report.rejected)
        self._count_traffic()

    def _stored(self) -> int:
        return self._report.received + self._report.rejected

    def _count_traffic(self) -> None:
        self._report.requests = self._source.traffic.requests
        self._report.waiting_seconds = self._source.traffic.waited_seconds

    def _conclude(self, outcome: HarvestOutcome) -> None:
        """Trust nothing: complete is what adds up."""
        report = self._report
        report.missing, report.notes = tuple(outcome.missing), tuple(outcome.notes)
        accounted = self._stored()
        # What interrupted runs stored is not this run's: and where the source began anew in spite of them, all of it is.
        report.expected = max(outcome.expected - report.resumed, accounted + len(report.missing))
        if report.missing or report.resumed + accounted < outcome.expected:
            report.error = _shortage_in_words(report)
            self._remember_trouble(SourceState.INCOMPLETE, wrap_cursor(self._task, outcome.cursor, stored=self._stored()))
            return
        has_news = report.new or report.changed or report.gone or report.resumed
        report.state = SourceState.COMPLETE if has_news else SourceState.UNCHANGED
        state = state_after_success(self._task, report.state, outcome, now=self._now())
        with self._write_lock:
            self._store.save_harvest_state(state)
        report.watermark = state.watermark

    def _give_up(self, error: Exception) -> None:
        self._report.error = _in_words(self._source.name, error)
        if not isinstance(error, SourceError):
            # Where, but not what it says: the text of an unforeseen error may quote a request, and with it a key.
            log.error("%s: unexpected %s at\n%s", self._source.name, type(error).__name__, "".join(format_tb(error.__traceback__)))
        self._remember_trouble(self._state_when_broken(), self._cursor, error)

    def _state_when_broken(self) -> SourceState:
        return SourceState.INCOMPLETE if self._report.received else SourceState.FAILED

    def _remember_trouble(self, state: SourceState, cursor: Mapping[str, Any] | None, error: Exception | None = None) -> None:
        self._report.state = state
        after = state_after_trouble(self._task, state, now=self._now(), cursor=cursor, error=error)
        with self._write_lock:
            self._store.save_harvest_state(after)


def _shortage_in_words(report: SourceReport) -> str:
    """One sentence: how many came of how many, and the first of those that did not."""
    named = ", ".join(report.missing[:NAMED_MISSING]) + (", …" if len(report.missing) > NAMED_MISSING else "")
    return (
        f"{report.source} sent {report.received} of {report.expected} records"
        + (f"; missing: {named}" if named else "")
        + "; what came is stored, run the refresh again for the rest"
    )


def _in_words(source: str, error: Exception) -> str:
    if isinstance(error, HarvestCancelledError):
        return f"the refresh was cancelled; {source} goes on from here next time"
    if isinstance(error, SourceError):
        return str(error)
    return f"{source} stopped on an unexpected {type(error).__name__}; the log has the details, the other sources are not affected"
