"""Refreshes in words and marks: each state in its own, age in words and colour, ninety days at a glance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tracker.domain.record import Rejected
from tracker.store.base import HarvestState, Job
from tracker.views import run_strip, runs
from tracker.views.wording import instant_in_words

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def make_job(number: int, started_at: datetime, **sources: Any) -> Job:
    """A refresh that ended; *sources* are states, or reports."""
    reports = {name: one if isinstance(one, dict) else {"state": one} for name, one in sources.items()}
    return Job(id=number, state="done", trigger="cli", started_at=started_at, heartbeat_at=started_at, report={"sources": reports})


@pytest.mark.parametrize(
    ("days", "said"),
    [(3, "(3 days ago)"), (4, '<span class="stale">(4 days ago, getting old)'), (11, '<span class="old">(11 days ago, old)')],
)
def test_age_is_amber_after_three_days_and_red_after_ten(days: int, said: str) -> None:
    """In words too: colour alone tells nobody who cannot see it."""
    states = {"arxiv": HarvestState(source="arxiv", state="complete", last_success_at=NOW - days * DAY)}

    assert said in runs.source_table(states, ["arxiv"], [], now=NOW)


@pytest.mark.parametrize(
    ("state", "word", "words"),
    [
        ("unchanged", "quiet", "answered, nothing new"),
        ("incomplete", "short", "answered short; the rest is asked for again next time"),
        ("failed", "failed", "gave no usable answer; nothing was stored"),
        (None, "never asked", "refresh to ask it"),
    ],
)
def test_quiet_short_and_failed_have_their_own_words(state: str | None, word: str, words: str) -> None:
    """Nothing new is no trouble, and trouble is not nothing new."""
    table = runs.source_table({"pubmed": HarvestState(source="pubmed", state=state)}, ["pubmed"], [], now=NOW)

    assert f'</i>{word}<p class="mut src">{words}</p>' in table


def test_source_table_shows_what_the_newest_run_brought() -> None:
    """Of this source, not of a run in which it was not asked."""
    asked = {"state": "complete", "expected": 1200, "received": 1100, "new": 7, "changed": 3, "seconds": 12.34}
    jobs = [make_job(3, NOW, arxiv="skipped"), make_job(2, NOW - DAY, arxiv=asked), make_job(1, NOW - 2 * DAY, arxiv="failed")]

    table = runs.source_table({"arxiv": HarvestState(source="arxiv", state="complete")}, ["arxiv"], jobs, now=NOW)

    cells = "".join(f'<td class="num">{cell}</td>' for cell in ("1,200", "1,100", "7", "3", "12.3"))
    assert cells in table


def test_watermark_is_not_called_the_day_of_the_last_success() -> None:
    """The newest change seen may be months old where nothing changed since; the sidebar's *complete to* is the last success."""
    state = HarvestState(source="arxiv", state="unchanged", last_success_at=NOW, watermark=NOW - 90 * DAY)

    table = runs.source_table({"arxiv": state}, ["arxiv"], [], now=NOW)

    assert ">Watermark</th>" in table
    assert f"<td>{instant_in_words(state.watermark)}</td>" in table


def test_rejected_entries_are_listed_with_their_reasons() -> None:
    """When, from where, which, why; what the services say is text."""
    table = runs.rejected_table([(NOW, Rejected("pubmed", "38000001", "<b>no title</b>"))])

    assert "<td>23 Nov 2026, 12:00 UTC</td><td>PubMed</td><td>38000001</td><td>&lt;b&gt;no title&lt;/b&gt;</td>" in table


def test_strip_has_a_mark_for_each_of_ninety_days() -> None:
    """The best run of a day counts; days without a run are rings; a screen reader hears the sums."""
    jobs = [
        make_job(4, NOW, arxiv="complete"),
        make_job(3, NOW - timedelta(hours=2), arxiv="failed"),
        make_job(2, NOW - 89 * DAY, arxiv="incomplete"),
        make_job(1, NOW - 90 * DAY, arxiv="failed"),
    ]

    strip = run_strip.strip(jobs, ["arxiv"], today=NOW.date())

    line = strip.partition("</div>")[0]
    assert (line.count("<i "), line.count("st-complete"), line.count("st-short"), line.count("st-failed")) == (90, 1, 1, 0)
    assert 'aria-label="arXiv, last 90 days: short on 1, no run on 88, complete on 1"' in strip
    assert 'title="26 Aug 2026: short"' in strip


def test_refresh_that_died_is_a_failed_day() -> None:
    """It left no report, but the day is not one without a run; a later one that was complete makes up for it."""
    lost = [Job(id=1, state="lost", trigger="app", started_at=NOW, heartbeat_at=NOW)]

    died = run_strip.strip(lost, ["arxiv"], today=NOW.date())
    mended = run_strip.strip([make_job(2, NOW, arxiv="complete"), *lost], ["arxiv"], today=NOW.date())

    assert "failed on 1" in died
    assert ("failed on 1" in mended, "complete on 1" in mended) == (False, True)


def test_run_table_keeps_what_a_service_said_as_text() -> None:
    """Messages come from outside."""
    table = runs.run_table([make_job(1, NOW, arxiv={"state": "failed", "error": "<script>503</script>"})])

    assert "&lt;script&gt;503&lt;/script&gt;" in table
    assert "<script>" not in table
