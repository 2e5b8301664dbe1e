"""Short reads of one process one after the other, where side by side all of them would take longer.

SQLite's driver lets go of the interpreter's lock at every row, and beside a thread that computes it waits up to
``sys.getswitchinterval()``, 5 ms, to get it back: ten sessions that read 50 works each at once took twice as long as one after
the other (``bench/readers.py``).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 1.0  # seconds that a block waits: one that hangs, on a disk that does not answer, stops nobody else


class OneByOne:
    """Blocks of many threads one at a time, in the order in which they came; one that has waited ``LONGEST`` goes on beside the others."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The block, when it is its turn. It must not ask for another one."""
        has_turn = self._await()
        try:
            yield
        finally:
            if has_turn:
                self._pass_on()

    def _await(self) -> bool:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        is_called = False
        try:
            is_called = called.wait(self._longest)
        finally:
            if not is_called:  # it has waited too long, or was interrupted
                self._leave(called)
        return is_called

    def _leave(self, called: threading.Event) -> None:
        with self._lock:
            if not called.is_set():
                self._waiting.remove(called)
                return
        self._pass_on()  # its turn came at the last moment

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
