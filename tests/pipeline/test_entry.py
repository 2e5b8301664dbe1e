"""Entries: what a work says when its records say different things, and whose abstract may be passed on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fakes import NOW, make_labelling, make_record
from tracker.domain.dates import PartialDate
from tracker.domain.record import EvidenceSpan, Relation, Status
from tracker.pipeline.entry import is_shareable, to_entry
from tracker.store.base import StoredRecord


def make_stored(record: Any, labelling: Any = None, **changes: Any) -> StoredRecord:
    """The record as a store holds it."""
    values = {
        "id": 1,
        "record": record,
        "labelling": labelling or make_labelling(),
        "work": record.key,
        "origin": "harvest",
        "first_seen_at": NOW,
        "last_changed_at": NOW,
        "last_confirmed_at": NOW,
    }
    return StoredRecord(**(values | changes))


def test_work_takes_what_its_best_record_lacks_from_the_others() -> None:
    """An article with its preprint has PMID, DOI and arXiv id, the earlier date, both labels, the worst status, one abstract."""
    article = make_record(
        source="pubmed", published=PartialDate("2024"), doi="10.2196/1", abstract_copyright="© Ada Example", status=Status.CORRECTED
    )
    preprint = make_record(published=PartialDate("2023-12-01"), status=Status.WITHDRAWN, doi="10.48550/arxiv.2401.00001")
    span = EvidenceSpan("risk:opacity", "abstract", 0, 2, "We", "opacity.s1")
    entry = to_entry(
        [
            make_stored(article, make_labelling(labels={"application": {"education": 1, "intervention": 2}}, evidence=())),
            make_stored(
                preprint,
                make_labelling(labels={"application": {"education": 2}, "risk": {"opacity": 1}}, evidence=(span,)),
                first_seen_at=NOW - timedelta(days=3),
            ),
        ]
    )

    assert entry.record.key == "pubmed:38000001"
    assert (entry.arxiv_id, entry.version, entry.pmid, entry.doi) == ("2401.00001", 1, "38000001", "10.2196/1")
    assert entry.sources == ("pubmed", "arxiv")
    assert entry.published == PartialDate("2023-12-01")
    assert entry.labels == {"application": {"education": 2, "intervention": 2}, "risk": {"opacity": 1}}
    assert entry.evidence == ((span, "arxiv:2401.00001"),)
    assert (entry.status, entry.warnings, entry.is_preprint) == (Status.WITHDRAWN, ("Withdrawn",), False)
    assert entry.first_seen_at == NOW - timedelta(days=3)
    assert entry.abstract == preprint.abstract


def test_concern_is_said_of_the_paper_and_not_of_its_notice() -> None:
    """An expression of concern stands beside the status, which has no word for it."""
    doubted = make_record(source="pubmed", relations=(Relation("ExpressionOfConcernIn", "38000009"),))
    corrected = make_record(status=Status.CORRECTED)
    notice = make_record(source="pubmed", relations=(Relation("ExpressionOfConcernFor", "38000001"),))

    assert to_entry([make_stored(doubted)]).warnings == ("Expression of concern",)
    assert to_entry([make_stored(doubted), make_stored(corrected)]).warnings == ("Corrected", "Expression of concern")
    assert to_entry([make_stored(notice)]).warnings == ()


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        (None, False),
        ("© 2024 The Authors. Published by Example Press.", False),
        ("Copyright 2024. This article is licensed under a Creative Commons Attribution 4.0 International License.", True),
        ("© Ada Example. Licensed under CC BY 4.0.", True),
        ("Distributed under CC-BY-SA.", True),
        ("This is a work in the public domain.", True),
        ("Creative Commons Attribution-NonCommercial 4.0", False),
        ("© The Author(s), CC BY-NC-ND 4.0", False),
        ("Creative Commons Attribution-NoDerivatives", False),
        ("ACC Byline Press", False),
    ],
)
def test_pubmed_abstract_is_shared_only_under_an_open_licence(notice: str | None, expected: bool) -> None:
    """A publisher's abstract stays home unless its notice names a licence that lets anybody pass it on."""
    assert is_shareable(make_record(source="pubmed", abstract_copyright=notice)) is expected


def test_arxiv_abstract_may_be_shared() -> None:
    """arXiv's metadata, abstracts included, are CC0; where there is none, there is none to share."""
    assert is_shareable(make_record()) is True
    assert is_shareable(make_record(abstract=None)) is False
