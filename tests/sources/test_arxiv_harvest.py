"""arXiv harvests against a small arXiv of our own: complete, incremental, resumable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sources.faulty_server import ATOM, FaultyServer, Reply
from sources.helpers import NOW, FakeClock, Known, make_plan, run_harvest
from sources.tiny_arxiv import FIRST, TinyArxiv, make_entries, make_entry, make_feed
from tracker.errors import HarvestCancelledError
from tracker.sources.arxiv import ArxivSource
from tracker.sources.arxiv_pages import size_at
from tracker.sources.base import HarvestPlan

OpenArxiv = Callable[..., ArxivSource]
pytestmark = pytest.mark.usefixtures("small_pages")


def keys_of(numbers: range | list[int]) -> list[str]:
    """The keys of the papers with these numbers."""
    return [f"arxiv:2401.{number:05}" for number in numbers]


def test_first_harvest_brings_everything_in_the_fewest_requests(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """41 papers take three pages of 20, each once, and the outcome says they are all."""
    server.service = TinyArxiv(make_entries(41))

    run = run_harvest(open_arxiv(), make_plan())

    assert run.keys == keys_of(range(1, 42))
    assert [asked.parameters["start"] for asked in server.asked] == ["0", "20", "40"]
    assert run.outcome is not None
    assert (run.outcome.expected, run.outcome.total, run.outcome.missing) == (41, 41, [])
    assert run.outcome.full
    assert run.outcome.watermark == FIRST + timedelta(days=41)


def test_pages_are_asked_three_seconds_apart(server: FaultyServer, open_arxiv: OpenArxiv, clock: FakeClock) -> None:
    """From start to start, so that the service's own time counts; three pages wait twice."""
    server.service = TinyArxiv(make_entries(41))
    source = open_arxiv()

    run_harvest(source, make_plan())

    assert clock.slept == pytest.approx(6.0, abs=0.2)
    assert source.traffic.waited_seconds == pytest.approx(6.0, abs=0.2)
    assert source.traffic.requests == 3


def test_pace_multiplies_every_pause(server: FaultyServer, open_arxiv: OpenArxiv, clock: FakeClock) -> None:
    """At half the pace two pauses last three seconds together."""
    server.service = TinyArxiv(make_entries(41))

    run_harvest(open_arxiv(pace=0.5), make_plan())

    assert clock.slept == pytest.approx(3.0, abs=0.2)


