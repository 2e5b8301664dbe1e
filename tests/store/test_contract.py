"""What every engine promises about records, labels, states and jobs (``tracker.store.base.Store``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import NOW, make_labelling, make_record
from tracker.domain.dates import PartialDate
from tracker.domain.record import AbstractState, Labelling, Provenance, Record, Rejected, Relation, Status, Suppressed
from tracker.store import jobs, sql
from tracker.store.base import NO_DAY, Change, Decision, HarvestState, KnownRecord, Store, StoredRecord

LATER = NOW + timedelta(days=1)


def new(record: Record, labelling: Labelling | None = None) -> Decision:
    """The decision to add *record*."""
    return Decision(record, Change.NEW, labelling or make_labelling())


def save(store: Store, *records: Record, now: datetime = NOW) -> None:
    """Save *records* as new, on one page."""
    store.save_page([new(record) for record in records], now=now, source="arxiv")


def load(store: Store, key: str) -> StoredRecord:
    """The record under *key*, which is there."""
    found = store.load_record(key)
    assert found is not None
    return found


def full_record(**changes: Any) -> Record:
    """A record with something in every field."""
    values: dict[str, Any] = {
        "source": "pubmed",
        "title": "Everything that can be said of one article",
        "doi": "10.1000/full",
        "abstract_copyright": "© The Authors",
        "updated_at": datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC),
        "mesh": ("Depression", "Humans"),
        "keywords": ("large language model", 'quoted "word"'),
        "publication_types": ("Journal Article",),
        "languages": ("eng",),
        "comment": "12 pages",
        "journal_ref": "J. Examples 1 (2024)",
        "relations": (Relation("CommentIn", "38000009", None, "Reply. 2024"), Relation("UpdateOf", None, "10.1000/pre")),
        "status": Status.CORRECTED,
        "published": PartialDate.parse("2024-03"),
        "provenance": Provenance("pubmed", "a query", NOW, "pubmed-xml/1"),
    }
    return make_record(**(values | changes))


# -- records --------------------------------------------------------------------------------------------------------------


def test_load_record_gives_back_what_was_saved(store: Store) -> None:
    """Every field of a record and its labelling comes out as it went in."""
    record = full_record()
    suppressed = (Suppressed("risk:inaccuracy", "negation", "abstract", 1, 4, "not"),)
    labelling = make_labelling(scope_reason="named", suppressed=suppressed, human=("risk:inaccuracy",))

    store.save_page([new(record, labelling)], now=NOW, source="pubmed")

    expected = StoredRecord(
        id=1,
        record=record,
        labelling=labelling,
        work=record.key,
        origin="harvest",
        first_seen_at=NOW,
        last_changed_at=NOW,
        last_confirmed_at=NOW,
    )
    assert store.load_record(record.key) == expected


HOSTILE = [
    "",
    "é ü 漢字 🙂 \u202e",
    "nul \x00, half \ud83d, other half \ude42, controls \x90\x80\x9f \ufffe",
    "'; DROP TABLE record; --",
    '"quoted" \\ back',
    "<script>alert(1)</script>",
    pytest.param("x" * 1_000_000, id="a million"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_load_record_gives_back_hostile_text(store: Store, text: str) -> None:
    """Text is data: it comes back to the character, whatever it looks like."""
    record = make_record(title=text, abstract=text, authors=(text,), keywords=(text,))

    save(store, record)

    assert load(store, record.key).record == record
    assert store.check() == []


def test_load_record_of_unknown_key_is_none(store: Store) -> None:
    """Absence is None, not an error."""
    assert store.load_record("arxiv:0000.00000") is None


def test_save_page_of_the_same_page_changes_only_when_it_was_confirmed(store: Store) -> None:
    """Writing is idempotent: a page that comes again, as after a crash, is only confirmed."""
    page = [new(make_record()), new(make_record(source="pubmed"))]
    store.save_page(page, now=NOW, source="arxiv")
    before, version = [load(store, one.record.key) for one in page], store.data_version()

    store.save_page(page, now=LATER, source="arxiv")

    assert [load(store, one.record.key) for one in page] == [replace(one, last_confirmed_at=LATER) for one in before]
    assert store.data_version() == version


def test_save_page_takes_the_last_of_two_with_one_key(store: Store) -> None:
    """A key that comes twice on a page is one record."""
    store.save_page([new(make_record(title="One")), new(make_record(title="Two"))], now=NOW, source="arxiv")

    assert store.count_records() == 1
    assert load(store, make_record().key).record.title == "Two"


def test_save_page_dates_a_change_and_keeps_what_was_said(store: Store) -> None:
    """A changed record has a new date of change, the old first date, and its former text in the history."""
    old, changed = make_record(), make_record(title="A better title", version=2)
    save(store, old)

    store.save_page([Decision(changed, Change.CHANGED, make_labelling())], now=LATER, source="arxiv")

    stored = load(store, old.key)
    assert (stored.record, stored.first_seen_at, stored.last_changed_at) == (changed, NOW, LATER)
    [(replaced_at, said)] = store.load_versions(old.key)
    assert replaced_at == LATER
    assert (said["title"], said["abstract"], said["authors"]) == (old.title, old.abstract, list(old.authors))
    assert (said["version"], said["status"]) == (1, "current")


def test_save_page_leaves_an_unchanged_record_and_its_labels_alone(store: Store) -> None:
    """An unchanged record is confirmed; its labels stay."""
    record = make_record()
    save(store, record)

    store.save_page([Decision(record, Change.UNCHANGED)], now=LATER, source="arxiv")

    stored = load(store, record.key)
    assert (stored.labelling, stored.last_changed_at, stored.last_confirmed_at) == (make_labelling(), NOW, LATER)


def test_save_page_refuses_a_new_record_without_labels(store: Store) -> None:
    """A record is never stored unlabelled, and a page is stored whole or not at all."""
    with pytest.raises(ValueError, match="without labels"):
        store.save_page([new(make_record()), Decision(make_record(source="pubmed"), Change.NEW)], now=NOW, source="arxiv")

    assert store.count_records() == 0


def test_save_page_enriches_a_snapshot_record_without_calling_it_changed(store: Store) -> None:
    """What the snapshot left out arrives: full text, origin harvest, both instants kept, no history."""
    shipped = make_record(abstract=None, abstract_state=AbstractState.WITHHELD)
    load_snapshot(store, shipped)

    store.save_page([Decision(make_record(), Change.ENRICHED, make_labelling())], now=LATER, source="arxiv")

    stored = load(store, shipped.key)
    assert (stored.record, stored.origin) == (make_record(), "harvest")
    assert (stored.first_seen_at, stored.last_changed_at, stored.last_confirmed_at) == (NOW, NOW, LATER)
    assert store.load_versions(shipped.key) == []


def test_save_page_remembers_the_status_a_snapshot_record_had_before_its_first_harvest(store: Store) -> None:
    """A retraction learned with the first harvest is a change, told without what the snapshot left out."""
    shipped = make_record(abstract=None, abstract_state=AbstractState.WITHHELD)
    load_snapshot(store, shipped)

    store.save_page([Decision(make_record(status=Status.RETRACTED), Change.ENRICHED, make_labelling())], now=LATER, source="arxiv")

    [(changed_at, said)] = store.load_versions(shipped.key)
    assert (changed_at, said["status"], said["title"]) == (LATER, "current", shipped.title)
    assert not {"abstract", "journal_ref"} & said.keys()
    stored = load(store, shipped.key)
    assert (stored.first_seen_at, stored.last_changed_at) == (NOW, LATER)


def test_save_page_does_not_remember_the_labels_of_a_mere_confirmation(store: Store) -> None:
    """A snapshot record whose text comes at last may be labelled anew: that is no news of the rules."""
    load_snapshot(store, make_record(abstract=None, abstract_state=AbstractState.WITHHELD))
    other = make_labelling(labels={"application": {"education": 2}}, evidence=())

    store.save_page([Decision(make_record(), Change.ENRICHED, other)], now=LATER, source="arxiv")

    assert load(store, make_record().key).labelling == other
    assert store.load_label_history(make_record().key) == []
    assert list(store.stream_former_labels(NOW)) == []


def test_save_page_renames_a_record_known_by_its_doi(store: Store) -> None:
    """A record that gets its PMID keeps its id and first date; nothing is doubled."""
    shipped = make_record(source="pubmed", key="doi:10.1000/x", doi="10.1000/x")
    load_snapshot(store, shipped)
    before = load(store, shipped.key)
    named = make_record(source="pubmed", doi="10.1000/x")

    store.save_page([Decision(named, Change.ENRICHED, make_labelling(), replaces=shipped.key)], now=LATER, source="pubmed")

    stored = load(store, named.key)
    assert (stored.id, stored.first_seen_at, stored.work) == (before.id, NOW, named.key)
    assert (store.count_records(), store.load_record(shipped.key)) == (1, None)
    assert store.check() == []


def test_save_page_joins_a_renamed_record_with_one_already_there(store: Store) -> None:
    """Where both names are stored, one record remains, with the earlier first date."""
    shipped = make_record(source="pubmed", key="doi:10.1000/x", doi="10.1000/x")
    named = make_record(source="pubmed", doi="10.1000/x")
    load_snapshot(store, shipped)
    save(store, named, now=LATER)

    store.save_page([Decision(named, Change.UNCHANGED, replaces=shipped.key)], now=LATER, source="pubmed")

    assert [one.record.key for batch in store.stream_records() for one in batch] == [named.key]
    assert load(store, named.key).first_seen_at == NOW
    assert store.check() == []


def test_save_page_marks_what_is_gone_and_what_returned(store: Store) -> None:
    """A record the service no longer lists is dated, once, and undated when it comes back."""
    record = make_record()
    save(store, record)

    store.save_page([], now=LATER, source="arxiv", gone=[record.key])
    store.save_page([], now=LATER + timedelta(1), source="arxiv", gone=[record.key, "arxiv:0000.00000"])
    gone_at = load(store, record.key).gone_at
    store.save_page([Decision(record, Change.UNCHANGED)], now=LATER, source="arxiv")

    assert gone_at == LATER
    assert load(store, record.key).gone_at is None


def test_save_page_remembers_rejected_entries_once(store: Store) -> None:
    """An entry rejected at every refresh is one row, with its latest reason and date."""
    store.save_page([], now=NOW, source="arxiv", rejected=[Rejected("arxiv", "e1", "no title"), Rejected("arxiv", "e2", "no id")])
    store.save_page([], now=LATER, source="arxiv", rejected=[Rejected("arxiv", "e1", "still no title")])

    assert store.load_rejected() == [(LATER, Rejected("arxiv", "e1", "still no title")), (NOW, Rejected("arxiv", "e2", "no id"))]
    assert store.load_rejected(limit=1) == [(LATER, Rejected("arxiv", "e1", "still no title"))]
    assert store.count_rejected() == 2


def test_save_page_remembers_an_entry_with_an_endless_name(store: Store) -> None:
    """A service's nonsense breaks no index: the name is cut, and the entry is still one row."""
    for _ in range(2):
        store.save_page([], now=NOW, source="arxiv", rejected=[Rejected("arxiv", "漢x\x00" * 10_000, "no title")])

    assert [one.entry for _, one in store.load_rejected()] == [("漢x\x00" * 10_000)[:200]]


