"""Killed writers, full disks, waiting writers, readers beside a writer, damaged files: what was committed stays, whole."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from fakes import NOW, make_labelling, make_record
from tracker.domain.search import Term
from tracker.errors import StoreUnavailableError
from tracker.store import open_store
from tracker.store.base import Change, Decision, Store

PAGE = 20
WRITER = """
import sys
sys.path[:0] = sys.argv[2:]
from test_crash import page_of
from fakes import NOW
from tracker.store import open_store
store = open_store(sys.argv[1])
for number in range(10_000):
    store.save_page(page_of(number), now=NOW, source="arxiv", cursor={"page": number})
    print(number, flush=True)
"""


def page_of(number: int) -> list[Decision]:
    """The records of one page, with enough text to fill a few pages of the file."""
    keys = [f"arxiv:{2000 + number:04}.{one:05}" for one in range(PAGE)]
    return [Decision(make_record(key=key, abstract="calm words " * 200), Change.NEW, make_labelling()) for key in keys]


def save(store: Store, number: int) -> None:
    """Save page *number* and its cursor."""
    store.save_page(page_of(number), now=NOW, source="arxiv", cursor={"page": number})


def committed_pages(store: Store) -> int:
    """How many pages are stored; fails if one is there in part, or the cursor does not agree."""
    records = store.count_records()
    state = store.load_harvest_states().get("arxiv")
    assert records % PAGE == 0
    assert (state.cursor if state else None) == ({"page": records // PAGE - 1} if records else None)
    return records // PAGE


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Where a SQLite database is going to be."""
    return f"sqlite:///{tmp_path / 'tracker.db'}"


def start_writer(url: str) -> subprocess.Popen[str]:
    """A process that saves page after page and prints the number of each once it is saved."""
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    return subprocess.Popen([sys.executable, "-c", WRITER, url, *paths], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("pages", [1, 3, 7])
def test_killed_writer_leaves_the_last_page_it_saved(url: str, pages: int) -> None:
    """After SIGKILL every acknowledged page is there, at most one more, none in part; and the next writer goes on."""
    writer = start_writer(url)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(pages)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    writer.stdout.close()

    expect_whole(url, acknowledged)


def expect_whole(url: str, acknowledged: list[int]) -> None:
    """All *acknowledged* pages are there, at most one more, none in part; and the next writer goes on."""
    with closing(open_store(url)) as store:
        saved = committed_pages(store)
        assert saved - len(acknowledged) in (0, 1)
        assert store.check() == []
        save(store, saved)
        assert committed_pages(store) == saved + 1


def test_readers_beside_a_writer_see_whole_pages_only(url: str) -> None:
    """While another process writes, readers in several threads never fail, never wait for it and never see half a page."""
    writer = start_writer(url)
    assert writer.stdout is not None
    writer.stdout.readline()
    failures: list[BaseException] = []

    def read() -> None:
        try:
            with closing(open_store(url)) as store:
                for _ in range(15):
                    index = store.load_index()
                    assert len(index.ids) % PAGE == 0
                    assert len(store.search(Term(("calm",)))) % PAGE == 0
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    writer.kill()
    saved = len(writer.communicate()[0].split())

    assert failures == []
    assert saved > 0


@pytest.fixture
def small_disk(sqlite_url: str) -> Iterator[Store]:
    """A store with two pages of records on a disk with room for little more."""
    store = open_store(sqlite_url)
    save(store, 0)
    save(store, 1)

    def limit(connection: sqlite3.Connection, _: object) -> None:
        (size,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={size + 10}")

    event.listen(Engine, "connect", limit)
    yield store
    event.remove(Engine, "connect", limit)


def test_full_disk_is_one_sentence_and_loses_nothing(small_disk: Store) -> None:
    """The page that does not fit is not stored at all; what was there stays, and can be read."""
    with pytest.raises(
        StoreUnavailableError, match=r"tracker.db' failed while saving a page of records: the disk is full; free some space"
    ):
        save(small_disk, 2)

    assert committed_pages(small_disk) == 2
    assert small_disk.check() == []


LIMITED = """
import resource, sys
sys.path[:0] = sys.argv[2:]
from test_crash import save
from tracker.errors import StoreUnavailableError
from tracker.store import open_store
resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, 800_000))
try:
    store = open_store(sys.argv[1])
    for number in range(10_000):
        save(store, number)
except StoreUnavailableError as error:
    print(error)
"""


def test_disk_that_refuses_to_write_is_one_sentence_and_loses_nothing(sqlite_url: str) -> None:
    """The operating system's own refusal, in the middle of the log, ends as well as SQLite's count of pages does."""
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

    answer = subprocess.run([sys.executable, "-c", LIMITED, sqlite_url, *paths], capture_output=True, text=True, timeout=120)

    assert answer.stderr == ""
    assert "failed while saving a page of records: the disk failed to read or write; see that it has space" in answer.stdout
    store = open_store(sqlite_url)
    assert committed_pages(store) > 0
    assert store.check() == []


def test_writer_that_waits_too_long_is_told_so(sqlite_url: str) -> None:
    """Where another program holds the database, the writer gives up in one sentence; readers do not even notice."""
    store = open_store(sqlite_url + "?timeout=0.05")
    save(store, 0)
    other = sqlite3.connect(store.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailableError, match="another program has been writing to it for too long"):
        save(store, 1)
    assert committed_pages(store) == 1

    other.close()
    save(store, 1)
    assert committed_pages(store) == 2


def spoil(sqlite_url: str, statement: str) -> None:
    """Change the file behind the store's back."""
    connection = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    connection.executescript(statement)
    connection.close()


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("DELETE FROM labelling WHERE record_id = 1", "1 record has no labels: arxiv:2000.00000."),
        ("DROP TRIGGER record_text_changed; UPDATE record_text SET title = 'Other words'", "The search index does not agree"),
        ("DELETE FROM record_label", "20 records have labels that the index of labels does not know: arxiv:2000.00000,"),
        (
            "UPDATE record_label SET strength = 1 WHERE record_id = 2",
            "1 record has labels that the index of labels does not know: arxiv:2000.00001.",
        ),
        ("INSERT INTO record_label VALUES (1, 999, 1)", "Row None of table 'record_label' points at a row of 'record'"),
        (
            "UPDATE record SET work = 'arxiv:9999.99999' WHERE id = 1",
            "1 record has a work that is not the one that their links make: arxiv:2000.00000.",
        ),
        ("UPDATE record SET content_hash = NULL WHERE 0; DELETE FROM meta", "The database has lost its data version."),
        ("UPDATE record_link SET verdict = 'same', method = 'doi' WHERE second_id = 2", "1 record has a work that is not the one"),
    ],
)
def test_check_finds_damage(sqlite_url: str, damage: str, finding: str) -> None:
    """Each broken invariant is named, with what it concerns."""
    store = open_store(sqlite_url)
    save(store, 0)
    assert store.check() == []

    spoil(sqlite_url, damage)

    assert [fault for fault in store.check() if finding in fault]


def test_check_finds_a_damaged_file(sqlite_url: str) -> None:
    """Bytes that the disk lost are found, in sentences, not in a traceback."""
    store = open_store(sqlite_url)
    for number in range(3):
        save(store, number)
    spoil(sqlite_url, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = bytes(8192)
    path.write_bytes(content)

    assert any("damaged" in fault for fault in store.check())
