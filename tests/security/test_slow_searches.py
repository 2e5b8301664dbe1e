"""A search may take so long and no longer: it is stopped, and everybody is told so in place of an empty result.

What PostgreSQL does is in ``store/test_postgresql.py``.
"""

from __future__ import annotations

from contextlib import closing

import pytest

import small_corpus
from app_pages.conftest import _shared, filled, open_page, said
from tracker.cli import main
from tracker.domain.search import Not, Term
from tracker.errors import ConfigurationError, SearchTooLongError
from tracker.settings import Settings, read_settings
from tracker.store import open_store, sqlite
from tracker.views.shell import PAGES

__all__ = ["_shared", "filled"]  # fixtures

AT_ONCE = 1e-9  # seconds: over before anything was looked at
SENTENCE = "This search took longer than 1e-09 seconds and was stopped; use rarer words, or fewer that end in *, and try again."
WORD = Term(("chatbot",))


@pytest.fixture
def hurried(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The small corpus, and a limit that every search exceeds."""
    monkeypatch.setattr(sqlite, "_STEPS", 1)
    monkeypatch.setenv("TRACKER_SEARCH_SECONDS", str(AT_ONCE))
    return filled


def test_search_on_sqlite_is_stopped(hurried: Settings) -> None:
    """Where the time is over, one sentence; the store goes on, and with time enough the same search finds."""
    with closing(open_store(hurried.database_url, search_seconds=AT_ONCE)) as store:
        for query in (WORD, Not(WORD)):
            with pytest.raises(SearchTooLongError) as caught:
                store.search(query)
            assert str(caught.value) == SENTENCE
        assert store.count_records() > 0
    with closing(open_store(hurried.database_url, search_seconds=60)) as store:
        assert len(store.search(WORD)) > 0


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("hurried")
def test_page_says_that_the_search_was_stopped(name: str) -> None:
    """A sentence, the words as typed, and the result of the other filters: never an empty list."""
    app = open_page(name, q="<chatbot", application="assessment")

    assert not app.exception
    assert "The tracker cannot show its data" not in said(app)
    if name not in ("data", "methods"):
        assert SENTENCE in said(app)
        assert '<p class="typed">&lt;chatbot</p>' in said(app)
    if name == "papers":
        assert f"<b>{small_corpus.ASSESSMENT}</b> of" in said(app)


@pytest.mark.usefixtures("hurried")
def test_command_ends_with_the_sentence_and_no_file(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """As for every filter that cannot be used: exit code 2, and not one line of output."""
    code = main(["export", "--filter", "q=chatbot"])

    out, err = capfdbinary.readouterr()
    assert (code, out, err.decode()) == (2, b"", f"tracker: {SENTENCE}\n")


def test_limit_is_a_number_of_seconds() -> None:
    """Ten by default, none for 0; anything else is named."""
    assert read_settings({}).search_seconds == 10
    assert read_settings({"TRACKER_SEARCH_SECONDS": "0"}).search_seconds == 0
    with pytest.raises(ConfigurationError, match="TRACKER_SEARCH_SECONDS is 'soon', not a number of 0 or more"):
        read_settings({"TRACKER_SEARCH_SECONDS": "soon"})
