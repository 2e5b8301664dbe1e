"""Replies that attack whoever reads them: XML that grows without end, files it asks for, packed bytes, words that forge a log."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hostile_corpus import HOSTILE
from sources.faulty_server import ATOM, JSON, FaultyServer, Reply
from sources.helpers import NOW, FakeClock, make_answer, make_plan, run_harvest
from sources.test_http import make_client
from sources.tiny_arxiv import make_entry, make_feed
from sources.tiny_pubmed import make_article
from tracker.errors import MalformedAnswerError, SourceUnavailableError
from tracker.sources.answers import Answer, Request
from tracker.sources.arxiv_feed import parse_feed
from tracker.sources.arxiv_raw import parse_record_list
from tracker.sources.faults import redact
from tracker.sources.pubmed import PubmedSource
from tracker.sources.pubmed_xml import parse_articles
from tracker.sources.registry import SourceOptions

LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 12))
ENTITIES = {
    "laughs": f'<!ENTITY l0 "ha">{LAUGHS}<!ENTITY e "&l11;">',
    "quadratic": f'<!ENTITY e "{"x" * 100_000}">',
    "file": '<!ENTITY e SYSTEM "file:///etc/passwd">',
    "network": '<!ENTITY e SYSTEM "http://127.0.0.1:9/">',
    "parameter": '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p; <!ENTITY e "x">',
}
FEED = make_feed([make_entry(1, title="MARK").to_xml()], total=1)
SET = f"<PubmedArticleSet>{make_article('38000001', title='MARK')}</PubmedArticleSet>"
OAI = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>MARK</ListRecords></OAI-PMH>'


def attacked(document: str, entities: str) -> bytes:
    """*document* with *entities* of its own, used many times where its title stands."""
    root = document[document.index("<", document.index("?>") + 2 if "?>" in document else 0) :]
    return f"<?xml version='1.0'?><!DOCTYPE x [{entities}]>{root.replace('MARK', '&e;' * 1000)}".encode()


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """A server that answers as the test says."""
    server = FaultyServer()
    yield server
    server.close()


@pytest.mark.parametrize("entities", ENTITIES.values(), ids=ENTITIES.keys())
@pytest.mark.parametrize(
    ("parse", "document"),
    [(parse_feed, FEED), (parse_articles, SET), (parse_record_list, OAI)],
    ids=["arxiv", "pubmed", "oai"],
)
def test_entities_of_a_reply_are_refused_before_they_grow(parse: Callable[..., Any], document: str, entities: str) -> None:
    """Ten thousand million laughs, files and addresses: nothing is expanded, opened or fetched; the reply is malformed."""
    with pytest.raises(MalformedAnswerError):
        parse(Answer("the test", 200, "application/xml", attacked(document, entities)), query="q", retrieved_at=NOW)


@pytest.mark.parametrize("depth", [100, 100_000])
@pytest.mark.parametrize("parse", [parse_feed, parse_articles, parse_record_list])
def test_deeply_nested_reply_is_refused(parse: Callable[..., Any], depth: int) -> None:
    """A tower of elements ends in a malformed answer, not in a dead process."""
    body = "<PubmedArticleSet>" + "<a>" * depth

    with pytest.raises(MalformedAnswerError):
        parse(make_answer(body, content_type="application/xml"), query="q", retrieved_at=NOW)


def packed(body: bytes, times: int) -> bytes:
    """*body* packed over and over."""
    for _ in range(times):
        body = gzip.compress(body)
    return body


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(packed(b"x" * 150_000_000, 1), "gzip"), (packed(b"x" * 10_000_000, 2), "gzip, gzip"), (b"x", "br"), (b"x", "deflate")],
    ids=["bomb", "bomb in a bomb", "brotli", "deflate"],
)
def test_packed_reply_never_unpacks_beyond_bounds(server: FaultyServer, tmp_path: Path, body: bytes, encoding: str) -> None:
    """150 MB in 150 kB, packing in packing, and packings nobody asked for: each is refused, as a fault of the service."""
    client = make_client(server, FakeClock(), tmp_path)
    server.always = Reply(200, body, ATOM, {"Content-Encoding": encoding})

    with pytest.raises(SourceUnavailableError):
        client.fetch(lambda _: Request(f"{server.url}/x", "the test"), lambda answer: answer)


@pytest.mark.parametrize("name", ["log line", "control", "right to left", "script"])
def test_words_of_a_service_forge_no_line_of_the_log(
    server: FaultyServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Line breaks, escapes of a terminal and signs that turn the reading direction are gone from log and report."""
    server.always = Reply(200, json.dumps({"esearchresult": {"ERROR": HOSTILE[name]}}), JSON)
    options = SourceOptions(url=f"{server.url}/entrez/eutils", state_dir=tmp_path)

    with caplog.at_level(logging.DEBUG, logger="tracker"):
        run = run_harvest(PubmedSource(options, clock=FakeClock()), make_plan())

    assert run.error is not None
    assert caplog.messages
    assert all(message.isprintable() for message in [*caplog.messages, str(run.error)])


def test_key_in_an_error_within_a_success_is_shown_to_nobody(
    server: FaultyServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The service repeats the key in words that are a reply of status 200: neither log nor report repeats it."""
    server.always = Reply(200, json.dumps({"esearchresult": {"ERROR": "API key sentinel0key from 203.0.113.7 is wrong"}}), JSON)
    options = SourceOptions(url=f"{server.url}/entrez/eutils", state_dir=tmp_path, api_key="sentinel0key")

    run = run_harvest(PubmedSource(options, clock=FakeClock()), make_plan())

    assert "API key [key] from [address] is wrong" in str(run.error)
    assert "sentinel" not in caplog.text


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
def test_words_of_a_service_become_one_printable_line(words: str) -> None:
    """Whatever a service says can be printed on a terminal."""
    assert redact(words).isprintable()
