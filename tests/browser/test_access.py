"""Who reads with a screen reader, a keyboard, little sight or a telephone: what axe-core finds on every page, in both themes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser.conftest import TITLES, WAIT_MS, Server, settle, visit
from small_corpus import INACCURATE_ASSESSMENT

PHONE: ViewportSize = {"width": 390, "height": 844}
SCREEN: ViewportSize = {"width": 1440, "height": 1000}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The one exception: in the line chart of st.metric Streamlit gives an empty group of marks the role of a picture and no name.
# The card says the same in words; nothing in an app can reach that group.
CHECK = """async rules => {
  const isStreamlits = (rule, node) => rule.id === 'svg-img-alt' && node.target.length === 1
    && document.querySelector(node.target[0]).closest('[data-testid="stMetricChart"]') !== null;
  const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
  return found.violations.flatMap(rule => rule.nodes.filter(node => !isStreamlits(rule, node))
    .map(node => `${location.pathname}: ${rule.id} at ${node.target} (${rule.help}) ${node.html.slice(0, 200)}`));
}"""


@pytest.fixture(params=["light", "dark"])
def reader(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    """A tab in each theme."""
    theme: Literal["light", "dark"] = request.param
    context = browser.new_context(base_url=server.url, color_scheme=theme, viewport=SCREEN)
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def faults(tab: Page) -> Sequence[Any]:
    """What axe-core has to say of the page as it stands: where, which rule, which element."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE_SCRIPT)
    return list(tab.evaluate(CHECK, RULES))


def test_no_page_breaks_a_rule_of_wcag(reader: Page) -> None:
    """WCAG 2.2 A and AA, as far as a program can tell, on all seven pages."""
    reader.goto("/")
    found: list[Any] = []

    for name in TITLES:
        visit(reader, name)
        found += faults(reader)

    assert found == []


def test_no_state_of_the_papers_breaks_a_rule_of_wcag(reader: Page) -> None:
    """The list, a paper with its evidence, the open menu of downloads, and filters that nothing matches."""
    found: list[Any] = []

    reader.goto("/papers?view=list&application=assessment&risk=inaccuracy")
    settle(reader)
    reader.get_by_role("button", name=f"Download {INACCURATE_ASSESSMENT} works").click()
    expect(reader.get_by_role("button", name="BibTeX", exact=True)).to_be_visible()
    found += faults(reader)
    reader.keyboard.press("Escape")
    reader.locator(".st-key-cards a.title").first.click()
    expect(reader.get_by_role("heading", name="Why these labels")).to_be_visible()
    settle(reader)
    found += faults(reader)
    reader.goto("/papers?q=nowhere+AND+(&model=unknown&to=2001")
    expect(reader.get_by_role("alert").first).to_be_visible()
    settle(reader)
    found += faults(reader)

    assert found == []


@pytest.mark.parametrize("name", ["overview", "gap_map", "data"])
def test_telephone_breaks_no_rule_and_does_not_scroll_sideways(browser: Browser, server: Server, name: str) -> None:
    """What is wider than a telephone scrolls in a box of its own, which the keyboard can reach."""
    context = browser.new_context(base_url=server.url, viewport=PHONE)
    context.set_default_timeout(WAIT_MS)
    tab = context.new_page()

    tab.goto("/" if name == "overview" else f"/{name}")
    expect(tab.get_by_role("heading", name=TITLES[name], level=1)).to_be_visible()
    settle(tab)

    assert faults(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
