"""People's decisions that come while records are on their way to the store, labelled without them.

A refresh and a reclassification read ``data/corrections.csv`` when they begin and take minutes. Whoever corrects a label
meanwhile sees it applied at once; what is stored afterwards must not take it back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial

from tracker.data_files import read_corrections
from tracker.domain.classifier import Classifier
from tracker.domain.corrections import Corrections
from tracker.domain.record import Labelling, Record
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError
from tracker.pipeline.corrections import corrections_lock
from tracker.settings import Settings

Amend = Callable[[Record, Labelling], Labelling]
log = logging.getLogger(__name__)


class LateCorrections:
    """The decisions added to the file since *at_start* was read from it."""

    def __init__(self, settings: Settings, taxonomy: Taxonomy, at_start: Corrections) -> None:
        self._settings, self._taxonomy, self._at_start = settings, taxonomy, at_start
        self._read: tuple[tuple[int, int, int] | None, Corrections] = (None, at_start)

    @contextmanager
    def held_off(self) -> Iterator[Amend]:
        """While it lasts nobody adds a decision; yields what brings a labelling up to those there are.

        A folder that cannot be written to gets no decisions either, so there it goes on without holding anybody off. A file
        that somebody broke meanwhile counts as it was at the start; the log says so.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(corrections_lock(self._settings))
            except OSError as error:
                log.debug("corrections are not held off: %s", error)
            yield self._amend_by(self._present())

    def _present(self) -> Corrections:
        """The file as it is now; read only where it is another than at the last look."""
        try:
            about = self._settings.corrections_path.stat()
        except OSError:  # taken away by hand: as at the start
            return self._at_start
        state = (about.st_ino, about.st_mtime_ns, about.st_size)
        if self._read[0] != state:
            try:
                self._read = (state, read_corrections(self._settings, self._taxonomy))
            except ConfigurationError as error:
                log.warning("corrections added since the start wait for the next reclassification: %s %s", error, "; ".join(error.problems))
                self._read = (state, self._at_start)
        return self._read[1]

    def _amend_by(self, present: Corrections) -> Amend:
        known = len(self._at_start.rows)
        is_longer = present.rows[:known] == self._at_start.rows
        late = Corrections(present.rows[known:] if is_longer else present.rows)
        return partial(self._amend, present, late) if late.rows else _as_it_is

    def _amend(self, present: Corrections, late: Corrections, record: Record, labelling: Labelling) -> Labelling:
        return present.apply(self._classifier, record, labelling) if late.rows_for(record) else labelling

    @cached_property
    def _classifier(self) -> Classifier:
        return Classifier(self._taxonomy)


def _as_it_is(_: Record, labelling: Labelling) -> Labelling:
    return labelling
