"""What a reader takes away from a figure, and that the trends' choices stand in the address."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image
from playwright.sync_api import Page, expect

from browser.conftest import WAIT_MS, settle
from small_corpus import WORKS


def saved(tab: Page, chart: str, form: str) -> tuple[str, Path]:
    """Name and place of the file that a figure's button gives."""
    button = tab.locator(f".st-key-files_of_{chart}").get_by_role("button", name=form, exact=True)
    button.scroll_into_view_if_needed()
    with tab.expect_download() as downloading:
        button.click()
    return downloading.value.suggested_filename, downloading.value.path()


def test_figure_is_saved_as_numbers_and_pictures_with_its_words(tab: Page) -> None:
    """One click each: the CSV has the numbers, the SVG every word and the source, the PNG the same picture."""
    tab.goto("/?application=assessment")
    settle(tab)

    files = dict(saved(tab, "applications", form) for form in ("CSV", "SVG", "PNG"))

    assert list(files) == [f"works_by_application.{form}" for form in ("csv", "svg", "png")]
    rows = list(csv.DictReader(io.StringIO(files["works_by_application.csv"].read_text(encoding="utf-8"))))
    assert {row["label"]: row["count"] for row in rows}["application:assessment"] == "6"
    words = " ".join(fromstring(files["works_by_application.svg"].read_bytes()).itertext())
    for part in ("Works by application", "Assessment", "Mental-Health LLM Tracker · arXiv, PubMed · data as of", "taxonomy 20", "made "):
        assert part in words
    assert "application: Assessment" in words
    with Image.open(files["works_by_application.png"]) as picture:
        assert picture.size[0] == 1800


@pytest.mark.parametrize("chart", ["calls_by_area", "growth"])
def test_figures_of_the_trends_are_saved(tab: Page, chart: str) -> None:
    """Figures that depend on the address give their files too."""
    tab.goto("/trends?period=month&by=risk")
    settle(tab)

    _, path = saved(tab, chart, "SVG")

    assert "Mental-Health LLM Tracker" in path.read_text(encoding="utf-8")


def test_choices_of_the_trends_stand_in_the_address(tab: Page) -> None:
    """What is pressed is written with its own word; the default is not; a new reader with the address sees the same."""
    tab.goto("/trends")
    settle(tab)

    tab.get_by_role("radio", name="Share", exact=True).or_(tab.get_by_role("button", name="Share", exact=True)).first.click()
    expect(tab).to_have_url(re.compile(r"/trends\?values=share$"), timeout=WAIT_MS)
    tab.reload()
    settle(tab)

    expect(tab.locator(".st-key-chips")).to_contain_text(f"{WORKS} of {WORKS} works", timeout=WAIT_MS)
    expect(tab.get_by_text("% of all works of the quarter").first).to_be_visible(timeout=WAIT_MS)
