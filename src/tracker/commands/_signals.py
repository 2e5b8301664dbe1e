"""A polite end when the system asks for one (SIGTERM: systemd, Docker, a shutdown)."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def on_termination(act: Callable[[], None]) -> Iterator[None]:
    """Call *act* in the main thread when SIGTERM comes; afterwards the former answer to it is back in place."""

    def answer(_number: int, _frame: FrameType | None) -> None:
        act()

    before = signal.signal(signal.SIGTERM, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stop_like_ctrl_c() -> None:
    """End the command the way Ctrl-C does: what is stored stays, the job is recorded as cancelled."""
    raise KeyboardInterrupt
