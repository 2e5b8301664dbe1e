"""PubMed, through NCBI's E-utilities.

Every harvest asks for the whole list of PMIDs (one request while they are fewer than 10,000), so nothing is missed however
late or wrongly dated it was entered. Only what is new, or was revised since the watermark, is fetched.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from tracker.sources.base import HarvestOutcome, HarvestPage, HarvestPlan, SourceOptions, Traffic
from tracker.sources.clock import Clock
from tracker.sources.http import PoliteClient, ServiceRules
from tracker.sources.pubmed_article import SOURCE
from tracker.sources.pubmed_requests import SMALLEST_SHARE, SUMMARY_SIZE, PubmedRequests, explain, rules_for
from tracker.sources.pubmed_xml import ArticleSet

OVERLAP = timedelta(days=3)
EASTERN = timezone(timedelta(hours=-5))  # NCBI's days; without summer time a day begins too early by an hour at most
# Results change once a night. What was fetched this recently is not fetched again for being listed as revised: if it has
# been revised since, the next harvest finds it, because the watermark it looks back from is older than the revision.
FRESH = timedelta(hours=20)


@dataclass(slots=True, kw_only=True)
class _State:
    """How far a harvest is; plain JSON through :meth:`to_cursor`. ``done`` holds the PMIDs that need not be asked for again."""

    started_at: datetime
    full: bool
    done: dict[str, None] = field(default_factory=dict)

    def to_cursor(self) -> dict[str, Any]:
        return {"started_at": self.started_at.isoformat(), "full": self.full, "done": " ".join(self.done)}

    @classmethod
    def from_cursor(cls, cursor: Mapping[str, Any] | None, *, full: bool, now: datetime) -> _State:
        """The state to go on from; a new one if *cursor* is damaged, of another kind, or too old to trust."""
        try:
            state = cls(
                started_at=datetime.fromisoformat((cursor or {})["started_at"]),
                full=bool((cursor or {})["full"]),
                done=dict.fromkeys((cursor or {})["done"].split()),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls(started_at=now, full=full)
        usable = state.full or (not full and timedelta(0) <= now - state.started_at <= FRESH)
        return state if usable else cls(started_at=now, full=full)


class PubmedSource:
    """See :class:`tracker.sources.base.Source`."""

    name = SOURCE

    def __init__(self, options: SourceOptions, *, clock: Clock | None = None, rules: ServiceRules | None = None) -> None:
        self.traffic = Traffic()
        self._options = options
        rules = rules or rules_for(options)
        self._client = PoliteClient(SOURCE, options, rules, traffic=self.traffic, explain=explain, clock=clock)

    def harvest(self, plan: HarvestPlan) -> Generator[HarvestPage, None, HarvestOutcome]:
        """The whole list; then the records that are new or revised, in a full harvest all of them."""
        self._client.is_cancelled = plan.is_cancelled
        requests = PubmedRequests(self._client, self._options, query=plan.query, retrieved_at=plan.now)
        state = _State.from_cursor(plan.cursor, full=plan.full or plan.watermark is None, now=plan.now)
        with closing(self._client):
            return (yield from _Harvest(requests, plan, state).run())


class _Harvest:
    """One harvest under way."""

    def __init__(self, requests: PubmedRequests, plan: HarvestPlan, state: _State) -> None:
        self._requests, self._plan, self._state = requests, plan, state
        self._known = plan.known.keys() if plan.known else set()
        self._expected = 0

    def run(self) -> Generator[HarvestPage, None, HarvestOutcome]:
        """Yield the pages; return how it ended."""
        least = max(1, math.ceil(SMALLEST_SHARE * (self._plan.last_total or 0)))
        listed = self._requests.list_all(self._plan.query, least=least)
        unlisted = sorted(pmid for key in self._known if (pmid := key.removeprefix(f"{SOURCE}:")) not in listed)
        wanted = [pmid for pmid in (listed if self._state.full else self._find_wanted(listed)) if pmid not in self._state.done]
        self._expected = len(self._state.done) + len(wanted)
        missing = yield from self._fetch_all(wanted)
        if self._state.full and unlisted:
            yield from self._ask_after(unlisted)
        return HarvestOutcome(
            expected=self._expected,
            watermark=self._state.started_at,
            total=len(listed),
            full=self._state.full,
            missing=[f"{SOURCE}:{pmid}" for pmid in missing],
            notes=tuple(self._requests.warnings),
            cursor=self._state.to_cursor() if missing else None,
        )

    def _find_wanted(self, listed: Mapping[str, None]) -> list[str]:
        """The PMIDs in *listed* that are not stored, and those revised since they were fetched."""
        assert self._plan.watermark is not None
        since = (self._plan.watermark.astimezone(EASTERN) - OVERLAP).date()
        revised = self._requests.list_all(f'({self._plan.query}) AND ("{since:%Y/%m/%d}"[lr] : "3000"[lr])')
        fresh = self._plan.known.confirmed_since(self._plan.now - FRESH) if self._plan.known else set()
        new = {pmid for pmid in listed if f"{SOURCE}:{pmid}" not in self._known}
        stale = {pmid for pmid in revised if f"{SOURCE}:{pmid}" not in fresh}
        return [pmid for pmid in {**listed, **revised} if pmid in new or pmid in stale]

    def _fetch_all(self, wanted: Sequence[str]) -> Generator[HarvestPage, None, list[str]]:
        """Fetch *wanted*, what did not come once more; return what did not come at all."""
        missing = yield from self._fetch_once(wanted)
        return (yield from self._fetch_once(missing)) if missing else []

    def _fetch_once(self, wanted: Sequence[str]) -> Generator[HarvestPage, None, list[str]]:
        missing: list[str] = []
        queue = list(wanted)
        while queue:
            asked, articles = self._requests.fetch(queue)
            queue = queue[len(asked) :]
            missing += [pmid for pmid in asked if pmid not in articles.pmids]
            yield self._page(asked, articles)
        return missing

    def _page(self, asked: Sequence[str], articles: ArticleSet) -> HarvestPage:
        """What came of what was asked for; PMIDs nobody asked for are left alone."""
        came = [pmid for pmid in asked if pmid in articles.pmids]
        self._state.done |= dict.fromkeys(came)
        return HarvestPage(
            url=f"{len(asked)} records",
            records=[articles.records[pmid] for pmid in came if pmid in articles.records],
            rejected=[articles.rejected[pmid] for pmid in came if pmid in articles.rejected],
            expected=self._expected,
            cursor=self._state.to_cursor(),
            gone=[f"{SOURCE}:{pmid}" for pmid in articles.deleted if f"{SOURCE}:{pmid}" in self._known],
        )

    def _ask_after(self, unlisted: Sequence[str]) -> Iterator[HarvestPage]:
        """Confirm that what is stored and no longer listed is gone; what only stopped matching is fetched once more."""
        for first in range(0, len(unlisted), SUMMARY_SIZE):
            asked = unlisted[first : first + SUMMARY_SIZE]
            existing = self._requests.find_existing(asked)
            gone = [f"{SOURCE}:{pmid}" for pmid in asked if pmid not in existing]
            yield HarvestPage(url=f"{len(asked)} summaries", gone=gone, expected=self._expected, cursor=self._state.to_cursor())
            yield from self._fetch_once([pmid for pmid in asked if pmid in existing and pmid not in self._state.done])
