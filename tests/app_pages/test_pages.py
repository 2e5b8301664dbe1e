"""Every page shows something sensible, whatever the database holds, and every widget does what it says."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import small_corpus
from app_pages.conftest import open_page, said
from small_corpus import ASSESSMENT, HOSTILE_KEY, INACCURATE_ASSESSMENT, RETRACTED_KEY, WITHHELD_KEY, WORKS
from tracker.domain.record import Rejected
from tracker.pipeline.snapshot import save_snapshot
from tracker.settings import Settings
from tracker.store import open_store
from tracker.views.shell import PAGES


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("filled")
def test_page_shows_its_title_and_the_count_of_works(name: str) -> None:
    """Every page renders on data, with its title and the line that says how many works are meant."""
    app = open_page(name)

    assert not app.exception
    assert [title.value for title in app.title] == ["Methods & quality" if name == "methods" else PAGES[name]]
    assert f"<b>{WORKS}</b> of {WORKS} works" in said(app)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("data")
def test_page_renders_on_an_empty_store(name: str) -> None:
    """A database that never held anything breaks no page."""
    app = open_page(name)

    assert not app.exception
    assert "<b>0</b> of no works" in said(app)


@pytest.mark.usefixtures("data")
def test_empty_store_says_what_to_do() -> None:
    """Nothing gathered yet: the page says so and leads to the refresh."""
    assert "Nothing has been gathered yet" in said(open_page())


@pytest.mark.parametrize("kept", [0, 19, 21])
def test_pages_show_a_single_work(data: Settings, kept: int) -> None:
    """One work, dated, retracted or undated, is enough for every page."""
    papers = small_corpus.make_papers()
    small_corpus.fill(data, papers[kept : kept + 1])

    broken = [name for name in PAGES if open_page(name).exception]

    assert broken == []


def test_first_start_shows_the_sample_that_ships_and_says_so(filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a database the shipped snapshot is loaded, and every page says which sample it is."""
    settings = small_corpus.make_data_dir(tmp_path / "shipped")
    store = open_store(filled.database_url)
    save_snapshot(settings, store, settings.snapshot_path, now=small_corpus.HARVESTED_AT, sample="A handful of papers.")
    store.close()
    monkeypatch.setenv("TRACKER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TRACKER_DATABASE_URL", settings.database_url)

    pages = [said(open_page(name)) for name in PAGES]

    assert all("<b>A sample, not the field:</b> A handful of papers. It goes to Jun 2026" in page for page in pages)
    assert f"<b>{WORKS}</b> of {WORKS} works" in pages[0]


@pytest.mark.usefixtures("filled")
def test_address_filters_the_page() -> None:
    """Filters in the address mean the same as in the contract: values of one name by OR, names by AND, commas allowed."""
    one = said(open_page("papers", application="assessment", risk="inaccuracy"))
    two = said(open_page("papers", application=["assessment", "education"]))
    same = said(open_page("papers", application="assessment,education"))

    assert f"<b>{INACCURATE_ASSESSMENT}</b> of {WORKS} works" in one
    assert f"<b>{ASSESSMENT + 7}</b> of {WORKS} works" in two
    assert f"<b>{ASSESSMENT + 7}</b> of {WORKS} works" in same


@pytest.mark.usefixtures("filled")
def test_address_with_unknown_names_and_values_is_reported() -> None:
    """What nobody knows is said, and the rest still filters."""
    app = open_page("papers", application="asessment,education", aplication="x", sort="zigzag")

    assert "Left out of the filters" in said(app)
    assert all(words in said(app) for words in ("asessment", "aplication", "zigzag"))
    assert f"<b>7</b> of {WORKS} works" in said(app)


@pytest.mark.usefixtures("filled")
def test_search_that_cannot_be_read_shows_the_wrong_part() -> None:
    """A bad search is no empty result: the part that is wrong is marked and the other filters still count."""
    app = open_page("papers", q='depression AND "unclosed', application="assessment")

    assert '<span class="wrong">&quot;unclosed</span>' in said(app)
    assert f"<b>{ASSESSMENT}</b> of {WORKS} works" in said(app)


