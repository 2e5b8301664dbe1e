"""Connections: a program that harvests for years holds none longer than the harvest."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from sources.faulty_server import FaultyServer, Reply
from sources.helpers import make_plan, run_harvest
from sources.tiny_arxiv import TinyArxiv, make_entries
from sources.tiny_pubmed import TinyPubmed
from tracker.sources.base import Source


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """The second handle of every connection that is opened."""
    twins: list[socket.socket] = []

    def dup(one: socket.socket) -> socket.socket:
        twins.append(real(one))
        return twins[-1]

    real = socket.socket.dup
    monkeypatch.setattr(socket.socket, "dup", dup)
    return twins


def test_arxiv_harvest_leaves_no_connection_open(
    server: FaultyServer, open_arxiv: Callable[..., Source], opened: list[socket.socket]
) -> None:
    """Else a schedule that refreshes every hour runs out of file handles within days."""
    server.service = TinyArxiv(make_entries(30))

    run_harvest(open_arxiv(), make_plan())

    assert [one.fileno() for one in opened] == [-1]


def test_pubmed_harvest_leaves_no_connection_open(
    server: FaultyServer, open_pubmed: Callable[..., Source], opened: list[socket.socket]
) -> None:
    """The same holds of the other service."""
    server.service = TinyPubmed(["38000001", "38000002"])

    run_harvest(open_pubmed(), make_plan())

    assert [one.fileno() for one in opened] == [-1]


def test_failed_harvest_leaves_no_connection_open(
    server: FaultyServer, open_pubmed: Callable[..., Source], opened: list[socket.socket]
) -> None:
    """An outage of weeks opens one connection after the other."""
    server.always = Reply(403, "go away")

    run = run_harvest(open_pubmed(), make_plan())

    assert run.error is not None
    assert {one.fileno() for one in opened} == {-1}
