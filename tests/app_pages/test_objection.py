"""*Wrong label?* in the app: what it offers, what it writes, and where it writes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import small_corpus
from app_pages.conftest import open_page, said
from tracker.settings import Settings

KEY = "arxiv:2401.00003"  # an assessment


@pytest.fixture
def own(filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The small corpus with a data folder of the test's own, for what is written there."""
    made = small_corpus.make_data_dir(tmp_path / "own")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(made.data_dir))
    return replace(made, database_url=filled.database_url)


def object_to(app: AppTest, label: str = "intervention", note: str = "it treats, too") -> AppTest:
    """Say on the page that the paper has *label*."""
    app.selectbox(key="objection_label_application").set_value(label).run()
    app.text_area(key="objection_note").set_value(note).run()
    return app


def codes(app: AppTest) -> str:
    """All that is offered to copy."""
    return "\n".join(code.value for code in app.code)


def test_row_and_issue_are_offered_where_nothing_may_be_written(own: Settings) -> None:
    """By default the app writes nothing; the exact row and a text to send are there."""
    app = object_to(open_page("papers", paper=KEY))

    assert f'{KEY},application,intervention,yes,"it treats, too",,' in codes(app)
    assert f"Wrong label: application:intervention on {KEY}" in codes(app)
    assert "takes no corrections from its pages" in said(app)
    assert not [button for button in app.button if button.key == "objection_save"]
    assert not own.corrections_path.exists()


def test_correction_is_written_and_shown_at_once(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saved, applied, shown as human with the note, and found by the filter; the line is in the file."""
    monkeypatch.setenv("TRACKER_CORRECTIONS", "open")
    app = object_to(open_page("papers", paper=KEY))
    app.text_input(key="objection_who").set_value("Ada").run()

    app.button(key="objection_save").click().run()

    assert "Saved: application:intervention, yes." in said(app)
    assert "<small>human</small>" in said(app)
    assert "<q>it treats, too</q>" in said(app)
    assert f'{KEY},application,intervention,yes,"it treats, too",Ada,' in own.corrections_path.read_text(encoding="utf-8")
    assert "<b>1 correction</b> by people" in said(open_page("methods"))


def test_wrong_token_writes_nothing_and_says_so(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence comes from where the row would have been written."""
    monkeypatch.setenv("TRACKER_CORRECTIONS", "token")
    monkeypatch.setenv("TRACKER_CORRECTIONS_TOKEN", "sesame")
    app = object_to(open_page("papers", paper=KEY))
    app.text_input(key="correction_token").set_value("guess").run()

    app.button(key="objection_save").click().run()

    assert "correction token is missing or wrong" in said(app)
    assert not own.corrections_path.exists()


@pytest.mark.usefixtures("own")
def test_paper_has_its_nearest_works_with_reasons() -> None:
    """Works with the same labels, and the labels they share."""
    page = said(open_page("papers", paper=KEY))

    nearest = page[page.index("Nearest works") :]
    assert "papers?paper=arxiv:2401.00012" in nearest
    assert '<span class="mut">Both:</span> <span class="badge c-assessment">' in nearest
