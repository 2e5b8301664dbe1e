"""Adding a person's decision, and finding those the rules have come to agree with."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from filelock import FileLock

from tracker.data_files import read_corrections
from tracker.domain.classifier import Classifier
from tracker.domain.corrections import COLUMNS, SCOPE, Correction, Corrections, agrees, label_fault
from tracker.domain.record import AbstractState, Labelling
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError, StoreUnavailableError
from tracker.settings import Settings
from tracker.store.base import Store, StoredRecord


def add_correction(settings: Settings, store: Store, taxonomy: Taxonomy, correction: Correction, *, now: datetime) -> Labelling:
    """Append *correction* to the file and apply it to the stored record at once; returns the record's new labels.

    Raises ``ConfigurationError`` if the record or the label is not known, ``StoreUnavailableError`` if the file cannot be
    written; then nothing has changed.
    """
    stored = store.load_record(correction.key)
    if stored is None:
        raise ConfigurationError(f"There is no record {correction.key!r}; give a key such as arxiv:2401.00001, as the exports have it.")
    fault = label_fault(correction.label_key, taxonomy)
    if fault:
        raise ConfigurationError(f"{fault}.")
    rows = (*read_corrections(settings, taxonomy).rows, correction)
    _append(settings, correction)
    labelling = Corrections(rows).apply(Classifier(taxonomy), stored.record, stored.labelling)
    store.save_labellings([(correction.key, labelling)], now=now)
    return labelling


def _append(settings: Settings, correction: Correction) -> None:
    """Write the file anew with one row more, and put it in place in one step: a reader sees the old file or the new one."""
    path = settings.corrections_path
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with FileLock(f"{path}.lock"):
            text = path.read_text(encoding="utf-8") if path.exists() else ",".join(COLUMNS) + "\n"
            part.write_text(text + ("" if text.endswith("\n") else "\n") + correction.to_row(), encoding="utf-8")
            part.replace(path)
    except OSError as error:
        message = f"The correction cannot be saved in {path} ({error.strerror}); make the folder writable, or add this row by hand: "
        raise StoreUnavailableError(message + correction.to_row().strip()) from error
    finally:
        part.unlink(missing_ok=True)


def agreed_corrections(settings: Settings, store: Store, taxonomy: Taxonomy) -> list[Correction]:
    """The decisions that the rules alone would make today, by the file's order: they can be retired.

    Decisions on records that are gone, or whose abstract is withheld, cannot be judged and are left out.
    """
    classifier = Classifier(taxonomy)
    return [row for row in read_corrections(settings, taxonomy).rows if _is_agreed(classifier, store.load_record(row.key), row)]


def _is_agreed(classifier: Classifier, stored: StoredRecord | None, row: Correction) -> bool:
    if stored is None or stored.record.abstract_state is AbstractState.WITHHELD:
        return False
    needs_labels = None if row.facet == SCOPE else True
    return agrees(classifier.classify_record(stored.record, in_scope=needs_labels), row)


def written_now(now: datetime) -> str:
    """The ``when`` of a decision taken now: an instant in UTC, to the second."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
