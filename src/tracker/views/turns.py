"""Turns for heavy work that any visitor may ask for: a few at once, a few waiting, the others are told to come back.

The app answers all its visitors from one process, and Streamlit makes files in a pool of few threads: without turns, one visitor
with many tabs could fill memory and pool, and nobody else would get anything.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.errors import BusyError


class Turns:
    """At most *at_once* blocks run at a time and *waiting* more wait, each up to *seconds*; over all threads of the process."""

    def __init__(self, at_once: int, *, waiting: int, seconds: float) -> None:
        self._free, self._places = threading.Semaphore(at_once), threading.Semaphore(at_once + waiting)
        self._seconds = seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A block of work. Raises ``BusyError`` where too many wait already, or none ended in time."""
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            if not self._free.acquire(timeout=self._seconds):
                raise _busy()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()


def _busy() -> BusyError:
    return BusyError("Too many files are being made at this moment; wait a little and press the button again.")


# One for the whole process. Two cores make two files about as fast as one; Streamlit's pool has six threads there, of which
# downloads thus take four at most. A file of everything stored takes some seconds.
DOWNLOADS = Turns(2, waiting=2, seconds=30.0)
