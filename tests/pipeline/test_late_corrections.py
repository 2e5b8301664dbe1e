"""A decision taken while records are on their way to the store is not lost, and nobody takes one while they are being stored."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from filelock import FileLock, Timeout

from fakes import NOW, make_labelling, make_record
from tracker.data_files import read_corrections
from tracker.domain.corrections import COLUMNS, Correction, Corrections
from tracker.domain.record import AbstractState
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.corrections import add_correction
from tracker.pipeline.late_corrections import LateCorrections
from tracker.pipeline.reclassify import reclassify
from tracker.settings import Settings
from tracker.store.base import Change, Decision, Store, StoredRecord

OPACITY = Correction(key="arxiv:2401.00001", facet="risk", label="opacity", verdict=True)
INACCURACY = Correction(key="arxiv:2401.00001", facet="risk", label="inaccuracy", verdict=True)
HEADER = ",".join(COLUMNS) + "\n"


def write(settings: Settings, *rows: Correction) -> None:
    """The file holds *rows*."""
    settings.corrections_path.write_text(HEADER + "".join(row.to_row() for row in rows), encoding="utf-8")


def late(settings: Settings, configuration: Configuration) -> LateCorrections:
    """Decisions from now on."""
    return LateCorrections(settings, configuration.taxonomy, read_corrections(settings, configuration.taxonomy))


def human(corrections: LateCorrections) -> tuple[str, ...]:
    """What people are said to have decided of a record that the rules alone have labelled."""
    with corrections.held_off() as amended:
        return amended(make_record(), make_labelling()).human


def test_only_what_was_added_since_is_brought_up(settings: Settings, configuration: Configuration) -> None:
    """Nothing at first; a row more and all that stand on its record count; looked at again, it is the same."""
    write(settings, OPACITY)
    corrections = late(settings, configuration)
    assert human(corrections) == ()

    write(settings, OPACITY, INACCURACY)
    assert [human(corrections) for _ in range(2)] == [("risk:opacity", "risk:inaccuracy")] * 2


def test_file_written_anew_by_hand_counts_in_full(settings: Settings, configuration: Configuration) -> None:
    """Rows before the old ones: which are late cannot be told, so all are."""
    write(settings, OPACITY)
    corrections = late(settings, configuration)

    write(settings, INACCURACY, OPACITY)

    assert human(corrections) == ("risk:inaccuracy", "risk:opacity")


@pytest.mark.parametrize("text", ["record;facet\n", None])
def test_broken_or_missing_file_is_as_at_the_start(
    settings: Settings, configuration: Configuration, caplog: pytest.LogCaptureFixture, text: str | None
) -> None:
    """A refresh under way does not end because somebody is editing; the log says so."""
    write(settings, OPACITY)
    corrections = late(settings, configuration)
    if text is None:
        settings.corrections_path.unlink()
    else:
        settings.corrections_path.write_text(text, encoding="utf-8")

    assert human(corrections) == ()
    assert ("corrections.csv line 1" in caplog.text) == (text is not None)


def test_withheld_text_keeps_its_labels_beside_the_decision(settings: Settings, configuration: Configuration) -> None:
    """What cannot be read anew is changed as it stands."""
    corrections = late(settings, configuration)
    write(settings, OPACITY)
    record = replace(make_record(), abstract=None, abstract_state=AbstractState.WITHHELD)

    with corrections.held_off() as amended:
        labels = amended(record, make_labelling()).labels

    assert labels == {"application": {"intervention": 2}, "risk": {"opacity": 1}}


def test_nobody_adds_one_meanwhile(settings: Settings, configuration: Configuration) -> None:
    """The lock that a writer takes is held for as long as records are being stored, and free afterwards."""
    lock = FileLock(f"{settings.corrections_path}.lock", timeout=0)
    with late(settings, configuration).held_off(), pytest.raises(Timeout):
        lock.acquire()
    with lock:
        assert lock.is_locked


def test_folder_that_takes_no_file_holds_nobody_off(settings: Settings, configuration: Configuration) -> None:
    """Where no lock can be made, no correction can be written: the refresh goes on."""
    corrections = late(replace(settings, data_dir=settings.data_dir / "not there"), configuration)

    assert human(corrections) == ()


class CorrectedMeanwhile:
    """A store whose records are corrected by somebody else as soon as they have been read."""

    def __init__(self, store: Store, settings: Settings, configuration: Configuration) -> None:
        self._store, self._settings, self._configuration = store, settings, configuration

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def stream_records(self, *, batch: int) -> Iterator[list[StoredRecord]]:
        """As the store does it, with a correction after each batch."""
        for records in self._store.stream_records(batch=batch):
            writer = threading.Thread(
                target=add_correction, args=(self._settings, self._store, self._configuration.taxonomy, OPACITY), kwargs={"now": NOW}
            )
            writer.start()
            writer.join()
            yield records


def test_reclassification_does_not_take_back_what_came_meanwhile(settings: Settings, store: Store, configuration: Configuration) -> None:
    """Read before the correction, stored after it: the label stands."""
    store.save_page([Decision(make_record(), Change.NEW, make_labelling())], now=NOW, source="arxiv")
    wrapped: Store = CorrectedMeanwhile(store, settings, configuration)  # type: ignore[assignment]

    reclassify(settings, replace(configuration, corrections=Corrections()), wrapped, now=lambda: NOW + timedelta(minutes=1))

    stored = store.load_record(OPACITY.key)
    assert stored is not None
    assert stored.labelling.human == ("risk:opacity",)
