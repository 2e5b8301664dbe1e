"""What pages say about their data: freshness in words, and that a sample is a sample."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.store.base import HarvestState
from tracker.views import notices

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAMPLE = {"snapshot": {"sample": "A thousand works."}}


def state(name: str, *, ended: str = "complete", days: float = 0) -> HarvestState:
    """A source whose last success is *days* ago and whose last run was just now."""
    return HarvestState(source=name, state=ended, last_success_at=NOW - timedelta(days=days), last_run_at=NOW)


@pytest.mark.parametrize(
    ("ended", "days", "mark", "words"),
    [
        ("complete", 0, "complete", "arXiv complete to 23 Nov 2026"),
        ("unchanged", 2, "complete", "arXiv complete to 21 Nov 2026"),
        ("unchanged", 4, "incomplete", "arXiv last complete 4 days ago"),
        ("unchanged", 11, "failed", "arXiv last complete 11 days ago"),
        ("incomplete", 1, "incomplete", "arXiv answered short just now"),
        ("failed", 1, "failed", "arXiv failed just now; shown: 22 Nov 2026"),
    ],
)
def test_freshness_has_its_own_words_for_each_state(ended: str, days: float, mark: str, words: str) -> None:
    """Nothing new, answered short, failed and stale are four different sentences."""
    (line,) = notices.freshness({"arxiv": state("arxiv", ended=ended, days=days)}, ["arxiv"], now=NOW)

    assert (line.mark, line.sentence) == (mark, words)


def test_freshness_of_a_source_never_asked() -> None:
    """A source without a success says so."""
    assert notices.freshness({}, ["pubmed"], now=NOW)[0].sentence == "PubMed never gathered completely"


def test_sample_is_named_until_every_source_was_complete() -> None:
    """The banner goes source by source."""
    sources = ["arxiv", "pubmed"]

    none = notices.sample_sentence({}, SAMPLE, sources, until=date(2026, 8, 1))
    half = notices.sample_sentence({"arxiv": state("arxiv")}, SAMPLE, sources, until=date(2026, 8, 1))
    both = notices.sample_sentence({name: state(name) for name in sources}, SAMPLE, sources, until=date(2026, 8, 1))

    assert none == (
        "**A sample, not the field:** A thousand works. It goes to Aug 2026 and is not a complete harvest; do not cite these numbers."
    )
    assert str(half).startswith("**A sample, not the field for PubMed:**")
    assert both is None


def test_no_banner_without_a_sample() -> None:
    """A database filled by a harvest, or a snapshot that is no sample, has no banner."""
    assert notices.sample_sentence({}, {"snapshot": {"sample": None}}, ["arxiv"], until=None) is None


def test_data_day_is_the_earlier_of_newest_paper_and_last_success() -> None:
    """No month after the newest paper is drawn as empty, none after the last success as known."""
    states = {"arxiv": state("arxiv", days=3), "pubmed": state("pubmed", days=9)}

    assert notices.data_day(states, date(2026, 11, 22), now=NOW) == date(2026, 11, 14)
    assert notices.data_day(states, date(2026, 8, 1), now=NOW) == date(2026, 8, 1)
    assert notices.data_day({}, None, now=NOW) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (86_400 * 3, "3 days ago"), (-5, "just now")]
)
def test_ago_uses_the_unit_people_would(seconds: float, words: str) -> None:
    """Minutes, hours, days; a clock that is ahead says just now."""
    assert notices.ago(NOW - timedelta(seconds=seconds), NOW) == words
