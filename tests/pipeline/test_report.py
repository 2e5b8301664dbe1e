"""The report of a refresh: the contract's fields, and sentences that say the same."""

from __future__ import annotations

import json

import pytest

from fakes import NOW
from tracker.pipeline.report import RefreshReport, SourceReport
from tracker.sources.base import SourceState

CONTRACT_FIELDS = [
    *("state", "expected", "received", "new", "changed", "unchanged"),
    *("out_of_scope", "rejected", "requests", "seconds", "error", "watermark"),
]


def make_report(**states: SourceState) -> RefreshReport:
    """A refresh whose sources ended in *states*."""
    sources = {name: SourceReport(source=name, state=state) for name, state in states.items()}
    return RefreshReport(started_at=NOW, taxonomy="2026.1", sources=sources)


def test_report_has_the_fields_of_the_contract() -> None:
    """Scripts find every field under its promised name, in plain JSON."""
    report = json.loads(json.dumps(make_report(arxiv=SourceState.COMPLETE).to_json()))

    assert {"started_at", "seconds", "taxonomy", "sources", "records", "works"} <= set(report)
    assert [name for name in CONTRACT_FIELDS if name not in report["sources"]["arxiv"]] == []
    assert (report["started_at"], report["sources"]["arxiv"]["state"]) == ("2026-11-23T06:17:00Z", "complete")


@pytest.mark.parametrize(
    ("arxiv", "pubmed", "code"),
    [
        (SourceState.COMPLETE, SourceState.UNCHANGED, 0),
        (SourceState.UNCHANGED, SourceState.SKIPPED, 0),
        (SourceState.COMPLETE, SourceState.INCOMPLETE, 3),
        (SourceState.FAILED, SourceState.COMPLETE, 3),
    ],
)
def test_exit_code_is_3_exactly_when_a_source_fell_short(arxiv: SourceState, pubmed: SourceState, code: int) -> None:
    """One short source is enough; a skipped one is none."""
    assert make_report(arxiv=arxiv, pubmed=pubmed).exit_code == code


def test_words_name_rejected_enriched_and_gone_only_where_there_are_any() -> None:
    """A line stays short on a quiet day and hides nothing on another."""
    quiet = SourceReport(source="arxiv", state=SourceState.UNCHANGED, expected=5, received=5, unchanged=5, requests=1)
    busy = SourceReport(
        source="pubmed", state=SourceState.COMPLETE, expected=9, received=8, new=8, enriched=3, gone=2, rejected=1, requests=4, seconds=2.0
    )

    assert quiet.in_words() == (
        "arxiv: unchanged; 5 of 5 records received, 0 new, 0 changed, 5 unchanged, 0 out of scope; 1 request, 0 s (0 s waiting)"
    )
    assert busy.in_words() == (
        "pubmed: complete; 8 of 9 records received, 8 new, 0 changed, 0 unchanged, 0 out of scope, 3 known from the shipped data, "
        "2 no longer listed, 1 rejected; 4 requests, 2 s (0 s waiting)"
    )


def test_words_of_a_skipped_source_say_why() -> None:
    """A source that was not asked does not look like one that answered nothing."""
    assert SourceReport(source="arxiv").in_words() == "arxiv: skipped"
    assert SourceReport(source="arxiv", error="it rests").in_words() == "arxiv: skipped; it rests"


def test_trouble_in_words_joins_the_errors_of_short_sources() -> None:
    """The job's message is what a person has to know, and nothing else."""
    report = make_report(arxiv=SourceState.FAILED, pubmed=SourceState.COMPLETE)
    report.sources["arxiv"].error = "arXiv cannot be reached"

    assert report.trouble_in_words() == "arXiv cannot be reached"
    assert make_report(arxiv=SourceState.COMPLETE).trouble_in_words() is None
