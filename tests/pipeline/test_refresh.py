"""A refresh: every source side by side, each ending as what it is, and the watermark moving last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fake_source import Clock, FakeSource, make_page, make_records
from fakes import NOW, make_record
from tracker.domain.corrections import Correction
from tracker.domain.record import Rejected
from tracker.errors import (
    ConfigurationError,
    MalformedAnswerError,
    RefreshRunningError,
    SourceForbiddenError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from tracker.pipeline.configuration import Configuration, read_configuration
from tracker.pipeline.corrections import add_corrections
from tracker.pipeline.labeller import Labeller
from tracker.pipeline.refresh import run_refresh
from tracker.pipeline.report import RefreshReport
from tracker.settings import Settings
from tracker.sources.base import HarvestOutcome, SourceState
from tracker.store.base import Store

DOWN = SourceUnavailableError("arxiv", "arXiv cannot be reached; check the network")
Refresh = Callable[..., RefreshReport]


@pytest.fixture
def refresh(settings: Settings, store: Store, configuration: Configuration) -> Refresh:
    """Runs a refresh with the given fake sources (none given: it has nothing to say)."""

    def run(*fakes: FakeSource, **changes: Any) -> RefreshReport:
        by_name = {fake.name: fake for fake in fakes}
        chosen = {"sources": list(by_name), "configuration": configuration, "now": Clock(), "open_source": by_name.__getitem__}
        return run_refresh(changes.pop("settings", settings), store, **(chosen | changes))

    return run


def test_first_refresh_stores_everything_and_says_so(refresh: Refresh, store: Store) -> None:
    """Two sources, each complete: the numbers add up and the records are there."""
    arxiv, pubmed = make_records(3), make_records(2, source="pubmed", title="A chatbot for anxiety")

    report = refresh(FakeSource("arxiv", make_page(*arxiv)), FakeSource("pubmed", make_page(*pubmed)))

    assert report.exit_code == 0
    assert [(one.state, one.expected, one.received, one.new) for one in report.sources.values()] == [
        (SourceState.COMPLETE, 3, 3, 3),
        (SourceState.COMPLETE, 2, 2, 2),
    ]
    assert (report.records, store.count_records()) == (5, 5)
    assert report.taxonomy == store.find_known([arxiv[0].key])[arxiv[0].key].taxonomy


def test_second_refresh_without_news_is_unchanged(refresh: Refresh, store: Store) -> None:
    """The same answer again changes nothing a screen shows."""
    refresh(FakeSource("arxiv", make_page(*make_records(3))))
    before = store.data_version()

    report = refresh(FakeSource("arxiv", make_page(*make_records(3))))

    assert (report.sources["arxiv"].state, report.sources["arxiv"].unchanged) == (SourceState.UNCHANGED, 3)
    assert store.load_index().data_version == store.data_version()
    assert (store.count_records(), before <= store.data_version()) == (3, True)


def test_new_version_is_changed_and_classified_again(refresh: Refresh, store: Store) -> None:
    """A record that comes with other words gets the labels of those words."""
    refresh(FakeSource("arxiv", make_page(make_record(title="Chatbots for mental health counselling"))))

    report = refresh(FakeSource("arxiv", make_page(make_record(version=2, title="Steel beams", abstract="Bolts and steel beams."))))

    stored = store.load_record("arxiv:2401.00001")
    assert (report.sources["arxiv"].changed, report.sources["arxiv"].out_of_scope) == (1, 1)
    assert stored is not None
    assert (stored.record.version, stored.labelling.in_scope) == (2, False)


def test_watermark_moves_only_after_a_complete_harvest(refresh: Refresh, store: Store) -> None:
    """What fell short is asked for again next time."""
    short = HarvestOutcome(expected=3, watermark=NOW, missing=("arxiv:2401.00003",))

    report = refresh(FakeSource("arxiv", make_page(*make_records(2)), outcome=short))

    assert report.exit_code == 3
    assert (report.sources["arxiv"].state, report.sources["arxiv"].watermark) == (SourceState.INCOMPLETE, None)
    assert "2 of 3 records; missing: arxiv:2401.00003" in str(report.sources["arxiv"].error)
    assert (store.load_harvest_states()["arxiv"].watermark, store.count_records()) == (None, 2)

    report = refresh(FakeSource("arxiv", make_page(*make_records(3))))
    assert (report.exit_code, report.sources["arxiv"].watermark, store.load_harvest_states()["arxiv"].watermark) == (0, NOW, NOW)


def test_source_that_forgets_to_say_what_is_missing_is_still_found_out(refresh: Refresh) -> None:
    """Complete is what adds up, whatever the source believes."""
    report = refresh(FakeSource("arxiv", make_page(*make_records(2)), outcome=HarvestOutcome(expected=3, watermark=NOW)))

    assert (report.sources["arxiv"].state, report.exit_code) == (SourceState.INCOMPLETE, 3)


def test_rejected_entries_are_accounted_for_and_kept(refresh: Refresh, store: Store) -> None:
    """An entry that can never become a record does not hold up the watermark for ever."""
    page = make_page(*make_records(2), rejected=[Rejected("arxiv", "entry 3", "it has no title")], expected=3)

    report = refresh(FakeSource("arxiv", page))

    assert (report.sources["arxiv"].state, report.sources["arxiv"].rejected, report.sources["arxiv"].expected) == (
        SourceState.COMPLETE,
        1,
        3,
    )
    assert [one for _, one in store.load_rejected()] == [Rejected("arxiv", "entry 3", "it has no title")]


def test_trouble_of_one_source_never_costs_the_other(refresh: Refresh, store: Store) -> None:
    """Whether foreseen or a bug: the other source's records are stored and its watermark moves."""
    for trouble in (DOWN, KeyError("a bug")):
        report = refresh(FakeSource("arxiv", trouble), FakeSource("pubmed", make_page(*make_records(2, source="pubmed"))))

        assert report.exit_code == 3
        assert report.sources["arxiv"].state is SourceState.FAILED
        assert report.sources["pubmed"].watermark == NOW
    assert store.count_records() == 2