def test_query_is_sent_readably_with_contact_and_page_size(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """Sort order, page size and query are those meant; the user agent says whom to write to."""
    server.service = TinyArxiv(make_entries(1))

    run_harvest(open_arxiv(contact_email="owner@example.org"), make_plan(query='ti:("language model" OR LLM*)'))

    asked = server.asked[0]
    assert asked.parameters == {
        "search_query": 'ti:("language model" OR LLM*)',
        "start": "0",
        "max_results": "20",
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
    }
    assert asked.headers["User-Agent"].startswith("mental-health-llm-tracker/")
    assert asked.headers["User-Agent"].endswith("(mailto:owner@example.org)")


def test_very_long_query_is_posted(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """Beyond 4,000 characters an address may be cut on its way."""
    server.service = TinyArxiv(make_entries(1))
    query = "ti:(" + " OR ".join(f"word{number}" for number in range(600)) + ")"

    run = run_harvest(open_arxiv(), make_plan(query=query))

    assert [asked.method for asked in server.asked] == ["POST"]
    assert len(run.keys) == 1


def test_more_results_than_the_ceiling_are_read_in_windows_that_share_a_minute(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """The next window starts in the minute of the last entry, so papers of one minute are all there, none twice."""
    entries = make_entries(120)
    for number in (98, 99, 100, 101, 102):  # five papers of one minute around the ceiling
        entries[number - 1] = replace(entries[number - 1], submitted=entries[99].submitted.replace(second=number % 50))
    server.service = TinyArxiv(entries, ceiling=100)

    run = run_harvest(open_arxiv(), make_plan())

    assert sorted(run.keys) == keys_of(range(1, 121))
    assert len(server.asked) == 7
    assert server.asked[5].parameters["search_query"].endswith(f" AND submittedDate:[{entries[99].submitted:%Y%m%d%H%M} TO 299912312359]")
    assert run.outcome is not None
    assert run.outcome.total == 120
    assert not run.outcome.missing


@pytest.mark.parametrize(("start", "size", "expected"), [(0, 20, 20), (80, 20, 20), (97, 10, 5), (98, 10, 2), (99, 20, 1), (100, 20, None)])
def test_page_size_never_passes_the_servers_own_check(start: int, size: int, expected: int | None) -> None:
    """A page size the server would refuse at this place is replaced by the largest it accepts; ``None`` if there is none."""
    assert size_at(start, size) == expected


def test_interrupted_sweep_goes_on_where_the_last_stored_page_ended(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """After a kill no stored page is asked for again, and both runs together have everything."""
    server.service = TinyArxiv(make_entries(50))
    first = run_harvest(open_arxiv(), make_plan(), most_pages=2)
    server.asked.clear()

    second = run_harvest(open_arxiv(), make_plan(cursor=first.cursor))

    assert [asked.parameters["start"] for asked in server.asked] == ["40"]
    assert first.keys + second.keys == keys_of(range(1, 51))
    assert second.outcome is not None
    assert (second.outcome.expected, second.outcome.missing) == (50, [])


def test_sweep_killed_after_its_last_page_needs_no_further_request(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """What is stored and complete is only concluded."""
    server.service = TinyArxiv(make_entries(10))
    first = run_harvest(open_arxiv(), make_plan(), most_pages=1)
    server.asked.clear()

    second = run_harvest(open_arxiv(), make_plan(cursor=first.cursor))

    assert server.asked == []
    assert second.outcome is not None
    assert second.outcome.total == 10


def test_watermark_of_a_resumed_sweep_is_not_later_than_its_start(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A change made between the two runs to a page of the first one lies behind the watermark and will be found."""
    server.service = TinyArxiv([*make_entries(24), make_entry(25, updated=NOW + timedelta(days=1))])
    first = run_harvest(open_arxiv(), make_plan(), most_pages=1)

    second = run_harvest(open_arxiv(), make_plan(cursor=first.cursor, now=NOW + timedelta(days=2)))

    assert second.outcome is not None
    assert second.outcome.watermark == NOW


@pytest.mark.parametrize(
    "cursor", [{}, {"mode": "sweep"}, {"mode": "sweep", "start": "x"}, {"mode": "other"}, {"mode": "recent", "seen": 3}]
)
def test_damaged_cursor_means_starting_over(server: FaultyServer, open_arxiv: OpenArxiv, cursor: dict[str, object]) -> None:
    """A cursor that cannot be used is ignored, never an error."""
    server.service = TinyArxiv(make_entries(3))

    run = run_harvest(open_arxiv(), make_plan(cursor=cursor))

    assert run.keys == keys_of(range(1, 4))


def no_news_plan(count: int, **changes: object) -> HarvestPlan:
    """A plan after a complete harvest of papers 1 to *count*."""
    plan = {"watermark": FIRST + timedelta(days=count), "last_total": count, "known": Known.of(keys_of(range(1, count + 1)))}
    return make_plan(**(plan | changes))


def test_refresh_without_news_is_one_request(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """Newest first; what lies in the overlap of 14 days comes again, nothing else does."""
    server.service = TinyArxiv(make_entries(60))

    run = run_harvest(open_arxiv(), no_news_plan(60))

    assert len(server.asked) == 1
    assert server.asked[0].parameters["sortBy"] == "lastUpdatedDate"
    assert run.keys == keys_of([*range(60, 45, -1)])
    assert run.outcome is not None
    assert run.outcome.watermark == FIRST + timedelta(days=60)
    assert not run.outcome.full


def test_new_papers_and_new_versions_are_found_by_their_update(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A second version of an old paper comes first, as does a new paper; the watermark moves to the newest."""
    entries = [*make_entries(60), make_entry(61)]
    entries[4] = replace(entries[4], version=2, updated=FIRST + timedelta(days=62))
    server.service = TinyArxiv(entries)

    run = run_harvest(open_arxiv(), no_news_plan(60))

    assert run.keys[:2] == keys_of([5, 61])
    assert len(server.asked) == 1
    assert run.outcome is not None
    assert run.outcome.watermark == FIRST + timedelta(days=62)


def test_long_absence_is_caught_up_page_by_page(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """Pages go on until one reaches behind the overlap."""
    server.service = TinyArxiv(make_entries(90))

    run = run_harvest(open_arxiv(), no_news_plan(60))

    assert run.keys == keys_of([*range(90, 45, -1)])
    assert [asked.parameters["start"] for asked in server.asked] == ["0", "20", "40"]
    assert run.outcome is not None
    assert run.outcome.total == 90


def test_look_at_recent_changes_killed_after_its_last_page_needs_no_further_request(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """What was stored within the same night is only concluded."""
    server.service = TinyArxiv(make_entries(61))
    first = run_harvest(open_arxiv(), no_news_plan(60), most_pages=1)
    server.asked.clear()

    second = run_harvest(open_arxiv(), no_news_plan(60, known=Known.of(keys_of(range(1, 62))), cursor=first.cursor))

    assert server.asked == []
    assert second.outcome is not None
    assert (second.outcome.total, second.outcome.full) == (61, False)


def test_look_at_recent_changes_of_another_night_is_begun_anew(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A cursor of yesterday says nothing about today."""
    server.service = TinyArxiv(make_entries(60))
    first = run_harvest(open_arxiv(), no_news_plan(60), most_pages=1)
    server.asked.clear()

    run_harvest(open_arxiv(), no_news_plan(60, cursor=first.cursor, now=NOW + timedelta(hours=24)))

    assert len(server.asked) == 1


def test_total_that_does_not_fit_what_is_stored_asks_for_a_sweep(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A paper indexed long after its date is behind every overlap; the total gives it away."""
    late = make_entry(5, id="2312.00005")
    server.service = TinyArxiv([*make_entries(60), late])

    run = run_harvest(open_arxiv(), no_news_plan(60))

    assert "arxiv:2312.00005" in run.keys
    assert len(run.keys) == len(set(run.keys))
    assert run.outcome is not None
    assert run.outcome.full
    assert run.outcome.total == 61
    assert run.outcome.notes == ("arXiv's total did not fit what is stored, so everything was read again",)


def test_sweep_reports_what_is_gone_and_passes_on_what_stopped_matching(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """Stored papers that a complete sweep did not see are asked for by id: unknown ones are gone, others come as they are now."""
    tiny = TinyArxiv(make_entries(3))
    elsewhere = TinyArxiv([make_entry(8, title="Now about something else")])
    server.service = lambda asked: (elsewhere if "id_list" in asked.values else tiny)(asked)
    known = Known.of(keys_of([1, 2, 3, 8, 9]))

    run = run_harvest(open_arxiv(), make_plan(full=True, known=known))

    assert run.gone == keys_of([9])
    assert run.keys == keys_of([1, 2, 3, 8])
    assert server.asked[-1].parameters["max_results"] == "2"


def test_cancelled_harvest_stops_before_the_next_request(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """What was asked to stop asks nothing more and says that it goes on from here."""
    server.service = TinyArxiv(make_entries(50))

    run = run_harvest(open_arxiv(), make_plan(is_cancelled=lambda: len(server.asked) >= 1))

    assert isinstance(run.error, HarvestCancelledError)
    assert len(server.asked) == 1
    assert len(run.pages) == 1


def test_echo_of_another_query_is_not_believed(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A cached answer to another question, or a query the server understood otherwise, never passes as ours."""
    feed = make_feed([make_entry(1).to_xml()], total=1, title="arXiv Query: search_query=ti:other&id_list=&start=0&max_results=2000")
    server.always = Reply(200, feed, ATOM)

    run = run_harvest(open_arxiv(), make_plan())

    assert run.pages == []
    assert "the answer to another question" in str(run.error)
