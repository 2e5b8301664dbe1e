"""The next page is asked for while one is read: never too early, never in vain if it can be helped, and no fault is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sources.faulty_server import ATOM, HTML, OK, TEXT, Asked, FaultyServer, Reply
from sources.helpers import FakeClock, make_answer, make_plan, run_harvest
from sources.tiny_arxiv import TinyArxiv, make_entries, make_feed
from tracker.aside import Aside
from tracker.errors import HarvestCancelledError, SourceThrottledError
from tracker.sources.answers import Answer, Request
from tracker.sources.arxiv import ArxivSource
from tracker.sources.arxiv_feed import Echo
from tracker.sources.arxiv_pages import is_followed
from tracker.sources.base import SourceOptions, Traffic
from tracker.sources.faults import RetryRules
from tracker.sources.foreseen import Foreseen
from tracker.sources.http import PoliteClient, ServiceRules

OpenArxiv = Callable[..., ArxivSource]
PATIENCE = 20.0  # real seconds until a test fails that waits for another thread
ENTRIES = make_entries(41)
KEYS = [f"arxiv:{entry.id}" for entry in ENTRIES]
PAGE = [entry.to_xml() for entry in ENTRIES[:20]]
ANOTHER = make_feed(PAGE, total=41, title="arXiv Query: search_query=x&id_list=&start=0&max_results=20")
UNREADABLE = make_feed([entry.to_xml().replace("Ada", "&nobody;") for entry in ENTRIES[:20]], total=41)


@pytest.fixture
def sweep(server: FaultyServer, open_arxiv: OpenArxiv, small_pages: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Sweeps 41 papers in pages of 20 as if a helper read them; it reads here, because starting one takes a second."""
    monkeypatch.setattr(Aside, "start", lambda aside: None)
    monkeypatch.setattr(Aside, "is_running", True)
    server.service = TinyArxiv(ENTRIES)
    return lambda **plan: run_harvest(open_arxiv(reads_aside=True), make_plan(**plan))


def starts_of(asked: list[Asked]) -> list[str]:
    """Where the pages asked for began."""
    return [one.parameters["start"] for one in asked]


