"""Whether a new snapshot may take the place of an old one."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakes import NOW, make_labelling, make_record
from small_taxonomy import make_taxonomy
from tracker.errors import ConfigurationError
from tracker.pipeline.compare import compare_snapshots
from tracker.pipeline.entry import to_entry
from tracker.pipeline.table import column_names, to_row
from tracker.store.base import StoredRecord

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Writes a snapshot of that many records of each source, under a name."""
    names = column_names(make_taxonomy())

    def write(name: str, *, arxiv: int, pubmed: int = 0) -> Path:
        keys = [f"arxiv:2401.{number:05}" for number in range(arxiv)] + [f"pubmed:{38000000 + number}" for number in range(pubmed)]
        path = tmp_path / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([names, *(to_row(to_entry([stored(key)]), names) for key in keys)])
        path.with_suffix(".json").write_text(json.dumps({"records": len(keys)}))
        return path

    return write


def stored(key: str) -> StoredRecord:
    """A record as it stands in a store."""
    return StoredRecord(
        id=1,
        record=make_record(key=key, source=key.partition(":")[0]),
        labelling=make_labelling(evidence=()),
        work=key,
        origin="harvest",
        first_seen_at=NOW,
        last_changed_at=NOW,
        last_confirmed_at=NOW,
    )


def write_report(folder: Path, **states: Any) -> Path:
    """A refresh report in which each source ended so."""
    path = folder / "report.json"
    path.write_text(json.dumps({"sources": {name: {"state": state, "error": None} for name, state in states.items()}}))
    return path


def test_compare_of_a_grown_snapshot_has_nothing_to_say(save: Save, tmp_path: Path) -> None:
    """More records, sources complete or unchanged: it may be published, and the line says by how much it grew."""
    old, new = save("old", arxiv=3, pubmed=2), save("new", arxiv=5, pubmed=2)

    found = compare_snapshots(old, new, report=write_report(tmp_path, arxiv="complete", pubmed="unchanged"))

    assert found.problems == ()
    assert found.in_words() == "arxiv 3 → 5; pubmed 2 → 2; 2 records added, 0 no longer there"


@pytest.mark.parametrize(("before", "now", "is_refused"), [(100, 98, False), (100, 97, True), (1, 0, True)])
def test_compare_refuses_more_than_two_percent_less(save: Save, before: int, now: int, is_refused: bool) -> None:
    """Two in a hundred may go, three may not."""
    old, new = save("old", arxiv=before), save("new", arxiv=now)

    assert bool(compare_snapshots(old, new).problems) == is_refused


def test_compare_looks_at_each_source(save: Save) -> None:
    """What one source lost is not made good by another's growth."""
    old, new = save("old", arxiv=50, pubmed=4), save("new", arxiv=90, pubmed=2)

    assert compare_snapshots(old, new).problems == ("pubmed: 2 records, before there were 4; more than 2% are missing",)


@pytest.mark.parametrize("state", ["incomplete", "failed", "skipped", None])
def test_compare_refuses_a_refresh_that_was_not_complete(save: Save, tmp_path: Path, state: str | None) -> None:
    """However many records there are, a source that did not bring all of its own stops it."""
    path = save("same", arxiv=2)

    [problem] = compare_snapshots(path, path, report=write_report(tmp_path, arxiv="complete", pubmed=state)).problems

    assert problem == f"pubmed ended {state!r}, not complete: None"


@pytest.mark.parametrize(("text", "words"), [("{}", "tells of no source"), ("[]", "tells of no source")])
def test_compare_refuses_a_report_without_sources(save: Save, tmp_path: Path, text: str, words: str) -> None:
    """An empty report is no proof."""
    path = save("same", arxiv=1)
    (tmp_path / "report.json").write_text(text)

    [problem] = compare_snapshots(path, path, report=tmp_path / "report.json").problems

    assert words in problem


def test_compare_refuses_an_about_file_of_other_data(save: Save) -> None:
    """The about file has to count what is in the file beside it."""
    old, new = save("old", arxiv=1), save("new", arxiv=2)
    new.with_suffix(".json").write_text(json.dumps({"records": 7}))

    assert compare_snapshots(old, new).problems == ("new.json speaks of 7 records, new.csv holds 2",)
    new.with_suffix(".json").unlink()
    assert compare_snapshots(old, new).problems == ("new.json beside new.csv is missing, or does not say how many records there are",)


def test_compare_refuses_columns_in_another_order(save: Save) -> None:
    """Scripts may read the columns by number."""
    path = save("new", arxiv=1)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[second, first, *others] for first, second, *others in rows])

    assert compare_snapshots(path, path).problems == ("new.csv does not begin with the columns key, source, arxiv_id, … in their order",)


def test_compare_of_a_damaged_file_says_what_is_wrong_with_it(save: Save, tmp_path: Path) -> None:
    """A cut file, a report that is not JSON, a file that is not there: one clear sentence each."""
    path = save("whole", arxiv=2)
    cut = tmp_path / "cut.csv"
    cut.write_bytes(path.read_bytes()[:-40])
    (tmp_path / "report.json").write_text("<html>")

    with pytest.raises(ConfigurationError, match="damaged"):
        compare_snapshots(path, cut)
    with pytest.raises(ConfigurationError, match="not JSON"):
        compare_snapshots(path, path, report=tmp_path / "report.json")
    with pytest.raises(ConfigurationError, match="missing"):
        compare_snapshots(tmp_path / "nowhere.csv", path)
