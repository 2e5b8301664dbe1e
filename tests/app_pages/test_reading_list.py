"""A reader's own list in the app: filled, noted, emptied, and what a refresh does to it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.conftest import APP, open_page, said
from small_corpus import HARVESTED_AT, HOSTILE_KEY
from tracker.settings import Settings
from tracker.store import open_store
from tracker.views.reading_list import Kept, ReadingList

ONE, TWO = "arxiv:2401.00000", "arxiv:2401.00003"


def open_list(*papers: Kept) -> AppTest:
    """The list's own page in a session that has these papers in it."""
    app = AppTest.from_file(APP, default_timeout=30)
    app.switch_page("pages/papers.py")
    app.session_state["reading_list"] = ReadingList(papers)
    app.query_params["list"] = "reading"
    return app.run()


@pytest.mark.usefixtures("filled")
def test_papers_of_the_list_view_are_kept_and_counted() -> None:
    """One button a paper; the page says how many are in the list, and each paper whether it is."""
    app = open_page("papers", view="list")

    app.button(key=f"keep_{ONE}").click().run()
    app.button(key=f"keep_{TWO}").click().run()

    assert app.button(key="open_reading").label == "Reading list · 2"
    assert app.button(key=f"keep_{ONE}").label == "In your reading list"
    app.button(key=f"keep_{ONE}").click().run()
    assert app.button(key="open_reading").label == "Reading list · 1"


@pytest.mark.usefixtures("filled")
def test_note_is_kept_over_page_switches_and_shown_on_the_paper() -> None:
    """A note written in the list is the note on the paper's page, and the other way round."""
    app = open_list(Kept(ONE, "Study 0"))
    app.text_area(key=f"note_{ONE}").set_value("read first").run()

    app.switch_page("pages/trends.py").run()
    app.switch_page("pages/papers.py")
    app.query_params["paper"] = ONE
    app.run()

    assert app.text_area(key=f"note_{ONE}").value == "read first"


@pytest.mark.usefixtures("filled")
def test_list_names_what_is_gone_and_keeps_it() -> None:
    """A paper that today's data do not have is named with its title; its note stays."""
    app = open_list(Kept("arxiv:1901.00009", "A <b>lost</b> paper", "why?"), Kept(ONE))

    assert "1 paper is no longer in the tracker&#x27;s data, but kept here: “A &lt;b&gt;lost&lt;/b&gt; paper” (arxiv:1901.00009)." in said(
        app
    )
    assert app.text_area(key="note_arxiv:1901.00009").value == "why?"
    assert "<b>2 works</b>, 1 with a note" in said(app)


def test_refresh_that_takes_a_paper_away_leaves_the_list(filled: Settings) -> None:
    """The list outlives the data it was made of."""
    app = open_list(Kept(ONE, "Study 0"), Kept(TWO, "Study 3"))
    before = said(app)
    store = open_store(filled.database_url)
    store.remove_records([ONE], now=HARVESTED_AT)
    store.close()

    after = said(app.run())

    assert "no longer in" not in before
    assert "“Study 0” (arxiv:2401.00000)" in after


@pytest.mark.usefixtures("filled")
def test_list_of_a_thousand_is_shown_a_page_at_a_time() -> None:
    """Twenty papers a page; the rest is a click away."""
    app = open_list(*(Kept(f"arxiv:1901.{number:05}", f"Paper {number}") for number in range(1, 1001)))

    assert not app.exception
    assert "<b>1,000 works</b>" in said(app)
    assert len(app.text_area) == 20
    assert app.get("pagination")


@pytest.mark.usefixtures("filled")
def test_title_in_the_list_is_text() -> None:
    """What a file says is a stranger's word."""
    page = said(open_list(Kept(HOSTILE_KEY), Kept("doi:10.1/x", "<script>alert(1)</script>")))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not any(live in page for live in ("<script", "<img", "<form"))


@pytest.mark.usefixtures("filled")
def test_list_is_emptied_on_purpose_only() -> None:
    """Removing takes one, clearing takes all, and an empty list says how to fill it."""
    app = open_list(Kept(ONE), Kept(TWO))

    app.button(key=f"drop_{ONE}").click().run()
    one_left = said(app)
    app.button(key="clear_reading").click().run()

    assert "<b>1 work</b>" in one_left
    assert "Nothing is in it yet" in said(app)
