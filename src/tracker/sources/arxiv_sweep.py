"""Everything a query finds on arXiv, and the proof that it is everything.

Pages ascend by submission date, so papers that appear meanwhile join at the end. Where the service stops at its 10,000th
result, the next *window* starts in the minute of the last entry: the server compares whole minutes, so windows share one and
nothing falls between them. A window is complete when as many different entries came as it announced; if not (equal
dates swap places between pages, papers vanish meanwhile), it is read again.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from tracker.domain.record import Record
from tracker.errors import RequestRefusedError, ShortAnswerError
from tracker.sources.arxiv_feed import SOURCE, Feed
from tracker.sources.arxiv_pages import IDS_PER_REQUEST, SIZES, SMALLEST_SHARE, ArxivPages, size_at
from tracker.sources.base import HarvestOutcome, HarvestPage, HarvestPlan

ASCENDING = ("submittedDate", "ascending")
END_OF_TIME = "299912312359"  # the grammar has no open end
MAX_PASSES = 3
MODE = "sweep"

Versions = dict[str, int]  # arXiv id → highest version seen (0 = an entry that could not become a record)


@dataclass(slots=True, kw_only=True)
class SweepState:
    """How far a sweep is; plain JSON through :meth:`to_cursor`.

    ``announced`` is the total at the beginning, ``before`` what earlier windows brought, ``window`` this one, read from
    ``boundary`` on, ``start`` the next result in it, ``first_total`` and ``total`` what it announced first and last.
    """

    started_at: datetime
    newest_at: datetime | None = None
    announced: int = 0
    before: Versions = field(default_factory=dict)
    window: Versions = field(default_factory=dict)
    boundary: str | None = None
    start: int = 0
    first_total: int = 0
    total: int = 0
    passes: int = 0
    lacking: int = 0
    is_over: bool = False

    def to_cursor(self) -> dict[str, Any]:
        """The state as plain JSON."""
        dates = {name: moment.isoformat() if (moment := getattr(self, name)) else None for name in ("started_at", "newest_at")}
        return {**asdict(self), **dates, "before": pack(self.before), "window": pack(self.window), "mode": MODE}

    @classmethod
    def from_cursor(cls, cursor: Mapping[str, Any] | None) -> SweepState | None:
        """The state in *cursor*; ``None`` if it is another kind of cursor or damaged."""
        if not cursor or cursor.get("mode") != MODE:
            return None
        try:
            values = {name: value for name, value in cursor.items() if name != "mode"}
            newest = values["newest_at"]
            return cls(
                **values
                | {
                    "started_at": datetime.fromisoformat(values["started_at"]),
                    "newest_at": datetime.fromisoformat(newest) if newest else None,
                    "before": unpack(values["before"]),
                    "window": unpack(values["window"]),
                }
            )
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def seen_count(self) -> int:
        """Different entries so far."""
        return len(self.before | self.window)

    @property
    def whole_total(self) -> int:
        """What the service announced for the whole query, as far as the last window tells."""
        return len(self.before.keys() - self.window.keys()) + self.total


class Sweep:
    """One sweep. ``yielded`` holds what this run has already passed on, so that nothing is passed on twice."""

    def __init__(self, pages: ArxivPages, plan: HarvestPlan, state: SweepState, *, yielded: Versions | None = None) -> None:
        self._pages, self._plan, self.state = pages, plan, state
        self._yielded = {**state.before, **state.window, **(yielded or {})}

    def run(self) -> Generator[HarvestPage, None, HarvestOutcome]:
        """Yield the pages; return how it ended."""
        state = self.state
        while not state.is_over:
            feed = self._pages.fetch(self._query(), state.start, SIZES[0], order=ASCENDING, least=self._least(), goes_on=True)
            yield self._take(feed)
        if not state.lacking:
            yield from self._ask_after_unseen()
        return HarvestOutcome(
            expected=state.whole_total + state.lacking,
            watermark=min(state.newest_at, state.started_at) if state.newest_at else None,
            total=state.whole_total,
            full=True,
            missing=[f"{state.lacking:,} that arXiv announced and did not send"] if state.lacking else [],
        )

    def _query(self) -> str:
        boundary = self.state.boundary
        return self._plan.query + (f" AND submittedDate:[{boundary} TO {END_OF_TIME}]" if boundary else "")

    def _least(self) -> int:
        """The total below which the first page is a fault."""
        is_first = self.state.boundary is None and self.state.start == 0
        return math.ceil(SMALLEST_SHARE * (self._plan.last_total or 0)) if is_first else 1

    def _take(self, feed: Feed) -> HarvestPage:
        state = self.state
        state.total = feed.total
        state.first_total = state.first_total or feed.total
        state.announced = state.announced or feed.total
        state.window |= {record.arxiv_id or "": record.version or 1 for record in feed.records}
        state.window |= {rejected.entry: 0 for rejected in feed.rejected}
        state.newest_at = newest_of(feed.records, state.newest_at)
        state.start += feed.entry_count
        fresh = self._fresh(feed.records)
        rejected = [one for one in feed.rejected if self._yielded.setdefault(one.entry, 0) == 0]
        if state.start >= state.total:
            self._close_window(state.total)
            state.is_over = state.start > 0
        elif size_at(state.start, self._pages.size_limit) is None:
            self._close_window(state.start)
            if state.start:
                self._open_window(feed)
        expected = max(state.announced, state.seen_count)
        return HarvestPage(url=feed.url, records=fresh, rejected=rejected, expected=expected, cursor=state.to_cursor())

    def _close_window(self, expected: int) -> None:
        """Decide whether the window just read is complete; if not, set it back to be read again, or count what is lacking."""
        state = self.state
        shrank = state.total < state.first_total
        lacking = max(0, expected - len(state.window))
        if not (shrank or lacking):
            return
        if state.passes + 1 < MAX_PASSES:
            state.passes += 1
            state.start, state.first_total = 0, 0
            state.window = {} if shrank else state.window
        else:
            state.lacking += max(1, lacking)

    def _open_window(self, feed: Feed) -> None:
        state = self.state
        boundary = f"{feed.last_submitted_at:%Y%m%d%H%M}" if feed.last_submitted_at else None
        if boundary is None or boundary == state.boundary:
            raise ShortAnswerError(SOURCE, feed.url, "more results of one minute than it ever shows")
        state.before |= state.window
        state.window, state.boundary = {}, boundary
        state.start = state.first_total = state.passes = 0

    def _fresh(self, records: Sequence[Record]) -> list[Record]:
        """Those not passed on yet, or only in a lower version."""
        fresh = []
        for record in records:
            version = record.version or 1
            if version > self._yielded.get(record.arxiv_id or "", 0):
                self._yielded[record.arxiv_id or ""] = version
                fresh.append(record)
        return fresh

    def _ask_after_unseen(self) -> Iterator[HarvestPage]:
        """Ask by id for what is stored and was not seen: it is gone, or its text no longer matches; then it is passed on."""
        state = self.state
        seen = state.before.keys() | state.window.keys()
        known = self._plan.known.keys() if self._plan.known else set()
        unseen = sorted(id_ for key in known if (id_ := key.removeprefix(f"{SOURCE}:")) not in seen)
        for first in range(0, len(unseen), IDS_PER_REQUEST):
            for ids, feed in self._ask_for(unseen[first : first + IDS_PER_REQUEST]):
                answered = {record.arxiv_id for record in feed.records}
                gone = [f"{SOURCE}:{id_}" for id_ in ids if id_ not in answered]
                yield HarvestPage(
                    url=feed.url, records=self._fresh(feed.records), gone=gone, expected=state.whole_total, cursor=state.to_cursor()
                )

    def _ask_for(self, ids: list[str]) -> Iterator[tuple[list[str], Feed]]:
        """The answers for *ids*. One bad id spoils the whole list, so a refused list is halved until only that one is left out."""
        try:
            yield ids, self._pages.fetch_ids(ids)
        except RequestRefusedError:
            if len(ids) > 1:
                middle = len(ids) // 2
                yield from self._ask_for(ids[:middle])
                yield from self._ask_for(ids[middle:])


def newest_of(records: Sequence[Record], newest: datetime | None) -> datetime | None:
    """The latest ``updated_at`` of *records* and *newest*."""
    return max((moment for moment in (newest, *(record.updated_at for record in records)) if moment), default=None)


def pack(versions: Versions) -> str:
    """*versions* as one text, a line an entry.

    >>> pack({"2401.00001": 2})
    '2401.00001 v2'
    """
    return "\n".join(f"{entry} v{version}" for entry, version in versions.items())


def unpack(text: str) -> Versions:
    """What :func:`pack` packed. Raises ``ValueError`` for anything else."""
    pairs = (line.rsplit(" v", 1) for line in text.splitlines())
    return {entry: int(version) for entry, version in pairs}
