"""A request sent before its answer is wanted.

Reading a page of 2,000 entries can take as long as a service asks to wait between requests. So the next one leaves meanwhile, in its
turn, and its answer waits here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from tracker.errors import HarvestCancelledError
from tracker.sources.answers import Answer, Request
from tracker.threads import build_thread

Check = Callable[[], None]


class Foreseen:
    """*request*, being asked in a thread of its own by ``ask(request, check)``; what *check* raises ends its waiting."""

    def __init__(self, request: Request, ask: Callable[[Request, Check], Answer], check: Check) -> None:
        self.request = request
        self._ask, self._check = ask, check
        self._is_given_up = threading.Event()
        self._answer: Answer | None = None
        self._error: BaseException | None = None
        self._thread = build_thread(self._run)
        self._thread.start()

    def result(self) -> Answer:
        """The answer, waited for. Raises what asking raised."""
        self.wait()
        if self._answer is None:
            assert self._error
            raise self._error
        return self._answer

    def wait(self) -> None:
        """Until it was answered, failed, or was given up before it left."""
        self._thread.join()

    def give_up(self) -> None:
        """Nobody wants the answer any more: if the request has not left yet, it never will."""
        self._is_given_up.set()

    def _run(self) -> None:
        try:
            self._answer = self._ask(self.request, self._look)
        except BaseException as error:  # raised again where the answer is wanted
            self._error = error

    def _look(self) -> None:
        if self._is_given_up.is_set():
            raise HarvestCancelledError("", "nobody wants this answer any more")
        self._check()
