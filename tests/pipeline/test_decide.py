"""What a harvested record means for the store."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from fakes import make_labelling, make_record
from tracker.domain.record import Labelling, Record
from tracker.pipeline.decide import decide, find_change, latest_versions
from tracker.store.base import Change, KnownRecord

TITLES = ("Counselling by machine", "A machine that counsels", "Machines and counsel")


def known_as(record: Record, *, from_snapshot: bool = False, in_scope: bool = True) -> KnownRecord:
    """*record* as the store remembers it."""
    return KnownRecord(record.key, record.content_hash(), record.version, "2026.1", from_snapshot, in_scope)


def label_all(records: Sequence[Record]) -> list[Labelling]:
    """Everything is in scope."""
    return [make_labelling() for _ in records]


def label_none(records: Sequence[Record]) -> list[Labelling]:
    """Nothing is in scope."""
    return [make_labelling(in_scope=False, labels={}, evidence=()) for _ in records]


def test_unknown_record_is_new_and_labelled() -> None:
    """What the store does not hold is written with its labels."""
    record = make_record()

    page = decide([record], known={}, twins={}, classify=label_all)

    assert [(one.record, one.change, one.labelling) for one in page.decisions] == [(record, Change.NEW, make_labelling())]
    assert (page.received, page.new, page.changed, page.unchanged) == (1, 1, 0, 0)


def test_same_content_is_unchanged_and_not_classified() -> None:
    """A record that says what it said keeps its labels, and costs no classification."""
    record = make_record()

    def must_not_be_asked(_: Sequence[Record]) -> list[Labelling]:
        raise AssertionError

    page = decide([record], known={record.key: known_as(record)}, twins={}, classify=must_not_be_asked)

    assert [(one.change, one.labelling) for one in page.decisions] == [(Change.UNCHANGED, None)]


def test_new_version_is_changed() -> None:
    """A higher version of a stored record is a change."""
    stored, newer = make_record(version=1), make_record(version=2)

    page = decide([newer], known={stored.key: known_as(stored)}, twins={}, classify=label_all)

    assert (page.changed, page.decisions[0].record.version) == (1, 2)


def test_other_words_at_the_same_version_are_a_change() -> None:
    """Edits of the metadata do not raise the version, and are not overlooked."""
    stored = make_record()

    assert find_change(make_record(doi="10.1000/added"), known_as(stored)) is Change.CHANGED


def test_lower_version_than_stored_is_a_stale_answer() -> None:
    """A service that answers from an old copy cannot undo what is known."""
    stored, stale = make_record(version=3), make_record(version=2, title="The title it had before")

    assert find_change(stale, known_as(stored)) is Change.UNCHANGED


def test_snapshot_record_is_enriched_and_counted_as_new() -> None:
    """The first harvest of a shipped record brings its text: new to the harvests, but not announced as news."""
    record = make_record()

    page = decide([record], known={record.key: known_as(record, from_snapshot=True)}, twins={}, classify=label_all)

    assert page.decisions[0].change is Change.ENRICHED
    assert (page.new, page.enriched, page.changed, page.unchanged) == (1, 1, 0, 0)


def test_pubmed_record_takes_the_place_of_its_snapshot_twin() -> None:
    """A shipped record known by its DOI is renamed when PubMed gives its PMID, not doubled."""
    record = make_record(source="pubmed", doi="10.2196/1")

    page = decide([record], known={}, twins={"10.2196/1": "doi:10.2196/1"}, classify=label_all)

    assert [(one.change, one.replaces) for one in page.decisions] == [(Change.ENRICHED, "doi:10.2196/1")]


def test_twin_is_replaced_once() -> None:
    """Two articles that claim one DOI do not both take the same record's place."""
    first, second = (make_record(source="pubmed", key=f"pubmed:{n}", doi="10.2196/1") for n in (1, 2))

    page = decide([first, second], known={}, twins={"10.2196/1": "doi:10.2196/1"}, classify=label_all)

    assert [one.replaces for one in page.decisions] == ["doi:10.2196/1", None]


def test_highest_version_in_a_page_wins() -> None:
    """When pages shift, one answer may hold two versions of a paper."""
    older, newer, other = make_record(version=1), make_record(version=2), make_record(key="arxiv:2401.00002")

    assert latest_versions([newer, other, older]) == [newer, other]


def test_out_of_scope_counts_unchanged_records_too() -> None:
    """The number says how much of what came is hidden by default, not how much was written."""
    stays, comes = make_record(), make_record(key="arxiv:2401.00002")

    page = decide([stays, comes], known={stays.key: known_as(stays, in_scope=False)}, twins={}, classify=label_none)

    assert page.out_of_scope == 2


records = st.builds(
    lambda number, version, title: make_record(key=f"arxiv:2401.{number:05}", version=version, title=title),
    st.integers(1, 6),
    st.integers(1, 3),
    st.sampled_from(TITLES),
)
stored_records = st.lists(st.tuples(records, st.booleans(), st.booleans()), max_size=6).map(
    lambda many: {record.key: known_as(record, from_snapshot=origin, in_scope=scope) for record, origin, scope in many}
)


@given(st.lists(records, max_size=12), stored_records)
def test_numbers_always_add_up(page_records: list[Record], known: dict[str, KnownRecord]) -> None:
    """Whatever comes: one decision per key, and every received record is new, changed or unchanged."""
    page = decide(page_records, known=known, twins={}, classify=label_none)

    assert [one.record.key for one in page.decisions] == list(dict.fromkeys(record.key for record in page_records))
    assert page.received == len(page.decisions) == page.new + page.changed + page.unchanged
    assert 0 <= page.enriched <= page.new
    assert page.new + page.changed <= page.out_of_scope <= page.received
    assert all((one.labelling is None) == (one.change is Change.UNCHANGED) for one in page.decisions)


@given(st.lists(records, max_size=12), stored_records)
def test_no_version_ever_goes_back(page_records: list[Record], known: dict[str, KnownRecord]) -> None:
    """What is written is never older than what is stored, and deciding again about it changes nothing."""
    page = decide(page_records, known=known, twins={}, classify=label_all)
    written = [one.record for one in page.decisions if one.change is not Change.UNCHANGED]

    assert all((known[record.key].version or 0) <= (record.version or 0) for record in written if record.key in known)

    again = decide(written, known={record.key: known_as(record) for record in written}, twins={}, classify=label_all)
    assert again.unchanged == again.received
