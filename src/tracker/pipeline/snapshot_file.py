"""Reads the files of a snapshot and checks them whole: every fault, each with its row, before anything is used."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracker.data_files import read_text
from tracker.domain import identifiers
from tracker.domain.record import Record
from tracker.errors import ConfigurationError
from tracker.pipeline.table import COLUMNS, from_row
from tracker.settings import KNOWN_SOURCES
from tracker.store.base import StoredRecord

# A file of another kind would otherwise give one fault a row.
MAX_PROBLEMS = 50


def read_snapshot(path: Path) -> list[StoredRecord]:
    """The records of *path*. Raises ``ConfigurationError`` with every fault (the first fifty) and its row; row 1 is the header."""
    text = read_text(path, "the snapshot")
    problems: list[str] = []
    records: dict[str, StoredRecord] = {}
    for number, row in _rows(text, problems):
        try:
            stored = from_row(row)
            _check(stored.record)
        except ValueError as error:
            problems.append(f"row {number}: {error}")
            continue
        if records.setdefault(stored.record.key, stored) is not stored:
            problems.append(f"row {number}: {stored.record.key!r} stands in an earlier row too")
    if problems:
        more = [f"and {len(problems) - MAX_PROBLEMS} more"] if len(problems) > MAX_PROBLEMS else []
        named = [f"{path.name}, {problem}" for problem in [*problems[:MAX_PROBLEMS], *more]]
        raise ConfigurationError(f"The snapshot {path} is damaged; restore it or remove it.", named)
    return list(records.values())


def read_about(path: Path) -> dict[str, Any]:
    """What the about file says; empty if there is none. Raises ``ConfigurationError`` if it cannot be read."""
    if not path.exists():
        return {}
    try:
        about = json.loads(read_text(path, "the snapshot's about file"))
    except ValueError as error:
        raise ConfigurationError(f"The snapshot's about file {path} is not JSON ({error}); restore it or remove it.") from error
    if not isinstance(about, dict):
        raise ConfigurationError(f"The snapshot's about file {path} holds no object; restore it or remove it.")
    return about


def _rows(text: str, problems: list[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Row number and cells by column of each sound row; what is not goes to *problems*."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = next(reader, [])
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            problems.append(f"row 1: columns are missing: {', '.join(missing)}")
            return
        for number, cells in enumerate(reader, start=2):
            if len(cells) != len(names):
                problems.append(f"row {number}: has {len(cells)} cells, the header {len(names)}")
            else:
                yield number, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}")


def _check(record: Record) -> None:
    """Raises ``ValueError`` where the identifiers are wrong or do not fit the key."""
    if record.source not in KNOWN_SOURCES:
        raise ValueError(f"source is {record.source!r}; known are {', '.join(KNOWN_SOURCES)}")
    checks = (
        ("arxiv_id", record.arxiv_id, identifiers.is_arxiv_id),
        ("pmid", record.pmid, identifiers.is_pmid),
        ("doi", record.doi, identifiers.is_doi),
    )
    for name, value, is_sound in checks:
        if value is not None and not is_sound(value):
            raise ValueError(f"{name} is {value!r}, not one")
    expected = f"arxiv:{record.arxiv_id}" if record.arxiv_id else f"pubmed:{record.pmid}" if record.pmid else f"doi:{record.doi}"
    if record.key != expected:
        raise ValueError(f"key is {record.key!r}, but the identifiers say {expected!r}")
