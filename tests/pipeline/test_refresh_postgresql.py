"""A refresh on PostgreSQL: side by side from several machines, and cut off from the server in the midst of it."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from fake_source import Clock, FakeSource, make_page, make_records
from postgresql_server import Server, name_of, one_store, one_url  # noqa: F401 - the fixtures `store` and `url`
from tracker.errors import RefreshRunningError, StoreUnavailableError
from tracker.pipeline import ahead
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.refresh import run_refresh
from tracker.settings import Settings
from tracker.store import open_store
from tracker.store.base import Store


def test_refresh_cut_off_from_the_server_fails_and_the_next_goes_on(
    settings: Settings, store: Store, url: str, postgresql: Server, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page before the cut is stored, the run ends in one sentence, and the next one asks only for what is missing."""
    first, second = (make_page(*make_records(3, first=number), expected=6, cursor={"page": number}) for number in (1, 4))
    broken = FakeSource("arxiv", first, second)
    save_page = store.save_page

    def save_and_be_cut_off(*arguments: Any, **named: Any) -> None:
        save_page(*arguments, **named)
        postgresql.cut_connections(name_of(url))

    monkeypatch.setattr(store, "save_page", save_and_be_cut_off)
    monkeypatch.setattr(ahead, "STORED_TOGETHER", 3)  # each page by itself
    with pytest.raises(StoreUnavailableError, match="the connection that held its lock is lost"):
        run_refresh(settings, store, sources=["arxiv"], configuration=configuration, open_source=lambda _: broken, now=Clock())
    assert (store.count_records(), store.load_harvest_states()["arxiv"].watermark, store.is_refreshing()) == (3, None, False)

    monkeypatch.undo()
    mended = FakeSource("arxiv", second)
    report = run_refresh(settings, store, sources=["arxiv"], configuration=configuration, open_source=lambda _: mended, now=Clock())

    assert mended.plans[0].cursor == {"page": 1}
    assert (store.count_records(), report.sources["arxiv"].resumed) == (6, 3)
    assert [job.state for job in store.load_jobs()][1] in ("lost", "failed")
    assert store.check() == []


def test_refresh_of_another_machine_keeps_ours_out(settings: Settings, store: Store, url: str, configuration: Configuration) -> None:
    """One refresh at a time for all machines; the sentence says where the other one runs."""
    with closing(open_store(url)) as elsewhere, elsewhere.refresh_lock():
        elsewhere.start_job(trigger="schedule", now=Clock()(), pid=11, host="elsewhere.example")

        with pytest.raises(RefreshRunningError, match=r"process 11 on elsewhere\.example"):
            run_refresh(settings, store, sources=["arxiv"], configuration=configuration, now=Clock())

    assert (store.count_records(), len(store.load_jobs())) == (0, 1)
