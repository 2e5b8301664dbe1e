"""What to ask a source for, given what the last runs left, and what to remember afterwards. Pure.

A search for news overlaps what was seen before (by how much is each source's business), and still misses papers held back for
long and edits that move no date. So a full sweep is due once a week (arXiv API user's manual, E-utilities help, NBK25499).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tracker.errors import SourceForbiddenError, SourceUnavailableError
from tracker.sources.base import HarvestOutcome, HarvestPlan, KnownRecords, SourceState
from tracker.store.base import HarvestState

SWEEP_EVERY = timedelta(days=7)
# PubMed's changes are asked for with three days of overlap: an interrupted harvest taken up later than that could step over
# a revision made meanwhile, so it starts afresh.
CURSOR_LIFE = timedelta(days=2)
# After a plain no a person has to look; a day is time for it.
FORBIDDEN_REST = timedelta(hours=24)
# A watermark further ahead than this is of a clock that was wrong; less is a clock put right as usual, and the overlaps cover it.
CLOCK_SLACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One source's harvest as planned: *plan* for the source, *state* to start from, and what identifies the harvest.

    ``began_at`` is the start of the first of the runs this harvest is spread over, ``stored_before`` how many entries those stored.
    """

    plan: HarvestPlan
    state: HarvestState
    address: str
    fingerprint: str
    began_at: datetime
    stored_before: int = 0


def plan_harvest(
    state: HarvestState,
    *,
    query: str,
    address: str,
    now: datetime,
    full: bool = False,
    known: KnownRecords | None = None,
    is_cancelled: Callable[[], bool] = bool,
) -> Task:
    """The task for one source. A full harvest is due when asked for, after a week, when query or address are new ones, and when
    what is remembered is of a time yet to come: of a clock that was wrong.
    """
    fingerprint = fingerprint_of(query, address)
    same = state.query_hash == fingerprint and (state.watermark is None or state.watermark - now <= CLOCK_SLACK)
    full = full or not same or state.watermark is None or not _was_lately(state.last_full_at, now=now)
    cursor = _usable_cursor(state.cursor, fingerprint=fingerprint, now=now, full=full)
    plan = HarvestPlan(
        query=query,
        now=now,
        watermark=state.watermark if same else None,
        full=full or bool(cursor and cursor["full"]),
        cursor=cursor["source"] if cursor else None,
        last_total=state.last_total if same else None,
        last_success_at=state.last_success_at if same else None,
        known=known,
        is_cancelled=is_cancelled,
    )
    began_at = datetime.fromisoformat(cursor["began_at"]) if cursor else now
    stored_before = int(cursor["stored"]) if cursor else 0
    return Task(plan=plan, state=state, address=address, fingerprint=fingerprint, began_at=began_at, stored_before=stored_before)


def _was_lately(swept_at: datetime | None, *, now: datetime) -> bool:
    return swept_at is not None and -CLOCK_SLACK <= now - swept_at <= SWEEP_EVERY


def fingerprint_of(query: str, address: str) -> str:
    """Stands for "this query at this service"; what was learnt under another one does not count."""
    return hashlib.sha256(f"{address}\n{query}".encode()).hexdigest()[:16]


def wrap_cursor(task: Task, cursor: Mapping[str, Any] | None, *, stored: int) -> dict[str, Any] | None:
    """The source's *cursor* with what tells later whether it may still be used; *stored* counts this run's entries."""
    if cursor is None:
        return None
    return {
        "fingerprint": task.fingerprint,
        "began_at": task.began_at.isoformat(),
        "full": task.plan.full,
        "stored": task.stored_before + stored,
        "source": dict(cursor),
    }


def _usable_cursor(cursor: Mapping[str, Any] | None, *, fingerprint: str, now: datetime, full: bool) -> Mapping[str, Any] | None:
    if not cursor or cursor.get("fingerprint") != fingerprint:
        return None
    age = now - datetime.fromisoformat(cursor["began_at"])
    # A full sweep cannot go on from where a search for news stopped; the other way round it can.
    return cursor if timedelta(0) <= age <= CURSOR_LIFE and (cursor["full"] or not full) else None


def state_after_success(task: Task, state: SourceState, outcome: HarvestOutcome, *, now: datetime) -> HarvestState:
    """What to remember of a harvest that was complete: only now does the watermark move, and never back."""
    marks = [mark for mark in (task.plan.watermark, outcome.watermark) if mark]
    return replace(
        task.state,
        address=task.address,
        query_hash=task.fingerprint,
        state=state.value,
        watermark=max(marks, default=None),
        last_success_at=now,
        last_full_at=task.began_at if task.plan.full or outcome.full else task.state.last_full_at,
        last_run_at=now,
        last_total=task.plan.last_total if outcome.total is None else outcome.total,
        cursor=None,
        breaker_until=None,
    )


def state_after_trouble(
    task: Task, state: SourceState, *, now: datetime, cursor: Mapping[str, Any] | None, error: Exception | None = None
) -> HarvestState:
    """What to remember of a harvest that fell short: where to go on; watermark, totals and their address stay as they were."""
    return replace(task.state, state=state.value, last_run_at=now, cursor=cursor, breaker_until=_breaker_until(error, now))


def _breaker_until(error: Exception | None, now: datetime) -> datetime | None:
    if isinstance(error, SourceUnavailableError) and error.retry_after_seconds is not None:
        return now + timedelta(seconds=error.retry_after_seconds)
    return now + FORBIDDEN_REST if isinstance(error, SourceForbiddenError) else None
