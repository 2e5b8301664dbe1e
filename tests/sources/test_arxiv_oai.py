"""The second road: OAI-PMH where the API refuses, filtered here, without moving the watermark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.faulty_server import HTML, TEXT, XML, Asked, FaultyServer, Reply
from sources.helpers import NOW, FakeClock, make_answer, make_plan, read_fixture, run_harvest
from sources.tiny_arxiv import TinyArxiv, make_entries
from tracker.domain.dates import PartialDate
from tracker.errors import HarvestCancelledError, MalformedAnswerError, SourceThrottledError
from tracker.sources.arxiv import ArxivSource
from tracker.sources.arxiv_raw import parse_record_list
from tracker.sources.arxiv_tex import decode_accents

OpenArxiv = Callable[..., ArxivSource]
REFUSAL = Reply(429, "Rate exceeded.", TEXT)
NO_RECORDS = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="noRecordsMatch">none</error></OAI-PMH>'
WATERMARK = NOW - timedelta(days=2)


def oai_options(server: FaultyServer, sets: tuple[str, ...] = ("cs:cs:CL", "cs:cs:HC")) -> dict[str, Any]:
    """The second road is open: what is about a model that listens belongs to us."""
    return {"oai_url": f"{server.url}/oai", "oai_sets": sets, "is_match": lambda title, abstract: "listens" in title}


def refuse_but_serve(first: bytes | str, second: str = NO_RECORDS) -> Callable[[Asked], Reply]:
    """The API refuses; OAI gives *first* for a set and *second* for what continues it."""

    def answer(asked: Asked) -> Reply:
        if asked.path != "/oai":
            return REFUSAL
        return Reply(200, second if "resumptionToken" in asked.parameters else first, XML)

    return answer


def recent_plan(**changes: Any):
    """A refresh that only needs recent changes."""
    return make_plan(**({"watermark": WATERMARK, "last_total": 10} | changes))


def test_refusing_api_is_replaced_by_oai(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """Sets from the watermark's day on, continued by tokens, filtered by the query's terms; the report says so."""
    server.service = refuse_but_serve(read_fixture("arxiv/oai_records.xml"))

    run = run_harvest(open_arxiv(**oai_options(server)), recent_plan())

    asked = [one.parameters for one in server.asked if one.path == "/oai"]
    assert asked[:2] == [
        {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": "cs:cs:CL", "from": "2026-11-20"},
        {"verb": "ListRecords", "resumptionToken": "next|1001"},
    ]
    assert [one.get("set") for one in asked] == ["cs:cs:CL", None, "cs:cs:HC", None]
    assert run.keys == ["arxiv:2403.00002"]
    assert run.outcome is not None
    assert "arXiv's API refused, so changes since 2026-11-20 were read from its OAI-PMH service" in run.outcome.notes[0]


def test_watermark_and_total_stay_after_the_second_road(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """It may find less than the API, so the API has to look at the same days again."""
    server.service = refuse_but_serve(read_fixture("arxiv/oai_records.xml"))

    run = run_harvest(open_arxiv(**oai_options(server)), recent_plan())

    assert run.outcome is not None
    assert (run.outcome.watermark, run.outcome.total, run.outcome.full) == (WATERMARK, None, False)
    assert (run.outcome.expected, list(run.outcome.missing)) == (1, [])


def test_second_road_keeps_the_pace_of_the_first(server: FaultyServer, open_arxiv: OpenArxiv, clock: FakeClock) -> None:
    """One rule for both hosts: three seconds between any two requests."""
    server.service = refuse_but_serve(NO_RECORDS)

    run_harvest(open_arxiv(**oai_options(server)), recent_plan())

    assert len(server.asked) == 6 + 2
    assert clock.slept == pytest.approx(10 + 20 + 40 + 80 + 160 + 2 * 3, abs=1)


@pytest.mark.parametrize("changes", [{"full": True}, {"watermark": None}, {"last_total": None}])
def test_second_road_is_no_way_to_a_full_harvest(changes: dict[str, Any], server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """It knows recent changes only."""
    server.service = refuse_but_serve(NO_RECORDS)

    run = run_harvest(open_arxiv(**oai_options(server)), recent_plan(**changes))

    assert isinstance(run.error, SourceThrottledError)
    assert all(asked.path != "/oai" for asked in server.asked)


@pytest.mark.parametrize("missing", ["oai_url", "oai_sets", "is_match"])
def test_second_road_is_closed_without_its_options(missing: str, server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """No address, no sets or no way to filter: the refusal stands."""
    server.always = REFUSAL
    options = {name: value for name, value in oai_options(server).items() if name != missing}

    run = run_harvest(open_arxiv(**options), recent_plan())

    assert isinstance(run.error, SourceThrottledError)


def test_other_trouble_does_not_lead_to_the_second_road(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """An API that is broken rather than refusing is reported as such."""
    server.service = lambda asked: Reply(500, "", HTML) if asked.path != "/oai" else Reply(200, NO_RECORDS, XML)

    run = run_harvest(open_arxiv(**oai_options(server)), recent_plan())

    assert "keeps failing" in str(run.error)


def test_both_roads_closed_are_both_named(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """The message names the refusal first, then why the stand-in failed too."""
    server.service = refuse_but_serve(
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="badArgument">no</error></OAI-PMH>'
    )

    run = run_harvest(open_arxiv(**oai_options(server)), recent_plan())

    assert type(run.error) is SourceThrottledError
    assert "refuses for now" in str(run.error)
    assert "could not stand in" in str(run.error)
    assert "badArgument: no" in str(run.error)
    assert run.error.retry_after_seconds == 3600


def test_list_that_leads_in_a_circle_ends(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A token that comes again would go on for ever."""
    records = read_fixture("arxiv/oai_records.xml")
    server.service = refuse_but_serve(records, records.decode())

    run = run_harvest(open_arxiv(**oai_options(server)), recent_plan())

    assert "a list that leads in a circle" in str(run.error)


