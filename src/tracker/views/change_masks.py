"""Which rows of a selection changed, and how: the store's history since an instant, read in batches into one bit a row.

A record stored after the index was made has no row yet and is passed over; the next index shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tracker.domain.differences import Difference, find_differences, find_relabels
from tracker.domain.record import SEVERITY, Status
from tracker.pipeline.evidence import NAMED_STRENGTH, STUDIED_STRENGTH
from tracker.store.base import FormerLabels, FormerText, Store, StoredRecord
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
        for row, former, stored in _with_rows(selection, selection.mask, batch, store):
            differences = find_differences(former.said, stored.record)
            masks.taken_back[row] |= any(map(is_taken_back, differences))
            masks.visible[row] |= bool(differences)
            masks.details[row] |= not differences
    return masks


def find_relabelled(selection: Selection, store: Store, since: datetime) -> Bools:
    """Rows labelled anew at or after *since* that match the filters now, or had a record that matched them before."""
    filters = selection.filters
    anyhow = replace(filters, scope="all", **dict.fromkeys(LABEL_FILTERS, ()))
    candidates = select(selection.index, anyhow, search=store.search).mask
    found = np.zeros(len(selection.rows), np.bool_)
    for batch in store.stream_former_labels(since):
        for row, former, stored in _with_rows(selection, candidates, batch, store):
            present = stored.labelling
            differs = former.in_scope != present.in_scope or bool(find_relabels(former.labels, present.labels))
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


def is_taken_back(difference: Difference) -> bool:
    """Whether it says that a paper was retracted or withdrawn and was not so before."""
    return difference.field == "status" and difference.after in _BACK and difference.before not in _BACK


def _first_seen(selection: Selection, kind: Bools) -> NDArray[np.int64]:
    """Per work, when its first record of one kind was seen; ``_NEVER`` if it has none."""
    columns = selection.index.columns
    first = np.full(len(columns.work_keys), _NEVER)
    np.minimum.at(first, columns.work[kind], columns.first_seen[kind])
    return first


def _with_rows(selection: Selection, wanted: Bools, batch: Sequence[Former], store: Store) -> Iterator[tuple[int, Former, StoredRecord]]:
    """Row, former state and present record of those in *batch* that belong to a *wanted* row."""
    columns = selection.index.columns
    by_id = {former.record_id: former for former in batch}
    positions = np.flatnonzero(np.isin(columns.ids, list(by_id)))
    rows = positions if selection.unit == RECORDS else columns.work[positions]
    row_of = {int(columns.ids[position]): int(row) for position, row in zip(positions, rows, strict=True) if wanted[row]}
    for stored in store.load_records(list(row_of)):
        yield row_of[stored.id], by_id[stored.id], stored


def _matched(filters: Filters, former: FormerLabels) -> bool:
    """Whether a record labelled like that matched the scope and the labels that *filters* ask for."""
    in_scope = filters.scope == "all" or former.in_scope == (filters.scope == "in")
    return in_scope and all(_carried(filters, former, facet) for facet in LABEL_FILTERS)


def _carried(filters: Filters, former: FormerLabels, facet: str) -> bool:
    wanted = filters.values(facet)
    least = STUDIED_STRENGTH if facet == "risk" and filters.strength == "studied" else NAMED_STRENGTH
    return not wanted or any(former.labels.get(facet, {}).get(label, 0) >= least for label in wanted)