def test_unforeseen_error_is_named_without_its_text(refresh: Refresh, caplog: pytest.LogCaptureFixture) -> None:
    """The text of a bug may hold a request with a key in it: it reaches neither report nor log."""
    report = refresh(FakeSource("arxiv", KeyError("api_key=SECRET")))

    assert "unexpected KeyError" in str(report.sources["arxiv"].error)
    assert "SECRET" not in str(report.to_json()) + caplog.text
    assert "fake_source.py" in caplog.text


def test_nothing_is_lost_or_changed_when_no_service_answers(refresh: Refresh, store: Store) -> None:
    """Without network: both failed with one sentence each, records and watermark as they were."""
    refresh(FakeSource("arxiv", make_page(*make_records(3))))
    before = (store.data_version(), store.load_harvest_states()["arxiv"].watermark)

    report = refresh(FakeSource("arxiv", DOWN), now=Clock(NOW + timedelta(days=1)))

    assert (report.exit_code, report.sources["arxiv"].state) == (3, SourceState.FAILED)
    assert report.sources["arxiv"].error == "arXiv cannot be reached; check the network"
    assert report.sources["arxiv"].watermark == NOW
    assert (store.data_version(), store.load_harvest_states()["arxiv"].watermark) == before
    assert store.count_records() == 3


def test_interrupted_harvest_resumes_from_the_last_stored_page(refresh: Refresh, store: Store) -> None:
    """Pages stored before the trouble stay, and the next run gets the cursor that stood on the last of them."""
    cut = MalformedAnswerError("arxiv", "http://127.0.0.1/", "cut")
    first = refresh(FakeSource("arxiv", make_page(*make_records(3), expected=5, cursor={"start": 3}), cut)).sources["arxiv"]
    rest = FakeSource("arxiv", make_page(*make_records(2, first=4), expected=5), outcome=HarvestOutcome(expected=5, watermark=NOW))

    second = refresh(rest).sources["arxiv"]

    assert (first.state, first.received) == (SourceState.INCOMPLETE, 3)
    assert rest.plans[0].cursor == {"start": 3}
    assert (second.state, second.expected, second.received) == (
        SourceState.COMPLETE,
        2,
        2,
    )
    assert (second.resumed, store.count_records()) == (3, 5)
    assert store.load_harvest_states()["arxiv"].cursor is None


def test_source_that_begins_anew_in_spite_of_a_cursor_is_counted_right(refresh: Refresh) -> None:
    """A source may ignore a cursor; then this run brings everything, and nothing counts as missing."""
    refresh(FakeSource("arxiv", make_page(*make_records(3), expected=5), DOWN))

    report = refresh(FakeSource("arxiv", make_page(*make_records(5))))

    assert (report.sources["arxiv"].expected, report.sources["arxiv"].received, report.exit_code) == (5, 5, 0)


def test_record_that_comes_twice_is_counted_once(refresh: Refresh, store: Store) -> None:
    """Pages overlap when the service's list shifts; the later version is kept."""
    pages = [make_page(make_record(version=1)), make_page(make_record(version=2), make_record(key="arxiv:2401.00002"))]

    report = refresh(FakeSource("arxiv", *pages, outcome=HarvestOutcome(expected=2, watermark=NOW)))

    assert (report.sources["arxiv"].received, report.sources["arxiv"].new, report.sources["arxiv"].changed) == (2, 2, 0)
    assert store.find_known(["arxiv:2401.00001"])["arxiv:2401.00001"].version == 2


