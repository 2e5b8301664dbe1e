"""One request at a time per service, and none too early: a rule that all processes of this machine keep together.

arXiv allows one request every three seconds and one connection at a time over everything one runs
(info.arxiv.org/help/api/tou.html); NCBI counts requests per address. So the turn to ask is a file lock, and beside it stands
when the last request was sent. NCBI counts per second, and when it counts is its business: a request that waited in a queue there
is counted late, and those after it then seem to come too fast. So the last answers' instants stand there too. The clock is the
monotonic one, which all processes share and nobody can set back; what a restart of the machine left behind costs one
interval at most.
"""

from __future__ import annotations

import math
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from tracker.errors import SourceUnavailableError
from tracker.sources.clock import Clock, pause

POLL_SECONDS = 0.05
MAX_QUEUE_SECONDS = 900.0  # longer than any request of another process may take, tries and back-off included
FAMILIES = ("arxiv.org", "ncbi.nlm.nih.gov")  # the API and OAI-PMH are two hosts under one rule


@dataclass(slots=True)
class Turn:
    """The right to send one request. ``sent_at`` (monotonic) is what the next turn is measured from; the sender sets it.

    ``answered_at`` is the latest moment at which the service can have counted the request; ``None``: the end of the turn.
    """

    sent_at: float
    waited_seconds: float
    answered_at: float | None = None


class PaceLimiter:
    """Hands out turns for the service called *name* at *address*, their requests at least *interval_seconds* apart.

    Where ``burst`` is given, no more than so many are sent within *window_seconds*, each taken as counted when it was answered.
    """

    def __init__(
        self,
        name: str,
        address: str,
        interval_seconds: float,
        *,
        clock: Clock,
        state_dir: Path | None = None,
        burst: int = 0,
        window_seconds: float = 0.0,
    ) -> None:
        self.interval_seconds, self._burst, self._window_seconds = interval_seconds, burst, window_seconds
        self._name, self._clock = name, clock
        self._state_dir, self._stem = state_dir, stem_for(name, address)

    @contextmanager
    def turn(self, check: Callable[[], None]) -> Iterator[Turn]:
        """Wait for a turn and hold it until the block ends. *check* is called while waiting; what it raises ends the wait.

        Raises ``SourceUnavailableError`` if the folder cannot be used or another process does not give up its turn.
        """
        began = self._clock.monotonic()
        lock = self._take_lock(check)
        try:
            pause(self._clock, self._seconds_to_wait(), check)
            turn = Turn(self._clock.monotonic(), self._clock.monotonic() - began)
            answered = self._read()[1:]
            self._write(turn.sent_at, *answered)
            try:
                yield turn
            finally:
                counted = self._clock.monotonic() if turn.answered_at is None else turn.answered_at
                self._write(turn.sent_at, *[*answered, counted][-self._burst :] if self._burst else ())
        finally:
            lock.release()

    def _take_lock(self, check: Callable[[], None]) -> FileLock:
        lock = FileLock(self._path(".lock"))
        end = self._clock.monotonic() + MAX_QUEUE_SECONDS
        while True:
            try:
                lock.acquire(blocking=False)
            except Timeout as error:
                if self._clock.monotonic() > end:
                    raise SourceUnavailableError(
                        self._name,
                        f"another process of this machine has been asking {self._name} for {MAX_QUEUE_SECONDS / 60:.0f} minutes;"
                        " end it, then refresh again",
                    ) from error
            except OSError as error:
                raise self._unusable(error) from error
            else:
                return lock
            pause(self._clock, POLL_SECONDS, check)

    def _seconds_to_wait(self) -> float:
        """None where nothing was sent yet; else up to one interval, or one window, whatever the file says."""
        sent = self._read()
        if not sent:
            return 0.0
        now, answered = self._clock.monotonic(), sent[1:]
        if not all(moment <= now for moment in sent):  # of another life of this machine, or no number
            return self.interval_seconds
        whole_window = answered[-self._burst] + self._window_seconds if 0 < self._burst <= len(answered) else now
        return max(sent[0] + self.interval_seconds, whole_window) - now

    def _read(self) -> list[float]:
        """When the last request was sent, then when the last few were answered; empty before the first."""
        try:
            return [float(word) for word in self._path(".sent").read_text(encoding="ascii").split()] or [math.nan]
        except FileNotFoundError:
            return []
        except (OSError, ValueError):  # a process died while writing it
            return [math.nan]

    def _write(self, *moments: float) -> None:
        try:
            self._path(".sent").write_text(" ".join(map(repr, moments)), encoding="ascii")
        except OSError as error:
            raise self._unusable(error) from error

    def _path(self, suffix: str) -> Path:
        try:
            return (self._state_dir or _user_dir()) / (self._stem + suffix)
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> SourceUnavailableError:
        folder = self._state_dir or Path(tempfile.gettempdir())
        return SourceUnavailableError(
            self._name, f"{self._name} was not asked: its pace is kept in {folder}, which cannot be written ({error.strerror}); set TMPDIR"
        )


def stem_for(name: str, address: str) -> str:
    """The file name that stands for a service: its family of hosts, or, for a server of one's own, its very address.

    >>> stem_for("arxiv", "https://oaipmh.arxiv.org/oai")
    'arxiv@arxiv.org'
    >>> stem_for("arxiv", "http://127.0.0.1:8900/api/query")
    'arxiv@127.0.0.1_8900'
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    family = next((family for family in FAMILIES if host == family or host.endswith("." + family)), None)
    return f"{name}@" + (family or re.sub(r"[^\w.-]", "_", f"{host}_{parts.port or parts.scheme}"))


def _user_dir() -> Path:
    """A folder of this user alone; another's (or a link planted there) is refused."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"mental-health-llm-tracker-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and folder.lstat().st_uid != os.getuid():
        raise PermissionError(13, "it belongs to somebody else", str(folder))
    return folder
