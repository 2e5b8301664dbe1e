"""A web server on this machine that answers as told: well, badly, by halves, late, or not at all.

A test gives it a *service* (what it answers when nothing is wrong) and a script of :class:`Reply` for the first requests.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ATOM = "application/atom+xml; charset=utf-8"
XML = "text/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
HTML = "text/html"
TEXT = "text/plain"


@dataclass(frozen=True)
class Reply:
    """One answer and how it is delivered.

    ``how``: ``whole``; ``cut`` (length of the whole, then the end), ``chunked_cut`` (a chunk is missing), ``reset``,
    ``reset_midway``, ``stall`` (nothing at all), ``trickle`` (body byte by byte), ``trickle_headers``.
    """

    status: int = 200
    body: bytes | str = b""
    content_type: str = TEXT
    headers: Mapping[str, str] = field(default_factory=dict)
    how: str = "whole"

    @property
    def raw(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; ``form`` is the body of a POST."""

    method: str
    path: str
    parameters: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def values(self) -> Mapping[str, str]:
        return {**self.parameters, **self.form}


Service = Callable[[Asked], Reply]
OK = None  # in a script: let the service answer


class FaultyServer:
    """Serves until :meth:`close`; ``asked`` is what arrived, ``script`` what is said first, ``service`` what is said then."""

    def __init__(self) -> None:
        self.script: list[Reply | None] = []
        self.always: Reply | None = None
        self.service: Service = lambda asked: Reply(404, "nothing here")
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._server = _Listener(("127.0.0.1", 0), _Handler)
        self._server.faulty = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def next_reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        planned = self.script.pop(0) if self.script else self.always
        return planned if planned is not None else self.service(asked)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Listener(ThreadingHTTPServer):
    """Knows the faulty server it listens for."""

    faulty: FaultyServer
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up are part of the game."""


class _Handler(BaseHTTPRequestHandler):
    """Delivers the replies."""

    server: _Listener

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer takes 40 ms

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.answer(dict(parse_qsl(body, keep_blank_values=True)))

    def answer(self, form: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), form, dict(self.headers))
        reply = self.server.faulty.next_reply(asked)
        try:
            getattr(self, "say_" + reply.how)(reply)
        except OSError:
            self.close_connection = True  # the client had enough

    def head(self, reply: Reply, **headers: str) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.content_type, **reply.headers, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def end(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def say_whole(self, reply: Reply) -> None:
        self.head(reply, Content_Length=str(len(reply.raw)))
        self.wfile.write(reply.raw)

    def say_cut(self, reply: Reply) -> None:
        self.head(reply, Content_Length=str(len(reply.raw)))
        self.wfile.write(reply.raw[: len(reply.raw) // 2])
        self.end()

    def say_chunked_cut(self, reply: Reply) -> None:
        self.head(reply, Transfer_Encoding="chunked")
        half = reply.raw[: len(reply.raw) // 2]
        self.wfile.write(f"{len(reply.raw):x}\r\n".encode() + half)
        self.end()

    def say_reset(self, reply: Reply) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.connection.close()
        self.close_connection = True

    def say_reset_midway(self, reply: Reply) -> None:
        self.head(reply, Content_Length=str(len(reply.raw)))
        self.wfile.write(reply.raw[: len(reply.raw) // 2])
        self.wfile.flush()
        self.say_reset(reply)

    def say_stall(self, reply: Reply) -> None:
        self.server.faulty.closing.wait(20)
        self.close_connection = True

    def say_trickle(self, reply: Reply) -> None:
        self.head(reply, Content_Length=str(len(reply.raw)))
        self.trickle(reply.raw)

    def say_trickle_headers(self, reply: Reply) -> None:
        self.trickle(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 1000)

    def trickle(self, data: bytes) -> None:
        for place in range(len(data)):
            if self.server.faulty.closing.wait(0.02):
                break
            self.wfile.write(data[place : place + 1])
            self.wfile.flush()
        self.close_connection = True
