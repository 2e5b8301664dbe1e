"""Takes a source's pages ahead of storing them, so that a service is asked at its pace and not at the database's.

Records come in their order, each once; what the source raises or returns comes after the last of them. Small pages that wait are
passed on as one: a transaction costs the same for 200 records as for 2,000. How many records wait is bounded, and with it the
memory and how far ahead the service is asked.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence

from tracker.errors import HarvestCancelledError
from tracker.sources.base import HarvestOutcome, HarvestPage
from tracker.threads import build_thread

WAITING_RECORDS = 2_000  # then no more are asked for, beside those being stored; they take 10 MB
STORED_TOGETHER = 2_000  # records at most

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
            item = taken.next_item()
            if isinstance(item, HarvestPage):
                yield item
            elif isinstance(item, HarvestOutcome):
                return item
            else:
                raise item
    finally:
        taken.abandon()


class _Taken:
    """What has been taken and not passed on yet."""

    def __init__(self, name: str, pages: Iterator[HarvestPage], is_cancelled: Callable[[], bool]) -> None:
        self._name, self._pages, self._is_cancelled = name, pages, is_cancelled
        self._items: deque[Item] = deque()
        self._has_moved = threading.Condition()
        self._is_abandoned = False

    def fill(self) -> None:
        """Take page after page until the source ends or nobody wants them."""
        item: Item | None = None
        while not self._is_abandoned and (item is None or isinstance(item, HarvestPage)):
            item = self._take()
            with self._has_moved:
                self._items.append(item)
                self._has_moved.notify_all()
                self._has_moved.wait_for(lambda: self._is_abandoned or self._waiting() < WAITING_RECORDS)

    def next_item(self) -> Item:
        """What comes next, waited for; of pages, as many as are stored together."""
        with self._has_moved:
            self._has_moved.wait_for(lambda: bool(self._items))
            item = self._items.popleft()
            if isinstance(item, HarvestPage):
                item = self._with_followers(item)
            self._has_moved.notify_all()
            return item

    def abandon(self) -> None:
        """Nobody wants any more."""
        with self._has_moved:
            self._is_abandoned = True
            self._has_moved.notify_all()

    def _take(self) -> Item:
        try:
            if self._is_cancelled():
                return HarvestCancelledError(self._name, f"the refresh was cancelled; {self._name} goes on from here next time")
            return next(self._pages)
        except StopIteration as end:
            outcome: HarvestOutcome = end.value
            return outcome
        except BaseException as error:  # it is raised again where the pages are stored
            return error

    def _waiting(self) -> int:
        return sum(max(1, len(item.records)) for item in self._items if isinstance(item, HarvestPage))

    def _with_followers(self, first: HarvestPage) -> HarvestPage:
        pages, keys = [first], {record.key for record in first.records}
        while self._items and isinstance(follower := self._items[0], HarvestPage):
            more = {record.key for record in follower.records}
            # A record that comes again may be another version: each is stored in its turn.
            if len(keys) + len(more) > STORED_TOGETHER or keys & more:
                break
            pages.append(follower)
            keys |= more
            self._items.popleft()
        return join_pages(pages) if len(pages) > 1 else first


def join_pages(pages: Sequence[HarvestPage]) -> HarvestPage:
    """*pages*, of which no two share a record, as one: what it says and where it ends is what the last of them says."""
    said = [page for page in pages if page.expected is not None]
    resumable = [page for page in pages if page.cursor is not None]
    return HarvestPage(
        url=pages[-1].url,
        records=[record for page in pages for record in page.records],
        rejected=[entry for page in pages for entry in page.rejected],
        expected=said[-1].expected if said else None,
        cursor=resumable[-1].cursor if resumable else None,
        gone=[key for page in pages for key in page.gone],
    )
