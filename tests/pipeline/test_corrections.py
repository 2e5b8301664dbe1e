"""A correction is written, applied at once, and nothing changes if it cannot be."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from fakes import NOW, make_record
from tracker.data_files import read_corrections, read_queries, read_taxonomy
from tracker.domain.classifier import Classifier
from tracker.domain.corrections import Correction
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError, CorrectionNotAllowedError, StoreUnavailableError
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.corrections import add_correction, add_corrections, add_from_app, agreed_corrections
from tracker.pipeline.permission import TokenGuard
from tracker.pipeline.reclassify import reclassify
from tracker.pipeline.rules import try_rules
from tracker.settings import Settings, default_data_dir, read_settings
from tracker.store.base import Change, Decision, Store
from tracker.store.opening import open_store

KEY = "arxiv:2401.00001"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data folder with the shipped taxonomy."""
    shutil.copy(default_data_dir() / "taxonomy.yaml", tmp_path / "taxonomy.yaml")
    return Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'tracker.db'}")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """One harvested record, labelled by the shipped taxonomy."""
    store = open_store(settings.database_url, now=lambda: NOW)
    record = make_record()
    labelling = Classifier(shipped()).classify_record(record)
    store.save_page([Decision(record, Change.NEW, labelling)], now=NOW, source="arxiv")
    yield store
    store.close()


@cache
def shipped() -> Taxonomy:
    """The shipped taxonomy, read once."""
    return read_taxonomy(Settings(data_dir=default_data_dir(), database_url=""))


def guard() -> TokenGuard:
    """A guard of the test's own."""
    return TokenGuard("correction", CorrectionNotAllowedError)


def correction(**changes: object) -> Correction:
    """Opacity, yes."""
    values: dict[str, object] = {"key": KEY, "facet": "risk", "label": "opacity", "verdict": True, "who": "Ada"}
    return Correction(**(values | changes))  # type: ignore[arg-type]


def test_correction_is_written_and_applied_at_once(settings: Settings, store: Store) -> None:
    """The row is in the file, the label in the store, marked as human."""
    add_correction(settings, store, shipped(), correction(), now=NOW)

    stored = store.load_record(KEY)
    assert stored is not None
    assert (stored.labelling.labels["risk"], stored.labelling.human) == ({"opacity": 1}, ("risk:opacity",))
    assert read_corrections(settings, shipped()).rows == (correction(),)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (correction(key="arxiv:9999.99999"), "There is no record 'arxiv:9999.99999'"),
        (correction(label="opaqueness"), "'opaqueness' is not a label of risk"),
        (correction(facet="mood"), "'mood' is not a facet"),
    ],
)
def test_unknown_record_or_label_changes_nothing(settings: Settings, store: Store, wrong: Correction, complaint: str) -> None:
    """One sentence, no file."""
    with pytest.raises(ConfigurationError, match=complaint):
        add_correction(settings, store, shipped(), wrong, now=NOW)

    assert not settings.corrections_path.exists()


@pytest.mark.parametrize("policy", ["off", "token"])
def test_app_writes_no_correction_without_permission(settings: Settings, store: Store, policy: str) -> None:
    """Refused where the row is written, whatever a page shows: switched off, no token, a wrong one."""
    guarded, taxonomy = replace(settings, correction_policy=policy, correction_token="sesame"), shipped()

    for token in (None, "", "Sesame"):
        with pytest.raises(CorrectionNotAllowedError, match=r"switched off here|missing or wrong"):
            add_from_app(guarded, store, taxonomy, [correction()], now=NOW, token=token, guard=guard())

    assert not settings.corrections_path.exists()


@pytest.mark.parametrize(("policy", "token"), [("open", None), ("token", "sesame")])
def test_app_writes_a_correction_where_it_may(settings: Settings, store: Store, policy: str, token: str | None) -> None:
    """Open to all, or to who knows the token."""
    allowed = replace(settings, correction_policy=policy, correction_token="sesame")

    labels = add_from_app(allowed, store, shipped(), [correction()], now=NOW, token=token, guard=guard())

    assert labels[KEY].human == ("risk:opacity",)


def test_guessing_of_the_token_is_slow(settings: Settings, store: Store) -> None:
    """Five tries a minute over all readers; then even the right one waits."""
    taxonomy, shared = shipped(), guard()
    guarded = replace(settings, correction_policy="token", correction_token="sesame")
    for _ in range(5):
        with pytest.raises(CorrectionNotAllowedError, match="correction token is missing or wrong"):
            add_from_app(guarded, store, taxonomy, [correction()], now=NOW, token="guess", guard=shared)

    with pytest.raises(CorrectionNotAllowedError, match="wait a minute"):
        add_from_app(guarded, store, taxonomy, [correction()], now=NOW, token="sesame", guard=shared)

    assert add_from_app(guarded, store, taxonomy, [correction()], now=NOW + timedelta(minutes=1), token="sesame", guard=shared)


