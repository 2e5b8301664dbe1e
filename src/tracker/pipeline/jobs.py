"""Refreshes started from the app: who may, how often, and as a process of their own.

The refresh is ``python -m tracker refresh`` in a session of its own, so it outlives page switches, closed tabs and a restart
of the app. Lock and job record live in the database; every process sees the same state. What is enforced here is enforced
for every caller, whatever a page shows or hides.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import IO

from tracker.domain.dates import format_instant
from tracker.errors import RefreshNotAllowedError, RefreshRunningError, TrackerError
from tracker.pipeline import permission
from tracker.settings import Settings
from tracker.store.base import Job, Store

# A running refresh writes a heartbeat twice a second; fifteen seconds without one, and no lock held, means it was killed.
LOST_AFTER = timedelta(seconds=15)
START_SECONDS = 30.0
LOOK_EVERY_SECONDS = 0.05
RUNNING = "A refresh is already running; its progress is shown here."
ALREADY_RUNNING = RefreshRunningError.exit_code

Launch = Callable[[IO[bytes]], subprocess.Popen[bytes]]


class TokenGuard(permission.TokenGuard):
    """The guard of refreshes."""

    def __init__(self) -> None:
        super().__init__("refresh", RefreshNotAllowedError)


# One for the whole process: all sessions of the app share it, so that many tabs give no more tries than one.
_GUARD = TokenGuard()
_STARTING = threading.Lock()


def start_refresh(
    settings: Settings, store: Store, *, now: datetime, token: str | None = None, launch: Launch | None = None, guard: TokenGuard = _GUARD
) -> Job:
    """Start a refresh and return its job, once the new process has recorded it.

    Raises ``RefreshNotAllowedError`` (switched off, wrong token, cooling down), ``RefreshRunningError`` (another one runs, also
    if it was started at the same moment), ``TrackerError`` with the refresh's own words if it could not start.
    """
    require_permission(settings, now=now, token=token, guard=guard)
    if not _STARTING.acquire(blocking=False):
        raise RefreshRunningError(RUNNING)
    try:
        if store.is_refreshing():
            raise RefreshRunningError(RUNNING)
        allowed_at = next_start_at(settings, store, now=now)
        if allowed_at and now < allowed_at:
            raise RefreshNotAllowedError(f"The last refresh was only just started; the next one may start at {format_instant(allowed_at)}.")
        before = store.latest_job()
        return _await_job(store, launch or _launch, after=before.id if before else 0)
    finally:
        _STARTING.release()


def require_permission(settings: Settings, *, now: datetime, token: str | None = None, guard: TokenGuard = _GUARD) -> None:
    """Raises ``RefreshNotAllowedError`` unless ``TRACKER_REFRESH`` lets this caller start or cancel a refresh."""
    if settings.refresh_policy == "off":
        raise RefreshNotAllowedError("Refreshing from the app is switched off here (TRACKER_REFRESH=off).")
    if settings.refresh_policy == "token":
        guard.check(token, settings.refresh_token or "", now=now)


def cancel_refresh(settings: Settings, store: Store, *, now: datetime, token: str | None = None, guard: TokenGuard = _GUARD) -> None:
    """Ask the running refresh, if there is one, to stop at its next page. Same permission as to start one."""
    require_permission(settings, now=now, token=token, guard=guard)
    job = store.latest_job()
    if job and job.state == "running":
        store.cancel_job(job.id)


def next_start_at(settings: Settings, store: Store, *, now: datetime) -> datetime | None:
    """When the cool-down since the last start from the app ends; ``None`` if there is none to wait for.

    A start after *now* is of a clock that was wrong, and passed over.
    """
    started = next((job.started_at for job in store.load_jobs() if job.trigger == "app" and job.started_at <= now), None)
    return started + timedelta(seconds=settings.refresh_cooldown_seconds) if started else None


def latest_job(store: Store, *, now: datetime) -> Job | None:
    """The newest job as it really stands: one recorded as running whose process is gone comes back as ``lost``."""
    job = store.latest_job()
    return replace(job, state="lost") if job and is_lost(job, now=now, is_refreshing=store.is_refreshing()) else job


def is_lost(job: Job, *, now: datetime, is_refreshing: bool) -> bool:
    """Whether *job* is recorded as running although its process has died."""
    return job.state == "running" and not is_refreshing and now - job.heartbeat_at > LOST_AFTER


def _launch(words: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tracker", "refresh", "--trigger", "app"]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words, start_new_session=True)  # noqa: S603 - no word of it comes from outside


def _await_job(store: Store, launch: Launch, *, after: int) -> Job:
    """Launch the process and wait until it has recorded its job, or has ended without one."""
    with tempfile.TemporaryFile() as words:
        process = launch(words)
        # Somebody has to take note of its end, or it stays behind as a zombie for as long as the app lives.
        threading.Thread(target=process.wait, daemon=True).start()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            has_ended = process.poll() is not None  # before looking, or a quick refresh could end between the two
            job = store.latest_job()
            if job and job.id > after and (job.pid, job.host) == (process.pid, socket.gethostname()):
                return job
            if has_ended:
                raise _failed_start(process.returncode, words)
            time.sleep(LOOK_EVERY_SECONDS)
    raise TrackerError(f"The refresh (process {process.pid}) did not report within {START_SECONDS:.0f} s; see `tracker status`.")


def _failed_start(exit_code: int, words: IO[bytes]) -> TrackerError:
    if exit_code == ALREADY_RUNNING:
        return RefreshRunningError(RUNNING)
    words.seek(0)
    said = words.read().decode(errors="replace").strip() or f"it ended with exit code {exit_code}"
    return TrackerError(f"The refresh could not start: {said[-2000:]}")
