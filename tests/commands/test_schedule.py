"""The schedule shares its lock and its record of jobs with every other refresh."""

from __future__ import annotations

import argparse
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tracker.commands import schedule
from tracker.pipeline.opening import open_tracker
from tracker.settings import read_settings


@pytest.mark.usefixtures("data_folder")
def test_scheduled_refresh_leaves_a_running_one_alone(caplog: pytest.LogCaptureFixture) -> None:
    """It says so in the log, adds no job, and the schedule goes on."""
    settings = read_settings()
    with closing(open_tracker(settings)) as store, store.refresh_lock() as is_ours:
        assert is_ours
        schedule.refresh_once(settings, threading.Event())

        assert store.load_jobs() == []
    assert "Another refresh of this database is running" in caplog.text


@pytest.mark.parametrize("words", [{"every": "24h", "cron": None}, {"every": None, "cron": "17 6 * * *"}])
def test_schedule_runs_one_at_a_time_and_makes_up_once(words: dict[str, str | None], data_folder: Path) -> None:
    """Ten missed runs are one run; a run that takes too long is not joined by a second."""
    act = partial(int)

    (job,) = schedule._scheduler(argparse.Namespace(**words), read_settings(), act).get_jobs()

    assert (job.max_instances, job.coalesce, job.misfire_grace_time, job.func) == (1, True, 3600, act)
    assert job.trigger.jitter == 300
