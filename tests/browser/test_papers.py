"""Papers in a real browser: every filter there and back, the table, the reader's own list, and *Wrong label?*."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import small_corpus
from browser.conftest import WAIT_MS, Server, pick, running, settle
from small_corpus import ASSESSMENT, INACCURATE_ASSESSMENT, WORKS
from tracker.views.filters import NAMES
from tracker.views.reading_list import Kept, ReadingList

PHONE = {"width": 390, "height": 844}
ROW, TICK = (40, 38), 15  # pixels: height of a row and of the head; where in a row its tick is
SEARCH_HINT = b"-not"  # stands in the search box, so in whatever draws the sidebar
PAPER = "arxiv:2401.00003"  # "Study 3", an assessment
Act = Callable[[Locator], None]


@pytest.fixture(scope="module")
def readers(browser: Browser, server: Server) -> Iterator[tuple[Page, Page]]:
    """Two readers who share nothing, for tests that load page after page: their browsers keep what never changes."""
    contexts = [browser.new_context(base_url=server.url) for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(WAIT_MS)
    yield contexts[0].new_page(), contexts[1].new_page()
    for context in contexts:
        context.close()


def search(words: str) -> Act:
    """Type into the search box."""

    def act(sidebar: Locator) -> None:
        box = sidebar.get_by_role("searchbox", name="Search")
        box.fill(words)
        box.press("Enter")

    return act


def press(name: str) -> Act:
    """Press a button."""
    return lambda sidebar: sidebar.get_by_role("button", name=name, exact=True).click()


def switch(name: str) -> Act:
    """Turn a switch."""
    return lambda sidebar: sidebar.get_by_text(name, exact=True).click()


def choose(box: str, option: str, *, more: bool = False, many: bool = False) -> Act:
    """Choose *option* in the box called *box*, which may stand behind *More filters*; one that takes *many* stays open until told."""

    def act(sidebar: Locator) -> None:
        shown = sidebar.get_by_role("combobox", name=box, exact=True)
        if more and not shown.is_visible():
            sidebar.get_by_text("More filters").click()
        pick(shown, option, many=many)
        if many:
            sidebar.page.keyboard.press("Escape")

    return act


FILTERS = {  # contract's name → what a reader does, the value in the address, the chip
    "q": (search('"language model" -chatbot'), '"language model" -chatbot', "words “"),
    "from": (choose("From", "2024"), "2024", "from 2024"),
    "to": (choose("To", "2025"), "2025", "to 2025"),
    "source": (press("PubMed"), "pubmed", "pubmed"),
    "application": (press("Assessment"), "assessment", "Assessment"),
    "risk": (choose("Risk", "Inaccuracy", many=True), "inaccuracy", "Inaccuracy"),
    "safeguard": (choose("Call (safeguard)", "Fine-tuned", many=True), "fine_tuned_for_mh", "Fine-tuned"),
    "condition": (choose("Condition", "Depression", more=True, many=True), "depression", "Depression"),
    "population": (choose("Population", "Low-resource settings", more=True, many=True), "low_resource_settings", "Low-resource settings"),
    "study": (choose("Kind of study", "Review", more=True, many=True), "review", "Review"),
    "model": (choose("Model family", "GPT / ChatGPT", more=True, many=True), "gpt_openai", "GPT / ChatGPT"),
    "language": (choose("Language", "English", more=True, many=True), "english", "English"),
    "preprints": (switch("Include preprints"), "0", "no preprints"),
    "retracted": (choose("Retracted and withdrawn", "Only these", more=True), "only", "only retracted"),
    "scope": (choose("Scope", "Out of scope", more=True), "out", "out of scope"),
    "count": (choose("Count", "Records", more=True), "records", "counted by records"),
    "strength": (choose("A risk counts when it is", "Studied", more=True), "studied", "studied"),
    "since": (choose("New or changed since", "2026", more=True), "2026", "since 2026"),
}


def shown(page: Page) -> Locator:
    """The line that says how many of how many."""
    return page.locator(".st-key-chips")


def test_every_filter_of_the_contract_is_tried() -> None:
    """A new filter needs a row in the table above."""
    assert set(FILTERS) == set(NAMES)


def test_every_filter_goes_from_page_to_address_to_a_new_session(readers: tuple[Page, Page]) -> None:
    """What one reader sets, filter by filter, stands in the address under the contract's name and id, and shows another the same."""
    one, other = readers
    one.goto("/data")
    settle(one)

    for name, (act, value, chip) in FILTERS.items():
        act(one.get_by_test_id("stSidebar"))
        expect(shown(one).get_by_role("button", name=chip).first).to_be_visible()
        expect(one).to_have_url(re.compile(rf"[?&]{name}="))
        assert dict(parse_qsl(urlsplit(one.url).query))[name] == value
        settle(one)  # a run that ends while a box is open closes it
    other.goto(one.url)
    settle(other)

    assert set(dict(parse_qsl(urlsplit(one.url).query))) == set(NAMES)
    for _, _, chip in FILTERS.values():
        expect(shown(other).get_by_role("button", name=chip).first).to_be_visible()
    assert shown(other).inner_text() == shown(one).inner_text()


