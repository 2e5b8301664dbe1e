"""Moving a tracker between engines, as the command does it: everything downstream is the same to the byte."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import pytest

import small_corpus
from postgresql_server import Server
from small_taxonomy import make_taxonomy
from tracker import cli
from tracker.errors import RefreshRunningError
from tracker.pipeline.moving import find_database_url, move_tracker
from tracker.settings import Settings
from tracker.store import open_store
from tracker.views.exports import FORMATS, open_export
from tracker.views.feed import write_feed
from tracker.views.filters import read_filters
from tracker.views.index import Index, select


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A tracker on SQLite with the small corpus."""
    settings = small_corpus.make_data_dir(tmp_path_factory.mktemp("moving") / "data")
    small_corpus.fill(settings, small_corpus.make_papers())
    return settings


def database_file(settings: Settings) -> Path:
    """Where the SQLite file of *settings* is."""
    return Path(settings.database_url.removeprefix("sqlite:///"))


QUERIES = ("", "q=support OR NOT chatbot&scope=all&count=records", "q=langu*&application=assessment", 'q="language model"')


def downloads(url: str) -> dict[tuple[str, str], bytes]:
    """Every file that can be taken along, for several filters."""
    taxonomy, files = make_taxonomy(), {}
    with closing(open_store(url)) as store:
        index = Index(store.load_index())
        for query in QUERIES:
            selection = select(index, read_filters(query, taxonomy), search=store.search)
            for name in FORMATS:
                with open_export(name, selection, store, taxonomy, abstracts=True) as file:
                    files[query, name] = file.read()
            stream = io.BytesIO()
            write_feed(stream, selection, store, taxonomy, self_link=None, abstracts=True)
            files[query, "feed"] = stream.getvalue()
    return files


def test_moved_tracker_gives_the_same_files(
    filled: Settings, postgresql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From SQLite to PostgreSQL and back by ``tracker snapshot load``: every export and feed is equal, ``check`` finds nothing."""
    before = downloads(filled.database_url)
    there = postgresql.new_database(empty=True)
    back = f"sqlite:///{tmp_path / 'back.db'}"

    for target, source in ((there, str(database_file(filled))), (back, there)):
        monkeypatch.setenv("TRACKER_DATABASE_URL", target)
        assert cli.main(["snapshot", "load", source]) == 0
        assert capsys.readouterr().out.startswith("23 records copied to ")

        assert downloads(target) == before
        with closing(open_store(target)) as store:
            assert store.check() == []
    assert len(set(before.values())) == len(before)


def test_refresh_in_either_database_keeps_them_apart(filled: Settings, tmp_path: Path) -> None:
    """Nobody copies what is being written, and nobody writes what is being copied."""
    target_url = f"sqlite:///{tmp_path / 'new.db'}"
    with closing(open_store(filled.database_url)) as source, closing(open_store(target_url)) as target:
        for busy in (source, target):
            with busy.refresh_lock(), pytest.raises(RefreshRunningError, match=f"refresh is running in '{busy.url}'"):
                move_tracker(target, filled.database_url, progress=lambda *_: None)

        assert target.count_records() == 0


def test_database_is_told_from_a_csv_file(filled: Settings, tmp_path: Path) -> None:
    """A URL or a SQLite file is a database; a CSV file, a folder or nothing at all is none."""
    (tmp_path / "snapshot.csv").write_text("key\n", encoding="utf-8")

    assert find_database_url("postgresql+psycopg://me@host/db") == "postgresql+psycopg://me@host/db"
    assert find_database_url(str(database_file(filled))) == filled.database_url
    assert [find_database_url(str(tmp_path / name)) for name in ("snapshot.csv", "", "nowhere.db")] == [None, None, None]
