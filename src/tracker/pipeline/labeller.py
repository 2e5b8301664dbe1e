"""Labels whole pages, in a helper process where one is worth it: labelling takes a third of the time of a first refresh.

The helper is told the taxonomy and people's corrections once, then gets records and gives labellings. Whenever it fails, the same
records are labelled here, by the same rules and so with the same result.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence
from functools import cached_property, partial

from tracker.aside import Aside
from tracker.domain.classifier import Classifier
from tracker.domain.corrections import Corrections
from tracker.domain.record import Labelling, Record
from tracker.domain.scheme import Taxonomy
from tracker.threads import build_thread

LEAST = 20  # records worth sending: fewer are labelled before the helper would have read them
MOST = 500  # records at a time: bounds the memory of both processes, and how long another thread waits

_classify: Callable[[Record], Labelling] | None = None  # the helper's own, see prepare()


def prepare(taxonomy: Taxonomy, corrections: Corrections) -> bool:
    """Make this process, the helper, ready for :func:`label`; returns that it is."""
    global _classify  # the one thing a helper remembers
    _classify = partial(corrections.classify, Classifier(taxonomy))
    gc.freeze()  # the rules stay, no need to look at them after every page
    return True


def label(records: Sequence[Record]) -> list[Labelling]:
    """The labelling of each record, in the helper."""
    if _classify is None:
        raise RuntimeError("prepare() comes first")
    return [_classify(one) for one in records]


class Labeller:
    """Labels by *taxonomy* and *corrections*; any number of threads may ask, the helper serves one after the other."""

    def __init__(self, taxonomy: Taxonomy, corrections: Corrections) -> None:
        self._taxonomy, self._corrections = taxonomy, corrections
        self._aside = Aside([__name__])
        self._lock = threading.Lock()
        self._has_helper = False

    def start(self) -> None:
        """Start the helper, which takes a second to be ready, and do not wait for it: who asks earlier does."""
        self._aside.start()
        self._has_helper = True
        self._lock.acquire()  # freed by the thread
        build_thread(self._prepare).start()

    def label(self, records: Sequence[Record]) -> list[Labelling]:
        """The labelling of each of *records*, in their order."""
        return [one for start in range(0, len(records), MOST) for one in self._label_some(records[start : start + MOST])]

    def close(self) -> None:
        """End the helper; what is asked from now on is labelled here."""
        self._has_helper = False
        self._aside.close()
        with self._lock:  # whoever was asking the helper has noticed
            pass

    def _label_some(self, records: Sequence[Record]) -> list[Labelling]:
        found = None
        if self._has_helper and len(records) >= LEAST:
            with self._lock:
                found = self._aside.try_call(label, records)
        return [self._classify_here(one) for one in records] if found is None else found

    def _prepare(self) -> None:
        try:
            if not self._aside.try_call(prepare, self._taxonomy, self._corrections):
                self._has_helper = False
        finally:
            self._lock.release()

    @cached_property
    def _classify_here(self) -> Callable[[Record], Labelling]:
        return partial(self._corrections.classify, Classifier(self._taxonomy))