def test_chip_takes_its_filter_out_of_page_and_address(readers: tuple[Page, Page]) -> None:
    """A chip removes one filter, Reset the rest; the widgets follow."""
    reader, _ = readers
    reader.goto("/data?application=assessment&risk=inaccuracy&q=language")
    settle(reader)

    shown(reader).get_by_role("button", name="Inaccuracy").click()
    expect(shown(reader)).to_contain_text(f"{ASSESSMENT} of {WORKS} works")
    expect(reader).not_to_have_url(re.compile("risk="))
    shown(reader).get_by_role("button", name="Reset").click()

    expect(shown(reader)).to_contain_text(f"{WORKS} of {WORKS} works")
    expect(reader).to_have_url(re.compile(r"/data$"))
    expect(reader.get_by_role("searchbox", name="Search")).to_have_value("")


def test_search_of_five_thousand_signs_is_one_sentence(readers: tuple[Page, Page]) -> None:
    """It says how long the search is and may be, shows where reading ends, and lists by the other filters."""
    reader, _ = readers
    reader.goto("/papers?application=assessment&q=" + "depression+" * 455)
    settle(reader)

    said = reader.get_by_role("alert")
    expect(said).to_have_count(1)
    expect(said).to_contain_text("characters; at most 200 are read, please shorten it.")
    assert len(said.inner_text()) < 400
    expect(shown(reader)).to_contain_text(f"{ASSESSMENT} of {WORKS} works")


def test_downloaded_table_has_the_rows_on_the_screen(tab: Page, server: Server) -> None:
    """The CSV's keys are those of the filter, newest first, as the list shows them."""
    tab.goto("/papers?application=assessment&view=list")
    settle(tab)
    expect(tab.get_by_role("button", name="Add to reading list")).to_have_count(ASSESSMENT)
    tab.get_by_role("button", name=f"Download {ASSESSMENT} works").click()
    with tab.expect_download() as downloading:
        tab.get_by_role("button", name="CSV", exact=True).click()

    keys = [row["key"] for row in csv.DictReader(io.StringIO(downloading.value.path().read_text(encoding="utf-8"), newline=""))]

    links = [str(link.get_attribute("href")) for link in tab.locator(".st-key-cards a.title").all()]
    assert keys == [dict(parse_qsl(urlsplit(link).query))["paper"] for link in links]
    assert len(keys) == ASSESSMENT


def test_narrow_window_shows_cards_and_a_wide_one_the_table(tab: Page) -> None:
    """Nobody says so in the address; who chooses a view has it there, and it holds at every width."""
    tab.set_viewport_size(PHONE)
    tab.goto("/papers")
    settle(tab)
    expect(tab.locator(".st-key-cards")).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    tab.set_viewport_size({"width": 1440, "height": 900})
    expect(tab.get_by_test_id("stDataFrame")).to_be_visible()
    tab.get_by_role("radio", name="List").or_(tab.get_by_role("button", name="List", exact=True)).first.click()

    expect(tab).to_have_url(re.compile(r"\?view=list$"))
    expect(tab.locator(".st-key-cards")).to_be_visible()


