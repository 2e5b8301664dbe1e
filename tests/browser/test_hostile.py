"""A database full of attacks in a real browser: on no page does a script run, and no request leaves for another host."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import hostile_corpus
import small_corpus
from browser.conftest import WAIT_MS, running, settle
from hostile_corpus import FOREIGN, key_of
from tracker.views.shell import PAGES

ADDRESSES = [
    *(f"/{name}" for name in PAGES if name != "overview"),
    "/",
    "/papers?view=list",
    "/papers?list=reading",
    "/whats_new?since=2026-11-01",
    *(f"/papers?paper={key_of(name)}" for name in ("script", "markdown", "control")),
    "/papers?q=%3Cscript%3Ewindow.hacked%3D1%3C%2Fscript%3E&risk=%3Cimg+src%3Dx+onerror%3Dwindow.hacked%3D1%3E&%3Csvg%3E=1",
]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app whose every paper is an attack."""
    settings = small_corpus.make_data_dir(tmp_path_factory.mktemp("hostile") / "data")
    small_corpus.fill(settings, hostile_corpus.make_papers())
    with running(settings) as url:
        yield url


@pytest.fixture
def reader(browser: Browser, attacked: str) -> Iterator[Page]:
    """A new reader's tab at the attacked app."""
    context = browser.new_context(base_url=attacked)
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def test_no_page_runs_or_fetches_what_strangers_wrote(reader: Page, attacked: str) -> None:
    """Over all pages, in lists, tables, figures and papers in full: nothing runs, nothing leaves, no dialog, no link to a script."""
    asked: list[str] = []
    faults: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.on("pageerror", lambda error: faults.append(str(error)))
    reader.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))

    hacked, links = [], list[str]()
    for address in ADDRESSES:
        reader.goto(address)
        settle(reader)
        expect(reader.get_by_role("heading", level=1).first).to_be_visible()
        hacked.append(reader.evaluate("window.hacked"))
        links += reader.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")

    assert hacked == [None] * len(ADDRESSES)
    assert faults == []
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(attacked).netloc}
    assert [link for link in links if FOREIGN in urlsplit(link).netloc or link.startswith(("javascript:", "data:"))] == []