def test_source_not_named_is_skipped(refresh: Refresh) -> None:
    """``--source`` asks one source; the report still names the other."""
    report = refresh(FakeSource("arxiv", make_page(*make_records(1))))

    assert (report.sources["pubmed"].state, report.exit_code) == (SourceState.SKIPPED, 0)


def test_unknown_source_is_refused(refresh: Refresh) -> None:
    """A misspelt source is a usage error, not an empty refresh."""
    with pytest.raises(ConfigurationError, match="no source 'arxive'; known are arxiv, pubmed"):
        refresh(sources=["arxive"])


@pytest.mark.parametrize(("trigger", "asked"), [("schedule", False), ("cli", True), ("app", True)])
def test_only_the_schedule_waits_out_a_service_that_refused(refresh: Refresh, trigger: str, asked: bool) -> None:
    """A person who asks by hand always gets a try."""
    refresh(FakeSource("arxiv", SourceForbiddenError("arxiv", "arXiv said no")))
    source = FakeSource("arxiv", make_page(*make_records(1)))

    report = refresh(source, trigger=trigger, now=Clock(NOW + timedelta(minutes=5)))

    assert bool(source.plans) is asked
    assert (report.sources["arxiv"].state is SourceState.SKIPPED) is not asked
    assert ("2026-11-24T06:17:00Z" in str(report.sources["arxiv"].error)) is not asked


def test_two_refreshes_at_once_are_refused(refresh: Refresh, store: Store) -> None:
    """The second says who runs, and has touched nothing."""
    inner: list[BaseException] = []

    def try_another() -> None:
        try:
            refresh(FakeSource("pubmed", make_page(*make_records(1, source="pubmed"))))
        except RefreshRunningError as error:
            inner.append(error)

    refresh(FakeSource("arxiv", try_another, make_page(*make_records(1))))

    assert [type(one).exit_code for one in inner if isinstance(one, RefreshRunningError)] == [4]
    assert "Another refresh of this database is running (process" in str(inner[0])
    assert (store.count_records(), store.is_refreshing()) == (1, False)


def test_refresh_is_recorded_as_a_job(refresh: Refresh, store: Store) -> None:
    """Every process can see that it ran, who asked for it, and what it came to."""
    report = refresh(FakeSource("arxiv", make_page(*make_records(1))), trigger="app")

    job = store.latest_job()
    assert job is not None
    assert (job.state, job.trigger, job.exit_code, job.message) == ("done", "app", 0, None)
    assert job.report == report.to_json()


def test_job_of_a_short_refresh_has_failed_with_the_sentence(refresh: Refresh, store: Store) -> None:
    """Screens that show the job show why."""
    refresh(FakeSource("arxiv", DOWN))

    job = store.latest_job()
    assert job is not None
    assert (job.state, job.exit_code, job.message) == ("failed", 3, "arXiv cannot be reached; check the network")


def test_cancelled_refresh_stops_between_pages_and_keeps_what_came(refresh: Refresh, store: Store) -> None:
    """Cancelling loses nothing: the next refresh goes on from there."""
    cancelled = threading.Event()
    source = FakeSource("arxiv", make_page(*make_records(2), expected=4), cancelled.set, make_page(*make_records(2, first=3), expected=4))

    report = refresh(source, cancelled=cancelled)

    job = store.latest_job()
    assert job is not None
    assert (report.cancelled, job.state, report.sources["arxiv"].state) == (True, "cancelled", SourceState.INCOMPLETE)
    assert "cancelled" in str(report.sources["arxiv"].error)


def test_somebody_elses_cancel_reaches_the_sources(refresh: Refresh, store: Store) -> None:
    """A cancel asked for in the database, from any process, ends the harvest."""
    stopped = threading.Event()

    def cancel_and_wait() -> None:
        job = store.latest_job()
        assert job is not None
        store.cancel_job(job.id)
        while not source.plans[0].is_cancelled():
            stopped.wait(0.01)

    source = FakeSource("arxiv", make_page(*make_records(1)), cancel_and_wait, make_page(*make_records(1, first=2)))

    report = refresh(source)

    assert report.cancelled
    assert store.count_records() <= 2


