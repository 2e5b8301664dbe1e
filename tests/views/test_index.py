"""The index: which records or works a filter means, compared with the plain reading of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.dates import PartialDate
from tracker.domain.search import Term
from tracker.errors import SearchSyntaxError
from tracker.views.filters import Filters
from tracker.views.index import REMEMBERED, Index, Selection, select
from views.columns import SEEN, make_columns, make_entry

LABELS = ("application:education", "application:intervention", "risk:opacity", "risk:inaccuracy")
DATES = (None, "2023", "2024", "2024-03", "2024-03-15", "2024-12-31", "2025-01")


def no_search(_: Any) -> Any:
    """A store that must not be asked."""
    raise AssertionError("searched without words")


def select_from(entries: list[dict[str, Any]], search: Any = no_search, **filters: Any) -> Selection:
    """The selection of one filter over a few records."""
    return select(Index(make_columns(*entries)), Filters(**filters), search=search)


ENTRIES = st.lists(
    st.builds(
        dict,
        source=st.sampled_from(["arxiv", "pubmed"]),
        published=st.sampled_from(DATES),
        status=st.sampled_from(["current", "corrected", "withdrawn", "retracted"]),
        is_preprint=st.booleans(),
        in_scope=st.booleans(),
        work=st.sampled_from("abcde"),
        labels=st.sets(st.sampled_from(LABELS)),
        studied=st.sets(st.sampled_from(LABELS)),
        first_seen=st.integers(-9, 9).map(lambda days: SEEN + timedelta(days=days)),
    ),
    min_size=1,
    max_size=12,
)
FILTERS = st.builds(
    Filters,
    from_=st.sampled_from([None, *map(PartialDate.parse, DATES[1:])]),
    to=st.sampled_from([None, *map(PartialDate.parse, DATES[1:])]),
    source=st.sets(st.sampled_from(["arxiv", "pubmed"])).map(tuple),
    application=st.sets(st.sampled_from(["education", "intervention", "assessment"])).map(tuple),
    risk=st.sets(st.sampled_from(["opacity", "inaccuracy"])).map(tuple),
    preprints=st.sampled_from("10"),
    retracted=st.sampled_from(["1", "0", "only"]),
    scope=st.sampled_from(["in", "out", "all"]),
    count=st.sampled_from(["works", "records"]),
    strength=st.sampled_from(["any", "studied"]),
    since=st.sampled_from([None, PartialDate("2026-11-01"), PartialDate("2026-11")]),
)


def plainly_matches(members: list[dict[str, Any]], work: list[dict[str, Any]], wanted: Filters) -> bool:
    """The rules, read out loud: *members* are the row's records, *work* all records of its work."""
    carried = {label for one in members for label in [*one["labels"], *one["studied"]]}
    studied = {label for one in members for label in one["studied"]}
    risks = studied if wanted.strength == "studied" else carried
    dated = [PartialDate.parse(one["published"]) for one in members if one["published"]]
    on = min(dated, key=lambda known: (known.last_day(), -known.first_day().toordinal()), default=None)
    taken_back = any(one["status"] in ("withdrawn", "retracted") for one in members)
    seen = [one["first_seen"] for one in members]
    return all(
        (
            {"in": any(one["in_scope"] for one in members), "out": not any(one["in_scope"] for one in members), "all": True}[wanted.scope],
            not wanted.source or any(one["source"] in wanted.source for one in members),
            not wanted.application or any(f"application:{label}" in carried for label in wanted.application),
            not wanted.risk or any(f"risk:{label}" in risks for label in wanted.risk),
            not wanted.from_ or (on is not None and on.first_day() >= wanted.from_.first_day()),
            not wanted.to or (on is not None and on.first_day() <= wanted.to.last_day()),
            wanted.preprints == "1" or any(not one["is_preprint"] for one in work),
            {"1": True, "0": not taken_back, "only": taken_back}[wanted.retracted],
            not wanted.since or min(seen).date() >= wanted.since.first_day() or SEEN.date() >= wanted.since.first_day(),
        )
    )