def test_load_record_of_a_name_that_no_engine_can_keep_is_none(store: Store) -> None:
    """Whatever an address bar holds is looked up, and not found."""
    assert [store.load_record(key) for key in ("arxiv:\x00", "arxiv:\ud800", "x" * 100_000)] == [None] * 3
    assert store.load_work("\x00\udfff") == []


def test_save_page_raises_the_data_version_only_when_a_screen_can_differ(store: Store) -> None:
    """New, changed, gone and relabelled records do; confirmed ones and states do not."""
    record = make_record()
    versions = [store.data_version()]
    for decisions, gone in (
        ([new(record)], []),
        ([Decision(record, Change.UNCHANGED)], []),
        ([Decision(make_record(title="Other"), Change.CHANGED, make_labelling())], []),
        ([], [record.key]),
    ):
        store.save_page(decisions, now=NOW, source="arxiv", gone=gone)
        versions.append(store.data_version())
    store.save_harvest_state(HarvestState(source="arxiv"))
    versions.append(store.data_version())

    assert [after > before for before, after in pairwise(versions)] == [True, False, True, True, False]


def test_remove_records_takes_everything_of_them(store: Store) -> None:
    """A removed record leaves nothing behind; removing it again removes nothing."""
    save(store, make_record(), make_record(source="pubmed"))

    counts = [store.remove_records([make_record().key], now=LATER) for _ in range(2)]

    assert counts == [1, 0]
    assert store.load_record(make_record().key) is None
    assert store.check() == []


