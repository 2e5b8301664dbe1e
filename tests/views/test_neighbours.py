"""Works like one work: rare labels count more than common ones, words of the title beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from fakes import NOW, make_labelling, make_record
from tracker.store.base import Store, StoredRecord
from tracker.views.index import Index
from tracker.views.neighbours import find_neighbours
from views.columns import make_columns, make_entry

COMMON, RARE = "application:intervention", "risk:opacity"


class TitleStore:
    """The one method of a store that is used: titles by id."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._titles = titles

    def load_records(self, ids: Sequence[int], *, with_text: bool = True) -> list[StoredRecord]:
        """Records with these titles; ids are 10, 20, …"""
        return [
            StoredRecord(
                id=one, record=make_record(title=self._titles[one // 10 - 1]), labelling=make_labelling(), work="w", origin="harvest",
                first_seen_at=NOW, last_changed_at=NOW, last_confirmed_at=NOW,
            )
            for one in ids
        ]  # fmt: skip


def shelf(*papers: tuple[str, list[str]], **changes: Any) -> tuple[Index, Store]:
    """Works ``arxiv:0``, ``arxiv:1``, … with these titles and labels, among twenty that share only the common label."""
    filler = [("Nothing in particular", [COMMON])] * 20
    entries = [make_entry(f"arxiv:{number:02}", labels=labels, **changes) for number, (_, labels) in enumerate([*papers, *filler])]
    return Index(make_columns(*entries)), cast(Store, TitleStore([title for title, _ in [*papers, *filler]]))


def test_rare_label_makes_a_neighbour() -> None:
    """Two works on the same rare risk are near; a common area alone is not enough."""
    index, store = shelf(("On explanations", [COMMON, RARE]), ("Black boxes in care", [RARE]), ("Of storms", [COMMON]))

    found = find_neighbours(index, store, "arxiv:00")

    assert [(one.key, one.id, one.shared) for one in found] == [("arxiv:01", 20, (RARE,))]
    assert 0.4 < found[0].score < 0.5


def test_words_of_the_title_order_equal_labels() -> None:
    """With the same labels the one whose title shares telling words is nearer; words every title has do not count."""
    index, store = shelf(
        ("Language models explain panic attacks", [RARE]),
        ("Language models and nothing else", [RARE]),
        ("How panic attacks are explained", [RARE]),
    )

    found = find_neighbours(index, store, "arxiv:00")

    assert [one.key for one in found] == ["arxiv:02", "arxiv:01"]
    assert found[0].score > found[1].score == 0.5


def test_unknown_work_or_one_without_labels_has_no_neighbours() -> None:
    """Nothing is like what nothing is known of."""
    index, store = shelf(("Bare", []), ("Opaque", [RARE]))

    assert find_neighbours(index, store, "arxiv:00") == []
    assert find_neighbours(index, store, "arxiv:99") == []


def test_works_out_of_scope_are_no_neighbours() -> None:
    """What the default view leaves out is not recommended."""
    index, store = shelf(("One", [RARE]), ("Two", [RARE]), in_scope=False)

    assert find_neighbours(index, store, "arxiv:00") == []


def test_neighbours_are_limited_and_equal_ones_go_by_key() -> None:
    """Five by default, the same on every run."""
    index, store = shelf(*[("Same words", [RARE])] * 9)

    assert [one.key for one in find_neighbours(index, store, "arxiv:04")] == [f"arxiv:{number:02}" for number in (0, 1, 2, 3, 5)]