def test_writers_at_once_lose_nothing(settings: Settings, store: Store) -> None:
    """Eight threads, one label each: eight rows in the file, eight decisions in the record's labels, no part left behind."""
    taxonomy = shipped()
    names = list(taxonomy.facets["condition"].labels)[:8]
    faults: list[BaseException] = []

    def write(name: str) -> None:
        try:
            add_correction(settings, store, taxonomy, correction(facet="condition", label=name), now=NOW)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    stored = store.load_record(KEY)
    assert faults == []
    assert stored is not None
    assert {row.label for row in read_corrections(settings, taxonomy).rows} == set(names)
    assert set(names) <= set(stored.labelling.labels["condition"])
    assert list(settings.data_dir.glob(".*.part")) == []


@pytest.mark.parametrize(
    ("note", "written"),
    [
        ('two\r\nlines, "quoted"', 'two lines, "quoted"'),
        ('=HYPERLINK("http://127.0.0.1:9")', '\'=HYPERLINK("http://127.0.0.1:9")'),
        ("\t+1", "'+1"),
        ("a\x00b\u202ec\ud800d", "abcd"),
        ("ärztlich 🧠 سلام", "ärztlich 🧠 سلام"),
    ],
)
def test_hostile_note_stays_a_note(settings: Settings, store: Store, note: str, written: str) -> None:
    """Line ends, quotes, formulas and unseen signs break neither the file nor a spreadsheet."""
    taxonomy = shipped()

    add_correction(settings, store, taxonomy, correction(note=note, who=note), now=NOW)

    row = read_corrections(settings, taxonomy).rows[0]
    assert (row.note, row.who) == (written, written)
    assert settings.corrections_path.read_text(encoding="utf-8").count("\n") == 2


@pytest.mark.parametrize(("field", "size"), [("note", 1_000_000), ("who", 101)])
def test_text_too_long_to_be_meant_is_refused(settings: Settings, store: Store, field: str, size: int) -> None:
    """A megabyte in a cell would make the file unreadable for everybody."""
    with pytest.raises(ConfigurationError, match="characters; at most"):
        add_correction(settings, store, shipped(), correction(**{field: "x" * size}), now=NOW)

    assert not settings.corrections_path.exists()


def test_several_corrections_are_written_together_or_not_at_all(settings: Settings, store: Store) -> None:
    """One wrong row, and no row is written."""
    taxonomy = shipped()

    with pytest.raises(ConfigurationError, match="no record"):
        add_corrections(settings, store, taxonomy, [correction(), correction(key="arxiv:9999.99999")], now=NOW)

    stored = store.load_record(KEY)
    assert stored is not None
    assert (settings.corrections_path.exists(), stored.labelling.human) == (False, ())


def test_folder_that_cannot_be_written_gives_the_row_to_add_by_hand(settings: Settings, store: Store) -> None:
    """Nothing is lost: the sentence holds the row."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    taxonomy = shipped()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(StoreUnavailableError, match=r"Permission denied.*arxiv:2401.00001,risk,opacity,yes"):
            add_correction(settings, store, taxonomy, correction(), now=NOW)

    stored = store.load_record(KEY)
    assert stored is not None
    assert (settings.corrections_path.exists(), stored.labelling.human) == (False, ())


def test_token_policy_without_a_token_is_a_fault_of_the_settings() -> None:
    """A door that asks for a token nobody set would be open or shut by chance; by default it is shut."""
    with pytest.raises(ConfigurationError, match="TRACKER_CORRECTIONS_TOKEN is not set"):
        read_settings({"TRACKER_CORRECTIONS": "token"})

    assert read_settings({}).correction_policy == "off"


def test_correction_survives_a_reclassification(settings: Settings, store: Store) -> None:
    """The rules are asked again; the person's word stands."""
    taxonomy = shipped()
    add_correction(settings, store, taxonomy, correction(facet="application", label="intervention", verdict=False), now=NOW)
    queries = read_queries(Settings(data_dir=default_data_dir(), database_url=""))

    configuration = Configuration(taxonomy=taxonomy, queries=queries, corrections=read_corrections(settings, taxonomy))
    reclassify(settings, configuration, store, now=lambda: NOW)

    stored = store.load_record(KEY)
    assert stored is not None
    assert "application" not in stored.labelling.labels
    assert stored.labelling.human == ("application:intervention",)


def test_corrections_the_rules_agree_with_are_listed(settings: Settings, store: Store) -> None:
    """What the rules would say anyway can be retired; what they deny cannot."""
    taxonomy = shipped()
    agreed = correction(facet="application", label="intervention")
    for one in (agreed, correction()):
        add_correction(settings, store, taxonomy, one, now=NOW)

    assert agreed_corrections(settings, store, taxonomy) == [agreed]


def test_trial_of_rules_tells_what_would_change_and_writes_nothing(settings: Settings, store: Store) -> None:
    """A taxonomy whose emotional support rules find nothing takes the label from the record, with the record as example."""
    before = shipped()
    facet = before.facets["application"]
    labels = {name: label for name, label in facet.labels.items() if label.parent != "intervention" and name != "intervention"}
    after = type(before)(
        version="2026.2",
        scope=before.scope,
        facets=before.facets | {"application": type(facet)(id=facet.id, name=facet.name, definition=facet.definition, labels=labels)},
        masks=before.masks,
    )
    was = store.load_record(KEY)

    trial = try_rules(before, after, store)

    assert (trial.records, trial.changed, trial.labels["application:intervention"].removed) == (1, 1, 1)
    assert trial.labels["application:intervention"].removed_examples == [(KEY, make_record().title)]
    assert store.load_record(KEY) == was
