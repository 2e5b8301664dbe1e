"""Refreshes in words and tables: how each source stands, what the last runs brought. HTML and sentences, no Streamlit.

Messages of services come from outside and are escaped. A state is shown in its own words: "answered, nothing new", "answered
short" and "failed" are three different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tracker.domain.record import Rejected
from tracker.pipeline.status import STATE_WORDS
from tracker.store.base import HarvestState, Job
from tracker.views import html
from tracker.views.notices import OLD_AFTER, SOURCE_NAMES, STALE_AFTER, ago
from tracker.views.wording import any_of, instant_in_words

_COUNTS = ("expected", "received", "new", "changed", "unchanged", "out_of_scope", "rejected", "requests")
_LAST_COUNTS = ("expected", "received", "new", "changed")
# "Nothing new", "not all" and "nothing at all" are three different things, and none of them is said by another's word.
WORDS = {"complete": "complete", "unchanged": "quiet", "incomplete": "short", "failed": "failed", "skipped": "not asked"}
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


def source_table(states: Mapping[str, HarvestState], sources: Sequence[str], jobs: Sequence[Job], *, now: datetime) -> str:
    """One line a source: state in words, last success and its age, watermark, and what its newest run in *jobs* brought.

    *jobs* come newest first.
    """
    lines = []
    for source in sources:
        state = states.get(source) or HarvestState(source=source)
        word = WORDS.get(state.state, state.state) if state.state else "never asked"
        words = STATE_WORDS.get(state.state, "") if state.state else "refresh to ask it"
        report = _newest_report(jobs, source)
        cells = [
            f"<b>{html.escape(SOURCE_NAMES.get(source, source))}</b>",
            f'{html.state_mark(state.state or "")}{html.escape(word or "")}<p class="mut src">{html.escape(words)}</p>',
            _success(state, now),
            html.escape(instant_in_words(state.watermark) if state.watermark else "–"),
            *_counts(report, _LAST_COUNTS),
        ]
        lines.append(html.table_line(cells, numbers=len(_LAST_COUNTS) + 1))
    names = ("Source", "State", "Last success", "Watermark", *_titles(_LAST_COUNTS))
    return html.table(names, lines, numbers=len(_LAST_COUNTS) + 1)


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
                html.table_line([begun, "", f'{state}<p class="mut src">{html.escape(said)}</p>', *_counts(None, _COUNTS)], numbers=9)
            )
        for name, report in sources.items():
            lines.append(_run_line(begun, name, report))
    names = ("Started", "Source", "State", *_titles(_COUNTS))
    return html.table(names, lines, numbers=len(_COUNTS) + 1)


def rejected_title(count: int, shown: int) -> str:
    """What the table of rejected entries holds: the newest *shown* of *count*.

    >>> rejected_title(2_000, 200)
    '2,000 rejected entries: they came and could not become records; the newest 200'
    """
    if count == 1:
        return "1 rejected entry: it came and could not become a record"
    newest = f"; the newest {shown:,}" if shown < count else ""
    return f"{count:,} rejected entries: they came and could not become records{newest}"


def rejected_table(entries: Iterable[tuple[datetime, Rejected]]) -> str:
    """Entries that came and could not become a record: when last, from which source, what they call themselves, and why not."""
    rows = [(instant_in_words(at), SOURCE_NAMES.get(one.source, one.source), one.entry, one.reason) for at, one in entries]
    lines = [html.table_line([html.escape(cell) for cell in row], numbers=0) for row in rows]
    return html.table(("Last came", "Source", "Entry", "Why it is no record"), lines, numbers=0)


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
        f'{html.state_mark(state)}{html.escape(WORDS.get(state, state))}<p class="mut src">{html.escape(str(said))}</p>',
        *_counts(report, _COUNTS),
    ]
    return html.table_line(cells, numbers=len(_COUNTS) + 1)


def _counts(report: Mapping[str, Any] | None, names: Sequence[str]) -> list[str]:
    """The cells of these counts and of the seconds; dashes where there is no *report*."""
    if report is None:
        return ["–"] * (len(names) + 1)
    return [*(_number(report.get(name)) for name in names), f"{float(report.get('seconds') or 0):.1f}"]


def _titles(counts: Sequence[str]) -> list[str]:
    return [*(name.replace("_", " ").capitalize() for name in counts), "Seconds"]


def reports_of(job: Job) -> Mapping[str, Any]:
    """What the job's report says of each source that was asked."""
    sources: Mapping[str, Any] = (job.report or {}).get("sources", {})
    return {name: report for name, report in sources.items() if report.get("state") != "skipped"}


def _newest_report(jobs: Iterable[Job], source: str) -> Mapping[str, Any] | None:
    return next((reports[source] for reports in map(reports_of, jobs) if source in reports), None)


def _success(state: HarvestState, now: datetime) -> str:
    """When, and how long ago: amber after three days, red after ten, and in words as well."""
    if state.last_success_at is None:
        return "never"
    age = now - state.last_success_at
    style, word = ("old", ", old") if age > OLD_AFTER else ("stale", ", getting old") if age > STALE_AFTER else ("", "")
    said = f"{html.escape(instant_in_words(state.last_success_at))} <span>({ago(state.last_success_at, now)}{word})</span>"
    return said.replace("<span>", f'<span class="{style}">') if style else said


def _state(states: Mapping[str, HarvestState], source: str) -> str | None:
    state = states.get(source)
    return state.state if state else None


def _names(sources: Sequence[str]) -> str:
    return any_of([SOURCE_NAMES.get(source, source) for source in sources], "and")


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "–"
