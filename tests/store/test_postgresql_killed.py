"""A PostgreSQL server that dies in the midst of a write: what it had said to hold is there once it runs again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest

from postgresql_server import start_server
from store.test_crash import expect_whole, start_writer
from tracker.errors import StoreUnavailableError
from tracker.store import open_store

ACKNOWLEDGED = 5  # pages before the server dies


@pytest.fixture
def server() -> Iterator[Any]:
    """A server of the test's own with its usual settings: what is committed is on the disk."""
    running, _ = start_server()
    yield running
    running.cleanup()


def kill(server: Any) -> None:
    """SIGKILL to the server and all its processes at once, as the machine's own end would."""
    master = psutil.Process(server.get_pid())
    processes = [master, *master.children(recursive=True)]
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            os.kill(one.pid, signal.SIGKILL)
    psutil.wait_procs(processes, timeout=60)


def test_killed_server_keeps_every_acknowledged_page(server: Any) -> None:
    """No acknowledged page is missing, at most one more is there, none in part; and the next writer goes on."""
    url = f"postgresql+psycopg://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"
    writer = start_writer(url)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(ACKNOWLEDGED)]

    kill(server)
    acknowledged += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    writer.stdout.close()
    with pytest.raises(StoreUnavailableError, match="the server does not answer"):
        open_store(url)
    server.ensure_postgres_running()

    expect_whole(url, acknowledged)
