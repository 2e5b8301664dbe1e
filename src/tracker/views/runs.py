"""Refreshes in words and tables: how each source stands, what the last runs brought. HTML and sentences, no Streamlit.

Messages of services come from outside and are escaped. A state is shown in its own words: "answered, nothing new", "answered
short" and "failed" are three different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tracker.pipeline.status import STATE_WORDS
from tracker.store.base import HarvestState, Job
from tracker.views import html
from tracker.views.notices import SOURCE_NAMES, ago
from tracker.views.wording import any_of, instant_in_words

_COUNTS = ("expected", "received", "new", "changed", "unchanged", "out_of_scope", "rejected", "requests")
_JOB_WORDS = {
    "running": "not over yet",
    "done": "ended well",
    "failed": "ended with trouble",
    "cancelled": "was cancelled",
    "lost": "was lost: its process died; what it had stored is kept, the next refresh goes on from there",
}
_TRIGGER_WORDS = {"app": "from the dashboard", "cli": "from the command line", "schedule": "by the schedule"}


def finding(states: Mapping[str, HarvestState], sources: Sequence[str]) -> str:
    """The sentence under the title: which sources are complete, which are not."""
    if not any(_state(states, source) for source in sources):
        return "**This copy has not gathered anything yet**: what is shown came with it."
    complete = [source for source in sources if _state(states, source) in ("complete", "unchanged")]
    others = [source for source in sources if source not in complete]
    if not others:
        return f"**{_names(complete)}** {'are' if len(complete) > 1 else 'is'} complete."
    said = [f"{SOURCE_NAMES.get(source, source)}: {STATE_WORDS.get(_state(states, source), 'unknown')}" for source in others]
    start = f"**{_names(complete)}** {'are' if len(complete) > 1 else 'is'} complete. " if complete else ""
    return f"{start}{'; '.join(said)}."


def source_table(states: Mapping[str, HarvestState], sources: Sequence[str], *, now: datetime) -> str:
    """One line a source: state in words, last success, complete up to."""
    lines = []
    for source in sources:
        state = states.get(source)
        word = state.state if state and state.state else "never asked"
        words = STATE_WORDS.get(state.state, "") if state and state.state else "refresh to ask it"
        success = (
            f"{instant_in_words(state.last_success_at)} ({ago(state.last_success_at, now)})" if state and state.last_success_at else "never"
        )
        cells = [
            f"<b>{html.escape(SOURCE_NAMES.get(source, source))}</b>",
            f'{html.state_mark(word)}{html.escape(word)}<p class="mut src">{html.escape(words)}</p>',
            html.escape(success),
            html.escape(instant_in_words(state.watermark) if state and state.watermark else "–"),
            f"{state.last_total:,}" if state and state.last_total is not None else "–",
        ]
        lines.append(html.table_line(cells, numbers=1))
    return html.table(("Source", "State", "Last success", "Complete up to", "Announced"), lines, numbers=1)


def run_table(jobs: Iterable[Job]) -> str:
    """The newest refreshes, one line per run and source; a run without a report has one line of its own."""
    lines = []
    for job in jobs:
        sources: Mapping[str, Any] = (job.report or {}).get("sources", {})
        by = _TRIGGER_WORDS.get(job.trigger, html.escape(job.trigger))
        begun = f'{html.escape(instant_in_words(job.started_at))}<p class="mut src">{by}</p>'
        if not sources:
            said = job.message or _JOB_WORDS.get(job.state, job.state)
            state = f"{html.state_mark('failed' if job.state in ('failed', 'lost') else 'skipped')}{html.escape(job.state)}"
            lines.append(
                html.table_line([begun, "", f'{state}<p class="mut src">{html.escape(said)}</p>', *(["–"] * (len(_COUNTS) + 1))], numbers=9)
            )
        for name, report in sources.items():
            lines.append(_run_line(begun, name, report))
    names = ("Started", "Source", "State", *(name.replace("_", " ").capitalize() for name in _COUNTS), "Seconds")
    return html.table(names, lines, numbers=len(_COUNTS) + 1)


def job_sentence(job: Job | None, *, now: datetime) -> str:
    """What became of the last refresh, in one sentence."""
    if job is None:
        return "No refresh has run on this database yet."
    if job.state == "running":
        return f"A refresh, started {ago(job.started_at, now)} {_TRIGGER_WORDS.get(job.trigger, '')}, is running."
    return f"The last refresh, {ago(job.started_at, now)} {_TRIGGER_WORDS.get(job.trigger, '')}, {_JOB_WORDS.get(job.state, job.state)}."


def job_troubles(job: Job | None) -> list[str]:
    """What went wrong in the last refresh, a sentence per source; empty if nothing did."""
    if job is None or job.state not in ("failed", "lost"):
        return []
    sources: Mapping[str, Any] = (job.report or {}).get("sources", {})
    found = [str(one["error"]) for one in sources.values() if one.get("error")]
    return found or ([job.message] if job.message else [])


def progress(job: Job) -> list[tuple[float, str]]:
    """Per source of a running job: the part done (0 to 1) and a line of text (plain)."""
    lines = []
    for name, one in job.progress.items():
        received, expected = int(one.get("received") or 0), one.get("expected")
        share = min(1.0, received / expected) if expected else 0.0
        of = f"{received:,} of {expected:,} records" if expected else f"{received:,} records"
        state = one.get("state")
        if state in ("complete", "unchanged", "failed"):
            share = 1.0
        ending = f" · {STATE_WORDS[state]}" if state in STATE_WORDS and state != "skipped" else ""
        lines.append((share, f"{SOURCE_NAMES.get(name, name)}: {of}, {int(one.get('requests') or 0)} requests{ending}"))
    return lines


def cooldown_sentence(allowed_at: datetime | None, *, now: datetime) -> str:
    """When the next refresh may be started from the app."""
    if allowed_at is None or allowed_at <= now:
        return "The next one may start now."
    minutes = max(1, round((allowed_at - now) / timedelta(minutes=1)))
    return f"The next one may start in {minutes} minute{'' if minutes == 1 else 's'}, at {instant_in_words(allowed_at)}."


def _run_line(begun: str, name: str, report: Mapping[str, Any]) -> str:
    state = str(report.get("state"))
    said = report.get("error") or STATE_WORDS.get(state, "")
    cells = [
        begun,
        html.escape(SOURCE_NAMES.get(name, name)),
        f'{html.state_mark(state)}{html.escape(state)}<p class="mut src">{html.escape(str(said))}</p>',
        *(_number(report.get(count)) for count in _COUNTS),
        f"{float(report.get('seconds') or 0):.1f}",
    ]
    return html.table_line(cells, numbers=len(_COUNTS) + 1)


def _state(states: Mapping[str, HarvestState], source: str) -> str | None:
    state = states.get(source)
    return state.state if state else None


def _names(sources: Sequence[str]) -> str:
    return any_of([SOURCE_NAMES.get(source, source) for source in sources], "and")


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "–"
