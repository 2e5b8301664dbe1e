"""What only PostgreSQL can do to a tracker: refuse, vanish, keep others waiting; and what is to be said then."""

from __future__ import annotations

import builtins
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text

from fakes import NOW, make_labelling, make_record
from postgresql_server import Server, name_of, one_store, one_url  # noqa: F401 - the fixtures `store` and `url`
from tracker.domain.search import Term
from tracker.errors import ConfigurationError, SchemaVersionError, SearchTooLongError, StoreUnavailableError
from tracker.store import open_store, opening, schema
from tracker.store.base import Change, Decision, HarvestState, Store
from tracker.store.postgresql import PostgresqlBackend

PAGE = [Decision(make_record(), Change.NEW, make_labelling())]


def save(store: Store) -> None:
    """Save one record."""
    store.save_page(PAGE, now=NOW, source="arxiv")


# -- opening --------------------------------------------------------------------------------------------------------------


def test_first_opening_makes_the_tables_and_says_where_without_options(postgresql: Server) -> None:
    """An empty database is enough; what may be shown of its URL is neither password nor path."""
    url = postgresql.new_database(empty=True)
    with closing(open_store(url)) as store:
        save(store)

        assert store.check() == []
        assert store.url == f"postgresql+psycopg://postgres@/{name_of(url)}"
    with closing(open_store(url, migrate=False)) as again:
        assert again.count_records() == 1


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_short_names_of_the_scheme_mean_the_one_driver_there_is(url: str, scheme: str) -> None:
    """What hosting services write works as it is."""
    with closing(open_store(url.replace("postgresql+psycopg", scheme))) as store:
        assert store.count_records() == 0


def test_trackers_in_two_schemas_of_one_database_do_not_meet(postgresql: Server, url: str) -> None:
    """A schema of its own, chosen by ``search_path``, is a tracker of its own: tables, locks and all."""
    postgresql.run("DROP SCHEMA IF EXISTS other CASCADE; CREATE SCHEMA other", name_of(url))
    with closing(open_store(url)) as one, closing(open_store(f"{url}&options=-csearch_path%3Dother")) as other:
        save(other)

        with one.refresh_lock() as first, other.refresh_lock() as second:
            assert (first, second) == (True, True)
        assert (one.count_records(), other.count_records()) == (0, 1)
    postgresql.run("DROP SCHEMA other CASCADE", name_of(url))


def test_schema_of_a_newer_program_is_refused(postgresql: Server) -> None:
    """The database is left as it is; the program ends with 2."""
    url = postgresql.new_database(empty=True)
    open_store(url).close()
    postgresql.run("UPDATE alembic_version SET version_num = '9999'", name_of(url))

    with pytest.raises(SchemaVersionError, match=r"newer tracker \(schema '9999'.*install that version") as caught:
        open_store(url)

    assert caught.value.exit_code == 2


