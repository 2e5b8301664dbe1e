"""Trends and Overview as Streamlit runs them: the address, the controls, and that every figure can be taken away."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

import small_corpus
from app_pages.conftest import open_page, said
from fakes import make_labelling, make_record
from tracker.domain.dates import PartialDate
from tracker.settings import Settings
from tracker.views.chart_file import Caption, write_svg

CAPTION = Caption(title="t", subtitle="u", source="s", data="d")
ALL_GROUPS = {"application": "Education", "risk": "Inaccuracy", "safeguard": "Fine-tuned", "source": "arXiv"}


def figures(app: AppTest) -> dict[str, go.Figure]:
    """The figures of a page by their keys, as they are sent to the browser; plotly checks every property here."""
    return {_key(chart): go.Figure(json.loads(chart.proto.spec)) for chart in app.get("plotly_chart")}


def _key(chart: Any) -> str:
    return str(chart.proto.id).rsplit("-", 1)[-1]


def fill_monthly(settings: Settings) -> None:
    """From November 2024: a year of 4 works a month on education, a year of 8 of which half heed a call, and the month after."""
    papers = []
    for month in range(25):
        on = f"{2024 + (10 + month) // 12}-{(10 + month) % 12 + 1:02}"
        for number in range(4 if month < 12 else 8):
            record = make_record(
                key=f"arxiv:2401.{month:02}{number:03}", title=f"Work {month} {number}", published=PartialDate.parse(f"{on}-05")
            )
            labels: dict[str, dict[str, int]] = {"application": {"education": 2}}
            if month >= 12 and number % 2:
                labels["safeguard"] = {"people_involved": 2}
            papers.append((record, make_labelling(labels=labels, evidence=())))
    small_corpus.fill(settings, papers)


@pytest.mark.parametrize("by", ALL_GROUPS)
@pytest.mark.usefixtures("filled")
def test_address_chooses_what_the_trends_show(by: str) -> None:
    """Period, numbers or shares, and groups stand in the address."""
    app = open_page("trends", period="month", values="share", by=by)

    page = said(app)
    assert not app.exception
    assert "% of all works of the month" in page
    assert any(ALL_GROUPS[by] in str(note.text) for one in figures(app).values() for note in one.layout.annotations)


@pytest.mark.usefixtures("filled")
def test_unknown_choice_in_the_address_is_said() -> None:
    """A value nobody knows is named with those that exist; the page shows its default."""
    page = said(open_page("trends", period="weak", by="risk"))

    assert "period has no value &#x27;weak&#x27;; known are quarter, month, year" in page


@pytest.mark.usefixtures("filled")
def test_controls_change_what_is_shown() -> None:
    """Each row of buttons does what it says."""
    app = open_page("trends")

    app.button_group(key="shown_period").set_value("month").run()
    app.button_group(key="shown_values").set_value("share").run()
    app.button_group(key="shown_by").set_value("source").run()

    assert not app.exception
    assert "% of all works of the month" in said(app)
    assert "A work found in both is in both." in said(app)


def test_growth_compares_the_last_year_with_the_one_before(data: Settings) -> None:
    """November 2025 to October 2026 against the year before: 96 against 48, doubled; the open November is in no number."""
    fill_monthly(data)

    page = said(open_page("trends"))

    assert "<b>48 → 96</b> works from one year to the next (2.00×, 95% interval 1.42 to 2.82). 2 of 2 labels" in page
    assert "Nov 2025–Oct 2026 against Nov 2024–Oct 2025" in page
    assert "People involved rose from 0% to 50%" in page


def test_trends_end_where_the_filter_ends(data: Settings) -> None:
    """With `to` in the past there are no zeros after it, and nothing is open."""
    fill_monthly(data)

    app = open_page("trends", to="2025-12")

    drawn = figures(app)["panels"]
    assert "Education: 4 works" not in said(app)
    assert "Education: 8 works in Q4 2024, 20 in Q4 2025" in said(app)
    assert [shape.type for shape in drawn.layout.shapes or ()] == []


def test_lag_that_cannot_be_measured_is_said(data: Settings) -> None:
    """Beside the open month stands how late papers come, or why nobody can know yet."""
    small_corpus.fill(data, small_corpus.make_papers()[:1])

    page = said(open_page())

    assert "Indexing lag, measured here: arXiv, not measurable yet (0 of the 20 papers it takes" in page


@pytest.mark.parametrize("name", ["overview", "trends", "gap_map"])
@pytest.mark.usefixtures("filled")
def test_every_figure_of_a_page_has_a_picture(name: str) -> None:
    """Whatever a page draws can be saved as SVG; each figure has its three buttons."""
    app = open_page(name)
    found = figures(app)

    buttons = [button.label for button in app.get("download_button")]
    assert len(found) >= 3
    assert [picture[:4] for picture in (write_svg(one, CAPTION) for one in found.values())] == [b"<svg"] * len(found)
    assert [buttons.count(form) for form in ("SVG", "PNG")] == [len(found)] * 2


@pytest.mark.usefixtures("filled")
def test_overview_shows_the_four_calls_and_leads_to_the_trends() -> None:
    """The compact version, with a link."""
    app = open_page()

    assert "of works heed none of the four calls" in said(app)
    assert "Does the field heed the call?" in [link.proto.label for link in app.get("page_link")]


def test_works_without_dates_have_no_line_but_words(data: Settings) -> None:
    """Nothing to draw over time: the page says what is missing, and shows the rest."""
    undated = [paper for paper in small_corpus.make_papers() if paper[0].published is None]
    small_corpus.fill(data, undated)

    page = said(open_page("trends"))

    assert "Too few whole quarters for a line" in page
    assert "Does the field heed the call?" in page


def test_period_that_is_not_over_is_named(data: Settings) -> None:
    """The quarter of the newest data is open, and the page says that it is in no number."""
    fill_monthly(data)

    assert "Shaded: Q4 2026 is not over and in no number." in said(open_page("trends"))
