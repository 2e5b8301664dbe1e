"""Lateness is measured from what was watched, and said to be unknown otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tracker.store.base import HarvestState
from tracker.views.lag import Lag, in_words, measure_lags
from views.columns import make_columns, make_entry

START = date(2026, 1, 10)  # of the first harvest
DONE = HarvestState(source="arxiv", last_success_at=datetime(2026, 6, 30, tzinfo=UTC))


def watched(days_late: list[int], **changes: Any) -> list[dict[str, Any]]:
    """One paper there from the start, then one per lateness, all dated after the start."""
    first = make_entry("arxiv:0", published="2025-01-01", first_seen=datetime(2026, 1, 10, tzinfo=UTC))
    later = [
        make_entry(
            f"arxiv:{number + 1}", published="2026-03-01", first_seen=datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=late), **changes
        )
        for number, late in enumerate(days_late)
    ]
    return [first, *later]


def measured(entries: list[dict[str, Any]], state: HarvestState | None = DONE) -> Lag:
    """The lag of arXiv."""
    return measure_lags(make_columns(*entries), {"arxiv": state} if state else {}, ["arxiv"])[0]


def test_half_and_nine_of_ten_are_days_after_the_date() -> None:
    """Twenty papers, 1 to 20 days late: half came within 10, nine of ten within 18."""
    assert measured(watched(list(range(1, 21)))) == Lag("arxiv", 20, 10, 18)


def test_papers_of_the_first_harvest_say_nothing() -> None:
    """What was published before the tracker looked was not late; nothing else here can be measured."""
    old = [make_entry(f"arxiv:{number}", published="2025-01-01", first_seen=datetime(2026, 1, 10, tzinfo=UTC)) for number in range(50)]

    assert measured(old) == Lag("arxiv", 0, None, None)


@pytest.mark.parametrize("changes", [{"published": "2026-03"}, {"from_snapshot": True}, {"published": "2026-06-20"}, {"published": None}])
def test_papers_that_cannot_be_measured_are_not(changes: dict[str, Any]) -> None:
    """A date known to the month, a paper of the sample, one not watched for thirty days, one without a date."""
    entries = [one | changes if number else one for number, one in enumerate(watched([1] * 30))]

    assert measured(entries).n == 0


def test_date_ahead_counts_as_no_lateness() -> None:
    """A journal that dates its issue ahead is not late."""
    assert measured(watched([-5] * 20)) == Lag("arxiv", 20, 0, 0)


def test_source_never_harvested_has_no_lag() -> None:
    """No state, no day up to which anything was watched."""
    assert measured(watched([1] * 30), None).n == 0
    assert measure_lags(make_columns(make_entry("arxiv:1")), {}, ["pubmed"]) == [Lag("pubmed", 0, None, None)]


def test_words_say_what_was_measured_or_why_not() -> None:
    """Both sources in one sentence; a sample says that it is one."""
    lags = [Lag("arxiv", 400, 1, 3), Lag("pubmed", 3, None, None)]

    assert in_words(lags, is_sample=False) == (
        "Indexing lag, measured here: arXiv, half within a day of their date, nine of ten within 3 days (n = 400); "
        "PubMed, not measurable yet (3 of the 20 papers it takes, dated to the day and watched for 30 days)."
    )
    assert in_words([Lag("arxiv", 0, None, None)], is_sample=True) == (
        "Indexing lag: not measurable on this sample, which was loaded at once and knows dates to the month at best."
    )
