"""Takes a source's pages ahead of storing them, so that a service is asked at its pace and not at the database's.

Pages come in their order, each once; what the source raises or returns comes after the last of them. At most a few wait, which
bounds the memory and, because a page waits for its turn before the next is asked for, how far ahead the service is asked.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Generator, Iterator

from tracker.errors import HarvestCancelledError
from tracker.pipeline.threads import build_thread
from tracker.sources.base import HarvestOutcome, HarvestPage

WAITING_PAGES = 1  # beside one being read and one being stored; one of 2,000 records takes 10 MB
LOOK_SECONDS = 0.1

Item = HarvestPage | HarvestOutcome | BaseException


def take_ahead(name: str, pages: Iterator[HarvestPage], is_cancelled: Callable[[], bool]) -> Generator[HarvestPage, None, HarvestOutcome]:
    """The *pages* of the source called *name*, and its outcome, taken in a thread of their own.

    Once *is_cancelled*, none is asked for any more; what had come by then is passed on, then ``HarvestCancelledError`` raised.
    When this generator is closed early, the thread ends after the page it is waiting for.
    """
    taken = _Taken(name, pages, is_cancelled)
    build_thread(taken.fill).start()
    try:
        while True:
            item = taken.items.get()
            if isinstance(item, HarvestPage):
                yield item
            elif isinstance(item, HarvestOutcome):
                return item
            else:
                raise item
    finally:
        taken.is_abandoned = True


class _Taken:
    """What has been taken and not passed on yet."""

    def __init__(self, name: str, pages: Iterator[HarvestPage], is_cancelled: Callable[[], bool]) -> None:
        self._name, self._pages, self._is_cancelled = name, pages, is_cancelled
        self.items: queue.Queue[Item] = queue.Queue(maxsize=WAITING_PAGES)
        self.is_abandoned = False

    def fill(self) -> None:
        """Take page after page until the source ends or nobody wants them."""
        item: Item | None = None
        while not self.is_abandoned and (item is None or isinstance(item, HarvestPage)):
            item = self._next()
            self._put(item)

    def _next(self) -> Item:
        try:
            if self._is_cancelled():
                return HarvestCancelledError(self._name, f"the refresh was cancelled; {self._name} goes on from here next time")
            return next(self._pages)
        except StopIteration as end:
            outcome: HarvestOutcome = end.value
            return outcome
        except BaseException as error:  # it is raised again where the pages are stored
            return error

    def _put(self, item: Item) -> None:
        while not self.is_abandoned:
            try:
                self.items.put(item, timeout=LOOK_SECONDS)
            except queue.Full:
                continue
            return
