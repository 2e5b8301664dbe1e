"""A tracker moved to another database, of the same engine or another, is the same tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text

from fakes import NOW, make_labelling, make_record
from tracker.domain.links import PersonLink
from tracker.domain.matching import Verdict
from tracker.domain.record import Record, Rejected, Status
from tracker.domain.search import parse_search
from tracker.errors import ConfigurationError
from tracker.store import open_store
from tracker.store.base import Change, Decision, HarvestState, Store
from tracker.store.schema import metadata

LATER = NOW + timedelta(days=1)
FIRST, SECOND, THIRD = "arxiv:2401.00001", "pubmed:38000001", "arxiv:2403.00003"
ALPS = (("arxiv", "2401.00004"), ("pubmed", "38000005"))


def used_everywhere(store: Store) -> None:
    """Let *store* have something in each of its tables, with gaps between the numbers and signs that no engine can keep."""
    odd = make_record(
        key=THIRD, title="Nul \x00, half \ud83d, mark \x90\x80", abstract="Calm \x85 words", authors=("Zoë \x00",), keywords=()
    )
    pair = [make_record(source=one, title="Weather in the Alps", doi="10.1000/y", key=f"{one}:{number}") for one, number in ALPS]
    page = [make_record(), make_record(source="pubmed"), odd, *pair, make_record(key="arxiv:2404.00005", title="Gone soon")]
    store.save_page([Decision(one, Change.NEW, make_labelling()) for one in page], now=NOW, source="arxiv", cursor={"start": 5})
    store.save_page([], now=NOW, source="arxiv", rejected=[Rejected("arxiv", "entry 7", "no title")], gone=[THIRD])
    changed: Record = make_record(title="Another title altogether", version=2, status=Status.WITHDRAWN)
    store.save_page([Decision(changed, Change.CHANGED, make_labelling())], now=LATER, source="arxiv")
    store.save_labellings([(SECOND, make_labelling(labels={"risk": {"inaccuracy": 1}}))], now=LATER)
    store.save_person_links([PersonLink(FIRST, SECOND, Verdict.SAME, "seen with own eyes")], now=LATER)
    store.remove_records(["arxiv:2404.00005"], now=LATER)
    store.save_harvest_state(HarvestState(source="pubmed", state="complete", watermark=NOW, last_total=1))
    job = store.start_job(trigger="cli", now=NOW, pid=7, host="here")
    store.finish_job(job.id, now=LATER, state="done", exit_code=0, report={"records": 5})
    store.load_snapshot([], now=LATER, about={"sample": "none"})


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the data version."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in metadata.sorted_tables}
    engine.dispose()
    rows["meta"] = [row for row in rows["meta"] if row[0] != "data_version"]
    return rows


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest) -> str:
    """The URL of an unused database of the other engine, or of the same."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql").new_database()
        return url
    make: Callable[[], str] = request.getfixturevalue("new_sqlite_url")
    return make()


@pytest.fixture
def target(target_url: str) -> Iterator[Store]:
    """That database, opened."""
    with closing(open_store(target_url)) as opened:
        yield opened


def ignore(_: int, __: int) -> None:
    """Nobody watches."""


def test_copy_is_equal_in_every_row(url: str, target_url: str, target: Store) -> None:
    """Records, texts, history, labels, links, rejects, runs and watermarks come with their numbers; the copy is whole."""
    with closing(open_store(url)) as source:
        used_everywhere(source)
        told: list[tuple[int, int]] = []

        copied = target.copy_from(source, progress=lambda done, total: told.append((done, total)))

        assert copied == 5
        assert contents(target_url) == contents(url)
        assert [name for name, rows in contents(url).items() if not rows] == []
        assert target.check() == []
        assert target.data_version() > source.data_version()
        assert told[-1][0] == told[-1][1] == sum(map(len, contents(url).values())) + 1


def test_copy_answers_and_goes_on_as_the_original_would(url: str, target: Store) -> None:
    """The same words find the same records, and what comes next gets numbers of its own."""
    with closing(open_store(url)) as source:
        used_everywhere(source)
        target.copy_from(source, progress=ignore)

        for one in (source, target):
            one.save_page([Decision(make_record(key="arxiv:2406.00006"), Change.NEW, make_labelling())], now=LATER, source="arxiv")
            one.start_job(trigger="cli", now=LATER, pid=8, host="here")
        for typed in ("calm", "nul half", "NOT calm", '"zoe"', "emot*"):
            query = parse_search(typed)
            assert query is not None
            assert target.search(query).tolist() == source.search(query).tolist(), typed
        assert [job.id for job in target.load_jobs()] == [2, 1]
        assert target.check() == []


def test_used_database_is_never_copied_into(url: str, target: Store) -> None:
    """What is there stays as it is, and the sentence says what is in the way."""
    target.start_job(trigger="cli", now=NOW, pid=1, host="here")
    with closing(open_store(url)) as source:
        used_everywhere(source)

        with pytest.raises(ConfigurationError, match=r"is in use \(table 'job' holds 1 rows\).*unused database only"):
            target.copy_from(source, progress=ignore)

    assert (target.count_records(), len(target.load_jobs())) == (0, 1)


def test_copy_of_an_older_sqlite_file_keeps_what_its_text_holds(new_sqlite_url: Callable[[], str], target: Store) -> None:
    """A NUL that an earlier program wrote into the file as it was arrives as a NUL."""
    with closing(open_store(new_sqlite_url())) as source:
        source.save_page([Decision(make_record(), Change.NEW, make_labelling())], now=NOW, source="arxiv")
        engine = create_engine(source.url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE record_text SET venue = :venue"), {"venue": "Journal\x00of"})
        engine.dispose()

        target.copy_from(source, progress=ignore)

    stored = target.load_record(FIRST)
    assert stored is not None
    assert stored.record.venue == "Journal\x00of"
