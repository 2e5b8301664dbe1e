"""The data that every session of a process shares: one index per data version, made in the background while the old one serves.

A page waits for the index of newer data at most :data:`PATIENCE`, and not at all where it is large; it shows the data version before,
says so, and shows the newer one when it is ready. While a refresh stores page after page, the index is not made anew for each of them:
between two it rests four times as long as the last one took, so that readers keep most of the processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from tracker.store.base import HarvestState, Store
from tracker.views.index import Index
from tracker.views.index_reading import LARGE

PATIENCE = 0.4  # seconds: few thousand works are ready in less
_REST, _LONGEST_REST = 4.0, 30.0  # times as long as the index took; seconds
_QUICK = 0.1  # seconds: an index made in less may be made as often as anybody asks
_TO_THE_MONTH = 2  # the index's precision of a date known to the month


@dataclass(frozen=True)
class Shared:
    """What the store said at one data version. ``about`` and ``states`` as the store's contract describes them."""

    index: Index
    states: Mapping[str, HarvestState]
    about: Mapping[str, Any]

    @cached_property
    def newest(self) -> date | None:
        """The day of the newest paper dated at least to the month, its first if only that is known; ``None`` if there is none.

        Journals date issues ahead: what lies in the future of the harvest says nothing about how far the data reach.
        """
        columns, today = self.index.columns, (datetime.now(UTC).date() - date(1970, 1, 1)).days
        known = columns.published_first[(columns.precision >= _TO_THE_MONTH) & (columns.published_first <= today)]
        return date(1970, 1, 1) + timedelta(days=int(known.max())) if len(known) else None


class Live:
    """Hands out the newest :class:`Shared` that is ready. Safe to share between threads; *clock* counts seconds and never jumps.

    *read_aside* makes the index of the same store without holding up this process; it is used for newer versions of large data.
    """

    def __init__(
        self, store: Store, *, read_aside: Callable[[], Index | None] = lambda: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._read_aside, self._clock = store, read_aside, clock
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._shown: Shared | None = None
        self._making: Future[Shared] | None = None
        self._rests_until = 0.0

    def current(self) -> Shared:
        """The data to show now. Waits for the first ones, and at most ``PATIENCE`` for newer ones, where few records make them quick.

        Raises ``StoreUnavailableError`` if they cannot be read.
        """
        version = self._store.data_version()
        made = self._fetch(version)
        # What was being made when asked may have begun before the newest commit.
        return made if made.index.data_version == version else self._fetch(version)

    def _fetch(self, version: int) -> Shared:
        with self._lock:
            shown = self._shown
            if shown and (shown.index.data_version == version or (not self._making and self._clock() < self._rests_until)):
                return shown
            if not self._making:
                self._making = self._pool.submit(self._make)
            making = self._making
        try:
            return making.result((0 if _is_large(shown) else PATIENCE) if shown else None)
        except TimeoutError:
            if shown is None:
                raise
            return shown

    def is_behind(self, shared: Shared) -> bool:
        """Whether the store holds newer data than *shared*."""
        return self._store.data_version() != shared.index.data_version

    def close(self) -> None:
        """Let go of the thread; what it is making is finished first."""
        self._pool.shutdown()

    def _make(self) -> Shared:
        began = self._clock()
        try:
            made = Shared(self._make_index(), self._store.load_harvest_states(), self._store.load_about())
            with self._lock:
                self._shown = made
            return made
        finally:
            with self._lock:
                self._making = None
                now = self._clock()
                took = now - began
                self._rests_until = now + (min(_LONGEST_REST, _REST * took) if took > _QUICK else 0)

    def _make_index(self) -> Index:
        index = self._read_aside() if self._shown and _is_large(self._shown) else None
        if index is None:
            index = Index(self._store.load_index())
            index.warm()
        return index


def _is_large(shared: Shared) -> bool:
    return len(shared.index.columns.ids) >= LARGE
