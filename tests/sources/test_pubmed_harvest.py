"""PubMed harvests against a small PubMed of our own: complete, incremental, resumable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sources.faulty_server import JSON, FaultyServer, Reply
from sources.helpers import NOW, FakeClock, Known, make_plan, run_harvest
from sources.tiny_pubmed import TinyPubmed, make_search
from tracker.sources import pubmed_requests
from tracker.sources.base import HarvestPlan
from tracker.sources.pubmed import PubmedSource

OpenPubmed = Callable[..., PubmedSource]
QUERY = '("LLM"[tiab])'


def pmids_of(count: int) -> list[str]:
    """PMIDs from 38000001 on."""
    return [str(38_000_000 + number) for number in range(1, count + 1)]


def keys_of(pmids: list[str]) -> list[str]:
    """The keys of these PMIDs."""
    return [f"pubmed:{pmid}" for pmid in pmids]


def first_plan(**changes: Any) -> HarvestPlan:
    """A first harvest."""
    return make_plan(**({"query": QUERY} | changes))


def later_plan(pmids: list[str], **changes: Any) -> HarvestPlan:
    """A harvest a day after one that brought *pmids*."""
    since = NOW - timedelta(days=1)
    plan = {"query": QUERY, "watermark": since, "last_total": len(pmids), "known": Known.of(keys_of(pmids), since)}
    return make_plan(**(plan | changes))


def utilities(server: FaultyServer) -> list[str]:
    """What was asked, in order."""
    return [asked.path.rsplit("/", 1)[-1].removesuffix(".fcgi") for asked in server.asked]


def test_first_harvest_asks_for_the_list_once_and_for_batches_of_200(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """450 records take one search and three batches; revisions are not asked for."""
    pmids = pmids_of(450)
    server.service = TinyPubmed(pmids)

    run = run_harvest(open_pubmed(), first_plan())

    assert run.keys == keys_of(pmids)
    assert utilities(server) == ["esearch", "efetch", "efetch", "efetch"]
    assert [asked.form["id"].count(",") + 1 for asked in server.asked[1:]] == [200, 200, 50]
    assert run.outcome is not None
    assert (run.outcome.expected, run.outcome.total, run.outcome.missing, run.outcome.full) == (450, 450, [], True)
    assert run.outcome.watermark == NOW


def test_everything_is_posted_with_tool_contact_and_key(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """The address holds nothing: no query, no contact, no key."""
    server.service = TinyPubmed(pmids_of(1))

    run_harvest(open_pubmed(contact_email="owner@example.org", api_key="secret-key"), first_plan())

    assert {asked.method for asked in server.asked} == {"POST"}
    assert [asked.parameters for asked in server.asked] == [{}, {}]
    assert server.asked[0].form == {
        "db": "pubmed",
        "tool": "mental-health-llm-tracker",
        "email": "owner@example.org",
        "api_key": "secret-key",
        "term": QUERY,
        "retmode": "json",
        "retmax": "9999",
        "sort": "pub_date",
    }


@pytest.mark.parametrize(("key", "expected"), [(None, 4 * 0.35), ("key", 4 * 0.105)])
def test_requests_keep_the_pace_with_and_without_key(
    key: str | None, expected: float, server: FaultyServer, open_pubmed: OpenPubmed, clock: FakeClock
) -> None:
    """Three a second without a key, ten with one, a little slower each."""
    server.service = TinyPubmed(pmids_of(801))

    run_harvest(open_pubmed(api_key=key), first_plan())

    assert clock.slept == pytest.approx(expected + (0.35 if key is None else 0.105), abs=0.1)


def test_refresh_without_news_is_two_requests(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """The list, and the revisions since three days before the watermark, by NCBI's calendar."""
    server.service = TinyPubmed(pmids_of(5))

    run = run_harvest(open_pubmed(), later_plan(pmids_of(5), watermark=datetime(2026, 11, 22, 3, tzinfo=UTC)))

    assert utilities(server) == ["esearch", "esearch"]
    assert server.asked[1].form["term"] == f'({QUERY}) AND ("2026/11/18"[lr] : "3000"[lr])'
    assert run.keys == []
    assert run.outcome is not None
    assert (run.outcome.expected, run.outcome.total, run.outcome.full) == (0, 5, False)
    assert run.outcome.watermark == NOW