@pytest.mark.usefixtures("filled")
def test_empty_result_offers_each_filter_with_what_its_removal_gives() -> None:
    """Nothing matches: one button per filter, the most helpful first."""
    app = open_page("papers", application="education", q="nowhere")

    offers = [button.label for button in app.button if str(button.key).startswith("widen_")]

    assert [offer.rpartition("→ ")[2] for offer in offers] == ["7 works", "no works"]
    assert f"<b>7</b> of {WORKS} works" in said(app.button(key="widen_0").click().run())


@pytest.mark.usefixtures("filled")
def test_filters_stay_when_the_page_changes() -> None:
    """One set of filters for all pages."""
    app = open_page("papers", application="assessment")

    app.switch_page("pages/gap_map.py").run()

    assert f"<b>{ASSESSMENT}</b> of {WORKS} works" in said(app)


def _click_area(app: AppTest) -> None:
    app.button_group(key="shown_application").set_value(["assessment"]).run()


WIDGETS = {
    "q": (lambda app: app.text_input(key="shown_q").set_value("voice").run(), 1),
    "from": (lambda app: app.selectbox(key="shown_from").set_value("2026").run(), 1),
    "to": (lambda app: app.selectbox(key="shown_to").set_value("2024").run(), 11),
    "application": (_click_area, ASSESSMENT),
    "application in detail": (lambda app: app.multiselect(key="shown_application_detail").set_value(["therapy_chatbot"]).run(), 0),
    "risk": (lambda app: app.multiselect(key="shown_risk").set_value(["inaccuracy"]).run(), 7),
    "safeguard": (lambda app: app.multiselect(key="shown_safeguard").set_value(["people_involved"]).run(), 0),
    "source": (lambda app: app.button_group(key="shown_source").set_value(["pubmed"]).run(), 2),
    "preprints": (lambda app: app.toggle(key="shown_preprints").set_value(False).run(), 2),
    "condition": (lambda app: app.multiselect(key="shown_condition").set_value(["depression"]).run(), 0),
    "study": (lambda app: app.multiselect(key="shown_study").set_value(["trial"]).run(), 0),
    "strength": (lambda app: app.selectbox(key="shown_strength").set_value("studied").run(), WORKS),
    "retracted": (lambda app: app.selectbox(key="shown_retracted").set_value("only").run(), 1),
    "scope": (lambda app: app.selectbox(key="shown_scope").set_value("out").run(), 1),
    "count": (lambda app: app.selectbox(key="shown_count").set_value("records").run(), WORKS),
}


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.usefixtures("filled")
def test_sidebar_widget_filters(name: str) -> None:
    """Each widget of the sidebar narrows the works to those it says."""
    change, count = WIDGETS[name]
    app = open_page("methods")

    change(app)

    assert not app.exception
    assert f"<b>{count}</b> of " in said(app)


@pytest.mark.usefixtures("filled")
def test_chip_and_reset_take_filters_away() -> None:
    """A chip removes its own filter, Reset all of them; the widgets follow."""
    app = open_page("papers", application="assessment", risk="inaccuracy", q="language")

    app.button(key="chip_risk_inaccuracy").click().run()
    after_chip = said(app)
    app.button(key="reset").click().run()

    assert f"<b>{ASSESSMENT}</b> of {WORKS} works" in after_chip
    assert f"<b>{WORKS}</b> of {WORKS} works" in said(app)
    assert app.multiselect(key="shown_risk").value == []
    assert app.text_input(key="shown_q").value == ""


@pytest.mark.usefixtures("filled")
def test_since_widget_asks_for_what_is_new() -> None:
    """The year is written to the address and stands in a chip."""
    app = open_page("methods")

    app.selectbox(key="shown_since").set_value("2026").run()

    assert app.button(key="chip_since_2026").label == "new or changed since 2026"


@pytest.mark.usefixtures("filled")
def test_date_that_is_none_is_said() -> None:
    """A date that cannot be filters nothing and is named."""
    page = said(open_page(**{"from": "2026-13"}))

    assert "2026-13" in page
    assert f"<b>{WORKS}</b> of {WORKS} works" in page


