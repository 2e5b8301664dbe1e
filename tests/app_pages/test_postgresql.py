"""The dashboard on PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

import small_corpus
from app_pages.conftest import open_page, said
from fakes import NOW, make_labelling, make_record
from postgresql_server import Server
from tracker.settings import Settings
from tracker.store import open_store
from tracker.store.base import Change, Decision


def test_pages_show_what_a_postgresql_database_holds(data: Settings, postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Overview and a search are answered, and what another machine adds is on the next run of the page."""
    settings = replace(data, database_url=postgresql.new_database())
    monkeypatch.setenv("TRACKER_DATABASE_URL", settings.database_url)
    small_corpus.fill(settings, small_corpus.make_papers())

    assert not open_page().exception
    papers = open_page("papers", q="stars")
    assert not papers.exception
    assert "<b>1</b> work from" not in said(papers)

    with closing(open_store(settings.database_url)) as elsewhere:
        added = make_record(key="arxiv:2607.00009", title="A paper on stars and moods")
        elsewhere.save_page([Decision(added, Change.NEW, make_labelling())], now=NOW, source="arxiv")
    assert "<b>1</b> work from" in said(papers.run())
