"""Time and chance as the sources see them: injected, so that no test waits and every test repeats."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

SLICE_SECONDS = 0.5  # how long a waiting harvest takes at most to notice that it was cancelled


class Clock(Protocol):
    """What tells the time, waits and draws lots."""

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps and that all processes of this machine share; it starts anew with the machine."""
        ...

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def random(self) -> float:
        """A number from 0 up to, but not including, 1."""
        ...


class SystemClock:
    """The machine's own."""

    def monotonic(self) -> float:
        """See :class:`Clock`."""
        return time.monotonic()

    def now(self) -> datetime:
        """See :class:`Clock`."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """See :class:`Clock`."""
        time.sleep(seconds)

    def random(self) -> float:
        """See :class:`Clock`."""
        return random.random()  # noqa: S311 - spreads retries, guards nothing


def pause(clock: Clock, seconds: float, check: Callable[[], None]) -> None:
    """Wait *seconds* (none if negative), calling *check* every half second; what it raises ends the wait."""
    end = clock.monotonic() + seconds
    while (left := end - clock.monotonic()) > 0:
        check()
        clock.sleep(min(left, SLICE_SECONDS))
