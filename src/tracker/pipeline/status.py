"""How things stand: counts, per source the last success and what the last run came to, and the newest job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.data_files import read_taxonomy
from tracker.domain.dates import format_instant
from tracker.pipeline.jobs import latest_job
from tracker.settings import KNOWN_SOURCES, Settings
from tracker.store.base import HarvestState, Job, Store

STATE_WORDS = {
    "complete": "all that was asked for is stored",
    "unchanged": "answered, nothing new",
    "incomplete": "answered short; the rest is asked for again next time",
    "failed": "gave no usable answer; nothing was stored",
    None: "never asked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What ``tracker status`` says. ``rejected`` entries came and could not become a record.

    ``sample`` describes the shipped sample while only that is loaded, else ``None``.
    """

    records: int
    works: int
    rejected: int
    taxonomy: str
    refreshing: bool
    sources: Mapping[str, HarvestState]
    job: Job | None
    sample: str | None

    def to_json(self) -> dict[str, Any]:
        """The contract's object, and ours beside it."""
        return {
            "records": self.records,
            "works": self.works,
            "rejected": self.rejected,
            "taxonomy": self.taxonomy,
            "refreshing": self.refreshing,
            "sample": self.sample,
            "sources": {name: _source_json(state) for name, state in self.sources.items()},
            "last_refresh": _job_json(self.job) if self.job else None,
        }

    def in_words(self) -> str:
        """A few lines for a person at a terminal."""
        lines = [f"{_counted(self.records, 'record')} of {_counted(self.works, 'work')} in scope; taxonomy {self.taxonomy}"]
        lines += [self.sample] if self.sample else []
        lines += [_source_in_words(name, state) for name, state in self.sources.items()]
        lines += [_rejected_in_words(self.rejected)] if self.rejected else []
        return "\n".join([*lines, _job_in_words(self.job, self.refreshing)])


def read_status(settings: Settings, store: Store, *, now: datetime) -> Status:
    """How things stand at *now*. Raises ``TaxonomyError`` if the taxonomy in force cannot be read."""
    states = store.load_harvest_states()
    return Status(
        records=store.count_records(),
        works=store.count_works(),
        rejected=store.count_rejected(),
        taxonomy=read_taxonomy(settings).version,
        refreshing=store.is_refreshing(),
        sources={name: states.get(name, HarvestState(source=name)) for name in settings.sources},
        job=latest_job(store, now=now),
        sample=sample_in_force(store.load_about(), states),
    )


def sample_in_force(about: Mapping[str, Any], states: Mapping[str, HarvestState]) -> str | None:
    """The words that describe the shipped sample, until a harvest of each of its sources has been complete here; then ``None``."""
    snapshot = about.get("snapshot", {})
    waiting = [name for name in snapshot.get("sources") or KNOWN_SOURCES if not (name in states and states[name].last_success_at)]
    sample: str | None = snapshot.get("sample")
    return sample if waiting else None


def _source_json(state: HarvestState) -> dict[str, Any]:
    return {
        "state": state.state,
        "last_success_at": format_instant(state.last_success_at),
        "last_run_at": format_instant(state.last_run_at),
        "last_full_at": format_instant(state.last_full_at),
        "watermark": format_instant(state.watermark),
        "total": state.last_total,
        "rests_until": format_instant(state.breaker_until),
    }


def _job_json(job: Job) -> dict[str, Any]:
    return {
        "state": job.state,
        "trigger": job.trigger,
        "started_at": format_instant(job.started_at),
        "finished_at": format_instant(job.finished_at),
        "exit_code": job.exit_code,
        "message": job.message,
        "progress": dict(job.progress),
        "report": job.report,
    }


def _source_in_words(name: str, state: HarvestState) -> str:
    success = f"last success {format_instant(state.last_success_at)}" if state.last_success_at else "no success yet"
    mark = f", watermark {format_instant(state.watermark)}" if state.watermark else ""
    rest = f"; the schedule leaves it alone until {format_instant(state.breaker_until)}" if state.breaker_until else ""
    return f"{name}: {STATE_WORDS.get(state.state, state.state)}; {success}{mark}{rest}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _rejected_in_words(count: int) -> str:
    entries = "entry was rejected; its reason stands" if count == 1 else "entries were rejected; their reasons stand"
    return f"{count} {entries} on the page Data & refresh, under Last runs"


def _job_in_words(job: Job | None, refreshing: bool) -> str:
    if job is None:
        return "A refresh is running." if refreshing else "No refresh has run yet."
    begun = f"Refresh started {format_instant(job.started_at)} by {job.trigger}"
    if job.state == "running":
        counts = ", ".join(f"{name} {one.get('received')} of {one.get('expected') or '?'}" for name, one in job.progress.items())
        return f"{begun}: running; {counts}" if counts else f"{begun}: running"
    return f"{begun}: {job.state}" + (f"; {job.message}" if job.message else "")
