"""What a notebook can do: the dashboard's numbers, from Python."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import small_corpus
import tracker
from tracker import Papers
from tracker.errors import FilterError, StoreUnavailableError
from tracker.settings import Settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The small corpus in a database."""
    settings = small_corpus.make_data_dir(tmp_path_factory.mktemp("api") / "data")
    small_corpus.fill(settings, small_corpus.make_papers())
    return settings


@pytest.fixture
def papers(folder: Settings) -> Iterator[Papers]:
    """It, open."""
    with tracker.open_papers(folder.data_dir / "tracker.db") as found:
        yield found


def test_counts_are_the_dashboards(papers: Papers) -> None:
    """The words of the address mean the same papers here."""
    assert papers.select().count == len(papers.select()) == small_corpus.WORKS
    assert papers.select("application=assessment").count == small_corpus.ASSESSMENT
    assert papers.select("application=assessment&risk=inaccuracy").count == small_corpus.INACCURATE_ASSESSMENT
    assert papers.select("application=assessment").in_words == "works in scope; application: Assessment"


def test_settings_name_the_database_where_none_is_given(folder: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere: TRACKER_DATA_DIR and TRACKER_DATABASE_URL."""
    monkeypatch.setenv("TRACKER_DATA_DIR", str(folder.data_dir))

    with tracker.open_papers() as found:
        assert found.select().count == small_corpus.WORKS
        assert not found.is_sample


def test_frame_is_the_csv_file(papers: Papers, tmp_path: Path) -> None:
    """The same columns, cells and order as the export; label columns are numbers."""
    found = papers.select("application=assessment")

    frame = found.frame()
    found.write(tmp_path / "papers.csv")

    with (tmp_path / "papers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert frame.astype(str).to_dict("records") == rows
    assert list(frame["key"]) == found.keys or len(frame) == found.count
    assert frame["application:assessment"].sum() == small_corpus.ASSESSMENT
    assert len(found.frame(limit=2)) == 2


def test_label_counts_have_intervals(papers: Papers) -> None:
    """A share lies within its interval."""
    counts = papers.select().label_counts("application")

    assert counts.loc["assessment", "count"] == small_corpus.ASSESSMENT
    assert ((counts["low"] <= counts["share"]) & (counts["share"] <= counts["high"])).all()


def test_periods_leave_out_what_is_not_over_and_what_was_taken_back(papers: Papers) -> None:
    """Every month is there; the sum is that of the dated, standing papers of complete months."""
    months = papers.select().per_period("application")
    years = papers.select().per_period("application", grain="year")

    assert list(months.columns)[:2] == ["all", "education"]
    assert months.index.is_monotonic_increasing
    assert (months.index < "2026-11-01").all()
    assert years.loc["2024", "all"].sum() + years.loc["2025", "all"].sum() == 19


def test_crossed_facets_give_the_gap_map(papers: Papers) -> None:
    """Counts, and what chance would give."""
    table = papers.select().crossed()

    assert table.loc["assessment", "inaccuracy"] == small_corpus.INACCURATE_ASSESSMENT
    assert papers.select().crossed(expected=True).loc["assessment", "inaccuracy"] > 0


def test_figure_draws_every_month(papers: Papers) -> None:
    """A plotly figure to show or to change."""
    figure = papers.select().figure(months=6)

    assert len(figure.data[0].x) == 6


@pytest.mark.parametrize(
    "mistake",
    [
        lambda papers: papers.select("aplication=education"),
        lambda papers: papers.select().label_counts("risks"),
        lambda papers: papers.select().per_period(grain="week"),
        lambda papers: papers.select().write("papers.docx"),
    ],
)
def test_mistake_is_one_sentence(papers: Papers, mistake: object) -> None:
    """What is wrong, and what there is."""
    with pytest.raises(FilterError):
        mistake(papers)  # type: ignore[operator]


def test_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """No empty table."""
    with pytest.raises(StoreUnavailableError):
        tracker.open_papers(tmp_path / "nowhere" / "tracker.db")


def test_text_of_ones_own_is_labelled_with_its_evidence() -> None:
    """By the rules in force."""
    labelling = tracker.classify("GPT-4 screens clinical notes for suicide risk", None)

    assert labelling.in_scope
    assert "assessment" in labelling.labels["application"]
    assert {span.text for span in labelling.evidence if span.label == "application:assessment"}


def test_html_for_the_screen_escapes_titles(papers: Papers) -> None:
    """A title from outside is text."""
    shown = papers.select("from=2026-06&to=2026-06")._repr_html_()

    assert "<script" not in shown
    assert "&lt;script" in shown


def test_importing_the_package_imports_nothing_heavy() -> None:
    """``import tracker`` is quick; ``tracker.open_papers`` brings the rest."""
    script = "import sys, tracker; print(sorted({'pandas', 'plotly', 'streamlit', 'sqlalchemy'} & set(sys.modules)), tracker.open_papers)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("[] <function open_papers")


def test_unknown_name_is_no_attribute() -> None:
    """As with any module."""
    with pytest.raises(AttributeError, match="has no attribute 'papers'"):
        _ = tracker.papers
