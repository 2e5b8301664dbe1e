"""The dataset that ships: what is in it, what never is, and what becomes of it in an empty database."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fake_source import Clock, FakeSource, make_page
from fakes import NOW, make_labelling, make_record
from tracker.domain.dates import PartialDate
from tracker.domain.record import AbstractState, Record
from tracker.errors import ConfigurationError
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.opening import open_tracker
from tracker.pipeline.reclassify import reclassify
from tracker.pipeline.refresh import run_refresh
from tracker.pipeline.snapshot import load_shipped, load_snapshot, save_snapshot
from tracker.settings import Settings
from tracker.store.base import Change, Decision, Store
from tracker.store.opening import open_store

LATER = NOW + timedelta(days=1)
ARTICLE = {"source": "pubmed", "title": "Chatbots and anxiety", "doi": "10.2196/59479"}


def fill(store: Store, *records: Record, **labelling: Any) -> None:
    """Store *records* as a harvest would."""
    labels = make_labelling(**labelling)
    for source in {record.source for record in records}:
        store.save_page([Decision(one, Change.NEW, labels) for one in records if one.source == source], now=NOW, source=source)


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_snapshot_holds_facts_and_labels_but_no_abstract(settings: Settings, store: Store, tmp_path: Path) -> None:
    """Abstracts are other people's text; the matched words and where they stood are facts."""
    fill(store, make_record())

    save_snapshot(settings, store, tmp_path / "out.csv", now=NOW)

    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    (row,) = read_rows(tmp_path / "out.csv")
    assert "offers emotional support" not in text
    assert "abstract" not in row
    assert (row["key"], row["application"], row["version"]) == ("arxiv:2401.00001", "intervention", "1")
    assert "emotional support" in row["evidence"]


def test_snapshot_leaves_out_what_is_out_of_scope_and_says_how_much(settings: Settings, store: Store, tmp_path: Path) -> None:
    """The about file accounts for every record that is not there."""
    fill(store, make_record(key="arxiv:2401.00002"), in_scope=False, labels={}, evidence=())
    fill(store, make_record())

    saved = save_snapshot(settings, store, tmp_path / "out.csv", now=NOW)

    about = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (saved.records, saved.left_out) == (1, {"out_of_scope": 1})
    assert (about["records"], about["left_out"]) == (1, {"out_of_scope": 1})