@pytest.mark.usefixtures("filled")
def test_paper_shows_marked_words_rules_and_links() -> None:
    """A paper's own page marks its evidence and says which rule gave which label."""
    app = open_page("papers", paper="arxiv:2401.00003")

    page = said(app)
    assert '<mark class="c-assessment">screens<sup>Assessment</sup></mark>' in page
    assert "<code>assessment.s1</code>" in page
    assert 'href="https://arxiv.org/abs/2401.00003v1" target="_blank" rel="noopener noreferrer"' in page


@pytest.mark.usefixtures("filled")
def test_paper_with_a_hostile_title_shows_it_as_text() -> None:
    """Nothing in a title or a name becomes markup, in the list and in full."""
    pages = [said(open_page("papers", paper=HOSTILE_KEY)), said(open_page("papers", view="list"))]

    for page in pages:
        assert "&lt;/div&gt;&lt;script&gt;window.hacked=1&lt;/script&gt;" in page
        assert not any(live in page for live in ("<script", "<img", "<form", "<b>Eve", "\u202e"))


@pytest.mark.usefixtures("filled")
def test_paper_without_abstract_says_why() -> None:
    """An abstract that the sample leaves out is not the same as none."""
    page = said(open_page("papers", paper=WITHHELD_KEY))

    assert "not part of the sample" in page
    assert "<q>emotional support</q>" in page


@pytest.mark.usefixtures("filled")
def test_retracted_paper_says_so_before_its_title() -> None:
    """What became of a paper stands in words, in the list and in full."""
    assert said(open_page("papers", paper=RETRACTED_KEY)).index("Retracted") < said(open_page("papers", paper=RETRACTED_KEY)).index(
        "Taken back"
    )


@pytest.mark.usefixtures("filled")
def test_paper_that_does_not_exist_leads_back() -> None:
    """A link to a paper nobody has shows no error page."""
    app = open_page("papers", paper="arxiv:<b>0000</b>")

    assert not app.exception
    assert "No such paper" in said(app)
    assert "<b>0000" not in said(app)


@pytest.mark.usefixtures("filled")
def test_list_shows_its_order_and_page() -> None:
    """Order and view are in the address; a page that does not exist is said."""
    oldest = said(open_page("papers", view="list", sort="oldest"))
    beyond = said(open_page("papers", view="list", page="99"))

    assert oldest.index("Study 0") < oldest.index("Study 17")
    assert "page &#x27;99&#x27; does not exist; there are 1" in beyond


@pytest.mark.usefixtures("filled")
def test_order_and_view_change_by_widget() -> None:
    """The controls of the list write what they say."""
    app = open_page("papers")

    app.button_group(key="shown_view").set_value("list").run()
    app.selectbox(key="shown_sort").set_value("oldest").run()

    assert said(app).index("Study 0") < said(app).index("Study 17")


@pytest.mark.usefixtures("filled")
def test_table_has_fifty_rows_at_most_and_the_columns_of_the_page() -> None:
    """The table holds one page, never the whole."""
    app = open_page("papers")

    assert len(app.dataframe[0].value) == WORKS
    assert list(app.dataframe[0].value) == ["Date", "Title", "Application", "Risk", "Calls", "Link", "List"]


@pytest.mark.usefixtures("filled")
def test_trends_change_their_period() -> None:
    """Months, quarters and years are drawn from the same numbers."""
    app = open_page("trends")

    app.button_group(key="shown_period").set_value("month").run()

    assert not app.exception
    assert "Works per month" in said(app)


@pytest.mark.usefixtures("filled")
def test_whats_new_looks_back_to_the_day_that_is_chosen() -> None:
    """The buttons set the filter `since`; everything was first seen on the day of the harvest."""
    on_the_day = said(open_page("whats_new", since="2026-11-20"))
    the_day_after = said(open_page("whats_new", since="2026-11-21"))

    assert f"Since 20 Nov 2026: <b>{WORKS}</b> new works" in on_the_day
    assert "Retracted or withdrawn: 1" in on_the_day
    assert "news may be missing" in the_day_after


