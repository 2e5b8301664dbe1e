"""Who may do what from the app: tokens compared in constant time, and few tries. One guard a kind of permission and process."""

from __future__ import annotations

import hmac
import threading
from collections import deque
from datetime import datetime, timedelta

from tracker.errors import NotAllowedError

TRIES_PER_MINUTE = 5


class TokenGuard:
    """Compares tokens in constant time and allows five tries a minute, whoever asks. *what* the token is for, in words."""

    def __init__(self, what: str, error: type[NotAllowedError]) -> None:
        self._what, self._error = what, error
        self._tries: deque[datetime] = deque()
        self._lock = threading.Lock()

    def check(self, given: str | None, expected: str, *, now: datetime) -> None:
        """Raises the guard's error for a wrong token, and for any token once the minute's tries are used up."""
        with self._lock:
            while self._tries and not timedelta(0) <= now - self._tries[0] < timedelta(minutes=1):  # or of a clock that was wrong
                self._tries.popleft()
            if len(self._tries) >= TRIES_PER_MINUTE:
                raise self._error("Too many tries with a wrong token; wait a minute and try again.")
            if not hmac.compare_digest((given or "").encode("utf-8", "replace"), expected.encode()):
                self._tries.append(now)
                raise self._error(f"The {self._what} token is missing or wrong; ask whoever runs this tracker for it.")