def test_placeholder_numbers_never_ship(settings: Settings, store: Store, tmp_path: Path) -> None:
    """An invented PMID is no fact: the record goes by its DOI, or stays at home; so does a second one with that DOI."""
    placeholder = make_record(key="pubmed:90000001", **ARTICLE)
    same = make_record(key="pubmed:90000002", **ARTICLE)
    nameless = make_record(key="pubmed:90000003", **(ARTICLE | {"doi": None}))
    real = make_record(key="pubmed:38000009", **(ARTICLE | {"doi": "10.2196/1"}))
    fill(store, placeholder, same, nameless, real)

    saved = save_snapshot(settings, store, tmp_path / "out.csv", now=NOW)

    rows = read_rows(tmp_path / "out.csv")
    assert "9000000" not in (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert [(row["key"], row["pmid"]) for row in rows] == [("pubmed:38000009", "38000009"), ("doi:10.2196/59479", "")]
    assert rows[1]["url"] == "https://doi.org/10.2196/59479"
    assert saved.left_out == {"out_of_scope": 0, "placeholder_without_doi": 1, "same_doi": 1}


def test_month_precision_keeps_no_invented_day(settings: Settings, store: Store, tmp_path: Path) -> None:
    """Where days are invented, only the month ships; update and version stay empty."""
    fill(store, make_record(version=3, updated_at=NOW, published=PartialDate.parse("2024-01-15")))

    save_snapshot(settings, store, tmp_path / "out.csv", now=NOW, month_precision=True)

    (row,) = read_rows(tmp_path / "out.csv")
    assert (row["published"], row["published_precision"], row["updated"], row["version"]) == ("2024-01", "month", "", "")
    assert row["url"] == "https://arxiv.org/abs/2401.00001"


def test_about_says_what_the_data_are(settings: Settings, store: Store, configuration: Configuration, tmp_path: Path) -> None:
    """When taken, from which harvests, under which taxonomy, and in words that it is a sample."""
    source = FakeSource("arxiv", make_page(make_record()))
    run_refresh(settings, store, sources=["arxiv"], configuration=configuration, open_source=lambda _: source, now=Clock())

    save_snapshot(settings, store, tmp_path / "out.csv", now=LATER, sample="A test harvest", thin_before=PartialDate("2025-03"))

    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == {
        "taken_at": "2026-11-24T06:17:00Z",
        "as_of": "2026-11-23T06:17:00Z",
        "taxonomy": configuration.taxonomy.version,
        "records": 1,
        "left_out": {"out_of_scope": 0},
        "sources": {"arxiv": {"last_success_at": "2026-11-23T06:17:00Z", "watermark": "2026-11-23T06:17:00Z"}},
        "sample": "A test harvest",
        "thin_before": "2025-03",
        "month_precision": False,
    }


def test_snapshot_of_the_same_data_has_the_same_bytes(settings: Settings, store: Store, tmp_path: Path) -> None:
    """In the order of keys, so that a new snapshot differs from the last one only where the data do."""
    fill(store, make_record(key="arxiv:2401.00009"))
    fill(store, make_record(key="arxiv:2401.00001"))

    for name in ("a.csv", "b.csv"):
        save_snapshot(settings, store, tmp_path / name, now=NOW)

    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert [row["key"] for row in read_rows(tmp_path / "a.csv")] == ["arxiv:2401.00001", "arxiv:2401.00009"]


def test_snapshot_that_cannot_be_written_leaves_nothing_behind(settings: Settings, store: Store, tmp_path: Path) -> None:
    """One sentence, and no half file."""
    with pytest.raises(ConfigurationError, match="cannot be written"):
        save_snapshot(settings, store, tmp_path / "nowhere" / "out.csv", now=NOW)

    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_loaded_snapshot_is_what_was_saved(settings: Settings, store: Store, tmp_path: Path) -> None:
    """Facts and labels come back; the abstract is withheld, and the record is known as a snapshot's."""
    fill(store, make_record(), make_record(key="pubmed:90000001", **ARTICLE))
    save_snapshot(settings, store, tmp_path / "out.csv", now=NOW, sample="A test harvest")
    empty = open_store(f"sqlite:///{tmp_path / 'empty.db'}")

    added = load_snapshot(empty, tmp_path / "out.csv", now=LATER)

    stored = empty.load_record("arxiv:2401.00001")
    assert stored is not None
    assert (added, empty.count_records(), empty.count_works()) == (2, 2, 2)
    assert (stored.origin, stored.first_seen_at, stored.labelling.labels) == ("snapshot", NOW, make_labelling().labels)
    assert (stored.record.abstract, stored.record.abstract_state) == (None, AbstractState.WITHHELD)
    assert stored.labelling.evidence == make_labelling().evidence
    assert empty.load_about()["snapshot"]["sample"] == "A test harvest"
    assert empty.check() == []
    empty.close()


def test_damaged_snapshot_is_refused_with_every_fault_and_its_row(settings: Settings, store: Store, tmp_path: Path) -> None:
    """Nothing of it is loaded."""
    path = tmp_path / "out.csv"
    fill(store, *(make_record(key=f"arxiv:2401.{number:05}") for number in range(1, 6)))
    save_snapshot(settings, store, path, now=NOW)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("2024-01-15", "2024-13")
    lines[3] = lines[3].replace("arxiv:2401.00003,", "arxiv:2401.00001,", 1)
    lines[4] = lines[4] + ",more"
    lines[5] = lines[1]
    path.write_text("\r\n".join(lines), encoding="utf-8")
    empty = open_store(f"sqlite:///{tmp_path / 'empty.db'}")

    with pytest.raises(ConfigurationError) as caught:
        load_snapshot(empty, path, now=LATER)

    assert [problem.split(":")[0] for problem in caught.value.problems] == [f"out.csv, row {row}" for row in (3, 4, 5, 6)]
    assert empty.count_records() == 0
    empty.close()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "columns are missing: key, source"),
        ("key,source\n", "columns are missing: arxiv_id"),
        ('key,"source\n', "line 1: unexpected end"),
    ],
)
def test_file_of_another_kind_is_refused(store: Store, tmp_path: Path, text: str, problem: str) -> None:
    """An empty or foreign file is no empty snapshot."""
    (tmp_path / "other.csv").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        load_snapshot(store, tmp_path / "other.csv", now=NOW)


