"""A work seen through its records: who speaks for it, who labelled it, what happened when."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes import make_labelling, make_record
from tracker.domain.dates import PartialDate
from tracker.domain.record import Status
from tracker.domain.work import Event, SharedLabel, best_first, find_abstract, timeline, union_labels

PREPRINT = make_record(version=3, updated_at=datetime(2024, 3, 1, 12, tzinfo=UTC))
ARTICLE = make_record(source="pubmed", abstract=None, published=PartialDate("2024-09"), status=Status.RETRACTED)


def test_best_first_puts_the_article_before_newer_preprints() -> None:
    """Journal over preprint, then newest, then key."""
    late = make_record(key="arxiv:2501.00002", published=PartialDate("2025-01-01"))

    assert best_first([PREPRINT, late, ARTICLE]) == [ARTICLE, late, PREPRINT]


def test_find_abstract_takes_the_best_record_that_has_one() -> None:
    """The article has none here, so the preprint's is shown; without any there is none."""
    assert find_abstract([ARTICLE, PREPRINT]) == PREPRINT
    assert find_abstract([ARTICLE]) is None


def test_union_labels_names_the_records_of_each_label() -> None:
    """Every label of every record, at its greatest strength, best record first."""
    mine = make_labelling(labels={"risk": {"inaccuracy": 1}, "application": {"intervention": 2}})
    theirs = make_labelling(labels={"risk": {"inaccuracy": 2, "unsafe_response": 1}})

    assert union_labels([(PREPRINT, mine), (ARTICLE, theirs)]) == {
        "risk": {"inaccuracy": SharedLabel(2, (ARTICLE.key, PREPRINT.key)), "unsafe_response": SharedLabel(1, (ARTICLE.key,))},
        "application": {"intervention": SharedLabel(2, (PREPRINT.key,))},
    }


def test_timeline_runs_from_the_first_version_to_the_retraction() -> None:
    """Dated events in order; a retraction that nobody dated stands last."""
    assert timeline([ARTICLE, PREPRINT]) == [
        Event("preprint", PartialDate("2024-01-15"), PREPRINT.key),
        Event("v3", PartialDate("2024-03-01"), PREPRINT.key),
        Event("published", PartialDate("2024-09"), ARTICLE.key),
        Event("retracted", None, ARTICLE.key),
    ]
