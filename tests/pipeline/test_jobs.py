"""Refreshes started from the app: who may, how often, and what becomes of them."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import IO, Any

import pytest

from fakes import NOW
from tracker.errors import RefreshNotAllowedError, RefreshRunningError, TrackerError
from tracker.pipeline.jobs import TokenGuard, cancel_refresh, is_lost, latest_job, next_start_at, start_refresh
from tracker.settings import Settings
from tracker.store.base import Job, Store

SECOND = timedelta(seconds=1)


class Process:
    """A refresh process that records its job and lives on, or ends at once."""

    pid = 4711

    def __init__(self, returncode: int | None = None) -> None:
        self.returncode = returncode

    def poll(self) -> int | None:
        """As ``subprocess.Popen``."""
        return self.returncode

    def wait(self) -> int:
        """As ``subprocess.Popen``."""
        return self.returncode or 0


def launcher(store: Store, launched: list[Process]) -> Callable[[IO[bytes]], Any]:
    """Stands in for starting a process: records the job the process would record."""

    def launch(_: IO[bytes]) -> Process:
        store.start_job(trigger="app", now=NOW, pid=Process.pid, host=socket.gethostname())
        launched.append(Process())
        return launched[-1]

    return launch


def failing(exit_code: int, words: bytes) -> Callable[[IO[bytes]], Any]:
    """A process that says *words* and ends without having recorded a job."""

    def launch(stderr: IO[bytes]) -> Process:
        stderr.write(words)
        return Process(exit_code)

    return launch


def test_open_policy_starts_a_process_and_returns_its_job(settings: Settings, store: Store) -> None:
    """The caller gets the job that the new process recorded."""
    launched: list[Process] = []

    job = start_refresh(settings, store, now=NOW, launch=launcher(store, launched))

    assert (job.pid, job.trigger, job.state, len(launched)) == (4711, "app", "running", 1)


def test_switched_off_starts_nothing(settings: Settings, store: Store) -> None:
    """``off`` holds for every caller, whatever a page shows."""
    launched: list[Process] = []

    with pytest.raises(RefreshNotAllowedError, match="switched off"):
        start_refresh(replace(settings, refresh_policy="off"), store, now=NOW, token="any", launch=launcher(store, launched))

    assert (launched, store.latest_job()) == ([], None)


@pytest.mark.parametrize("token", [None, "", "wrong", "sesame ", "sésame"])
def test_wrong_token_starts_nothing(settings: Settings, store: Store, token: str | None) -> None:
    """Only the exact token opens."""
    guarded, launched = replace(settings, refresh_policy="token", refresh_token="sesame"), list[Process]()

    with pytest.raises(RefreshNotAllowedError, match="missing or wrong"):
        start_refresh(guarded, store, now=NOW, token=token, launch=launcher(store, launched), guard=TokenGuard())

    assert launched == []


def test_right_token_starts(settings: Settings, store: Store) -> None:
    """And it is no try that counts."""
    guarded, launched = replace(settings, refresh_policy="token", refresh_token="sesame"), list[Process]()

    start_refresh(guarded, store, now=NOW, token="sesame", launch=launcher(store, launched), guard=TokenGuard())

    assert len(launched) == 1


def test_sixth_try_in_a_minute_is_refused_even_if_right() -> None:
    """Guessing is slow for everybody together; after a minute the next try counts."""
    guard = TokenGuard()
    for second in range(5):
        with pytest.raises(RefreshNotAllowedError, match="missing or wrong"):
            guard.check("guess", "sesame", now=NOW + second * SECOND)

    with pytest.raises(RefreshNotAllowedError, match="wait a minute"):
        guard.check("sesame", "sesame", now=NOW + 59 * SECOND)

    guard.check("sesame", "sesame", now=NOW + 60 * SECOND)


def test_cool_down_counts_from_the_last_start_in_the_app(settings: Settings, store: Store) -> None:
    """Over all sessions and processes, because it reads the job record; refreshes from elsewhere do not count."""
    launched: list[Process] = []
    store.start_job(trigger="cli", now=NOW, pid=1, host="here")
    start_refresh(settings, store, now=NOW, launch=launcher(store, launched))

    with pytest.raises(RefreshNotAllowedError, match="2026-11-23T06:27:00Z"):
        start_refresh(settings, store, now=NOW + 599 * SECOND, launch=launcher(store, launched))
    start_refresh(settings, store, now=NOW + 600 * SECOND, launch=launcher(store, launched))

    assert (len(launched), next_start_at(settings, store, now=NOW + 600 * SECOND)) == (2, NOW + 600 * SECOND)


def test_running_refresh_is_not_started_twice(settings: Settings, store: Store) -> None:
    """Whoever holds the lock, from wherever it was started."""
    with store.refresh_lock(), pytest.raises(RefreshRunningError, match="already running"):
        start_refresh(settings, store, now=NOW, launch=launcher(store, []))


def test_loser_of_two_starts_at_once_is_told_so(settings: Settings, store: Store) -> None:
    """Another process got the lock between our look and our start: exit code 4 is no failure."""
    with pytest.raises(RefreshRunningError, match="already running"):
        start_refresh(settings, store, now=NOW, launch=failing(4, b"tracker: Another refresh is running"))


def test_job_of_another_machine_is_not_taken_for_ours(settings: Settings, store: Store) -> None:
    """Two machines may give two processes one number; ours ended without a job of its own."""

    def launch(stderr: IO[bytes]) -> Any:
        store.start_job(trigger="schedule", now=NOW, pid=Process.pid, host="elsewhere.example")
        return failing(4, b"tracker: Another refresh is running")(stderr)

    with pytest.raises(RefreshRunningError, match="already running"):
        start_refresh(settings, store, now=NOW, launch=launch)


def test_refresh_that_could_not_start_says_why(settings: Settings, store: Store) -> None:
    """The words of the process reach whoever clicked."""
    with pytest.raises(TrackerError, match="could not start: tracker: the taxonomy is missing"):
        start_refresh(settings, store, now=NOW, launch=failing(2, b"tracker: the taxonomy is missing\n"))


def test_real_process_is_launched_with_the_running_interpreter(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """``python -m tracker refresh`` in a session of its own; a wrong setting comes back as its own sentence."""
    commands: list[list[str]] = []
    real = subprocess.Popen

    def popen(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        commands.append(command)
        assert options["start_new_session"] is True
        return real(command, **options)

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setenv("TRACKER_SOURCES", "nowhere")

    with pytest.raises(TrackerError, match="TRACKER_SOURCES names 'nowhere'"):
        start_refresh(settings, store, now=NOW)

    assert commands == [[sys.executable, "-m", "tracker", "refresh", "--trigger", "app"]]


def test_refresh_started_from_the_app_is_seen_by_every_process(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the click to the outcome through the database alone: here, both services are down and the job says so."""
    monkeypatch.setenv("TRACKER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TRACKER_ARXIV_URL", settings.arxiv_url)
    monkeypatch.setenv("TRACKER_EUTILS_URL", settings.eutils_url)
    monkeypatch.setenv("TRACKER_PACE", str(settings.pace))

    started = start_refresh(settings, store, now=datetime.now(UTC))
    ended, pause = store.latest_job(), threading.Event()
    while ended and ended.state == "running":
        pause.wait(0.05)
        ended = store.latest_job()

    assert ended is not None
    assert (ended.id, ended.pid, ended.trigger) == (started.id, started.pid, "app")
    assert (ended.state, ended.exit_code) == ("failed", 3)
    assert "127.0.0.1" in str(ended.message)


