"""The threads of a harvest, in a module that imports nothing, so that the program can look for them at its end."""

from __future__ import annotations

import threading
from collections.abc import Callable

NAME = "harvesting"


def build_thread(work: Callable[[], None]) -> threading.Thread:
    """A thread for one source, not started yet. It may sit in a request for minutes, and no program waits for that."""
    return threading.Thread(target=work, daemon=True, name=NAME)


def is_harvesting() -> bool:
    """Whether a source is still being asked, wanted or not."""
    return any(thread.name == NAME for thread in threading.enumerate())
