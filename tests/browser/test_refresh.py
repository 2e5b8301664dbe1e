"""*Refresh now* as two readers see it, on a service so slow that each of its pages waits until the test lets it go."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import small_corpus
from browser.conftest import WAIT_MS, free_port, running, settle
from sources.faulty_server import Asked, FaultyServer, Reply
from sources.tiny_pubmed import TinyPubmed
from tracker.errors import RefreshNotAllowedError
from tracker.pipeline.jobs import LOST_AFTER, TokenGuard, start_refresh
from tracker.settings import Settings
from tracker.store import open_store
from tracker.store.base import HarvestState, Job

ARTICLES, EACH = 800, 200  # all, and per page
PMIDS = [str(39_000_000 + number) for number in range(ARTICLES)]


@dataclass
class SlowPubmed:
    """Answers searches at once, and each request for articles when the test lets it."""

    pubmed: TinyPubmed = field(default_factory=lambda: TinyPubmed(PMIDS, created=dict.fromkeys(PMIDS, "2025/06/15")))
    passes: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, asked: Asked) -> Reply:
        if asked.path.endswith("efetch.fcgi"):
            self.passes.acquire(timeout=60)
        return self.pubmed(asked)

    def let(self, pages: int) -> None:
        """Let so many pages go."""
        self.passes.release(pages)

    def let_all(self) -> None:
        """From now on, answer at once."""
        self.let(1000)


@dataclass
class Place:
    """The app on a database of its own, and the service it harvests; the app can be stopped and started again."""

    settings: Settings
    service: SlowPubmed
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    running: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/data"

    def start(self) -> None:
        self.running.enter_context(running(self.settings, port=self.port, more=self.environment))

    def stop(self) -> None:
        self.running.close()

    def jobs(self) -> list[Job]:
        """All refreshes so far, newest first."""
        with closing(open_store(self.settings.database_url)) as store:
            return store.load_jobs()

    def await_beats(self, tab: Page, count: int) -> None:
        """Until the running refresh has given so many more signs of life; *tab* goes on meanwhile."""
        deadline = time.monotonic() + WAIT_MS / 1000
        for _ in range(count):
            before = self.jobs()[0].heartbeat_at
            while self.jobs()[0].heartbeat_at == before:
                assert time.monotonic() < deadline, "the refresh gives no sign of life"
                tab.wait_for_timeout(100)


@pytest.fixture(scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One app for all tests of this module."""
    place, server = make_place(tmp_path_factory.mktemp("refresh") / "data")
    place.start()
    yield place
    place.stop()
    server.close()


def make_place(folder: Path, **more: str) -> tuple[Place, FaultyServer]:
    """The small corpus, PubMed alone in use, no cool-down; *more* joins the app's environment. Not started yet."""
    settings = small_corpus.make_data_dir(folder)
    small_corpus.fill(settings, small_corpus.make_papers())
    server = FaultyServer()
    server.service = service = SlowPubmed()
    environment = {
        "TRACKER_SOURCES": "pubmed",
        "TRACKER_EUTILS_URL": f"{server.url}/entrez/eutils",
        "TRACKER_ARXIV_URL": f"{server.url}/api/query",
        "TRACKER_PACE": "0.001",
        "TRACKER_REFRESH_COOLDOWN_SECONDS": "0",
    }
    return Place(settings, service, environment | more), server


@pytest.fixture
def place(_place: Place) -> Iterator[Place]:
    """Nothing runs, and the next refresh has everything to ask for; what a test left waiting goes on after it."""
    _place.service.passes = threading.Semaphore(0)
    with closing(open_store(_place.settings.database_url)) as store:
        store.save_harvest_state(HarvestState(source="pubmed"))
    yield _place
    _place.service.let_all()


@pytest.fixture
def readers(browser: Browser, place: Place) -> Iterator[tuple[Page, Page]]:
    """Two readers on the page *Data & refresh*, who share nothing but the server."""
    contexts = [browser.new_context() for _ in range(2)]
    tabs = [open_tab(context.new_page(), place) for context in contexts]
    yield tabs[0], tabs[1]
    for context in contexts:
        context.close()


def open_tab(tab: Page, place: Place) -> Page:
    """*tab* on the page *Data & refresh*."""
    tab.set_default_timeout(WAIT_MS)
    tab.goto(place.url)
    settle(tab)
    return tab


def refresh_now(tab: Page) -> Locator:
    """The button that starts."""
    return tab.get_by_role("button", name="Refresh now")


def expect_received(tab: Page, pages: int) -> None:
    """The bar's words say how much has come."""
    said = f"PubMed: {pages * EACH} of {ARTICLES} records"
    expect(tab.get_by_test_id("stProgress")).to_contain_text(said, timeout=WAIT_MS)


