"""The columns that filters and counts read, once per unit: one row a record, or one row a work.

Arrays of one length, read-only and shared by every session; labels are posting lists (the rows that carry a label), so that a
filter costs what it finds and not what there is. Deliberately no text: that stays in the store.

A work is what its records say together: its date is the earliest, its labels the union, its status the worst, it is in scope
if one record is, it is changed when the last of them was. Its best record (journal over preprint, then the newest) speaks for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tracker.domain.record import SEVERITY, Status
from tracker.store.base import NO_DAY, IndexColumns
from tracker.views.bits import Layout, Words

Bools = NDArray[np.bool_]
Positions = NDArray[np.int32]  # row numbers of one unit, zero-based

WORKS, RECORDS = "works", "records"  # the values of the filter ``count``
ORDERS = ("newest", "oldest", "changed")
NO_POSITIONS: Positions = np.zeros(0, np.int32)
_NEVER = np.int64(2**31)  # sorts after every day
UNDATED = -(2**40)  # the number of the block of rows without a date, see Rows.layout
_TO_THE_MONTH = 2


@dataclass(frozen=True)
class Rows:
    """One unit's columns. ``members[starts[row]:starts[row + 1]]`` are the positions of a row's records, best first.

    Days are since 1970-01-01 and ``NO_DAY`` where unknown; ``precision`` 0 none, 1 year, 2 month, 3 day; ``source_bits`` has bit
    *i* set for ``sources[i]``; ``status`` indexes ``SEVERITY``; instants are seconds since 1970. ``is_unreviewed`` is true where
    the whole work is preprint only, ``is_preprint`` where the row is one (for works the two are the same).
    """

    unit: str
    keys: NDArray[np.str_]
    members: Positions
    starts: NDArray[np.int64]
    published_first: NDArray[np.int32]
    published_last: NDArray[np.int32]
    precision: NDArray[np.int8]
    source_bits: NDArray[np.int64]
    sources: tuple[str, ...]
    status: NDArray[np.int8]
    is_preprint: Bools
    is_unreviewed: Bools
    in_scope: Bools
    from_snapshot: Bools  # every record of the row is known from the shipped snapshot only
    first_seen: NDArray[np.int64]
    changed: NDArray[np.int64]
    labels: Mapping[str, Positions]
    studied: Mapping[str, Positions]

    def __post_init__(self) -> None:
        for value in [*vars(self).values(), *self.labels.values(), *self.studied.values()]:
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def best(self) -> Positions:
        """For each row, the position of the record that speaks for it."""
        return self.members[self.starts[:-1]]

    @cached_property
    def months(self) -> NDArray[np.int32]:
        """Months since January 1970 of the earliest day each date can mean; ``NO_DAY`` for the undated. Mind ``precision``."""
        is_dated = self.published_first != NO_DAY
        days = np.where(is_dated, self.published_first, 0).astype("datetime64[D]")
        return np.where(is_dated, days.astype("datetime64[M]").astype(np.int32), NO_DAY)

    @cached_property
    def layout(self) -> Layout:
        """Bit masks of these rows, by block: twice the month, and one more where the date is known to the month; ``UNDATED``."""
        months = self.months.astype(np.int64)
        return Layout.of(np.where(months == NO_DAY, UNDATED, 2 * months + (self.precision >= _TO_THE_MONTH)))

    @cached_property
    def label_bits(self) -> Mapping[str, Words]:
        """``labels`` as bit masks."""
        return {label: self.layout.pack(rows) for label, rows in self.labels.items()}

    @cached_property
    def studied_bits(self) -> Mapping[str, Words]:
        """``studied`` as bit masks."""
        return {label: self.layout.pack(rows) for label, rows in self.studied.items()}

    def warm(self) -> None:
        """Make now what pages ask for and what takes its time."""
        _ = self.newest, self.label_bits, self.studied_bits

    @cached_property
    def rarity(self) -> Mapping[str, float]:
        """For each label the logarithm of rows ÷ rows that carry it: 0 for one that all carry."""
        return {label: math.log(len(self) / len(carrying)) for label, carrying in self.labels.items() if len(carrying)}

    @cached_property
    def label_lengths(self) -> NDArray[np.float64]:
        """For each row the length of its labels as a vector of rarities; 0 for rows without labels."""
        squares = np.zeros(len(self))
        for label, weight in self.rarity.items():
            squares[self.labels[label]] += weight**2
        return np.sqrt(squares)

    @cached_property
    def newest(self) -> Positions:
        """All rows, newest first by the earliest day a date can mean (a bare year is no news), undated last, then by key."""
        return np.lexsort((self._key_ranks, -self.published_first.astype(np.int64))).astype(np.int32)

    @cached_property
    def oldest(self) -> Positions:
        """All rows, earliest possible day first, undated last, then by key."""
        day = np.where(self.published_first == NO_DAY, _NEVER, self.published_first.astype(np.int64))
        return np.lexsort((self._key_ranks, day)).astype(np.int32)

    @cached_property
    def last_changed(self) -> Positions:
        """All rows, the one seen or changed last first, then newest first."""
        by_date = self.newest
        touched = np.maximum(self.changed, self.first_seen)[by_date]
        return by_date[np.argsort(-touched, kind="stable")]

    def ordered(self, order: str) -> Positions:
        """All rows in *order*, one of ``ORDERS``. Raises ``ValueError`` for any other."""
        if order not in ORDERS:
            raise ValueError(f"order {order!r} is none of {', '.join(ORDERS)}")
        return {"newest": lambda: self.newest, "oldest": lambda: self.oldest, "changed": lambda: self.last_changed}[order]()

    @cached_property
    def _key_ranks(self) -> NDArray[np.int64]:
        ranks = np.empty(len(self.keys), np.int64)
        ranks[np.argsort(self.keys, kind="stable")] = np.arange(len(self.keys))
        return ranks


def record_rows(columns: IndexColumns) -> Rows:
    """One row a record, in the store's order."""
    count = len(columns.ids)
    works_in_journals = np.zeros(len(columns.work_keys), np.bool_)
    works_in_journals[columns.work[~columns.is_preprint]] = True
    return Rows(
        unit=RECORDS,
        keys=columns.keys,
        members=np.arange(count, dtype=np.int32),
        starts=np.arange(count + 1, dtype=np.int64),
        published_first=columns.published_first,
        published_last=columns.published_last,
        precision=columns.precision,
        source_bits=_source_bits(columns),
        sources=columns.sources,
        status=_severities(columns),
        is_preprint=columns.is_preprint,
        is_unreviewed=~works_in_journals[columns.work],
        in_scope=columns.in_scope,
        from_snapshot=columns.from_snapshot,
        first_seen=columns.first_seen,
        changed=columns.changed,
        labels=columns.labels,
        studied=columns.studied,
    )


