"""What the store knows of the time before a change: former texts and former labels since an instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fakes import NOW, make_labelling, make_record
from tracker.domain.record import Labelling, Record
from tracker.store.base import Change, Decision, FormerLabels, FormerText, Store

DAY = timedelta(days=1)
OTHER = "arxiv:2402.00002"


def save(store: Store, record: Record, at: datetime, change: Change = Change.NEW, labelling: Labelling | None = None) -> None:
    """Save one record with its labels at *at*."""
    store.save_page([Decision(record, change, labelling or make_labelling())], now=at, source="arxiv")


def texts(store: Store, since: datetime, **options: Any) -> list[FormerText]:
    """All batches as one list."""
    return [one for batch in store.stream_former_texts(since, **options) for one in batch]


def labels(store: Store, since: datetime, **options: Any) -> list[FormerLabels]:
    """All batches as one list."""
    return [one for batch in store.stream_former_labels(since, **options) for one in batch]


def relabelled(label: str, taxonomy: str = "2026.2") -> Labelling:
    """One application."""
    return make_labelling(taxonomy=taxonomy, labels={"application": {label: 2}}, evidence=())


def test_former_texts_are_those_before_the_first_change_since(store: Store) -> None:
    """A record that changed three times is told once: as it was at the instant asked for, with the date of the last change."""
    for number, title in enumerate(("One", "Two", "Three", "Four")):
        save(store, make_record(title=title, version=number + 1), NOW + number * DAY, Change.CHANGED if number else Change.NEW)

    found = texts(store, NOW + 2 * DAY)

    assert [(one.record_id, one.changed_at, one.said["title"], one.said["version"]) for one in found] == [(1, NOW + 3 * DAY, "Two", 2)]


def test_former_texts_hold_where_a_paper_was_published(store: Store) -> None:
    """Venue, journal reference and DOI are kept with what was said."""
    save(store, make_record(journal_ref=None, doi="10.1000/a"), NOW)
    save(store, make_record(journal_ref="J. Examples 1", doi="10.1000/b"), NOW + DAY, Change.CHANGED)

    [former] = texts(store, NOW)

    assert (former.said["venue"], former.said["journal_ref"], former.said["doi"]) == ("arXiv", None, "10.1000/a")


def test_former_texts_come_by_id_in_batches_and_for_those_asked(store: Store) -> None:
    """However small the batch, every record comes once; ids that never changed are absent."""
    keys = [f"arxiv:2403.0000{number}" for number in range(1, 6)]
    for key in keys:
        save(store, make_record(key=key), NOW)
    for key in reversed(keys[:4]):
        save(store, make_record(key=key, title="New"), NOW + DAY, Change.CHANGED)

    assert [[one.record_id for one in batch] for batch in store.stream_former_texts(NOW + DAY, batch=2)] == [[1, 2], [3, 4]]
    assert [one.record_id for one in texts(store, NOW + DAY, ids=[4, 5, 2], batch=1)] == [2, 4]
    assert texts(store, NOW + 2 * DAY) == []


def test_former_labels_are_those_before_the_first_relabelling_since(store: Store) -> None:
    """As with texts; with the taxonomy and the scope of that time."""
    save(store, make_record(), NOW, labelling=relabelled("intervention", "2026.1"))
    store.save_labellings([(make_record().key, relabelled("education"))], now=NOW + DAY)
    store.save_labellings([(make_record().key, relabelled("assessment", "2026.3"))], now=NOW + 2 * DAY)

    [first] = labels(store, NOW)
    [second] = labels(store, NOW + 2 * DAY, ids=[1])

    assert first == FormerLabels(1, NOW + 2 * DAY, "2026.1", True, {"application": {"intervention": 2}})
    assert (second.taxonomy, second.labels) == ("2026.2", {"application": {"education": 2}})


def test_former_labels_leave_out_what_a_new_text_explains(store: Store) -> None:
    """Labels that changed together with the text are news of the text, not of the rules."""
    save(store, make_record(), NOW)
    save(store, make_record(key=OTHER), NOW)
    save(store, make_record(title="Another text"), NOW + DAY, Change.CHANGED, relabelled("education"))
    store.save_labellings([(OTHER, relabelled("education"))], now=NOW + DAY)

    assert [one.record_id for one in labels(store, NOW)] == [2]
