"""When a scheduled refresh runs: every so often, or by a crontab line in UTC. Built on APScheduler's triggers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from tracker.errors import ConfigurationError

# Trackers all over the world ask the same services: a few minutes apart, they do not all ask in the same second.
MAX_JITTER_SECONDS = 300
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")  # crontab(5): 0 and 7 are both Sunday

_PERIOD = re.compile(r"([1-9]\d{0,5})([smhd])")  # yes: 24h, 90m   no: 0h, 1.5h, 24
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DAYS = re.compile(r"(?:(\*)|([0-7])(?:-([0-7]))?)(?:/([1-7]))?")  # yes: *, 5, 1-5, */2   no: mon, 8


def parse_period(text: str) -> timedelta:
    """The time written as ``24h``, ``90m``, ``45s`` or ``7d``. Raises ``ConfigurationError`` for anything else.

    >>> parse_period("24h")
    datetime.timedelta(days=1)
    """
    found = _PERIOD.fullmatch(text)
    if not found:
        raise ConfigurationError(f"--every {text!r} is not a time; write a number and s, m, h or d, such as 24h.")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def build_interval(period: timedelta) -> BaseTrigger:
    """Every *period* after the run before; when the first one is due, :func:`first_run_at` says."""
    jitter = int(min(MAX_JITTER_SECONDS, period.total_seconds() / 10))
    return IntervalTrigger(seconds=int(period.total_seconds()), timezone=UTC, jitter=jitter or None)


def first_run_at(period: timedelta, *, last_run_at: datetime | None, now: datetime) -> datetime:
    """At once; where a refresh ran less than a *period* ago, one *period* after that."""
    return max(now, last_run_at + period) if last_run_at else now


def build_crontab(text: str) -> BaseTrigger:
    """By the five fields of crontab(5), in UTC. Raises ``ConfigurationError`` that says what is wrong with them."""
    fields = text.split()
    if len(fields) != 5:
        raise ConfigurationError(
            f"--cron {text!r} has {len(fields)} fields; write five: minute hour day month weekday, such as '17 6 * * *'."
        )
    minute, hour, day, month, weekday = fields
    try:
        return CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=UTC, jitter=MAX_JITTER_SECONDS
        )
    except ValueError as error:
        raise ConfigurationError(f"--cron {text!r} cannot be read ({error}); write it as in crontab(5), such as '17 6 * * *'.") from error


def _weekdays(field: str) -> str:
    """The weekday field by names: APScheduler counts 0 as Monday (apscheduler#286), crontab as Sunday.

    >>> _weekdays("0,5-7")
    'sun,fri,sat'
    """
    if field == "*" or field.isalpha():
        return field
    days: dict[str, None] = {}
    for part in field.split(","):
        found = _DAYS.fullmatch(part)
        if not found:
            return field  # names and their ranges are the same in both
        first = 0 if found[1] else int(found[2])
        last = 6 if found[1] else int(found[3] or first)
        days |= dict.fromkeys(WEEKDAYS[day] for day in range(first, last + 1, int(found[4] or 1)))
    return ",".join(days)
