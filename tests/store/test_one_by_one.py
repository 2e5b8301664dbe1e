"""Turns of short reads: one at a time, in order, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from types import SimpleNamespace

import pytest

from tracker.store import one_by_one
from tracker.store.one_by_one import OneByOne

SOON = 30.0  # seconds until a thread that should be done is taken for hanging


def in_thread(work: Callable[[], None]) -> threading.Thread:
    """A thread that does *work*, started."""
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def await_waiting(turns: OneByOne, count: int) -> None:
    """Until *count* blocks wait for their turn."""
    for _ in range(10_000):
        if len(turns._waiting) == count:
            return
        threading.Event().wait(0.001)
    pytest.fail(f"{len(turns._waiting)} wait, not {count}")


def test_blocks_run_one_at_a_time_in_the_order_in_which_they_came() -> None:
    """Also those that come while others wait."""
    turns, log = OneByOne(SOON), list[str]()

    def work(name: str) -> None:
        with turns.turn():
            log.append(f"{name} begins")
            log.append(f"{name} ends")

    with turns.turn():
        threads = []
        for count, name in enumerate("abcde", start=1):
            threads.append(in_thread(partial(work, name)))
            await_waiting(turns, count)
        assert log == []
    for thread in threads:
        thread.join(SOON)

    assert log == [f"{name} {what}" for name in "abcde" for what in ("begins", "ends")]
    assert not turns._is_taken


def test_turn_goes_on_after_an_error() -> None:
    """What fails gives its turn back."""
    turns = OneByOne(SOON)
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError

    done = threading.Event()
    in_thread(partial(_set_in_turn, turns, done)).join(SOON)

    assert done.is_set()


def test_who_has_waited_long_enough_goes_ahead_and_takes_nobodys_turn() -> None:
    """A block that hangs stops nobody; when it ends, turns go on as before."""
    turns, done = OneByOne(longest=0.01), threading.Event()

    with turns.turn():
        in_thread(partial(_set_in_turn, turns, done)).join(SOON)
        assert done.is_set()
        assert turns._is_taken

    assert not turns._is_taken
    assert not turns._waiting


def test_interruption_loses_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that comes before the call leaves nobody in the queue; one between the call and its hearing passes the turn on."""
    meanwhile: list[Callable[[], None]] = []

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            for act in meanwhile:
                act()
            raise KeyboardInterrupt

    turns = OneByOne(SOON)
    monkeypatch.setattr(one_by_one, "threading", SimpleNamespace(Event=Interrupted))
    with ExitStack() as first:
        first.enter_context(turns.turn())
        with pytest.raises(KeyboardInterrupt), turns.turn():
            pass
        assert not turns._waiting
        assert turns._is_taken

        meanwhile.append(first.close)
        with pytest.raises(KeyboardInterrupt), turns.turn():
            pass

    assert not turns._waiting
    assert not turns._is_taken


def _set_in_turn(turns: OneByOne, done: threading.Event) -> None:
    with turns.turn():
        done.set()