def test_find_known_tells_what_deciding_takes(store: Store) -> None:
    """Hash, version, taxonomy, origin and scope of stored keys; others are absent."""
    record = make_record(version=3)
    store.save_page([new(record, make_labelling(in_scope=False))], now=NOW, source="arxiv")

    known = store.find_known([record.key, "arxiv:0000.00000"])

    assert known == {record.key: KnownRecord(record.key, record.content_hash(), 3, "2026.1", from_snapshot=False, in_scope=False)}


def test_find_by_doi_finds_only_records_without_a_better_name(store: Store) -> None:
    """A snapshot record keyed by its DOI is found by it, in its own source only."""
    load_snapshot(store, make_record(source="pubmed", key="doi:10.1000/x", doi="10.1000/x"), make_record(source="pubmed", doi="10.1000/y"))

    assert store.find_by_doi("pubmed", ["10.1000/x", "10.1000/y", "10.1000/z"]) == {"10.1000/x": "doi:10.1000/x"}
    assert store.find_by_doi("arxiv", ["10.1000/x"]) == {}


def test_known_keys_leave_out_what_only_the_snapshot_knows(store: Store) -> None:
    """Keys that a harvest of this database brought or confirmed, also since an instant."""
    load_snapshot(store, make_record(key="arxiv:2401.00009"))
    save(store, make_record(key="arxiv:2401.00001"))
    save(store, make_record(key="arxiv:2401.00002"), now=LATER)
    save(store, make_record(source="pubmed"))

    assert store.known_keys("arxiv") == {"arxiv:2401.00001", "arxiv:2401.00002"}
    assert store.known_keys("arxiv", confirmed_since=LATER) == {"arxiv:2401.00002"}


