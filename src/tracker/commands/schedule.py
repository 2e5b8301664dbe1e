"""``tracker schedule``: stay in the foreground and refresh on time, one refresh at a time."""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

from apscheduler.schedulers.blocking import BlockingScheduler

from tracker.commands._signals import on_termination, stop_like_ctrl_c
from tracker.errors import TrackerError
from tracker.pipeline.configuration import read_configuration
from tracker.pipeline.opening import open_tracker, utc_now
from tracker.pipeline.refresh import SCHEDULE, run_refresh
from tracker.pipeline.timetable import build_crontab, build_interval, first_run_at, parse_period
from tracker.settings import Settings, read_settings

HELP = "stay in the foreground and refresh on time"
# A laptop that slept through a run makes up for it, once, if it wakes within the hour; later the next run is near enough.
MISFIRE_GRACE_SECONDS = 3600

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How often, or when."""
    times = parser.add_mutually_exclusive_group(required=True)
    times.add_argument("--every", metavar="TIME", help="as 24h, 90m or 7d; first at once, or that long after the last refresh")
    times.add_argument("--cron", metavar="LINE", help="five fields as in crontab(5), in UTC: '17 6 * * *' is every day at 06:17")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when asked to end (SIGTERM, Ctrl-C): a refresh under way stops at its next page, nothing is lost."""
    settings = read_settings()
    read_configuration(settings)  # say now what is wrong, not at six in the morning
    cancelled = threading.Event()
    scheduler = _scheduler(arguments, settings, partial(refresh_once, settings, cancelled))
    log.info("scheduled; stop with Ctrl-C or SIGTERM")
    try:
        with on_termination(stop_like_ctrl_c):
            scheduler.start()
    except KeyboardInterrupt:
        cancelled.set()
        scheduler.shutdown(wait=True)
    log.info("stopped")
    return 0


def refresh_once(settings: Settings, cancelled: threading.Event) -> None:
    """One scheduled refresh. What goes wrong is logged in one line, and the schedule goes on."""
    try:
        with closing(open_tracker(settings)) as store:
            report = run_refresh(settings, store, trigger=SCHEDULE, cancelled=cancelled)
        log.info("%d records of %d works stored", report.records, report.works)
    except TrackerError as error:
        log.error("refresh not done: %s", error)


def _scheduler(arguments: argparse.Namespace, settings: Settings, act: Callable[[], None]) -> BlockingScheduler:
    """Calls *act* on time: one at a time, missed runs made up for once."""
    scheduler = BlockingScheduler(timezone=UTC)
    options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": MISFIRE_GRACE_SECONDS}
    if arguments.cron:
        scheduler.add_job(act, build_crontab(arguments.cron), **options)
    else:
        period = parse_period(arguments.every)
        first_at = first_run_at(period, last_run_at=_last_run_at(settings), now=utc_now())
        scheduler.add_job(act, build_interval(period), next_run_time=first_at, **options)
    return scheduler


def _last_run_at(settings: Settings) -> datetime | None:
    """When any source was last asked, by whomever; ``None`` = never."""
    with closing(open_tracker(settings)) as store:
        return max((state.last_run_at for state in store.load_harvest_states().values() if state.last_run_at), default=None)
