"""The real app in a real Chromium: one server for all tests, one browser, a fresh context (a new reader) per test.

The ``playwright`` package is used directly: its pytest plugin warns under pytest 9.2, and warnings are errors here.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as Late

import small_corpus
from conftest import skip_or_fail
from tracker.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
DEEP_LINK = "/papers?application=assessment&risk=inaccuracy"
TITLES = {  # address → title, in the order of the navigation
    "overview": "Overview",
    "trends": "Trends",
    "gap_map": "Gap map",
    "papers": "Papers",
    "whats_new": "What's new",
    "methods": "Methods & quality",
    "data": "Data & refresh",
}
START_SECONDS = 120.0
UNDRAWN = '[data-stale="true"], [data-testid="stSkeleton"]'
WAIT_MS = 90_000  # two slow cores shared with other tests
TYPED_AT_MOST, TRY_AGAIN_MS = 5, 10_000


@dataclass(frozen=True, slots=True)
class Server:
    """The app's address and what it runs on."""

    url: str
    settings: Settings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def _first_visit(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[Server, Page]]:
    """``streamlit run app.py`` on the small corpus, and the tab that makes the first request to it: a deep link.

    Until a script has run once, Streamlit does not know the app's router: whatever test comes first, the order is this one.
    """
    settings = small_corpus.make_data_dir(tmp_path_factory.mktemp("browser") / "data")
    small_corpus.fill(settings, small_corpus.make_papers())
    with running(settings) as url:
        context = browser.new_context(base_url=url)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(DEEP_LINK)
        settle(page)
        yield Server(url, settings), page
        context.close()


@pytest.fixture(scope="session")
def server(_first_visit: tuple[Server, Page]) -> Server:
    """The app, after its first visitor."""
    return _first_visit[0]


@pytest.fixture(scope="session")
def cold(_first_visit: tuple[Server, Page]) -> Page:
    """The tab whose request was the first after the start."""
    return _first_visit[1]


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(settings: Settings, *, port: int | None = None, more: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """The app's address while it runs; *more* joins its environment."""
    url = f"http://127.0.0.1:{port or free_port()}"
    log = settings.data_dir / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", url.rpartition(":")[2], "--server.headless", "true"]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(settings) | more, stdout=stream, stderr=stream)
    try:
        _await_health(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if not Path(CHROMIUM).exists():
        skip_or_fail(f"Chromium ({CHROMIUM}); set CHROMIUM to where it is")
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser: Browser, server: Server) -> Iterator[Page]:
    """A new reader's tab; relative addresses are the app's."""
    context = browser.new_context(base_url=server.url, accept_downloads=True)
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def await_run(tab: Page) -> None:
    """Wait until the script has run."""
    tab.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=WAIT_MS)


def settle(tab: Page) -> None:
    """Wait until the script has run, and everything it sent is drawn: nothing is stale, no part's code is still being loaded."""
    await_run(tab)
    tab.wait_for_function(f"document.querySelectorAll('{UNDRAWN}').length === 0", timeout=WAIT_MS)


def expect_page(tab: Page, name: str) -> None:
    """The page called *name* in the address is there, drawn to its end, and no exception stands in it."""
    expect(tab.get_by_role("heading", name=TITLES[name], level=1, exact=True)).to_be_visible(timeout=WAIT_MS)
    settle(tab)
    assert tab.get_by_test_id("stException").count() == 0


def visit(tab: Page, name: str) -> None:
    """Go to the page called *name* by the navigation, which keeps the session."""
    press(tab, name)
    expect_page(tab, name)


def press(tab: Page, name: str) -> None:
    """Press the navigation's link to the page called *name*."""
    address = "/" if name == "overview" else f"/{name}"
    tab.get_by_test_id("stTopNavLink").and_(tab.locator(f'[href$="{address}"]')).click()


def pick(box: Locator, option: str, *, many: bool = False) -> None:
    """Choose *option* in *box* with the keyboard; the list of one that takes *many* stays open.

    While its list opens, a box gives the focus away and takes it back, some tenths of a second on a busy machine, and forgets what was
    typed meanwhile. A reader sees that and types again; so does this.
    """
    for _ in range(TYPED_AT_MOST):
        if _typed(box, option) and _is_chosen(box, option, many=many):
            return
    pytest.fail(f"{option!r} could not be chosen: {TYPED_AT_MOST} times typed")


def _typed(box: Locator, option: str) -> bool:
    """Type *option* and press Enter on it. Whether the list had it: a part of a long list is drawn, so it is typed, not looked for."""
    box.focus()
    box.fill("")  # what is there already would not be new text
    box.fill(option)
    keyboard, options = box.page.keyboard, box.page.get_by_role("option")
    wanted = box.page.get_by_role("option", name=option, exact=True)
    if not _comes(wanted):
        return False
    for _ in range(options.count()):  # with keys: a list that moves as it is drawn slips from under a mouse
        if wanted.get_attribute("data-focused") == "true":
            break
        keyboard.press("ArrowDown")
    keyboard.press("Enter")
    return True


def _is_chosen(box: Locator, option: str, *, many: bool) -> bool:
    """Whether *box* shows *option* as its value, or as one of *many*, which helping software does not see while the list is open."""
    if many:
        marked = box.page.get_by_role("button", name=f"Remove {option}", exact=True, include_hidden=True)
        return _comes(marked.last)
    return _comes(box.and_(box.page.locator('[aria-expanded="false"]'))) and box.input_value() == option


def _comes(wanted: Locator) -> bool:
    """Whether *wanted* comes to be seen in the time after which a reader would try again."""
    try:
        wanted.wait_for(timeout=TRY_AGAIN_MS)
    except Late:
        return False
    return True


def hear_complaints(tab: Page) -> list[str]:
    """A list that grows with each error the browser notes from now on.

    Not listed: on an address of its own (``/papers``), Streamlit's client first asks for two files below it, and gets them above.
    """
    heard: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error" and "/_stcore/" not in said.location.get("url", ""):
            heard.append(said.text)

    tab.on("console", hear)
    tab.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def environment(settings: Settings) -> dict[str, str]:
    """What a process needs to use the same database as the server."""
    cleaned = {name: value for name, value in os.environ.items() if not name.startswith(("TRACKER_", "STREAMLIT_", "NCBI_"))}
    return cleaned | {"TRACKER_DATA_DIR": str(settings.data_dir), "TRACKER_DATABASE_URL": settings.database_url}


def _await_health(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the server's own health page, which runs no script."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the app ended: {log.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the app did not answer in {START_SECONDS:.0f} s: {log.read_text(errors='replace')[-2000:]}")
