"""Turns: heavy work is done a little at a time, and who must wait too long is told so."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from tracker.errors import BusyError
from tracker.views.turns import Turns


def test_no_more_run_at_once_than_there_are_turns() -> None:
    """Twelve threads, two turns: never three at a time, and all get theirs."""
    turns, lock, running, most, done = Turns(2, waiting=10, seconds=60), threading.Lock(), [0], [0], list[int]()

    def work(number: int) -> None:
        with turns.turn():
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            done.append(number)
            with lock:
                running[0] -= 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == list(range(12))
    assert most[0] <= 2


def test_one_too_many_is_told_at_once() -> None:
    """Nobody queues behind those who queue: one sentence, and what to do."""
    turns = Turns(1, waiting=0, seconds=60)

    with (
        turns.turn(),
        pytest.raises(BusyError, match="Too many files are being made at this moment; wait a little"),
        turns.turn(),
    ):
        pass


def test_waiting_ends() -> None:
    """Where no turn comes free in time, the same sentence."""
    turns = Turns(1, waiting=1, seconds=0.01)

    with turns.turn(), pytest.raises(BusyError), turns.turn():
        pass


def test_failed_work_gives_its_turn_back() -> None:
    """Neither an error nor a refusal uses a turn up."""
    turns = Turns(1, waiting=0, seconds=0.01)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), turns.turn():
            raise ValueError("broken")
        with ExitStack() as stack:
            stack.enter_context(turns.turn())
            with pytest.raises(BusyError):
                stack.enter_context(turns.turn())

    with turns.turn():
        pass
