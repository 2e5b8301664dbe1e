"""Adding a person's decision, and finding those the rules have come to agree with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from filelock import FileLock

from tracker.data_files import read_corrections
from tracker.domain.classifier import Classifier
from tracker.domain.corrections import COLUMNS, SCOPE, Correction, Corrections, agrees, label_fault, tidied
from tracker.domain.record import AbstractState, Labelling
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError, CorrectionNotAllowedError, StoreUnavailableError
from tracker.pipeline.permission import TokenGuard
from tracker.pipeline.whole_file import replacing
from tracker.settings import Settings
from tracker.store.base import Store, StoredRecord

LOCK_SECONDS = 30.0  # a writer needs milliseconds; who waits longer waits for one that hangs

# One for the whole process: all sessions of the app share it, so that many tabs give no more tries than one.
_GUARD = TokenGuard("correction", CorrectionNotAllowedError)


def add_from_app(
    settings: Settings,
    store: Store,
    taxonomy: Taxonomy,
    corrections: Sequence[Correction],
    *,
    now: datetime,
    token: str | None = None,
    guard: TokenGuard = _GUARD,
) -> dict[str, Labelling]:
    """:func:`add_corrections` for a reader of the app, where ``TRACKER_CORRECTIONS`` lets them.

    Raises ``CorrectionNotAllowedError`` otherwise, and what :func:`add_corrections` raises.
    """
    require_permission(settings, now=now, token=token, guard=guard)
    return add_corrections(settings, store, taxonomy, corrections, now=now)


def require_permission(settings: Settings, *, now: datetime, token: str | None = None, guard: TokenGuard = _GUARD) -> None:
    """Raises ``CorrectionNotAllowedError`` unless ``TRACKER_CORRECTIONS`` lets this reader write corrections."""
    if settings.correction_policy == "token":
        guard.check(token, settings.correction_token or "", now=now)
    elif settings.correction_policy != "open":
        raise CorrectionNotAllowedError("Correcting labels from the app is switched off here (TRACKER_CORRECTIONS=off).")


def add_correction(settings: Settings, store: Store, taxonomy: Taxonomy, correction: Correction, *, now: datetime) -> Labelling:
    """:func:`add_corrections` for a single one; returns the record's new labels."""
    return add_corrections(settings, store, taxonomy, [correction], now=now)[correction.key]


def add_corrections(
    settings: Settings, store: Store, taxonomy: Taxonomy, corrections: Sequence[Correction], *, now: datetime
) -> dict[str, Labelling]:
    """Append *corrections* to the file and apply them to the stored records at once; returns the new labels by record key.

    All are written or none. Writers wait for each other from the reading of the file to the last label, so that none works
    from rows that another has outdated. Raises ``ConfigurationError`` if a record or a label is not known, a text is too long
    or the file is not valid, ``StoreUnavailableError`` if it cannot be written; then nothing has changed. (Should the database
    refuse after that, the rows stand in the file and count from the next reclassification on.)
    """
    tidy = [_checked(store, taxonomy, tidied(one)) for one in corrections]
    with _file_lock(settings, tidy):
        rows = (*read_corrections(settings, taxonomy).rows, *tidy)
        _append(settings, tidy)
        return _apply(store, Corrections(rows), Classifier(taxonomy), dict.fromkeys(one.key for one in tidy), now)


def _checked(store: Store, taxonomy: Taxonomy, correction: Correction) -> Correction:
    if store.load_record(correction.key) is None:
        raise ConfigurationError(f"There is no record {correction.key!r}; give a key such as arxiv:2401.00001, as the exports have it.")
    fault = label_fault(correction.label_key, taxonomy)
    if fault:
        raise ConfigurationError(f"{fault}.")
    return correction


def _apply(store: Store, decided: Corrections, classifier: Classifier, keys: Iterable[str], now: datetime) -> dict[str, Labelling]:
    found = [stored for key in keys if (stored := store.load_record(key))]
    labelled = {one.record.key: decided.apply(classifier, one.record, one.labelling) for one in found}
    store.save_labellings(list(labelled.items()), now=now)
    return labelled


def corrections_lock(settings: Settings) -> FileLock:
    """Who holds it is the only one, over all threads and processes, who may add a decision. Entering raises ``OSError``."""
    return FileLock(f"{settings.corrections_path}.lock", timeout=LOCK_SECONDS)


@contextmanager
def _file_lock(settings: Settings, corrections: Sequence[Correction]) -> Iterator[None]:
    """One writer at a time, over all threads and processes; a folder that cannot be written to is said with the rows to add."""
    try:
        with corrections_lock(settings):
            yield
    except OSError as error:
        path = settings.corrections_path
        rows = "".join(one.to_row() for one in corrections).strip()
        message = (
            f"The correction cannot be saved in {path} ({error.strerror or error}); make the folder writable, or add this by hand: {rows}"
        )
        raise StoreUnavailableError(message) from error


def _append(settings: Settings, corrections: Sequence[Correction]) -> None:
    """Write the file anew with the rows at its end, and put it in place in one step: a reader sees the old file or the new one."""
    path = settings.corrections_path
    text = path.read_text(encoding="utf-8") if path.exists() else ",".join(COLUMNS) + "\n"
    with replacing(path) as stream:  # under the lock still: its part may have the name of another thread's
        stream.write((text + ("" if text.endswith("\n") else "\n") + "".join(one.to_row() for one in corrections)).encode())


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
