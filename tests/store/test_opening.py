"""Opening: migrations run whole or not at all, and what cannot be opened is refused in one sentence."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from fakes import NOW, make_labelling, make_record
from tracker.errors import ConfigurationError, SchemaVersionError, StoreUnavailableError
from tracker.store import migrations, open_store, opening, schema
from tracker.store.base import Change, Decision, Store


def url_of(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


def fill(path: Path) -> Store:
    """A new store at *path* with one record."""
    store = open_store(url_of(path))
    store.save_page([Decision(make_record(), Change.NEW, make_labelling())], now=NOW, source="arxiv")
    return store


def test_open_store_makes_and_reopens(tmp_path: Path) -> None:
    """The first opening makes the database, the next finds what was written."""
    fill(tmp_path / "new.db").close()

    again = open_store(url_of(tmp_path / "new.db"), migrate=False)

    assert again.count_records() == 1
    assert again.url == url_of(tmp_path / "new.db")


def test_migrations_lead_to_the_tables_in_the_code(tmp_path: Path) -> None:
    """A database brought up to date has exactly the tables of ``schema``, and ``schema`` names exactly the revisions there are."""
    open_store(url_of(tmp_path / "new.db")).close()
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    script = ScriptDirectory.from_config(config)

    engine = create_engine(url_of(tmp_path / "new.db"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": lambda _, name, *__: not name.startswith("record_fts")})
        differences = compare_metadata(context, schema.metadata)
    engine.dispose()

    assert differences == []
    assert tuple(reversed([one.revision for one in script.walk_revisions()])) == schema.REVISIONS


def store_of_revision(path: Path, revision: str) -> None:
    """A database as the program of that *revision* left it, with a preprint and its article."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(url_of(path))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(text("INSERT INTO provenance VALUES (1, 'arxiv', 'a query', 'test/1')"))
        for number, key in enumerate(("arxiv:2401.00001", "pubmed:38000001"), 1):
            values = {"id": number, "key": key, "source": key.split(":")[0], "preprint": number == 1}
            connection.execute(text(OLD_RECORD), values)
            connection.execute(text(OLD_TEXT), values)
            connection.execute(text("INSERT INTO labelling VALUES (:id, '', '{}', '[]', '[]', '[]')"), values)
    engine.dispose()


OLD_RECORD = """
INSERT INTO record (id, key, source, is_preprint, status, origin, content_hash, taxonomy, in_scope, work,
                    first_seen_at, last_changed_at, last_confirmed_at)
VALUES (:id, :key, :source, :preprint, 'current', 'harvest', 'x', '2026.1', 1, :key, 0, 0, 0)
"""
OLD_TEXT = """
INSERT INTO record_text (record_id, title, abstract_state, authors, categories, mesh, keywords, publication_types, languages,
                         relations, provenance_id, retrieved_at)
VALUES (:id, 'Calm replies of language models', 'absent', '["Ada Example","Bo Sample"]', '[]', '[]', '[]', '[]', '[]', '[]', 1, 0)
"""


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_open_store_brings_every_earlier_schema_up_to_date(tmp_path: Path, revision: str) -> None:
    """A database of any revision opens whole, keeps its records, and is grouped by today's rules."""
    store_of_revision(tmp_path / "old.db", revision)

    store = open_store(url_of(tmp_path / "old.db"), now=lambda: NOW)

    assert store.check() == []
    assert [one.record.title for one in store.load_records([1, 2])] == ["Calm replies of language models"] * 2
    assert len(store.load_work("arxiv:2401.00001")) == 2
    assert len(list(tmp_path.glob("*.bak"))) == (revision != schema.CURRENT)
    assert open_store(store.url).data_version() == store.data_version()


def test_open_store_undoes_a_migration_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration interrupted half-way leaves the database as it was; the next start does it whole."""

    def fail_late(connection: Connection) -> None:
        run(connection)
        raise KeyboardInterrupt

    run = opening._run_alembic
    monkeypatch.setattr(opening, "_run_alembic", fail_late)
    with pytest.raises(KeyboardInterrupt):
        open_store(url_of(tmp_path / "new.db"))
    monkeypatch.undo()

    with sqlite3.connect(tmp_path / "new.db") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    assert open_store(url_of(tmp_path / "new.db")).check() == []


def test_open_store_saves_a_filled_database_before_it_migrates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the schema changes, a copy with all records stands beside the database."""
    fill(tmp_path / "old.db").close()
    monkeypatch.setattr(opening, "REVISIONS", (*schema.REVISIONS, "9999"))
    monkeypatch.setattr(opening, "CURRENT", "9999")
    monkeypatch.setattr(
        opening, "_run_alembic", lambda connection: connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
    )

    open_store(url_of(tmp_path / "old.db"), now=lambda: NOW).close()

    copies = [path.name for path in tmp_path.glob("*.bak")]
    assert copies == [f"old.db.20261123T061700Z-schema-{schema.CURRENT}.bak"]
    with sqlite3.connect(tmp_path / copies[0]) as connection:
        assert connection.execute("SELECT count(*) FROM record").fetchone() == (1,)
    connection.close()