def test_another_order_draws_the_list_and_leaves_the_rest_alone(tab: Page) -> None:
    """Only the list is sent again; the link to copy knows the order, and a chip in the list still changes the whole page."""
    heard: list[bytes] = []
    tab.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(bytes(str(frame), "utf-8", "replace"))))
    tab.goto("/papers?application=assessment&view=list")
    settle(tab)
    newest = tab.locator(".st-key-cards a.title").all_inner_texts()
    assert any(SEARCH_HINT in frame for frame in heard)
    heard.clear()

    tab.get_by_role("combobox", name="Sort").click()
    tab.get_by_role("option", name="Oldest first").click()
    expect(tab).to_have_url(re.compile("sort=oldest"))
    expect(tab.locator(".st-key-cards a.title").first).to_have_text(newest[-1])
    settle(tab)

    assert tab.locator(".st-key-cards a.title").all_inner_texts() == newest[::-1]
    assert heard
    assert not any(SEARCH_HINT in frame for frame in heard)
    tab.get_by_role("button", name="Copy link").click()
    expect(tab.get_by_test_id("stPopoverBody").get_by_test_id("stCode")).to_contain_text("sort=oldest")
    tab.keyboard.press("Escape")
    shown(tab).get_by_role("button", name="Assessment").click()
    expect(shown(tab)).to_contain_text(f"{WORKS} of {WORKS} works")
    expect(tab.locator(".st-key-cards a.title")).to_have_count(WORKS)
    assert any(SEARCH_HINT in frame for frame in heard)


def test_list_drawn_alone_says_in_a_sentence_that_the_database_cannot_be_read(browser: Browser, tmp_path: Path) -> None:
    """Where the list was, not a traceback and not an empty list; when the database is back, so is the list."""
    settings = small_corpus.make_data_dir(tmp_path / "data")
    small_corpus.fill(settings, small_corpus.make_papers())
    database = settings.data_dir / "tracker.db"
    with running(settings) as url:
        context = browser.new_context(base_url=url)
        context.set_default_timeout(WAIT_MS)
        tab = context.new_page()
        tab.goto("/papers?view=list")
        settle(tab)
        whole = database.read_bytes()
        with database.open("r+b") as file:
            file.write(b"\0" * len(whole))

        tab.get_by_role("combobox", name="Sort").click()
        tab.get_by_role("option", name="Oldest first").click()

        expect(tab.get_by_role("alert")).to_contain_text("The tracker cannot show its data")
        expect(tab.locator(".st-key-cards a.title")).to_have_count(0)
        expect(tab.get_by_test_id("stException")).to_have_count(0)
        with database.open("r+b") as file:
            file.write(whole)
        tab.goto("/papers?view=list&sort=oldest")
        expect(tab.locator(".st-key-cards a.title")).to_have_count(WORKS)
        context.close()


def tick(tab: Page, *rows: int) -> None:
    """Tick rows of the table; it is drawn on a canvas, so by their place."""
    box = tab.get_by_test_id("stDataFrame").bounding_box()
    assert box
    for number, row in enumerate(rows, 1):
        tab.mouse.click(box["x"] + TICK, box["y"] + ROW[1] + ROW[0] * (row + 0.5))
        expect(tab.get_by_role("button", name=f"Add {number} to reading list")).to_be_visible()