def test_stream_records_walks_all_or_those_asked_for(store: Store) -> None:
    """All by id, or the given ids in their order, in batches; unknown ids are left out."""
    save(store, *(make_record(key=f"arxiv:2401.0000{n}") for n in range(1, 6)))

    assert [[one.id for one in batch] for batch in store.stream_records(batch=2)] == [[1, 2], [3, 4], [5]]
    assert [[one.id for one in batch] for batch in store.stream_records([5, 99, 1, 2], batch=2)] == [[5], [1, 2]]


def test_load_records_keeps_the_order_however_many_turns_it_takes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown ids are left out; many are read some at a time."""
    save(store, *(make_record(key=f"arxiv:2401.0000{n}") for n in range(1, 6)))
    whole = [store.load_records([one])[0] for one in (5, 3, 1, 2, 4)]
    monkeypatch.setattr(sql, "_FEW", 2)

    found = store.load_records([5, 3, 99, 1, 2, 4])

    assert [one.id for one in found] == [5, 3, 1, 2, 4]
    assert found == whole


def test_load_records_without_text_leaves_abstract_and_evidence_out(store: Store) -> None:
    """Lists need neither; labels are still there."""
    save(store, make_record())

    [light] = store.load_records([1], with_text=False)

    assert (light.record.abstract, light.labelling.evidence) == (None, ())
    assert light.labelling.labels == make_labelling().labels


# -- snapshot -------------------------------------------------------------------------------------------------------------


def load_snapshot(store: Store, *records: Record) -> int:
    """Load *records* as a snapshot taken at NOW."""
    shipped = [
        StoredRecord(
            id=0,
            record=one,
            labelling=make_labelling(),
            work=one.key,
            origin="snapshot",
            first_seen_at=NOW,
            last_changed_at=NOW,
            last_confirmed_at=NOW,
        )
        for one in records
    ]
    return store.load_snapshot(shipped, now=LATER, about={"until": "2026-11-23"})


def test_load_snapshot_adds_only_what_is_not_stored(store: Store) -> None:
    """Harvested records win over shipped ones, also where the shipped one is only known by its DOI."""
    save(store, make_record(title="Harvested"), make_record(source="pubmed", doi="10.1000/x"))

    added = load_snapshot(
        store,
        make_record(title="Shipped"),
        make_record(source="pubmed", key="doi:10.1000/x", doi="10.1000/x"),
        make_record(key="arxiv:2401.00002"),
    )

    assert added == 1
    assert load(store, make_record().key).record.title == "Harvested"
    assert load(store, "arxiv:2401.00002").origin == "snapshot"
    assert store.load_about() == {"snapshot": {"until": "2026-11-23"}}


def test_load_about_is_empty_at_first(store: Store) -> None:
    """No snapshot, nothing to say about it."""
    assert store.load_about() == {}


# -- labels ---------------------------------------------------------------------------------------------------------------


def test_save_labellings_replaces_labels_and_keeps_the_former(store: Store) -> None:
    """Counted are records whose labels differ; their former labels stay in the history, the record itself untouched."""
    save(store, make_record(), make_record(source="pubmed"))
    other = make_labelling(taxonomy="2026.2", labels={"risk": {"inaccuracy": 1}})

    differing = store.save_labellings(
        [(make_record().key, other), ("pubmed:38000001", make_labelling(taxonomy="2026.2")), ("arxiv:0000.00000", other)], now=LATER
    )

    assert differing == 1
    stored = load(store, make_record().key)
    assert (stored.labelling, stored.last_changed_at) == (other, NOW)
    assert store.load_label_history(make_record().key) == [(LATER, "2026.1", {"application": {"intervention": 2}})]
    assert load(store, "pubmed:38000001").labelling.taxonomy == "2026.2"
    assert store.load_label_history("pubmed:38000001") == []
    assert store.check() == []


def test_save_labellings_of_the_same_labels_changes_nothing(store: Store) -> None:
    """Reclassifying with the same taxonomy is free of effect."""
    save(store, make_record())
    version = store.data_version()

    assert store.save_labellings([(make_record().key, make_labelling())], now=LATER) == 0
    assert store.data_version() == version


# -- index and counts -----------------------------------------------------------------------------------------------------


def test_load_index_has_one_row_a_record(store: Store) -> None:
    """Each column says what its name and documentation say."""
    out = make_labelling(in_scope=False, labels={"risk": {"inaccuracy": 1}})
    store.save_page([new(make_record(published=None)), new(full_record(), out)], now=NOW, source="arxiv")

    index = store.load_index()

    assert index.data_version == store.data_version()
    assert index.ids.tolist() == [1, 2]
    assert index.keys.tolist() == ["arxiv:2401.00001", "pubmed:38000001"]
    assert index.published_first.tolist() == [int(NO_DAY), 19783]
    assert index.published_last.tolist() == [int(NO_DAY), 19813]
    assert index.precision.tolist() == [0, 2]
    assert [index.sources[one] for one in index.source] == ["arxiv", "pubmed"]
    assert [index.statuses[one] for one in index.status] == ["current", "corrected"]
    assert index.is_preprint.tolist() == [True, False]
    assert index.in_scope.tolist() == [True, False]
    assert index.from_snapshot.tolist() == [False, False]
    assert [index.work_keys[one] for one in index.work] == ["arxiv:2401.00001", "pubmed:38000001"]
    assert index.first_seen.tolist() == index.changed.tolist() == [int(NOW.timestamp())] * 2
    assert {name: rows.tolist() for name, rows in index.labels.items()} == {"application:intervention": [0], "risk:inaccuracy": [1]}
    assert {name: rows.tolist() for name, rows in index.studied.items()} == {"application:intervention": [0]}


def test_load_index_counts_positions_not_ids(store: Store) -> None:
    """After a removal ids have gaps; labels still point at rows."""
    save(store, *(make_record(key=f"arxiv:2401.0000{n}") for n in range(1, 5)))
    store.remove_records(["arxiv:2401.00002"], now=NOW)

    index = store.load_index()

    assert index.ids.tolist() == [1, 3, 4]
    assert index.labels["application:intervention"].tolist() == [0, 1, 2]


def test_load_index_of_an_empty_store_is_empty(store: Store) -> None:
    """No record, no row, the right types."""
    index = store.load_index()

    assert (len(index.ids), len(index.work_keys), dict(index.labels)) == (0, 0, {})
    assert (index.ids.dtype, index.published_first.dtype, index.work.dtype) == (np.int64, np.int32, np.int32)


def test_counts_are_of_all_records_and_of_works_in_scope(store: Store) -> None:
    """Out-of-scope records are stored and counted as records only."""
    preprint, article = make_record(doi="10.1000/x"), make_record(source="pubmed", doi="10.1000/x")
    other = make_record(key="arxiv:2401.00002")
    store.save_page([new(preprint), new(article), new(other, make_labelling(in_scope=False))], now=NOW, source="arxiv")

    assert (store.count_records(), store.count_works()) == (3, 1)


# -- states and jobs ------------------------------------------------------------------------------------------------------


def test_save_harvest_state_replaces_all_that_is_remembered(store: Store) -> None:
    """A state comes back equal; the next replaces it, its resume cursor too."""
    state = HarvestState(
        source="arxiv",
        address="http://127.0.0.1/",
        state="complete",
        watermark=NOW,
        last_success_at=NOW,
        last_full_at=NOW,
        last_run_at=NOW,
        last_total=12,
        cursor={"start": 500},
        breaker_until=LATER,
        query_hash="abc",
    )
    store.save_harvest_state(state)
    assert store.load_harvest_states() == {"arxiv": state}

    store.save_harvest_state(HarvestState(source="arxiv", state="failed"))

    assert store.load_harvest_states() == {"arxiv": HarvestState(source="arxiv", state="failed")}


def test_save_page_moves_the_cursor_and_never_the_watermark(store: Store) -> None:
    """A crash after a page resumes there; only the end of the run moves the watermark."""
    store.save_harvest_state(HarvestState(source="arxiv", watermark=NOW))

    store.save_page([], now=LATER, source="arxiv", cursor={"start": 500})
    store.save_page([], now=LATER, source="arxiv")

    assert store.load_harvest_states() == {"arxiv": HarvestState(source="arxiv", watermark=NOW, cursor={"start": 500})}


def test_job_lives_from_start_to_finish(store: Store) -> None:
    """A job is seen running, its progress and a wish to cancel are passed on, and its end is kept."""
    job = store.start_job(trigger="cli", now=NOW, pid=7, host="here")
    assert (job.state, job.progress, job.report) == ("running", {}, None)

    assert store.beat_job(job.id, now=LATER, progress={"arxiv": {"received": 5}}, message="half") is False
    store.cancel_job(job.id)
    assert store.beat_job(job.id, now=LATER, progress={"arxiv": {"received": 6}}) is True
    store.finish_job(job.id, now=LATER, state="cancelled", exit_code=0, report={"records": 6}, message="stopped")

    done = store.latest_job()
    assert done is not None
    assert (done.state, done.exit_code, done.report, done.message) == ("cancelled", 0, {"records": 6}, "stopped")
    assert (done.finished_at, done.progress) == (LATER, {"arxiv": {"received": 6}})


def test_start_job_declares_what_still_seems_to_run_lost(store: Store) -> None:
    """The lock is ours, so whatever else runs is dead."""
    first = store.start_job(trigger="app", now=NOW, pid=1, host="here")

    store.start_job(trigger="cli", now=LATER, pid=2, host="here")

    assert [(job.id, job.state) for job in store.load_jobs()] == [(first.id + 1, "running"), (first.id, "lost")]


def test_cancel_job_leaves_a_finished_job_as_it_ended(store: Store) -> None:
    """Cancelling too late does nothing."""
    job = store.start_job(trigger="cli", now=NOW, pid=1, host="here")
    store.finish_job(job.id, now=LATER, state="done", exit_code=0, report=None)

    store.cancel_job(job.id)

    latest = store.latest_job()
    assert latest is not None
    assert not latest.cancel_requested


def test_start_job_keeps_only_the_newest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh every minute for years does not fill the disk."""
    monkeypatch.setattr(jobs, "KEPT", 3)

    started = [store.start_job(trigger="schedule", now=NOW, pid=1, host="here") for _ in range(5)]

    assert [job.id for job in store.load_jobs()] == [job.id for job in reversed(started[2:])]