def test_cancel_needs_the_same_permission_as_start(settings: Settings, store: Store) -> None:
    """Who may not start may not stop either."""
    job = store.start_job(trigger="app", now=NOW, pid=1, host="here")
    guarded = replace(settings, refresh_policy="token", refresh_token="sesame")

    with pytest.raises(RefreshNotAllowedError):
        cancel_refresh(guarded, store, now=NOW, token="wrong", guard=TokenGuard())
    assert store.beat_job(job.id, now=NOW, progress={}) is False

    cancel_refresh(guarded, store, now=NOW, token="sesame", guard=TokenGuard())
    assert store.beat_job(job.id, now=NOW, progress={}) is True


@pytest.mark.parametrize(
    ("state", "seconds", "is_refreshing", "lost"),
    [
        ("running", 16, False, True),
        ("running", 15, False, False),
        ("running", 3600, True, False),
        ("done", 3600, False, False),
    ],
)
def test_job_is_lost_when_it_is_silent_and_holds_no_lock(state: str, seconds: int, is_refreshing: bool, lost: bool) -> None:
    """A killed refresh is told from a slow one by the lock, which dies with its process."""
    job = Job(id=1, state=state, trigger="app", started_at=NOW, heartbeat_at=NOW)

    assert is_lost(job, now=NOW + seconds * SECOND, is_refreshing=is_refreshing) is lost


def test_latest_job_shows_a_killed_refresh_as_lost(store: Store) -> None:
    """Screens say so before the next refresh cleans up."""
    store.start_job(trigger="app", now=NOW, pid=1, host="here")

    job = latest_job(store, now=NOW + 20 * SECOND)

    assert job is not None
    assert job.state == "lost"
