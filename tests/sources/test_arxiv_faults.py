"""Every fault arXiv is known for: a single one is survived without losing a paper, a lasting one ends the harvest in one sentence.

The numbers (A1 to A29) only order them. The bytes are our own, in the likeness of what was seen on the wire.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from sources.faulty_server import ATOM, HTML, OK, TEXT, FaultyServer, Reply
from sources.helpers import NOW, FakeClock, Known, make_plan, read_fixture, run_harvest
from sources.tiny_arxiv import FIRST, TinyArxiv, make_entries, make_entry, make_feed
from tracker.errors import (
    MalformedAnswerError,
    RequestRefusedError,
    ShortAnswerError,
    SourceError,
    SourceForbiddenError,
    SourceThrottledError,
    SourceUnavailableError,
)
from tracker.sources.arxiv import ArxivSource

OpenArxiv = Callable[..., ArxivSource]
pytestmark = pytest.mark.usefixtures("small_pages")

PAPERS = make_entries(3)
KEYS = ["arxiv:2401.00001", "arxiv:2401.00002", "arxiv:2401.00003"]
WHOLE = make_feed([entry.to_xml() for entry in PAPERS], total=3)
CUT_IN_A_LETTER = WHOLE.replace("Ada Example", "Ada Ö").encode().split(b"\x96")[0]

FAULTS = {
    "A1 throttled": (Reply(429, "Rate exceeded.", TEXT), SourceThrottledError, "429"),
    "A2 throttled as a success": (Reply(200, "Rate exceeded.", TEXT), SourceThrottledError, "'Rate exceeded.'"),
    "A3 refused by the edge": (Reply(406, "Not Acceptable", HTML, {"Via": "1.1 varnish"}), SourceThrottledError, "406"),
    "A3 refused by the edge, empty": (Reply(406, "", HTML), SourceThrottledError, "406"),
    "A4 overloaded": (Reply(503, "<html>Guru Meditation: Details: cache-x</html>", HTML), SourceThrottledError, "503"),
    "A6 internal error": (Reply(500, read_fixture("arxiv/error_500.xml"), ATOM), SourceUnavailableError, "500 (The server stumbled"),
    "A6 bad gateway": (Reply(502, "<html>502</html>", HTML), SourceUnavailableError, "502"),
    "A6 success without content": (Reply(204, b"", ATOM), SourceUnavailableError, "204"),
    "A6 request timeout": (Reply(408, b"", ATOM), SourceUnavailableError, "408"),
    "A9 error as a result": (
        Reply(200, read_fixture("arxiv/error_legacy_200.xml"), ATOM),
        MalformedAnswerError,
        "an error in place of results",
    ),
    "A10 empty page": (Reply(200, make_feed([], total=3), ATOM), ShortAnswerError, "an empty page, 3 results announced"),
    "A11 empty first page": (Reply(200, make_feed([], total=0), ATOM), ShortAnswerError, "it announces 0 results"),
    "A13 cut off": (Reply(200, WHOLE, ATOM, how="cut"), SourceUnavailableError, "cut its answer short"),
    "A13 a chunk missing": (Reply(200, WHOLE, ATOM, how="chunked_cut"), SourceUnavailableError, "cut its answer short"),
    "A13 cut in a tag": (Reply(200, WHOLE[: len(WHOLE) // 2], ATOM), MalformedAnswerError, "not a whole Atom feed"),
    "A13 cut in a letter": (Reply(200, CUT_IN_A_LETTER, ATOM), MalformedAnswerError, "not a whole Atom feed"),
    "A13 nothing": (Reply(200, b"", ATOM), MalformedAnswerError, "not a whole Atom feed"),
    "A14 reset": (Reply(how="reset"), SourceUnavailableError, "broke the connection"),
    "A14 reset midway": (Reply(200, WHOLE, ATOM, how="reset_midway"), SourceUnavailableError, "arxiv keeps failing"),
    "A15 silence": (Reply(how="stall"), SourceUnavailableError, "fell silent"),
    "A15 byte by byte": (Reply(200, WHOLE, ATOM, how="trickle"), SourceUnavailableError, "did not finish its answer within 0.3 s"),
    "A15 headers byte by byte": (Reply(how="trickle_headers"), SourceUnavailableError, "did not finish its answer within 0.3 s"),
    "A26 web page": (Reply(200, "<!DOCTYPE html><html>We will be back</html>", HTML), SourceThrottledError, "a web page"),
    "A26 web page as a feed": (Reply(200, "<html><body>Robot?</body></html>", ATOM), SourceThrottledError, "a web page"),
    "A29 undeclared compression": (Reply(200, gzip.compress(WHOLE.encode()), ATOM), SourceUnavailableError, "compressed bytes"),
    "A29 broken compression": (
        Reply(200, b"\x1f\x8bbroken", ATOM, {"Content-Encoding": "gzip"}),
        SourceUnavailableError,
        "broken compressed bytes",
    ),
    "A29 compression cut off": (
        Reply(200, gzip.compress(WHOLE.encode())[:-20], ATOM, {"Content-Encoding": "gzip"}),
        SourceUnavailableError,
        "cut off",
    ),
    "A29 unknown encoding": (Reply(200, WHOLE, ATOM, {"Content-Encoding": "br"}), SourceUnavailableError, "an encoding nobody asked for"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_single_fault_costs_no_paper(name: str, server: FaultyServer, open_arxiv: OpenArxiv, clock: FakeClock) -> None:
    """Before the first good answer: everything arrives all the same, after a wait of at least ten seconds."""
    server.script = [FAULTS[name][0]]
    server.service = TinyArxiv(PAPERS)

    run = run_harvest(open_arxiv(), make_plan())

    assert run.error is None
    assert run.keys == KEYS
    assert len(server.asked) == 2
    assert clock.slept >= 10


@pytest.mark.parametrize("name", [name for name in FAULTS if not name.startswith("A15")])
def test_fault_between_pages_costs_no_paper(name: str, server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """Between and after good answers, too."""
    reply = FAULTS[name][0]
    server.script = [OK, reply, OK, reply]
    server.service = TinyArxiv(make_entries(50))

    run = run_harvest(open_arxiv(), make_plan())

    assert run.error is None
    assert len(run.keys) == len(set(run.keys)) == 50
    assert run.outcome is not None
    assert not run.outcome.missing


@pytest.mark.parametrize("name", FAULTS)
def test_lasting_fault_ends_in_one_sentence(name: str, server: FaultyServer, open_arxiv: OpenArxiv, clock: FakeClock) -> None:
    """Six tries with growing waits, then an error that says what happened; never "no papers"."""
    reply, error, words = FAULTS[name]
    server.always = reply

    run = run_harvest(open_arxiv(), make_plan())

    assert run.pages == []
    assert type(run.error) is error
    assert words in str(run.error)
    assert "127.0.0.1" in str(run.error)
    assert len(server.asked) == 6
    assert clock.slept == pytest.approx(10 + 20 + 40 + 80 + 160, abs=1)


@pytest.mark.parametrize(
    "name", [name for name in FAULTS if "A15" not in name and FAULTS[name][1] not in (MalformedAnswerError, ShortAnswerError)]
)
def test_lasting_fault_asks_for_an_hours_rest(name: str, server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """The error tells the schedule how long to leave the service alone."""
    server.always = FAULTS[name][0]

    run = run_harvest(open_arxiv(), make_plan())

    assert isinstance(run.error, SourceUnavailableError)
    assert run.error.retry_after_seconds == 3600


def test_throttling_in_two_ways_is_waited_out(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A1, A3: 429 and 406 take turns for the same address."""
    server.script = [Reply(429, "Rate exceeded."), Reply(406, ""), Reply(429, "Rate exceeded."), Reply(406, "")]
    server.service = TinyArxiv(PAPERS)

    run = run_harvest(open_arxiv(), make_plan())

    assert run.keys == KEYS
    assert {asked.parameters["max_results"] for asked in server.asked} == {"20"}


