"""What a source is asked for after what happened before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fakes import NOW
from tracker.errors import MalformedAnswerError, SourceForbiddenError, SourceThrottledError, SourceUnavailableError
from tracker.pipeline.plan import Task, fingerprint_of, plan_harvest, state_after_success, state_after_trouble, wrap_cursor
from tracker.sources.base import HarvestOutcome, SourceState
from tracker.store.base import HarvestState

QUERY, ADDRESS = "ti:counsel", "http://127.0.0.1/api"
DAY = timedelta(days=1)
DONE = HarvestState(
    source="arxiv",
    address=ADDRESS,
    query_hash=fingerprint_of(QUERY, ADDRESS),
    state="complete",
    watermark=NOW - DAY,
    last_success_at=NOW - DAY,
    last_full_at=NOW - DAY,
    last_total=100,
)


def make_task(state: HarvestState = DONE, **changes: Any) -> Task:
    """The task for the usual query at the usual address."""
    return plan_harvest(state, **({"query": QUERY, "address": ADDRESS, "now": NOW} | changes))


def test_first_harvest_asks_for_everything() -> None:
    """Without a watermark there is nothing to build on."""
    plan = make_task(HarvestState(source="arxiv")).plan

    assert (plan.full, plan.watermark, plan.cursor, plan.last_total) == (True, None, None, None)


def test_daily_harvest_asks_for_news_since_the_watermark() -> None:
    """The watermark and the last total go with the plan."""
    plan = make_task().plan

    assert (plan.full, plan.watermark, plan.last_total) == (False, NOW - DAY, 100)


@pytest.mark.parametrize(("days", "full"), [(7, False), (7.01, True)])
def test_full_sweep_is_due_after_a_week(days: float, full: bool) -> None:
    """What overlaps cannot see is found within a week."""
    assert make_task(replace(DONE, last_full_at=NOW - days * DAY)).plan.full is full


@pytest.mark.parametrize("changes", [{"query": "ti:therapy"}, {"address": "https://example.org/api"}])
def test_changed_query_or_service_starts_from_nothing(changes: dict[str, Any]) -> None:
    """A watermark of another query or of a test server proves nothing."""
    plan = make_task(**changes).plan

    assert (plan.full, plan.watermark, plan.last_total, plan.last_success_at) == (True, None, None, None)


def test_full_keeps_the_watermark_to_be_compared_with() -> None:
    """A full sweep asked for by hand is full, and still knows what was known."""
    plan = make_task(full=True).plan

    assert (plan.full, plan.watermark) == (True, NOW - DAY)


def test_interrupted_harvest_goes_on_from_its_cursor() -> None:
    """The next run hands the source its own cursor back and remembers when the harvest began."""
    first = make_task(HarvestState(source="arxiv"))
    cursor = wrap_cursor(first, {"start": 500}, stored=500)

    second = make_task(HarvestState(source="arxiv", cursor=cursor), now=NOW + DAY)

    assert (second.plan.cursor, second.plan.full, second.began_at) == ({"start": 500}, True, NOW)


@pytest.mark.parametrize(
    "changes",
    [{"now": NOW + 2.01 * DAY}, {"now": NOW - DAY}, {"query": "ti:therapy"}, {"address": "https://example.org/api"}],
)
def test_cursor_that_cannot_be_trusted_is_dropped(changes: dict[str, Any]) -> None:
    """Too old, from the future, or of another harvest: start afresh rather than leave a gap."""
    cursor = wrap_cursor(make_task(HarvestState(source="arxiv")), {"start": 500}, stored=500)

    assert make_task(HarvestState(source="arxiv", cursor=cursor), **changes).plan.cursor is None


def test_full_sweep_does_not_continue_a_search_for_news() -> None:
    """What was asked for last time was less than what is asked for now."""
    cursor = wrap_cursor(make_task(), {"start": 500}, stored=500)

    assert make_task(replace(DONE, cursor=cursor), full=True).plan.cursor is None
    assert make_task(replace(DONE, cursor=cursor)).plan.cursor == {"start": 500}


def test_interrupted_full_sweep_stays_full() -> None:
    """A sweep asked for by hand is finished by the next run, asked or not."""
    cursor = wrap_cursor(make_task(full=True), {"start": 500}, stored=500)

    assert make_task(replace(DONE, cursor=cursor)).plan.full is True


def test_success_moves_the_watermark_and_clears_cursor_and_breaker() -> None:
    """After a complete harvest nothing of earlier trouble remains."""
    before = replace(DONE, cursor={"fingerprint": "x"}, breaker_until=NOW + DAY, last_full_at=NOW - 2 * DAY)
    task = make_task(before)

    state = state_after_success(task, SourceState.COMPLETE, HarvestOutcome(expected=1, watermark=NOW, total=101), now=NOW)

    assert (state.watermark, state.last_success_at, state.last_total, state.cursor, state.breaker_until) == (NOW, NOW, 101, None, None)
    assert (state.state, state.last_full_at) == ("complete", NOW - 2 * DAY)


def test_watermark_never_moves_back() -> None:
    """A service whose newest paper vanished does not make us ask for old news."""
    state = state_after_success(make_task(), SourceState.UNCHANGED, HarvestOutcome(expected=0, watermark=NOW - 9 * DAY), now=NOW)

    assert (state.watermark, state.last_total) == (NOW - DAY, 100)


def test_full_harvest_counts_from_when_it_began() -> None:
    """A sweep spread over two runs is as old as its first page."""
    cursor = wrap_cursor(make_task(HarvestState(source="arxiv")), {"start": 500}, stored=500)
    task = make_task(HarvestState(source="arxiv", cursor=cursor), now=NOW + DAY)

    state = state_after_success(task, SourceState.COMPLETE, HarvestOutcome(expected=9, watermark=NOW), now=NOW + DAY)

    assert (state.last_full_at, state.address, state.query_hash) == (NOW, ADDRESS, fingerprint_of(QUERY, ADDRESS))


@pytest.mark.parametrize(
    ("error", "rest"),
    [
        (SourceThrottledError("arxiv", "full", retry_after_seconds=3600), timedelta(hours=1)),
        (SourceUnavailableError("arxiv", "no network"), None),
        (SourceForbiddenError("arxiv", "no"), timedelta(hours=24)),
        (MalformedAnswerError("arxiv", "u", "cut"), None),
        (None, None),
    ],
)
def test_trouble_leaves_the_watermark_and_lets_a_refusing_service_rest(error: Exception | None, rest: timedelta | None) -> None:
    """What fell short is asked for again; who refused is left in peace by the schedule for a while."""
    state = state_after_trouble(make_task(), SourceState.FAILED, now=NOW, cursor={"a": 1}, error=error)

    assert (state.watermark, state.last_success_at, state.last_total, state.cursor) == (NOW - DAY, NOW - DAY, 100, {"a": 1})
    assert (state.state, state.last_run_at, state.breaker_until) == ("failed", NOW, NOW + rest if rest else None)
