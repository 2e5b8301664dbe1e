"""Small words and numbers as screens and files show them: 1,037 · 42% · 3 Nov 2026 · "a or b".

Typography: a true minus, an en dash in ranges, thin rules of the style guide. English month names whatever the machine's locale.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tracker.domain.dates import PartialDate

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNDATED = "undated"


def date_in_words(on: PartialDate | date | None) -> str:
    """The date at the precision it has; ``undated`` for ``None``.

    >>> date_in_words(PartialDate.parse("2024-03"))
    'Mar 2024'
    >>> date_in_words(PartialDate.parse("2024-03-21"))
    '21 Mar 2024'
    """
    if on is None:
        return UNDATED
    known = PartialDate.of(on) if isinstance(on, date) else on
    if known.month is None:
        return str(known.year)
    month = f"{MONTHS[known.month - 1]} {known.year}"
    return f"{known.first_day().day} {month}" if known.precision == "day" else month


def instant_in_words(at: datetime | None) -> str:
    """Day and minute, UTC; ``never`` for ``None``."""
    return "never" if at is None else f"{date_in_words(at.date())}, {at:%H:%M} UTC"


def count_in_words(count: int, noun: str) -> str:
    """The number with its noun, plural where needed; ``no`` for 0.

    >>> count_in_words(1037, "work"), count_in_words(1, "work"), count_in_words(0, "work")
    ('1,037 works', '1 work', 'no works')
    """
    return f"{f'{count:,}' if count else 'no'} {noun}{'' if count == 1 else 's'}"


def count_in_digits(count: int, noun: str) -> str:
    """The same where numbers stand in a row, as in source lines: 0 stays 0.

    >>> count_in_digits(1037, "work"), count_in_digits(1, "work"), count_in_digits(0, "work")
    ('1,037 works', '1 work', '0 works')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """A share (0 to 1) as whole per cent; below a half per cent but not none: ``<1%``.

    >>> percent(0.418), percent(0.001), percent(0.0)
    ('42%', '<1%', '0%')
    """
    return "<1%" if 0 < share < 0.005 else f"{share * 100:.0f}%"


def any_of(words: Sequence[str], joint: str = "or") -> str:
    """The words as people list them.

    >>> any_of(["opacity", "inaccuracy", "stigma"])
    'opacity, inaccuracy or stigma'
    """
    return f" {joint} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part) if words else ""
