"""Refreshes as rows that every process can see. Pure SQL; the lock that makes a refresh the only one is the backend's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from tracker.store.base import Job
from tracker.store.schema import job

KEPT = 2400  # newest jobs, about 1 kB each: a hundred days of hourly refreshes, and the disk does not fill


def start(connection: Connection, *, trigger: str, now: datetime, pid: int, host: str) -> Job:
    """Add a running job; others that still seem to run were left by dead processes and become ``lost``."""
    connection.execute(update(job).where(job.c.state == "running").values(state="lost", message="the process that ran it ended"))
    values = {"state": "running", "trigger": trigger, "started_at": now, "heartbeat_at": now, "pid": pid, "host": host}
    connection.execute(insert(job).values(**values, cancel_requested=False, progress={}))
    started = load(connection, limit=1)[0]
    connection.execute(delete(job).where(job.c.id <= started.id - KEPT))
    return started


def beat(connection: Connection, job_id: int, *, now: datetime, progress: Mapping[str, Any], message: str | None) -> bool:
    """Write a sign of life; returns whether somebody asked to cancel."""
    connection.execute(update(job).where(job.c.id == job_id).values(heartbeat_at=now, progress=dict(progress), message=message))
    return bool(connection.execute(select(job.c.cancel_requested).where(job.c.id == job_id)).scalar())


def finish(connection: Connection, job_id: int, *, now: datetime, state: str, **outcome: Any) -> None:
    """Write how the job ended; *outcome* holds ``exit_code``, ``report`` and ``message``."""
    connection.execute(update(job).where(job.c.id == job_id).values(state=state, finished_at=now, heartbeat_at=now, **outcome))


def cancel(connection: Connection, job_id: int) -> None:
    """Ask a job to stop; one that has ended is left as it ended."""
    connection.execute(update(job).where(job.c.id == job_id, job.c.state == "running").values(cancel_requested=True))


def load(connection: Connection, *, limit: int) -> list[Job]:
    """The newest jobs, newest first."""
    return [Job(**row._mapping) for row in connection.execute(select(job).order_by(job.c.id.desc()).limit(limit))]
