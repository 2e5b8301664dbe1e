"""The polite client's small promises; what it does with every known fault stands in the tests of the sources."""

from __future__ import annotations

import gzip
import socket
import ssl
from http.client import IncompleteRead
from pathlib import Path

import pytest
import requests
import urllib3.exceptions

from sources.faulty_server import ATOM, FaultyServer, Reply
from sources.helpers import NOW, FakeClock
from tracker.errors import SourceUnavailableError
from tracker.sources import answers
from tracker.sources.answers import Answer, Request, classify_failure
from tracker.sources.base import SourceOptions, Traffic
from tracker.sources.faults import FaultKind, Patience, RetryRules, TransientError, parse_retry_after, redact
from tracker.sources.http import PoliteClient, ServiceRules, host_of, is_same_service, user_agent

RETRY = RetryRules(throttled_seconds=10.0, broken_seconds=1.0)


def make_client(server: FaultyServer, clock: FakeClock, folder: Path) -> PoliteClient:
    """A client without spacing."""
    options = SourceOptions(url=server.url, state_dir=folder, api_key="secret")
    rules = ServiceRules(interval_seconds=0.0, retry=RETRY, read_seconds=0.5, total_seconds=1.0)
    return PoliteClient("test", options, rules, traffic=Traffic(), explain=lambda answer: answer.body.decode(), clock=clock)


def ask(client: PoliteClient, server: FaultyServer) -> Answer:
    """The answer to a plain request."""
    return client.fetch(lambda _: Request(f"{server.url}/x", "the test"), lambda answer: answer)


def test_body_that_grows_without_end_is_refused(
    server: FaultyServer, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a large body nor a small one that unpacks to a large one is taken."""
    monkeypatch.setattr(answers, "MAX_BODY_BYTES", 10_000)
    client = make_client(server, clock, tmp_path)

    for reply in (Reply(200, b"x" * 20_000), Reply(200, gzip.compress(b"x" * 20_000), ATOM, {"Content-Encoding": "gzip"})):
        server.always = reply
        with pytest.raises(SourceUnavailableError):
            ask(client, server)


def test_traffic_counts_requests_waiting_and_statuses(server: FaultyServer, clock: FakeClock, tmp_path: Path) -> None:
    """What the run report shows."""
    server.script = [Reply(429, ""), Reply(500, ""), Reply(how="reset")]
    server.service = lambda asked: Reply(200, "fine")
    client = make_client(server, clock, tmp_path)

    ask(client, server)

    assert client.traffic.requests == 4
    assert client.traffic.statuses == {"429": 1, "500": 1, "broken": 1, "200": 1}
    assert client.traffic.waited_seconds == pytest.approx(10 + 2 + 4, abs=0.1)


def test_connection_is_used_again(server: FaultyServer, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Politeness: one connection for all requests while the service keeps it open."""
    server.service = lambda asked: Reply(200, "fine")
    client = make_client(server, clock, tmp_path)
    opened: list[socket.socket] = []
    twin = socket.socket.dup
    monkeypatch.setattr(socket.socket, "dup", lambda one: opened.append(one) or twin(one))

    for _ in range(3):
        ask(client, server)

    assert len(opened) == 1


@pytest.mark.parametrize(
    ("url", "target", "expected"),
    [
        ("http://a.org/x", "http://a.org/y", True),
        ("http://a.org/x", "https://a.org/x", True),
        ("http://a.org:80/x", "https://a.org:443/x", True),
        ("https://a.org/x", "http://a.org/x", False),
        ("http://a.org/x", "http://b.org/x", False),
        ("http://a.org:81/x", "https://a.org/x", False),
        ("http://a.org:81/x", "http://a.org:82/x", False),
        ("http://a.org/x", "file:///etc/passwd", False),
    ],
)
def test_redirects_stay_where_they_are(url: str, target: str, expected: bool) -> None:
    """The same host and port, or the same host by https in place of http."""
    assert is_same_service(url, target) is expected


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (requests.ConnectTimeout(), FaultKind.UNREACHABLE, "does not answer"),
        (requests.exceptions.ProxyError(), FaultKind.UNREACHABLE, "through the proxy"),
        (requests.ReadTimeout(), FaultKind.BROKEN, "fell silent"),
        (requests.ConnectionError(urllib3.exceptions.ProtocolError("x", ConnectionResetError())), FaultKind.BROKEN, "broke the connection"),
        (urllib3.exceptions.ProtocolError("x", IncompleteRead(b"")), FaultKind.BROKEN, "cut its answer short"),
        (requests.exceptions.SSLError(ssl.SSLCertVerificationError()), FaultKind.UNREACHABLE, "certificate"),
        (requests.exceptions.SSLError(ssl.SSLEOFError()), FaultKind.BROKEN, "broke the connection"),
        (
            requests.ConnectionError(urllib3.exceptions.NameResolutionError("h", None, socket.gaierror())),  # type: ignore[arg-type]
            FaultKind.UNREACHABLE,
            "cannot be found",
        ),
    ],
)
def test_failures_of_the_network_are_told_apart(error: Exception, kind: FaultKind, words: str) -> None:
    """By what they are, in our words: theirs may quote the request."""
    found_kind, found_words = classify_failure(error)

    assert found_kind is kind
    assert words in found_words