@pytest.mark.usefixtures("filled")
def test_every_page_keeps_retracted_works_out_of_trends() -> None:
    """A retracted work is listed but counts in no figure."""
    assert "1 work retracted or withdrawn not counted" in said(open_page())


@pytest.mark.usefixtures("data")
def test_database_that_cannot_be_opened_gives_one_sentence(tmp_path: Path) -> None:
    """No traceback: what is wrong and what to do."""
    (tmp_path / "tracker.db").write_text("not a database")

    app = open_page()

    assert not app.exception
    assert "The tracker cannot show its data" in said(app)


@pytest.mark.usefixtures("data")
def test_taxonomy_with_faults_names_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fault of the file at once, with its place."""
    settings = small_corpus.make_data_dir(tmp_path / "own")
    text = settings.taxonomy_path.read_text(encoding="utf-8")
    settings.taxonomy_path.write_text(text.replace("origin: paper", "origin: papyrus", 2), encoding="utf-8")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(settings.data_dir))

    assert said(open_page()).count("papyrus") >= 2


@pytest.mark.usefixtures("data")
def test_settings_with_faults_name_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app says what `tracker check` says."""
    monkeypatch.setenv("TRACKER_PACE", "soon")
    monkeypatch.setenv("TRACKER_REFRESH", "maybe")

    page = said(open_page())

    assert "TRACKER_PACE" in page
    assert "TRACKER_REFRESH" in page


@pytest.mark.usefixtures("filled")
def test_refresh_that_is_switched_off_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """With TRACKER_REFRESH=off the button is there, off, and says why; a click crafted past it starts nothing either."""
    monkeypatch.setenv("TRACKER_REFRESH", "off")

    app = open_page("data")

    assert app.button(key="refresh_now").disabled
    assert "switched off here." in said(app)
    app.button(key="refresh_now").proto.disabled = False  # in this reader's browser only
    app.button(key="refresh_now").click().run()
    assert "No refresh has run on this database yet" in said(app)


def test_rejected_entries_are_shown_with_their_reasons(filled: Settings) -> None:
    """What came and could not become a record can be looked up; without any there is nothing to open."""
    before = [one.label for one in open_page("data").expander]
    with closing(open_store(filled.database_url)) as store:
        store.save_page([], now=small_corpus.HARVESTED_AT, source="arxiv", rejected=[Rejected("arxiv", "entry 3", "it has no title")])

    app = open_page("data")

    title = "1 rejected entry: it came and could not become a record"
    assert title not in before
    assert title in [one.label for one in app.expander]
    assert "<td>entry 3</td><td>it has no title</td>" in said(app)


@pytest.mark.usefixtures("data")
def test_empty_store_shows_no_controls_of_the_gap_map() -> None:
    """Where nothing was gathered there is nothing to cross."""
    app = open_page("gap_map")

    assert "Nothing has been gathered yet." in said(app)
    assert {"shown_map", "shown_show", "shown_rows"}.isdisjoint(one.key for one in app.button_group)


@pytest.mark.usefixtures("filled")
def test_refresh_with_a_wrong_token_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a token asked for, a wrong one starts nothing."""
    monkeypatch.setenv("TRACKER_REFRESH", "token")
    monkeypatch.setenv("TRACKER_REFRESH_TOKEN", "right")
    app = open_page("data")

    app.text_input(key="refresh_token").set_value("wrong").run()
    app.button(key="refresh_now").click().run()

    assert "token is missing or wrong" in said(app)


def test_running_refresh_shows_how_far_it_is(filled: Settings) -> None:
    """Whoever started it, every session sees the same job."""
    store = open_store(filled.database_url)
    with store.refresh_lock() as is_ours:
        assert is_ours
        job = store.start_job(trigger="schedule", now=small_corpus.HARVESTED_AT, pid=1, host="here")
        store.beat_job(job.id, now=small_corpus.HARVESTED_AT, progress={"arxiv": {"received": 500, "expected": 1000, "requests": 5}})

        app = open_page("data")

    assert "by the schedule" in said(app)
    assert app.get("progress")[0].proto.value == 50
    store.close()