@given(ENTRIES, FILTERS)
def test_selection_equals_the_plain_reading_of_the_rules(entries: list[dict[str, Any]], wanted: Filters) -> None:
    """For any records and any filter, the fast way finds what the slow way finds, in both units."""
    entries = [make_entry(f"{one['source']}:{place}", **one) for place, one in enumerate(entries)]
    by_work = {name: [one for one in entries if one["work"] == name] for name in sorted({one["work"] for one in entries})}
    rows = {one["key"]: [one] for one in entries} if wanted.count == "records" else by_work

    found = select_from(entries, **{name: getattr(wanted, name) for name in wanted.__slots__})

    assert sorted(found.keys()) == sorted(
        key for key, members in rows.items() if plainly_matches(members, by_work[members[0]["work"]], wanted)
    )
    assert found.count == len(found.positions) == len(found.ids())


def test_work_is_what_its_records_say_together() -> None:
    """Earliest date, union of labels, worst status, in scope if one is, no longer a mere preprint once there is an article."""
    preprint = make_entry("arxiv:1", work="w", published="2024-03-05", labels=["risk:opacity"], in_scope=False)
    article = make_entry("pubmed:1", work="w", published="2024", studied=["risk:inaccuracy"], status="retracted")
    rows = Index(make_columns(preprint, article)).rows("works")

    assert rows.keys.tolist() == ["w"]
    assert rows.precision.tolist() == [3]
    assert (rows.published_first == rows.published_last).all()
    assert {label: found.tolist() for label, found in rows.labels.items()} == {"risk:inaccuracy": [0], "risk:opacity": [0]}
    assert {label: found.tolist() for label, found in rows.studied.items()} == {"risk:inaccuracy": [0]}
    assert (rows.status.tolist(), rows.in_scope.tolist(), rows.is_unreviewed.tolist()) == ([3], [True], [False])


def test_best_record_of_a_work_is_the_article_then_the_newest() -> None:
    """The journal version speaks for the work whatever the dates; among preprints the newest, then the smaller key."""
    entries = [
        make_entry("arxiv:3", work="a", published="2025-01-01"),
        make_entry("pubmed:1", work="a", published="2024-01-01"),
        make_entry("arxiv:2", work="b", published="2024-05"),
        make_entry("arxiv:1", work="b", published="2024-05"),
    ]

    found = select_from(entries)

    assert found.ids("oldest").tolist() == [20, 40]
    assert found.members("oldest").ids.tolist() == [20, 10, 40, 30]
    assert found.members("oldest").owners.tolist() == [0, 0, 1, 1]
    assert found.members("newest", 0, 1).ids.tolist() == [40, 30]


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        ("newest", ["arxiv:5", "arxiv:2", "arxiv:3", "arxiv:1", "arxiv:4"]),
        ("oldest", ["arxiv:1", "arxiv:3", "arxiv:2", "arxiv:5", "arxiv:4"]),
        ("changed", ["arxiv:3", "arxiv:5", "arxiv:2", "arxiv:1", "arxiv:4"]),
    ],
)
def test_order_is_by_date_then_key_with_the_undated_last(order: str, keys: list[str]) -> None:
    """A bare year stands at its first day both ways; equal dates go by key; the undated stand last."""
    entries = [
        make_entry("arxiv:5", published="2025-01-01"),
        make_entry("arxiv:4", published=None),
        make_entry("arxiv:3", published="2024-03-01", changed=SEEN + timedelta(days=1)),
        make_entry("arxiv:2", published="2024-12-31"),
        make_entry("arxiv:1", published="2024"),
    ]

    assert select_from(entries).keys(order) == keys


def test_order_that_does_not_exist_is_refused() -> None:
    """A page that asks for an unknown order is told which there are."""
    with pytest.raises(ValueError, match="newest, oldest, changed"):
        select_from([make_entry("arxiv:1")]).keys("best")


def test_page_is_a_slice_of_the_order() -> None:
    """Rows 2 to 3 of the newest, and nothing beyond the end."""
    found = select_from([make_entry(f"arxiv:{number}", published=f"2024-01-0{number}") for number in range(1, 6)])

    assert found.keys(start=1, stop=3) == ["arxiv:4", "arxiv:3"]
    assert found.keys(start=5, stop=10) == []


