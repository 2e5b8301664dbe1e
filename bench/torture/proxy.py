"""Stands between the tracker and a well-behaved server, and spoils answers as told.

Faults: a status (``503``), ``reset`` (the connection breaks), ``cut`` (the body ends early), ``html`` (a page instead of an
answer, status 200), and four quiet ones that a trusting client believes: ``empty`` (no entries, the total as it was),
``short`` (one record or id less than announced), ``rate`` (``Rate exceeded.`` with status 200), ``error`` (an error object).
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FAULTS = {
    "arxiv": ("429", "406", "500", "503", "reset", "cut", "html", "empty", "short", "rate"),
    "ncbi": ("429", "500", "502", "503", "reset", "cut", "html", "short", "error"),
}
ENTRY = re.compile(rb"<entry\b.*?</entry>", re.DOTALL)
ARTICLE = re.compile(rb"<PubmedArticle>.*?</PubmedArticle>", re.DOTALL)
ARXIV_ID = re.compile(rb"<id>https?://arxiv\.org/abs/([^<]+?)v\d+</id>")


@dataclass
class Request:
    """One request: the service, its parameters, the fault it was answered with, and the arXiv ids or PMIDs it brought."""

    service: str
    values: dict[str, list[str]]
    fault: str
    keys: set[str] = field(default_factory=set)


class Proxy:
    """Serves on a port of its own; *upstream* is ``host:port``. ``choose`` names the fault of the next request, ``ok`` for none."""

    def __init__(self, upstream: str) -> None:
        self.upstream, self.delay_seconds = upstream, 0.0
        self.choose: Callable[[str], str] = lambda _: "ok"
        self.requests: list[Request] = []
        self.lock = threading.Lock()
        proxy = self

        class Handler(_Handler):
            desk = proxy

        self.server = _QuietServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def reset(self) -> None:
        """Forget the requests so far; no faults, no delay."""
        self.requests, self.delay_seconds, self.choose = [], 0.0, lambda _: "ok"

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A tracker that was killed, or hangs up on a spoilt answer, is what this is about."""


class _Handler(BaseHTTPRequestHandler):
    desk: Proxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def answer(self, form: bytes) -> None:
        service = "arxiv" if self.path.startswith("/api") else "ncbi"
        values = parse_qs(form.decode() or urlsplit(self.path).query)
        with self.desk.lock:
            request = Request(service, values, self.desk.choose(service))
            self.desk.requests.append(request)
        time.sleep(self.desk.delay_seconds)
        if request.fault.isdecimal():
            self.reply(int(request.fault), "text/html", b"<html><body>no</body></html>")
            return
        status, content_type, body = self.fetch(form)
        self.spoil(request, status, content_type, body)

    def fetch(self, form: bytes) -> tuple[int, str, bytes]:
        connection = HTTPConnection(self.desk.upstream, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "accept-encoding")}
        connection.request(self.command, self.path, body=form or None, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers.get("Content-Type", ""), body

    def spoil(self, request: Request, status: int, content_type: str, body: bytes) -> None:
        if request.fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif request.fault == "cut":
            self.reply(status, content_type, body[: len(body) // 2], announced=len(body))
        elif request.fault == "html":
            self.reply(200, "text/html", b"<html><body>Down for maintenance</body></html>")
        elif request.fault == "rate":
            self.reply(200, "text/plain", b"Rate exceeded.")
        elif request.fault == "error":
            self.reply(200, content_type, b'{"esearchresult":{"ERROR":"Search Backend failed: no backend"}}')
        else:
            body = {"empty": lambda: ENTRY.sub(b"", body), "short": lambda: shorten(body)}.get(request.fault, lambda: body)()
            request.keys = found_keys(request, body)
            self.reply(status, content_type, body)

    def reply(self, status: int, content_type: str, body: bytes, *, announced: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body) if announced is None else announced))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = announced is not None

    def log_message(self, *_: object) -> None:
        """Quiet."""


def shorten(body: bytes) -> bytes:
    """*body* without its last record or id; the total it announces stays."""
    for pattern in (ENTRY, ARTICLE):
        found = list(pattern.finditer(body))
        if found:
            return body[: found[-1].start()] + body[found[-1].end() :]
    try:
        answer = json.loads(body)
        answer["esearchresult"]["idlist"] = answer["esearchresult"]["idlist"][:-1]
    except (ValueError, KeyError):
        return body
    return json.dumps(answer).encode()


def found_keys(request: Request, body: bytes) -> set[str]:
    """What a page brought, as the tracker's keys: arXiv's entries, or the PMIDs that were asked of EFetch."""
    if request.service == "arxiv":
        return {f"arxiv:{one.decode()}" for one in ARXIV_ID.findall(body)}
    if "id" in request.values and b"<PubmedArticle>" in body:
        return {f"pubmed:{pmid}" for pmid in request.values["id"][0].split(",")}
    return set()
