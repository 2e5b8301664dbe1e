"""One request at a time per service and none too early, over all processes of the machine."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from sources.helpers import FakeClock
from tracker.errors import HarvestCancelledError, SourceUnavailableError
from tracker.sources import pace
from tracker.sources.clock import SystemClock
from tracker.sources.pace import PaceLimiter, stem_for

ADDRESS = "http://127.0.0.1:8900/api/query"


def nothing() -> None:
    """Nobody cancels."""


def make_limiter(folder: Path, clock: FakeClock, *, address: str = ADDRESS, seconds: float = 3.0) -> PaceLimiter:
    """A limiter of arXiv's spacing."""
    return PaceLimiter("arxiv", address, seconds, clock=clock, state_dir=folder)


def take_turn(limiter: PaceLimiter) -> float:
    """How long the turn was waited for."""
    with limiter.turn(nothing) as turn:
        return turn.waited_seconds


def test_first_turn_is_free_and_the_second_waits(tmp_path: Path, clock: FakeClock) -> None:
    """Three seconds from start to start, whatever happened in between counts."""
    limiter = make_limiter(tmp_path, clock)

    first = take_turn(limiter)
    clock.seconds += 1.0
    second = take_turn(limiter)

    assert (first, second) == (0.0, 2.0)


def test_turn_is_measured_from_when_the_request_was_sent(tmp_path: Path, clock: FakeClock) -> None:
    """Connecting takes time; the service counts from what it received."""
    limiter = make_limiter(tmp_path, clock)
    with limiter.turn(nothing) as turn:
        turn.sent_at += 0.5
    clock.seconds += 1.0

    assert take_turn(limiter) == 2.5


def test_two_limiters_of_one_service_share_the_pace(tmp_path: Path, clock: FakeClock) -> None:
    """API and OAI-PMH, app and scheduler: one rule."""
    take_turn(make_limiter(tmp_path, clock, address="https://export.arxiv.org/api/query"))

    assert take_turn(make_limiter(tmp_path, clock, address="https://oaipmh.arxiv.org/oai")) == 3.0


def test_servers_of_ones_own_do_not_slow_each_other(tmp_path: Path, clock: FakeClock) -> None:
    """Another port is another service."""
    take_turn(make_limiter(tmp_path, clock))

    assert take_turn(make_limiter(tmp_path, clock, address="http://127.0.0.1:8901/api/query")) == 0.0


def test_requests_that_may_have_been_counted_late_make_room_for_themselves(tmp_path: Path, clock: FakeClock) -> None:
    """A request answered after 0.7 s may have been counted only then: the fourth from it on waits until a second has passed."""
    limiter = PaceLimiter("pubmed", ADDRESS, 0.35, clock=clock, state_dir=tmp_path, burst=3, window_seconds=1.0)
    sent = []
    for seconds in (0.7, 0.0, 0.0, 0.0):
        with limiter.turn(nothing):
            sent.append(round(clock.seconds - 1000.0, 3))
            clock.seconds += seconds

    assert sent == [0.0, 0.7, 1.05, 1.7]


def test_quick_answers_are_asked_for_at_the_plain_interval(tmp_path: Path, clock: FakeClock) -> None:
    """Where a service answers at once, counting late costs nothing."""
    limiter = PaceLimiter("pubmed", ADDRESS, 0.35, clock=clock, state_dir=tmp_path, burst=3, window_seconds=1.0)

    waits = [round(take_turn(limiter), 3) for _ in range(6)]

    assert waits == [0.0, 0.35, 0.35, 0.35, 0.35, 0.35]


@pytest.mark.parametrize("text", ["99999999", "nan", "", "not a number", "\u0663", "1000.0 nan", "1000.0 99999999 99999999"])
def test_state_of_another_life_costs_one_interval_at_most(text: str, tmp_path: Path, clock: FakeClock) -> None:
    """A restart sets the clock back, a dying process leaves half a number: neither hangs, neither is too early."""
    (tmp_path / f"{stem_for('arxiv', ADDRESS)}.sent").write_text(text, encoding="utf-8")

    assert take_turn(make_limiter(tmp_path, clock)) == 3.0


