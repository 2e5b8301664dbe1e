"""Files of exactly the rows that were filtered: CSV (plain and for Excel), RIS, BibTeX, JSON Lines.

The command line and the app call the same function and so give the same bytes. Records are read and written in batches: memory
does not grow with the file, but for the list of ids. Text is UTF-8.

* Plain CSV is exact (RFC 4180: CRLF, quotes doubled). The Excel variant has a byte-order mark, and an apostrophe before cells that
  a spreadsheet would run as a formula (OWASP, "CSV Injection"): it is for looking, the plain one for computing.
* Abstracts are left out unless asked for, and then only those that may be passed on are given.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, BinaryIO, cast

from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.entry import Entry, to_entry
from tracker.pipeline.table import column_names, to_row
from tracker.store.base import Store, StoredRecord
from tracker.views import citations
from tracker.views.index import Members, Selection
from tracker.views.json_lines import to_json_line

BATCH = 500  # entries held in memory at once

_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")  # yes: " =1+1", "\tx"   no: "1-2"


@dataclass(frozen=True, slots=True)
class Writer:
    """How to write some entries: the bytes before the first one, and those of a batch."""

    head: Callable[[], bytes]
    body: Callable[[list[Entry]], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format as the app and the command line offer it. ``label`` is the download button's word."""

    name: str
    label: str
    suffix: str
    media_type: str


FORMATS = {
    one.name: one
    for one in (
        Format("csv", "CSV", ".csv", "text/csv"),
        Format("excel", "CSV for Excel", "_excel.csv", "text/csv"),
        Format("ris", "RIS", ".ris", "application/x-research-info-systems"),
        Format("bibtex", "BibTeX", ".bib", "application/x-bibtex"),
        Format("jsonl", "JSON Lines", ".jsonl", "application/jsonl"),
    )
}


def write_export(
    stream: IO[bytes], format_name: str, selection: Selection, store: Store, taxonomy: Taxonomy, *, abstracts: bool = False
) -> int:
    """Write the rows of *selection*, newest first, to a binary *stream*; returns how many were written.

    *format_name* is a key of ``FORMATS``. An empty CSV has its header row; the other formats are then empty files.
    """
    writer = _writer(format_name, taxonomy, abstracts)
    stream.write(writer.head())
    count = 0
    stream_of_entries = stream_entries(store, selection.members())
    while entries := list(islice(stream_of_entries, BATCH)):
        stream.write(writer.body(entries))
        count += len(entries)
    return count


def open_export(format_name: str, selection: Selection, store: Store, taxonomy: Taxonomy, *, abstracts: bool = False) -> BinaryIO:
    """The same bytes in an unnamed temporary file, at its start; it disappears when closed. For the app's downloads."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it)
    try:
        write_export(file, format_name, selection, store, taxonomy, abstracts=abstracts)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return cast(BinaryIO, file)


def stream_entries(store: Store, members: Members) -> Iterator[Entry]:
    """The entries of *members*, in their order. Records deleted since the index was made are passed over."""
    pending: list[StoredRecord] = []
    owner, place = -1, 0
    for batch in store.stream_records(members.ids.tolist()):
        for stored in batch:
            while members.ids[place] != stored.id:
                place += 1
            if pending and members.owners[place] != owner:
                yield to_entry(pending)
                pending = []
            owner = int(members.owners[place])
            pending.append(stored)
            place += 1
    if pending:
        yield to_entry(pending)


def _writer(format_name: str, taxonomy: Taxonomy, abstracts: bool) -> Writer:
    if format_name in ("csv", "excel"):
        return _table_writer(column_names(taxonomy, abstracts=abstracts), for_excel=format_name == "excel")
    per_entry: dict[str, Callable[[Entry], str]] = {
        "ris": lambda entry: citations.to_ris(entry, abstract=abstracts),
        "bibtex": lambda entry: citations.to_bibtex(entry, abstract=abstracts),
        "jsonl": lambda entry: to_json_line(entry, abstracts=abstracts),
    }
    to_text = per_entry[format_name]
    return Writer(head=bytes, body=lambda entries: "".join(map(to_text, entries)).encode("utf-8", "backslashreplace"))


def _table_writer(names: tuple[str, ...], *, for_excel: bool) -> Writer:
    guard = guarded_cells if for_excel else list[str]
    return Writer(
        head=lambda: csv_bytes([list(names)], "utf-8-sig" if for_excel else "utf-8"),
        body=lambda entries: csv_bytes((guard(to_row(entry, names)) for entry in entries), "utf-8"),
    )


def csv_bytes(rows: Iterable[list[str]], encoding: str) -> bytes:
    """Rows as CSV (RFC 4180), CRLF line ends."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def guarded_cells(cells: list[str]) -> list[str]:
    """An apostrophe before every cell that a spreadsheet would take for a formula, also after leading spaces."""
    return [f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells]
