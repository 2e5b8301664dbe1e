"""A clock that was wrong and was put right: nothing waits for a moment that the wrong clock wrote down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fake_source import Clock, FakeSource, make_page
from fakes import NOW, make_record
from tracker.errors import NotAllowedError, RefreshNotAllowedError, SourceThrottledError
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.jobs import next_start_at
from tracker.pipeline.permission import TRIES_PER_MINUTE, TokenGuard
from tracker.pipeline.plan import plan_harvest
from tracker.pipeline.refresh import SCHEDULE, run_refresh
from tracker.settings import Settings
from tracker.sources.base import HarvestOutcome
from tracker.store.base import HarvestState, Store

YEARS = timedelta(days=1500)
AHEAD = NOW + YEARS


def refresh_at(moment: Clock, source: FakeSource, settings: Settings, store: Store, configuration: Configuration) -> None:
    """A scheduled refresh from *source* alone."""
    run_refresh(
        settings, store, sources=["pubmed"], configuration=configuration, open_source=lambda _: source, now=moment, trigger=SCHEDULE
    )


def test_watermark_of_a_clock_ahead_is_forgotten(settings: Settings, store: Store, configuration: Configuration) -> None:
    """A harvest dated years ahead leaves a watermark there; the next one asks for everything and sets it right.

    Else revisions and retractions would not be asked for until those years have passed.
    """
    record = make_record(source="pubmed", key="pubmed:38000001")
    wrong = FakeSource("pubmed", make_page(record), outcome=HarvestOutcome(expected=1, watermark=AHEAD, total=1))
    right, after = (FakeSource("pubmed", outcome=HarvestOutcome(expected=0, watermark=NOW, total=1)) for _ in range(2))

    for moment, source in ((AHEAD, wrong), (NOW, right), (NOW, after)):
        refresh_at(Clock(moment), source, settings, store, configuration)

    assert [(plan.full, plan.watermark) for plan in right.plans + after.plans] == [(True, None), (False, NOW)]
    assert store.load_harvest_states()["pubmed"].watermark == NOW


def test_sweep_of_a_clock_ahead_does_not_put_the_next_one_off() -> None:
    """A week counts from a sweep that has been, not from one that is to come."""
    known = plan_harvest(HarvestState(source="arxiv"), query="", address="", now=NOW)
    state = HarvestState(source="arxiv", query_hash=known.fingerprint, watermark=NOW, last_full_at=AHEAD)

    assert plan_harvest(state, query="", address="", now=NOW).plan.full


@pytest.mark.parametrize("behind", [timedelta(seconds=1), timedelta(minutes=59)])
def test_clock_set_back_a_little_costs_no_sweep(behind: timedelta) -> None:
    """Clocks are corrected by seconds all the time, by an hour where summer ends: the overlap covers that."""
    known = plan_harvest(HarvestState(source="arxiv"), query="", address="", now=NOW)
    state = HarvestState(source="arxiv", query_hash=known.fingerprint, watermark=NOW, last_full_at=NOW)

    plan = plan_harvest(state, query="", address="", now=NOW - behind).plan

    assert (plan.full, plan.watermark) == (False, NOW)


def test_rest_of_a_clock_ahead_is_not_kept(settings: Settings, store: Store, configuration: Configuration) -> None:
    """A refusal dated years ahead keeps no schedule waiting; a refusal of today does."""
    refused, again, resting = (
        FakeSource("pubmed", SourceThrottledError("pubmed", "refuses for now", retry_after_seconds=3600.0)) for _ in range(3)
    )

    refresh_at(Clock(AHEAD), refused, settings, store, configuration)
    refresh_at(Clock(NOW), again, settings, store, configuration)
    refresh_at(Clock(NOW + timedelta(minutes=1)), resting, settings, store, configuration)

    assert (len(again.plans), len(resting.plans)) == (1, 0)


def test_start_of_a_clock_ahead_keeps_nobody_from_refreshing(settings: Settings, store: Store) -> None:
    """The cool-down of the button counts from starts that have been."""
    store.start_job(trigger="app", now=NOW, pid=1, host="here")
    store.start_job(trigger="app", now=AHEAD, pid=2, host="here")

    assert next_start_at(settings, store, now=NOW) == NOW + timedelta(seconds=settings.refresh_cooldown_seconds)


def test_tries_of_a_clock_ahead_shut_nobody_out() -> None:
    """Wrong tokens of a moment that is yet to come count for nothing."""
    guard = TokenGuard("refresh", RefreshNotAllowedError)
    for _ in range(TRIES_PER_MINUTE):
        with pytest.raises(NotAllowedError):
            guard.check("guess", "sesame", now=AHEAD)

    guard.check("sesame", "sesame", now=NOW)
