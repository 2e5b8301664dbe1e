"""What is new or changed on arXiv since the watermark, in one request as a rule, and whether that can be all.

Newest first by the date of the last version. The overlap is there because that date is the day of *submission*: moderation
holds papers for days, so they appear behind the watermark (info.arxiv.org/help/submit). What even the overlap cannot see
shows in the total: where it is not the last total plus what is new, everything is read again.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tracker.domain.record import Record
from tracker.sources.arxiv_feed import SOURCE, Feed
from tracker.sources.arxiv_pages import CEILING, SIZES, SMALLEST_SHARE, ArxivPages
from tracker.sources.arxiv_sweep import Versions, newest_of, pack, unpack
from tracker.sources.base import HarvestPage, HarvestPlan

NEWEST_FIRST = ("lastUpdatedDate", "descending")
PAGE_SIZE = 500  # about 1.2 MB; holds the overlap with room to spare
OVERLAP = timedelta(days=14)
LONG_TIME = timedelta(days=60)  # after that, larger pages save requests
CURSOR_LIFE = timedelta(hours=20)  # results change once a night: an older look at them is worth nothing
MODE = "recent"


@dataclass(slots=True, kw_only=True)
class RecentState:
    """How far the look at recent changes is. ``new_count`` counts the records that were not stored before."""

    started_at: datetime
    newest_at: datetime | None = None
    seen: Versions = field(default_factory=dict)
    start: int = 0
    total: int = 0
    new_count: int = 0
    is_over: bool = False

    def to_cursor(self) -> dict[str, Any]:
        """The state as plain JSON."""
        dates = {name: moment.isoformat() if (moment := getattr(self, name)) else None for name in ("started_at", "newest_at")}
        return {**asdict(self), **dates, "seen": pack(self.seen), "mode": MODE}

    @classmethod
    def from_cursor(cls, cursor: Mapping[str, Any] | None, *, now: datetime) -> RecentState | None:
        """The state in *cursor*; ``None`` if it is another kind of cursor, too old, or damaged."""
        if not cursor or cursor.get("mode") != MODE:
            return None
        try:
            values = {name: value for name, value in cursor.items() if name != "mode"}
            newest = values["newest_at"]
            state = cls(
                **values
                | {
                    "started_at": datetime.fromisoformat(values["started_at"]),
                    "newest_at": datetime.fromisoformat(newest) if newest else None,
                    "seen": unpack(values["seen"]),
                }
            )
        except (KeyError, TypeError, ValueError):
            return None
        return state if timedelta(0) <= now - state.started_at <= CURSOR_LIFE else None


class Recent:
    """One look at recent changes; :attr:`state` says afterwards what was found."""

    def __init__(self, pages: ArxivPages, plan: HarvestPlan, state: RecentState, *, since: datetime) -> None:
        self._pages, self._plan, self.state, self._since = pages, plan, state, since
        self._known = plan.known.keys() if plan.known else set()

    def run(self) -> Generator[HarvestPage, None, None]:
        """Yield the pages, until one reaches back behind the overlap."""
        least = math.ceil(SMALLEST_SHARE * (self._plan.last_total or 0))
        size = PAGE_SIZE if self._plan.now - self._since <= LONG_TIME else SIZES[0]
        while not self.state.is_over:
            feed = self._pages.fetch(self._plan.query, self.state.start, size, order=NEWEST_FIRST, least=least)
            yield self._take(feed)

    @property
    def is_everything(self) -> bool:
        """Whether what the service announces is just what it announced last time plus what is new."""
        return self.state.start < CEILING and self.state.total == (self._plan.last_total or 0) + self.state.new_count

    def _take(self, feed: Feed) -> HarvestPage:
        state = self.state
        recent = [record for record in feed.records if record.updated_at and record.updated_at >= self._since]
        fresh = [record for record in recent if self._is_fresh(record)]
        state.new_count += sum(record.key not in self._known for record in fresh)
        self._known |= {record.key for record in fresh}
        state.newest_at = newest_of(recent, state.newest_at)
        state.start += feed.entry_count
        state.total = feed.total
        state.is_over = len(recent) < len(feed.records) or state.start >= min(feed.total, CEILING)
        return HarvestPage(url=feed.url, records=fresh, rejected=feed.rejected, expected=len(state.seen), cursor=state.to_cursor())

    def _is_fresh(self, record: Record) -> bool:
        """Whether *record* has not come yet in this version; remembers it."""
        id_, version = record.key.removeprefix(f"{SOURCE}:"), record.version or 1
        is_fresh = version > self.state.seen.get(id_, 0)
        self.state.seen[id_] = max(version, self.state.seen.get(id_, 0))
        return is_fresh
