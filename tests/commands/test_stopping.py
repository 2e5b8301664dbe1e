"""Long-running commands end politely when the system asks (SIGTERM), and leave nothing locked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tracker.store.opening import open_store


@pytest.fixture
def silent_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A service that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("TRACKER_ARXIV_URL", f"{address}/api/query")
        monkeypatch.setenv("TRACKER_SOURCES", "arxiv")
        yield server


def start(*words: str) -> subprocess.Popen[str]:
    """``tracker`` as a process of its own, that lives a minute at most whatever a test waits for."""
    command = [sys.executable, "-m", "tracker", *words]
    process = subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = threading.Timer(60, process.kill)
    end.daemon = True
    end.start()
    return process


def test_refresh_asked_to_end_is_recorded_as_cancelled(data_folder: Path, silent_server: socket.socket) -> None:
    """In the midst of a request that never ends: within seconds, exit code 130, no lock left behind."""
    process = start("refresh")
    connection, _ = silent_server.accept()  # the refresh is under way

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    connection.close()

    assert process.returncode == 130
    assert said.splitlines()[-1] == "tracker: Stopped."
    with closing(open_store(f"sqlite:///{data_folder / 'tracker.db'}")) as store:
        job = store.latest_job()
        assert job is not None
        assert (job.state, store.is_refreshing()) == ("cancelled", False)


def test_schedule_refreshes_at_once_and_ends_when_asked(data_folder: Path) -> None:
    """The first run does not wait a day; a service that is down does not end the schedule; SIGTERM does, with 0."""
    process = start("schedule", "--every", "24h")
    assert process.stderr is not None
    said = ""
    while "works stored" not in said:
        said = process.stderr.readline()
        assert said, "the schedule ended by itself"

    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=30)

    assert (process.returncode, rest.splitlines()[-1].split(" ", 2)[2]) == (0, "stopped")
    with closing(open_store(f"sqlite:///{data_folder / 'tracker.db'}")) as store:
        job = store.latest_job()
        assert job is not None
        assert (job.trigger, job.state) == ("schedule", "failed")
