"""Every fault NCBI is known for: a single one is survived without losing a record, a lasting one ends in one sentence.

The numbers (N1 to N27) only order them. The bytes are our own, in the likeness of what was seen on the wire.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from sources.faulty_server import HTML, JSON, OK, TEXT, XML, Asked, FaultyServer, Reply
from sources.helpers import NOW, FakeClock, Known, make_plan, read_fixture, run_harvest
from sources.tiny_pubmed import TinyPubmed, make_article, make_search, make_set
from tracker.errors import (
    MalformedAnswerError,
    RequestRefusedError,
    ShortAnswerError,
    SourceError,
    SourceForbiddenError,
    SourceThrottledError,
    SourceUnavailableError,
)
from tracker.sources.pubmed import PubmedSource

OpenPubmed = Callable[..., PubmedSource]
PMIDS = ["38000001", "38000002", "38000003"]
KEYS = [f"pubmed:{pmid}" for pmid in PMIDS]
KEY = "0123456789abcdef"
LIMIT = '{"error":"API rate limit exceeded","api-key":"203.0.113.7","count":"4","limit":"3"}'
RECORDS = make_set("".join(make_article(pmid) for pmid in PMIDS))
DIAGNOSTIC = "<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'>\n<html><title>NCBI/eutils - WWW Error 500 Diagnostic</title></html>"


def error_json(words: str) -> str:
    """ESearch's way of failing with a success; a line break in *words* stays raw, so the JSON is not valid."""
    return '{"header":{"type":"esearch","version":"0.3"},"esearchresult":{"ERROR":"' + words + '"}}'


def error_xml(words: str) -> str:
    """EFetch's way of failing with a success."""
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<eFetchResult>\n\t<ERROR>{words}</ERROR>\n</eFetchResult>'


