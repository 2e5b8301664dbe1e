"""A correction is written, applied at once, and nothing changes if it cannot be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import NOW, make_record
from tracker.data_files import read_corrections, read_taxonomy
from tracker.domain.classifier import Classifier
from tracker.domain.corrections import Correction
from tracker.errors import ConfigurationError
from tracker.pipeline.corrections import add_correction, agreed_corrections
from tracker.pipeline.rules import try_rules
from tracker.settings import Settings, default_data_dir
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
    labelling = Classifier(read_taxonomy(settings)).classify_record(record)
    store.save_page([Decision(record, Change.NEW, labelling)], now=NOW, source="arxiv")
    yield store
    store.close()


def correction(**changes: object) -> Correction:
    """Opacity, yes."""
    values: dict[str, object] = {"key": KEY, "facet": "risk", "label": "opacity", "verdict": True, "who": "Ada"}
    return Correction(**(values | changes))  # type: ignore[arg-type]


def test_correction_is_written_and_applied_at_once(settings: Settings, store: Store) -> None:
    """The row is in the file, the label in the store, marked as human."""
    add_correction(settings, store, read_taxonomy(settings), correction(), now=NOW)

    stored = store.load_record(KEY)
    assert stored is not None
    assert (stored.labelling.labels["risk"], stored.labelling.human) == ({"opacity": 1}, ("risk:opacity",))
    assert read_corrections(settings, read_taxonomy(settings)).rows == (correction(),)


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
        add_correction(settings, store, read_taxonomy(settings), wrong, now=NOW)

    assert not settings.corrections_path.exists()


def test_corrections_the_rules_agree_with_are_listed(settings: Settings, store: Store) -> None:
    """What the rules would say anyway can be retired; what they deny cannot."""
    taxonomy = read_taxonomy(settings)
    agreed = correction(facet="application", label="intervention")
    for one in (agreed, correction()):
        add_correction(settings, store, taxonomy, one, now=NOW)

    assert agreed_corrections(settings, store, taxonomy) == [agreed]


def test_trial_of_rules_tells_what_would_change_and_writes_nothing(settings: Settings, store: Store) -> None:
    """A taxonomy whose emotional support rules find nothing takes the label from the record, with the record as example."""
    before = read_taxonomy(settings)
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