def test_ticked_rows_become_a_list_that_stays_and_can_be_taken_along(tab: Page, tmp_path: Path) -> None:
    """Ticked, kept, noted; over page switches and a reload; saved as a file, cleared, and loaded from it again."""
    tab.goto("/papers?sort=oldest")
    settle(tab)
    tick(tab, 0, 2)
    tab.get_by_role("button", name="Add 2 to reading list").click()
    tab.get_by_role("button", name="Reading list · 2").click()
    note = tab.get_by_placeholder("Your note").first
    note.fill("read first")
    note.press("Tab")
    expect(tab.locator(".finding")).to_contain_text("2 works, 1 with a note")

    tab.get_by_role("link", name="Overview", exact=True).first.click()
    expect(tab.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    tab.get_by_role("link", name="Papers", exact=True).first.click()
    expect(tab.get_by_role("button", name="Reading list · 2")).to_be_visible()
    settle(tab)
    tab.reload()
    tab.get_by_role("button", name="Reading list · 2").click()
    with tab.expect_download() as saving:
        tab.get_by_role("button", name="Save as a file").click()
    file = tmp_path / saving.value.suggested_filename
    shutil.copy(saving.value.path(), file)
    tab.get_by_role("button", name="Clear", exact=True).click()
    tab.get_by_role("button", name="Clear the list").click()
    expect(tab.locator(".finding")).to_contain_text("Nothing is in it yet")
    settle(tab)
    tab.get_by_role("button", name="Load a file").click()
    tab.get_by_test_id("stFileUploader").locator("input").set_input_files(file)

    expect(tab.get_by_role("status").filter(has_text="Loaded 2 papers: 2 new")).to_be_visible()
    expect(tab.get_by_placeholder("Your note").first).to_have_value("read first")
    assert [one["key"] for one in json.loads(file.read_text(encoding="utf-8"))["papers"]] == ["arxiv:2401.00000", "pubmed:38000002"]


def test_file_that_is_no_list_is_refused_and_changes_nothing(tab: Page, tmp_path: Path) -> None:
    """One sentence; the list is as it was, and a paper nobody has is kept and named."""
    good, old = tmp_path / "mine.json", tmp_path / "old.json"
    good.write_text(ReadingList((Kept("arxiv:1901.00009", "A lost paper"),)).to_json(), encoding="utf-8")
    old.write_text('{"format": "mental-health-llm-tracker reading list", "version": 99}', encoding="utf-8")
    tab.goto("/papers?list=reading")
    settle(tab)
    tab.get_by_role("button", name="Load a file").click()
    tab.get_by_test_id("stFileUploader").locator("input").set_input_files(good)
    expect(tab.get_by_role("status").filter(has_text="Loaded 1 paper: 1 new")).to_be_visible()
    expect(tab.locator(".box.warn").filter(has_text="“A lost paper” (arxiv:1901.00009)")).to_be_visible()
    settle(tab)

    if not tab.get_by_test_id("stFileUploader").is_visible():
        tab.get_by_role("button", name="Load a file").click()
    tab.get_by_test_id("stFileUploader").locator("input").set_input_files(old)

    expect(tab.get_by_role("status").filter(has_text="saved as version 99")).to_be_visible()
    expect(tab.locator(".finding")).to_contain_text("1 work")


def test_two_readers_have_lists_of_their_own(readers: tuple[Page, Page]) -> None:
    """What one keeps is no business of another's."""
    one, other = readers
    one.goto("/papers?view=list&application=assessment")
    settle(one)
    one.get_by_role("button", name="Add to reading list").first.click()
    expect(one.get_by_role("button", name="Reading list · 1")).to_be_visible()

    other.goto("/papers?view=list&application=assessment")
    settle(other)

    expect(other.get_by_role("button", name="Reading list", exact=True)).to_be_visible()


def test_title_leads_to_the_paper_and_back_to_the_list_without_a_new_start(tab: Page) -> None:
    """A link between papers keeps the session, with its filters; Back comes home."""
    tab.goto("/papers?view=list&application=assessment&risk=inaccuracy")
    settle(tab)
    tab.locator('html[data-tracker-script="listening"]').wait_for(state="attached")
    tab.evaluate("window.stayed = true")

    tab.locator(".st-key-cards a.title").first.click()
    expect(tab.get_by_role("heading", name="Why these labels")).to_be_visible()
    expect(tab).to_have_url(re.compile(r"(?=.*application=assessment)(?=.*paper=arxiv)"))
    tab.go_back()

    expect(shown(tab)).to_contain_text(f"{INACCURATE_ASSESSMENT} of {WORKS} works")
    assert tab.evaluate("window.stayed") is True


def test_wrong_label_is_corrected_where_the_tracker_allows_it(browser: Browser, tmp_path: Path) -> None:
    """Said on the page, written to the file, in force at once for every reader."""
    settings = small_corpus.make_data_dir(tmp_path / "data")
    small_corpus.fill(settings, small_corpus.make_papers())
    with running(settings, more={"TRACKER_CORRECTIONS": "open"}) as url:
        context = browser.new_context(base_url=url)
        context.set_default_timeout(WAIT_MS)
        tab = context.new_page()
        tab.goto(f"/papers?paper={PAPER}")
        settle(tab)
        tab.get_by_role("button", name="Wrong label?").click()
        tab.get_by_role("textbox", name="Why?").fill('trains, too: "counsellors"')
        tab.get_by_role("textbox", name="Why?").press("Tab")
        row = re.compile(rf'{PAPER},application,education,yes,"trains, too: ""counsellors""",,20')
        expect(tab.get_by_test_id("stCode").filter(has_text=row).first).to_be_visible()

        tab.get_by_role("button", name="Save the correction").click()

        expect(tab.get_by_role("status")).to_contain_text("Saved: application:education, yes")
        expect(tab.locator(".badge", has_text="Education").filter(has_text="human")).to_be_visible()
        assert row.search(settings.corrections_path.read_text(encoding="utf-8"))
        tab.goto("/papers?application=education")
        expect(shown(tab)).to_contain_text(f"8 of {WORKS} works")
        context.close()