def test_open_store_migrates_nothing_when_the_copy_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a copy there is no migration, and no half of a copy remains."""
    fill(tmp_path / "old.db").close()
    monkeypatch.setattr(opening, "CURRENT", "9999")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))

    with pytest.raises(StoreUnavailableError, match="No space left"):
        open_store(url_of(tmp_path / "old.db"))

    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_open_store_refuses_a_newer_schema(tmp_path: Path) -> None:
    """A database of a newer program is left untouched to the byte; the program ends with 2."""
    path = tmp_path / "new.db"
    fill(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(SchemaVersionError, match=r"newer tracker \(schema '9999'.*install that version") as caught:
        open_store(url_of(path))

    assert caught.value.exit_code == 2
    assert path.read_bytes() == before


def test_open_store_without_migrating_makes_nothing(tmp_path: Path) -> None:
    """``migrate=False`` opens what is there and up to date, or says why not."""
    with pytest.raises(StoreUnavailableError, match="There is no database"):
        open_store(url_of(tmp_path / "new.db"), migrate=False)

    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreUnavailableError, match="earlier version"):
        open_store(url_of(tmp_path / "empty.db"), migrate=False)
    assert [path.name for path in tmp_path.iterdir()] == ["empty.db"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"these are no tables at all, only words, and enough of them to fill a header" * 20, "is not a tracker database")],
)
def test_open_store_refuses_a_file_that_is_no_database(tmp_path: Path, content: bytes, reason: str) -> None:
    """Somebody's text file is not overwritten."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)

    with pytest.raises(StoreUnavailableError, match=reason):
        open_store(url_of(path))

    assert path.read_bytes() == content


def test_open_store_refuses_another_programs_database(tmp_path: Path) -> None:
    """A SQLite file with other tables is not ours to migrate."""
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()

    with pytest.raises(StoreUnavailableError, match="another program's database"):
        open_store(url_of(tmp_path / "other.db"))


def test_open_store_says_that_the_folder_is_missing(tmp_path: Path) -> None:
    """No folder is made where a typing error may stand."""
    with pytest.raises(StoreUnavailableError, match=r"the folder '.*nowhere' does not exist; make it"):
        open_store(url_of(tmp_path / "nowhere" / "new.db"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tracker.db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql+psycopg2://me:hunter2@host/db",
        "postgresql+psycopg://me:oops@hunter2@host/db",
        "postgresql+psycopg://me:hunter2@host:port/db",
        "mysql://me:hunter2@host/db",
        "://me:hunter2@host",
    ],
)
def test_open_store_refuses_urls_it_cannot_use_and_shows_no_password(url: str) -> None:
    """What names no database of an engine there is, is a mistake in the settings."""
    with pytest.raises(ConfigurationError, match="TRACKER_DATABASE_URL") as caught:
        open_store(url)

    assert "hunter2" not in str(caught.value)


OPEN = "import sys; from tracker.store import open_store; print(open_store(sys.argv[1]).count_records())"


def test_open_store_by_many_processes_at_once(tmp_path: Path) -> None:
    """Several programs that start together on a new machine all get a whole database."""
    command = [sys.executable, "-W", "error", "-c", OPEN, url_of(tmp_path / "new.db")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]

    assert [process.communicate(timeout=60) for process in started] == [("0\n", "")] * 4


AS_NOBODY = """
import os, sys
import tracker.store.opening, alembic.command, alembic.runtime.migration, sqlalchemy.dialects.sqlite.pysqlite
from tracker.errors import StoreUnavailableError
from tracker.store import open_store
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    open_store(sys.argv[1])
except StoreUnavailableError as error:
    print(error)
"""


@pytest.mark.parametrize("exists", [False, True])
def test_open_store_says_that_the_folder_is_read_only(exists: bool) -> None:
    """A folder nobody may write to, with or without a database in it, is one clear sentence. (Root gives up its rights first.)"""
    with tempfile.TemporaryDirectory() as name:  # not tmp_path, whose parents only its owner may enter
        folder = Path(name)
        if exists:
            fill(folder / "new.db").close()
        folder.chmod(0o555)

        answer = subprocess.run([sys.executable, "-c", AS_NOBODY, url_of(folder / "new.db")], capture_output=True, text=True, timeout=60)
        folder.chmod(0o755)

        assert answer.stderr == ""
        assert len(answer.stdout.splitlines()) == 1
        assert "writable" in answer.stdout
        assert [path.name for path in folder.glob("*.db")] == (["new.db"] if exists else [])


def test_log_is_emptied_after_a_refresh_and_not_after_each_of_its_pages(new_sqlite_url: Callable[[], str]) -> None:
    """While a refresh writes, closing a connection costs no reader time; at rest the file alone holds everything."""
    url = new_sqlite_url()
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    store = open_store(url)
    with store.refresh_lock():
        store.save_page([Decision(make_record(), Change.NEW, make_labelling())], now=NOW, source="arxiv")
        assert log.stat().st_size > 0
        assert store.count_records() == 1

    assert not log.exists()
    assert store.count_records() == 1
    store.close()


def test_url_of_a_store_is_safe_to_show(new_sqlite_url: Callable[[], str]) -> None:
    """The URL a screen may show holds no password and no driver's options."""
    store = open_store(new_sqlite_url() + "?timeout=1")

    assert "?" not in store.url
    assert os.sep in store.url
