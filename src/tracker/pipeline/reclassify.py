"""Applies the taxonomy in force to everything stored, a batch at a time: memory does not grow with the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.domain.classifier import Classifier
from tracker.domain.record import AbstractState
from tracker.errors import RefreshRunningError
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.late_corrections import LateCorrections
from tracker.settings import Settings
from tracker.store.base import Store

BATCH = 500


@dataclass(slots=True, kw_only=True)
class ReclassifyReport:
    """``records`` looked at, those whose labels ``changed``, and those ``kept`` because the snapshot holds no text of theirs."""

    taxonomy: str
    records: int = 0
    changed: int = 0
    kept: int = 0

    def to_json(self) -> dict[str, Any]:
        """The report as one plain object."""
        return {"taxonomy": self.taxonomy, "records": self.records, "changed": self.changed, "kept": self.kept}

    def in_words(self) -> str:
        """One line; what was kept, and why, stands only where there is any.

        >>> ReclassifyReport(taxonomy="2026.1", records=3, changed=1).in_words()
        '3 records labelled by taxonomy 2026.1; the labels of 1 changed'
        """
        line = f"{self.records} records labelled by taxonomy {self.taxonomy}; the labels of {self.changed} changed"
        kept = f"; {self.kept} from the shipped data keep theirs until a refresh brings their abstracts"
        return line + (kept if self.kept else "")


def reclassify(
    settings: Settings, configuration: Configuration, store: Store, *, now: Callable[[], datetime], progress: Callable[[int], object] = id
) -> ReclassifyReport:
    """Label all records anew; *progress* is told the size of each batch done.

    Records whose abstract the snapshot withheld keep what the taxonomy once gave them, but for people's corrections. Raises
    ``RefreshRunningError`` while a refresh runs: it labels by the taxonomy it started with.
    """
    classifier = Classifier(configuration.taxonomy)
    late = LateCorrections(settings, configuration.taxonomy, configuration.corrections)
    with store.refresh_lock() as is_ours:
        if not is_ours:
            raise RefreshRunningError("A refresh of this database is running; reclassify when it has ended.")
        report = ReclassifyReport(taxonomy=configuration.taxonomy.version)
        for batch in store.stream_records(batch=BATCH):
            labelled = [(one.record, configuration.corrections.apply(classifier, one.record, one.labelling)) for one in batch]
            with late.held_off() as amended:
                final = [(record.key, amended(record, labels)) for record, labels in labelled]
                report.changed += store.save_labellings(final, now=now())
            report.kept += sum(one.record.abstract_state is AbstractState.WITHHELD for one in batch)
            report.records += len(batch)
            progress(len(batch))
        return report
