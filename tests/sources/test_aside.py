"""The helper process: the same results as here, and whatever happens to it, no other ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

import pytest

from sources.faulty_server import FaultyServer
from sources.helpers import NOW, make_answer, make_plan, run_harvest
from sources.tiny_arxiv import TinyArxiv, make_entries, make_feed
from tracker.aside import Aside
from tracker.errors import MalformedAnswerError
from tracker.sources.arxiv import ArxivSource
from tracker.sources.arxiv_feed import parse_feed

ELSEWHERE = f"'done here' if __import__('os').getpid() == {os.getpid()} else "
DIE_ELSEWHERE = ELSEWHERE + "__import__('os').abort()"
HANG_ELSEWHERE = ELSEWHERE + "__import__('threading').Event().wait()"
FEED = make_answer(make_feed([entry.to_xml() for entry in make_entries(30)], total=30))


@pytest.fixture
def aside() -> Iterator[Aside]:
    """A helper under way."""
    helper = Aside([parse_feed.__module__])
    helper.start()
    yield helper
    helper.close()


def test_reading_aside_gives_the_very_same_records(aside: Aside) -> None:
    """Every field of every record, and the numbers around them."""
    read = aside.call(parse_feed, FEED, query="q", retrieved_at=NOW)

    assert aside.call(os.getpid) != os.getpid()
    assert read == parse_feed(FEED, query="q", retrieved_at=NOW)
    assert len(read.records) == 30


def test_unusable_answer_is_refused_in_the_same_words(aside: Aside) -> None:
    """An error of the helper is raised first-hand, and the helper goes on."""
    cut = make_answer(FEED.body[:3000])

    with pytest.raises(MalformedAnswerError) as there:
        aside.call(parse_feed, cut, query="q", retrieved_at=NOW)
    with pytest.raises(MalformedAnswerError) as here:
        parse_feed(cut, query="q", retrieved_at=NOW)

    assert str(there.value) == str(here.value)
    assert aside.call(os.getpid) != os.getpid()


@pytest.mark.parametrize("python", ["/nowhere/python", sys.executable])
def test_helper_that_cannot_start_costs_nothing_but_time(python: str) -> None:
    """No such program, or one that ends at once: the call is made here."""
    helper = Aside(["no_such_module"], python=python)
    helper.start()

    assert helper.call(os.getpid) == os.getpid()
    assert helper.call(parse_feed, FEED, query="q", retrieved_at=NOW).total == 30
    helper.close()


def test_helper_that_dies_is_replaced_by_this_process(aside: Aside, caplog: pytest.LogCaptureFixture) -> None:
    """Killed in the middle of a call, as by a system out of memory: nothing is lost, and it is said once."""
    assert aside.call(eval, DIE_ELSEWHERE) == "done here"

    assert aside.call(os.getpid) == os.getpid()
    assert [record.getMessage() for record in caplog.records] == ["a helper process failed (EOFError): its work is done in this one"]


def test_helper_that_hangs_is_ended() -> None:
    """After its time it is killed, and the call is made here."""
    helper = Aside(seconds=0.1)
    helper.start()

    assert helper.call(eval, HANG_ELSEWHERE) == "done here"


def test_helper_ends_with_whoever_started_it(aside: Aside) -> None:
    """A killed refresh leaves no process behind: the end of the pipe is the end of the helper."""
    process = aside._process
    assert process is not None
    assert process.stdin is not None
    aside.call(os.getpid)

    process.stdin.close()

    assert process.wait(timeout=20) == 0


@pytest.mark.usefixtures("small_pages")
def test_sweep_read_aside_is_the_same_sweep(server: FaultyServer, open_arxiv: Callable[..., ArxivSource]) -> None:
    """Page by page: records, cursors and outcome; and the helper is gone afterwards."""
    server.service = TinyArxiv(make_entries(41))

    here, there = (run_harvest(open_arxiv(reads_aside=aside), make_plan()) for aside in (False, True))

    assert (there.records, there.cursor, there.outcome) == (here.records, here.cursor, here.outcome)
    assert len(there.pages) == 3
