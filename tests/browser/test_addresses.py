"""Every page as the first thing a reader opens, and what a walk over all of them keeps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from browser.conftest import TITLES, WAIT_MS, Server, await_run, expect_page, hear_complaints, press, settle, visit
from small_corpus import INACCURATE_ASSESSMENT, WORKS

FILTERS = "application=assessment&risk=inaccuracy"
WIDGETS = re.compile(r"/static/js/(ButtonGroup|Checkbox|Multiselect|Selectbox|TextInput)\.")
CHOSEN = f"{INACCURATE_ASSESSMENT} of {WORKS} works"


def expect_filtered(tab: Page, name: str) -> None:
    """The page called *name* is there; line, widget and address say which works it is about."""
    expect_page(tab, name)
    expect(tab.locator(".st-key-chips")).to_contain_text(CHOSEN, timeout=WAIT_MS)
    pill = tab.get_by_test_id("stSidebar").get_by_role("button", name="Assessment", exact=True)
    expect(pill).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    expect(tab).to_have_url(re.compile(rf"/{'' if name == 'overview' else name}\?{FILTERS}$"), timeout=WAIT_MS)


@pytest.mark.parametrize("name", TITLES)
def test_link_to_a_page_opens_it_with_its_filters_in_force(browser: Browser, server: Server, name: str) -> None:
    """Whoever is sent a link needs nothing else: a browser that was never here shows that page of those works, without an error."""
    context = browser.new_context(base_url=server.url)
    tab = context.new_page()
    heard = hear_complaints(tab)

    tab.goto(f"/{'' if name == 'overview' else name}?{FILTERS}", timeout=WAIT_MS)

    expect_filtered(tab, name)
    assert heard == []
    context.close()


def test_walk_over_all_pages_keeps_the_filters_and_back_comes_home(tab: Page) -> None:
    """Seven pages, one session, the same works on each; then Back, page by page, to the first."""
    heard = hear_complaints(tab)
    names = list(TITLES)
    tab.goto(f"/?{FILTERS}")
    settle(tab)

    for name in names[1:]:
        visit(tab, name)
        expect_filtered(tab, name)
    for name in reversed(names[:-1]):
        tab.go_back()
        expect_filtered(tab, name)

    assert heard == []


def test_page_switch_before_the_widgets_are_drawn_changes_no_filter(tab: Page) -> None:
    """On a slow line the navigation can be used before the filters' widgets are there: these come up as the filters say."""
    held: list[Route] = []
    tab.route(WIDGETS, lambda route: held.append(route))
    tab.goto(f"/?{FILTERS}")
    expect(tab.get_by_role("heading", name=TITLES["overview"], level=1)).to_be_visible()
    await_run(tab)
    assert tab.get_by_test_id("stException").count() == 0

    press(tab, "trends")
    expect(tab.get_by_role("heading", name=TITLES["trends"], level=1)).to_be_visible()
    await_run(tab)
    assert tab.get_by_test_id("stException").count() == 0
    for route in held:
        route.continue_()

    expect_filtered(tab, "trends")
    expect(tab.get_by_role("switch", name="Include preprints")).to_be_checked()
    visit(tab, "papers")
    expect_filtered(tab, "papers")
