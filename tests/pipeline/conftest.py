"""A tracker of its own for each test: settings, database, and the repository's taxonomy and queries."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.pipeline.configuration import Configuration, read_configuration
from tracker.settings import Settings, default_data_dir, read_settings
from tracker.store.base import Store
from tracker.store.opening import open_store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data folder with the repository's taxonomy and queries and nothing else; services that do not exist."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("taxonomy.yaml", "queries.yaml"):
        shutil.copy(default_data_dir() / name, data / name)
    return read_settings(
        {
            "TRACKER_DATA_DIR": str(data),
            "TRACKER_ARXIV_URL": "http://127.0.0.1:9/api/query",
            "TRACKER_EUTILS_URL": "http://127.0.0.1:9/entrez/eutils",
            "TRACKER_PACE": "0.001",
        }
    )


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    """The repository's own taxonomy and queries, read once."""
    return read_configuration(read_settings({}))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An empty database."""
    opened = open_store(settings.database_url)
    yield opened
    opened.close()
