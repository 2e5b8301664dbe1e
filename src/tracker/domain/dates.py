"""Dates at the precision they were given, never completed with an invented month or day.

PubMed gives years, months, seasons and free text; arXiv gives instants. Authority for PubMed's forms: the PubMed DTD
(pubmed_250101), element ``PubDate``. Reading those forms is :mod:`tracker.sources.pubmed_dates`' business; what stands here
is the value itself.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

Precision = Literal["year", "month", "day"]

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")  # yes: 2024, 2024-03, 2024-03-21   no: 2024-3, 24-03


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date known to the year, month or day. Sorts by its text, so ``2024`` comes before ``2024-01``.

    >>> PartialDate.parse("2024-03").precision
    'month'
    >>> str(PartialDate.parse("2024-03-21").to_month())
    '2024-03'
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """The date written as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. Raises ``ValueError`` for anything else, 2024-02-30 included."""
        found = _FORM.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
        return cls(text)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The date of *day*, known to the day."""
        return cls(f"{day.year:04}-{day.month:02}-{day.day:02}")

    def __str__(self) -> str:
        return self.text

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        return {4: "year", 7: "month", 10: "day"}[len(self.text)]  # type: ignore[return-value]

    @property
    def year(self) -> int:
        """The year; always known."""
        return int(self.text[:4])

    @property
    def month(self) -> int | None:
        """1 to 12; ``None`` where only the year is known."""
        return int(self.text[5:7]) if len(self.text) >= 7 else None

    def to_month(self) -> PartialDate:
        """The same date without its day."""
        return PartialDate(self.text[:7])

    def first_day(self) -> date:
        """The earliest day it can mean. For ranges and sorting only, never to be shown."""
        parts = [int(part) for part in self.text.split("-")]
        return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)

    def last_day(self) -> date:
        """The latest day it can mean; so ``to=2024`` includes December."""
        parts = [int(part) for part in self.text.split("-")]
        month = parts[1] if len(parts) > 1 else 12
        return date(parts[0], month, parts[2] if len(parts) > 2 else monthrange(parts[0], month)[1])


def find_earliest(dates: Iterable[PartialDate | None]) -> PartialDate | None:
    """The earliest of *dates*, ``None`` if none is known.

    By the last day each can mean, so that a bare 2024 does not beat 2024-03-05; of equal ones the more precise.

    >>> str(find_earliest([PartialDate("2024"), None, PartialDate("2024-03-05"), PartialDate("2024-03")]))
    '2024-03-05'
    """
    return min((on for on in dates if on), key=lambda on: (on.last_day(), -len(on.text)), default=None)


def format_instant(instant: datetime | None) -> str | None:
    """UTC to the second, as ``2026-11-23T06:17:00Z``; ``None`` stays ``None``.

    >>> format_instant(datetime(2026, 11, 23, 6, 17, tzinfo=UTC))
    '2026-11-23T06:17:00Z'
    """
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None
