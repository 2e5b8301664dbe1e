"""How far a long command is, on stderr: bars with counts and a time estimate on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from tracker.commands._output import remark
from tracker.pipeline.refresh import Progress
from tracker.pipeline.report import SourceReport


@contextmanager
def show_progress() -> Iterator[Progress]:
    """What to hand to ``run_refresh``: one bar, or one line per page, for each source."""
    if not sys.stderr.isatty():
        yield _Lines().show
        return
    with _Bars() as bars, logging_redirect_tqdm():
        yield bars.show


@contextmanager
def counting_bar(words: str, total: int) -> Iterator[tqdm[Any]]:
    """A bar for *total* records of one kind of work; nothing where stderr is not a terminal."""
    with tqdm(total=total, desc=words, unit=" records", disable=not sys.stderr.isatty()) as bar:
        yield bar


@contextmanager
def show_rows(words: str) -> Iterator[Callable[[int, int], None]]:
    """What to tell how many rows of how many are done: a bar on a terminal, elsewhere a line for each tenth."""
    with tqdm(desc=words, unit=" rows", disable=not sys.stderr.isatty()) as bar:
        tenths = [0]

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)
            tenth = 10 * done // max(total, 1)
            if bar.disable and tenth > tenths[0]:
                tenths[0] = tenth
                remark(f"{words}: {done} of {total} rows")

        yield show


class _Lines:
    """A line whenever more of a source has come."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}

    def show(self, sources: Mapping[str, SourceReport]) -> None:
        for name, one in sources.items():
            if one.received != self._shown.get(name, 0):
                self._shown[name] = one.received
                remark(f"{name}: {one.received} of {one.expected or '?'} records")


class _Bars(ExitStack):
    """A bar per source, kept on the screen after its end."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: dict[str, tqdm[Any]] = {}

    def show(self, sources: Mapping[str, SourceReport]) -> None:
        for position, (name, one) in enumerate(sources.items()):
            bar = self._bars[name] if name in self._bars else self._open(name, position)  # a bar without total has no truth value
            bar.total = one.expected
            bar.n = one.received
            bar.set_postfix_str("" if one.is_running else one.state.value, refresh=False)
            bar.refresh()

    def _open(self, name: str, position: int) -> tqdm[Any]:
        bar = self.enter_context(tqdm(desc=name, position=position, unit=" records", leave=True, file=sys.stderr))
        self._bars[name] = bar
        return bar
