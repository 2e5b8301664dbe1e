"""The table: the contract's columns, and the way back for the snapshot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import NOW, make_labelling, make_record
from small_taxonomy import make_taxonomy
from tracker.domain.dates import PartialDate
from tracker.domain.record import AbstractState, EvidenceSpan, Provenance, Status
from tracker.pipeline.entry import to_entry
from tracker.pipeline.table import column_names, from_row, join_list, split_list, to_row
from tracker.store.base import StoredRecord

NAMES = column_names(make_taxonomy())
CONTRACT = (
    "key,source,arxiv_id,pmid,doi,title,authors,venue,published,published_precision,updated,version,is_preprint,status,url,work,"
    "application,risk,safeguard,condition,population,study,model,evidence,first_seen_at,taxonomy"
)


def make_stored(record: Any, labelling: Any) -> StoredRecord:
    """The record as a store holds it."""
    return StoredRecord(
        id=7,
        record=record,
        labelling=labelling,
        work="arxiv:2401.00001",
        origin="harvest",
        first_seen_at=NOW,
        last_changed_at=NOW,
        last_confirmed_at=NOW,
    )


def cells(*records: StoredRecord, names: tuple[str, ...] = NAMES) -> dict[str, str]:
    """The row by column name."""
    return dict(zip(names, to_row(to_entry(records), names), strict=True))


def test_columns_are_the_contracts_then_one_per_label() -> None:
    """Order and names are fixed; second-level labels have a column too."""
    assert ",".join(NAMES[:26]) == CONTRACT
    assert NAMES[26:] == (
        "application:education",
        "application:assessment",
        "application:detection_screening",
        "application:intervention",
        "risk:inequality_stigma",
        "risk:inaccuracy",
        "risk:opacity",
        "safeguard:fine_tuned_for_mh",
        "safeguard:people_involved",
    )
    assert column_names(make_taxonomy(), abstracts=True) == (*NAMES, "abstract")


def test_row_says_what_the_record_says() -> None:
    """Every cell of one record, exactly."""
    record = make_record(
        published=PartialDate("2024-01"), updated_at=datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC), doi="10.48550/arxiv.2401.00001"
    )
    labelling = make_labelling(
        labels={"application": {"education": 1, "intervention": 2}, "risk": {"opacity": 1}, "language": {"english": 1}}
    )

    row = cells(make_stored(record, labelling))

    assert {name: cell for name, cell in row.items() if cell not in ("", "0")} == {
        "key": "arxiv:2401.00001",
        "source": "arxiv",
        "arxiv_id": "2401.00001",
        "doi": "10.48550/arxiv.2401.00001",
        "title": "A language model that listens: emotional support by chatbot",
        "authors": "Ada Example; Bo Sample",
        "venue": "arXiv",
        "published": "2024-01",
        "published_precision": "month",
        "updated": "2024-02-03T04:05:06Z",
        "version": "1",
        "is_preprint": "1",
        "status": "current",
        "url": "https://arxiv.org/abs/2401.00001v1",
        "work": "arxiv:2401.00001",
        "application": "education; intervention",
        "risk": "opacity",
        "evidence": 'application:intervention "emotional support" (title 31-48, intervention.s1); '
        "studied: application:intervention; also: language:english",
        "first_seen_at": "2026-11-23T06:17:00Z",
        "taxonomy": "2026.1",
        "application:education": "1",
        "application:intervention": "1",
        "risk:opacity": "1",
    }


def test_row_of_a_work_names_all_its_sources() -> None:
    """One row a work, named after its article; words found in the preprint carry the preprint's key."""
    article = make_stored(make_record(source="pubmed"), make_labelling(evidence=(), labels={}))

    row = cells(article, make_stored(make_record(), make_labelling()))

    assert (row["key"], row["source"], row["arxiv_id"], row["pmid"]) == ("pubmed:38000001", "pubmed; arxiv", "2401.00001", "38000001")
    assert row["is_preprint"] == "0"
    assert row["evidence"].startswith('application:intervention "emotional support" (arxiv:2401.00001 title 31-48, intervention.s1)')


LABELS = st.dictionaries(
    st.sampled_from(
        ["application:education", "application:intervention", "risk:opacity", "study:trial", "model:gpt_openai", "language:english"]
    ),
    st.sampled_from([1, 2]),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x01\x02\x0b\x0c\x1f"), min_size=1, max_size=20).filter(
    lambda text: not any(ord(sign) < 9 or 13 < ord(sign) < 32 for sign in text)
)


@given(
    labels=LABELS,
    title=WORDS,
    authors=st.lists(WORDS.filter(lambda name: "; " not in name and not name.endswith(";")), max_size=3).map(tuple),
    published=st.sampled_from([None, "2024", "2024-03", "2024-03-21"]),
    status=st.sampled_from(list(Status)),
)
def test_snapshot_row_gives_back_the_record(labels: Any, title: str, authors: Any, published: Any, status: Status) -> None:
    """All a row can hold comes back; the abstract is withheld, and the row says where it came from."""
    record = make_record(title=title, authors=authors, published=published and PartialDate(published), status=status, categories=())
    by_facet: dict[str, dict[str, int]] = {}
    for name, strength in labels.items():
        by_facet.setdefault(name.partition(":")[0], {})[name.partition(":")[2]] = strength
    span = EvidenceSpan("risk:opacity", "abstract", 1, 2, title, "opacity.s1")
    stored = make_stored(record, make_labelling(labels=by_facet, evidence=(span,), human=("risk:opacity",)))

    back = from_row(cells(stored))

    provenance = Provenance("arxiv", "snapshot", NOW, "snapshot-csv/1")
    assert back.record == replace(record, abstract=None, abstract_state=AbstractState.WITHHELD, provenance=provenance)
    assert back.labelling == stored.labelling
    assert (back.id, back.origin, back.work, back.first_seen_at) == (0, "snapshot", stored.work, NOW)


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("version", "two", "version is 'two', not a number"),
        ("is_preprint", "yes", "is_preprint is 'yes', not 0 or 1"),
        ("published", "2024-13", "record 'arxiv:2401.00001' cannot be read: published is '2024-13', not YYYY"),
        ("status", "gone", "'gone' is not a valid Status"),
        ("first_seen_at", "yesterday", "'yesterday' is not an instant"),
        ("evidence", "?", "the evidence cannot be read from '\\?'"),
    ],
)
def test_damaged_row_is_refused(column: str, cell: str, message: str) -> None:
    """A cell that cannot be read is an error that quotes it, never a guess."""
    row = cells(make_stored(make_record(), make_labelling())) | {column: cell}

    with pytest.raises(ValueError, match=message):
        from_row(row)


def test_row_without_a_column_is_refused() -> None:
    """A file with other columns is not a snapshot."""
    with pytest.raises(ValueError, match="there is no column 'title'"):
        from_row({"first_seen_at": "2026-11-23T06:17:00Z", "evidence": "", "key": "arxiv:1", "source": "arxiv"})


def test_characters_no_reader_survives_are_left_out() -> None:
    """NUL and half surrogate pairs do not reach a file; tabs, line ends and right-to-left marks do."""
    record = make_record(title="a\x00b\ud800c\td\ne\u202ef")

    assert cells(make_stored(record, make_labelling()))["title"] == "abc\td\ne\u202ef"


def test_list_items_cannot_break_the_list() -> None:
    """An item's own separator is changed, so that the list splits where it was joined."""
    assert split_list(join_list(["Group A; Group B", "Ada; Example"])) == ("Group A, Group B", "Ada, Example")
    assert split_list("") == ()