RETSTART = "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998."
CPP = 'NCBI C++ Exception: Error: EUTILSAPP(CException::eInvalid) "/build/eutilsapp.cpp", line 77'
SEARCH_FAULTS = {
    "N1 rate": (Reply(429, LIMIT, JSON, {"Retry-After": "2"}), SourceThrottledError, "429"),
    "N2 rate as a success": (Reply(200, LIMIT, JSON), SourceThrottledError, "its rate limit is exceeded"),
    "N3 paging limit": (Reply(200, error_json(RETSTART), JSON), MalformedAnswerError, "'retstart' cannot be larger than 9998"),
    "N5 backend": (Reply(200, error_json("Search Backend failed: timeout"), JSON), MalformedAnswerError, "Search Backend failed"),
    "N6 database": (Reply(200, error_json("Database is not supported: pubmed"), JSON), MalformedAnswerError, "not supported"),
    "N7 short list": (Reply(200, make_search(PMIDS[:2], count=3), JSON), MalformedAnswerError, "2 PMIDs where 3 were announced"),
    "N7 empty list": (Reply(200, make_search([], count=3), JSON), MalformedAnswerError, "0 PMIDs where 3 were announced"),
    "N7 doubled PMID": (Reply(200, make_search([PMIDS[0]] * 2, count=2), JSON), MalformedAnswerError, "1 PMIDs where 2"),
    "N7 nothing at all": (Reply(200, make_search([]), JSON), ShortAnswerError, "it announces 0 results"),
    "N9 expired history": (Reply(200, error_json("Unable to obtain query #1"), JSON), MalformedAnswerError, "Unable to obtain"),
    "N15 diagnostic": (Reply(500, DIAGNOSTIC, HTML), SourceUnavailableError, "500"),
    "N15 diagnostic as a success": (Reply(200, DIAGNOSTIC, HTML), SourceUnavailableError, "a web page"),
    "N15 diagnostic as JSON": (Reply(200, DIAGNOSTIC, JSON), SourceUnavailableError, "a web page"),
    "N16 bad gateway": (Reply(502, "<html>502 Bad Gateway</html>", HTML), SourceUnavailableError, "502"),
    "N16 unavailable": (Reply(503, "<html>503</html>", HTML), SourceThrottledError, "503"),
    "N16 gateway timeout": (Reply(504, "<html>504</html>", HTML), SourceUnavailableError, "504"),
    "N18 cut off": (Reply(200, make_search(PMIDS), JSON, how="cut"), SourceUnavailableError, "cut its answer short"),
    "not JSON": (Reply(200, "[1, 2", JSON), MalformedAnswerError, "not JSON"),
    "JSON of another shape": (Reply(200, "[]", JSON), MalformedAnswerError, "JSON of another shape"),
    "no result": (Reply(200, "{}", JSON), MalformedAnswerError, "no search result"),
    "no list": (Reply(200, '{"esearchresult":{"count":"3"}}', JSON), MalformedAnswerError, "without count or list"),
    "not PMIDs": (Reply(200, make_search(["x"]), JSON), MalformedAnswerError, "something other than PMIDs"),
    "reset": (Reply(how="reset"), SourceUnavailableError, "broke the connection"),
    "silence": (Reply(how="stall"), SourceUnavailableError, "fell silent"),
}
FETCH_FAULTS = {
    "N1 rate": (Reply(429, LIMIT, JSON, {"Retry-After": "2"}), SourceThrottledError, "429"),
    "N2 rate as a success": (Reply(200, LIMIT, JSON), SourceThrottledError, "its rate limit is exceeded"),
    "N5 backend": (Reply(200, error_xml("Search Backend failed"), XML), MalformedAnswerError, "Search Backend failed"),
    "N9 expired history": (Reply(200, error_xml("Unable to obtain query #1"), XML), MalformedAnswerError, "Unable to obtain"),
    "N14 prolog only": (Reply(200, read_fixture("pubmed/prolog_only.xml"), XML), MalformedAnswerError, "not whole XML"),
    "N15 diagnostic": (Reply(200, DIAGNOSTIC, HTML), SourceUnavailableError, "a web page"),
    "N17 exception": (Reply(200, error_xml(CPP), XML), MalformedAnswerError, "an internal error"),
    "N18 cut off": (Reply(200, RECORDS, XML, how="chunked_cut"), SourceUnavailableError, "cut its answer short"),
    "N18 cut in a tag": (Reply(200, RECORDS[:-40], XML), MalformedAnswerError, "not whole XML"),
    "N24 entities": (Reply(200, read_fixture("pubmed/entities.xml"), XML), MalformedAnswerError, "EntitiesForbidden"),
    "empty": (Reply(200, "", XML), MalformedAnswerError, "not whole XML"),
}
FAULTS = [("search", name) for name in SEARCH_FAULTS] + [("fetch", name) for name in FETCH_FAULTS]


def plan_fault(kind: str, name: str) -> tuple[list[Reply | None], tuple[Reply, type[SourceError], str]]:
    """What to say before the fault, and the fault."""
    return ([], SEARCH_FAULTS[name]) if kind == "search" else ([OK], FETCH_FAULTS[name])


@pytest.mark.parametrize(("kind", "name"), FAULTS)
def test_single_fault_costs_no_record(kind: str, name: str, server: FaultyServer, open_pubmed: OpenPubmed, clock: FakeClock) -> None:
    """Everything arrives all the same, after a wait of at least a second."""
    before, (reply, _, _) = plan_fault(kind, name)
    server.script = [*before, reply]
    server.service = TinyPubmed(PMIDS)

    run = run_harvest(open_pubmed(), make_plan())

    assert run.error is None
    assert sorted(run.keys) == KEYS
    assert run.outcome is not None
    assert not run.outcome.missing
    assert clock.slept >= 1