@pytest.mark.parametrize(("text", "problem"), [("{", "not JSON"), ("[]", "no object")])
def test_damaged_about_file_is_named(settings: Settings, store: Store, tmp_path: Path, text: str, problem: str) -> None:
    """Data that cannot say what they are are not loaded."""
    save_snapshot(settings, store, tmp_path / "out.csv", now=NOW)
    (tmp_path / "out.json").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        load_snapshot(store, tmp_path / "out.csv", now=NOW)


def test_shipped_data_are_loaded_once_into_an_empty_database(settings: Settings, store: Store, tmp_path: Path) -> None:
    """On the first start; a database that has held anything is left alone."""
    fill(store, make_record())
    save_snapshot(settings, store, settings.snapshot_path, now=NOW)
    fresh = replace(settings, database_url=f"sqlite:///{tmp_path / 'fresh.db'}")

    first = open_tracker(fresh)
    second = load_shipped(fresh, first, now=NOW)
    into_full = load_shipped(settings, store, now=NOW)

    assert (first.count_records(), second, into_full) == (1, 0, 0)
    first.close()


def test_start_without_shipped_data_is_an_empty_tracker(settings: Settings) -> None:
    """No snapshot in the data folder is no fault."""
    store = open_tracker(settings)

    assert store.count_records() == 0
    store.close()


def test_harvest_completes_the_shipped_records(settings: Settings, store: Store, configuration: Configuration, tmp_path: Path) -> None:
    """Text comes, first_seen stays, nothing is doubled: also where the snapshot knew an article by its DOI alone."""
    preprint, article = make_record(), make_record(key="pubmed:90000001", **ARTICLE)
    fill(store, preprint, article)
    save_snapshot(settings, store, settings.snapshot_path, now=NOW)
    fresh = open_tracker(replace(settings, database_url=f"sqlite:///{tmp_path / 'fresh.db'}"), now=lambda: NOW)
    sources = {
        "arxiv": FakeSource("arxiv", make_page(preprint)),
        "pubmed": FakeSource("pubmed", make_page(make_record(key="pubmed:38000001", **ARTICLE))),
    }

    report = run_refresh(settings, fresh, configuration=configuration, open_source=sources.__getitem__, now=Clock(LATER))

    assert [(one.new, one.enriched, one.changed) for one in report.sources.values()] == [(1, 1, 0), (1, 1, 0)]
    stored = [fresh.load_record(key) for key in ("arxiv:2401.00001", "pubmed:38000001", "doi:10.2196/59479")]
    assert stored[2] is None
    assert [(one.origin, one.first_seen_at, one.last_changed_at) for one in stored if one] == [("harvest", NOW, NOW)] * 2
    assert stored[0] is not None
    assert stored[0].record.abstract == preprint.abstract
    assert (fresh.count_records(), fresh.check()) == (2, [])
    fresh.close()


def test_reclassify_keeps_the_labels_of_withheld_texts(
    settings: Settings, store: Store, configuration: Configuration, tmp_path: Path
) -> None:
    """What was labelled with its abstract is not labelled anew without it; the report says how many were kept."""
    fill(store, make_record())
    save_snapshot(settings, store, settings.snapshot_path, now=NOW)
    fresh = open_tracker(replace(settings, database_url=f"sqlite:///{tmp_path / 'fresh.db'}"))
    fill(fresh, make_record(key="arxiv:2401.00002", title="Steel beams", abstract="Bolts and beams."))

    report = reclassify(settings, configuration, fresh, now=lambda: datetime(2026, 11, 25, tzinfo=UTC))

    kept, relabelled = fresh.load_record("arxiv:2401.00001"), fresh.load_record("arxiv:2401.00002")
    assert kept is not None
    assert relabelled is not None
    assert (report.records, report.changed, report.kept) == (2, 1, 1)
    assert kept.labelling.labels == make_labelling().labels
    assert relabelled.labelling.in_scope is False
    fresh.close()
