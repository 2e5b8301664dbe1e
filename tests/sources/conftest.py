"""Fixtures for the sources: a faulty server, a clock that does not wait, and sources that ask the one by the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sources.faulty_server import FaultyServer
from sources.helpers import FakeClock
from tracker.sources import arxiv_pages, arxiv_recent, arxiv_sweep
from tracker.sources.arxiv import ArxivSource
from tracker.sources.arxiv_pages import RULES
from tracker.sources.base import SourceOptions
from tracker.sources.pubmed import PubmedSource
from tracker.sources.pubmed_requests import rules_for

SHORT = {"connect_seconds": 2.0, "read_seconds": 0.2, "total_seconds": 0.3}  # real seconds: the server is on this machine


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """A server that answers as the test says."""
    server = FaultyServer()
    yield server
    server.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """A clock that does not wait; by it, sending and answering take no time, however busy this machine is."""
    made = FakeClock()
    monkeypatch.setattr("tracker.sources.connection.monotonic", made.monotonic)
    return made


@pytest.fixture
def open_arxiv(server: FaultyServer, clock: FakeClock, tmp_path: Path) -> Callable[..., ArxivSource]:
    """Opens arXiv at the server, with short deadlines; keyword arguments change the options."""

    def open_it(**changes: Any) -> ArxivSource:
        options = SourceOptions(url=f"{server.url}/api/query", state_dir=tmp_path, **changes)
        return ArxivSource(options, clock=clock, rules=replace(RULES, **SHORT))

    return open_it


@pytest.fixture
def open_pubmed(server: FaultyServer, clock: FakeClock, tmp_path: Path) -> Callable[..., PubmedSource]:
    """Opens PubMed at the server, with short deadlines; keyword arguments change the options."""

    def open_it(**changes: Any) -> PubmedSource:
        options = SourceOptions(url=f"{server.url}/entrez/eutils", state_dir=tmp_path, **changes)
        return PubmedSource(options, clock=clock, rules=replace(rules_for(options), **SHORT))

    return open_it


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """arXiv's numbers a hundredth as large (pages of 20, no result beyond the 100th): fast to parse."""
    for module in (arxiv_pages, arxiv_sweep, arxiv_recent):
        monkeypatch.setattr(module, "SIZES", (20, 10, 5, 2, 1))
    for module in (arxiv_pages, arxiv_recent):
        monkeypatch.setattr(module, "CEILING", 100)
    monkeypatch.setattr(arxiv_recent, "PAGE_SIZE", 20)