def test_next_page_is_asked_for_before_one_is_read(
    server: FaultyServer, sweep: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first is read the second arrives, while the second is read the third; nothing follows the last."""
    answer, call, arrived, seen = server.service, Aside.call, {start: threading.Event() for start in ("0", "20", "40")}, []

    def note(asked: Asked) -> Reply:
        arrived[asked.parameters["start"]].set()
        return answer(asked)

    def read(aside: Aside, function: Callable[..., Any], page: Answer, **named: Any) -> Any:
        feed = call(aside, function, page, **named)
        seen.append(arrived[str(min(feed.echo.start + 20, 40))].wait(PATIENCE))
        return feed

    server.service = note
    monkeypatch.setattr(Aside, "call", read)

    run = sweep()

    assert seen == [True, True, True]
    assert starts_of(server.asked) == ["0", "20", "40"]
    assert run.keys == KEYS


def test_three_seconds_are_kept_between_them(sweep: Callable[..., Any], clock: FakeClock) -> None:
    """Three pages wait twice, whoever waits."""
    sweep()

    assert clock.slept == pytest.approx(6.0, abs=0.2)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "fault",
    [
        Reply(429, "Rate exceeded.", TEXT),
        Reply(503, "<html>Guru Meditation</html>", HTML),
        Reply(how="reset_midway", body=UNREADABLE, content_type=ATOM),
        Reply(200, "Rate exceeded.", TEXT),
        Reply(200, UNREADABLE, ATOM),
        Reply(200, make_feed([], total=41), ATOM),
        Reply(200, ANOTHER, ATOM),
    ],
    ids=["throttled", "overloaded", "broken off", "throttled as a success", "unreadable", "empty", "another question"],
)  # fmt: skip
def test_fault_of_a_foreseen_page_costs_no_paper(server: FaultyServer, sweep: Callable[..., Any], fault: Reply, place: int) -> None:
    """Wherever it strikes, every paper arrives once, in order, and at most one request more is made than faults demand."""
    server.script = [*[OK] * place, fault]

    run = sweep()

    assert run.keys == KEYS
    assert run.outcome is not None
    assert not run.outcome.missing
    smaller_pages = sum(int(one.parameters["max_results"]) < 20 for one in server.asked)
    assert len(server.asked) - smaller_pages <= 3 + 2


def test_lasting_fault_ends_the_sweep_as_ever(server: FaultyServer, sweep: Callable[..., Any]) -> None:
    """What was read stays, and the error is that of the page wanted."""
    answer = server.service
    server.service = lambda asked: answer(asked) if asked.parameters["start"] == "0" else Reply(429, "Rate exceeded.")

    run = sweep()

    assert run.keys == KEYS[:20]
    assert isinstance(run.error, SourceThrottledError)


def test_cancelled_sweep_asks_no_more(server: FaultyServer, sweep: Callable[..., Any]) -> None:
    """The page that came is passed on, the next one never leaves."""
    run = sweep(is_cancelled=lambda: bool(server.asked))

    assert run.keys == KEYS[:20]
    assert isinstance(run.error, HarvestCancelledError)
    assert starts_of(server.asked) == ["0"]


class GatedClock(FakeClock):
    """Sleepers wake when the gate opens."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def sleep(self, seconds: float) -> None:
        assert self.gate.wait(PATIENCE)
        super().sleep(seconds)


@pytest.fixture
def gated(server: FaultyServer, tmp_path: Path) -> tuple[PoliteClient, GatedClock]:
    """A client that has asked once, so that its next request waits until the gate is open."""
    server.service = lambda asked: Reply(200, asked.path)
    clock = GatedClock()
    rules = ServiceRules(interval_seconds=3.0, retry=RetryRules(throttled_seconds=1.0, broken_seconds=1.0))
    client = PoliteClient("test", SourceOptions(url=server.url, state_dir=tmp_path), rules, traffic=Traffic(), explain=str, clock=clock)
    fetch(client, server, "/1")
    return client, clock


def fetch(client: PoliteClient, server: FaultyServer, path: str) -> str:
    """The answer to a plain request."""
    return client.fetch(lambda _: Request(server.url + path, "test"), lambda answer: answer.body.decode())


def test_closed_client_sends_nothing_any_more(server: FaultyServer, gated: tuple[PoliteClient, GatedClock]) -> None:
    """A request that still waits for its turn never leaves."""
    client, clock = gated
    client.foresee(Request(f"{server.url}/2", "test"))
    foreseen = client._foreseen
    assert foreseen is not None

    client.close()
    clock.gate.set()
    foreseen.wait()

    assert [asked.path for asked in server.asked] == ["/1"]


def test_another_request_than_foreseen_is_sent_alone(
    server: FaultyServer, gated: tuple[PoliteClient, GatedClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The foreseen one still waits for its turn and gives it up."""
    client, clock = gated
    give_up = Foreseen.give_up
    monkeypatch.setattr(Foreseen, "give_up", lambda one: (give_up(one), clock.gate.set()))
    client.foresee(Request(f"{server.url}/2", "test"))

    answer = fetch(client, server, "/3")

    assert answer == "/3"
    assert [asked.path for asked in server.asked] == ["/1", "/3"]


def feed_of(count: int, *, total: int) -> str:
    """A whole page of *count* entries."""
    return make_feed([entry.to_xml() for entry in ENTRIES[:count]], total=total)


@pytest.mark.parametrize(
    ("body", "start", "expected"),
    [
        (feed_of(20, total=41), 0, True),
        (feed_of(20, total=41), 20, True),
        (feed_of(20, total=40), 20, False),  # the last page
        (feed_of(19, total=41), 0, False),  # a short one
        (feed_of(20, total=41)[:-1], 0, False),  # cut off
        (feed_of(20, total=41) + "\n", 0, True),
        (feed_of(20, total=50_000), 9_980, False),  # the last that the service shows
        (feed_of(20, total=41).replace(">41<", ">many<"), 0, False),
        ("", 0, False),
    ],
)
def test_only_a_whole_page_before_the_end_is_followed(body: str, start: int, expected: bool) -> None:
    """Anything else is read first."""
    assert is_followed(make_answer(body), Echo("x", "", start, 20)) is expected
