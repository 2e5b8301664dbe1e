"""Commands run as a user would run them: with a data folder of their own and services that do not exist."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tracker.settings import default_data_dir


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository's taxonomy and queries, no shipped data, no database yet."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("taxonomy.yaml", "queries.yaml"):
        shutil.copy(default_data_dir() / name, folder / name)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(folder))
    monkeypatch.setenv("TRACKER_ARXIV_URL", "http://127.0.0.1:9/api/query")
    monkeypatch.setenv("TRACKER_EUTILS_URL", "http://127.0.0.1:9/entrez/eutils")
    monkeypatch.setenv("TRACKER_PACE", "0.001")
    return folder
