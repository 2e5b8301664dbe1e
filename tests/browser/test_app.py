"""What only a browser can show: cold links, the address, Back, downloads, and that hostile text stays text."""

from __future__ import annotations

import re
import subprocess
import sys

from playwright.sync_api import Page, expect

from browser.conftest import DEEP_LINK, ROOT, WAIT_MS, Server, environment, settle
from small_corpus import ASSESSMENT, HOSTILE_KEY, INACCURATE_ASSESSMENT, WORKS


def expect_count(tab: Page, count: int) -> None:
    """The chips line says how many works are meant."""
    expect(tab.locator(".st-key-chips")).to_contain_text(f"{count} of {WORKS} works", timeout=WAIT_MS)


def expect_address(tab: Page, pattern: str) -> None:
    """The address comes to match *pattern*; commas in it may be encoded."""
    expect(tab).to_have_url(re.compile(pattern.replace(",", "(?:,|%2C)")), timeout=WAIT_MS)


def pick(tab: Page, name: str) -> None:
    """Press one of the buttons of the sidebar."""
    tab.get_by_test_id("stSidebar").get_by_role("button", name=name, exact=True).click()


def test_cold_deep_link_is_the_first_request(cold: Page) -> None:
    """The very first request after a start may be a link to a page with filters, and shows exactly that."""
    expect(cold.get_by_role("heading", name="Papers", level=1)).to_be_visible()
    expect_count(cold, INACCURATE_ASSESSMENT)
    expect(cold).to_have_title("Papers")
    assert cold.get_by_test_id("stException").count() == 0


def test_filters_and_address_say_the_same(tab: Page, server: Server) -> None:
    """A filter set on the page stands in the address with the contract's ids, and a new reader with that address sees the same."""
    tab.goto("/")
    settle(tab)

    pick(tab, "Assessment")
    expect_count(tab, ASSESSMENT)
    expect_address(tab, r"\?application=assessment$")
    pick(tab, "Education")
    expect_address(tab, r"\?application=assessment,education$|\?application=education,assessment$")
    other = tab.context.browser.new_context().new_page()  # type: ignore[union-attr]
    other.goto(tab.url)
    settle(other)

    expect_count(other, ASSESSMENT + 7)
    other.context.close()


def test_filters_stay_over_pages_and_back_undoes_them(tab: Page) -> None:
    """A page switch keeps the filters in the address; Back leads the same way home, step by step."""
    tab.goto("/?application=assessment")
    settle(tab)

    tab.get_by_role("link", name="Papers", exact=True).first.click()
    expect(tab.get_by_role("heading", name="Papers", level=1)).to_be_visible(timeout=WAIT_MS)
    expect_address(tab, r"/papers\?application=assessment$")
    settle(tab)
    tab.locator(".st-key-chips").get_by_role("button", name="Assessment").click()
    expect_count(tab, WORKS)
    expect_address(tab, r"/papers$")
    tab.go_back()
    expect_count(tab, ASSESSMENT)
    tab.go_back()

    expect(tab.get_by_role("heading", name="Overview", level=1)).to_be_visible(timeout=WAIT_MS)
    expect_count(tab, ASSESSMENT)


def test_search_of_five_thousand_signs_is_answered(tab: Page) -> None:
    """A search nobody would type breaks nothing and stays in the address."""
    tab.goto("/papers?q=" + "depression+" * 450)
    settle(tab)

    expect(tab.locator(".st-key-chips")).to_contain_text(f"of {WORKS} works", timeout=WAIT_MS)
    assert len(tab.url) > 4900
    assert tab.get_by_test_id("stException").count() == 0


def test_download_has_the_bytes_of_the_export_command(tab: Page, server: Server) -> None:
    """The CSV button and `tracker export` write the same bytes for the same filter."""
    tab.goto(DEEP_LINK)
    settle(tab)
    tab.get_by_role("button", name=f"Download {INACCURATE_ASSESSMENT} works").click()
    with tab.expect_download() as downloading:
        tab.get_by_role("button", name="CSV", exact=True).click()
    command = [sys.executable, "-m", "tracker", "export", "--format", "csv", "--filter", DEEP_LINK.partition("?")[2]]

    exported = subprocess.run(command, cwd=ROOT, env=environment(server.settings), capture_output=True, check=True).stdout

    assert downloading.value.path().read_bytes() == exported
    assert downloading.value.suggested_filename.endswith(".csv")
    assert exported.count(b"\r\n") == 1 + INACCURATE_ASSESSMENT


def test_news_can_be_taken_along_as_feed_digest_and_list(tab: Page, server: Server) -> None:
    """The buttons of *What's new* write the same bytes as the commands `feed` and `digest`; each list has its own rows as CSV."""
    tab.goto("/whats_new?application=assessment&since=2026-11-01")
    settle(tab)
    files = {}
    for name in ("Feed (Atom)", "Digest (Markdown)", "CSV"):
        with tab.expect_download() as downloading:
            tab.get_by_role("button", name=name).first.click()
        files[downloading.value.suggested_filename] = downloading.value.path().read_bytes()
    commands = {
        "feed.xml": ["feed", "--filter", "application=assessment"],
        "digest_2026-11-01.md": ["digest", "--since", "2026-11-01", "--filter", "application=assessment"],
    }

    for file, command in commands.items():
        run = [sys.executable, "-m", "tracker", *command, "-o", "-"]
        assert files[file] == subprocess.run(run, cwd=ROOT, env=environment(server.settings), capture_output=True, check=True).stdout
    assert files["new_since_2026-11-01.csv"].count(b"\r\n") == 1 + ASSESSMENT


def test_title_from_outside_runs_and_fetches_nothing(tab: Page) -> None:
    """A hostile title is literal everywhere it stands: nothing runs, nothing is fetched, nothing is logged as an error."""
    asked: list[str] = []
    faults: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    for address in ("/papers?view=list", "/papers", f"/papers?paper={HOSTILE_KEY}"):
        tab.goto(address)
        settle(tab)

    expect(tab.get_by_role("heading", level=1)).to_contain_text("<script>window.hacked=1</script>")
    assert tab.evaluate("window.hacked") is None
    assert [url for url in asked if "pixel" in url or "evil" in url] == []
    assert faults == []


def test_two_readers_have_filters_of_their_own(tab: Page) -> None:
    """What one reader filters changes nothing for another."""
    other = tab.context.browser.new_context(base_url="").new_page()  # type: ignore[union-attr]
    tab.goto("/?application=assessment")
    settle(tab)
    other.goto(tab.url.partition("?")[0] + "?application=education")
    settle(other)
    pick(other, "Intervention")
    expect_count(other, 16)

    tab.reload()
    settle(tab)

    expect_count(tab, ASSESSMENT)
    other.context.close()