def work_rows(columns: IndexColumns) -> Rows:
    """One row a work, in the order of ``work_keys``; every work has at least one record."""
    members = _best_first(columns)
    starts = np.searchsorted(columns.work[members], np.arange(len(columns.work_keys) + 1))
    first_of_work = starts[:-1]
    is_preprint = np.logical_and.reduceat(columns.is_preprint[members], first_of_work)
    dated = _earliest_records(columns)
    return Rows(
        unit=WORKS,
        keys=columns.work_keys,
        members=members,
        starts=starts,
        published_first=columns.published_first[dated],
        published_last=columns.published_last[dated],
        precision=columns.precision[dated],
        source_bits=np.bitwise_or.reduceat(_source_bits(columns)[members], first_of_work),
        sources=columns.sources,
        status=np.maximum.reduceat(_severities(columns)[members], first_of_work),
        is_preprint=is_preprint,
        is_unreviewed=is_preprint,
        in_scope=np.logical_or.reduceat(columns.in_scope[members], first_of_work),
        from_snapshot=np.logical_and.reduceat(columns.from_snapshot[members], first_of_work),
        first_seen=np.minimum.reduceat(columns.first_seen[members], first_of_work),
        changed=np.maximum.reduceat(columns.changed[members], first_of_work),
        labels={label: _works_of(columns, found) for label, found in columns.labels.items()},
        studied={label: _works_of(columns, found) for label, found in columns.studied.items()},
    )


def _best_first(columns: IndexColumns) -> Positions:
    """All records by work, in each work journal over preprint, then newest, then by key."""
    newest_first = -columns.published_last.astype(np.int64)
    return np.lexsort((columns.keys, newest_first, columns.is_preprint, columns.work)).astype(np.int32)


def _earliest_records(columns: IndexColumns) -> Positions:
    """For each work, the record with the earliest date.

    By the last day a date can mean, so that a bare 2024 does not beat 2024-03-05; of equal ones the more precise.
    """
    last = np.where(columns.published_last == NO_DAY, _NEVER, columns.published_last.astype(np.int64))
    by_work = np.lexsort((-columns.precision, last, columns.work)).astype(np.int32)
    return by_work[np.searchsorted(columns.work[by_work], np.arange(len(columns.work_keys)))]


def _works_of(columns: IndexColumns, positions: Positions) -> Positions:
    return np.unique(columns.work[positions])


def _source_bits(columns: IndexColumns) -> NDArray[np.int64]:
    return np.left_shift(np.int64(1), columns.source.astype(np.int64))


def _severities(columns: IndexColumns) -> NDArray[np.int8]:
    ranks = np.array([SEVERITY.index(Status(status)) for status in columns.statuses], np.int8)
    return ranks[columns.status] if len(ranks) else np.zeros(len(columns.status), np.int8)
