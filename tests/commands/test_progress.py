"""How far a refresh is: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from tracker.commands._progress import counting_bar, show_progress
from tracker.pipeline.report import SourceReport
from tracker.sources.base import SourceState


class Terminal(io.StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def test_terminal_shows_a_bar_for_each_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count, total and how it ended; also before a source has said how much there is."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    arxiv, pubmed = SourceReport(source="arxiv", is_running=True), SourceReport(source="pubmed", is_running=True)

    with show_progress() as progress:
        progress({"arxiv": arxiv, "pubmed": pubmed})
        arxiv.expected, arxiv.received = 1271, 500
        progress({"arxiv": arxiv, "pubmed": pubmed})
        arxiv.received, arxiv.is_running, arxiv.state = 1271, False, SourceState.COMPLETE
        progress({"arxiv": arxiv, "pubmed": pubmed})

    shown = terminal.getvalue()
    assert "500/1271" in shown
    assert "1271/1271" in shown
    assert "complete" in shown
    assert "pubmed" in shown


def test_log_file_gets_one_line_for_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    """No bars, no repetition, nothing on stdout."""
    arxiv = SourceReport(source="arxiv", is_running=True)

    with show_progress() as progress:
        progress({"arxiv": arxiv})
        arxiv.received = 200
        progress({"arxiv": arxiv})
        progress({"arxiv": arxiv})
        arxiv.received, arxiv.expected = 246, 246
        progress({"arxiv": arxiv})

    assert capsys.readouterr() == ("", "arxiv: 200 of ? records\narxiv: 246 of 246 records\n")


def test_counting_bar_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A log stays free of it."""
    with counting_bar("reclassify", 10) as bar:
        bar.update(10)
    assert capsys.readouterr() == ("", "")

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with counting_bar("reclassify", 10) as bar:
        bar.update(10)
    assert "10/10" in terminal.getvalue()
