"""A tracker under torture: a test server, the proxy before it, data folders, and refreshes as real processes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from proxy import Proxy

from tracker.settings import KNOWN_SOURCES, default_data_dir
from tracker.store import open_store

REFRESH = [sys.executable, "-m", "tracker", "refresh", "--json"]
Facts = dict[str, Any]


@contextmanager
def serving(server: Path, *arguments: str) -> Iterator[Proxy]:
    """The proxy before a test server started with *arguments*; the server prints a line once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(server), "--port", str(port), "--pace", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        process.stdout.readline()
        proxy = Proxy(f"127.0.0.1:{port}")
        yield proxy
        proxy.close()
    finally:
        process.terminate()
        process.wait(20)


class Service(Protocol):
    """What a tracker is pointed at: arXiv under ``/api``, E-utilities under ``/entrez``."""

    @property
    def address(self) -> str:
        """Such as ``http://127.0.0.1:8000``."""


class Tracker:
    """A data folder of its own, refreshed through *proxy*. ``queries`` is the file with what to ask for, the shipped one by default."""

    queries: Path = default_data_dir() / "queries.yaml"

    def __init__(self, proxy: Service, pace: float = 0.002) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="torture-"))
        shutil.copy(default_data_dir() / "taxonomy.yaml", self.folder)
        shutil.copy(self.queries, self.folder / "queries.yaml")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")},
            "TRACKER_DATA_DIR": str(self.folder),
            "TRACKER_ARXIV_URL": f"{proxy.address}/api/query",
            "TRACKER_EUTILS_URL": f"{proxy.address}/entrez/eutils",
            "TRACKER_PACE": str(pace),
        }

    def start(self, *options: str) -> subprocess.Popen[str]:
        """A refresh under way."""
        return subprocess.Popen([*REFRESH, *options], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def refresh(self) -> tuple[int, dict[str, Any]]:
        """A refresh from beginning to end: exit code and report."""
        process = self.start()
        out, _ = process.communicate(timeout=600)
        return process.returncode, json.loads(out) if out else {}

    def facts(self) -> Facts:
        """What is stored, by key, without instants: two trackers with equal facts say the same on every page."""
        if not (self.folder / "tracker.db").exists():
            return {}
        with closing(open_store(f"sqlite:///{self.folder / 'tracker.db'}")) as store:
            faults = store.check()
            assert not faults, faults
            return {one.record.key: _without_instants(one) for batch in store.stream_records() for one in batch}

    def stored_of_unfinished(self) -> set[str]:
        """Keys stored by harvests that have not ended: what the next refresh must not ask for again."""
        if not (self.folder / "tracker.db").exists():
            return set()
        with closing(open_store(f"sqlite:///{self.folder / 'tracker.db'}")) as store:
            ended = {state.source for state in store.load_harvest_states().values() if state.last_success_at}
            return set().union(*(store.known_keys(source) for source in KNOWN_SOURCES if source not in ended))

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _without_instants(stored: Any) -> Any:
    provenance = replace(stored.record.provenance, retrieved_at=None, query="")
    return replace(stored.record, provenance=provenance), stored.labelling, stored.work, stored.origin, stored.gone_at is None
