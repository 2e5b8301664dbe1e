"""When a scheduled refresh runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.base import BaseTrigger

from fakes import NOW
from tracker.errors import ConfigurationError
from tracker.pipeline.timetable import MAX_JITTER_SECONDS, build_crontab, build_interval, first_run_at, parse_period

HOUR = timedelta(hours=1)


def runs(trigger: BaseTrigger, count: int, *, now: datetime = NOW) -> list[datetime]:
    """The first *count* times *trigger* fires, without jitter."""
    trigger.jitter = None
    found: list[datetime] = []
    while len(found) < count:
        last = found[-1] if found else None
        found.append(trigger.get_next_fire_time(last, (last or now) + timedelta(microseconds=bool(last))))
    return found


@pytest.mark.parametrize(("text", "seconds"), [("24h", 86400), ("90m", 5400), ("45s", 45), ("7d", 604800)])
def test_period_is_read_in_its_unit(text: str, seconds: int) -> None:
    """Seconds, minutes, hours, days."""
    assert parse_period(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "24", "h", "0h", "-1h", "1.5h", "1h30m", "24 h", "tomorrow"])
def test_what_is_no_period_is_refused(text: str) -> None:
    """With the form it should have."""
    with pytest.raises(ConfigurationError, match="such as 24h"):
        parse_period(text)


def test_first_run_is_at_once_if_there_was_none_lately() -> None:
    """A fresh tracker does not wait a day for its first data."""
    assert first_run_at(24 * HOUR, last_run_at=None, now=NOW) == NOW
    assert first_run_at(24 * HOUR, last_run_at=NOW - 30 * HOUR, now=NOW) == NOW


def test_first_run_goes_on_from_the_last_refresh() -> None:
    """A restarted scheduler does not ask the services again before the time."""
    assert first_run_at(24 * HOUR, last_run_at=NOW - 5 * HOUR, now=NOW) == NOW + 19 * HOUR


def test_interval_counts_from_the_run_before() -> None:
    """A day after the last one."""
    trigger = build_interval(24 * HOUR)
    trigger.jitter = None

    assert trigger.get_next_fire_time(NOW, NOW) == NOW + 24 * HOUR


def test_crontab_line_is_read_in_utc() -> None:
    """06:17 every day."""
    assert runs(build_crontab("17 6 * * *"), 2, now=NOW + HOUR) == [
        datetime(2026, 11, 24, 6, 17, tzinfo=UTC),
        datetime(2026, 11, 25, 6, 17, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("0", [29]),
        ("7", [29]),
        ("1-5", [23, 24, 25, 26, 27]),
        ("sat", [28]),
        ("mon-wed", [23, 24, 25]),
        ("5-7", [27, 28, 29]),
        ("*/3", [25, 28, 29]),
    ],
)
def test_weekdays_count_as_in_crontab(field: str, days: list[int]) -> None:
    """0 and 7 are Sunday, 1 is Monday; 23 November 2026 is one."""
    start = datetime(2026, 11, 23, tzinfo=UTC)

    assert [one.day for one in runs(build_crontab(f"0 12 * * {field}"), len(days), now=start)] == days


@pytest.mark.parametrize("text", ["", "17 6 * *", "17 6 * * * *", "61 6 * * *", "17 6 * * 9", "17 6 * * someday", "a b c d e"])
def test_what_is_no_crontab_line_is_refused(text: str) -> None:
    """At the start, not at six in the morning."""
    with pytest.raises(ConfigurationError, match="17 6"):
        build_crontab(text)


def test_jitter_is_small_against_the_period() -> None:
    """Minutes a day, seconds where refreshes follow each other quickly."""
    assert [build_interval(period).jitter for period in (24 * HOUR, HOUR / 60, HOUR / 3600)] == [300, 6, None]
    assert build_crontab("17 6 * * *").jitter == MAX_JITTER_SECONDS
