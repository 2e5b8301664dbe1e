"""``tracker feed``, ``tracker digest`` and ``tracker snapshot compare`` as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from atom import find_violations
from fakes import NOW, make_labelling, make_record
from tracker import cli
from tracker.domain.record import Record
from tracker.store.base import Change, Decision
from tracker.store.opening import open_store


@pytest.fixture
def filled(data_folder: Path) -> Path:
    """The data folder with a database of two papers."""
    store = open_store(f"sqlite:///{data_folder / 'tracker.db'}")
    papers: list[Record] = [make_record(), make_record(source="pubmed", title="A trial of simulated clients", authors=("Cy Third",))]
    store.save_page([Decision(one, Change.NEW, make_labelling()) for one in papers], now=NOW, source="arxiv")
    store.close()
    return data_folder


def test_feed_is_written_whole_to_a_file(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is valid Atom; the remark says how many papers of which filter."""
    path = filled / "feed.xml"

    code = cli.main(["feed", "--filter", "source=pubmed", "--self-link", "https://example.org/feed.xml", "-o", str(path)])

    assert (code, find_violations(path.read_bytes())) == (0, [])
    assert path.read_text(encoding="utf-8").count("<entry>") == 1
    assert capsys.readouterr() == ("", "1 newest paper in the feed: works in scope; source: pubmed\n")


@pytest.mark.parametrize("output", [[], ["-o", "-"]])
def test_feed_goes_to_standard_output(filled: Path, capfdbinary: pytest.CaptureFixture[bytes], output: list[str]) -> None:
    """Without a file the feed is the output, and nothing else is."""
    assert cli.main(["feed", *output]) == 0

    assert find_violations(capfdbinary.readouterr().out) == []


def test_digest_is_markdown_of_what_changed(filled: Path) -> None:
    """Since a month, with the filter in words."""
    path = filled / "digest.md"

    assert cli.main(["digest", "--since", "2026-11", "--filter", "source=arxiv", "-o", str(path)]) == 0

    text = path.read_text(encoding="utf-8")
    assert text.startswith("# What is new in mental-health LLM research since 1 Nov 2026\n")
    assert "## New: 1\n" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["feed", "--filter", "risk=nonsense"], "risk has no value 'nonsense'"),
        (["feed", "--filter", "q=(open"], "q cannot be read at '('"),
        (["feed", "--self-link", "javascript:alert(1)"], "--self-link is 'javascript:alert(1)', not an address"),
        (["feed", "-o", "/nowhere/at/all.xml"], "/nowhere/at/all.xml cannot be written"),
        (["digest", "--since", "yesterday"], "--since: 'yesterday' is not YYYY, YYYY-MM or YYYY-MM-DD"),
        (["digest", "--since", "2026-02-30"], "--since: day is out of range for month"),
        (["digest", "--since", "2026", "--filter", "since=x"], "since is 'x', not a date"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(filled: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str) -> None:
    """Exit code 2 and what is wrong, nothing on standard output."""
    assert cli.main(words) == 2

    said = capsys.readouterr()
    assert (said.out, sentence in said.err) == ("", True), said.err


def test_snapshot_compare_ends_2_with_every_fault(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A snapshot against itself is fine; one that lost a source is refused by name."""
    path, empty = filled / "a.csv", filled / "b.csv"
    cli.main(["snapshot", "save", str(path)])
    empty.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\r\n", encoding="utf-8", newline="")
    capsys.readouterr()

    assert cli.main(["snapshot", "compare", str(path), str(path)]) == 0
    assert capsys.readouterr().out == "arxiv 1 → 1; pubmed 1 → 1; 0 records added, 0 no longer there\n"
    assert cli.main(["snapshot", "compare", str(path), str(empty)]) == 2
    assert "  - pubmed: 0 records, before there were 1" in capsys.readouterr().err
