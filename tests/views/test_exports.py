"""Downloads: exactly the rows filtered, read back by the tools people use."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

import bibtexparser
import numpy as np
import pandas as pd
import pytest
import rispy

from fakes import NOW, make_labelling, make_record
from tracker.domain.record import Status
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.table import column_names
from tracker.store.base import Store, StoredRecord
from tracker.views.exports import BATCH, FORMATS, open_export, stream_entries, write_export
from tracker.views.filters import Filters
from tracker.views.index import Index, Selection, select
from views.columns import make_columns, make_entry
from views.test_citations import HOSTILE
from views.test_index import no_search


class ShelfStore:
    """The one method of a store that downloads use, over records held in memory."""

    def __init__(self, records: Sequence[StoredRecord]) -> None:
        self._records = {stored.id: stored for stored in records}

    def stream_records(self, ids: Sequence[int], *, batch: int = 2, with_text: bool = True) -> Iterator[list[StoredRecord]]:
        """In small batches, so that works lie across their borders; unknown ids are left out."""
        for start in range(0, len(ids), batch):
            yield [self._records[one] for one in ids[start : start + batch] if one in self._records]


def shelf(*records: Any, works: Sequence[str] | None = None, labels: Sequence[str] = ()) -> tuple[Store, Index]:
    """A store and its index holding these records, newest last; their works are named by *works* (else each its own)."""
    names = works or [record.key for record in records]
    stored = [
        StoredRecord(
            id=10 * number, record=record, labelling=make_labelling(), work=work, origin="harvest",
            first_seen_at=NOW, last_changed_at=NOW, last_confirmed_at=NOW,
        )
        for number, (record, work) in enumerate(zip(records, names, strict=True), start=1)
    ]  # fmt: skip
    entries = [
        make_entry(record.key, published=str(record.published), is_preprint=record.is_preprint, status=record.status.value, work=work)
        for record, work in zip(records, names, strict=True)
    ]
    return cast(Store, ShelfStore(stored)), Index(make_columns(*entries))


def everything(index: Index, **filters: Any) -> Selection:
    """All rows, or those of *filters*."""
    return select(index, Filters(**filters), search=no_search)


def export(format_name: str, selection: Selection, store: Store, taxonomy: Taxonomy, **options: Any) -> bytes:
    """The bytes of a download."""
    stream = io.BytesIO()
    write_export(stream, format_name, selection, store, taxonomy, **options)
    return stream.getvalue()


def hostile_records() -> list[Any]:
    """Records whose titles try to break the file; keys in their order."""
    return [make_record(key=f"arxiv:2401.{number:05}", title=title, authors=(title,)) for number, title in enumerate(HOSTILE, start=1)]


def test_plain_csv_is_exact(taxonomy: Taxonomy) -> None:
    """pandas reads back every title to the letter, NUL excepted; no byte-order mark, CRLF, the contract's columns."""
    store, index = shelf(*hostile_records())

    text = export("csv", everything(index), store, taxonomy)
    frame = pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False, lineterminator=None)

    assert text.startswith(b"key,source,")
    assert tuple(frame.columns) == column_names(taxonomy)
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8"), newline="")))
    assert {row["key"]: row["title"] for row in rows} == {
        f"arxiv:2401.{number:05}": title.replace("\x00", "").replace("\x07", "") for number, title in enumerate(HOSTILE, start=1)
    }
    assert frame["title"].tolist() == [row["title"] for row in rows]


def test_excel_csv_guards_formulas_and_has_a_mark(taxonomy: Taxonomy) -> None:
    """A byte-order mark; an apostrophe before = + - @ and tab, also after leading spaces; all else as in the plain one."""
    titles = ["=1+1", "+1", "-1", "@x", "\tx", "  =1", "1-1", "plain", "＝1"]
    store, index = shelf(*[make_record(key=f"arxiv:2401.{number:05}", title=title) for number, title in enumerate(titles, start=1)])

    text = export("excel", everything(index), store, taxonomy)
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))

    assert text.startswith(b"\xef\xbb\xbfkey,")
    assert [row["title"] for row in rows] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'  =1", "1-1", "plain", "'＝1"]


@pytest.mark.parametrize("format_name", FORMATS)
def test_empty_result_is_an_empty_file_with_a_header(taxonomy: Taxonomy, format_name: str) -> None:
    """No rows: CSV still has its columns, the other formats nothing."""
    store, index = shelf()

    text = export(format_name, everything(index), store, taxonomy)

    assert text.decode("utf-8-sig") == (",".join(column_names(taxonomy)) + "\r\n" if format_name in ("csv", "excel") else "")


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_holds_every_hostile_row_once(taxonomy: Taxonomy, format_name: str) -> None:
    """As many entries come back as went in, in every format."""
    store, index = shelf(*hostile_records())

    text = export(format_name, everything(index), store, taxonomy).decode("utf-8-sig")
    readers = {
        "csv": lambda: list(csv.DictReader(io.StringIO(text, newline=""))),
        "excel": lambda: list(csv.DictReader(io.StringIO(text, newline=""))),
        "ris": lambda: rispy.loads(text),
        "bibtex": lambda: bibtexparser.parse_string(text).entries,
        "jsonl": lambda: [json.loads(line) for line in text.splitlines()],
    }

    assert len(readers[format_name]()) == len(HOSTILE)