def test_waiting_for_a_turn_can_be_cancelled(tmp_path: Path, clock: FakeClock) -> None:
    """Within half a second, and the turn is free again."""
    limiter = make_limiter(tmp_path, clock)
    take_turn(limiter)

    def cancel() -> None:
        raise HarvestCancelledError("arxiv", "cancelled")

    with pytest.raises(HarvestCancelledError), limiter.turn(cancel):
        pass
    clock.seconds += 3

    assert take_turn(limiter) == 0.0


def test_process_that_holds_its_turn_for_ever_is_named(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a quarter of an hour the others say what is in their way."""
    monkeypatch.setattr(pace, "POLL_SECONDS", 30.0)
    with (
        make_limiter(tmp_path, clock).turn(nothing),
        pytest.raises(SourceUnavailableError, match="another process of this machine has been asking arxiv for 15 minutes"),
        make_limiter(tmp_path, clock).turn(nothing),
    ):
        pass


def test_folder_that_cannot_be_used_is_named(tmp_path: Path, clock: FakeClock) -> None:
    """Without a place to agree on the pace, nothing is asked."""
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    limiter = make_limiter(tmp_path / "file", clock)

    with pytest.raises(SourceUnavailableError, match=r"arxiv was not asked: its pace is kept in .*file, which cannot be written"):
        take_turn(limiter)


def test_folder_of_somebody_else_is_refused(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary folder is everybody's: what another user planted there is not used."""
    monkeypatch.setattr(pace.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(pace.os, "getuid", lambda: 12345, raising=False)
    limiter = PaceLimiter("arxiv", ADDRESS, 3.0, clock=clock)

    with pytest.raises(SourceUnavailableError, match="it belongs to somebody else"), limiter.turn(nothing):
        pass


def test_own_folder_is_private(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else may read or write the state."""
    monkeypatch.setattr(pace.tempfile, "gettempdir", lambda: str(tmp_path))

    take_turn(PaceLimiter("arxiv", ADDRESS, 3.0, clock=clock))

    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("mental-health-llm-tracker-")
    assert folder.stat().st_mode & 0o077 == 0


WORKER = """
import sys, time
from pathlib import Path
from tracker.sources.clock import SystemClock
from tracker.sources.pace import PaceLimiter
limiter = PaceLimiter("arxiv", "http://127.0.0.1:8900/", float(sys.argv[2]), clock=SystemClock(), state_dir=Path(sys.argv[1]))
for _ in range(4):
    with limiter.turn(lambda: None) as turn:
        began = turn.sent_at = time.monotonic()
        time.sleep(0.01)
        print(began, time.monotonic(), flush=True)
"""


def test_processes_keep_the_pace_together(tmp_path: Path) -> None:
    """Three processes, four requests each: never two at a time, never closer than the interval."""
    interval = 0.1
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path), str(interval)], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]

    turns = sorted(tuple(map(float, line.split())) for worker in workers for line in worker.communicate(timeout=50)[0].splitlines())

    assert len(turns) == 12
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(turns)]
    assert min(gaps) >= interval
    assert all(later[0] >= earlier[1] for earlier, later in pairwise(turns))


def test_killed_process_frees_its_turn(tmp_path: Path) -> None:
    """A lock dies with whoever held it."""
    held = WORKER.replace("time.sleep(0.01)", "print('held', flush=True); time.sleep(60)")
    worker = subprocess.Popen([sys.executable, "-c", held, str(tmp_path), "0.1"], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "held\n"
    worker.kill()
    worker.wait(10)
    worker.stdout.close()

    limiter = PaceLimiter("arxiv", "http://127.0.0.1:8900/", 0.1, clock=SystemClock(), state_dir=tmp_path)
    with limiter.turn(nothing) as turn:
        assert turn.waited_seconds < 10