def test_unreachable_service_is_given_up_within_half_a_minute(clock: FakeClock) -> None:
    """Slow failures count by their time, fast ones by their number."""
    patience = Patience("arxiv", "export.arxiv.org", RETRY, clock)
    clock.seconds += 31

    with pytest.raises(SourceUnavailableError, match=r"arxiv could not be reached: export\.arxiv\.org does not answer"):
        patience.seconds_after(TransientError(FaultKind.UNREACHABLE, "does not answer"))


def test_waits_double_up_to_five_minutes_and_are_spread(clock: FakeClock) -> None:
    """Jitter adds up to a quarter, never takes away."""
    patience = Patience("arxiv", "h", RetryRules(throttled_seconds=10.0, broken_seconds=1.0, tries=9), clock)
    clock.random = lambda: 1.0  # type: ignore[method-assign]

    waits = [patience.seconds_after(TransientError(FaultKind.THROTTLED, "x")) for _ in range(7)]

    assert waits == [12.5, 25.0, 50.0, 100.0, 200.0, 375.0, 375.0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 2 ", 2.0),
        ("Mon, 23 Nov 2026 06:18:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 06:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 06:18:00", None),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms_or_not_at_all(value: str | None, expected: float | None) -> None:
    """A date without a zone, a word or a negative number is as good as none."""
    assert parse_retry_after(value, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key abc from 203.0.113.7", "key [key] from [address]"),
        ("2001:db8::1 and ::ffff:192.0.2.1", "[address] and [address]"),
        ("10.2196/59479 at 12:30, version 1.2.3", "10.2196/59479 at 12:30, version 1.2.3"),
        ("two\n lines", "two lines"),
        ("x" * 400, "x" * 300),
    ],
)
def test_texts_of_a_service_are_shown_without_keys_and_addresses(text: str, expected: str) -> None:
    """On one line, and not too long."""
    assert redact(text, ("abc",)) == expected


def test_options_never_show_their_key() -> None:
    """A key in a traceback would be a key in a log."""
    assert "secret" not in repr(SourceOptions(url="http://x", api_key="secret"))


def test_request_never_shows_its_form() -> None:
    """The form may hold a key."""
    assert "secret" not in repr(Request("http://x", "x", {"api_key": "secret"}))


def test_host_is_named_without_password() -> None:
    """For messages; with the port where there is one."""
    assert host_of("https://user:pass@example.org:8443/x?y") == "example.org:8443"
    assert host_of("example.org (results 0 to 20)") == "example.org (results 0 to 20)"


def test_user_agent_names_program_and_contact() -> None:
    """So that a service can write before it blocks."""
    assert user_agent("a@b.org").endswith(" (mailto:a@b.org)")
    assert " " not in user_agent(None)