def test_migration_that_fails_is_undone(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted half-way, it leaves no table; the next start makes them all."""

    def fail_late(connection: Connection) -> None:
        run(connection)
        raise KeyboardInterrupt

    run, url = opening._run_alembic, postgresql.new_database(empty=True)
    monkeypatch.setattr(opening, "_run_alembic", fail_late)
    with pytest.raises(KeyboardInterrupt):
        open_store(url)
    monkeypatch.undo()

    assert postgresql.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name_of(url)) == []
    with closing(open_store(url)) as store:
        assert store.check() == []


def test_filled_database_is_copied_into_a_schema_before_it_is_migrated(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the schema changes, a copy of every table stands beside them."""
    url = postgresql.new_database(empty=True)
    with closing(open_store(url)) as store:
        save(store)
    monkeypatch.setattr(opening, "REVISIONS", (*schema.REVISIONS, "9999"))
    monkeypatch.setattr(opening, "CURRENT", "9999")
    monkeypatch.setattr(
        opening, "_run_alembic", lambda connection: connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
    )

    open_store(url, now=lambda: NOW).close()

    copy = f"tracker_20261123t061700z_schema_{schema.CURRENT}"
    assert postgresql.run(f"SELECT key FROM {copy}.record", name_of(url)) == [("arxiv:2401.00001",)]


def test_server_that_is_not_there_is_one_sentence(postgresql: Server) -> None:
    """Nobody listens: said at once, without the password, with what to do."""
    with pytest.raises(StoreUnavailableError) as caught:
        open_store("postgresql+psycopg://me:hunter2@127.0.0.1:9/tracker")

    assert re.fullmatch(
        r"The database 'postgresql\+psycopg://me@127.0.0.1:9/tracker' failed while opening it: the server does not answer "
        r"\(.*refused.*\); see that it runs and that TRACKER_DATABASE_URL is right\.",
        str(caught.value),
    )


def test_database_that_is_not_there_is_named(postgresql: Server) -> None:
    """The server's own words tell what is missing."""
    with pytest.raises(StoreUnavailableError, match='database "nowhere" does not exist'):
        open_store(postgresql.url("nowhere"))


@pytest.mark.parametrize(
    ("secret", "reason"), [(":hunter2", "the user or the password is wrong"), ("", "it asks for a password; write user:password@")]
)
def test_wrong_password_is_a_wrong_setting(guarded: Server, secret: str, reason: str) -> None:
    """One sentence without the password; the program ends with 2, as for any setting."""
    with pytest.raises(ConfigurationError, match=f"is refused by the server: {reason}") as caught:
        open_store(guarded.url("postgres", user=f"guest{secret}"))

    assert "hunter2" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.fixture
def guarded(postgresql: Server) -> Iterator[Server]:
    """The server, asking one user for a password."""
    rules = postgresql.files / "pg_hba.conf"
    before = rules.read_text(encoding="utf-8")
    rules.write_text(f"local all guest scram-sha-256\n{before}", encoding="utf-8")
    postgresql.run("CREATE ROLE guest LOGIN PASSWORD 'sesame'; SELECT pg_reload_conf()")
    yield postgresql
    rules.write_text(before, encoding="utf-8")
    postgresql.run("DROP ROLE guest; SELECT pg_reload_conf()")


def test_missing_driver_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra: who did not install it is told how."""
    load = builtins.__import__

    def refuse(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "psycopg":
            raise ImportError(name)
        return load(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)

    with pytest.raises(ConfigurationError, match=r"driver is missing; install it with: pip install 'psycopg\[binary\]'"):
        open_store("postgresql+psycopg://me@host/db")


def test_database_that_cannot_hold_every_text_is_refused(postgresql: Server) -> None:
    """Encodings other than UTF-8, and a search_path that leads nowhere, are said before anything is written."""
    postgresql.run("CREATE DATABASE narrow ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    with pytest.raises(StoreUnavailableError, match="its encoding is SQL_ASCII; make a database with ENCODING 'UTF8'"):
        open_store(postgresql.url("narrow"))
    postgresql.run("DROP DATABASE narrow WITH (FORCE)")

    with pytest.raises(StoreUnavailableError, match="no schema of its search_path exists"):
        open_store(postgresql.url("postgres", options="-csearch_path%3Dnowhere"))


class OtherServer:
    """Answers every question with the name of an engine that only speaks PostgreSQL's protocol."""

    def exec_driver_sql(self, _: str) -> OtherServer:
        return self

    def scalar_one(self) -> str:
        return "CockroachDB CCL v25.2.0 (x86_64-pc-linux-gnu)"


def test_engine_whose_locks_hold_nothing_is_refused() -> None:
    """Two refreshes at once would be worse than none."""
    backend = PostgresqlBackend(make_url("postgresql+psycopg://me@127.0.0.1:9/db"))

    with pytest.raises(StoreUnavailableError, match="CockroachDB keeps no advisory locks"):
        backend._require_capable(OtherServer())  # type: ignore[arg-type]


def test_user_without_rights_is_told_so(postgresql: Server, url: str) -> None:
    """A reader's account opens nothing that has to be written."""
    postgresql.run("CREATE ROLE reader LOGIN")

    with pytest.raises(StoreUnavailableError, match="this user may not do that; grant it the rights"):
        open_store(url.replace("postgres@", "reader@"))

    postgresql.run("DROP ROLE reader")


# -- writing and waiting --------------------------------------------------------------------------------------------------


def test_writer_that_waits_too_long_is_told_so(url: str, store: Store) -> None:
    """Where another program holds the writers' lock, the writer gives up in one sentence; readers do not even notice."""
    save(store)
    with closing(open_store(f"{url}&options=-clock_timeout%3D50ms")) as hasty, store._database.writing("holding"):  # type: ignore[attr-defined]
        with pytest.raises(StoreUnavailableError, match="another program has been writing to it for too long"):
            hasty.save_harvest_state(HarvestState(source="arxiv"))
        assert hasty.count_records() == 1

    save(store)


def test_search_that_takes_too_long_is_stopped(url: str, store: Store) -> None:
    """The server itself stops it, here behind somebody who holds the table; what comes after it in the same connection has time."""
    save(store)
    with closing(open_store(url, search_seconds=0.05)) as hurried:
        backend = hurried._backend  # type: ignore[attr-defined]
        with backend.engine.begin() as holder:
            holder.exec_driver_sql("LOCK TABLE record_search")
            with pytest.raises(SearchTooLongError, match=r"took longer than 0\.05 seconds and was stopped"):
                hurried.search(Term(("calm",)))

        assert hurried.search(Term(("language",))).tolist() == [1]
        with backend.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0"


def test_connections_that_were_cut_are_replaced(postgresql: Server, url: str, store: Store) -> None:
    """A server that restarted between two calls is no trouble for a dashboard."""
    save(store)
    postgresql.cut_connections(name_of(url))

    assert store.count_records() == 1


def test_connection_that_is_cut_within_a_page_loses_the_page_only(postgresql: Server, url: str, store: Store) -> None:
    """Nothing half-written remains, and the sentence says what happened."""

    def write() -> None:
        with store._database.writing("saving a page of records") as connection:  # type: ignore[attr-defined]
            connection.execute(text("DELETE FROM meta"))
            postgresql.cut_connections(name_of(url))
            connection.execute(text("DELETE FROM record"))

    with pytest.raises(StoreUnavailableError, match=r"failed while saving a page of records: .*see that it runs"):
        write()

    assert store.check() == []


def test_check_finds_a_text_that_the_index_does_not_know(postgresql: Server, url: str, store: Store) -> None:
    """Somebody wrote past the tracker: the trigger noted it, ``check`` says it, the next write mends it."""
    save(store)
    postgresql.run("UPDATE record_text SET title = 'Zebras'", name_of(url))

    assert store.check() == ["The search index does not agree with the records: 1 record is not in it as written."]

    store.cancel_job(1)
    assert store.check() == []


# -- the one refresh ------------------------------------------------------------------------------------------------------

HOLDER = """
import sys, time
from tracker.store import open_store
store = open_store(sys.argv[1])
with store.refresh_lock() as is_ours:
    store.start_job(trigger="cli", now=__import__("datetime").datetime.now(__import__("datetime").UTC), pid=1, host="elsewhere")
    print(is_ours, flush=True)
    time.sleep(600)
"""


def test_refresh_lock_dies_with_its_process(url: str, store: Store) -> None:
    """Another machine's refresh is seen and keeps ours out; killed, it is out of the way at once."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"

    with store.refresh_lock() as is_ours:
        assert (is_ours, store.is_refreshing()) == (False, True)
    job = store.latest_job()
    assert job is not None
    assert (job.state, job.host) == ("running", "elsewhere")

    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    pause = threading.Event()
    for _ in range(200):
        if not store.is_refreshing():
            break
        pause.wait(0.05)
    with store.refresh_lock() as is_ours:
        assert is_ours


def test_refresh_that_lost_its_lock_writes_nothing_more(postgresql: Server, url: str, store: Store) -> None:
    """Cut off from the server, it no longer knows that it is the only one: its next page is refused, and the lock is free."""
    with store.refresh_lock():
        save(store)
        postgresql.cut_connections(name_of(url))

        for _ in range(2):
            with pytest.raises(StoreUnavailableError, match=r"the connection that held its lock is lost; refresh again"):
                store.remove_records([make_record().key], now=NOW)

    assert (store.count_records(), store.is_refreshing()) == (1, False)
    with store.refresh_lock() as is_ours:
        assert is_ours
        save(store)


def test_change_is_seen_from_another_machine_by_its_number(url: str, store: Store) -> None:
    """What every screen asks first, the data version, tells another program's commit at once."""
    with closing(open_store(url)) as elsewhere:
        before = store.data_version()
        save(elsewhere)

        assert store.data_version() > before