@pytest.mark.parametrize("retry_after", ["5", format_datetime(NOW + timedelta(seconds=5), usegmt=True)])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_in_both_forms(
    status: int, retry_after: str, server: FaultyServer, open_arxiv: OpenArxiv, clock: FakeClock
) -> None:
    """A5: seconds or a date; no less is waited, and not much more."""
    server.script = [Reply(status, "busy", headers={"Retry-After": retry_after})]
    server.service = TinyArxiv(PAPERS)

    run = run_harvest(open_arxiv(), make_plan())

    assert run.keys == KEYS
    assert clock.slept == pytest.approx(5, abs=0.5)


def test_retry_after_of_hours_is_not_waited_for_but_handed_on(server: FaultyServer, open_arxiv: OpenArxiv, clock: FakeClock) -> None:
    """A5: nobody sits through it; the schedule is told instead."""
    server.always = Reply(503, "closed", headers={"Retry-After": "7200"})

    run = run_harvest(open_arxiv(), make_plan())

    assert isinstance(run.error, SourceThrottledError)
    assert run.error.retry_after_seconds == 7200
    assert (len(server.asked), clock.slept) == (1, 0)


def test_bad_query_is_reported_at_once(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A7: our mistake; trying again would not mend it."""
    server.always = Reply(400, read_fixture("arxiv/error_400.xml"), ATOM)

    run = run_harvest(open_arxiv(), make_plan())

    assert type(run.error) is RequestRefusedError
    assert "400: Invalid query string: '(ti:a'" in str(run.error)
    assert len(server.asked) == 1


def test_one_bad_id_does_not_spoil_the_list(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A8: the service refuses the whole list; it is halved until the rest is answered."""
    tiny = TinyArxiv(PAPERS)
    elsewhere = TinyArxiv([make_entry(7)])

    def answer(asked):
        if "abc" in asked.values.get("id_list", ""):
            return Reply(400, read_fixture("arxiv/error_400.xml"), ATOM)
        return (elsewhere if "id_list" in asked.values else tiny)(asked)

    server.service = answer
    known = Known.of([*KEYS, "arxiv:2401.00007", "arxiv:2401.00008", "arxiv:abc"])

    run = run_harvest(open_arxiv(), make_plan(full=True, known=known))

    assert run.error is None
    assert run.keys == [*KEYS, "arxiv:2401.00007"]
    assert run.gone == ["arxiv:2401.00008"]


def test_page_that_keeps_failing_is_asked_for_in_another_size(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A10: a cached bad answer sits on the exact address, so the address has to change."""
    empty = Reply(200, make_feed([], total=3), ATOM)
    server.script = [empty, empty]
    server.service = TinyArxiv(PAPERS)

    run = run_harvest(open_arxiv(), make_plan())

    assert run.keys == KEYS
    assert [asked.parameters["max_results"] for asked in server.asked] == ["20", "10", "5"]


@pytest.mark.parametrize("total", [0, 94])
def test_fallen_total_is_a_fault_and_not_news(total: int, server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A11: nothing, or 6 % less than last time, is not believed; nothing is passed on."""
    server.always = Reply(200, make_feed([PAPERS[0].to_xml()] if total else [], total=total), ATOM)

    run = run_harvest(open_arxiv(), make_plan(last_total=100, full=True))

    assert isinstance(run.error, ShortAnswerError)
    assert run.pages == []
    assert f"it announces {total} results where there should be at least 95" in str(run.error)


def test_short_page_is_continued_by_what_came(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A12: four entries where ten were asked for; the next page starts at the fifth."""
    tiny = TinyArxiv(make_entries(10))
    short = make_feed([entry.to_xml() for entry in tiny.entries[:4]], total=10)
    server.script = [Reply(200, short, ATOM)]
    server.service = tiny

    run = run_harvest(open_arxiv(), make_plan())

    assert [asked.parameters["start"] for asked in server.asked] == ["0", "4"]
    assert len(run.keys) == 10
    assert run.outcome is not None
    assert not run.outcome.missing


def test_redirect_within_the_host_is_followed(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A16: another path of the same service is the same service."""
    server.script = [Reply(301, headers={"Location": "/elsewhere?start=0&max_results=20&sortBy=x&sortOrder=ascending"})]
    server.service = TinyArxiv(PAPERS)

    run = run_harvest(open_arxiv(), make_plan(query=""))

    assert run.keys == KEYS
    assert server.asked[1].path == "/elsewhere"


@pytest.mark.parametrize("target", ["http://localhost:1/api/query", "https://example.org/api/query", "ftp://127.0.0.1/x", ""])
def test_redirect_to_another_place_is_refused(target: str, server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A16: not to another host, port or scheme, and not to nowhere."""
    server.always = Reply(302, headers={"Location": target})

    run = run_harvest(open_arxiv(), make_plan())

    assert type(run.error) is SourceError
    assert "not followed" in str(run.error)
    assert len(server.asked) == 1


def test_redirect_in_a_circle_ends(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A16: three redirects are enough."""
    server.always = Reply(307, headers={"Location": "/again"})

    run = run_harvest(open_arxiv(), make_plan())

    assert "redirects in circles" in str(run.error)
    assert len(server.asked) == 4


def test_forbidden_stops_for_good(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A17: going on would count as an attack; a person has to look, a schedule stays away for weeks."""
    server.always = Reply(403, "Access denied", HTML)

    run = run_harvest(open_arxiv(), make_plan())

    assert type(run.error) is SourceForbiddenError
    assert "do not try again before asking the service why" in str(run.error)
    assert run.error.retry_after_seconds == 30 * 86400
    assert len(server.asked) == 1


def test_growing_total_and_shifting_pages_lose_and_double_nothing(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A18: three papers appear between two pages and a paper shows in two versions: each once, in the higher version."""
    before = make_entries(30)
    after = [*before, *make_entries(33)[30:]]
    after[19] = replace(after[19], version=2)
    after = [*after[:20], after[19], *after[20:]]  # the 20th shifts onto the second page and is there again, as version 2
    pages = {"0": TinyArxiv(before)}
    server.service = lambda asked: pages.get(asked.parameters["start"], TinyArxiv(after))(asked)

    run = run_harvest(open_arxiv(), make_plan())

    versions = {record.arxiv_id: record.version for record in run.records}
    assert len(versions) == 33
    assert versions["2401.00020"] == 2
    assert len(run.keys) == 34


def test_lower_version_on_a_later_page_does_not_come_back(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A18: of two versions the higher wins, whichever page has it."""
    first = [*make_entries(19), make_entry(20, version=2)]
    second = [*first, make_entry(20), *make_entries(21)[20:]]
    pages = {"0": TinyArxiv([*first, make_entry(21)])}
    server.service = lambda asked: pages.get(asked.parameters["start"], TinyArxiv(second))(asked)

    run = run_harvest(open_arxiv(), make_plan())

    assert [record.version for record in run.records if record.arxiv_id == "2401.00020"] == [2]


def test_papers_of_one_moment_that_swap_pages_are_read_again(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A19: one paper doubled and one lost add up to the total; counting different ones tells, and another pass finds it."""
    right = make_entries(40)
    swapped = [*right[:20], right[19], *right[21:]]
    pages = iter([TinyArxiv(right), TinyArxiv(swapped)])
    server.service = lambda asked: next(pages, TinyArxiv(right))(asked)

    run = run_harvest(open_arxiv(), make_plan())

    assert len(run.keys) == len(set(run.keys)) == 40
    assert len(server.asked) == 4
    assert run.outcome is not None
    assert not run.outcome.missing


def test_paper_that_never_comes_makes_the_harvest_incomplete(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A19: after three passes what is lacking is said, and what came is passed on."""
    right = make_entries(40)
    swapped = TinyArxiv([*right[:20], right[19], *right[21:]])
    server.service = swapped

    run = run_harvest(open_arxiv(), make_plan())

    assert len(run.keys) == 39
    assert run.outcome is not None
    assert run.outcome.missing == ["1 that arXiv announced and did not send"]
    assert run.outcome.expected == 41
    assert len(server.asked) == 6


def test_paper_withdrawn_from_the_list_meanwhile_makes_it_be_read_again(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A18: a shrinking total shifts the rest forward, so one paper was stepped over."""
    pages = iter([TinyArxiv(make_entries(40))])
    server.service = lambda asked: next(pages, TinyArxiv(make_entries(40)[1:]))(asked)

    run = run_harvest(open_arxiv(), make_plan())

    assert {*run.keys} >= {f"arxiv:2401.{number:05}" for number in range(2, 41)}
    assert run.outcome is not None
    assert (run.outcome.total, run.outcome.missing) == (39, [])


def test_id_list_says_how_many_results_it_wants(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A20, A21: without it the service sends ten; what is not in the answer is gone."""
    tiny = TinyArxiv(PAPERS)
    server.service = lambda asked: tiny(asked) if "id_list" not in asked.values else TinyArxiv(make_entries(40)[4:])(asked)
    known = Known.of(f"arxiv:2401.{number:05}" for number in range(1, 42))

    run = run_harvest(open_arxiv(), make_plan(full=True, known=known))

    assert server.asked[-1].parameters["max_results"] == "38"
    assert run.gone == ["arxiv:2401.00004", "arxiv:2401.00041"]


def test_paper_missing_from_one_nights_index_is_found_the_next_day(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A27: it appears behind the watermark, inside the overlap."""
    papers = make_entries(30)
    server.service = TinyArxiv([paper for paper in papers if paper.id != "2401.00028"])
    first = run_harvest(open_arxiv(), make_plan())
    assert first.outcome is not None
    server.service = TinyArxiv(papers)
    server.asked.clear()
    plan = make_plan(watermark=first.outcome.watermark, last_total=first.outcome.total, known=Known.of(first.keys))

    second = run_harvest(open_arxiv(), plan)

    assert "arxiv:2401.00028" in second.keys
    assert second.outcome is not None
    assert not second.outcome.full


def test_clock_ahead_of_ours_does_not_move_the_watermark_into_the_future(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A28: a paper dated some minutes ahead is taken, the watermark stops at our now."""
    server.service = TinyArxiv([make_entry(1), make_entry(2, updated=NOW + timedelta(minutes=4))])

    run = run_harvest(open_arxiv(), make_plan())

    assert len(run.keys) == 2
    assert run.outcome is not None
    assert run.outcome.watermark == NOW


def test_compressed_answer_is_read(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """A29: compression as announced is no fault."""
    server.always = Reply(200, gzip.compress(WHOLE.encode()), ATOM, {"Content-Encoding": "gzip"})

    run = run_harvest(open_arxiv(), make_plan(query=""))

    assert run.keys == KEYS
    assert server.asked[0].headers["Accept-Encoding"] == "gzip"


def test_nothing_listening_is_said_within_seconds(open_arxiv: OpenArxiv, server: FaultyServer, clock: FakeClock) -> None:
    """No service at the address: three tries in six seconds, then the host and what to do."""
    source = open_arxiv()
    server.close()

    run = run_harvest(source, make_plan())

    assert type(run.error) is SourceUnavailableError
    host = server.url.removeprefix("http://")
    assert str(run.error) == (
        f"arxiv could not be reached: {host} refuses the connection or is out of reach; check the network connection, then refresh again"
    )
    assert run.error.retry_after_seconds is None
    assert clock.slept <= 7
    assert source.traffic.requests == 3


def test_watermark_is_none_only_without_papers(server: FaultyServer, open_arxiv: OpenArxiv) -> None:
    """The newest change seen, to the second."""
    server.service = TinyArxiv(PAPERS)

    run = run_harvest(open_arxiv(), make_plan())

    assert run.outcome is not None
    assert run.outcome.watermark == FIRST + timedelta(days=3)