@pytest.mark.parametrize(("kind", "name"), FAULTS)
def test_lasting_fault_ends_in_one_sentence(kind: str, name: str, server: FaultyServer, open_pubmed: OpenPubmed, clock: FakeClock) -> None:
    """Six tries, then an error that says what happened; never "nothing found", never a key or an address of ours."""
    before, (reply, error, words) = plan_fault(kind, name)
    server.script = [*before]
    server.always = reply
    server.service = TinyPubmed(PMIDS)

    run = run_harvest(open_pubmed(api_key=KEY), make_plan())

    assert run.pages == []
    assert type(run.error) is error
    assert words in str(run.error)
    assert KEY not in str(run.error)
    assert "203.0.113.7" not in str(run.error)
    assert len(server.asked) - len(before) == 6


def test_waits_double_from_one_second(server: FaultyServer, open_pubmed: OpenPubmed, clock: FakeClock) -> None:
    """1, 2, 4, 8 and 16 seconds."""
    server.always = Reply(500, DIAGNOSTIC, HTML)

    run_harvest(open_pubmed(), make_plan())

    assert clock.slept == pytest.approx(31, abs=1)


def test_rate_limit_waits_as_long_as_asked(server: FaultyServer, open_pubmed: OpenPubmed, clock: FakeClock) -> None:
    """N1: two seconds where the service says two."""
    server.script = [Reply(429, LIMIT, JSON, {"Retry-After": "2"})]
    server.service = TinyPubmed(PMIDS)

    run_harvest(open_pubmed(), make_plan())

    assert clock.slept == pytest.approx(2.35, abs=0.2)