def test_search_narrows_to_works_with_a_record_that_matches() -> None:
    """The store finds records; in works their work counts. Ids the index does not know yet are passed over."""
    entries = [make_entry("arxiv:1", work="w"), make_entry("pubmed:1", work="w"), make_entry("arxiv:2")]

    found = select_from(entries, search=lambda _: np.array([10, 999]), q="stigma")

    assert found.keys() == ["w"]
    assert (found.count, found.total) == (1, 2)


def test_search_for_what_lacks_a_word_asks_for_what_has_it() -> None:
    """A work stays if one of its records lacks the word; the store is not asked for the long list of those."""
    entries = [make_entry("arxiv:1", work="w"), make_entry("pubmed:1", work="w"), make_entry("arxiv:2")]
    asked: list[Any] = []

    def search(node: Any) -> Any:
        asked.append(node)
        return np.array([10, 30])

    assert (select_from(entries, search=search, q="-stigma").keys(), asked) == (["w"], [Term(("stigma",))])
    assert select_from(entries, search=search, q="-stigma", count="records").keys() == ["pubmed:1"]


def test_same_words_are_searched_once_for_all_filters() -> None:
    """A page makes several selections with the same words; what was forgotten is asked for again."""
    asked: list[Any] = []
    index = Index(make_columns(make_entry("arxiv:1")))

    def search(node: Any) -> Any:
        asked.append(node)
        return np.array([10])

    for filters in (Filters(q="stigma"), Filters(q="stigma", count="records"), Filters(q="stigma", scope="all")):
        assert select(index, filters, search=search).count == 1
    assert len(asked) == 1
    index.forget()
    assert (select(index, Filters(q="stigma"), search=search).count, len(asked)) == (1, 2)


def test_search_that_cannot_be_read_is_said() -> None:
    """A broken search is an error with its place, never an empty or a full page."""
    with pytest.raises(SearchSyntaxError):
        select_from([make_entry("arxiv:1")], q='"unclosed (')


def test_selection_is_remembered_and_the_oldest_forgotten() -> None:
    """The same filter costs nothing the second time; memory stays bounded."""
    index = Index(make_columns(make_entry("arxiv:1")))
    first = select(index, Filters(), search=no_search)

    again = select(index, Filters(), search=no_search)
    for year in range(2000, 2000 + REMEMBERED):
        select(index, Filters(from_=PartialDate(str(year))), search=no_search)

    assert again is first
    assert select(index, Filters(), search=no_search) is not first


def test_label_counts_stay_within_the_selection() -> None:
    """Counts of a label are of the rows that match; with ``strength=studied`` risks count only where studied."""
    entries = [
        make_entry("arxiv:1", labels=["risk:opacity", "application:education"]),
        make_entry("arxiv:2", studied=["risk:opacity"]),
        make_entry("arxiv:3", studied=["risk:opacity"], in_scope=False),
    ]

    assert select_from(entries).label_count("risk:opacity") == 2
    assert select_from(entries, strength="studied").label_count("risk:opacity") == 1
    assert select_from(entries, strength="studied").label_count("application:education") == 1
    assert select_from(entries).label_count("risk:unheard_of") == 0


def test_since_takes_what_was_seen_or_changed_on_that_day() -> None:
    """The first second of the day counts."""
    before = datetime(2026, 11, 19, 23, 59, 59, tzinfo=UTC)
    day = datetime(2026, 11, 20, tzinfo=UTC)
    entries = [
        make_entry("arxiv:1", first_seen=before, changed=before),
        make_entry("arxiv:2", first_seen=before, changed=day),
        make_entry("arxiv:3", first_seen=day, changed=day),
    ]

    assert select_from(entries, since=PartialDate("2026-11-20")).keys() == ["arxiv:2", "arxiv:3"]


@pytest.mark.parametrize("count", ["works", "records"])
def test_empty_store_gives_an_empty_selection(count: str) -> None:
    """No records: nothing found of nothing, in every order."""
    found = select_from([], count=count)

    assert (found.count, found.total, found.keys(), found.keys("oldest"), found.keys("changed")) == (0, 0, [], [], [])


def test_shared_arrays_cannot_be_written() -> None:
    """A page that changes what all sessions share fails at once."""
    found = select_from([make_entry("arxiv:1")])

    with pytest.raises(ValueError, match="read-only"):
        found.mask[0] = False
    with pytest.raises(ValueError, match="read-only"):
        found.rows.first_seen[0] = 0
