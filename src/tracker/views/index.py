"""Which papers a filter means, answered from memory: one index per data version, one selection per filter.

An index never changes and is shared by all sessions; selections are remembered (``REMEMBERED`` of them, the least used forgotten
first). Text search is asked of the store. 100,000 records: a selection takes about a millisecond (``bench/index.py``).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tracker.domain.record import SEVERITY, Status
from tracker.domain.search import SearchNode, parse_search
from tracker.store.base import NO_DAY, IndexColumns
from tracker.store.positive import to_positive
from tracker.views.bits import Words, count_bits
from tracker.views.filters import LABEL_FILTERS, Filters
from tracker.views.rows import NO_POSITIONS, RECORDS, WORKS, Bools, Positions, Rows, record_rows, work_rows

Search = Callable[[SearchNode], NDArray[np.int64]]  # ids of the records that match, ascending: ``store.search``

REMEMBERED = 64  # selections per data version; one of 100,000 works takes 0.1 to 0.9 MB
REMEMBERED_SEARCHES = 16  # likewise; one of 100,000 records takes 0.1 MB
K = TypeVar("K")
V = TypeVar("V")
_EPOCH = date(1970, 1, 1).toordinal()
_TAKEN_BACK = SEVERITY.index(Status.WITHDRAWN)  # from here on upwards: withdrawn, retracted


class Index:
    """The columns of one data version for both units, and the selections made of them. Safe to share between threads."""

    def __init__(self, columns: IndexColumns) -> None:
        self.columns = columns
        self._rows: dict[str, Rows] = {RECORDS: record_rows(columns), WORKS: work_rows(columns)}
        self._start_remembering()

    def __getstate__(self) -> tuple[IndexColumns, dict[str, Rows]]:
        """What a helper process sends: the arrays, those made by :meth:`warm` included, and no selections."""
        return self.columns, self._rows

    def __setstate__(self, state: tuple[IndexColumns, dict[str, Rows]]) -> None:
        self.columns, self._rows = state
        self._start_remembering()

    def _start_remembering(self) -> None:
        self._selections: OrderedDict[Filters, Selection] = OrderedDict()
        self._searches: OrderedDict[SearchNode, Bools] = OrderedDict()
        self._lock = Lock()

    @property
    def data_version(self) -> int:
        """The store's data version that this index shows."""
        return self.columns.data_version

    def warm(self) -> None:
        """Make now, in whatever thread that is, what the first page would have to wait for."""
        self._rows[WORKS].warm()

    def rows(self, unit: str) -> Rows:
        """The columns of ``works`` or ``records``."""
        return self._rows[unit]

    def select(self, filters: Filters, search: Search) -> Selection:
        """See :func:`select`."""
        return self._remember(self._selections, filters, lambda: Selection(self, filters, _mask(self, filters, search)), REMEMBERED)

    def search(self, node: SearchNode, search: Search) -> Bools:
        """Which records match *node*; a page asks the same for several selections. Those newer than the index are passed over."""

        def find() -> Bools:
            positive, is_complement = to_positive(node)  # what lacks a word is told from what has it: a list of nearly all is long
            return np.isin(self.columns.ids, search(positive), assume_unique=True, invert=is_complement)

        return self._remember(self._searches, node, find, REMEMBERED_SEARCHES)

    def forget(self) -> None:
        """Remember no selection and no search any more."""
        with self._lock:
            self._selections.clear()
            self._searches.clear()

    def _remember(self, known: OrderedDict[K, V], key: K, make: Callable[[], V], most: int) -> V:
        """What *known* has under *key*, else what *make* makes; the least used goes when there are more than *most*."""
        with self._lock:
            if key in known:
                known.move_to_end(key)
                return known[key]
        made = make()
        with self._lock:
            known[key] = made
            while len(known) > most:
                known.popitem(last=False)
        return made


def select(index: Index, filters: Filters, *, search: Search) -> Selection:
    """The rows that *filters* mean, in the unit they ask for. Raises ``SearchSyntaxError`` if the words cannot be read."""
    return index.select(filters, search)


@dataclass(frozen=True, slots=True)
class Members:
    """Store ids of records and, for each, the row it belongs to; the records of one row stand together."""

    ids: NDArray[np.int64]
    owners: Positions