def test_clamped_list_is_sliced(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N4: 12,000 found, 9,999 listed, and a message that is no warning: the slices bring the rest."""
    pmids = [str(30_000_000 + number) for number in range(12_000)]
    tiny = TinyPubmed(pmids, created={pmid: f"20{18 + number % 9}/06/15" for number, pmid in enumerate(pmids)})
    clamped = make_search(pmids[:9999], count=12_000, warninglist={"outputmessages": ["Restrictions achieved: 9999"]})
    server.script = [Reply(200, clamped, JSON)]
    server.service = lambda asked: tiny(asked) if "esearch" in asked.path else Reply(403)

    run = run_harvest(open_pubmed(pace=0), make_plan())

    assert isinstance(run.error, SourceForbiddenError)  # the listing was whole, so fetching began
    asked = [one for one in server.asked if "esearch" in one.path]
    assert len(asked) == 1 + 10


def test_unlisted_record_is_gone_only_after_confirmation(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N10, N27: a vanished PMID is asked for in a second way before it is said to be gone."""
    server.service = TinyPubmed(PMIDS)

    run = run_harvest(open_pubmed(), make_plan(full=True, known=Known.of([*KEYS, "pubmed:999"])))

    assert run.gone == ["pubmed:999"]
    assert server.asked[-1].path.endswith("esummary.fcgi")


@pytest.mark.parametrize(
    "body",
    [
        '{"esummaryresult":["Empty id list - nothing todo"]}',
        '{"result":{"999":{"uid":"999"}}}',
        "[]",
        read_fixture("pubmed/summary_limit.json"),
    ],
)
def test_unusable_summaries_make_nothing_gone(body: str | bytes, server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N20: an error in place of summaries is no confirmation."""
    tiny = TinyPubmed(PMIDS)
    server.service = lambda asked: Reply(200, body, JSON) if "esummary" in asked.path else tiny(asked)

    run = run_harvest(open_pubmed(), make_plan(full=True, known=Known.of([*KEYS, "pubmed:999"])))

    assert isinstance(run.error, MalformedAnswerError)
    assert run.gone == []
    assert run.keys == KEYS


def test_summaries_are_asked_for_500_at_a_time(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N20: more are refused."""
    server.service = TinyPubmed(PMIDS)
    known = Known.of([*KEYS, *(f"pubmed:{number}" for number in range(1, 701))])

    run = run_harvest(open_pubmed(), make_plan(full=True, known=known))

    sizes = [asked.form["id"].count(",") + 1 for asked in server.asked if "esummary" in asked.path]
    assert sizes == [500, 200]
    assert len(run.gone) == 700


@pytest.mark.parametrize("body", [error_xml("ID list is empty! Possibly it has no correct IDs."), "ID+list+is+empty!+Possibly"])
def test_bad_id_is_reported_at_once(body: str, server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N11, N13: status 400 says that the request is wrong; asking again would not mend it."""
    server.script = [OK]
    server.always = Reply(400, body, XML if body.startswith("<") else TEXT)
    server.service = TinyPubmed(PMIDS)

    run = run_harvest(open_pubmed(), make_plan())

    assert type(run.error) is RequestRefusedError
    assert "400" in str(run.error)
    assert len(server.asked) == 2


def test_transient_text_of_status_400_is_tried_again(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """The one error of this status that mends itself."""
    server.script = [OK, Reply(400, error_xml("cannot get document summary"), XML)]
    server.service = TinyPubmed(PMIDS)

    run = run_harvest(open_pubmed(), make_plan())

    assert run.keys == KEYS


def test_record_left_out_of_a_batch_is_asked_for_once_more(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N12: the second time it comes."""
    tiny = TinyPubmed(PMIDS)
    server.script = [OK, Reply(200, make_set(make_article(PMIDS[0]) + make_article(PMIDS[2])), XML)]
    server.service = tiny

    run = run_harvest(open_pubmed(), make_plan())

    assert run.keys == [KEYS[0], KEYS[2], KEYS[1]]
    assert server.asked[-1].form["id"] == PMIDS[1]
    assert run.outcome is not None
    assert not run.outcome.missing


def test_record_that_never_comes_is_named_and_asked_for_next_time(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N12: the others are passed on, the outcome names it, and the next run asks for it alone."""
    tiny = server.service = TinyPubmed(PMIDS, withheld={PMIDS[1]})
    run = run_harvest(open_pubmed(), make_plan())

    tiny.withheld.clear()
    server.asked.clear()
    assert run.outcome is not None
    again = run_harvest(open_pubmed(), make_plan(cursor=run.outcome.cursor, known=Known.of(run.keys)))

    assert run.keys == [KEYS[0], KEYS[2]]
    assert run.outcome.missing == [KEYS[1]]
    assert run.outcome.expected == 3
    assert again.keys == [KEYS[1]]
    assert [asked.form.get("id") for asked in server.asked] == [None, PMIDS[1]]


def test_pmid_of_a_reference_does_not_count_as_the_record(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N12: a record that is only mentioned in another one is still missing."""
    mention = f"<CommentsCorrections RefType='UpdateOf'><PMID>{PMIDS[1]}</PMID></CommentsCorrections>"
    mention = f"<CommentsCorrectionsList>{mention}</CommentsCorrectionsList>"
    article = make_article(PMIDS[0]).replace("</MedlineCitation>", mention + "</MedlineCitation>")
    server.service = lambda asked: (
        Reply(200, make_search(PMIDS[:2]), JSON) if "esearch" in asked.path else Reply(200, make_set(article), XML)
    )

    run = run_harvest(open_pubmed(), make_plan())

    assert run.outcome is not None
    assert run.outcome.missing == [KEYS[1]]


def test_batch_is_halved_after_an_unusable_answer(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N18: large replies break off; smaller ones come through, and nothing is left out."""
    pmids = [str(38_000_000 + number) for number in range(250)]
    tiny = TinyPubmed(pmids)

    def answer(asked: Asked) -> Reply:
        too_large = asked.form.get("id", "").count(",") >= 100
        return Reply(200, RECORDS, XML, how="chunked_cut") if too_large else tiny(asked)

    server.service = answer
    run = run_harvest(open_pubmed(), make_plan())

    assert run.keys == [f"pubmed:{pmid}" for pmid in pmids]
    assert run.outcome is not None
    assert not run.outcome.missing


def test_too_long_address_is_reported(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N19: cannot happen, since everything is posted; if it does, it is our mistake."""
    server.always = Reply(414, "<html>414</html>", HTML)

    run = run_harvest(open_pubmed(), make_plan())

    assert type(run.error) is RequestRefusedError
    assert len(server.asked) == 1


def test_refused_key_is_reported_without_the_key(server: FaultyServer, open_pubmed: OpenPubmed, caplog: pytest.LogCaptureFixture) -> None:
    """N21: the answer repeats the key; neither the message nor the log does."""
    server.always = Reply(400, json.dumps({"error": f"API key invalid: {KEY} from 203.0.113.7", "api-key": KEY}), JSON)

    run = run_harvest(open_pubmed(api_key=KEY), make_plan())

    assert "API key invalid: [key] from [address]" in str(run.error)
    assert KEY not in caplog.text


def test_rate_limit_never_logs_key_or_address(server: FaultyServer, open_pubmed: OpenPubmed, caplog: pytest.LogCaptureFixture) -> None:
    """N1, N2: the limiter's body repeats the key or the address of the caller."""
    server.script = [Reply(429, LIMIT.replace("203.0.113.7", KEY), JSON), Reply(200, LIMIT, JSON)]
    server.service = TinyPubmed(PMIDS)

    run_harvest(open_pubmed(api_key=KEY), make_plan())

    assert "trying again" in caplog.text
    assert KEY not in caplog.text
    assert "203.0.113.7" not in caplog.text


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_of_a_request_with_a_key_is_refused(status: int, server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N26: not even within the host."""
    server.always = Reply(status, headers={"Location": "/entrez/eutils/elsewhere.fcgi"})

    run = run_harvest(open_pubmed(api_key=KEY), make_plan())

    assert type(run.error) is SourceError
    assert "may carry a key; it was not followed" in str(run.error)
    assert len(server.asked) == 1


def test_forbidden_stops_for_good(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """A block is not lifted by asking again."""
    server.always = Reply(403, "blocked", HTML)

    run = run_harvest(open_pubmed(), make_plan())

    assert type(run.error) is SourceForbiddenError
    assert len(server.asked) == 1


def test_retraction_comes_with_the_revision(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N27: a stored record that is revised to a retracted one is fetched again and says so."""
    retracted = make_article(
        PMIDS[0], inside="<PublicationTypeList><PublicationType>Retracted Publication</PublicationType></PublicationTypeList>"
    )
    tiny = TinyPubmed(PMIDS, revised={PMIDS[0]: "2026/11/22"})
    server.service = lambda asked: Reply(200, make_set(retracted), XML) if "efetch" in asked.path else tiny(asked)
    known = Known.of(KEYS, NOW - timedelta(days=2))

    run = run_harvest(open_pubmed(), make_plan(watermark=NOW - timedelta(days=1), last_total=3, known=known))

    assert [(record.key, record.status.value) for record in run.records] == [(KEYS[0], "retracted")]


def test_deleted_citation_in_an_answer_is_gone(server: FaultyServer, open_pubmed: OpenPubmed) -> None:
    """N22: a set may declare stored PMIDs deleted; unknown ones are nobody's business."""
    body = make_set(make_article(PMIDS[0]) + f"<DeleteCitation><PMID>{PMIDS[1]}</PMID><PMID>77</PMID></DeleteCitation>")
    server.service = lambda asked: (
        Reply(200, make_search(PMIDS[:1]), JSON)
        if "esearch" in asked.path
        else Reply(200, body, XML)
        if "efetch" in asked.path
        else OK_SUMMARY
    )

    run = run_harvest(open_pubmed(), make_plan(full=True, known=Known.of(KEYS[:2])))

    assert set(run.gone) == {KEYS[1]}


OK_SUMMARY = Reply(200, json.dumps({"result": {"uids": []}}), JSON)
