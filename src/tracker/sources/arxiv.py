"""arXiv, through its API and, where that refuses, through its OAI-PMH service.

Authority: info.arxiv.org/help/api (user manual and terms of use). One connection at a time, one request every three seconds.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from tracker.aside import Aside
from tracker.errors import HarvestCancelledError, SourceError, SourceThrottledError
from tracker.sources import arxiv_feed
from tracker.sources.arxiv_feed import SOURCE, find_error_text
from tracker.sources.arxiv_oai import SecondRoad
from tracker.sources.arxiv_pages import RULES, ArxivPages
from tracker.sources.arxiv_recent import OVERLAP, Recent, RecentState
from tracker.sources.arxiv_sweep import Sweep, SweepState, Versions
from tracker.sources.base import HarvestOutcome, HarvestPage, HarvestPlan, SourceOptions, Traffic
from tracker.sources.clock import Clock
from tracker.sources.http import PoliteClient, ServiceRules

FEED_READER = "feedparser"  # which arxiv_feed imports when it reads; the helper does so before


class ArxivSource:
    """See :class:`tracker.sources.base.Source`."""

    name = SOURCE

    def __init__(self, options: SourceOptions, *, clock: Clock | None = None, rules: ServiceRules = RULES) -> None:
        self.traffic = Traffic()
        self._options = options
        self._client = PoliteClient(SOURCE, options, rules, traffic=self.traffic, explain=find_error_text, clock=clock)

    def harvest(self, plan: HarvestPlan) -> Generator[HarvestPage, None, HarvestOutcome]:
        """Recent changes if there is a watermark and nothing speaks against it; else, and after an interrupted one, a sweep."""
        self._client.is_cancelled = plan.is_cancelled
        with closing(self._client), closing(Aside([arxiv_feed.__name__, FEED_READER])) as aside:
            pages = ArxivPages(self._client, self._options.url, query=plan.query, retrieved_at=plan.now, aside=aside)
            return (yield from self._harvest(pages, plan))

    def _harvest(self, pages: ArxivPages, plan: HarvestPlan) -> Generator[HarvestPage, None, HarvestOutcome]:
        interrupted = SweepState.from_cursor(plan.cursor)
        if interrupted or plan.full or plan.watermark is None or plan.last_total is None:
            return (yield from self._sweep(pages, plan, interrupted or SweepState(started_at=plan.now)))
        state = RecentState.from_cursor(plan.cursor, now=plan.now) or RecentState(started_at=plan.now)
        recent = Recent(pages, plan, state, since=plan.watermark - OVERLAP)
        try:
            yield from recent.run()
        except SourceThrottledError as refusal:
            if not SecondRoad.is_open(self._options):
                raise
            return (yield from self._take_second_road(plan, state.seen, refusal))
        if recent.is_everything:
            return _outcome_of(state, plan)
        return (yield from self._sweep_after(pages, plan, state.seen))

    def _sweep(
        self, pages: ArxivPages, plan: HarvestPlan, state: SweepState, yielded: Versions | None = None
    ) -> Generator[HarvestPage, None, HarvestOutcome]:
        """A sweep reads thousands of entries, a look at recent changes hundreds: only the first is worth a helper."""
        if self._options.reads_aside:
            pages.aside.start()
        return (yield from Sweep(pages, plan, state, yielded=yielded).run())

    def _take_second_road(
        self, plan: HarvestPlan, seen: Versions, refusal: SourceThrottledError
    ) -> Generator[HarvestPage, None, HarvestOutcome]:
        try:
            return (yield from SecondRoad(self._client, self._options, plan).run(seen))
        except HarvestCancelledError:
            raise
        except SourceError as error:
            raise SourceThrottledError(
                self.name,
                f"{refusal}; and its OAI-PMH service could not stand in: {error}",
                retry_after_seconds=refusal.retry_after_seconds,
            ) from error

    def _sweep_after(self, pages: ArxivPages, plan: HarvestPlan, seen: Versions) -> Generator[HarvestPage, None, HarvestOutcome]:
        outcome = yield from self._sweep(pages, plan, SweepState(started_at=plan.now), seen)
        note = "arXiv's total did not fit what is stored, so everything was read again"
        return HarvestOutcome(
            expected=outcome.expected,
            watermark=outcome.watermark,
            total=outcome.total,
            full=True,
            missing=outcome.missing,
            notes=(*outcome.notes, note),
        )


def _outcome_of(state: RecentState, plan: HarvestPlan) -> HarvestOutcome:
    """A look at recent changes that found everything. The watermark is the newest change seen, never in the future."""
    newest = max((moment for moment in (state.newest_at, plan.watermark) if moment), default=plan.now)
    return HarvestOutcome(expected=len(state.seen), watermark=min(newest, state.started_at), total=state.total)