def test_new_and_revised_records_are_fetched_and_no_others(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """Whatever its dates: what is listed and not stored is new."""
    pmids = pmids_of(6)
    server.service = TinyPubmed(pmids, revised={pmids[1]: "2026/11/22"})

    run = run_harvest(open_pubmed(), later_plan(pmids[:5]))

    assert run.keys == keys_of([pmids[1], pmids[5]])
    assert utilities(server) == ["esearch", "esearch", "efetch"]


def test_record_fetched_this_night_is_not_fetched_again_for_being_listed_as_revised(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """Listed revisions carry days, not times: a second refresh an hour later fetches nothing, one the next day does."""
    pmids = pmids_of(3)
    server.service = TinyPubmed(pmids, revised={pmids[0]: "2026/11/23", pmids[1]: "2027/02/01"})

    soon = run_harvest(open_pubmed(), later_plan(pmids, watermark=NOW - timedelta(hours=1), known=Known.of(keys_of(pmids), NOW)))
    later = run_harvest(open_pubmed(), later_plan(pmids, watermark=NOW, known=Known.of(keys_of(pmids), NOW), now=NOW + timedelta(hours=24)))

    assert soon.keys == []
    assert later.keys == keys_of(pmids[:2])


@pytest.mark.parametrize("hours_between", [1, 6, 10, 19, 21, 30, 100])
@pytest.mark.parametrize("revised_after_hours", [0.5, 9, 25, 47])
def test_no_revision_is_ever_missed_however_often_one_refreshes(
    hours_between: float, revised_after_hours: float, server: FaultyServer, open_pubmed: OpenPubmed
) -> None:
    """A record revised at any hour is fetched again at some refresh after that, at any rhythm."""
    pmid = "38000001"
    tiny = server.service = TinyPubmed([pmid])
    known, watermark, revised_at = Known.of(keys_of([pmid]), NOW), NOW, NOW + timedelta(hours=revised_after_hours)
    fetched_at: list[datetime] = []

    for run_number in range(1, int(200 / hours_between) + 2):
        now = NOW + timedelta(hours=hours_between * run_number)
        if now >= revised_at:
            tiny.revised[pmid] = f"{revised_at - timedelta(hours=5):%Y/%m/%d}"
        run = run_harvest(open_pubmed(pace=0), later_plan([pmid], now=now, watermark=watermark, known=known))
        assert run.outcome is not None
        watermark = run.outcome.watermark
        fetched_at += [now] * len(run.keys)
        known.confirmed |= dict.fromkeys(run.keys, now)
        if any(moment >= revised_at for moment in fetched_at):
            break

    assert any(moment >= revised_at for moment in fetched_at)


def test_interrupted_harvest_fetches_only_what_is_left(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """After a kill no stored batch is asked for again, and both runs together have everything."""
    pmids = pmids_of(450)
    server.service = TinyPubmed(pmids)
    first = run_harvest(open_pubmed(), first_plan(), most_pages=2)
    server.asked.clear()

    second = run_harvest(open_pubmed(), first_plan(cursor=first.cursor, known=Known.of(first.keys)))

    assert utilities(server) == ["esearch", "efetch"]
    assert first.keys + second.keys == keys_of(pmids)
    assert second.outcome is not None
    assert (second.outcome.expected, second.outcome.missing) == (450, [])


def test_watermark_of_a_resumed_harvest_is_its_first_start(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """A revision made between the two runs lies behind the watermark and will be found."""
    server.service = TinyPubmed(pmids_of(3))
    first = run_harvest(open_pubmed(), first_plan(), most_pages=1)

    second = run_harvest(open_pubmed(), first_plan(cursor=first.cursor, now=NOW + timedelta(days=1)))

    assert second.outcome is not None
    assert second.outcome.watermark == NOW


@pytest.mark.parametrize("cursor", [{}, {"done": 3}, {"started_at": "yesterday", "full": True, "done": ""}, {"full": True}])
def test_damaged_cursor_means_starting_over(cursor: dict[str, Any], server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """A cursor that cannot be used is ignored, never an error."""
    server.service = TinyPubmed(pmids_of(3))

    run = run_harvest(open_pubmed(), first_plan(cursor=cursor))

    assert run.keys == keys_of(pmids_of(3))


def test_full_harvest_reports_what_is_gone_and_fetches_what_stopped_matching(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """Stored and no longer listed: gone only if the summaries do not know it either."""
    server.service = TinyPubmed(pmids_of(2), existing={"11"})
    known = Known.of(keys_of([*pmids_of(2), "11", "12"]))

    run = run_harvest(open_pubmed(), first_plan(full=True, known=known, last_total=2))

    assert run.gone == ["pubmed:12"]
    assert run.keys == keys_of([*pmids_of(2), "11"])
    assert utilities(server) == ["esearch", "efetch", "esummary", "efetch"]


@pytest.fixture
def low_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """PubMed's limit of 9,999 PMIDs a search, a thousandth as high."""
    monkeypatch.setattr(pubmed_requests, "LIST_CEILING", 10)


@pytest.mark.usefixtures("low_ceiling")
def test_long_list_is_sliced_by_creation_date_until_every_slice_fits(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """Years first, then halves; together they are the whole list, each PMID once."""
    pmids = pmids_of(40)
    days = {pmid: f"20{15 + number // 4:02}/{1 + number % 12:02}/15" for number, pmid in enumerate(pmids[:25])}
    days |= {pmid: f"2025/03/{1 + number:02}" for number, pmid in enumerate(pmids[25:])}
    server.service = TinyPubmed(pmids, created=days, ceiling=10)

    run = run_harvest(open_pubmed(), first_plan())

    assert sorted(run.keys) == keys_of(pmids)
    assert run.outcome is not None
    assert run.outcome.total == 40
    assert server.asked[1].form["term"] == f'({QUERY}) AND ("1800"[crdt] : "2017/12/31"[crdt])'
    assert '("2026/01/01"[crdt] : "3000"[crdt])' in server.asked[10].form["term"]


@pytest.mark.usefixtures("low_ceiling")
def test_more_records_of_one_day_than_a_list_holds_end_in_one_sentence(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """What cannot be listed whole is not passed on in part."""
    pmids = pmids_of(40)
    server.service = TinyPubmed(pmids, created=dict.fromkeys(pmids, "2025/03/03"), ceiling=10)

    run = run_harvest(open_pubmed(), first_plan())

    assert run.pages == []
    assert "more records created on 2025-03-03 than it ever lists" in str(run.error)


@pytest.mark.usefixtures("low_ceiling")
def test_slices_whose_dates_are_ignored_are_not_believed(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """Where every slice holds everything, slicing would go on for ever."""
    tiny = TinyPubmed(pmids_of(40), ceiling=10)
    server.service = lambda asked: tiny(type(asked)(asked.method, asked.path, {}, {**asked.form, "term": QUERY}, {}))

    run = run_harvest(open_pubmed(), first_plan())

    assert "slices by date that hold 400 records, the whole 40" in str(run.error)


def test_ignored_words_of_the_query_are_reported(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """A search that succeeds without a part of the query says so in the report; "no items" is no news."""
    tiny = TinyPubmed(pmids_of(1))
    warnings = {
        "errorlist": {"phrasesnotfound": ["abcXYZ"], "fieldsnotfound": []},
        "warninglist": {"phrasesignored": [], "quotedphrasesnotfound": ['"chat bot"[tiab]'], "outputmessages": ["No items found."]},
    }
    search = make_search(pmids_of(1), **warnings)
    server.service = lambda asked: Reply(200, search, JSON) if "esearch" in asked.path else tiny(asked)

    run = run_harvest(open_pubmed(), first_plan())

    assert run.outcome is not None
    assert run.outcome.notes == (
        "PubMed reports phrasesnotfound: abcXYZ; correct the search in queries.yaml",
        'PubMed reports quotedphrasesnotfound: "chat bot"[tiab]; correct the search in queries.yaml',
    )