def expect_outcome(tab: Page, words: str) -> None:
    """The sentence beside the button, which is there again."""
    expect(tab.get_by_text(re.compile(rf"The last refresh, .* from the dashboard, {words}"))).to_be_visible(timeout=WAIT_MS)
    expect(refresh_now(tab)).to_be_enabled(timeout=WAIT_MS)


def test_progress_and_cancel_are_everybodys(readers: tuple[Page, Page], place: Place) -> None:
    """Started by one reader, seen by the other, cancelled by the other, seen by both; what had come is kept."""
    starter, other = readers

    refresh_now(starter).click()
    place.service.let(1)
    expect_received(starter, 1)
    expect_received(other, 1)
    other.get_by_role("button", name="Cancel refresh").click()
    expect(starter.get_by_role("button", name="Cancel refresh")).to_be_disabled()
    place.await_beats(starter, 2)  # its own process hears it with a heartbeat
    place.service.let(1)

    for tab in readers:
        expect_outcome(tab, "was cancelled")
    job = place.jobs()[0]
    assert (job.state, job.trigger, job.report["sources"]["pubmed"]["received"]) == ("cancelled", "app", 2 * EACH)  # type: ignore[index]


def test_refresh_outlives_the_app(readers: tuple[Page, Page], place: Place) -> None:
    """The app ends and starts again in the middle: the refresh goes on, and both readers see it end, one without a reload."""
    staying, reloading = readers
    refresh_now(staying).click()
    place.service.let(1)
    expect_received(reloading, 1)
    pid = place.jobs()[0].pid

    place.stop()
    place.service.let(1)
    place.start()
    open_tab(reloading, place)
    expect_received(reloading, 2)
    expect_received(staying, 2)
    place.service.let_all()

    for tab in readers:
        expect_outcome(tab, "ended well")
    job = place.jobs()[0]
    assert (job.pid, job.state, job.report["sources"]["pubmed"]["received"]) == (pid, "done", ARTICLES)  # type: ignore[index]


def test_two_clicks_at_once_start_one_refresh(readers: tuple[Page, Page], place: Place) -> None:
    """One reader starts it, the other is told that it runs, and sees it."""
    before = len(place.jobs())
    for tab in readers:  # by the browsers' own clocks: neither waits for the other's click to be over
        refresh_now(tab).evaluate("button => setTimeout(() => button.click(), 500)")

    for tab in readers:
        expect(tab.get_by_role("button", name="Cancel refresh")).to_be_visible(timeout=WAIT_MS)
    refused = [tab.get_by_role("alert").filter(has_text="already running").count() for tab in readers]
    place.service.let_all()

    for tab in readers:
        expect_outcome(tab, "ended well")
        expect(tab.get_by_role("alert")).to_have_count(0)
    assert (len(place.jobs()), sum(refused)) == (before + 1, 1)


def test_killed_refresh_is_lost_and_the_next_one_starts(readers: tuple[Page, Page], place: Place) -> None:
    """Both readers see that it died; the next start works, and writes down that the one before was lost."""
    refresh_now(readers[0]).click()
    place.service.let(1)
    expect_received(readers[1], 1)
    killed = place.jobs()[0]

    os.kill(killed.pid or 0, signal.SIGKILL)
    with closing(open_store(place.settings.database_url)) as store:  # as if the time had passed
        store.beat_job(killed.id, now=datetime.now(UTC) - LOST_AFTER - timedelta(seconds=1), progress={})
    for tab in readers:
        expect_outcome(tab, "was lost: its process died")
    refresh_now(readers[1]).click()
    place.service.let_all()

    for tab in readers:
        expect_outcome(tab, "ended well")
    newest, before = place.jobs()[:2]
    assert (newest.state, before.id, before.state) == ("done", killed.id, "lost")


def test_wrong_token_starts_nothing(browser: Browser, tmp_path: Path) -> None:
    """Neither by the button nor by a call past the page, with the token asked for or with refreshing switched off."""
    place, server = make_place(tmp_path / "data", TRACKER_REFRESH="token", TRACKER_REFRESH_TOKEN="sesame")
    place.start()
    tab = open_tab(browser.new_context().new_page(), place)

    tab.get_by_label("Refresh token").fill("wrong")
    tab.get_by_label("Refresh token").press("Enter")
    settle(tab)
    refresh_now(tab).click()
    expect(tab.get_by_role("alert")).to_contain_text("token is missing or wrong")
    for policy in ("token", "off"):
        settings = replace(place.settings, refresh_policy=policy, refresh_token="sesame")
        with closing(open_store(settings.database_url)) as store, pytest.raises(RefreshNotAllowedError):
            start_refresh(settings, store, now=datetime.now(UTC), token="wrong", guard=TokenGuard())

    assert (place.jobs(), server.asked) == ([], [])
    tab.context.close()
    place.stop()
    server.close()
