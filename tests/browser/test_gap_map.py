"""A click on the gap map and the way for keyboards lead to a list of exactly as many papers as the number says."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Late

from browser.conftest import WAIT_MS, pick, settle
from small_corpus import WORKS

PHONE = {"width": 390, "height": 844}
CELLS = {  # area and risk, with the number of works in the small corpus
    ("Education", "Unethical service"): 2,
    ("Assessment", "Inaccuracy"): 2,
    ("Intervention", "Unethical service"): 2,
}


def expect_papers(tab: Page, count: int, **filters: str) -> None:
    """The list of papers, of *count* works, under an address with these filters."""
    expect(tab.get_by_role("heading", name="Papers", level=1)).to_be_visible(timeout=WAIT_MS)
    expect(tab.locator(".st-key-chips")).to_contain_text(f"{count} of {WORKS} works", timeout=WAIT_MS)
    assert {name: parse_qs(urlsplit(tab.url).query)[name] for name in filters} == {name: [value] for name, value in filters.items()}


def open_map(tab: Page, query: str = "") -> None:
    """The page, when its last block is there."""
    tab.goto(f"/gap_map{query}")
    expect(tab.get_by_role("heading", name="Read one rung")).to_be_visible(timeout=WAIT_MS)


def click_until(tab: Page, figure: Locator, x: float, y: float, shown: Locator) -> None:
    """Click at *x*, *y* (parts of the plot's size) until *shown* is there.

    Plotly hears a click only where it has seen the pointer, and it looks ten times a second at most. The page still grows above
    the figure while it loads: where it stands is asked anew each time.
    """
    area = figure.locator(".nsewdrag").first
    for _ in range(20):
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        assert box
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"] - 3)
        tab.wait_for_timeout(250)
        tab.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        with suppress(Late, AssertionError):
            expect(shown).to_be_visible(timeout=3000)
            return
    raise AssertionError(f"no click at {x:.2f}, {y:.2f} was heard")


def choose(tab: Page, box: str, option: str) -> None:
    """Pick from a select box of the page with the keyboard alone."""
    pick(tab.get_by_test_id("stMain").get_by_role("combobox", name=box), option)
    settle(tab)


@pytest.mark.parametrize(("pair", "count"), CELLS.items())
def test_click_on_a_cell_leads_to_its_papers(tab: Page, pair: tuple[str, str], count: int) -> None:
    """The cell that is clicked is the cell that is read, and its link shows as many papers as stand in it."""
    open_map(tab)
    figure = tab.locator(".st-key-gap_map_risk")
    rows, columns = figure.locator(".ytick text"), figure.locator(".xtick text")
    expect(rows.first).to_be_visible(timeout=WAIT_MS)
    names = [re.sub(r"\W+", " ", text) for text in rows.all_text_contents()]
    areas = [text.partition("n =")[0].strip() for text in columns.all_text_contents()]
    row, column = names.index(pair[1]), areas.index(pair[0])

    read = tab.get_by_test_id("stMain").get_by_text(re.compile(f"{count} works of \\d+ works in {pair[0].lower()}"))
    click_until(tab, figure, (column + 0.5) / len(areas), (row + 0.3) / len(names), read)
    expect(tab.get_by_test_id("stMain").get_by_role("combobox", name="Risk")).to_have_value(pair[1])
    tab.get_by_role("link", name=f"Open these {count} works").first.click()

    expect_papers(tab, count, application=pair[0].lower())


@pytest.mark.parametrize(("pair", "count"), CELLS.items())
def test_select_boxes_lead_to_the_same_papers(tab: Page, pair: tuple[str, str], count: int) -> None:
    """Without a mouse: two select boxes and a link."""
    open_map(tab)

    choose(tab, "Application", pair[0])
    choose(tab, "Risk", pair[1])
    link = tab.get_by_role("link", name=f"Open these {count} works").first
    expect(link).to_be_visible(timeout=WAIT_MS)
    link.focus()
    tab.keyboard.press("Enter")

    expect_papers(tab, count, application=pair[0].lower())


def test_list_of_links_opens_with_the_keyboard_and_leads_to_the_papers(tab: Page) -> None:
    """Every cell is a link as well; its name says number, label and area."""
    open_map(tab)

    tab.get_by_text("All cells as a list of links").focus()
    tab.keyboard.press("Enter")
    link = tab.get_by_role("link", name=re.compile("^2 Inaccuracy, Assessment"))
    expect(link).to_be_visible(timeout=WAIT_MS)
    link.focus()
    tab.keyboard.press("Enter")

    expect_papers(tab, 2, application="assessment", risk="inaccuracy")


def test_telephone_has_a_list_in_place_of_the_map(tab: Page) -> None:
    """At 390 px every cell is a line with a link, nothing scrolls sideways, and the figure is gone."""
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    open_map(tab)

    link = tab.get_by_role("link", name=re.compile("^2 Inaccuracy, Assessment"))
    expect(link).to_be_visible(timeout=WAIT_MS)
    expect(tab.locator(".st-key-gap_map_risk")).to_be_hidden()
    assert tab.evaluate("document.documentElement.scrollWidth <= 390")
    assert (link.bounding_box() or {}).get("height", 0) >= 40
    link.click()

    expect_papers(tab, 2, application="assessment", risk="inaccuracy")


def test_what_the_map_shows_stands_in_the_address(tab: Page) -> None:
    """A new reader with the address sees the same map, as the same numbers, of the same years."""
    open_map(tab)

    tab.get_by_role("radio", name="Observed ÷ expected").click()
    expect(tab).to_have_url(re.compile(r"[?&]show=ratio"), timeout=WAIT_MS)
    settle(tab)
    slider = tab.get_by_role("slider").nth(1)
    slider.focus()
    tab.keyboard.press("ArrowLeft")
    expect(tab).to_have_url(re.compile(r"[?&]to=2025"), timeout=WAIT_MS)
    other = tab.context.browser.new_context().new_page()  # type: ignore[union-attr]
    other.goto(tab.url)
    settle(other)

    expect(other.get_by_text("expected if application and risk were unrelated")).to_be_visible(timeout=WAIT_MS)
    expect(other.get_by_role("slider").nth(1)).to_have_value("2025")
    other.context.close()


def test_click_on_a_bar_of_label_sets_reads_that_set(tab: Page) -> None:
    """Low bars can be clicked as well as high ones: the whole column answers."""
    open_map(tab, "?sets=risk")
    figure = tab.locator(".st-key-label_sets")
    expect(figure.locator(".nsewdrag").first).to_be_visible(timeout=WAIT_MS)

    click_until(tab, figure, 1.5 / 4, 0.1, tab.get_by_text("unethical service, and no other of these labels"))


def test_click_on_a_rung_reads_that_rung(tab: Page) -> None:
    """The row of a rung is its own target, also where its bar is short or missing."""
    open_map(tab)
    figure = tab.locator(".st-key-ladder")
    expect(figure.locator(".nsewdrag").first).to_be_visible(timeout=WAIT_MS)

    click_until(tab, figure, 0.5, 2.5 / 7, tab.get_by_text("surveys, logs, interviews, user studies"))
