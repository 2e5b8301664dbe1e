"""Pages taken ahead: in order, never too many, and nothing of what came is lost, however it ends."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator

import pytest

from fake_source import make_page, make_records
from fakes import NOW
from tracker.domain.record import Rejected
from tracker.errors import HarvestCancelledError, SourceUnavailableError
from tracker.pipeline import ahead as module
from tracker.pipeline.ahead import join_pages, take_ahead
from tracker.sources.base import HarvestOutcome, HarvestPage

OUTCOME = HarvestOutcome(expected=3, watermark=NOW)
PATIENCE = 20.0  # seconds until a test that hangs fails


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most two records wait, and pages (here of one record) are not passed on together."""
    monkeypatch.setattr(module, "WAITING_RECORDS", 2)
    monkeypatch.setattr(module, "STORED_TOGETHER", 1)


class Pages:
    """Some pages, and note of how many have been taken."""

    def __init__(self, count: int, *, trouble: Exception | None = None) -> None:
        self.pages = [make_page(*make_records(1, first=number)) for number in range(1, count + 1)]
        self.taken = 0
        self.has_moved = threading.Condition()
        self._trouble = trouble

    def __iter__(self) -> Generator[HarvestPage, None, HarvestOutcome]:
        for page in self.pages:
            with self.has_moved:
                self.taken += 1
                self.has_moved.notify_all()
            yield page
        if self._trouble:
            raise self._trouble
        return OUTCOME

    def wait_until_taken(self, count: int) -> bool:
        """Whether *count* pages have been taken before long."""
        with self.has_moved:
            return self.has_moved.wait_for(lambda: self.taken >= count, PATIENCE)


def take(pages: Pages, is_cancelled: threading.Event | None = None) -> Generator[HarvestPage, None, HarvestOutcome]:
    """*pages*, taken ahead."""
    return take_ahead("arxiv", iter(pages), (is_cancelled or threading.Event()).is_set)


def exhaust(ahead: Generator[HarvestPage, None, HarvestOutcome]) -> tuple[list[HarvestPage], HarvestOutcome]:
    """All pages and the outcome."""
    pages = []
    while True:
        try:
            pages.append(next(ahead))
        except StopIteration as end:
            return pages, end.value


@pytest.mark.usefixtures("one_by_one")
def test_pages_come_in_order_and_the_outcome_last() -> None:
    """As if they had not been taken ahead."""
    pages = Pages(7)

    assert exhaust(take(pages)) == (pages.pages, OUTCOME)


def test_small_pages_that_wait_are_passed_on_as_one() -> None:
    """All their records in order, up to the limit; the rest with the next, and the cursor is the last one's."""
    pages = Pages(50)
    ahead = take(pages)
    first = next(ahead)
    assert pages.wait_until_taken(50)

    rest, outcome = exhaust(ahead)
    passed_on = [first, *rest]

    assert [record for page in passed_on for record in page.records] == [record for page in pages.pages for record in page.records]
    assert passed_on[-1].cursor == pages.pages[-1].cursor
    assert len(passed_on) <= 2
    assert outcome == OUTCOME


def test_joined_pages_say_what_the_last_of_them_says() -> None:
    """Records, rejected entries and gone keys of all; a page that knows no cursor or total leaves those before it."""
    first, second = make_records(2)
    pages = [
        HarvestPage(url="a", records=[first], rejected=[Rejected("arxiv", "x", "no title")], expected=4, cursor={"after": 2}, gone=["k"]),
        HarvestPage(url="b", records=[second], rejected=[Rejected("arxiv", "y", "no id")], gone=["l"]),
    ]

    assert join_pages(pages) == HarvestPage(
        url="b",
        records=[first, second],
        rejected=[*pages[0].rejected, *pages[1].rejected],
        expected=4,
        cursor={"after": 2},
        gone=["k", "l"],
    )


def test_record_that_comes_again_is_passed_on_in_its_turn() -> None:
    """It may be another version: pages that share a key stay apart, however many wait."""
    pages = Pages(1)
    pages.pages *= 3

    came, _ = exhaust(take(pages))

    assert came == pages.pages


def test_next_page_is_asked_for_while_one_is_being_stored() -> None:
    """Whoever stores the first page does not hold up the second request."""
    pages = Pages(3)
    ahead = take(pages)

    next(ahead)

    assert pages.wait_until_taken(2)
    ahead.close()


@pytest.mark.usefixtures("one_by_one")
def test_no_more_records_wait_than_memory_allows() -> None:
    """With one page being stored, two records wait; no further one is asked for."""
    pages = Pages(50)
    ahead = take(pages)

    next(ahead)

    assert pages.wait_until_taken(3)
    next(ahead)
    assert pages.taken <= 4
    ahead.close()


@pytest.mark.usefixtures("one_by_one")
def test_what_came_before_trouble_is_passed_on_first() -> None:
    """An error waits until the pages before it are stored."""
    down = SourceUnavailableError("arxiv", "down")
    pages = Pages(2, trouble=down)
    ahead = take(pages)

    first = next(ahead)

    assert pages.wait_until_taken(2)
    assert [first, next(ahead)] == pages.pages
    with pytest.raises(SourceUnavailableError, match="down"):
        next(ahead)


@pytest.mark.usefixtures("one_by_one")
def test_cancelling_asks_for_no_more_and_loses_nothing() -> None:
    """What has come is passed on, then the cancellation."""
    pages, cancelled, came = Pages(50), threading.Event(), []
    ahead = take(pages, cancelled)
    came.append(next(ahead))
    cancelled.set()

    with pytest.raises(HarvestCancelledError, match="arxiv goes on from here"):
        came += ahead

    assert came == pages.pages[: pages.taken]
    assert len(came) <= 4


@pytest.mark.usefixtures("one_by_one")
def test_thread_ends_when_nobody_wants_the_pages_any_more() -> None:
    """A store that refuses leaves no thread behind that goes on asking."""
    before = set(threading.enumerate())
    pages = Pages(50)
    ahead = take(pages)
    next(ahead)

    ahead.close()

    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
    assert set(threading.enumerate()) <= before
    assert pages.taken < 50


def test_source_without_pages_has_an_outcome_all_the_same() -> None:
    """No page, no trouble."""
    empty: Iterator[HarvestPage] = iter(Pages(0))

    assert exhaust(take_ahead("arxiv", empty, bool)) == ([], OUTCOME)
