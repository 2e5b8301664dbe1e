"""``tracker export``: the contract's command, run in-process on a real database."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from pathlib import Path

import pytest

from fakes import NOW, make_labelling, make_record
from small_taxonomy import make_taxonomy
from tracker.cli import main
from tracker.domain.dates import PartialDate
from tracker.store import open_store
from tracker.store.base import Change, Decision


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three preprints, one of them out of scope."""
    folder = tmp_path_factory.mktemp("data")
    records = [
        (make_record(key="arxiv:2401.00001", published=PartialDate("2024-01-15")), make_labelling()),
        (
            make_record(key="arxiv:2502.00002", published=PartialDate("2025-02-03"), title="Does a chatbot diagnose, or does it guess?"),
            make_labelling(labels={"application": {"assessment": 1}}, evidence=()),
        ),
        (
            make_record(key="arxiv:2503.00003", published=PartialDate("2025-03-03"), title="Of tropical storms"),
            make_labelling(in_scope=False, labels={}),
        ),
    ]
    with closing(open_store(f"sqlite:///{folder / 'tracker.db'}")) as store:
        decisions = [Decision(record, Change.NEW, labelling) for record, labelling in records]
        store.save_page(decisions, now=NOW, source="arxiv")
    return folder


@pytest.fixture(autouse=True)
def _use_data_dir(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data of this module, under a small taxonomy that is read in no time."""
    monkeypatch.setenv("TRACKER_DATA_DIR", str(data_dir))
    monkeypatch.setattr("tracker.commands._selected.read_taxonomy", lambda _: make_taxonomy())


def keys_in(text: bytes) -> list[str]:
    """The keys in a CSV, in its order."""
    return [row["key"] for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""))]


def test_export_writes_the_works_in_scope_newest_first(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Without a filter: every work in scope, CRLF untouched on its way through stdout, remarks on stderr only."""
    code = main(["export", "--format", "csv"])
    out, err = capfdbinary.readouterr()

    assert code == 0
    assert keys_in(out) == ["arxiv:2502.00002", "arxiv:2401.00001"]
    assert out.count(b"\r\n") == 3
    assert b"2 works as CSV: works in scope" in err


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("application=assessment&from=2025", ["arxiv:2502.00002"]),
        ("?to=2024-01-15", ["arxiv:2401.00001"]),
        ("scope=out", ["arxiv:2503.00003"]),
        ("scope=all&count=records", ["arxiv:2503.00003", "arxiv:2502.00002", "arxiv:2401.00001"]),
        ("q=diagnose%20-storm", ["arxiv:2502.00002"]),
        ("preprints=0", []),
    ],
)
def test_export_filters_as_the_app_does(capfdbinary: pytest.CaptureFixture[bytes], query: str, keys: list[str]) -> None:
    """The filter is the app's address."""
    assert main(["export", "--format", "csv", "--filter", query]) == 0
    assert keys_in(capfdbinary.readouterr().out) == keys


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("aplication=assessment", "'aplication' is not a filter; did you mean 'application'?"),
        ("risk=opaqueness", "risk has no value 'opaqueness'"),
        ("q=care%20%28trust", "q cannot be read at '(': This parenthesis is never closed"),
    ],
)
def test_export_refuses_a_filter_nobody_knows(capfdbinary: pytest.CaptureFixture[bytes], query: str, words: str) -> None:
    """Exit 2, the fault on stderr, nothing on stdout."""
    code = main(["export", "--format", "csv", "--filter", query])
    out, err = capfdbinary.readouterr()

    assert (code, out) == (2, b"")
    assert words in err.decode()


def test_export_to_a_file_gives_the_same_bytes(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """Stdout and file agree to the byte, and nothing else is left in the folder."""
    assert main(["export", "--format", "ris"]) == 0
    assert main(["export", "--format", "ris", "-o", str(tmp_path / "works.ris")]) == 0

    assert (tmp_path / "works.ris").read_bytes() == capfdbinary.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["works.ris"]


def test_export_to_a_folder_that_is_not_there_says_so(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """Exit 2 and one sentence."""
    code = main(["export", "--format", "csv", "-o", str(tmp_path / "nowhere" / "works.csv")])

    assert code == 2
    assert "cannot be written (No such file or directory)" in capfdbinary.readouterr().err.decode()


def test_export_that_fails_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is replaced when the new one is whole, else it stays as it was."""
    target = tmp_path / "works.csv"
    target.write_text("old", encoding="utf-8")

    def fail(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tracker.commands.export.write_export", fail)

    assert main(["export", "--format", "csv", "-o", str(target)]) == 2
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["works.csv"]


def test_export_for_excel_goes_with_csv_only(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """``--excel`` adds the byte-order mark to CSV and is refused beside another format."""
    assert main(["export", "--format", "csv", "--excel"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"\xef\xbb\xbfkey,")
    assert main(["export", "--format", "ris", "--excel"]) == 2


def test_export_with_abstracts_adds_a_column(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """arXiv's abstracts may be passed on."""
    assert main(["export", "--format", "jsonl", "--abstracts", "--filter", "application=intervention"]) == 0

    (line,) = capfdbinary.readouterr().out.decode().splitlines()
    assert json.loads(line)["abstract"].startswith("We build a large language model")
