"""The app as Streamlit runs it, without a browser, on a database of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import small_corpus
from tracker.settings import Settings
from tracker.views import live

APP = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture(autouse=True)
def _newest_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page waits for the newest data, however busy this machine is. What it shows while it does not wait: tests/views/test_live.py."""
    monkeypatch.setattr(live, "PATIENCE", 25.0)
    monkeypatch.setattr(live, "_REST", 0.0)


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Settings]]:
    """Two data folders, made once: ``empty`` and ``filled``. What the app keeps of their files it keeps for all tests."""
    made = {name: small_corpus.make_data_dir(tmp_path_factory.mktemp("app") / name) for name in ("empty", "filled")}
    small_corpus.fill(made["filled"], small_corpus.make_papers())
    small_corpus.fill(made["empty"], [], is_harvested=False)
    yield made
    st.cache_resource.clear()  # closes the databases


@pytest.fixture
def data(_shared: dict[str, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty database of the test's own, set in the environment."""
    return _use(_shared["empty"], tmp_path, monkeypatch)


@pytest.fixture
def filled(_shared: dict[str, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The small corpus in a database of the test's own."""
    return _use(_shared["filled"], tmp_path, monkeypatch)


def _use(made: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    shutil.copy(made.data_dir / "tracker.db", tmp_path / "tracker.db")
    settings = replace(made, database_url=f"sqlite:///{tmp_path / 'tracker.db'}")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TRACKER_DATABASE_URL", settings.database_url)
    return settings


def open_page(name: str = "overview", **address: str | list[str]) -> AppTest:
    """The page *name* after its first run, with these parameters in the address."""
    app = AppTest.from_file(APP, default_timeout=30)
    if name != "overview":
        app.switch_page(f"pages/{name}.py")
    for parameter, value in address.items():
        app.query_params[parameter] = value
    return app.run()


def said(app: AppTest) -> str:
    """All HTML the page put together by hand: findings, chips line, rows, sentences."""
    return "\n".join(str(one.proto.body) for one in app.get("html"))