class Selection:
    """The rows of one unit that match one filter. Arrays are read-only; everything is computed when first asked for."""

    def __init__(self, index: Index, filters: Filters, mask: Bools) -> None:
        self.index, self.filters, self.mask = index, filters, mask
        self.unit = filters.count
        self.rows = index.rows(self.unit)
        mask.setflags(write=False)

    @cached_property
    def count(self) -> int:
        """How many rows match."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def total(self) -> int:
        """How many there are in the same scope without any other filter: the 1,936 of "412 of 1,936 works"."""
        return int(np.count_nonzero(_scope(self.rows, self.filters.scope)))

    @cached_property
    def positions(self) -> Positions:
        """The rows that match, ascending."""
        return np.flatnonzero(self.mask).astype(np.int32)

    @cached_property
    def standing(self) -> Selection:
        """The same without what was retracted or withdrawn: what trends count. Itself where the filter asks for nothing else."""
        if self.filters.retracted == "only":
            return self
        return Selection(self.index, self.filters.having("retracted", "0"), self.mask & (self.rows.status < _TAKEN_BACK))

    def ordered(self, order: str = "newest", start: int = 0, stop: int | None = None) -> Positions:
        """The rows that match in *order* (one of ``rows.ORDERS``), from *start* up to *stop*."""
        everything = self.rows.ordered(order)
        return everything[self.mask[everything]][start:stop]

    def ids(self, order: str = "newest", start: int = 0, stop: int | None = None) -> NDArray[np.int64]:
        """Store ids of the records that speak for these rows: of a work, its best record."""
        return self.index.columns.ids[self.rows.best[self.ordered(order, start, stop)]]

    def keys(self, order: str = "newest", start: int = 0, stop: int | None = None) -> list[str]:
        """Keys of these rows: of records, or of works."""
        return [str(key) for key in self.rows.keys[self.ordered(order, start, stop)]]

    def members(self, order: str = "newest", start: int = 0, stop: int | None = None) -> Members:
        """All records of these rows, row after row, best first within a row."""
        rows, chosen = self.rows, self.ordered(order, start, stop)
        lengths = np.diff(rows.starts)[chosen]
        ends = np.cumsum(lengths)
        places = np.repeat(rows.starts[:-1][chosen] - (ends - lengths), lengths) + np.arange(lengths.sum())
        return Members(self.index.columns.ids[rows.members[places]], np.repeat(chosen, lengths))

    @cached_property
    def bits(self) -> Words:
        """The rows that match, as a bit mask in the layout of :attr:`rows`."""
        return self.rows.layout.pack(self.mask)

    def label_bits(self, label: str) -> Words:
        """:meth:`with_label` as a bit mask."""
        only_studied = _counts_studied(label, self.filters.strength)
        return (self.rows.studied_bits if only_studied else self.rows.label_bits).get(label, self.rows.layout.nothing)

    def any_bits(self, labels: Iterable[str]) -> Words:
        """The rows of the whole unit that carry one of *labels*."""
        found = self.rows.layout.nothing.copy()
        for label in labels:
            found |= self.label_bits(label)
        return found

    def with_label(self, label: str) -> Positions:
        """The rows of the whole unit that carry ``facet:label`` (of risks only the studied ones where the filter says so)."""
        return _postings(self.rows, label, self.filters.strength)

    def label_mask(self, label: str) -> Bools:
        """Which of all rows both match and carry the label."""
        return any_label(self.rows, [label], self.filters.strength) & self.mask

    def label_count(self, label: str) -> int:
        """How many of the matching rows carry the label."""
        return count_bits(self.label_bits(label) & self.bits)


def any_label(rows: Rows, labels: list[str], strength: str = "any") -> Bools:
    """Which rows carry at least one of *labels* (``facet:label``)."""
    found = np.zeros(len(rows), np.bool_)
    for label in labels:
        found[_postings(rows, label, strength)] = True
    return found


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def _postings(rows: Rows, label: str, strength: str) -> Positions:
    return (rows.studied if _counts_studied(label, strength) else rows.labels).get(label, NO_POSITIONS)


def _counts_studied(label: str, strength: str) -> bool:
    """Whether only those papers count that study *label*: of risks, where the filter says so."""
    return strength == "studied" and label.startswith("risk:")


def _mask(index: Index, filters: Filters, search: Search) -> Bools:
    """Filter after filter, cheap ones first; the search last, since it may raise and asks the store."""
    rows = index.rows(filters.count)
    mask = _scope(rows, filters.scope).copy()
    _narrow_by_dates(mask, rows, filters)
    _narrow_by_kind(mask, rows, filters)
    for facet in LABEL_FILTERS:
        wanted = filters.values(facet)
        if wanted:
            mask &= any_label(rows, [f"{facet}:{label}" for label in wanted], filters.strength)
    node = parse_search(filters.q)
    if node is not None:
        mask &= _rows_of(index.columns, rows, index.search(node, search))
    return mask


def _scope(rows: Rows, scope: str) -> Bools:
    if scope == "all":
        return np.ones(len(rows), np.bool_)
    return rows.in_scope if scope == "in" else ~rows.in_scope


def _narrow_by_dates(mask: Bools, rows: Rows, filters: Filters) -> None:
    """A range keeps what begins in it, so that ranges side by side count every dated paper once; nothing undated."""
    if filters.to and not filters.from_:
        mask &= rows.published_first != NO_DAY  # which lies before every day
    if filters.from_:
        mask &= rows.published_first >= day_number(filters.from_.first_day())
    if filters.to:
        mask &= rows.published_first <= day_number(filters.to.last_day())
    if filters.since:
        first = filters.since.first_day()
        instant = datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()
        mask &= (rows.first_seen >= instant) | (rows.changed >= instant)


def _narrow_by_kind(mask: Bools, rows: Rows, filters: Filters) -> None:
    if filters.source:
        bits = sum(1 << number for number, source in enumerate(rows.sources) if source in filters.source)
        mask &= (rows.source_bits & bits) != 0
    if filters.preprints == "0":
        mask &= ~rows.is_unreviewed
    if filters.retracted == "0":
        mask &= rows.status < _TAKEN_BACK
    elif filters.retracted == "only":
        mask &= rows.status >= _TAKEN_BACK


def _rows_of(columns: IndexColumns, rows: Rows, matches: Bools) -> Bools:
    """Which rows have a record that *matches*."""
    if rows.unit == RECORDS:
        return matches
    found = np.zeros(len(rows), np.bool_)
    found[columns.work[matches]] = True
    return found
