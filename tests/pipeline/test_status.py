"""How things stand, for scripts and in sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fake_source import Clock, FakeSource, make_page, make_records
from fakes import NOW
from tracker.domain.record import Rejected
from tracker.errors import SourceUnavailableError
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.refresh import run_refresh
from tracker.pipeline.status import read_status, sample_in_force
from tracker.settings import Settings
from tracker.store.base import HarvestState, Store

SHIPPED = {"snapshot": {"sample": "A test harvest", "sources": {"arxiv": {}, "pubmed": {}}}}


def test_status_after_a_refresh_tells_what_each_source_came_to(settings: Settings, store: Store, configuration: Configuration) -> None:
    """State, last success and watermark of each source; the last job with its report."""
    fakes = {
        "arxiv": FakeSource("arxiv", make_page(*make_records(2, title="Chatbots in mental health care"))),
        "pubmed": FakeSource("pubmed", SourceUnavailableError("pubmed", "PubMed cannot be reached")),
    }
    run_refresh(settings, store, configuration=configuration, open_source=fakes.__getitem__, now=Clock())

    status = read_status(settings, store, now=NOW).to_json()

    assert (status["records"], status["refreshing"], status["sample"]) == (2, False, None)
    arxiv, pubmed = status["sources"].values()
    assert (arxiv["state"], arxiv["last_success_at"], arxiv["watermark"]) == ("complete", "2026-11-23T06:17:00Z", "2026-11-23T06:17:00Z")
    assert (pubmed["state"], pubmed["last_success_at"], pubmed["watermark"]) == ("failed", None, None)
    assert (status["last_refresh"]["state"], status["last_refresh"]["exit_code"]) == ("failed", 3)
    assert status["last_refresh"]["message"] == "PubMed cannot be reached"


def test_status_in_words_shows_a_running_refresh_with_its_counts(settings: Settings, store: Store) -> None:
    """How far it is, from whatever process it runs in."""
    with store.refresh_lock():
        job = store.start_job(trigger="app", now=NOW, pid=1, host="here")
        store.beat_job(job.id, now=NOW, progress={"arxiv": {"received": 500, "expected": 1271}})

        status = read_status(settings, store, now=NOW + timedelta(minutes=5))

    assert status.refreshing
    assert status.in_words().splitlines()[-1] == "Refresh started 2026-11-23T06:17:00Z by app: running; arxiv 500 of 1271"


def test_status_counts_rejected_entries_and_says_where_their_reasons_are(settings: Settings, store: Store) -> None:
    """Nobody has to know that there are any to find them; where there are none, nothing is said."""
    before = read_status(settings, store, now=NOW)
    store.save_page([], now=NOW, source="arxiv", rejected=[Rejected("arxiv", "entry 3", "it has no title")])

    status = read_status(settings, store, now=NOW)

    assert (before.to_json()["rejected"], status.to_json()["rejected"]) == (0, 1)
    assert "rejected" not in before.in_words()
    assert status.in_words().startswith("0 records of 0 works in scope")
    assert "1 entry was rejected; its reason stands on the page Data & refresh, under Last runs" in status.in_words()


@pytest.mark.parametrize(
    ("succeeded", "sample"),
    [((), "A test harvest"), (("arxiv",), "A test harvest"), (("arxiv", "pubmed"), None)],
)
def test_sample_is_named_until_every_source_of_it_was_harvested(succeeded: tuple[str, ...], sample: str | None) -> None:
    """As long as part of what is shown is only the sample, the reader is told."""
    states = {name: HarvestState(source=name, last_success_at=NOW if name in succeeded else None) for name in ("arxiv", "pubmed")}

    assert sample_in_force(SHIPPED, states) == sample


@pytest.mark.parametrize("about", [{}, {"snapshot": {"sample": None, "sources": {"arxiv": {}}}}])
def test_no_sample_is_named_where_there_is_none(about: dict[str, Any]) -> None:
    """A snapshot of a complete harvest is no sample."""
    assert sample_in_force(about, {}) is None
