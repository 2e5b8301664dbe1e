"""What differed in each paper of a list of changes: for the page *What's new* and the digest. Read in batches, newest paper first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tracker.domain.differences import Difference, Relabel, find_differences, find_relabels
from tracker.domain.record import NAMED, STUDIED
from tracker.pipeline.entry import Entry
from tracker.store.base import FormerLabels, FormerText, Store, StoredRecord
from tracker.views.changes import Changes
from tracker.views.exports import BATCH, stream_entries

Former = TypeVar("Former")
Change = TypeVar("Change")

STRENGTHS = {NAMED: "named", STUDIED: "studied"}
_FIELD_WORDS = {"journal_ref": "journal reference", "doi": "DOI"}
TAXONOMY, PERSON, RULES = "taxonomy", "person", "rules"  # why a paper was labelled anew; RULES: edited under the same version


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """What one record said before and says now; never without a difference that a reader sees."""

    stored: StoredRecord
    changed_at: datetime
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """How one record was labelled before and is now.

    ``cause`` is ``taxonomy``, ``person`` or ``rules``; ``entered_scope`` is ``None`` where the scope stayed, ``False`` where it left.
    """

    stored: StoredRecord
    changed_at: datetime
    relabels: tuple[Relabel, ...]
    cause: str
    former_taxonomy: str
    entered_scope: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedEntry:
    """One work or record of a list. Empty tuples mean that nothing of that kind changed: a new paper has neither."""

    entry: Entry
    texts: tuple[TextChange, ...] = ()
    labels: tuple[LabelChange, ...] = ()

    @property
    def status_before(self) -> str | None:
        """The status before it changed; ``None`` if it was never seen otherwise."""
        statuses = (one.before for change in self.texts for one in change.differences if one.field == "status")
        return next(statuses, None)


def field_in_words(field: str) -> str:
    """The name of a field that differs."""
    return _FIELD_WORDS.get(field, field)


def cause_in_words(change: LabelChange) -> str:
    """Why a record was labelled anew; plain text."""
    present = change.stored.labelling.taxonomy
    causes = {TAXONOMY: f"taxonomy {change.former_taxonomy} → {present}", PERSON: "decided by a person"}
    return causes.get(change.cause, f"rules of taxonomy {present} edited")


def stream_changed(changes: Changes, name: str, store: Store, *, start: int = 0, stop: int | None = None) -> Iterator[ChangedEntry]:
    """The entries of the list *name*, newest first, from *start* up to *stop*, with what differed in them."""
    selection = changes.lists[name]
    end = selection.count if stop is None else min(stop, selection.count)
    for first in range(start, end, BATCH):
        members = selection.members("newest", first, min(first + BATCH, end))
        ids = members.ids.tolist()
        texts = {one.record_id: one for batch in store.stream_former_texts(changes.since, ids=ids) for one in batch}
        labels = {one.record_id: one for batch in store.stream_former_labels(changes.since, ids=ids) for one in batch}
        for entry in stream_entries(store, members):
            yield ChangedEntry(
                entry=entry,
                texts=_collect(entry.records, texts, _text_change),
                labels=_collect(entry.records, labels, _label_change),
            )


def _collect(
    records: Iterable[StoredRecord], former: Mapping[int, Former], compare: Callable[[StoredRecord, Former], Change | None]
) -> tuple[Change, ...]:
    found = (compare(stored, former[stored.id]) for stored in records if stored.id in former)
    return tuple(change for change in found if change is not None)


def _text_change(stored: StoredRecord, former: FormerText) -> TextChange | None:
    differences = find_differences(former.said, stored.record)
    return TextChange(stored=stored, changed_at=former.changed_at, differences=differences) if differences else None


def _label_change(stored: StoredRecord, former: FormerLabels) -> LabelChange | None:
    present = stored.labelling
    relabels = find_relabels(former.labels, present.labels)
    if not relabels and former.in_scope == present.in_scope:
        return None
    return LabelChange(
        stored=stored,
        changed_at=former.changed_at,
        relabels=relabels,
        cause=_cause(stored, former, relabels),
        former_taxonomy=former.taxonomy,
        entered_scope=None if former.in_scope == present.in_scope else present.in_scope,
    )


def _cause(stored: StoredRecord, former: FormerLabels, relabels: Iterable[Relabel]) -> str:
    if former.taxonomy != stored.labelling.taxonomy:
        return TAXONOMY
    return PERSON if any(one.label in stored.labelling.human for one in relabels) else RULES
