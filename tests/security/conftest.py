"""A tracker full of attacks, and one full of secrets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

import hostile_corpus
import small_corpus
from tracker.settings import Settings


@pytest.fixture(scope="session")
def _attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The hostile corpus, stored once."""
    settings = small_corpus.make_data_dir(tmp_path_factory.mktemp("hostile") / "data")
    small_corpus.fill(settings, hostile_corpus.make_papers())
    yield settings
    st.cache_resource.clear()  # closes the database


@pytest.fixture
def attacked(_attacked: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same, set in the environment. For tests that write nothing."""
    monkeypatch.setenv("TRACKER_DATA_DIR", str(_attacked.data_dir))
    monkeypatch.setenv("TRACKER_DATABASE_URL", _attacked.database_url)
    return _attacked