@pytest.mark.parametrize("format_name", FORMATS)
def test_download_and_command_give_the_same_bytes(taxonomy: Taxonomy, format_name: str) -> None:
    """The app's file is the command line's stream."""
    store, index = shelf(*hostile_records())

    with open_export(format_name, everything(index), store, taxonomy) as file:
        assert file.read() == export(format_name, everything(index), store, taxonomy)


def test_work_is_one_row_and_records_are_several(taxonomy: Taxonomy) -> None:
    """An article and its preprint: one row by works, named after the article; two by records."""
    store, index = shelf(make_record(), make_record(source="pubmed"), make_record(key="arxiv:2401.00002"), works=["w", "w", "v"])

    by_works = [json.loads(line) for line in export("jsonl", everything(index), store, taxonomy).splitlines()]
    by_records = export("csv", everything(index, count="records"), store, taxonomy).decode().splitlines()

    assert [(one["key"], one["work"], one["source"]) for one in by_works] == [
        ("arxiv:2401.00002", "v", ["arxiv"]),
        ("pubmed:38000001", "w", ["pubmed", "arxiv"]),
    ]
    assert [record["key"] for record in by_works[1]["records"]] == ["pubmed:38000001", "arxiv:2401.00001"]
    assert len(by_records) == 1 + 3


def test_json_line_holds_everything(taxonomy: Taxonomy) -> None:
    """Labels with strength, evidence with the record it counts in, provenance, what was suppressed; no abstract unasked."""
    store, index = shelf(make_record(keywords=("care",)))

    (found,) = [json.loads(line) for line in export("jsonl", everything(index), store, taxonomy).splitlines()]

    assert found["labels"] == {"application": {"intervention": 2}}
    assert found["evidence"] == [
        {
            "label": "application:intervention", "field": "title", "start": 31, "end": 48, "text": "emotional support",
            "rule": "intervention.s1", "record": "arxiv:2401.00001",
        }
    ]  # fmt: skip
    assert found["is_preprint"] is True
    assert found["records"][0]["keywords"] == ["care"]
    assert found["records"][0]["provenance"]["query"] == "test query"
    assert "abstract" not in found
    assert "abstract" not in found["records"][0]


def test_line_separators_do_not_cut_a_json_line(taxonomy: Taxonomy) -> None:
    """Readers that split at any line sign still get one object a line; half surrogates are escaped."""
    store, index = shelf(make_record(title="a\u2028b\u2029c\x85d\udc00e"))

    text = export("jsonl", everything(index), store, taxonomy).decode()

    assert json.loads(text)["title"] == "a\u2028b\u2029c\x85d\udc00e"
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "We build a large language model that offers emotional support to people with depression."),
        ({"source": "pubmed", "abstract_copyright": "© Publisher"}, ""),
        ({"source": "pubmed", "abstract_copyright": "CC BY 4.0", "abstract": "Open text."}, "Open text."),
    ],
)
def test_abstract_column_holds_what_may_be_passed_on(taxonomy: Taxonomy, changes: dict[str, Any], expected: str) -> None:
    """arXiv's abstracts, and PubMed's under an open licence; the column stands last."""
    store, index = shelf(make_record(**changes))

    (row,) = csv.DictReader(io.StringIO(export("csv", everything(index), store, taxonomy, abstracts=True).decode(), newline=""))

    assert list(row)[-1] == "abstract"
    assert row["abstract"] == expected


def test_retracted_work_says_so_in_every_format(taxonomy: Taxonomy) -> None:
    """Nobody cites a retracted paper unwarned."""
    store, index = shelf(make_record(source="pubmed", status=Status.RETRACTED))

    for format_name in FORMATS:
        assert b"etracted" in export(format_name, everything(index), store, taxonomy)


def test_rows_come_newest_first_over_batches(taxonomy: Taxonomy) -> None:
    """More rows than a batch holds: the order is the table's, nothing doubled, nothing lost; the count is returned."""
    count = BATCH + 7
    store, index = shelf(*[make_record(key=f"arxiv:2401.{number:05}") for number in range(count)])
    stream = io.BytesIO()

    written = write_export(stream, "jsonl", everything(index), store, taxonomy)
    keys = [json.loads(line)["key"] for line in stream.getvalue().splitlines()]

    assert written == count
    assert keys == everything(index).keys()


def test_record_deleted_meanwhile_is_passed_over() -> None:
    """A refresh between screen and click: what is gone is left out, the works around it stay whole."""
    records = [make_record(key=f"arxiv:2401.{number:05}") for number in range(1, 6)]
    store, index = shelf(*records, works=["a", "a", "b", "c", "c"])
    cast(Any, store)._records.pop(30)
    cast(Any, store)._records.pop(50)

    entries = list(stream_entries(store, everything(index).members()))

    assert [[stored.id for stored in entry.records] for entry in entries] == [[10, 20], [40]]


def test_members_are_asked_for_as_plain_numbers() -> None:
    """A database driver does not know numpy's integers."""
    store, index = shelf(make_record())
    asked: list[Any] = []
    cast(Any, store).stream_records = lambda ids: asked.extend(ids) or []

    assert list(stream_entries(store, everything(index).members())) == []
    assert [type(one) for one in asked] == [int]
    assert not isinstance(asked[0], np.integer)
