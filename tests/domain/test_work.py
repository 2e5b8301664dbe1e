"""A work seen through its records: who speaks for it, what happened when."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes import make_record
from tracker.domain.dates import PartialDate
from tracker.domain.record import Status
from tracker.domain.work import Event, best_first, timeline

PREPRINT = make_record(version=3, updated_at=datetime(2024, 3, 1, 12, tzinfo=UTC))
ARTICLE = make_record(source="pubmed", abstract=None, published=PartialDate("2024-09"), status=Status.RETRACTED)


def test_best_first_puts_the_article_before_newer_preprints() -> None:
    """Journal over preprint, then newest, then key."""
    late = make_record(key="arxiv:2501.00002", published=PartialDate("2025-01-01"))

    assert best_first([PREPRINT, late, ARTICLE]) == [ARTICLE, late, PREPRINT]


def test_timeline_runs_from_the_first_version_to_the_retraction() -> None:
    """Dated events in order; a retraction that nobody dated stands last."""
    assert timeline([ARTICLE, PREPRINT]) == [
        Event("preprint", PartialDate("2024-01-15"), PREPRINT.key),
        Event("v3", PartialDate("2024-03-01"), PREPRINT.key),
        Event("published", PartialDate("2024-09"), ARTICLE.key),
        Event("retracted", None, ARTICLE.key),
    ]