def test_latest_job_of_a_new_store_is_none(store: Store) -> None:
    """There never was one."""
    assert store.latest_job() is None


def test_refresh_lock_is_held_by_one(store: Store) -> None:
    """The second taker is told no at once; afterwards the lock is free again."""
    assert not store.is_refreshing()
    with store.refresh_lock() as taken, store.refresh_lock() as taken_again:
        assert (taken, taken_again, store.is_refreshing()) == (True, False, True)

    with store.refresh_lock() as taken:
        assert taken
    assert not store.is_refreshing()


# -- idempotence ----------------------------------------------------------------------------------------------------------

KEYS = st.sampled_from([f"arxiv:2401.0000{n}" for n in range(4)])
TITLES = st.sampled_from(["One", "Two", "Three"])
PAGES = st.lists(st.lists(st.builds(lambda key, title: new(make_record(key=key, title=title)), KEYS, TITLES), max_size=4), max_size=4)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=PAGES)
def test_save_page_twice_is_as_once(new_store: Callable[[], Store], pages: list[list[Decision]]) -> None:
    """Whatever the pages, saving each twice in a row leaves the same records, labels and index as saving it once."""
    once, twice = new_store(), new_store()
    for page in pages:
        once.save_page(page, now=NOW, source="arxiv")
        twice.save_page(page, now=NOW, source="arxiv")
        twice.save_page(page, now=NOW, source="arxiv")

    assert list(twice.stream_records()) == list(once.stream_records())
    assert twice.data_version() == once.data_version()
    assert twice.check() == []
