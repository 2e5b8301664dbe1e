"""What changed since an instant, as five lists of works or records; each can be counted, paged and exported like any selection.

* ``retracted``: retracted or withdrawn since, or already so when first seen.
* ``published``: known as a preprint before, and since then also as an article.
* ``new``: first seen since.
* ``versions``: something a reader sees was changed at the source (:data:`tracker.domain.differences.FIELDS`).
* ``relabelled``: labelled anew, by a changed taxonomy or by a person, without a change of the text.

Filters mean what they mean elsewhere, but for their own ``since``, which is passed over. ``relabelled`` also holds papers that
matched before and no longer do: losing a paper is news too. Memory: a byte per paper and list; histories are read in batches.
What differed in each paper is told by :mod:`tracker.views.change_details`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

import numpy as np

from tracker.domain.dates import PartialDate
from tracker.store.base import HarvestState, Store
from tracker.views.change_masks import find_arrived_taken_back, find_published, find_relabelled, find_text_changes
from tracker.views.filters import Filters
from tracker.views.index import Index, Selection, select
from tracker.views.notices import SOURCE_NAMES
from tracker.views.wording import any_of, date_in_words

LISTS = ("retracted", "published", "new", "versions", "relabelled")  # in the order they are shown
TITLES = {
    "retracted": "Retracted or withdrawn",
    "published": "Preprints now published",
    "new": "New",
    "versions": "New versions",
    "relabelled": "Labelled anew",
}
ANSWERED = ("complete", "unchanged")  # how a run ends that brought all there was


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The five lists. ``details_only`` counts papers changed at their source in nothing that a reader sees (index terms, dates)."""

    since: datetime
    lists: Mapping[str, Selection]
    details_only: int

    def count(self, name: str) -> int:
        """How many works or records the list *name* (one of ``LISTS``) holds."""
        return self.lists[name].count

    @property
    def is_quiet(self) -> bool:
        """Whether all five lists are empty."""
        return not any(self.count(name) for name in LISTS)

    @property
    def only_snapshot(self) -> bool:
        """Whether there are new papers and all of them came with the data that ship, not by a refresh."""
        new = self.lists["new"]
        return bool(new.count) and bool(new.rows.from_snapshot[new.positions].all())

    def in_words(self, *, bold: str = "") -> str:
        """One sentence with the counts that are not 0, numbers between *bold* marks.

        ``Since 22 Jul 2026: 40 new works, 1 preprint now published, 1 retracted or withdrawn.``
        """
        unit = self.lists["new"].unit.removesuffix("s")
        words = {"new": f"new {unit}", "published": "preprint", "retracted": "", "versions": "new version", "relabelled": ""}
        after = {"published": " now published", "retracted": " retracted or withdrawn", "relabelled": " labelled anew"}
        parts = [self._counted(name, noun, bold) + after.get(name, "") for name, noun in words.items() if self.count(name)]
        return f"Since {date_in_words(self.since.date())}: {', '.join(parts) or 'nothing new or changed'}."

    def _counted(self, name: str, noun: str, bold: str) -> str:
        number = f"{bold}{self.count(name):,}{bold}"
        return f"{number} {noun}{'' if self.count(name) == 1 else 's'}" if noun else number


def start_of(date: PartialDate) -> datetime:
    """The first instant a date of the contract can mean, UTC."""
    return datetime.combine(date.first_day(), time(), UTC)


def find_changes(index: Index, filters: Filters, store: Store, *, since: datetime) -> Changes:
    """The five lists of what changed at or after *since* (aware). Raises as ``select`` does."""
    selection = select(index, filters.without("since"), search=store.search)
    seconds = int(since.timestamp())
    is_new = selection.mask & (selection.rows.first_seen >= seconds)
    texts = find_text_changes(selection, store, since)
    taken_back = texts.taken_back | (selection.mask & find_arrived_taken_back(selection, seconds))
    masks = {
        "retracted": taken_back,
        "published": selection.mask & find_published(selection, seconds),
        "new": is_new,
        "versions": texts.visible & ~is_new & ~taken_back,
        "relabelled": find_relabelled(selection, store, since) & ~is_new,
    }
    told = np.logical_or.reduce(list(masks.values()))
    return Changes(
        since=since,
        lists={name: Selection(index, selection.filters, mask) for name, mask in masks.items()},
        details_only=int(np.count_nonzero(texts.details & ~told)),
    )


def quiet_in_words(changes: Changes, states: Mapping[str, HarvestState], sources: Sequence[str]) -> str:
    """What to say when all lists are empty: that nothing is new, or that nobody can know because a source has not answered since."""
    names = [SOURCE_NAMES.get(source, source) for source in sources]
    silent = [name for name, source in zip(names, sources, strict=True) if not _answered(states.get(source), changes.since)]
    narrowed = "" if changes.lists["new"].filters.is_default else " among the papers that match the filters"
    day = date_in_words(changes.since.date())
    if silent:
        return (
            f"Nothing new or changed is known since {day}{narrowed}, but {any_of(silent, 'and')} "
            f"{'has' if len(silent) == 1 else 'have'} not answered completely since then: news may be missing."
        )
    return f"A quiet time: {any_of(names, 'and')} answered completely, and nothing is new or changed since {day}{narrowed}."


def _answered(state: HarvestState | None, since: datetime) -> bool:
    """Whether the source was complete at its last run, and that run was at or after *since*."""
    if state is None or state.last_success_at is None:
        return False
    return state.last_success_at >= since and state.state in ANSWERED
