"""Builders of test data: every value has a harmless default, a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tracker.domain.dates import PartialDate
from tracker.domain.record import EvidenceSpan, Labelling, Provenance, Record

NOW = datetime(2026, 11, 23, 6, 17, tzinfo=UTC)


def make_record(**changes: Any) -> Record:
    """An arXiv preprint on LLM counselling; ``source="pubmed"`` gives an article instead."""
    source = changes.get("source", "arxiv")
    values: dict[str, Any] = {
        "key": "arxiv:2401.00001" if source == "arxiv" else "pubmed:38000001",
        "source": source,
        "title": "A language model that listens: emotional support by chatbot",
        "abstract": "We build a large language model that offers emotional support to people with depression.",
        "authors": ("Ada Example", "Bo Sample"),
        "published": PartialDate.parse("2024-01-15"),
        "provenance": Provenance(source, "test query", NOW, "test/1"),
        "is_preprint": source == "arxiv",
        "venue": "arXiv" if source == "arxiv" else "JMIR Mental Health",
    }
    key = changes.get("key", values["key"])
    if source == "arxiv":
        values |= {"arxiv_id": key.removeprefix("arxiv:"), "version": 1, "categories": ("cs.CL",)}
    elif key.startswith("pubmed:"):
        values |= {"pmid": key.removeprefix("pubmed:")}
    return Record(**(values | changes))


def make_labelling(**changes: Any) -> Labelling:
    """In scope, one application with one evidence span in the title of :func:`make_record`."""
    values: dict[str, Any] = {
        "taxonomy": "2026.1",
        "in_scope": True,
        "labels": {"application": {"intervention": 2}},
        "evidence": (EvidenceSpan("application:intervention", "title", 31, 48, "emotional support", "intervention.s1"),),
    }
    return Labelling(**(values | changes))
