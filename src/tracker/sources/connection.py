"""Requests that end: a session whose requests can be cut off from outside, whatever the server does.

Symptom: the read timeout of requests counts each single read, so a server that sends one byte every few seconds, in the
headers or in the body, holds a client for ever. Here a timer shuts the socket when the time of the whole request is over.
It can go once requests has a total timeout (github.com/psf/requests/issues/3070).
"""

from __future__ import annotations

import socket
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Watch:
    """What happened to one request: whether its time was over, and how many seconds passed until all of it was sent and until
    the answer began (``None``: it never did).
    """

    def __init__(self) -> None:
        self.is_over = False
        self.sent_after_seconds = 0.0
        self.answered_after_seconds: float | None = None
        self._began = monotonic()

    def note_sent(self) -> None:
        """The last byte of the request has been handed over: from here on the service counts."""
        self.sent_after_seconds = monotonic() - self._began

    def note_answered(self) -> None:
        """The head of the answer is there: by now the service has counted."""
        self.answered_after_seconds = monotonic() - self._began


class _Cuttable:
    """What both kinds of connection gain: a twin of their socket that another thread may shut."""

    _adapter: _DeadlineAdapter
    _twin: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        opened: socket.socket = super()._new_conn()  # type: ignore[misc]
        # A twin, because wrapping a socket in TLS takes the original away; shutting either shuts the connection.
        self._twin = opened.dup()
        self._adapter.connections.add(self)
        return opened

    def getresponse(self) -> Any:
        """The answer; called when the request has been sent."""
        self._adapter.watch.note_sent()
        answer = super().getresponse()  # type: ignore[misc]
        self._adapter.watch.note_answered()
        return answer

    def cut(self) -> None:
        """End the connection under whoever is reading from it."""
        if self._twin is not None:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close both sockets."""
        super().close()  # type: ignore[misc]
        if self._twin is not None:
            self._twin.close()
            self._twin = None


class _DeadlineAdapter(HTTPAdapter):
    """Opens cuttable connections and knows those that are open."""

    def __init__(self) -> None:
        self.connections: weakref.WeakSet[_Cuttable] = weakref.WeakSet()
        self.watch = Watch()
        super().__init__(pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections cuttable."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pool_classes()

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pools of connections through a proxy cuttable."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pool_classes()
        return manager

    def _pool_classes(self) -> dict[str, Any]:
        plain = type("PlainConnection", (_Cuttable, HTTPConnection), {"_adapter": self})
        secure = type("SecureConnection", (_Cuttable, HTTPSConnection), {"_adapter": self})
        return {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }


class DeadlineSession:
    """One :class:`requests.Session`, for one request at a time."""

    def __init__(self, *, is_loopback: bool) -> None:
        self.session = requests.Session()
        # A proxy of the environment cannot reach a server on this machine.
        self.session.trust_env = not is_loopback
        self._adapter = _DeadlineAdapter()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, self._adapter)

    @contextmanager
    def watched(self, seconds: float) -> Iterator[Watch]:
        """A block in which the connections are shut after *seconds*; the watch says whether that happened."""
        watch = self._adapter.watch = Watch()
        timer = threading.Timer(seconds, self._cut, args=(watch,))
        timer.daemon = True
        timer.start()
        try:
            yield watch
        finally:
            timer.cancel()

    def _cut(self, watch: Watch) -> None:
        watch.is_over = True
        for connection in list(self._adapter.connections):
            connection.cut()