@pytest.mark.parametrize("step", ["save_person_links", "save_page"])
def test_store_that_refuses_ends_the_refresh_with_its_own_words(
    step: str, refresh: Refresh, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is no source's fault, before anything is asked or later; it is said once, and the lock is free again."""

    def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailableError("The disk is full; make room and refresh again.")

    monkeypatch.setattr(store, step, refuse)

    with pytest.raises(StoreUnavailableError, match="The disk is full"):
        refresh(FakeSource("arxiv", make_page(*make_records(1))), FakeSource("pubmed", make_page(*make_records(1, source="pubmed"))))

    job = store.latest_job()
    assert job is not None
    assert (job.state, job.message, store.is_refreshing()) == ("failed", "The disk is full; make room and refresh again.", False)


def test_helper_ends_with_a_refresh_that_could_not_begin(
    settings: Settings, store: Store, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schedule lives on after it, and would keep one process for each."""

    def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailableError("The disk is full; make room and refresh again.")

    done: list[str] = []
    monkeypatch.setattr(store, "start_job", refuse)
    monkeypatch.setattr(Labeller, "start", lambda _: done.append("started"))
    monkeypatch.setattr(Labeller, "close", lambda _: done.append("ended"))

    with pytest.raises(StoreUnavailableError, match="The disk is full"):
        run_refresh(settings, store, configuration=configuration)

    assert done == ["started", "ended"]


def test_ctrl_c_frees_the_lock_and_says_who_stopped_it(refresh: Refresh, store: Store) -> None:
    """Stopping by hand leaves a job that says so and a database ready for the next refresh."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(FakeSource("arxiv", make_page(*make_records(1))), progress=interrupt)

    job = store.latest_job()
    assert job is not None
    assert (job.state, job.message, store.is_refreshing()) == ("cancelled", "stopped from the keyboard or by the system", False)


def test_wrong_files_are_all_named_before_anything_starts(settings: Settings, store: Store) -> None:
    """Taxonomy and queries broken: every fault at once, and no job was recorded."""
    settings.taxonomy_path.write_text("facets: 3\n", encoding="utf-8")
    settings.queries_path.write_text("arxiv: 3\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        run_refresh(settings, store)

    assert {problem.split()[0].strip(",") for problem in caught.value.problems} == {"taxonomy.yaml", "queries.yaml"}
    assert store.latest_job() is None


def test_progress_is_told_in_the_end(refresh: Refresh) -> None:
    """Whoever watches sees the final numbers, however quick it was."""
    seen: list[int] = []

    refresh(FakeSource("arxiv", make_page(*make_records(3))), progress=lambda sources: seen.append(sources["arxiv"].received))

    assert seen[-1] == 3


def test_peoples_decisions_win_over_the_rules(refresh: Refresh, store: Store, settings: Settings) -> None:
    """A corrected label and two records declared one paper are as people said, from the refresh that brings them."""
    settings.corrections_path.write_text(
        "record,facet,label,verdict,note,who,when\narxiv:2401.00001,risk,opacity,yes,read it,AE,2026-11-20\n", encoding="utf-8"
    )
    settings.links_path.write_text("first,second,verdict,note\narxiv:2401.00001,arxiv:2401.00002,same,read both\n", encoding="utf-8")
    twins = [make_record(key=f"arxiv:2401.0000{number}", title=f"Chatbots in mental health care, part {number}") for number in (1, 2)]

    report = refresh(FakeSource("arxiv", make_page(*twins)), configuration=read_configuration(settings))

    stored = store.load_record("arxiv:2401.00001")
    assert stored is not None
    assert (stored.labelling.labels["risk"], stored.labelling.human) == ({"opacity": 1}, ("risk:opacity",))
    assert (report.records, report.works) == (2, 1)


def test_decision_taken_while_a_refresh_runs_stands(
    refresh: Refresh, store: Store, settings: Settings, configuration: Configuration
) -> None:
    """The record comes changed after a person has corrected it: stored with the correction, and counted by it."""
    refresh(FakeSource("arxiv", make_page(*make_records(2))))
    rows = [Correction(key="arxiv:2401.00001", facet="risk", label="opacity", verdict=True)]
    rows += [Correction(key="arxiv:2401.00002", facet="scope", label="in", verdict=False)]

    def decide() -> None:
        add_corrections(settings, store, configuration.taxonomy, rows, now=NOW)

    changed = make_records(2, version=2, title="Emotional support by a language model")
    report = refresh(FakeSource("arxiv", decide, make_page(*changed)))

    first, second = (store.load_record(record.key) for record in changed)
    assert first is not None
    assert second is not None
    assert (first.record.version, first.labelling.labels["risk"], first.labelling.human) == (2, {"opacity": 1}, ("risk:opacity",))
    assert (second.labelling.in_scope, report.sources["arxiv"].out_of_scope) == (False, 1)


def test_query_of_another_service_is_asked_in_full(
    refresh: Refresh, settings: Settings, store: Store, configuration: Configuration
) -> None:
    """What a test server said proves nothing about the real one."""
    refresh(FakeSource("arxiv", make_page(*make_records(3))))
    source = FakeSource("arxiv", make_page(*make_records(3)))

    moved = replace(settings, arxiv_url="https://export.example.org/api/query")
    run_refresh(moved, store, sources=["arxiv"], configuration=configuration, open_source=lambda _: source, now=Clock())

    assert (source.plans[0].full, source.plans[0].watermark) == (True, None)