def test_cancelling_works_on_the_second_road_too(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A cancelled harvest is not reported as a refusal."""
    server.service = refuse_but_serve(read_fixture("arxiv/oai_records.xml"))

    run = run_harvest(open_arxiv(**oai_options(server)), recent_plan(is_cancelled=lambda: len(server.asked) >= 7))

    assert isinstance(run.error, HarvestCancelledError)


def test_refusal_between_two_pages_keeps_what_came(server: FaultyServer, open_arxiv: OpenArxiv, small_pages: None) -> None:
    """The first page of the API is not passed on again by the second road."""
    tiny = TinyArxiv(make_entries(60))
    plan = recent_plan(watermark=datetime(2024, 1, 16, tzinfo=UTC), last_total=60)
    pages = iter([tiny])
    server.service = lambda asked: (
        Reply(200, NO_RECORDS, XML) if asked.path == "/oai" else next(pages, lambda _: REFUSAL)(asked)  # type: ignore[operator]
    )

    run = run_harvest(open_arxiv(**oai_options(server)), plan)

    assert len(run.keys) == len(set(run.keys)) == 20
    assert run.outcome is not None
    assert run.outcome.expected == 20


def test_raw_record_becomes_a_whole_record() -> None:
    """Last version, first date, TeX names decoded, affiliations left out, mathematics kept."""
    listed = parse_record_list(make_answer(read_fixture("arxiv/oai_records.xml")), query="q", retrieved_at=NOW)

    record = listed.records[0]
    assert (record.key, record.version) == ("arxiv:2403.00002", 2)
    assert record.title == "A large language model listens to people with depression"
    assert record.authors == ("Bo Sample", "Jürgen Tést", "Çel Ik")
    assert record.abstract == r"A machine of our own making answers, and $\omega$ stays."
    assert record.published == PartialDate("2024-03-01")
    assert record.updated_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert (record.categories, record.doi) == (("cs.CL", "cs.HC"), "10.2196/59479")
    assert [one.key for one in listed.records] == ["arxiv:2403.00002", "arxiv:2403.00003"]


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Aktas\c{s}", "Aktasş"),
        (r"G\"odel and Erd\H{o}s", "Gödel and Erdős"),
        (r"{\O}stergaard, \L{}ukasz, Stra\ss e", "Østergaard, Łukasz, Straße"),
        (r"\'{\i}ndice \v{C}apek \~n", "índice Čapek ñ"),
        (r"$\omega$ and \textit{this} cost 5\%", r"$\omega$ and \textit{this} cost 5\%"),
        ("plain {braces}", "plain {braces}"),
    ],
)
def test_accents_are_decoded_and_mathematics_is_not(tex: str, text: str) -> None:
    """Letters become letters; everything else stays as it was typed."""
    assert decode_accents(tex) == text


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.binary(max_size=120), st.text(max_size=60).map(str.encode), st.sampled_from([NO_RECORDS.encode(), b"<a/>", b""])))
def test_wild_bytes_raise_malformed_answers_and_nothing_else(wild: bytes) -> None:
    """Whatever comes: a list of records, or the one error that says it is none."""
    whole = read_fixture("arxiv/oai_records.xml")
    for body in (wild, whole.replace(b"<id>2403.00002</id>", wild), whole.replace(b"Fri, 01 Mar 2024 23:30:00 GMT", wild)):
        try:
            parse_record_list(make_answer(body), query="q", retrieved_at=NOW)
        except MalformedAnswerError:
            continue
