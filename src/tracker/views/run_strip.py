"""The last ninety days of refreshes at a glance: a mark a day for each source. HTML, no Streamlit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tracker.store.base import Job
from tracker.views import html
from tracker.views.notices import SOURCE_NAMES
from tracker.views.runs import WORDS, reports_of
from tracker.views.wording import date_in_words

DAYS = 90
NO_RUN = "no run"
_BEST_FIRST = ("complete", "unchanged", "incomplete", "failed")


def strip(jobs: Iterable[Job], sources: Sequence[str], *, today: date) -> str:
    """The last ``DAYS`` days, one small mark a day and source: how its best run of that day ended.

    A day is a day in UTC; one without a run is an empty mark. A refresh that came again later and was complete makes up for one
    that failed the same day.
    """
    best = _best_of_days(jobs, sources)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    lines = [_line(source, [best.get((source, day)) for day in days], days) for source in sources]
    keys = "".join(f"<span>{html.state_mark(state)}{_word(state)}</span>" for state in (*_BEST_FIRST, None))
    span = f"{date_in_words(days[0])} to {date_in_words(days[-1])}, a mark a day:"
    return f'<div class="mh">{"".join(lines)}<p class="mut src strip-key"><span>{span}</span>{keys}</p></div>'


def _best_of_days(jobs: Iterable[Job], sources: Sequence[str]) -> dict[tuple[str, date], str]:
    best: dict[tuple[str, date], str] = {}
    for job in jobs:
        for source, state in _states(job, sources).items():
            key = (source, job.started_at.date())
            best[key] = min(state, best.get(key, state), key=_rank)
    return best


def _states(job: Job, sources: Sequence[str]) -> dict[str, str]:
    """How each source ended; a refresh that died or broke before it could report failed for all of them."""
    if job.report is None and job.state in ("failed", "lost"):
        return dict.fromkeys(sources, "failed")
    return {source: str(report.get("state")) for source, report in reports_of(job).items()}


def _rank(state: str) -> int:
    return _BEST_FIRST.index(state) if state in _BEST_FIRST else len(_BEST_FIRST)


def _line(source: str, states: Sequence[str | None], days: Sequence[date]) -> str:
    name = html.escape(SOURCE_NAMES.get(source, source))
    marks = "".join(_mark(state, day) for state, day in zip(states, days, strict=True))
    counts = Counter(map(_word, states))
    said = f"{name}, last {len(days)} days: " + ", ".join(f"{word} on {count}" for word, count in counts.items())
    return f'<div class="strip"><b>{name}</b><span role="img" aria-label="{html.escape(said)}">{marks}</span></div>'


def _mark(state: str | None, day: date) -> str:
    return html.state_mark(state).replace("<i ", f'<i title="{date_in_words(day)}: {_word(state)}" ', 1)


def _word(state: str | None) -> str:
    return WORDS.get(state, state) if state else NO_RUN
