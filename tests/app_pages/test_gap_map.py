"""The gap map's page: what it shows stands in the address, what is chosen is read, every number leads to its papers."""

from __future__ import annotations

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

import small_corpus
from app_pages.conftest import open_page, said
from small_corpus import INACCURATE_ASSESSMENT, WORKS
from tracker.settings import Settings

LINK = re.compile(r'<a href="papers\?([^"]+)" aria-label="(\d+)')


def links(app: AppTest) -> set[tuple[str, int]]:
    """Filters and count of each number that is a link to papers."""
    return {(html.unescape(query), int(count)) for query, count in LINK.findall(said(app).replace("<b>", ""))}


def titles(app: AppTest) -> list[str]:
    """The headings of the figures and of the readers beside them."""
    return [re.sub("<.*?>", "", title) for title in re.findall(r"<h3>(.*?)</h3>", said(app))]


@pytest.mark.usefixtures("filled")
def test_gap_map_reads_the_cell_that_is_chosen() -> None:
    """The select boxes beside the map say the same as its cells, and lead to the papers."""
    app = open_page("gap_map")

    app.selectbox(key="gap_application").set_value("assessment").run()
    app.selectbox(key="gap_risk").set_value("inaccuracy").run()

    assert f"<b>{INACCURATE_ASSESSMENT} works</b> of 6 works in assessment. 1.7 expected if the two were unrelated" in said(app)
    assert "None studies the risk: all only name it." in said(app)
    assert f"Open these {INACCURATE_ASSESSMENT} works" in [link.proto.label for link in app.get("page_link")]


@pytest.mark.usefixtures("filled")
def test_every_number_of_the_map_leads_to_as_many_papers() -> None:
    """The address of each link finds exactly the count that stands on it."""
    found = sorted(links(open_page("gap_map")))

    assert len(found) > 5
    for query, count in found[::3]:
        parameters = dict(part.split("=") for part in query.split("&"))
        assert f"<b>{count}</b> of {WORKS} works" in said(open_page("papers", **parameters)), query


@pytest.mark.usefixtures("filled")
def test_cells_beside_a_filter_of_the_same_facet_lead_only_where_filters_can_say_it() -> None:
    """Filtered to assessment, "assessment and education" cannot be said: the number stands without a link."""
    found = {query for query, _ in links(open_page("gap_map", application="assessment"))}

    assert found
    assert all("application=assessment&" in query for query in found)


@pytest.mark.parametrize(
    "options",
    [{"map": "call", "show": "share"}, {"map": "population", "show": "ratio"}, {"map": "population"}, {"rows": "all", "show": "ratio"}],
)
@pytest.mark.usefixtures("filled")
def test_gap_map_renders_in_every_form(options: dict[str, str]) -> None:
    """Each map as works, as shares, as observed ÷ expected, and in detail."""
    app = open_page("gap_map", **options)

    assert not app.exception
    assert len(app.get("plotly_chart")) == 3
    assert "Left out of the filters" not in said(app)


@pytest.mark.parametrize(
    ("key", "value", "name", "written"),
    [
        ("shown_map", "population", "map", ["population"]),
        ("shown_show", "ratio", "show", ["ratio"]),
        ("shown_show", "works", "show", []),
        ("shown_rows", "all", "rows", ["all"]),
        ("shown_sets", "both", "sets", ["both"]),
        ("gap_strength", "studied", "strength", ["studied"]),
    ],
)
@pytest.mark.usefixtures("filled")
def test_controls_write_to_the_address(key: str, value: str, name: str, written: list[str]) -> None:
    """Every choice stands in the address, defaults stay out of it."""
    app = open_page("gap_map", show="share")

    app.button_group(key=key).set_value(value).run()

    assert not app.exception
    assert app.session_state[name] == written


@pytest.mark.usefixtures("filled")
def test_slider_of_years_is_the_filter_of_dates() -> None:
    """Both ends write the filters From and To; back at its own ends the slider asks for nothing."""
    app = open_page("gap_map")
    slider = app.slider(key="gap_years")
    assert (slider.min, slider.max, slider.value) == (2024, 2026, (2024, 2026))

    app.slider(key="gap_years").set_range(2024, 2024).run()
    narrowed = said(app)
    app.slider(key="gap_years").set_range(2024, 2026).run()

    assert f"<b>11</b> of {WORKS} works" in narrowed
    assert f"<b>{WORKS}</b> of {WORKS} works" in said(app)


@pytest.mark.usefixtures("filled")
def test_set_that_filters_cannot_say_is_listed_with_a_file() -> None:
    """Works with exactly this set, where others have more labels: no filter finds them, so they stand here."""
    app = open_page("gap_map", sets="both")

    app.selectbox(key="gap_set").set_value("education").run()

    assert "and no other of these labels" in said(app)
    assert "labels of one facet are joined by" in said(app)
    assert [button.label for button in app.get("download_button")].count("CSV") >= 1


@pytest.mark.usefixtures("filled")
def test_link_to_copy_holds_filters_and_what_the_map_shows() -> None:
    """Who gets the link sees the same map; on another page the map's values are no part of it."""
    app = open_page("gap_map", show="ratio", risk="inaccuracy")
    here = app.code[0].value
    app.switch_page("pages/trends.py").run()

    assert here.endswith("?risk=inaccuracy&show=ratio")
    assert app.code[0].value.endswith("?risk=inaccuracy")


@pytest.mark.usefixtures("filled")
def test_unknown_values_of_the_page_are_said() -> None:
    """What nobody knows is left out and named."""
    app = open_page("gap_map", show="colours", map="risk")

    assert "show has no value &#x27;colours&#x27;; known are works, share, ratio" in said(app)
    assert not app.exception


@pytest.mark.usefixtures("filled")
def test_only_retracted_works_are_drawn_as_such() -> None:
    """Asked for alone, retracted works are counted."""
    app = open_page("gap_map", retracted="only")

    assert not app.exception
    assert "1 work" in said(app)


@pytest.mark.parametrize(("kept", "sentence"), [(0, "All dated works are of 2024"), (21, "No work is dated")])
def test_single_work_is_too_few_for_everything_but_counts(data: Settings, kept: int, sentence: str) -> None:
    """One work: counts, no shares, no ratios; nothing to slide over."""
    small_corpus.fill(data, small_corpus.make_papers()[kept : kept + 1])

    app = open_page("gap_map", show="ratio")

    assert not app.exception
    assert sentence in said(app)
    assert "Too few to say of any pair whether chance explains it" in titles(app)
    assert "Too few works of a known kind of study for shares" in titles(app)


def test_retracted_work_alone_leaves_nothing_to_draw(data: Settings) -> None:
    """A corpus of one retracted work: it matches, and counts in no figure; the page says so."""
    small_corpus.fill(data, small_corpus.make_papers()[19:20])

    app = open_page("gap_map")

    assert not app.exception
    assert "All of it was retracted or withdrawn" in said(app)
    assert len(app.get("plotly_chart")) == 0
