"""Which rows of a selection changed, and how: the store's history since an instant, read in batches into one bit a row.

A record stored after the index was made has no row yet and is passed over; the next index shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tracker.domain.differences import Difference, find_differences, flat_labels
from tracker.domain.record import NAMED, SEVERITY, STUDIED, Status
from tracker.store.base import FormerLabels, FormerText, IndexColumns, Store
from tracker.views.filters import LABEL_FILTERS, Filters
from tracker.views.index import Selection, select
from tracker.views.rows import RECORDS, WORKS, Bools

TAKEN_BACK = SEVERITY.index(Status.WITHDRAWN)  # from here on upwards: withdrawn, retracted
_BACK = frozenset(SEVERITY[TAKEN_BACK:])
_NEVER = np.int64(2**62)
Former = TypeVar("Former", FormerText, FormerLabels)


@dataclass(frozen=True, slots=True)
class TextMasks:
    """Rows with a record whose text changed: it was ``taken_back``, it differs where a reader sees it, or only in other ``details``."""

    taken_back: Bools
    visible: Bools
    details: Bools


def find_text_changes(selection: Selection, store: Store, since: datetime) -> TextMasks:
    """What changed at its source at or after *since*, among the rows of *selection*."""
    masks = TextMasks(*(np.zeros(len(selection.rows), np.bool_) for _ in range(3)))
    for batch in store.stream_former_texts(since):
        placed = {former.record_id: (row, former) for _, row, former in _places(selection, selection.mask, batch)}
        for stored in store.load_records(list(placed)):
            row, former = placed[stored.id]
            differences = find_differences(former.said, stored.record)
            masks.taken_back[row] |= any(map(is_taken_back, differences))
            masks.visible[row] |= bool(differences)
            masks.details[row] |= not differences
    return masks


def find_relabelled(selection: Selection, store: Store, since: datetime) -> Bools:
    """Rows labelled anew at or after *since* that match the filters now, or had a record that matched them before.

    Reads the present labels from the index: a changed taxonomy can touch every record there is.
    """
    columns, filters = selection.index.columns, selection.filters
    any_labels: dict[str, Any] = dict.fromkeys(LABEL_FILTERS, ())
    candidates = select(selection.index, replace(filters, scope="all", **any_labels), search=store.search).mask
    found = np.zeros(len(selection.rows), np.bool_)
    for batch in store.stream_former_labels(since):
        places = _places(selection, candidates, batch)
        present = _present_labels(columns, [position for position, _, _ in places])
        for (position, row, former), labels in zip(places, present, strict=True):
            differs = former.in_scope != columns.in_scope[position] or flat_labels(former.labels) != labels
            found[row] |= differs and bool(selection.mask[row] or _matched(filters, former))
    return found


def find_published(selection: Selection, seconds: int) -> Bools:
    """Rows whose work was known as a preprint before *seconds* (since 1970) and has its first article since.

    In works the row is the work, in records the article.
    """
    columns = selection.index.columns
    first_preprint, first_article = (_first_seen(selection, kind) for kind in (columns.is_preprint, ~columns.is_preprint))
    works = (first_preprint < seconds) & (first_article >= seconds) & (first_article < _NEVER)
    return works if selection.unit == WORKS else works[columns.work] & ~columns.is_preprint


def find_arrived_taken_back(selection: Selection, seconds: int) -> Bools:
    """Rows with a record first seen since *seconds* (since 1970) that was retracted or withdrawn already; the row may be older."""
    columns = selection.index.columns
    back = np.array([status in _BACK for status in columns.statuses], np.bool_)
    arrived = np.zeros(len(columns.ids), np.bool_)
    if len(back):
        arrived = back[columns.status] & (columns.first_seen >= seconds)
    if selection.unit == RECORDS:
        return arrived
    works = np.zeros(len(selection.rows), np.bool_)
    works[columns.work[arrived]] = True
    return works


def is_taken_back(difference: Difference) -> bool:
    """Whether it says that a paper was retracted or withdrawn and was not so before."""
    return difference.field == "status" and difference.after in _BACK and difference.before not in _BACK


def _first_seen(selection: Selection, kind: Bools) -> NDArray[np.int64]:
    """Per work, when its first record of one kind was seen; ``_NEVER`` if it has none."""
    columns = selection.index.columns
    first = np.full(len(columns.work_keys), _NEVER)
    np.minimum.at(first, columns.work[kind], columns.first_seen[kind])
    return first


def _places(selection: Selection, wanted: Bools, batch: Sequence[Former]) -> list[tuple[int, int, Former]]:
    """Position in the index, row, and the former state of those in *batch* (by id, ascending) that belong to a *wanted* row."""
    columns = selection.index.columns
    ids = np.array([former.record_id for former in batch], np.int64)
    is_known = _is_among(ids, columns.ids)
    positions = np.searchsorted(columns.ids, ids[is_known])
    rows = positions if selection.unit == RECORDS else columns.work[positions]
    known = (former for former, is_there in zip(batch, is_known, strict=True) if is_there)
    return [(int(place), int(row), former) for place, row, former in zip(positions, rows, known, strict=True) if wanted[row]]


def _present_labels(columns: IndexColumns, positions: Sequence[int]) -> list[dict[str, int]]:
    """The labels (``facet:label`` → strength) of the records at *positions*."""
    present: list[dict[str, int]] = [{} for _ in positions]
    places = np.array(positions, np.int32)
    for strength, postings in ((NAMED, columns.labels), (STUDIED, columns.studied)):
        for name, carriers in postings.items():
            for place in np.flatnonzero(_is_among(places, carriers)):
                present[place][name] = strength
    return present


def _is_among(values: NDArray[Any], ascending: NDArray[Any]) -> Bools:
    """Which of *values* are in *ascending*: for few values in a long list, where ``np.isin`` would sort the list each time."""
    places = np.searchsorted(ascending, values)
    found = np.zeros(len(values), np.bool_)
    inside = places < len(ascending)
    found[inside] = ascending[places[inside]] == values[inside]
    return found


def _matched(filters: Filters, former: FormerLabels) -> bool:
    """Whether a record labelled like that matched the scope and the labels that *filters* ask for."""
    in_scope = filters.scope == "all" or former.in_scope == (filters.scope == "in")
    return in_scope and all(_carried(filters, former, facet) for facet in LABEL_FILTERS)


def _carried(filters: Filters, former: FormerLabels, facet: str) -> bool:
    wanted = filters.values(facet)
    least = STUDIED if facet == "risk" and filters.strength == "studied" else NAMED
    return not wanted or any(former.labels.get(facet, {}).get(label, 0) >= least for label in wanted)
